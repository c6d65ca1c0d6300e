"""How well the rules tell signals apart, on dialogues in writing.

    python bench/signals.py [FILE ...] [-v]     default: all of tests/dialogues
    python bench/signals.py --calibrate         how often each kind was right
    python bench/signals.py --cost              milliseconds a turn, over a call without end

A dialogue's last turn is judged. A kind is *right* when it was expected and raised, *missed* when
it was not raised, *extra* when it was raised and not expected (counted for the four kinds that are
always judged, and for those the dialogue forbids). Signals count as revised. A look-alike is a
dialogue in which "that's right" or "you're right" is forbidden. Confusions: what was heard instead.

Calibration: the confidence of every signal that is judged against whether it was right, in ten
bins; the error is their mean distance, weighed by their numbers (ECE).

Prompts: useful when its kind is what docs/signals.md wants after a signal that was expected.
*Stale*: shown after its moment. *Duplicate*: said before in that dialogue. *Contradictory*: two at
one moment that ask for different things. 95 % intervals are Wilson's.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

from assistant import phrases
from assistant.engine import Engine
from assistant.feeds import TranscriptFeed
from assistant.model import (
    CallWarning,
    Event,
    Prompt,
    Signal,
    Speaker,
    SpeechOpened,
    Tick,
    Transcript,
)

DIALOGUES = Path(__file__).parent.parent / "tests" / "dialogues"
ALWAYS = {"thats_right", "youre_right", "bare_yes", "factual_confirmation"}
RIGHTS = {"thats_right", "youre_right"}
BINS = 10
HOURS = 10
LATE_S = 6.0
"""A prompt so long after (or before) the end of any words is of no moment any more."""
TOGETHER_S = 0.1
"""Two prompts so close are of one moment."""

WANTED = {
    "youre_right": {"label", "no_oriented_question"},
    "bare_yes": {"label", "no_oriented_question"},
    "qualified_agreement": {"label", "no_oriented_question"},
    "thats_right": {"silence", "calibrated_question"},
    "offer": {"let_them"},
    "premature_move": {"summary"},
    "stalled": {"reset"},
    "pressure": {"reset"},
    "pushback": {"reset"},
    "unaddressed": {"label"},
    "deferral": {"label", "no_oriented_question"},
    "correction": {"label"},
    "filled_silence": {"silence"},
    "monologue": {"slow_down"},
}
"""Kinds of prompt that help after a signal (SIGNALS: prompts)."""


@dataclass
class Outcome:
    """One dialogue, judged."""

    row: dict[str, Any]
    signals: list[Signal]
    """What stands of the signals on the last turn."""
    prompts: list[Prompt]
    """Caused by them."""
    shown: list[Prompt]
    """All prompts of the dialogue."""

    @property
    def expected(self) -> set[str]:
        """Kinds that must be raised."""
        return set(self.row["expect"])

    @property
    def heard(self) -> set[str]:
        """Kinds that were raised."""
        return {s.kind.value for s in self.signals}

    @property
    def extra(self) -> set[str]:
        """Kinds that must not be raised, and were."""
        return (self.heard & (ALWAYS | set(self.row.get("forbid", ())))) - self.expected

    @property
    def missed(self) -> set[str]:
        """Kinds that must be raised, and were not."""
        return self.expected - self.heard


@dataclass
class Tally:
    """Counts by kind."""

    right: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    instead: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("-v", action="store_true", help="show each dialogue that is not right")
    parser.add_argument("--calibrate", action="store_true")
    parser.add_argument("--cost", action="store_true")
    arguments = parser.parse_args()
    files = arguments.files or [DIALOGUES / "dev.jsonl", DIALOGUES / "test.jsonl"]
    if arguments.calibrate:
        calibrate([o for file in arguments.files or files[:1] for o in outcomes(file)])
        return
    if arguments.cost:
        cost([json.loads(line) for line in files[0].read_text(encoding="utf-8").splitlines()])
        return
    for file in files:
        show(file.name, outcomes(file), verbose=arguments.v)


def outcomes(file: Path) -> list[Outcome]:
    """Every dialogue of a file, judged."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [judged(row) for row in rows]


