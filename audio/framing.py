"""Blocks of any size in, frames of exactly `FRAME_SAMPLES` out. Pure."""

from __future__ import annotations

import numpy as np

from audio.types import FRAME_SAMPLES, Frame, Samples, empty


class Framer:
    """Cuts one speaker's sound into frames; the same frames however the sound is chopped up.

    Frames are copies, so a caller may reuse the buffer it pushed.
    """

    def __init__(self) -> None:
        self._rest: Samples = empty()
        self._start_sample = 0

    @property
    def end_sample(self) -> int:
        """Samples at `RATE_HZ` pushed so far."""
        return self._start_sample + len(self._rest)

    def push(self, samples: Samples) -> list[Frame]:
        """Take float32 [n], any n; return the frames that are now complete."""
        sound = np.concatenate((self._rest, samples))
        whole = len(sound) // FRAME_SAMPLES * FRAME_SAMPLES
        # Copied, so that a frame somebody keeps does not keep the whole block.
        frames = [
            Frame(self._start_sample + at, sound[at : at + FRAME_SAMPLES].copy())
            for at in range(0, whole, FRAME_SAMPLES)
        ]
        self._start_sample += whole
        self._rest = sound[whole:].copy()
        return frames

    def flush(self) -> Frame | None:
        """The last, begun frame filled up with zeros; None when nothing is left over."""
        if not len(self._rest):
            return None
        samples = np.zeros(FRAME_SAMPLES, dtype=np.float32)
        samples[: len(self._rest)] = self._rest
        frame = Frame(self._start_sample, samples)
        self._start_sample += len(self._rest)
        self._rest = empty()
        return frame
