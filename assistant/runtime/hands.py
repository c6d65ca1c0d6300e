"""What the user changes about what is heard: which side is me, what stays off the record."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from assistant.calltime import clock
from assistant.model import Speaker, SpeechDropped, SpeechOpened, Tick, Transcript
from audio.types import RATE_HZ, Block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.model import ByHand, Heard

FALLS_DB_PER_S: Final = 24.0
"""A level shown falls at this rate after a peak, as meters do."""

SILENT_DB: Final = -80.0
"""Below this nothing comes from a leg at all: a quiet room on an open line is louder."""

_OTHER: Final = {
    Speaker.ME: Speaker.THEM,
    Speaker.THEM: Speaker.ME,
    Speaker.UNKNOWN: Speaker.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class ByHandWish:
    """Take in what the user said with a key."""

    event: ByHand


@dataclass(frozen=True, slots=True)
class Swap:
    """Me is them."""


@dataclass(frozen=True, slots=True)
class OffRecord:
    """Hear nothing, or go on."""

    on: bool


@dataclass(frozen=True, slots=True)
class ISpeak:
    """It is me who speaks, or no longer."""

    on: bool


Wish: TypeAlias = ByHandWish | Swap | OffRecord | ISpeak
"""What the user asks of a running call."""


@dataclass(frozen=True, slots=True)
class LegState:
    """How one leg of a call is heard just now."""

    speaker: Speaker
    peak_db: float
    """dB of full scale, 0 at most; minus infinity when nothing came yet."""
    silent_s: float
    """For how long nothing at all has come from it, seconds of call time."""


class Legs:
    """How loud each leg is. Told in the session's thread, looked at from any."""

    def __init__(self, speakers: Sequence[Speaker]) -> None:
        self._states = {s: LegState(s, -math.inf, 0.0) for s in speakers}

    @property
    def states(self) -> tuple[LegState, ...]:
        """One a leg, in the order of the call's speakers."""
        return tuple(self._states.values())

    def heard(self, block: Block) -> None:
        """Some sound of a leg."""
        before = self._states.get(block.speaker)
        if before is None or not len(block.samples):
            return
        length_s = len(block.samples) / RATE_HZ
        top = float(np.abs(block.samples).max())
        peak_db = 20 * math.log10(top) if top > 0 else -math.inf
        silent_s = before.silent_s + length_s if peak_db < SILENT_DB else 0.0
        shown_db = min(max(peak_db, before.peak_db - FALLS_DB_PER_S * length_s), 0.0)
        self._states[block.speaker] = LegState(block.speaker, shown_db, silent_s)


class Record:
    """What stays off the record."""

    def __init__(self) -> None:
        self._since_s: float | None = None

    @property
    def off(self) -> bool:
        """True while nothing is to be heard."""
        return self._since_s is not None

    def turn(self, now_s: float, *, off: bool) -> str:
        """Go off the record at call time `now_s`, or on again; what to tell of it, if anything."""
        if off and self._since_s is None:
            self._since_s = now_s
            return f"Off the record since {clock(now_s)}: nothing is heard or written down."
        if not off and self._since_s is not None:
            out_s, self._since_s = round(now_s - self._since_s), None
            return f"On the record again. Left out: {clock(out_s)}."
        return ""


def silenced(block: Block) -> Block:
    """The block's time without its sound."""
    return replace(block, samples=np.zeros_like(block.samples))


class Sides:
    """Who is who. A swap holds from each leg's next utterance on: none changes hands midway."""

    def __init__(self, *, all_along: bool = False) -> None:
        """`all_along`: on one channel a swap says that the voices were taken for each other."""
        self._all_along = all_along
        self._said: list[tuple[Transcript, bool]] = []
        """Finished words as labelled, and whether they were swapped."""
        self._swapped = False
        self._open: dict[Speaker, Speaker] = {}

    @property
    def swapped(self) -> bool:
        """True while me is them."""
        return self._swapped

    def swap(self) -> str:
        """From the next words on; what to tell of it."""
        self._swapped = not self._swapped
        if self._all_along:
            return (
                "Voices swapped: the other voice is you. What was said before is put right when "
                "the call ends."
            )
        return "Sides swapped: me is them from here on. What was said before stays as it was."

    def label(self, heard: Heard) -> Heard:
        """The same with who said it."""
        if isinstance(heard, Tick):
            return heard
        now = self.named(heard.speaker)
        if isinstance(heard, SpeechOpened):
            self._open[heard.speaker] = now
        elif isinstance(heard, SpeechDropped) or heard.final:
            now = self._open.pop(heard.speaker, now)
        else:
            now = self._open.get(heard.speaker, now)
        labelled = heard if now is heard.speaker else replace(heard, speaker=now)
        if self._all_along and isinstance(labelled, Transcript) and labelled.final:
            self._said.append((labelled, labelled is not heard))
        return labelled

    def mistaken(self) -> dict[Transcript, Transcript]:
        """What was labelled otherwise than it is now known to be, and as what it should be."""
        return {
            said: replace(said, speaker=_OTHER[said.speaker])
            for said, swapped in self._said
            if swapped != self._swapped and said.speaker is not Speaker.UNKNOWN
        }

    def named(self, leg: Speaker) -> Speaker:
        """Who speaks on a leg from now on."""
        return _OTHER[leg] if self._swapped else leg