def show(name: str, done: list[Outcome], *, verbose: bool) -> None:
    """The figures of one half."""
    tally = Tally()
    fooled = tempting = 0
    for outcome in done:
        tally.right.update(outcome.heard & outcome.expected)
        tally.missed.update(outcome.missed)
        tally.extra.update(outcome.extra)
        for kind in outcome.missed:
            tally.instead[kind].update(outcome.heard or {"nothing"})
        if RIGHTS & set(outcome.row["forbid"]) and not RIGHTS & outcome.expected:
            tempting += 1
            fooled += bool(outcome.extra & RIGHTS)
        if verbose and (outcome.extra or outcome.missed):
            row = outcome.row
            print(
                f"  {row['id']}: expected {sorted(outcome.expected)}, heard {sorted(outcome.heard)}"
            )
            for turn in row["turns"][-3:]:
                when = f"{turn['start_s']:.1f}-{turn['end_s']:.1f}"
                print(f"      {turn['speaker']} {when}: {turn['text']}")
    print(f"{name}: {len(done)} dialogues")
    print(
        f"{'kind':<24}{'right':>7}{'extra':>7}{'missed':>8}"
        "   precision          recall              F1    instead"
    )
    for kind in sorted({*tally.right, *tally.extra, *tally.missed}):
        right, extra, missed = tally.right[kind], tally.extra[kind], tally.missed[kind]
        f1 = 2 * right / (2 * right + extra + missed)
        instead = ", ".join(f"{k} {n}" for k, n in tally.instead[kind].most_common(3))
        print(
            f"{kind:<24}{right:>7}{extra:>7}{missed:>8}   {interval(right, right + extra)}  "
            f"{interval(right, right + missed)}  {f1:.2f}  {instead}"
        )
    share = interval(fooled, tempting)
    print(f"look-alikes that raise thats_right or youre_right: {share} n {tempting}")
    show_calibration(done)
    show_prompts(done, verbose=verbose)
    print()


def certainty(done: list[Outcome]) -> list[tuple[float, bool, str]]:
    """Confidence, whether it was right, kind: of every signal that is judged."""
    return [
        (s.confidence, s.kind.value in o.expected, s.kind.value)
        for o in done
        for s in o.signals
        if s.kind.value in o.expected or s.kind.value in o.extra
    ]


def show_calibration(done: list[Outcome]) -> None:
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right, _ in certainty(done):
        bins[min(BINS - 1, int(confidence * BINS))].append((confidence, right))
    total = sum(len(b) for b in bins.values())
    error = 0.0
    shown = []
    for number in sorted(bins):
        said = sum(c for c, _ in bins[number]) / len(bins[number])
        was = sum(r for _, r in bins[number]) / len(bins[number])
        error += len(bins[number]) / total * abs(said - was)
        shown.append(f"{said:.2f} said {was:.2f} right (n {len(bins[number])})")
    print(f"calibration error {error:.3f}: {'; '.join(shown)}")


def show_prompts(done: list[Outcome], *, verbose: bool) -> None:
    useful = shown = wanted = met = stale = again = against = 0
    for outcome in done:
        kinds = set().union(*(WANTED.get(k, set()) for k in outcome.expected))
        asked = bool(kinds)
        wanted += asked
        met += asked and any(p.kind.value in kinds for p in outcome.prompts)
        judgeable = asked or outcome.row["expect"] == [] or not outcome.prompts
        for prompt in outcome.prompts:
            caused = next((s for s in outcome.signals if s.id == prompt.signal), None)
            if caused is not None and not judgeable and caused.kind.value not in outcome.extra:
                continue  # a kind that this dialogue does not judge
            shown += 1
            useful += prompt.kind.value in kinds
            if verbose and prompt.kind.value not in kinds:
                where = outcome.row["id"]
                print(f"  prompt {where}: {prompt.kind} “{prompt.say}” wanted {sorted(kinds)}")
        ends = {round(t["end_s"], 3) for t in outcome.row["turns"]}
        stale += sum(
            p.expires_s <= p.at_s or min(abs(p.at_s - e) for e in ends) > LATE_S
            for p in outcome.shown
        )
        says = [p.say for p in outcome.shown]
        again += len(says) - len(set(says))
        against += sum(
            a.kind is not b.kind and b.at_s - a.at_s < TOGETHER_S
            for a, b in pairwise(outcome.shown)
        )
    print(
        f"prompts useful: precision {interval(useful, shown)} n {shown}, "
        f"recall {interval(met, wanted)} n {wanted}; "
        f"stale {stale}, duplicate {again}, contradictory {against}"
    )


