"""Calls in which both often talk at once, and where they do.

Used by `bench/speakers.py overlap`. The turns of a spoken call are laid out anew: half of those who
take over begin 0.3 to 1.6 s before the other is done (never more than 0.8 of either's turn). Where
both really speak is taken from the clean legs: within 40 dB of the loudest hundredth, pauses under
0.1 s bridged, and at least 0.2 s of both.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from assistant.model import Speaker, Transcript
from audio.types import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from assistant.model import Event

    Legs = NDArray[np.float32]
    Mask = NDArray[np.bool_]

EARLY_S: Final = (0.3, 1.6)
SHARE: Final = 0.8
EDGE_S: Final = 0.03
LONGEST_GAP_S: Final = 1.2
STEP_S: Final = 0.01
RANGE_DB: Final = 40.0
BRIDGED_S: Final = 0.1
LEAST_S: Final = 0.2
NEAR_S: Final = 0.1
"""Nothing within this of where both begin or cease to speak counts."""


def relaid(row: dict[str, Any], legs: Legs, clean: Legs) -> tuple[Legs, Legs]:
    """Both legs of a call laid out anew, float32 [2, n] each: as heard, and clean.

    `row` is the call's line in the manifest; where nobody speaks is the line's noise.
    """
    rng = np.random.default_rng(zlib.crc32(row["id"].encode()))
    turns = sorted(row["turns"], key=lambda turn: turn["start_s"])
    sides = [int(turn["speaker"] == "them") for turn in turns]
    starts: list[float] = []
    end_s = 0.0
    for i, turn in enumerate(turns):
        length_s = turn["end_s"] - turn["start_s"]
        gap_s = 0.5
        if i:
            before = turns[i - 1]
            gap_s = min(max(turn["start_s"] - before["end_s"], 0.05), LONGEST_GAP_S)
            if sides[i] != sides[i - 1] and rng.random() < 0.5:  # noqa: PLR2004 - half of them
                most_s = SHARE * min(length_s, before["end_s"] - before["start_s"])
                gap_s = -min(rng.uniform(*EARLY_S), most_s)
        starts.append(end_s + gap_s)
        end_s = starts[-1] + length_s
    length = round((end_s + 1.0) * RATE_HZ)
    heard, alone = np.zeros((2, length), np.float32), np.zeros((2, length), np.float32)
    for side in (0, 1):
        talks = np.zeros(legs.shape[1], bool)
        for turn, its in zip(turns, sides, strict=True):
            if its == side:
                talks[_place(turn["start_s"]) : _place(turn["end_s"], after=True)] = True
        noise = legs[side][~talks]
        heard[side] = np.resize(noise, length)
    for turn, side, start_s in zip(turns, sides, starts, strict=True):
        a, b = _place(turn["start_s"]), _place(turn["end_s"], after=True)
        at = _place(start_s)
        for out, source in ((heard, legs), (alone, clean)):
            part = source[side][a:b][: length - at]
            out[side, at : at + len(part)] = part
    return heard, alone


def _place(at_s: float, *, after: bool = False) -> int:
    return max(0, round((at_s + (EDGE_S if after else -EDGE_S)) * RATE_HZ))


def both_speak(clean: Legs) -> Mask:
    """Where both do, bool [n] in steps of 10 ms."""
    one, two = (_speaks(leg) for leg in clean)
    return _long(one & two, LEAST_S)


def _speaks(leg: NDArray[np.float32]) -> Mask:
    hop = round(STEP_S * RATE_HZ)
    power = np.mean(np.square(leg[: len(leg) // hop * hop].reshape(-1, hop)), axis=1)
    loud = power > np.percentile(power[power > 0], 99) * 10 ** (-RANGE_DB / 10)
    return ~_long(~loud, BRIDGED_S)


def _long(mask: Mask, least_s: float) -> Mask:
    """Without its runs that are shorter."""
    kept = mask.copy()
    for begin, end in _runs(mask):
        if (end - begin) * STEP_S < least_s:
            kept[begin:end] = False
    return kept


def _runs(mask: Mask) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


@dataclass
class Found:
    """What was marked, against where both really speak."""

    right: int = 0
    false: int = 0
    missed: int = 0
    """Steps of 10 ms."""
    places: int = 0
    places_found: int = 0
    marks: int = 0
    marks_right: int = 0

    def add(self, events: Iterable[Event], real: Mask) -> None:
        """One call more."""
        marked = np.zeros(len(real), bool)
        for said in events:
            if isinstance(said, Transcript) and said.speaker is not Speaker.UNKNOWN:
                for span in said.overlap:
                    marked[round(span.start_s / STEP_S) : round(span.end_s / STEP_S)] = True
        self.count(marked, real)

    def count(self, marked: Mask, real: Mask) -> None:
        """Marks of a call, bool [n], against the truth, bool [n]."""
        edge = round(NEAR_S / STEP_S)
        counts = np.ones(len(real), bool)
        for begin, end in _runs(real):
            for at in (begin, end):
                counts[max(0, at - edge) : at + edge] = False
        self.right += int((marked & real & counts).sum())
        self.false += int((marked & ~real & counts).sum())
        self.missed += int((~marked & real & counts).sum())
        self.places += len(_runs(real))
        self.places_found += sum(bool(marked[a:b].any()) for a, b in _runs(real))
        self.marks += len(_runs(marked))
        self.marks_right += sum(bool(real[a:b].any()) for a, b in _runs(marked))

    def __str__(self) -> str:
        precision = self.right / max(1, self.right + self.false)
        recall = self.right / max(1, self.right + self.missed)
        return (
            f"precision {precision:.1%}, recall {recall:.1%} of "
            f"{(self.right + self.missed) * STEP_S:.0f} s; places {self.places_found} of "
            f"{self.places}; marks {self.marks_right} of {self.marks} right"
        )
