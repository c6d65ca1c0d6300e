"""Where a leg's frames were taken for speech, as far as it still matters. Pure."""

from __future__ import annotations

from collections import deque

from audio.types import FRAME_SAMPLES


class Voiced:
    """Runs of frames that were speech. Holds as many as there are since `forget`."""

    def __init__(self) -> None:
        self._runs: deque[list[int]] = deque()
        """First sample, first sample after it."""

    def push(self, start_sample: int, voiced: bool) -> None:  # noqa: FBT001 - a decision per frame
        """Take the decision on the next frame."""
        if not voiced:
            return
        if self._runs and self._runs[-1][1] == start_sample:
            self._runs[-1][1] += FRAME_SAMPLES
        else:
            self._runs.append([start_sample, start_sample + FRAME_SAMPLES])

    def between(self, start: int, end: int) -> tuple[tuple[int, int], ...]:
        """The runs within samples `start` to `end`: each its first sample, and that after it."""
        return tuple(
            (max(first, start), min(last, end))
            for first, last in self._runs
            if first < end and start < last
        )

    def forget(self, before: int) -> None:
        """Nobody will ask any more for what was before that sample."""
        while self._runs and self._runs[0][1] <= before:
            self._runs.popleft()
