from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from audio.listener import Listener
from audio.segmenter import SegmenterConfig
from audio.types import FRAME_SAMPLES, RATE_HZ, Block, Samples, Speaker, Utterance
from audio.vad import WebRtcDetector, second_look

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


def voiced_frames(detector: WebRtcDetector, sound: Samples) -> list[bool]:
    whole = len(sound) // FRAME_SAMPLES * FRAME_SAMPLES
    return [
        detector.is_speech(sound[i : i + FRAME_SAMPLES]) for i in range(0, whole, FRAME_SAMPLES)
    ]


def test_a_voice_is_speech_and_silence_is_not(voice: Voice) -> None:
    marks = voiced_frames(WebRtcDetector(), between_silence(voice(1.0)))
    assert not any(marks[2:16])
    assert sum(marks[17:49]) > 25
    assert not any(marks[-8:])


def test_a_higher_level_lets_less_through() -> None:
    sound = noise(1.0, 0.1)
    assert sum(voiced_frames(WebRtcDetector(0), sound)) >= sum(
        voiced_frames(WebRtcDetector(3), sound)
    )


def test_sound_beyond_full_scale_is_clipped_not_wrapped(voice: Voice) -> None:
    sound = between_silence(voice(0.5))
    clipped = voiced_frames(WebRtcDetector(), np.clip(sound * 40, -1, 1))
    assert voiced_frames(WebRtcDetector(), sound * 40) == clipped
    frame = np.full(FRAME_SAMPLES, 1e30, dtype=np.float32)
    assert WebRtcDetector().is_speech(frame) in {True, False}


@pytest.mark.parametrize("level", [-1, 4])
def test_a_level_that_does_not_exist_is_refused(level: int) -> None:
    with pytest.raises(ValueError, match="it must be 0, 1, 2 or 3"):
        WebRtcDetector(level)


def test_a_frame_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="100 samples; a frame has 480"):
        WebRtcDetector().is_speech(np.zeros(100, dtype=np.float32))


@pytest.mark.parametrize("length_s", [0.25, 0.5, 2.0])
def test_the_second_look_finds_speech_of_any_length_where_it_is(
    voice: Voice, length_s: float
) -> None:
    spans = second_look(between_silence(voice(length_s)))
    speech = sum(span.end - span.start for span in spans)
    assert abs(spans[0].start - HALF) <= 0.1 * RATE_HZ
    assert abs(spans[-1].end - HALF - length_s * RATE_HZ) <= 0.3 * RATE_HZ
    assert speech >= 0.7 * length_s * RATE_HZ


def test_two_words_with_a_pause_are_two_spans(voice: Voice) -> None:
    word = voice(0.5)
    pause = np.zeros(RATE_HZ, dtype=np.float32)
    first, second = second_look(between_silence(np.concatenate([word, pause, word])))
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
    assert second_look(sound) == ()


def test_the_second_look_leaves_the_sound_as_it_was(voice: Voice) -> None:
    sound = voice(0.512)
    before = sound.copy()
    second_look(sound)
    assert np.array_equal(sound, before)


def test_noise_that_opens_an_utterance_does_not_pass_the_second_look(voice: Voice) -> None:
    """Both gates together, as they are used: the voice stays, the noise goes."""
    sound = np.concatenate([between_silence(noise(1.0, 0.1)), between_silence(voice(0.3))])
    ears = Listener((Speaker.THEM,), WebRtcDetector, SegmenterConfig())
    events = [*ears.push(Block(Speaker.THEM, 0, sound)), *ears.finish()]
    utterances = [e for e in events if isinstance(e, Utterance)]
    assert len(utterances) == 2
    assert [bool(second_look(u.samples)) for u in utterances] == [False, True]
