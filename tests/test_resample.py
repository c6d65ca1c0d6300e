from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.resample import Resampler
from audio.types import RATE_HZ, Samples


def resampled(samples: Samples, rate_hz: int, sizes: list[int]) -> Samples:
    resampler = Resampler(rate_hz)
    parts = []
    at = 0
    for size in sizes:
        parts.append(resampler.push(samples[at : at + size]))
        at += size
    return np.concatenate([*parts, resampler.push(samples[at:]), resampler.flush()])


def tone(rate_hz: int, length_s: float, pitch_hz: float = 440) -> Samples:
    t = np.arange(int(rate_hz * length_s)) / rate_hz
    return (0.5 * np.sin(2 * np.pi * pitch_hz * t)).astype(np.float32)


@settings(deadline=None, max_examples=40)
@given(
    rate_hz=st.sampled_from([8_000, 11_025, 22_050, 44_100, 48_000, 96_000]),
    sizes=st.lists(st.integers(0, 5_000), max_size=10),
)
def test_same_sound_at_any_block_size(rate_hz: int, sizes: list[int]) -> None:
    samples = tone(rate_hz, 0.7)
    whole = resampled(samples, rate_hz, [])
    assert np.array_equal(resampled(samples, rate_hz, sizes), whole)
    assert abs(len(whole) - 0.7 * RATE_HZ) <= 2
    assert whole.dtype == np.float32


@pytest.mark.parametrize("rate_hz", [8_000, 44_100, 48_000, 96_000])
def test_a_tone_stays_the_tone_it_was_at_its_place(rate_hz: int) -> None:
    out = resampled(tone(rate_hz, 1.0), rate_hz, [1000] * 200)
    expected = tone(RATE_HZ, 1.0)
    middle = slice(2_000, 14_000)
    assert np.abs(out[middle] - expected[middle]).max() < 0.005


def test_what_is_too_high_for_the_rate_is_taken_out() -> None:
    out = resampled(tone(48_000, 1.0, pitch_hz=11_000), 48_000, [])
    assert np.abs(out[2_000:14_000]).max() < 0.005


def test_sound_at_the_right_rate_passes_untouched() -> None:
    samples = tone(RATE_HZ, 0.1)
    resampler = Resampler(RATE_HZ)
    assert np.array_equal(resampler.push(samples), samples)
    assert len(resampler.flush()) == 0


def test_after_a_flush_it_starts_anew() -> None:
    resampler = Resampler(8_000)
    samples = tone(8_000, 0.2)
    first = np.concatenate([resampler.push(samples), resampler.flush()])
    second = np.concatenate([resampler.push(samples), resampler.flush()])
    assert np.array_equal(first, second)


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="rate_hz is 0"):
        Resampler(0)
