"""Who had the floor when: turns, gaps, interruptions, silences after what I said. Pure.

Formulas: `assistant.measure_book`. Times are call time, seconds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.measure_book import INTERRUPTS_S
from assistant.model import Speaker

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assistant.model import Transcript

_WORD_ENDS_S = 0.3
"""A sentence's last word may end so long before its utterance; beyond that somebody spoke on."""


@dataclass(frozen=True, slots=True)
class FloorTurn:
    """What one side said while it had the floor."""

    speaker: Speaker
    start_s: float
    end_s: float
    said: tuple[Transcript, ...]
    """At least one, by start."""

    @property
    def text(self) -> str:
        """All of it."""
        return " ".join(each.text for each in self.said)


@dataclass(frozen=True, slots=True)
class Silence:
    """What came after a moment."""

    length_s: float | None
    """Until somebody spoke; 0 where somebody did already, None where nobody did any more."""
    next: Speaker | None


def floor_turns(said: Iterable[Transcript]) -> tuple[FloorTurn, ...]:
    """The turns of both sides, by start. Words wholly inside the other's utterance are none."""
    ordered = sorted(said, key=lambda each: (each.start_s, -each.end_s))
    kept: list[Transcript] = []
    latest: dict[Speaker, float] = {}
    for each in ordered:
        inside = any(s is not each.speaker and end_s > each.end_s for s, end_s in latest.items())
        latest[each.speaker] = max(latest.get(each.speaker, 0.0), each.end_s)
        if not inside:
            kept.append(each)
    turns: list[list[Transcript]] = []
    for each in kept:
        if turns and turns[-1][0].speaker is each.speaker:
            turns[-1].append(each)
        else:
            turns.append([each])
    return tuple(
        FloorTurn(turn[0].speaker, turn[0].start_s, max(each.end_s for each in turn), tuple(turn))
        for turn in turns
    )


def gaps_before(speaker: Speaker, turns: Sequence[FloorTurn]) -> tuple[float, ...]:
    """Seconds from the end of the other's turn to the start of this one's; below 0: overlap."""
    return tuple(
        after.start_s - before.end_s
        for before, after in pairwise(turns)
        if after.speaker is speaker
    )


def interruptions(speaker: Speaker, turns: Sequence[FloorTurn]) -> int:
    """How often this speaker took the floor while the other still spoke."""
    return sum(gap_s < -INTERRUPTS_S for gap_s in gaps_before(speaker, turns))


class Speech:
    """All that was said, to look up what came before and after a moment."""

    def __init__(self, said: Iterable[Transcript]) -> None:
        self.said = sorted(said, key=lambda each: (each.start_s, each.end_s))
        self._starts = [each.start_s for each in self.said]
        self.turns = floor_turns(self.said)
        self._turn_starts = [each.start_s for each in self.turns]

    def silence_after(self, end_s: float) -> Silence:
        """What came after words of mine that ended at `end_s`."""
        first = bisect_left(self._starts, end_s)
        for each in self.said[max(0, first - 4) : first]:
            if each.speaker is not Speaker.ME and each.end_s > end_s:
                return Silence(0.0, each.speaker)
        for each in self.said[max(0, first - 4) : first]:
            if each.start_s < end_s and end_s + _WORD_ENDS_S < each.end_s:
                return Silence(0.0, each.speaker)
        if first == len(self.said):
            return Silence(None, None)
        return Silence(self.said[first].start_s - end_s, self.said[first].speaker)

    def next_turn(self, speaker: Speaker, after_s: float) -> FloorTurn | None:
        """The next turn of this speaker that begins at or after a moment."""
        for turn in self.turns[bisect_left(self._turn_starts, after_s) :]:
            if turn.speaker is speaker:
                return turn
        return None

    def rest_of_turn(self, speaker: Speaker, after_s: float) -> str:
        """What this speaker still says in the turn that is going on at a moment."""
        index = bisect_right(self._turn_starts, after_s) - 1
        if index < 0 or self.turns[index].speaker is not speaker:
            return ""
        return " ".join(e.text for e in self.turns[index].said if e.start_s >= after_s - 0.05)

    def rest_of_words(self, speaker: Speaker, start_s: float, quote: str) -> str:
        """What this speaker says after a quote in the utterance that holds it."""
        for each in reversed(self.said[: bisect_right(self._starts, start_s + 0.05)]):
            if each.speaker is speaker and quote and quote in each.text:
                return each.text.partition(quote)[2].strip(" .,;:-–…")
        return ""
