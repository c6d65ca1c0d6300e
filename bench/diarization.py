"""Who spoke when, held against who really did: the diarization error and what else counts.

Shared by `bench/speakers.py`, which says what the figures mean.
"""

from __future__ import annotations

import itertools
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from assistant.model import Event, Transcript
from audio.types import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

COLLAR_S: Final = 0.25
STEP_S: Final = 0.01
SHORT_S: Final = 1.0
NEAR_S: Final = 0.1
PAUSE_S: Final = 0.5
"""A pause of this length inside a turn is no speech, in the reference and in what was found."""
SPEECH_RANGE_DB: Final = 40.0
"""Speech in a clean leg is at most so far under its loudest hundredth."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody speaks."""

    who: str
    start_s: float
    end_s: float
    text: str = ""


@dataclass
class Score:
    """What came of a recording, or of several."""

    name: str
    speech_s: float = 0.0
    missed_s: float = 0.0
    false_s: float = 0.0
    confused_s: float = 0.0
    words: list[int] = field(default_factory=lambda: [0, 0])
    short: list[int] = field(default_factory=lambda: [0, 0])
    """Replies under a second that nobody spoke over: on the right speaker, of those heard."""
    unheard: int = 0
    over: list[int] = field(default_factory=lambda: [0, 0])
    """Likewise those within the other's speech."""
    mine: list[int] = field(default_factory=lambda: [0, 0])
    apart_s: float = 0.0
    call_s: float = 0.0

    @property
    def error(self) -> float:
        """The diarization error."""
        return (self.missed_s + self.false_s + self.confused_s) / max(self.speech_s, 1e-9)

    def add(self, other: Score) -> None:
        """Count another in."""
        for name in ("speech_s", "missed_s", "false_s", "confused_s", "apart_s", "call_s"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.unheard += other.unheard
        for name in ("words", "short", "over", "mine"):
            mine, theirs = getattr(self, name), getattr(other, name)
            setattr(self, name, [mine[0] + theirs[0], mine[1] + theirs[1]])

    def __str__(self) -> str:
        return (
            f"{self.name:28} DER {self.error:6.1%} (missed {self.missed_s / self.speech_s:.1%}, "
            f"false {self.false_s / self.speech_s:.1%}, "
            f"confused {self.confused_s / self.speech_s:.1%})  "
            f"words {share(self.words)}  short {share(self.short)} (+{self.unheard} unheard)  "
            f"within the other's {share(self.over)}  me {share(self.mine)}  "
            f"cost {self.apart_s / self.call_s:.3f} x"
        )


def share(counts: Sequence[int]) -> str:
    return f"{counts[0]}/{counts[1]}" + (f" {counts[0] / counts[1]:.1%}" if counts[1] else "")


# ---- diarization error ----------------------------------------------------------------------


def error_of(reference: Sequence[Turn], found: Sequence[Turn]) -> tuple[Score, dict[str, str]]:
    """The parts of the diarization error, and which of the reference each found voice is."""
    steps = int(max(t.end_s for t in (*reference, *found)) / STEP_S) + 2
    theirs, ours = _rows(reference, steps), _rows(found, steps)
    counted = np.ones(steps, np.bool_)
    for turn in reference:
        for at_s in (turn.start_s, turn.end_s):
            counted[
                max(0, round((at_s - COLLAR_S) / STEP_S)) : round((at_s + COLLAR_S) / STEP_S)
            ] = False
    names = list(ours)
    best: tuple[int, dict[str, str]] = (-1, {})
    wanted = [*theirs, *[""] * max(0, len(names) - len(theirs))]
    for order in itertools.permutations(wanted, len(names)):
        both = sum(
            int((ours[n] & theirs[w] & counted).sum())
            for n, w in zip(names, order, strict=True)
            if w
        )
        if both > best[0]:
            best = both, dict(zip(names, order, strict=True))
    said = sum(r[counted].astype(int) for r in theirs.values())
    heard = sum((r[counted].astype(int) for r in ours.values()), np.zeros(int(counted.sum()), int))
    right = best[0]
    score = Score("", speech_s=float(said.sum()) * STEP_S)
    score.missed_s = float(np.maximum(said - heard, 0).sum()) * STEP_S
    score.false_s = float(np.maximum(heard - said, 0).sum()) * STEP_S
    score.confused_s = float(np.minimum(said, heard).sum() - right) * STEP_S
    return score, best[1]


def _rows(turns: Sequence[Turn], steps: int) -> dict[str, NDArray[np.bool_]]:
    rows: dict[str, NDArray[np.bool_]] = {}
    for turn in turns:
        row = rows.setdefault(turn.who, np.zeros(steps, np.bool_))
        row[round(turn.start_s / STEP_S) : round(turn.end_s / STEP_S)] = True
    return rows


def check() -> None:
    """Cases worked by hand."""
    two = [Turn("a", 0, 10), Turn("b", 10, 20)]
    cases = [
        # as it is, named otherwise: nothing wrong
        ([Turn("x", 0, 10), Turn("y", 10, 20)], 0.0),
        # one voice for both: 9.5 of 19 s counted are confused
        ([Turn("x", 0, 20)], 0.5),
        # b's second half missing: 15 to 19.75 of 19
        ([Turn("x", 0, 10), Turn("y", 10, 15)], 4.75 / 19),
        # 5 s too much of y over a, from 2 to 7
        ([Turn("x", 0, 10), Turn("y", 2, 7), Turn("y", 10, 20)], 5 / 19),
        # 0.2 s late at the change: inside the collar
        ([Turn("x", 0, 10.2), Turn("y", 10.2, 20)], 0.0),
    ]
    for found, wanted in cases:
        score, _ = error_of(two, found)
        if abs(score.error - wanted) > 0.005:  # noqa: PLR2004 - steps of 10 ms
            sys.exit(f"{found}: {score.error:.4f} instead of {wanted:.4f}")
    overlap = [Turn("a", 0, 10), Turn("b", 4, 6)]
    score, _ = error_of(overlap, [Turn("x", 0, 10)])
    # counted: 0.25-3.75, 4.25-5.75 (two speak), 6.25-9.75 -> 7 + 3 s of speech, 1.5 missed
    if abs(score.error - 1.5 / 10) > 0.005:  # noqa: PLR2004 - as above
        sys.exit(f"overlap: {score.error:.4f}")
    print(f"{len(cases) + 1} cases right")


def parts(turns: Sequence[Turn], legs: dict[str, NDArray[np.float32]]) -> list[Turn]:
    """Where in their turns people speak: without pauses of `PAUSE_S` and more, by clean legs."""
    found: list[Turn] = []
    hop = round(STEP_S * RATE_HZ)
    for turn in turns:
        leg = legs[turn.who]
        power = np.mean(np.square(leg[: len(leg) // hop * hop].reshape(-1, hop)), axis=1)
        loud = power > np.percentile(power, 99) * 10 ** (-SPEECH_RANGE_DB / 10)
        begin, end = round(turn.start_s / STEP_S), round(turn.end_s / STEP_S)
        at = begin + np.flatnonzero(loud[begin:end])
        if not len(at):
            found.append(turn)
            continue
        gaps = np.flatnonzero(np.diff(at) > PAUSE_S / STEP_S)
        starts, ends = [at[0], *at[gaps + 1]], [*at[gaps], at[-1]]
        found += [
            Turn(turn.who, float(a) * STEP_S, float(b + 1) * STEP_S)
            for a, b in zip(starts, ends, strict=True)
        ]
    return found


def bridged(turns: Sequence[Turn]) -> list[Turn]:
    """Turns in order, those of one voice joined over pauses shorter than `PAUSE_S`."""
    joined: list[Turn] = []
    for turn in turns:
        last = joined[-1] if joined else None
        if last is not None and last.who == turn.who and turn.start_s - last.end_s < PAUSE_S:
            joined[-1] = Turn(last.who, last.start_s, max(last.end_s, turn.end_s))
        else:
            joined.append(turn)
    return joined


def scored(
    name: str,
    reference: Sequence[Turn],
    events: Sequence[Event],
    *,
    me: str,
    spoken: Sequence[Turn] | None = None,
) -> Score:
    """What came of a recording; `spoken` is where in the turns somebody speaks."""
    said = [e for e in events if isinstance(e, Transcript) and e.final]
    found = [Turn(e.speaker.value, e.start_s, e.end_s, e.text) for e in said]
    score, is_who = error_of(spoken or reference, bridged(found))
    score.name = name
    score.mine = [int(is_who.get("me") == me), 1]
    for each in said:
        who = is_who[each.speaker.value]
        for word in each.words:
            at_s = (word.start_s + word.end_s) / 2
            there = {t.who for t in reference if t.start_s - NEAR_S <= at_s <= t.end_s + NEAR_S}
            if there:
                score.words[0] += who in there
                score.words[1] += 1
    for turn in reference:
        if turn.end_s - turn.start_s >= SHORT_S:
            continue
        heard_as: Counter[str] = Counter()
        for each in said:
            over_s = min(turn.end_s, each.end_s) - max(turn.start_s, each.start_s)
            if over_s > 0:
                heard_as[is_who[each.speaker.value]] += round(over_s * 1000)
        others = [t for t in reference if t.who != turn.who]
        within = any(t.start_s < turn.end_s - 0.1 and t.end_s > turn.start_s + 0.1 for t in others)
        if not heard_as:
            score.unheard += 1
            continue
        counts = score.over if within else score.short
        counts[0] += heard_as.most_common(1)[0][0] == turn.who
        counts[1] += 1
    return score
