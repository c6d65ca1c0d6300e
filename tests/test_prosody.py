from __future__ import annotations

import math
from dataclasses import astuple, fields, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as stnp

from audio.prosody import (
    ENOUGH_SPEECH_S,
    ENOUGH_UTTERANCES,
    FARTHEST,
    HALF_LIFE_S,
    LEAST_SPREAD,
    Baseline,
    Features,
    Prosody,
    enthusiasm,
    measure,
    unusual,
)
from audio.types import RATE_HZ, Samples
from audio.vad import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    Voice = Callable[..., Samples]

USUAL = Prosody(
    speech_s=2.0,
    voiced_s=1.2,
    level_db=-25.0,
    pitch_hz=120.0,
    pitch_range_semitones=6.0,
    pitch_movement=22.0,
    brightness_db=-10.0,
    tempo_hz=4.0,
)
LIVELIER = {
    "level_db": -20.0,
    "pitch_hz": 150.0,
    "pitch_range_semitones": 10.0,
    "pitch_movement": 30.0,
    "brightness_db": -6.0,
    "tempo_hz": 5.0,
}


def glide(from_hz: float, to_hz: float, length_s: float, bright: float = 1.0) -> Samples:
    """Harmonics of a pitch that moves evenly; those above 1 kHz `bright` times as strong."""
    t = np.arange(int(length_s * RATE_HZ)) / length_s / RATE_HZ
    pitch = from_hz * (to_hz / from_hz) ** t
    phase = 2 * np.pi * np.cumsum(pitch) / RATE_HZ
    sound = np.zeros(len(t))
    for k in range(1, 30):
        strength = np.where(k * pitch < 1_000, 1.0, bright) / k
        sound += np.where(k * pitch < 4_800, strength, 0.0) * np.sin(k * phase)
    return (sound * 0.1).astype(np.float32)


def silence(length_s: float) -> Samples:
    return np.zeros(int(length_s * RATE_HZ), dtype=np.float32)


def noise(length_s: float, level: float) -> Samples:
    samples = np.random.default_rng(0).standard_normal(int(length_s * RATE_HZ)) * level
    return samples.astype(np.float32)


def measured(samples: Samples, spans: tuple[Span, ...] | None = None) -> Prosody:
    prosody = measure(samples, spans)
    assert prosody is not None
    return prosody


def baseline(*said: Prosody) -> Baseline:
    made = Baseline()
    for prosody in said:
        made = made.with_(prosody)
    return made


def judged(prosody: Prosody, usual: Baseline) -> float:
    value = enthusiasm(prosody, usual)
    assert value is not None
    return value


# what is measured


@pytest.mark.parametrize("pitch_hz", [75, 110, 180, 260, 420])
def test_an_even_pitch_is_measured_and_does_not_move(pitch_hz: float) -> None:
    prosody = measured(glide(pitch_hz, pitch_hz, 1.0))
    assert prosody.pitch_hz == pytest.approx(pitch_hz, rel=0.02)
    assert prosody.pitch_range_semitones < 0.5
    assert prosody.pitch_movement < 4


@pytest.mark.parametrize(("from_hz", "to_hz"), [(100, 200), (200, 100), (150, 190), (280, 400)])
def test_a_glide_has_its_pitch_range_and_movement(from_hz: float, to_hz: float) -> None:
    prosody = measured(glide(from_hz, to_hz, 2.0))
    semitones = abs(12 * math.log2(to_hz / from_hz))
    assert prosody.pitch_hz == pytest.approx(math.sqrt(from_hz * to_hz), rel=0.03)
    assert prosody.pitch_range_semitones == pytest.approx(0.8 * semitones, rel=0.1)
    assert prosody.pitch_movement == pytest.approx(semitones / 2.0, rel=0.35, abs=1)


def test_a_jump_is_no_movement() -> None:
    jump = np.concatenate([glide(110, 110, 1.0), glide(220, 220, 1.0)])
    assert measured(jump).pitch_movement < 3


