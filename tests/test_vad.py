from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
import webrtcvad
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.listener import Listener
from audio.segmenter import SegmenterConfig
from audio.types import FRAME_SAMPLES, RATE_HZ, Block, Pause, Samples, Speaker, Utterance
from audio.vad import (
    JOIN_SAMPLES,
    WINDOW_SAMPLES,
    SecondLook,
    Span,
    SpeechDetector,
    _spans,
    second_look,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Voice = Callable[..., Samples]

HALF = RATE_HZ // 2


def between_silence(sound: Samples) -> Samples:
    quiet = np.zeros(HALF, dtype=np.float32)
    return np.concatenate([quiet, sound, quiet])


def noise(length_s: float, level: float) -> Samples:
    samples = np.random.default_rng(0).standard_normal(int(length_s * RATE_HZ)) * level
    return samples.astype(np.float32)


def voiced_frames(detector: SpeechDetector, sound: Samples) -> list[bool]:
    whole = len(sound) // FRAME_SAMPLES * FRAME_SAMPLES
    return [
        detector.is_speech(sound[i : i + FRAME_SAMPLES]) for i in range(0, whole, FRAME_SAMPLES)
    ]


def test_a_voice_is_speech_and_silence_is_not(voice: Voice) -> None:
    marks = voiced_frames(SpeechDetector(), between_silence(voice(1.0)))
    assert not any(marks[2:16])
    assert sum(marks[17:49]) > 25
    assert not any(marks[-8:])


def test_a_higher_level_lets_less_through(voice: Voice) -> None:
    sound = between_silence(voice(1.0)) * 0.2 + noise(2.0, 0.002)
    lowest, highest = (sum(voiced_frames(SpeechDetector(level), sound)) for level in (0, 3))
    assert lowest > highest


@pytest.mark.parametrize("level", [0.003, 0.01, 0.03])
def test_line_noise_is_no_speech_before_or_after_a_voice(voice: Voice, level: float) -> None:
    """webrtcvad alone takes the beginning of it for speech."""
    line = noise(3.0, level)
    sound = line + np.concatenate([between_silence(voice(1.0)), np.zeros_like(line[: 2 * HALF])])
    marks = voiced_frames(SpeechDetector(0), sound)
    assert sum(marks[17:49]) > 25
    assert not any(marks[2:16])
    assert not any(marks[-35:])
    assert not any(voiced_frames(SpeechDetector(0), line))
    webrtc = webrtcvad.Vad(0)
    whole_numbers = np.round(line * 32_767).astype("<i2")
    hummed = [
        webrtc.is_speech(whole_numbers[i : i + FRAME_SAMPLES].tobytes(), RATE_HZ)
        for i in range(0, len(line), FRAME_SAMPLES)
    ]
    assert any(hummed)


def test_what_is_heard_of_a_leg_depends_on_that_leg_alone(voice: Voice) -> None:
    sound = between_silence(voice(1.0)) + noise(2.0, 0.01)
    alone = voiced_frames(SpeechDetector(), sound)
    one, other = SpeechDetector(), SpeechDetector()
    marks = []
    for i in range(0, len(sound) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        marks.append(one.is_speech(sound[i : i + FRAME_SAMPLES]))
        other.is_speech(noise(0.03, 0.3))
    assert marks == alone
    assert any(marks)


def test_sound_beyond_full_scale_is_clipped_not_wrapped(voice: Voice) -> None:
    sound = between_silence(voice(0.5))
    clipped = voiced_frames(SpeechDetector(), np.clip(sound * 40, -1, 1))
    assert voiced_frames(SpeechDetector(), sound * 40) == clipped
    detector = SpeechDetector()
    assert not detector.is_speech(np.full(FRAME_SAMPLES, 1e30, dtype=np.float32))
    assert sum(voiced_frames(detector, sound)) > 10


@pytest.mark.parametrize("level", [-1, 4])
def test_a_level_that_does_not_exist_is_refused(level: int) -> None:
    with pytest.raises(ValueError, match="it must be 0, 1, 2 or 3"):
        SpeechDetector(level)


def test_a_frame_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="100 samples; a frame has 480"):
        SpeechDetector().is_speech(np.zeros(100, dtype=np.float32))


@pytest.mark.parametrize("length_s", [0.25, 0.5, 2.0])
def test_the_second_look_finds_speech_of_any_length_where_it_is(
    voice: Voice, length_s: float
) -> None:
    look = second_look(between_silence(voice(length_s)))
    assert look.firm
    spans = look.spans
    speech = sum(span.end - span.start for span in spans)
    assert abs(spans[0].start - HALF) <= 0.1 * RATE_HZ
    assert abs(spans[-1].end - HALF - length_s * RATE_HZ) <= 0.3 * RATE_HZ
    assert speech >= 0.7 * length_s * RATE_HZ


def test_two_words_with_a_pause_are_two_spans(voice: Voice) -> None:
    word = voice(0.5)
    pause = np.zeros(RATE_HZ, dtype=np.float32)
    first, second = second_look(between_silence(np.concatenate([word, pause, word]))).spans
    assert first.end < second.start


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(RATE_HZ, dtype=np.float32),
        noise(2.0, 0.001),
        noise(2.0, 0.1),
        (0.3 * np.sin(np.arange(RATE_HZ) * 2 * np.pi * 50 / RATE_HZ)).astype(np.float32),
        (np.arange(2 * RATE_HZ) % 1600 == 0).astype(np.float32),
        np.zeros(0, dtype=np.float32),
        np.zeros(1, dtype=np.float32),
    ],
    ids=["silence", "faint noise", "noise", "hum", "clicks", "nothing", "a sample"],
)
def test_the_second_look_finds_nothing_in_what_is_no_speech(sound: Samples) -> None:
    assert second_look(sound) == SecondLook((), firm=False)


