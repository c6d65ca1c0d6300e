"""Where the screen is in a replay: at its front, where the call is being heard, or looking back.

Looking back, the call stands still and what was heard is shown again by a clock of its own, until
the front is reached; there it goes on.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from assistant.model import (
    CallStarted,
    PromptsMuted,
    Signal,
    SummaryReady,
    Transcript,
)
from assistant.runtime import MAX_SPEED, WATCHED_SPEED

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.model import Event
    from assistant.runtime import Playback

_BEFORE_S: Final = 4.0
"""A jump to a signal ends so long before it: its words want to be heard."""


def told_s(event: Event) -> float:
    """Call time at which an event was told."""
    match event:
        case CallStarted():
            return 0.0
        case SummaryReady(summary=summary):
            return summary.duration_s
        case Transcript(end_s=end_s):
            return end_s
        case _:
            return event.at_s


class Transport:
    """The handles of a replay as its screen turns them, with all that was told so far."""

    def __init__(self, playback: Playback, now: Callable[[], float] = time.monotonic) -> None:
        self._playback = playback
        self._now = now
        self._told: list[Event] = []
        self._times: list[float] = []
        self._back: _Back | None = None
        self._ahead_s = 0.0
        """Where the call was last told to hurry to."""
        self._shown = 0
        """How many of what was told are on the screen."""

    @property
    def looking_back(self) -> bool:
        """True while what is shown was heard before."""
        return self._back is not None

    @property
    def front_s(self) -> float:
        """How far the call was heard, call time in seconds."""
        return self._playback.position_s

    @property
    def position_s(self) -> float:
        """What moment the screen shows, call time in seconds."""
        if self._back is None:
            return self.front_s
        return min(self._back.position_s(self._now()), self.front_s)

    @property
    def aim_s(self) -> float:
        """Likewise, or the moment the call hurries to: a jump counts from there."""
        if self._back is None and self._playback.skipping:
            return max(self._ahead_s, self.front_s)
        return self.position_s

    @property
    def paused(self) -> bool:
        """True while time stands still on the screen."""
        return self._playback.paused if self._back is None else self._back.paused

    @property
    def signals(self) -> tuple[Signal, ...]:
        """All signals told so far."""
        return tuple(event for event in self._told if isinstance(event, Signal))

    def hear(self, event: Event) -> bool:
        """Take in what the call told; True when it belongs on the screen now.

        Words in progress are shown and forgotten: they come back as what was said.
        """
        at_front = self._back is None
        if isinstance(event, Transcript) and not event.final:
            return at_front
        if isinstance(event, PromptsMuted):
            return True
        self._told.append(event)
        self._times.append(max(told_s(event), self._times[-1] if self._times else 0.0))
        if at_front:
            self._shown = len(self._told)
        return at_front

    def seek(self, at_s: float) -> tuple[Event, ...] | None:
        """Go to another moment.

        Returns:
            everything told up to then, to be shown instead of what is there; None when it lies
            ahead: the call hurries there, and what is there goes on.
        """
        at_s = max(at_s, 0.0)
        paused = self.paused
        front_s = self.front_s
        if at_s < front_s:
            self._playback.pause()
            speed = self._playback.speed
            self._back = _Back(at_s, self._now(), 1.0 if speed == MAX_SPEED else speed, paused)
            self._shown = bisect_right(self._times, at_s)
            return tuple(self._told[: self._shown])
        was_back = self._back is not None
        self._back = None
        if was_back and not paused:
            self._playback.resume()
        if at_s > front_s:
            self._ahead_s = at_s
            self._playback.skip_to(at_s)
        if not was_back:
            return None
        self._shown = len(self._told)
        return tuple(self._told)

    def to_signal(self, steps: int) -> float | None:
        """Call time from which to hear the next (or, negative, the last) signal; None: no more."""
        here = self.position_s
        starts = sorted({max(signal.start_s - _BEFORE_S, 0.0) for signal in self.signals})
        if steps > 0:
            return next((s for s in starts if s > here + 1), None)
        return next((s for s in reversed(starts) if s < here - 1), None)

    def due(self) -> tuple[Event, ...]:
        """What came to be shown since the last time, while looking back; then the front."""
        if self._back is None:
            return ()
        here = self._back.position_s(self._now())
        reached = bisect_right(self._times, here)
        if here >= self.front_s:
            reached = len(self._told)
            paused, self._back = self._back.paused, None
            if not paused:
                self._playback.resume()
        due = tuple(self._told[self._shown : reached])
        self._shown = max(self._shown, reached)
        return due

    def pause(self) -> None:
        """Stand still."""
        if self._back is None:
            self._playback.pause()
        else:
            self._back = self._back.stopped(self._now(), paused=True)

    def resume(self) -> None:
        """Go on."""
        if self._back is None:
            self._playback.resume()
        else:
            self._back = self._back.stopped(self._now(), paused=False)

    def step(self) -> float | None:
        """To the next thing said; its end when that was heard before, so that it is a `seek`."""
        if self._back is None:
            self._playback.step()
            return None
        here = self.position_s
        ends = (event.end_s for event in self._told if isinstance(event, Transcript))
        return next((end_s for end_s in ends if end_s > here), self.front_s)

    def set_speed(self, speed: float) -> None:
        """Call seconds per second; looking back, at most what somebody can follow."""
        self._playback.set_speed(speed)
        if self._back is not None:
            self._back = self._back.at_speed(self._now(), min(speed, WATCHED_SPEED * 4))


class _Back:
    """A clock of call time that can stand still."""

    def __init__(self, base_s: float, since: float, speed: float, paused: bool) -> None:  # noqa: FBT001 - four fields of a private value
        self._base_s = base_s
        self._since = since
        self._speed = speed
        self.paused = paused

    def position_s(self, now: float) -> float:
        """Call time at `now`."""
        return self._base_s + (0.0 if self.paused else (now - self._since) * self._speed)

    def stopped(self, now: float, *, paused: bool) -> _Back:
        """The same clock, standing or going."""
        return _Back(self.position_s(now), now, self._speed, paused)

    def at_speed(self, now: float, speed: float) -> _Back:
        """The same clock, faster or slower."""
        return _Back(self.position_s(now), now, speed, self.paused)