def calibrate(done: list[Outcome]) -> None:
    """For each kind: how often findings were right, with a prior of two thirds over three."""
    by_kind: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right, kind in certainty(done):
        by_kind[kind].append((confidence, right))
    for kind, found in sorted(by_kind.items()):
        right = (sum(r for _, r in found) + 2) / (len(found) + 3)
        print(f"{kind:<24} n {len(found):>4}  right {right:.3f}")


def cost(rows: list[dict[str, Any]]) -> None:
    """All dialogues one after another as one call of ten hours, over and over."""
    engine = Engine(phrases.load())
    took: list[float] = []
    at_s = 0.0
    for row in cycle(rows):
        if at_s > HOURS * 3600:
            break
        said = [
            Transcript(Speaker(t["speaker"]), at_s + t["start_s"], at_s + t["end_s"], t["text"])
            for t in row["turns"]
        ]
        for heard in said:
            began = time.perf_counter()
            engine.step(SpeechOpened(heard.speaker, heard.start_s))
            engine.step(heard)
            engine.step(Tick(heard.end_s + 0.2))
            took.append(1000 * (time.perf_counter() - began))
        at_s = said[-1].end_s + 1.0
    for name, part in (("first thousand", took[:1000]), ("last thousand", took[-1000:])):
        ordered = sorted(part)
        middle, high = ordered[len(part) // 2], ordered[len(part) * 95 // 100]
        mean = sum(part) / len(part)
        print(
            f"{name} of {len(took)} turns: median {middle:.2f} ms, mean {mean:.2f}, p95 {high:.2f}"
        )


def judged(row: dict[str, Any]) -> Outcome:
    """What the engine raises on the last speaker's words at the end."""
    engine = Engine(phrases.load())
    said = [
        Transcript(Speaker(t["speaker"]), t["start_s"], t["end_s"], t["text"]) for t in row["turns"]
    ]
    first = len(said)
    while first and said[first - 1].speaker is said[-1].speaker:
        first -= 1
    events: list[Event] = []
    for heard in TranscriptFeed(said).items(lambda _at_s: True):
        if not isinstance(heard, CallWarning):
            events += engine.step(heard)
    events += engine.finish()
    return judged_events(row, events, said[-1].speaker, said[first].start_s)


def judged_events(
    row: dict[str, Any], events: list[Event], speaker: Speaker, since_s: float
) -> Outcome:
    """What stands of the signals of this speaker from `since_s` on."""
    ours = [
        e for e in events if isinstance(e, Signal) and e.speaker is speaker and e.start_s >= since_s
    ]
    revised = {s.revises for s in ours}
    shown = [e for e in events if isinstance(e, Prompt)]
    numbers = {s.id for s in ours}
    return Outcome(
        row,
        [s for s in ours if s.id not in revised],
        [p for p in shown if p.signal in numbers],
        shown,
    )


def interval(hits: int, of: int) -> str:
    """A share with its 95 % Wilson interval."""
    if not of:
        return "   -             "
    z, share = 1.96, hits / of
    centre = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"{share:.3f} [{max(0, centre - half):.2f}, {min(1, centre + half):.2f}]"


if __name__ == "__main__":
    main()