def test_the_second_look_leaves_the_sound_as_it_was(voice: Voice) -> None:
    sound = voice(0.512)
    before = sound.copy()
    second_look(sound)
    assert np.array_equal(sound, before)


@settings(deadline=None, max_examples=200)
@given(
    marks=st.lists(st.sampled_from(["quiet", "stays", "begins"]), max_size=40), short=st.booleans()
)
def test_spans_begin_where_speech_begins_and_hold_all_of_it(marks: list[str], short: bool) -> None:  # noqa: FBT001 - drawn
    begins = np.array([m == "begins" for m in marks], dtype=bool)
    stays = np.array([m != "quiet" for m in marks], dtype=bool)
    length = max(0, len(marks) * WINDOW_SAMPLES - (100 if short else 0))
    spans = _spans(begins, stays, length)
    within = np.zeros(length, dtype=bool)
    for span in spans:
        assert 0 <= span.start < span.end <= length
        assert begins[span.start // WINDOW_SAMPLES]
        assert stays[(span.end - 1) // WINDOW_SAMPLES]
        within[span.start : span.end] = True
    for before, after in pairwise(spans):
        assert after.start - before.end >= JOIN_SAMPLES
    assert all(
        within[i * WINDOW_SAMPLES : (i + 1) * WINDOW_SAMPLES].all() for i in begins.nonzero()[0]
    )


def test_what_is_perhaps_speech_is_not_firm(voice: Voice, monkeypatch: pytest.MonkeyPatch) -> None:
    def perhaps(padded: Samples) -> Samples:
        return np.full(len(padded) // WINDOW_SAMPLES, 0.4, dtype=np.float32)

    assert second_look(voice(1.0)).firm
    monkeypatch.setattr("faster_whisper.vad.get_vad_model", lambda: perhaps)
    assert second_look(voice(1.0)) == SecondLook((Span(0, RATE_HZ),), firm=False)


def test_noise_opens_no_utterance_and_a_voice_passes_both_gates(voice: Voice) -> None:
    sound = np.concatenate([between_silence(noise(1.0, 0.1)), between_silence(voice(0.3))])
    ears = Listener((Speaker.THEM,), SpeechDetector, SegmenterConfig())
    events = [*ears.push(Block(Speaker.THEM, 0, sound)), *ears.finish()]
    for ask in ears.asks():
        assert isinstance(ask, Pause)
        events += ears.answer(Speaker.THEM, ask.utterance.number, 300)
    (utterance,) = [e for e in events if isinstance(e, Utterance)]
    voice_from = 5 * HALF
    assert utterance.start_sample < voice_from + 0.1 * RATE_HZ
    assert utterance.end_sample > voice_from + 0.3 * RATE_HZ
    assert second_look(utterance.samples).firm
