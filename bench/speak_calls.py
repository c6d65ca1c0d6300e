"""Speaks calls of a minute by pairs of offline voices, for `bench/speakers.py`.

    python bench/speak_calls.py OUT --voices VOICES.npz DIALOGUES.jsonl ... [--calls N] [--from N]

As `bench/speak_dialogues.py`, but several dialogues make a call, each call has another pair of
voices (those of the same sex first), and the other one answers in short ("That's right.") within
longer turns, before who speaks goes on: what makes telling the two apart hard.
"""

from __future__ import annotations

import argparse
import itertools
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import make_speech as voices
from speak_dialogues import speak, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TOGETHER: Final = 5
"""Dialogues a call."""

BETWEEN_S: Final = 0.9
GAP_S: Final = (0.15, 0.55)
"""Before a short reply, and after it."""

WITHIN: Final = 0.6
"""Share of turns of several sentences with a reply inside."""

LEAST_LETTERS: Final = 20
"""A turn is parted only where both parts are longer."""

REPLIES: Final = (
    "That's right.", "Yeah.", "Right.", "Okay.", "Exactly.", "You're right.", "Yes.", "No.",
    "Sure.", "I see.", "Of course.", "That's it.", "Mm, no.", "Correct.",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("out", type=Path)
    parser.add_argument("dialogues", type=Path, nargs="+")
    parser.add_argument("--voices", type=Path, required=True)
    parser.add_argument("--calls", type=int, default=20)
    parser.add_argument("--from", dest="first", type=int, default=0, help="pair to begin with")
    arguments = parser.parse_args()
    rows = [r for file in arguments.dialogues for r in written(file)]
    random.Random(1).shuffle(rows)
    chosen = itertools.islice(itertools.cycle(pairs()), arguments.first, None)
    speak(calls(rows, chosen, arguments.calls), arguments.out, arguments.voices)


def calls(
    rows: list[dict[str, Any]], chosen: Iterable[tuple[str, str]], many: int
) -> Iterator[dict[str, Any]]:
    """Some dialogues each, chained, with a pair of voices."""
    for number, pair in zip(range(many), chosen, strict=False):
        some = rows[number * TOGETHER : (number + 1) * TOGETHER]
        yield {"id": f"call-{number:02}", "voices": pair, "turns": chained(some, number)}


def pairs() -> list[tuple[str, str]]:
    """Every pair of voices, in turn: two women, two men, two of either, in either order."""
    sexes: dict[bool, list[tuple[str, str]]] = {True: [], False: []}
    for a, b in itertools.combinations(voices.VOICES, 2):
        sexes[a[1] == b[1]].append((a, b) if len(sexes[a[1] == b[1]]) % 2 else (b, a))
    for found in sexes.values():
        random.Random(2).shuffle(found)
    return [p for some in zip(sexes[True], sexes[False], strict=False) for p in some]


def chained(rows: list[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    """The turns of all, one after another, with short replies within."""
    chance = random.Random(number)
    turns: list[dict[str, Any]] = []
    at_s = 0.5
    for row in rows:
        begins_s = row["turns"][0]["start_s"]
        shift_s = at_s - begins_s
        for turn in row["turns"]:
            parts = re.split(r"(?<=[.?!])\s+", turn["text"], maxsplit=1)
            start_s, end_s = turn["start_s"] + shift_s, turn["end_s"] + shift_s
            if len(parts) == 1 or min(map(len, parts)) < LEAST_LETTERS or chance.random() > WITHIN:
                turns.append({**turn, "start_s": start_s, "end_s": end_s})
                continue
            middle_s = start_s + (end_s - start_s) * len(parts[0]) / len(turn["text"])
            before, after = chance.uniform(*GAP_S), chance.uniform(*GAP_S)
            other = "them" if turn["speaker"] == "me" else "me"
            said = chance.choice(REPLIES)
            whole = turn["speaker"]
            from_s = middle_s + before
            turns += [
                {"speaker": whole, "start_s": start_s, "end_s": middle_s, "text": parts[0]},
                {"speaker": other, "start_s": from_s, "end_s": from_s + 0.5, "text": said},
                {
                    "speaker": whole,
                    "start_s": from_s + 0.5 + after,
                    "end_s": end_s + before + after + 0.5,
                    "text": parts[1],
                },
            ]
            shift_s += before + after + 0.5
        at_s = max(t["end_s"] for t in turns) + BETWEEN_S
    return turns


if __name__ == "__main__":
    main()
