"""How well the rules tell signals apart, on dialogues in writing.

    python bench/signals.py [FILE ...] [-v]     default: both halves of tests/dialogues

A dialogue's last turn is judged. A kind is *right* when it was expected and raised, *missed* when
it was not raised, *extra* when it was raised and not expected (counted for the four kinds that are
always judged, and for those the dialogue forbids). Signals count as revised. 95 % intervals are
Wilson's.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

from assistant import phrases
from assistant.engine import Engine
from assistant.feeds import TranscriptFeed
from assistant.model import CallWarning, Signal, SignalKind, Speaker, Transcript

DIALOGUES = Path(__file__).parent.parent / "tests" / "dialogues"
ALWAYS = {"thats_right", "youre_right", "bare_yes", "factual_confirmation"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("-v", action="store_true", help="show each dialogue that is not right")
    arguments = parser.parse_args()
    for file in arguments.files or [DIALOGUES / "dev.jsonl", DIALOGUES / "test.jsonl"]:
        show(file, verbose=arguments.v)


def show(file: Path, *, verbose: bool) -> None:
    right: Counter[str] = Counter()
    extra: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    lookalikes = fooled = 0
    for row in rows:
        heard, expected = judged(row["turns"]), set(row["expect"])
        wrong = (heard & (ALWAYS | set(row.get("forbid", ())))) - expected
        right.update(heard & expected)
        missed.update(expected - heard)
        extra.update(wrong)
        if not expected:
            lookalikes += 1
            fooled += bool(wrong & {"thats_right", "youre_right"})
        if verbose and (wrong or expected - heard):
            last = row["turns"][-1]["text"]
            print(f"  {row['id']}: expected {sorted(expected)}, heard {sorted(heard)}: {last}")
    print(f"{file.name}: {len(rows)} dialogues")
    print(f"{'kind':<24}{'right':>7}{'extra':>7}{'missed':>8}   precision          recall")
    for kind in sorted({*right, *extra, *missed}):
        print(
            f"{kind:<24}{right[kind]:>7}{extra[kind]:>7}{missed[kind]:>8}   "
            f"{interval(right[kind], right[kind] + extra[kind])}  "
            f"{interval(right[kind], right[kind] + missed[kind])}"
        )
    print(f"look-alikes that raise thats_right or youre_right: {interval(fooled, lookalikes)}\n")


def judged(turns: list[dict[str, Any]]) -> set[str]:
    """Kinds raised on the last speaker's words at the end."""
    engine = Engine(phrases.load())
    said = [Transcript(Speaker(t["speaker"]), t["start_s"], t["end_s"], t["text"]) for t in turns]
    first = len(said)
    while first and said[first - 1].speaker is said[-1].speaker:
        first -= 1
    signals: list[Signal] = []
    for heard in TranscriptFeed(said).items(lambda _at_s: True):
        if not isinstance(heard, CallWarning):
            signals += [e for e in engine.step(heard) if isinstance(e, Signal)]
    signals += [e for e in engine.finish() if isinstance(e, Signal)]
    ours = [
        s
        for s in signals
        if s.speaker is said[-1].speaker
        and s.start_s >= said[first].start_s
        and s.kind is not SignalKind.STALLED
    ]
    revised = {s.revises for s in ours}
    return {s.kind.value for s in ours if s.id not in revised}


def interval(hits: int, of: int) -> str:
    """A share with its 95 % Wilson interval."""
    if not of:
        return "   -             "
    z, share = 1.96, hits / of
    centre = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"{share:.2f} [{max(0, centre - half):.2f}, {min(1, centre + half):.2f}]"


if __name__ == "__main__":
    main()
