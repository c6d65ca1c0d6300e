"""Any rate in, `RATE_HZ` out, block by block."""

from __future__ import annotations

import numpy as np
import soxr

from audio.types import RATE_HZ, Samples, empty


class Resampler:
    """Brings one speaker's sound to `RATE_HZ`; remembers what it needs from block to block."""

    def __init__(self, rate_hz: int) -> None:
        """`rate_hz` is the rate of what will be pushed.

        Raises:
            ValueError: a rate of 0 or less.
        """
        if rate_hz <= 0:
            raise ValueError(f"rate_hz is {rate_hz}; it must be above 0")
        same = rate_hz == RATE_HZ
        self._stream = None if same else soxr.ResampleStream(rate_hz, RATE_HZ, 1, "float32", "HQ")

    def push(self, samples: Samples) -> Samples:
        """Take float32 [n] at the rate it was made for; return float32 [m] at `RATE_HZ`."""
        if self._stream is None or not len(samples):
            return samples
        resampled: Samples = self._stream.resample_chunk(np.ascontiguousarray(samples))
        return resampled

    def flush(self) -> Samples:
        """What is still in the filter, float32 [m]. Afterwards it may be used for new sound."""
        if self._stream is None:
            return empty()
        rest: Samples = self._stream.resample_chunk(empty(), last=True)
        self._stream.clear()
        return rest
