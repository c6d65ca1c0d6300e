from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.framing import Framer
from audio.types import FRAME_SAMPLES


def ramp(count: int) -> np.ndarray:
    return np.arange(count, dtype=np.float32)


@settings(deadline=None)
@given(sizes=st.lists(st.integers(0, 1500), max_size=12))
def test_frames_are_the_sound_whatever_the_block_sizes(sizes: list[int]) -> None:
    sound = ramp(sum(sizes))
    framer = Framer()
    frames = []
    at = 0
    for size in sizes:
        frames += framer.push(sound[at : at + size])
        at += size
    assert len(frames) == len(sound) // FRAME_SAMPLES
    assert framer.end_sample == len(sound)
    last = framer.flush()
    assert (last is None) == (len(sound) % FRAME_SAMPLES == 0)
    frames += [] if last is None else [last]
    assert [f.start_sample for f in frames] == [i * FRAME_SAMPLES for i in range(len(frames))]
    assert all(f.samples.shape == (FRAME_SAMPLES,) for f in frames)
    heard = np.concatenate([f.samples for f in frames]) if frames else ramp(0)
    assert np.array_equal(heard[: len(sound)], sound)
    assert not heard[len(sound) :].any()


def test_flush_fills_up_with_zeros_and_only_once() -> None:
    framer = Framer()
    framer.push(np.ones(FRAME_SAMPLES + 5, dtype=np.float32))
    last = framer.flush()
    assert last is not None
    assert last.start_sample == FRAME_SAMPLES
    assert last.samples.dtype == np.float32
    assert last.samples.sum() == 5
    assert framer.flush() is None


def test_frames_do_not_change_when_the_pushed_buffer_is_used_again() -> None:
    framer = Framer()
    buffer = np.ones(FRAME_SAMPLES + 100, dtype=np.float32)
    (first,) = framer.push(buffer)
    buffer[:] = 7
    (second,) = framer.push(np.ones(FRAME_SAMPLES - 100, dtype=np.float32))
    assert first.samples.max() == 1
    assert second.samples.max() == 1