def test_only_voiced_speech_counts_for_level_pitch_and_brightness() -> None:
    buzz, hiss = glide(150, 150, 0.4), noise(0.2, 0.1)
    voiced, hissing = measured(buzz), measured(np.concatenate([hiss, buzz] * 5))
    assert hissing.speech_s == pytest.approx(3.0, abs=0.1)
    assert hissing.voiced_s == pytest.approx(2.0, rel=0.15)
    assert hissing.level_db == pytest.approx(voiced.level_db, abs=0.5)
    assert hissing.brightness_db == pytest.approx(voiced.brightness_db, abs=2)
    assert hissing.pitch_movement < 4


def test_a_hiss_is_no_syllable_but_takes_its_time() -> None:
    buzz = glide(150, 150, 0.4)
    hiss = noise(0.4, 1.0) * np.float32(np.sqrt(np.mean(buzz**2)))
    pause = silence(0.1)
    sound = np.concatenate([hiss, buzz, pause, hiss, pause, hiss, buzz])
    prosody = measured(sound)
    assert prosody.speech_s == pytest.approx(2.0, abs=0.15)
    assert prosody.tempo_hz * prosody.speech_s == pytest.approx(2)


def test_the_pitch_is_heard_without_its_fundamental() -> None:
    sound = glide(130, 130, 1.0).astype(np.float64)
    spectrum = np.fft.rfft(sound)
    spectrum[np.fft.rfftfreq(len(sound), 1 / RATE_HZ) < 300] = 0
    thin = np.fft.irfft(spectrum, len(sound)).astype(np.float32)
    assert measured(thin).pitch_hz == pytest.approx(130, rel=0.03)


@pytest.mark.parametrize("gain", [0.01, 0.1, 1.9])
def test_only_the_level_of_a_louder_copy_differs(voice: Voice, gain: float) -> None:
    prosody, copy = measured(voice(2.0)), measured(voice(2.0) * np.float32(gain))
    assert copy.level_db - prosody.level_db == pytest.approx(20 * math.log10(gain), abs=0.01)
    assert astuple(replace(copy, level_db=prosody.level_db)) == pytest.approx(
        astuple(prosody), rel=1e-3
    )


def test_the_level_is_in_decibels_of_full_scale() -> None:
    buzz = glide(150, 150, 1.0)
    buzz *= 0.1 / np.sqrt(np.mean(buzz**2))
    assert measured(buzz).level_db == pytest.approx(-20.0, abs=0.1)


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_stronger_upper_harmonics_are_brighter_by_as_much(factor: float) -> None:
    prosody, other = measured(glide(120, 120, 1.0)), measured(glide(120, 120, 1.0, bright=factor))
    change_db = other.brightness_db - prosody.brightness_db
    assert change_db == pytest.approx(20 * math.log10(factor), abs=0.3)


def test_syllables_are_counted(voice: Voice) -> None:
    assert measured(voice(3.0)).tempo_hz == pytest.approx(4.0, rel=0.25)
    t = np.arange(2 * RATE_HZ) / RATE_HZ
    quicker = glide(120, 120, 2.0) * (0.55 + 0.45 * np.sin(2 * np.pi * 6 * t)).astype(np.float32)
    assert measured(quicker).tempo_hz == pytest.approx(6.0, rel=0.15)
    assert measured(glide(120, 120, 2.0)).tempo_hz == pytest.approx(0.5, rel=0.1)


def test_pauses_around_and_inside_change_little(voice: Voice) -> None:
    once = measured(voice(1.0))
    apart = np.concatenate([silence(0.5), voice(1.0), silence(0.7), voice(1.0), silence(1.0)])
    twice = measured(apart)
    assert twice.speech_s == pytest.approx(2 * once.speech_s, rel=0.06)
    assert twice.level_db == pytest.approx(once.level_db, abs=0.5)
    assert twice.pitch_hz == pytest.approx(once.pitch_hz, rel=0.02)
    assert twice.brightness_db == pytest.approx(once.brightness_db, abs=0.5)
    assert twice.tempo_hz == pytest.approx(once.tempo_hz, rel=0.3)


