"""Is a leg dead while the other talks? Pure."""

from __future__ import annotations

from typing import Final

import numpy as np

from audio.types import RATE_HZ, Samples, seconds

TALKS: Final = 10 ** (-45 / 20)
"""Root mean square from which a block is taken for talk; a quiet room is at -60 dB and less."""

DEAD: Final = 10 ** (-80 / 20)
"""Peak below which a block is nothing at all: muted, not plugged in, or nothing played."""

TOLD_AFTER_S: Final = 15.0
"""So much talk of the other without any sound is told."""

WELL_AGAIN_S: Final = 10.0
"""So much sound in between, and it would be told again."""


def rms(samples: Samples) -> float:
    """Root mean square of float32 [n]; 0 of nothing."""
    return float(np.sqrt(np.square(samples, dtype=np.float64).mean())) if len(samples) else 0.0


class Health:
    """One leg, watched beside the talk of the other."""

    def __init__(self) -> None:
        self._talk_samples = 0
        """Of the other, since this leg was last heard."""
        self._sound_samples = 0
        """Of this leg, since it was told."""
        self._told = False

    def block(self, mine: Samples, other: Samples) -> float | None:
        """Take what both legs had at the same time; seconds of talk without it, when to be told."""
        if len(mine) and float(np.abs(mine).max()) > DEAD:
            self._talk_samples = 0
            self._sound_samples += len(mine)
            if self._sound_samples >= WELL_AGAIN_S * RATE_HZ:
                self._told = False
            return None
        if rms(other) >= TALKS:
            self._talk_samples += len(other)
        if self._told or self._talk_samples < TOLD_AFTER_S * RATE_HZ:
            return None
        self._told = True
        self._sound_samples = 0
        return seconds(self._talk_samples)
