"""A device's clock held against the computer's. Pure: the time is given with the sound.

A device that says 44,100 a second means its own seconds. Sound arrives some time after it was
there, and that time varies, but never below what the device and its driver need. So the earliest
arrivals over some seconds tell how far its clock has gone off; the late ones tell nothing.
"""

from __future__ import annotations

from typing import Final

from audio.types import RATE_HZ

WINDOW_S: Final = 5.0
"""The earliest arrival of this and of the last window counts."""

IGNORED_SAMPLES: Final = RATE_HZ // 500
"""2 ms off is left alone."""

STEP_SAMPLES: Final = 8
"""Inserted or dropped at most per block of 40 ms: 0.5 ms, ten times what clocks need."""

PATIENCE_SAMPLES: Final = RATE_HZ // 50
"""20 ms off is corrected within speech too."""

JUMP_S: Final = 0.1
"""So much off is no clock: sound was lost on the way, or came in a burst."""


class Alignment:
    """Where in the call a device's sound belongs."""

    def __init__(self, begins_s: float) -> None:
        """`begins_s` is the call time of its first sample, as far as one arrival can tell."""
        self._begins_s = begins_s
        self._corrected_samples = 0
        self._window_end_s: float | None = None
        self._earliest_s: float | None = None
        """Of this window: arrival less the device's own time."""
        self._before_s: float | None = None
        """Of the window before."""

    def heard(self, own_s: float, arrived_s: float) -> None:
        """Sound up to `own_s` of the device's own time arrived at call time `arrived_s`."""
        late_s = arrived_s - own_s - self._begins_s
        if self._window_end_s is None:
            self._window_end_s = arrived_s + WINDOW_S
        elif arrived_s >= self._window_end_s:
            self._before_s, self._earliest_s = self._earliest_s, None
            self._window_end_s = arrived_s + WINDOW_S
        self._earliest_s = late_s if self._earliest_s is None else min(self._earliest_s, late_s)

    @property
    def off_samples(self) -> int:
        """How many samples are missing (above 0) or too many (below 0) by now, at `RATE_HZ`."""
        if self._earliest_s is None:
            return 0
        if self._before_s is None:  # only that it was early can be told by now
            earliest_s = min(self._earliest_s, 0.0)
        else:
            earliest_s = min(self._earliest_s, self._before_s)
        return round(earliest_s * RATE_HZ) - self._corrected_samples

    def step(self, *, quiet: bool) -> int:
        """Samples to insert (above 0) or drop (below 0) in this block; taken as done.

        Within speech only when it is badly off; at once where sound was lost.
        """
        off = self.off_samples
        if abs(off) > JUMP_S * RATE_HZ:
            step = off
        elif abs(off) <= (IGNORED_SAMPLES if quiet else PATIENCE_SAMPLES):
            return 0
        else:
            step = max(-STEP_SAMPLES, min(STEP_SAMPLES, off))
        self._corrected_samples += step
        return step