def test_only_speech_is_measured_where_it_is_known() -> None:
    low, high = glide(110, 110, 1.0), glide(220, 220, 1.0)
    both = np.concatenate([low, silence(0.3), high])
    middle = int(1.15 * RATE_HZ)
    assert measured(both, (Span(0, middle),)).pitch_hz == pytest.approx(110, rel=0.02)
    later = measured(both, (Span(middle, len(both)),))
    assert later.pitch_hz == pytest.approx(220, rel=0.02)
    assert later.speech_s == pytest.approx(1.0, abs=0.05)
    half = measured(glide(150, 150, 2.0), (Span(0, RATE_HZ),))
    assert half.voiced_s <= half.speech_s == pytest.approx(1.0, abs=0.02)
    assert measure(both, ()) is None
    assert measure(both, (Span(RATE_HZ + 1_600, middle),)) is None


@pytest.mark.parametrize("level", [0.001, 0.05, 0.5])
def test_silence_and_noise_have_no_prosody(level: float) -> None:
    assert measure(silence(2.0)) is None
    assert measure(silence(0)) is None
    assert measure(glide(150, 150, 1.0) * np.float32(1e-5)) is None
    assert measure(noise(2.0, level)) is None


def test_a_click_beside_quiet_speech_changes_nothing(voice: Voice) -> None:
    quiet = voice(2.0) * np.float32(0.01)
    clicked = np.concatenate([quiet, silence(0.3)])
    clicked[-1_000:-980] = 1.0
    prosody, other = measured(quiet), measured(clicked)
    assert other.voiced_s == pytest.approx(prosody.voiced_s, rel=0.05)
    assert other.level_db == pytest.approx(prosody.level_db, abs=0.2)
    assert other.pitch_hz == pytest.approx(prosody.pitch_hz, rel=0.01)


def test_sound_that_is_no_sound_has_no_prosody() -> None:
    broken = glide(120, 120, 0.5)
    for value in (np.nan, np.inf, -np.inf):
        broken[100] = value
        assert measure(broken) is None


def test_one_absurd_sample_does_no_harm() -> None:
    sound = glide(150, 150, 1.0) * np.float32(0.01)
    sound[8_000] = 3e38
    assert measured(sound).pitch_hz == pytest.approx(150, rel=0.02)


def test_what_is_too_short_is_not_measured(voice: Voice) -> None:
    assert measure(voice(1.0)[:800]) is None
    assert measure(np.concatenate([silence(0.5), voice(1.0)[1_600:2_700], silence(0.5)])) is None


@pytest.mark.parametrize("length_s", [0.3, 0.5])
def test_a_short_reply_is_measured(voice: Voice, length_s: float) -> None:
    whole, reply = measured(voice(3.0)), measured(voice(3.0)[4_000:][: int(length_s * RATE_HZ)])
    assert reply.speech_s == pytest.approx(length_s, abs=0.1)
    assert reply.pitch_hz == pytest.approx(whole.pitch_hz, rel=0.15)
    assert reply.level_db == pytest.approx(whole.level_db, abs=3)


def test_the_same_sound_measures_the_same(voice: Voice) -> None:
    first = measure(voice(2.0))
    measure(noise(1.0, 0.1))
    assert measure(voice(2.0)) == first


SOUNDS = stnp.arrays(
    np.float32,
    st.one_of(st.integers(0, 1_200), st.sampled_from([4_000, 16_000])),
    elements=st.floats(width=32, allow_nan=True, allow_infinity=True),
    fill=st.floats(-1, 1, width=32),
)


@given(sound=SOUNDS)
@settings(max_examples=150, deadline=None)
def test_no_sound_breaks_it(sound: Samples) -> None:
    prosody = measure(sound)
    assert prosody is None or all(math.isfinite(value) for value in astuple(prosody))


