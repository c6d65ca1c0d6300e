"""A call being heard: devices listened to, each in its thread, put together by call time."""

from __future__ import annotations

import sys
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from audio.devices import Inbox, Leg
from audio.live import Lockstep

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from audio.devices import Device, Wish
    from audio.files import Item
    from audio.types import Speaker

LOOK_S: Final = 0.04
"""How often time passes when nothing comes."""

STILL_S: Final = 3.0
"""Waiting longer than this for sound, and the computer slept, or this program was stopped."""

SETTLES_S: Final = 3.0
"""After that, what waits in the sound server comes first; it takes no longer."""


def real_s() -> float:
    """Seconds by a clock that goes on while the computer sleeps, where there is one."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":  # there `time.monotonic` is the clock that stands still
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()


@dataclass(frozen=True, slots=True)
class Ear:
    """Who is heard, and through what."""

    speaker: Speaker
    wish: Wish
    device: Device
    """What the wish means when the call begins."""


class Capture:
    """The devices of one call. Call time begins when `items` does; it is listened to once."""

    def __init__(
        self,
        ears: Sequence[Ear],
        clock: Callable[[], float] = time.monotonic,
        real: Callable[[], float] = real_s,
    ) -> None:
        """`clock` and `real` in seconds: call time may stand still while the computer sleeps."""
        self.speakers = tuple(ear.speaker for ear in ears)
        self._clock = clock
        self._real = real
        self._ears = tuple(ears)
        self._inbox = Inbox(clock)
        self._legs: dict[Speaker, Leg] = {}
        self._lockstep = Lockstep(self.speakers, 0.0)
        self._due: deque[Item] = deque()
        """Put together and not handed on yet: a call may be hung up between two legs' blocks."""

    def items(self) -> Generator[Item | None]:
        """What is heard, as it comes; None when nothing did for a moment."""
        self._lockstep = Lockstep(self.speakers, self._clock())
        for ear in self._ears:
            leg = Leg(ear.wish, ear.device, self._inbox.mouth(ear.speaker), self._taken(ear))
            self._legs[ear.speaker] = leg
        try:
            for leg in self._legs.values():
                leg.start()
            settled_s = float("-inf")
            while True:
                now_s, began_s = self._clock(), self._real()
                self._fetch(LOOK_S)
                still_s = self._real() - began_s
                if still_s > STILL_S:
                    now_s = self._clock()
                    self._lockstep.stood_still(still_s, now_s)
                    settled_s = now_s + SETTLES_S
                if now_s >= settled_s or self._lockstep.caught_up(now_s):
                    self._due.extend(self._lockstep.take(now_s))
                yield from self._handed_on()
                yield None
        finally:
            for leg in self._legs.values():
                leg.close()

    def rest(self) -> Iterator[Item]:
        """Listen no longer; what came meanwhile."""
        for leg in self._legs.values():
            leg.close()
        self._fetch(0.0)
        self._due.extend(self._lockstep.finish())
        yield from self._handed_on()

    def _handed_on(self) -> Iterator[Item]:
        while self._due:
            yield self._due.popleft()

    def _fetch(self, timeout_s: float) -> None:
        """Everything that is there; wait for the first."""
        item = self._inbox.take(timeout_s)
        while item is not None:
            self._lockstep.push(item)
            item = self._inbox.take(0.0)

    def _taken(self, ear: Ear) -> Callable[[], str | None]:
        def taken() -> str | None:
            others = (leg.id for who, leg in self._legs.items() if who is not ear.speaker)
            return next(others, None)

        return taken
