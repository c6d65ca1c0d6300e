"""Whose words are these? From how much each piece of speech sounds like either, and turns. Pure.

A chain of two states, one piece after another: what a piece sounds like (`audio.apart`) against how
likely the other one begins to speak here. People hand over in pauses and after questions, hardly
ever in the middle of a word; a short reply that sounds like the other is the other's all the same.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

import numpy as np

from audio.types import seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from assistant.model import Transcript, Word
    from audio.apart import Piece, Voices
    from audio.third import Third

    Floats = NDArray[np.float64]

PAUSE_COST: Final = 1.0
"""How unlikely a handover in a pause is (natural logarithm of the odds against it) ..."""
INNER_COST: Final = 4.0
"""... and where speech goes on without one."""
LONG_PAUSE_S: Final = 1.0
"""After a pause of this length either may speak."""
QUESTION_GAIN: Final = 1.0
"""After a question the other one is so much likelier to."""

SNAP_S: Final = 0.4
"""The end of a sentence so close to where the voice changes is where it changes: word times are
good to a few tenths of a second, those of the pieces to a few hundredths."""

_ENDS: Final = (".", "?", "!", "…")
_I: Final = ("I ", "I'", "I’")


HAND_S: Final = 0.6
"""A key is pressed so long after one began to speak."""
CERTAIN: Final = 20.0
"""What the user says weighs so much (natural logarithm of the odds): more than any sound."""

HALF: Final = 0.5
"""What is likelier than not."""

SELDOM: Final = 0.2
"""How likely it is that a third voice spoke last, before anything is heard."""


class _Side(Enum):
    FIRST = auto()
    SECOND = auto()
    THIRD = auto()


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one voice, one after another."""

    first: bool
    """True: the first of the two voices."""
    words: tuple[Word, ...]
    start_s: float
    end_s: float
    confidence: float
    """0..1: how sure it is that they are this voice's."""
    third: bool = False
    """True when they are neither's of the two, but a third voice's."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The user said, with a key, whose voice is heard just now."""

    first: bool
    """Whether it is the first of the two."""
    since_s: float
    until_s: float = float("inf")

    def of(self, piece: Piece) -> bool:
        """Whether it is about this piece: a hand is slower than a mouth."""
        middle_s = seconds(piece.start_sample + piece.end_sample) / 2
        return self.since_s - HAND_S <= middle_s <= self.until_s


@dataclass(frozen=True, slots=True)
class Before:
    """What was said before an utterance."""

    first: float = 0.5
    """0..1: that the first voice spoke last."""
    end_s: float = float("-inf")
    asked: bool = False
    """Whether it was a question."""


@dataclass(frozen=True, slots=True)
class Said:
    """What an utterance turned out to be."""

    runs: tuple[Run, ...]
    first: float
    """0..1: that the first voice spoke last."""

    def before(self, heard: Transcript) -> Before:
        """What the next utterance comes after."""
        return Before(self.first, heard.end_s, is_question(heard.text))


def split(  # noqa: PLR0913 - all that speaks for one voice or the other
    said: Transcript,
    pieces: Sequence[Piece],
    voices: Voices,
    before: Before | None = None,
    *,
    third: Third | None = None,
    claim: Claim | None = None,
) -> Said:
    """The runs of an utterance, in order; every word is in one.

    Args:
        said: the words, with times.
        pieces: of the same utterance, in order.
        voices: the two.
        before: what was said before it, if anything.
        third: another voice in the call.
        claim: what the user said of it.
    """
    before = before or Before()
    if not pieces or not said.words:
        first = before.first >= 0.5  # noqa: PLR2004 - more likely than not
        sure = max(before.first, 1 - before.first)
        run = Run(first, said.words, said.start_s, said.end_s, round(sure, 3))
        return Said((run,), before.first)
    costs = [
        handover_cost(said.start_s - before.end_s, inner=False, asked=before.asked),
        *(_between(a, b, said.words) for a, b in itertools.pairwise(pieces)),
    ]
    claimed = np.array([claim is not None and claim.of(piece) for piece in pieces])
    other = np.where(claimed, 0.0, _third(pieces, costs, third))
    odds = np.where(other >= HALF, 0.0, voices.odds(pieces))
    told = CERTAIN if claim is not None and claim.first else -CERTAIN
    likely = smoothed(np.where(claimed, told, odds), costs, before.first)
    sides = [_side(first, neither) for first, neither in zip(likely, other, strict=True)]
    owner = _owners(said.words, pieces, sides)
    runs: list[Run] = []
    for side, group in itertools.groupby(range(len(said.words)), lambda i: sides[owner[i]]):
        indices = list(group)
        its = {owner[i] for i in indices}
        each_sure = [_sure(side, likely[i], other[i]) for i in its]
        weights = [pieces[i].end_sample - pieces[i].start_sample for i in its]
        begin = min(seconds(pieces[i].start_sample) for i in its)
        end = max(seconds(pieces[i].end_sample) for i in its)
        words = tuple(said.words[i] for i in indices)
        sure = round(float(np.average(each_sure, weights=weights)), 3)
        first, neither = side is _Side.FIRST, side is _Side.THIRD
        runs.append(Run(first, words, round(begin, 3), round(end, 3), sure, third=neither))
    return Said(tuple(runs), float(likely[-1]))


