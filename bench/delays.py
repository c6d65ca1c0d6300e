"""How long after speech its final text was there: one definition for us and for others.

`delays` takes plain values and imports nothing but the standard library, so any bench may use it.

An utterance's delay is the moment at which final text covering its end was handed out, less the
moment its last speech sample was played. What covers it is found by laying the final words over the
reference by edit distance; time takes part in that only to rule out words handed out before the
utterance began, and to choose between alignments with equally few edits.
"""

from __future__ import annotations

import itertools
import math
import re
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

TIE = 1e-6
"""Edits per second of lateness: decides between equals, and only there."""

LATE_S = 10.0
"""Text this long after an utterance is not taken for the first sign of it."""

_APART = re.compile(r"[^\w'.]+|(?<!\d)[.]|[.](?!\d)")
"""All but words, apostrophes and the point of a decimal."""


@dataclass(frozen=True)
class Delay:
    """One utterance of the reference and when final text reached its end."""

    start_s: float
    end_s: float
    at_s: float | None
    """None: missed."""
    whole: bool
    """Its very last word was heard; otherwise `at_s` is that of the last one that was."""

    @property
    def delay_s(self) -> float | None:
        """Seconds from the end of the speech; None: missed."""
        return None if self.at_s is None else self.at_s - self.end_s


@dataclass(frozen=True)
class Delays:
    """The delays of one or more legs."""

    each: tuple[Delay, ...] = ()

    def __add__(self, other: Delays) -> Delays:
        return Delays(self.each + other.each)

    @property
    def known(self) -> list[float]:
        """Delays of all utterances that were not missed, seconds, in their order."""
        return [delay for each in self.each if (delay := each.delay_s) is not None]

    @property
    def missed(self) -> int:
        """Utterances whose end no final text covers."""
        return sum(each.at_s is None for each in self.each)

    @property
    def cut(self) -> int:
        """Measured at an earlier word, because the last one was never heard."""
        return sum(each.at_s is not None and not each.whole for each in self.each)

    @property
    def median_s(self) -> float:
        """Half of the utterances were there sooner; NaN of nothing."""
        return statistics.median(self.known) if self.known else math.nan

    @property
    def p95_s(self) -> float:
        """All but one in twenty were there sooner; NaN of nothing."""
        return percentile(self.known, 95)


def delays(
    reference_utterances: Iterable[Mapping[str, Any]], emitted: Iterable[tuple[float, str]]
) -> Delays:
    """Compare one leg's utterances (start_s, end_s, text) with its final pieces (wall_s, text).

    Both clocks start when the first sample is played. Pieces are final: each is handed out once and
    never changed. An utterance is missed if none of its words was heard, or if its last words were
    not and what was heard had been handed out before its end, which covers no end.
    """
    utterances = sorted(reference_utterances, key=lambda u: float(u["start_s"]))
    owners: list[int] = []
    wanted: list[str] = []
    for index, utterance in enumerate(utterances):
        own = split(str(utterance["text"]))
        wanted += own
        owners += [index] * len(own)
    pieces = sorted(emitted, key=lambda piece: piece[0])
    heard = [(word, at_s) for at_s, text in pieces for word in split(text)]
    spans = [(float(u["start_s"]), float(u["end_s"])) for u in utterances]
    matches = align(wanted, [spans[owner] for owner in owners], heard)
    last: dict[int, tuple[int, float]] = {}
    for at, number in matches:
        last[owners[at]] = (at, heard[number][1])
    ends = {owner: at for at, owner in enumerate(owners)}
    found: list[Delay] = []
    for index, (start_s, end_s) in enumerate(spans):
        if index not in ends:
            continue  # nothing was said in words
        at, at_s = last.get(index, (-1, None))
        whole = at == ends[index]
        if at_s is not None and not whole and at_s < end_s:
            at_s = None
        found.append(Delay(start_s, end_s, at_s, whole))
    return Delays(tuple(found))


def first_partials(
    reference_utterances: Iterable[Mapping[str, Any]], shown: Iterable[tuple[float, str]]
) -> list[float]:
    """Seconds from the start of each utterance to the first of its words on the screen.

    `shown` is all text handed out, provisional or final, as (wall_s, text). A text belongs to an
    utterance if it ends with the utterance's first word or has two words in a row of it: a screen
    still busy with the utterance before does not count. Those that never do are left out.
    """
    pieces = [(at_s, split(text)) for at_s, text in sorted(shown, key=lambda piece: piece[0])]
    found: list[float] = []
    for utterance in reference_utterances:
        start_s, end_s = float(utterance["start_s"]), float(utterance["end_s"])
        own = split(str(utterance["text"]))
        if not own:
            continue
        pairs = set(itertools.pairwise(own))
        for at_s, words in pieces:
            if not start_s < at_s < end_s + LATE_S:
                continue
            tail = words[-len(own) :]
            if words[-1:] == own[:1] or pairs & set(itertools.pairwise(tail)):
                found.append(at_s - start_s)
                break
    return found


def split(text: str) -> list[str]:
    """Words as they are compared: small letters, straight apostrophes, no punctuation."""
    plain = text.lower().replace("’", "'").replace("‘", "'")
    return [word for each in _APART.split(plain) if (word := each.strip("'"))]


def align(
    wanted: Sequence[str],
    spans: Sequence[tuple[float, float]],
    heard: Sequence[tuple[str, float]],
) -> list[tuple[int, int]]:
    """Pairs (wanted, heard) of the cheapest alignment, equal or substituted words, in order.

    A word cannot have been heard before its utterance began (`spans`: start and end of it).
    """
    width = len(heard) + 1
    above = [float(column) for column in range(width)]
    moves: list[bytearray] = []
    for row, word in enumerate(wanted):
        start_s, end_s = spans[row]
        current = [above[0] + 1]
        taken = bytearray(width)  # 0: missed, 1: extra, 2: a pair
        for column, (other, at_s) in enumerate(heard, start=1):
            best, move = above[column] + 1, 0
            if (extra := current[column - 1] + 1) < best:
                best, move = extra, 1
            if at_s >= start_s:
                pair = above[column - 1] + (word != other) + TIE * max(0.0, at_s - end_s)
                if pair <= best:
                    best, move = pair, 2
            current.append(best)
            taken[column] = move
        moves.append(taken)
        above = current
    pairs: list[tuple[int, int]] = []
    row, column = len(wanted), len(heard)
    while row and column:
        move = moves[row - 1][column]
        if move == 2:  # noqa: PLR2004
            pairs.append((row - 1, column - 1))
        row -= move != 1
        column -= move != 0
    return pairs[::-1]


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of all do not exceed; NaN of nothing."""
    ordered = sorted(values)
    if not ordered:
        return math.nan
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]
