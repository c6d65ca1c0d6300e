"""How many of the facts in a call the summary finds, and how many of those it finds are any.

    python bench/facts.py [--half dev|test|samples] [-v] [FILE]     default: bench/facts_calls.txt

A number, a date or a name is found when a fact of its kind has its words or holds them (one may
hold a word or two more: "nine weeks" for "weeks"); a commitment or a next step when the sentence is
found under either of the two (they differ in who acts), and separately when its kind is right.
Every fact counts once a call. 95 % intervals are Wilson's. `-v` shows what was wrong, but not of
the test half.
"""

from __future__ import annotations

import argparse
import math
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from assistant.after import FactKind
from assistant.facts import facts_of
from assistant.model import Speaker, Transcript

CALLS = Path(__file__).parent / "facts_calls.txt"
SENTENCES = (FactKind.COMMITMENT, FactKind.NEXT_STEP)
MORE_WORDS = 2


@dataclass
class Call:
    """A call as it was written, with the facts in it."""

    half: str
    title: str
    said: list[Transcript] = field(default_factory=list)
    facts: list[tuple[FactKind, str]] = field(default_factory=list)


def read(path: Path) -> list[Call]:
    calls: list[Call] = []
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("== "):
            half, title = line[3:].split(" ", 1)
            calls.append(Call(half, title))
        elif line and not line.startswith("#"):
            who, _, marked = line.partition(": ")
            call = calls[-1]
            start_s = 5.0 * len(call.said)
            call.said.append(Transcript(Speaker(who), start_s, start_s + 4, plain(marked).strip()))
            call.facts += marks(marked)
    return calls


def plain(marked: str) -> str:
    while True:
        less = re.sub(r"\[\w+\|([^\[\]]*)\]", r"\1", marked)
        if less == marked:
            return less
        marked = less


def marks(marked: str) -> list[tuple[FactKind, str]]:
    found, opened = [], []
    for place, character in enumerate(marked):
        if character == "[":
            opened.append(place)
        elif character == "]":
            kind, _, text = marked[opened.pop() + 1 : place].partition("|")
            found.append((FactKind(kind), plain(text).strip()))
    return found


def words(text: str) -> list[str]:
    return re.findall(r"[\w$€£%]+", text.lower().replace("'s", ""))


def same(kind: FactKind, wanted: str, got_kind: FactKind, got: str) -> bool:
    if kind in SENTENCES:
        return got_kind in SENTENCES and (
            words(wanted) == words(got) or set(words(wanted)) <= set(words(got))
        )
    if kind is not got_kind:
        return False
    one, other = words(wanted), words(got)
    short, long = sorted((one, other), key=len)
    text = " ".join(long)
    return bool(short) and " ".join(short) in text and len(long) - len(short) <= MORE_WORDS


def wilson(right: int, of: int) -> str:
    if not of:
        return "–"
    share, z = right / of, 1.96
    middle = (share + z * z / 2 / of) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / 4 / of / of) / (1 + z * z / of)
    return f"{share:.2f} [{middle - half:.2f}, {middle + half:.2f}] ({right}/{of})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, default=CALLS)
    parser.add_argument("--half", choices=("dev", "test", "samples"))
    parser.add_argument("-v", "--verbose", action="store_true")
    chosen = parser.parse_args()
    calls = read(chosen.file)
    for half in (chosen.half,) if chosen.half else dict.fromkeys(each.half for each in calls):
        judge(half, [c for c in calls if c.half == half], chosen.verbose)


def judge(half: str, calls: list[Call], verbose: bool) -> None:  # noqa: FBT001
    wanted, found, right, extra, kind_right = (Counter[str]() for _ in range(5))
    for call in calls:
        unique = {(k, " ".join(words(t))): (k, t) for k, t in call.facts}
        left = list(unique.values())
        for kind, _ in left:
            wanted[kind] += 1
        for fact in facts_of(call.said):
            found[fact.kind] += 1
            match = next((w for w in left if same(*w, fact.kind, fact.text)), None)
            if match is None:
                extra[fact.kind] += 1
                if verbose and half != "test":
                    print(f"  extra   {call.title}: {fact.kind} {fact.text!r} in {fact.quote!r}")
                continue
            left.remove(match)
            right[match[0]] += 1
            kind_right[match[0]] += match[0] == fact.kind
        if verbose and half != "test":
            for kind, text in left:
                print(f"  missed  {call.title}: {kind} {text!r}")
    print(f"{half}: {len(calls)} calls, {sum(wanted.values())} facts")
    for kind in FactKind:
        precision = wilson(found[kind] - extra[kind], found[kind])
        note = f"; kind right {kind_right[kind]}/{right[kind]}" if kind in SENTENCES else ""
        print(f"  {kind:<11} P {precision}  R {wilson(right[kind], wanted[kind])}{note}")
    total = sum(found.values())
    print(
        f"  {'all':<11} P {wilson(total - sum(extra.values()), total)}  "
        f"R {wilson(sum(right.values()), sum(wanted.values()))}"
    )


if __name__ == "__main__":
    main()
