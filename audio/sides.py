"""Do the two channels of a recording carry two speakers, or one mix? Pure.

Looked at in windows of 100 ms. A window speaks for two speakers when one side has sound and the
other is far quieter, or has only its own noise, at times this one and at times that one; or when
both have sound and the two have nothing to do with each other. It speaks against when both have
the same shape, at any gain, in either polarity, a millisecond apart or less (a stereo microphone,
lossy joint stereo).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from audio.types import Samples

WINDOW_S: Final = 0.1
"""Long enough to hold several periods of a low voice, short enough to fall between two words."""

ALONE_DB: Final = 10.0
"""One side speaks alone when it is so much louder. Bleed-through is usually 20 dB down or more;
what a stereo microphone makes of one voice differs by a few dB."""

UNRELATED: Final = 0.5
"""Below this correlation two sides with sound have nothing to do with each other: of windows with
two voices at once 99 of 100 are. So is echo that comes back later than `LAG_S`, and rightly: a
side with echo on it is a leg of its own."""

ALIKE: Final = 0.8
"""From this correlation on they are the same. One mix in joint stereo keeps 0.88 in 99 of 100
windows even as mp3 at 24 kbit/s; no two voices were found to reach it."""

LAG_S: Final = 0.001
"""Sound travels 34 cm meanwhile: the two microphones of a recorder."""

CONCLUSIVE_S: Final = 2.0
"""So much sound of each speaker's own settles it; clicks and hum do not add up to that."""

QUIETEST_DB: Final = -60.0
"""Sound, in dB of full scale, is louder than this ..."""
LOUD_DB: Final = -40.0
"""... and certainly sound from here on, even if it never pauses; in between ..."""
ABOVE_FLOOR_DB: Final = 10.0
"""... it is what rises so far above that side's own noise (its 10th percentile)."""

_DIGITAL_SILENCE_DB: Final = -80
_NOISE_PERCENTILE: Final = 0.1
_LAG_RATE_HZ: Final = 8_000
"""Enough for the shape of a voice, and 17 lags instead of 97."""

_SILENT_WINDOWS: Final = 2
"""A side with less sound than this many windows is silent: one click is no speaker."""
_ALONE_WINDOWS: Final = 3
"""In a file too short to be conclusive, so many for each side will do: a "Yes." each."""


class Sides(StrEnum):
    """What the two channels turned out to be."""

    TWO_SPEAKERS = "two_speakers"
    SAME = "same"
    LEFT_SILENT = "left_silent"
    RIGHT_SILENT = "right_silent"
    BOTH_SILENT = "both_silent"