def _third(pieces: Sequence[Piece], costs: Sequence[float], third: Third | None) -> Floats:
    """How likely each piece is a third voice's, 0..1."""
    if third is None:
        return np.zeros(len(pieces))
    return smoothed(third.odds(pieces), costs, SELDOM)


def _side(first: float, third: float) -> _Side:
    if third >= HALF:
        return _Side.THIRD
    return _Side.FIRST if first >= HALF else _Side.SECOND


def _sure(side: _Side, first: float, third: float) -> float:
    match side:
        case _Side.THIRD:
            return third
        case _Side.FIRST:
            return first * (1 - third)
        case _Side.SECOND:
            return (1 - first) * (1 - third)


def smoothed(odds: Floats, costs: Sequence[float], before: float = 0.5) -> Floats:
    """How likely each piece is the first voice's, 0..1: the forward-backward algorithm.

    Args:
        odds: float64 [n], natural logarithm of the odds by sound alone.
        costs: n of them: of a handover just before each piece, as log odds against it.
        before: how likely the first voice spoke last, 0..1.
    """
    sound = 1 / (1 + np.exp(-np.asarray(odds, dtype=np.float64)))
    emission = np.stack([sound, 1 - sound], axis=1)
    handover = [1 / (1 + np.exp(cost)) for cost in costs]
    moves = [np.array([[1 - h, h], [h, 1 - h]]) for h in handover]
    forward = np.zeros_like(emission)
    state = np.array([before, 1 - before])
    for i in range(len(emission)):
        state = (state @ moves[i]) * emission[i]
        state = state / state.sum()
        forward[i] = state
    backward = np.ones(2)
    found = np.zeros(len(emission))
    for i in range(len(emission) - 1, -1, -1):
        both = forward[i] * backward
        found[i] = both[0] / both.sum()
        backward = moves[i] @ (emission[i] * backward)
        backward = backward / backward.sum()
    return found


def _between(a: Piece, b: Piece, words: Sequence[Word]) -> float:
    """What a handover from one piece to the next costs."""
    at_s = seconds(a.end_sample + b.start_sample) / 2
    before = [w for w in words if (w.start_s + w.end_s) / 2 <= at_s]
    asked = bool(before) and is_question(before[-1].text)
    return handover_cost(seconds(b.start_sample - a.end_sample), inner=b.inner, asked=asked)


def handover_cost(pause_s: float, *, inner: bool, asked: bool = False) -> float:
    """Log odds against a handover after a pause, or where speech goes on (`inner`)."""
    cost = INNER_COST if inner else PAUSE_COST * max(0.0, 1 - pause_s / LONG_PAUSE_S)
    return cost - (QUESTION_GAIN if asked else 0.0)


def _owners(words: Sequence[Word], pieces: Sequence[Piece], sides: Sequence[_Side]) -> list[int]:
    """For each word the index of its piece; a change of voice falls between sentences if it can."""
    owner = [_nearest((w.start_s + w.end_s) / 2, pieces) for w in words]
    for k in range(1, len(pieces)):
        if sides[k] == sides[k - 1]:
            continue
        at_s = seconds(pieces[k - 1].end_sample + pieces[k].start_sample) / 2
        cut = sum(o < k for o in owner)
        near = [
            i
            for i in range(1, len(words))
            if (words[i - 1].text.rstrip().endswith(_ENDS) or _begins(words[i].text))
            and min(abs(words[i - 1].end_s - at_s), abs(words[i].start_s - at_s)) <= SNAP_S
        ]
        if not near or cut in near:
            continue
        cut = min(near, key=lambda i: abs((words[i - 1].end_s + words[i].start_s) / 2 - at_s))
        owner = [min(o, k - 1) if i < cut else max(o, k) for i, o in enumerate(owner)]
    return owner


def is_question(text: str) -> bool:
    """Whether these words end in a question mark."""
    return text.rstrip().endswith("?")


def _begins(word: str) -> bool:
    """A capital letter begins a sentence, as far as one word can tell."""
    word = word.strip()
    return word[:1].isupper() and not f"{word} ".startswith(_I)


def _nearest(at_s: float, pieces: Sequence[Piece]) -> int:
    """The piece at that time, or the one nearest to it."""

    def away(index: int) -> float:
        piece = pieces[index]
        return max(seconds(piece.start_sample) - at_s, at_s - seconds(piece.end_sample), 0.0)

    return min(range(len(pieces)), key=away)
