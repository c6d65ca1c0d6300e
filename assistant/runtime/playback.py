"""The handles of a running call, and its clock."""

from __future__ import annotations

import threading
import time
from typing import Final

MAX_SPEED: Final = float("inf")
"""No pacing: as fast as the machine goes."""

WATCHED_SPEED: Final = 2.0
"""Up to this speed somebody is taken to read along: words come before a sentence has ended."""

LONGEST_WAIT_S: Final = 3600.0
"""A wait that is longer is taken in parts; the operating system knows no end of numbers."""


class Playback:
    """The handles of a running replay: pause, step, speed, stop. Safe from any thread.

    The feeder calls `wait_until` before it hands on anything that belongs to a later moment;
    everybody else turns the handles. Position is call time in seconds.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self._changed = threading.Condition()
        self._speed = speed
        self._paused = False
        self._stopped = False
        self._finishing = False
        self._stepping = False
        self._skip_s = 0.0
        """Up to this call time nothing waits."""
        self._base_s = 0.0
        self._base_at = time.monotonic()

    @property
    def speed(self) -> float:
        """Call seconds per second; `MAX_SPEED` when nothing waits."""
        return self._speed

    @property
    def watched(self) -> bool:
        """True when it plays at a pace that somebody can read along with."""
        return self._speed <= WATCHED_SPEED and not self.skipping

    @property
    def skipping(self) -> bool:
        """True while it hurries to where `skip_to` said."""
        return self._base_s < self._skip_s

    @property
    def paused(self) -> bool:
        """True while time stands still."""
        return self._paused

    @property
    def stopped(self) -> bool:
        """True once somebody asked for the end."""
        return self._stopped

    @property
    def finishing(self) -> bool:
        """True once somebody hung up."""
        return self._finishing

    @property
    def position_s(self) -> float:
        """Where the replay is, call time in seconds."""
        with self._changed:
            return self._now()

    def begin(self) -> None:
        """The call begins now; a pause asked for before holds."""
        with self._changed:
            self._rebase(0.0)
            self._changed.notify_all()

    def set_speed(self, speed: float) -> None:
        """Go on at another speed (above 0, `MAX_SPEED` for no waiting)."""
        with self._changed:
            self._rebase(self._now())
            self._speed = speed
            self._changed.notify_all()

    def pause(self) -> None:
        """Stand still; nothing that belongs to a later moment is handed on."""
        with self._changed:
            self._rebase(self._now())
            self._paused = True

    def resume(self) -> None:
        """Go on from where it stands."""
        with self._changed:
            self._rebase(self._now())
            self._paused = False
            self._stepping = False
            self._changed.notify_all()

    def step(self) -> None:
        """While paused: let time run until the next thing is said, then stand still again."""
        with self._changed:
            if self._paused:
                self._rebase(self._now())
                self._paused = False
                self._stepping = True
                self._changed.notify_all()

    def skip_to(self, at_s: float) -> None:
        """Hurry to call time `at_s`, also while paused, then go on as before."""
        with self._changed:
            self._rebase(self._now())
            self._skip_s = at_s
            self._changed.notify_all()

    def stop(self) -> None:
        """End the replay; a feeder that waits returns at once."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def finish(self) -> None:
        """Hang up: nothing later is read, what was heard is understood, and the call is done."""
        with self._changed:
            self._finishing = True
            self._changed.notify_all()

    def said(self) -> None:
        """Told by the session after each final transcript: ends a step."""
        with self._changed:
            if self._stepping:
                self._rebase(self._now())
                self._stepping = False
                self._paused = True

    def wait_until(self, at_s: float) -> bool:
        """Block until call time `at_s`; False when it was stopped or hung up instead."""
        with self._changed:
            while not self._stopped and not self._finishing:
                if self.skipping:
                    self._rebase(min(max(self._base_s, at_s), self._skip_s))
                    if at_s <= self._skip_s:
                        return True
                elif not self._paused:
                    if self._speed == MAX_SPEED:
                        self._rebase(max(self._base_s, at_s))
                        return True
                    left_s = at_s - self._now()
                    if left_s <= 0:
                        return True
                    self._changed.wait(min(left_s / self._speed, LONGEST_WAIT_S))
                else:
                    self._changed.wait()
            return False

    def _now(self) -> float:
        if self._paused or self._speed == MAX_SPEED or self.skipping:
            return self._base_s
        return self._base_s + (time.monotonic() - self._base_at) * self._speed

    def _rebase(self, at_s: float) -> None:
        self._base_s = at_s
        self._base_at = time.monotonic()
