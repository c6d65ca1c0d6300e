from __future__ import annotations

import random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from audio.clocks import JUMP_S, STEP_SAMPLES, Alignment
from audio.types import RATE_HZ

HOUR_S = 3600.0
CHUNK_S = 0.1


def worst_s(ppm: float, jitter_s: float, quiet_share: float, seed: int) -> float:
    """How far a device's sound ever is from where it belongs, latency apart, over an hour."""
    chance = random.Random(seed)  # noqa: S311 - a simulation
    arrives_s = chance.random() * jitter_s
    alignment = Alignment(arrives_s - CHUNK_S)
    inserted, worst = 0, 0.0
    for number in range(1, int(HOUR_S / CHUNK_S)):
        own_s = number * CHUNK_S
        really_s = own_s / (1 + ppm * 1e-6)
        alignment.heard(own_s, really_s - CHUNK_S + chance.random() * jitter_s)
        inserted += alignment.step(quiet=chance.random() < quiet_share)
        lies_s = arrives_s - CHUNK_S + own_s + inserted / RATE_HZ
        worst = max(worst, abs(lies_s - (really_s - CHUNK_S)))
    return worst


@settings(max_examples=12, deadline=None)
@given(
    ppm=st.floats(-200, 200),
    jitter_s=st.floats(0, 0.025),
    quiet_share=st.floats(0, 1),
    seed=st.integers(0, 2**32),
)
@example(ppm=200, jitter_s=0.02, quiet_share=0.3, seed=1)
@example(ppm=-200, jitter_s=0.02, quiet_share=0.3, seed=1)
@example(ppm=200, jitter_s=0.0, quiet_share=0.0, seed=1)
def test_a_clock_200_ppm_off_stays_within_25_ms_of_the_right_one(
    ppm: float, jitter_s: float, quiet_share: float, seed: int
) -> None:
    # so two such clocks, one fast and one slow, stay within 50 ms of each other
    assert worst_s(ppm, jitter_s, quiet_share, seed) <= 0.025


def test_without_jitter_or_drift_nothing_is_touched() -> None:
    alignment = Alignment(3.0)
    for number in range(1, 1000):
        alignment.heard(number * 0.1, 3.0 + number * 0.1)
        assert alignment.step(quiet=True) == 0


def test_late_arrivals_alone_say_nothing_about_the_clock() -> None:
    alignment = Alignment(0.0)
    for number in range(1, 1000):
        late_s = 0.4 if number % 10 else 0.0
        alignment.heard(number * 0.1, number * 0.1 + late_s)
        assert alignment.step(quiet=True) == 0


def test_lost_sound_is_made_up_for_at_once_and_clocks_little_by_little() -> None:
    alignment = Alignment(0.0)
    steps = []
    for number in range(1, 300):
        lost_s = 0.7 if number > 100 else 0.0
        alignment.heard(number * 0.1, number * 0.1 + lost_s)
        steps.append(alignment.step(quiet=False))
    jumps = [step for step in steps if abs(step) > STEP_SAMPLES]
    assert sum(steps) == round(0.7 * RATE_HZ)
    assert jumps == [round(0.7 * RATE_HZ)]
    assert jumps[0] > JUMP_S * RATE_HZ