@given(
    seed=st.integers(0, 2**32 - 1),
    length=st.integers(0, 12_000),
    pitch_hz=st.floats(30, 900),
    noisy=st.floats(0, 1),
    loud=st.floats(-9, 9),
    spans=st.lists(st.tuples(st.integers(0, 13_000), st.integers(0, 4_000)), max_size=3),
)
@settings(max_examples=60, deadline=None)
def test_no_buzz_in_noise_and_no_spans_break_it(  # noqa: PLR0913 - one a property of the sound
    *,
    seed: int,
    length: int,
    pitch_hz: float,
    noisy: float,
    loud: float,
    spans: list[tuple[int, int]],
) -> None:
    buzz = np.sign(np.sin(2 * np.pi * pitch_hz * np.arange(length) / RATE_HZ))
    hiss = np.random.default_rng(seed).standard_normal(length)
    sound = ((1 - noisy) * buzz + noisy * hiss) * 10**loud
    found = measure(sound.astype(np.float32), [Span(at, at + long) for at, long in spans])
    assert found is None or all(math.isfinite(value) for value in astuple(found))
    if found is not None:
        assert 0 < found.voiced_s <= found.speech_s <= length / RATE_HZ
        assert found.pitch_range_semitones >= 0


# what is usual

PROSODIES = st.builds(
    Prosody,
    speech_s=st.floats(0.1, 10),
    voiced_s=st.floats(0.1, 10),
    level_db=st.floats(-80, 0),
    pitch_hz=st.floats(60, 600),
    pitch_range_semitones=st.floats(0, 40),
    pitch_movement=st.floats(0, 250),
    brightness_db=st.floats(-60, 30),
    tempo_hz=st.floats(0, 12),
)


def test_there_is_no_enthusiasm_without_a_baseline() -> None:
    long = replace(USUAL, speech_s=ENOUGH_SPEECH_S)
    made = Baseline()
    assert enthusiasm(USUAL, made) is None
    for _ in range(ENOUGH_UTTERANCES - 1):
        made = made.with_(long)
        assert enthusiasm(USUAL, made) is None
    assert enthusiasm(USUAL, made.with_(long)) == pytest.approx(0.5)


def test_a_few_short_replies_are_no_baseline() -> None:
    reply = replace(USUAL, speech_s=0.5)
    made = baseline(*[reply] * 11)
    assert made.speech_s < ENOUGH_SPEECH_S
    assert enthusiasm(USUAL, made) is None
    assert enthusiasm(USUAL, made.with_(reply)) == pytest.approx(0.5)


def test_each_feature_of_livelier_speech_raises_it_and_the_opposite_lowers_it() -> None:
    made = baseline(*[USUAL] * 5)
    assert len(LIVELIER) == len(fields(Features))
    for name, value in LIVELIER.items():
        livelier = judged(replace(USUAL, **{name: value}), made)
        assert livelier > 0.51, name
        duller = getattr(USUAL, name) ** 2 / value if name == "pitch_hz" else None
        if duller is None:
            duller = 2 * getattr(USUAL, name) - value
        assert judged(replace(USUAL, **{name: duller}), made) == pytest.approx(1 - livelier), name


def test_all_of_them_together_say_more_than_each() -> None:
    made = baseline(*[USUAL] * 5)
    assert judged(replace(USUAL, **LIVELIER), made) > 0.75


def test_a_louder_and_higher_copy_is_livelier(voice: Voice) -> None:
    said = [measured(voice(2.0, pitch_hz) * np.float32(0.3)) for pitch_hz in (112, 116, 120, 124)]
    made = baseline(*said)
    usual = judged(measured(voice(2.0, 118.0) * np.float32(0.3)), made)
    assert usual == pytest.approx(0.5, abs=0.1)
    louder = judged(measured(voice(2.0, 118.0)), made)
    higher = judged(measured(voice(2.0, 165.0) * np.float32(0.3)), made)
    both = judged(measured(voice(2.0, 165.0)), made)
    assert usual < min(louder, higher) <= max(louder, higher) < both
    short = judged(measured(voice(2.0, 165.0)[8_000:16_000]), made)
    assert usual < short


def test_everybody_has_their_own_usual() -> None:
    loud_and_high = replace(USUAL, level_db=-12.0, pitch_hz=240.0)
    assert judged(loud_and_high, baseline(*[loud_and_high] * 5)) == pytest.approx(0.5)
    assert judged(loud_and_high, baseline(*[USUAL] * 5)) > 0.75
    assert judged(USUAL, baseline(*[loud_and_high] * 5)) < 0.25