class SidesScan:
    """Gathers the evidence, in constant memory; stop feeding it when it is `conclusive`."""

    def __init__(self, rate_hz: int) -> None:
        self._window = max(1, round(rate_hz * WINDOW_S))
        self._stride = max(1, rate_hz // _LAG_RATE_HZ)
        self._lags = max(1, round(rate_hz / self._stride * LAG_S))
        self._rest: Samples = np.zeros((2, 0), dtype=np.float32)
        self._levels = np.zeros((2, 1 - _DIGITAL_SILENCE_DB), dtype=np.int64)
        """Windows per side and whole dB, from digital silence up to 0."""
        self._sounding = np.zeros(2, dtype=np.int64)
        self._alone = np.zeros(2, dtype=np.int64)
        """Windows in which one side was far louder."""
        self._faint = np.zeros(2, dtype=np.int64)
        """Sound hardly louder than the hiss on the other side, but not in it."""
        self._unrelated = 0
        self._alike = 0
        self._power = np.zeros(2)

    @property
    def conclusive(self) -> bool:
        """True as soon as it is certain that there are two speakers."""
        enough = CONCLUSIVE_S / WINDOW_S
        if min(self._alone) >= enough:
            return True
        return bool(self._own >= enough and self._differ)

    @property
    def louder(self) -> int:
        """0 or 1: the channel with more power in all that was heard."""
        return int(self._power[1] > self._power[0])

    def push(self, samples: Samples) -> None:
        """Take float32 [2, n]; what does not fill a window waits for the next push."""
        sound = np.concatenate((self._rest, samples), axis=1)
        count = sound.shape[1] // self._window
        whole = count * self._window
        self._rest = sound[:, whole:].copy()
        if count:
            self._weigh(sound[:, :whole].reshape(2, count, self._window))

    def verdict(self) -> Sides:
        """What they are, by all that was heard."""
        silent = self._sounding < _SILENT_WINDOWS
        if silent.all():
            return Sides.BOTH_SILENT
        if silent.any():
            return Sides.LEFT_SILENT if silent[0] else Sides.RIGHT_SILENT
        if self.conclusive or min(self._alone) >= _ALONE_WINDOWS or self._differ:
            return Sides.TWO_SPEAKERS
        return Sides.SAME

    @property
    def _own(self) -> int:
        """Windows with sound of its own on the side that has fewer of them."""
        return int(min(self._alone + self._faint)) + self._unrelated

    @property
    def _differ(self) -> bool:
        """Whether unlike sound outweighs alike sound."""
        return self._own > self._alike

    def _weigh(self, windows: Samples) -> None:
        """Add windows, float32 [2, count, samples], to the evidence."""
        steady = windows - windows.mean(axis=2, keepdims=True)
        power = np.square(steady, dtype=np.float64).mean(axis=2)
        self._power += power.sum(axis=1)
        level_db = 10 * np.log10(np.maximum(power, 1e-12))
        rising = level_db > np.stack([self._threshold_db(side, level_db[side]) for side in (0, 1)])
        sounding = rising | (level_db > LOUD_DB)
        louder_by = level_db[0] - level_db[1]
        # Loud hiss is unrelated too, but steady: it is no voice.
        both = rising.all(axis=0)
        likeness = self._likeness(steady[:, :, :: self._stride])
        self._sounding += sounding.sum(axis=1)
        for side, ahead_db in ((0, louder_by), (1, -louder_by)):
            alone = sounding[side] & (ahead_db >= ALONE_DB)
            faint = rising[side] & ~sounding[1 - side] & (likeness < UNRELATED) & ~alone
            self._alone[side] += int(np.sum(alone))
            self._faint[side] += int(np.sum(faint))
        self._unrelated += int(np.sum(both & (likeness < UNRELATED)))
        self._alike += int(np.sum(sounding.any(axis=0) & (likeness >= ALIKE)))

    def _threshold_db(self, side: int, level_db: NDArray[np.float64]) -> NDArray[np.float64]:
        """What rises above the noise heard on that side so far is louder; of shape [1]."""
        levels = self._levels[side]
        whole_db = np.clip(level_db, _DIGITAL_SILENCE_DB, 0).astype(np.int64)
        np.add.at(levels, whole_db - _DIGITAL_SILENCE_DB, 1)
        # Digital silence, as between the packets of a gated line, is not that line's noise.
        noise = np.cumsum(levels[1:])
        quiet = int(np.searchsorted(noise, noise[-1] * _NOISE_PERCENTILE))
        floor_db = _DIGITAL_SILENCE_DB + 1 + quiet
        return np.array([max(QUIETEST_DB, floor_db + ABOVE_FLOOR_DB)])

    def _likeness(self, windows: Samples) -> NDArray[np.float64]:
        """Per window, the strongest correlation within `LAG_S`, 0..1, polarity ignored."""
        left, right = windows.astype(np.float64)
        strongest = np.zeros(len(left))
        size = left.shape[1]
        for lag in range(-self._lags, self._lags + 1):
            a = left[:, max(0, lag) : size + min(0, lag)]
            b = right[:, max(0, -lag) : size + min(0, -lag)]
            scale = np.sqrt(np.einsum("ij,ij->i", a, a) * np.einsum("ij,ij->i", b, b))
            product = np.abs(np.einsum("ij,ij->i", a, b))
            np.maximum(strongest, product / np.maximum(scale, 1e-12), out=strongest)
        return strongest
