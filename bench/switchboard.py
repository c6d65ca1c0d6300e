"""Real telephone talk, tagged by hand: is agreement heard, are sounds of listening left alone?

    python bench/switchboard.py FILE.zip [-v]

FILE.zip: conversations of the Switchboard Dialog Act Corpus, a text file each, a line
`speaker|words|act`. Each is played twice through the engine, once with each speaker as `me`. Times
are made up: 3 words a second, one utterance after another, 0.2 s between speakers.

*Agreement*: an utterance tagged `aa` (agree/accept) that says "that's right", "exactly" or the
like, right after a reformulation (`bf`) or an opinion (`sv`) of the other. It is recalled when it
raises a kind of agreement. *Backchannels*: utterances tagged `b`. None may raise a signal.
Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from signals import interval

from assistant import phrases
from assistant.engine import Engine
from assistant.feeds import TranscriptFeed
from assistant.model import CallWarning, Signal, Speaker, Transcript

AGREEMENT = {
    *("thats_right", "youre_right", "bare_yes", "qualified_agreement", "factual_confirmation"),
}
SAYS_SO = re.compile(
    r"^(?:(?:oh|yeah|yes|well|uh|um|no|and|so|right|i mean|but|hey|boy|god),? )*"
    r"(?:that'?s (?:\w+ )?(?:right|it)|(?:that'?s )?(?:exactly|precisely)|"
    r"you'?re (?:\w+ )?right|absolutely right)\b",
    re.IGNORECASE,
)
WORDS_PER_S = 3.0


@dataclass(frozen=True)
class Line:
    """An utterance of the corpus."""

    speaker: str
    text: str
    act: str


@dataclass
class Counts:
    """What was found so far."""

    recalled: Counter[str]
    sounds: int = 0
    loud: int = 0
    per_act: Counter[tuple[str, str, str]] = field(default_factory=Counter)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("file", type=Path)
    parser.add_argument("--most", type=int, default=0, help="so many conversations")
    parser.add_argument("-v", action="store_true", help="show what went wrong")
    arguments = parser.parse_args()
    counts = Counts(Counter())
    with zipfile.ZipFile(arguments.file) as calls:
        names = calls.namelist()[: arguments.most or None]
        for name in names:
            lines = read(calls.read(name).decode("utf-8", "replace"))
            for me in ("A", "B"):
                listen(lines, me, counts, verbose=arguments.v)
    wanted = counts.recalled.total()
    hit = wanted - counts.recalled["-"]
    share = interval(hit, wanted)
    print(f"{arguments.file.name}: {len(names)} conversations, each from both sides")
    print(f"agreement after a reformulation or an opinion, recalled: {share} n {wanted}")
    print("  as " + ", ".join(f"{kind} {n}" for kind, n in counts.recalled.most_common()))
    share = interval(counts.loud, counts.sounds)
    print(f"backchannels that raise a signal: {share} n {counts.sounds}")
    print(f"\n{'says':<20}{'act':<8}{'heard as':<24}n")
    for (words, act, kind), n in sorted(counts.per_act.items(), key=lambda x: (x[0][0], -x[1])):
        if n > 1:
            print(f"{words:<20}{act:<8}{kind:<24}{n}")


def listen(lines: list[Line], me: str, counts: Counts, *, verbose: bool) -> None:
    """One conversation from one side."""
    raised = signals(lines, me)
    for i, line in enumerate(lines):
        if line.speaker == me:
            continue
        kinds = {s.kind.value for s in raised[i]}
        before = lines[i - 1] if i else None
        if line.act == "b":
            counts.sounds += 1
            counts.loud += bool(kinds)
            if kinds and verbose:
                print(f"  b     {line.text!r} {kinds} after {before}")
        said = SAYS_SO.match(line.text)
        if said is None:
            continue
        words = " ".join(said.group().lower().split()[-2:])
        counts.per_act[words, line.act, first(kinds)] += 1
        answers = before is not None and before.speaker == me and before.act in {"bf", "sv"}
        if line.act == "aa" and answers:
            counts.recalled[first(kinds & AGREEMENT)] += 1
            if not kinds & AGREEMENT and verbose:
                print(f"  {line.text!r} {kinds} after {before}")


def first(kinds: set[str]) -> str:
    """One of them, or a dash."""
    return min(kinds, default="-")


def read(text: str) -> list[Line]:
    """The utterances of a conversation; what has no words is left out."""
    lines = []
    for row in text.splitlines():
        speaker, rest = row.split("|", 1)
        words, act = rest.rsplit("|", 1)
        if re.search(r"\w", words) and speaker in {"A", "B"}:
            lines.append(Line(speaker, words.strip(), act.strip()))
    return lines


def signals(lines: list[Line], me: str) -> dict[int, list[Signal]]:
    """What stands of the signals on each line, by its number."""
    said: list[Transcript] = []
    at_s = 0.0
    for i, line in enumerate(lines):
        at_s += 0.05 if i and lines[i - 1].speaker == line.speaker else 0.2
        end_s = at_s + max(0.3, len(line.text.split()) / WORDS_PER_S)
        speaker = Speaker.ME if line.speaker == me else Speaker.THEM
        said.append(Transcript(speaker, round(at_s, 3), round(end_s, 3), line.text))
        at_s = end_s
    engine = Engine(phrases.load())
    found: list[Signal] = []
    for heard in TranscriptFeed(said).items(lambda _at_s: True):
        if not isinstance(heard, CallWarning):
            found += [e for e in engine.step(heard) if isinstance(e, Signal)]
    found += [e for e in engine.finish() if isinstance(e, Signal)]
    replaced = {s.revises for s in found}
    starts = {u.start_s: i for i, u in enumerate(said)}
    by_line: dict[int, list[Signal]] = {i: [] for i in range(len(lines))}
    for signal in found:
        if signal.id not in replaced and signal.speaker is Speaker.THEM:
            by_line[starts[signal.start_s]].append(signal)
    return by_line


if __name__ == "__main__":
    main()