def test_the_difference_is_in_spreads() -> None:
    even = baseline(*[USUAL] * 6)
    other = replace(USUAL, level_db=-21.0, pitch_hz=120.0 * 2 ** (-2 / 12), voiced_s=0.5)
    far = unusual(other, even)
    assert far is not None
    doubt = math.sqrt(2)  # half a second of voice: twice the least variance
    assert far.level_db == pytest.approx(4.0 / LEAST_SPREAD.level_db / doubt)
    assert far.pitch_semitones == pytest.approx(-2.0 / LEAST_SPREAD.pitch_semitones / doubt)
    assert far.tempo_hz == pytest.approx(0)


def test_the_same_difference_is_less_unusual_for_somebody_who_varies() -> None:
    varied = [replace(USUAL, level_db=level) for level in (-30.0, -20.0) * 4]
    louder = replace(USUAL, level_db=-21.0)
    even, uneven = unusual(louder, baseline(*[USUAL] * 8)), unusual(louder, baseline(*varied))
    assert even is not None
    assert uneven is not None
    assert 0.4 < uneven.level_db < 0.75 * even.level_db


def test_a_shorter_reply_says_less() -> None:
    made = baseline(*[USUAL] * 5)
    long = replace(USUAL, level_db=-21.0, pitch_hz=135.0)
    short = replace(long, voiced_s=0.15, speech_s=0.3)
    assert 0.5 < judged(short, made) < judged(long, made)


@given(prosody=PROSODIES, said=st.lists(PROSODIES, max_size=12))
@settings(deadline=None)
def test_it_is_between_none_and_all_and_fair(prosody: Prosody, said: list[Prosody]) -> None:
    made = baseline(*said)
    value = enthusiasm(prosody, made)
    assert (value is None) is not made.ready
    far = unusual(prosody, made)
    if value is not None and far is not None:
        assert 1 / (1 + math.exp(FARTHEST)) - 1e-9 <= value <= 1 / (1 + math.exp(-FARTHEST)) + 1e-9
        assert all(abs(z) <= FARTHEST for z in astuple(far))


@given(said=st.lists(PROSODIES, min_size=1, max_size=ENOUGH_UTTERANCES - 1))
@settings(deadline=None)
def test_the_baseline_is_the_weighted_mean_and_variance(said: list[Prosody]) -> None:
    """Held against the definition; so few that nothing is too far yet."""
    made = baseline(*said)
    after_s = [sum(later.speech_s for later in said[i + 1 :]) for i in range(len(said))]
    weights = [p.speech_s * 0.5 ** (a / HALF_LIFE_S) for p, a in zip(said, after_s, strict=True)]
    levels = [p.level_db for p in said]
    mean = np.average(levels, weights=weights)
    assert made.mean is not None
    assert made.variance is not None
    assert made.weight_s == pytest.approx(sum(weights))
    assert made.mean.level_db == pytest.approx(mean)
    assert made.variance.level_db == pytest.approx(
        np.average((np.array(levels) - mean) ** 2, weights=weights), abs=1e-6
    )


def test_one_shout_does_not_move_the_baseline() -> None:
    made = baseline(*[USUAL] * 5)
    after = made.with_(replace(USUAL, level_db=60.0))
    assert made.mean is not None
    assert after.mean is not None
    moved = after.mean.level_db - made.mean.level_db
    assert 0 < moved < FARTHEST * LEAST_SPREAD.level_db / 5
    assert judged(USUAL, after) == pytest.approx(0.5, abs=0.05)


def test_what_was_long_ago_is_forgotten() -> None:
    louder = replace(USUAL, level_db=-10.0)
    made = baseline(*[USUAL] * 50)
    before = judged(louder, made)
    for _ in range(int(4 * HALF_LIFE_S / louder.speech_s)):
        made = made.with_(louder)
    assert before > 0.6
    assert judged(louder, made) == pytest.approx(0.5, abs=0.05)


def test_a_baseline_is_a_value() -> None:
    made = baseline(*[USUAL] * 5)
    made.with_(replace(USUAL, level_db=-5.0))
    assert made == baseline(*[USUAL] * 5)
