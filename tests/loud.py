"""Legs of a call for the ears of the tests: speech is what is loud."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st

from audio.segmenter import SegmenterConfig
from audio.types import FRAME_SAMPLES, Speaker

if TYPE_CHECKING:
    from audio.types import Samples

ME, THEM = Speaker.ME, Speaker.THEM
CONFIG = SegmenterConfig(longest_s=3.0)


class Loud:
    """Speech is what is loud, with a memory of one frame, as real detectors have one."""

    def __init__(self) -> None:
        self._before = False

    def is_speech(self, samples: Samples) -> bool:
        assert samples.shape == (FRAME_SAMPLES,)
        loud = bool(np.abs(samples).mean() > 0.25)
        answer = loud or self._before
        self._before = loud
        return answer


def sound(*runs: tuple[int, float], extra: int = 0) -> Samples:
    """Runs of (frames, level), and `extra` samples more, not all the same."""
    levels = np.concatenate([np.full(n * FRAME_SAMPLES, level) for n, level in runs])
    levels = np.concatenate([levels, np.full(extra, 0.5)])
    wobble = 1 + 0.1 * np.sin(np.arange(len(levels)) / 700)
    return (levels * wobble).astype(np.float32)


runs = st.lists(
    st.tuples(st.integers(1, 40), st.sampled_from([0.0, 0.1, 0.5])), min_size=1, max_size=8
)


def legs() -> st.SearchStrategy[dict[Speaker, Samples]]:
    leg = st.builds(lambda some, extra: sound(*some, extra=extra), runs, st.integers(0, 479))
    return st.fixed_dictionaries({ME: leg, THEM: leg})
