"""Whisper over as much context as there is sound, instead of always 30 s.

`WhisperModel.transcribe` pads every utterance to 30 s, so a one-second "that's right" costs as much
as half a minute. CTranslate2's encoder takes less: the utterance and some zeros. What may go wrong
then is known and can be seen: a decoder that does not find the end says the clause again, with
timestamps after the end of the sound, or leaves the end open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from assistant.model import Word
from audio.types import RATE_HZ

if TYPE_CHECKING:
    from audio.types import Samples

FRAMES_PER_S: Final = 100
"""Of Whisper's features."""

MOST_FRAMES: Final = 3000
"""The encoder's window."""

STAMP_S: Final = 0.02
"""One timestamp token more."""

FIRST_STAMP: Final = 50
"""The first timestamp may be at most this many steps in (1 s), as faster-whisper has it."""

END_SLACK_S: Final = 0.15
"""A segment that begins so close before the end of the sound, or later, is no speech of it."""

LEAST_LOGPROB: Final = -1.0
"""Mean log probability below which another look is due (Radford et al. 2022, section 4.5)."""

_PREPENDED: Final = "\"'“¿([{-"
_APPENDED: Final = "\"'.。,，!！?？:：”)]}、"  # noqa: RUF001 - faster-whisper's own default


class Flaw(StrEnum):
    """Why a decode is not trusted."""

    DOUBTFUL = "doubtful"
    """The decoder itself gives it little probability."""
    REPEATS = "repeats"
    """Two words or more come twice in a row."""
    NO_END = "no end"
    """The last segment was never closed."""
    EMPTY = "empty"
    """Nothing was decoded."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What came of one decode."""

    words: tuple[Word, ...]
    """With times in seconds from the start of the sound."""
    logprob: float
    """Mean log probability of the tokens."""
    no_speech: float
    """0..1, the decoder's own."""
    flaws: frozenset[Flaw]

    @property
    def said(self) -> tuple[str, ...]:
        """The words alone, lower case, without punctuation."""
        return tuple(re.sub(r"\W", "", w.text.lower()) for w in self.words)


class ShortContext:
    """Decodes sounds of up to some 25 s with a loaded `faster_whisper.WhisperModel`."""

    def __init__(self, model: Any, language: str) -> None:  # noqa: ANN401 - faster-whisper ships no types
        from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415 - slow to import
        from faster_whisper.transcribe import get_suppressed_tokens  # noqa: PLC0415 - likewise

        multilingual = bool(model.model.is_multilingual)
        self._model = model
        self._tokenizer = Tokenizer(
            model.hf_tokenizer, multilingual, task="transcribe", language=language
        )
        self._suppressed = get_suppressed_tokens(self._tokenizer, [-1])

    def decode(self, sound: Samples, most_tokens: int, zeros_s: float) -> Decoded:
        """Greedy, with timestamps on: without them the decoder does not know where to stop.

        `sound` is float32 [n] at `RATE_HZ`; `zeros_s` seconds of silence are put behind it.
        """
        features = self._features(sound, zeros_s)
        encoded = self._model.encode(features)
        prompt = self._model.get_prompt(self._tokenizer, [], without_timestamps=False)
        result = self._model.model.generate(
            encoded,
            [prompt],
            beam_size=1,
            max_length=len(prompt) + most_tokens,
            max_initial_timestamp_index=FIRST_STAMP,
            suppress_tokens=self._suppressed,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        tokens = result.sequences_ids[0]
        segments, closed = self._segments(tokens, len(sound) / RATE_HZ - END_SLACK_S)
        # Words are looked for in the sound only, not in the zeros behind it.
        words = self._words(segments, encoded, len(sound) * FRAMES_PER_S // RATE_HZ)
        logprob = float(result.scores[0]) * len(tokens) / (len(tokens) + 1)
        decoded = Decoded(words, logprob, float(result.no_speech_prob), frozenset())
        return Decoded(words, logprob, decoded.no_speech, _flaws(decoded, closed=closed))

    def _features(self, sound: Samples, zeros_s: float) -> Any:  # noqa: ANN401 - as above
        """float32 [mels, frames]; the encoder halves the frames, so their number is even."""
        padded = np.concatenate([sound, np.zeros(int(zeros_s * RATE_HZ), dtype=np.float32)])
        features = self._model.feature_extractor(padded, padding=0)
        frames = min(MOST_FRAMES, features.shape[1])
        return features[:, : frames - frames % 2]

    def _segments(self, tokens: list[int], end_s: float) -> tuple[list[dict[str, Any]], bool]:
        """What lies between timestamps and begins before `end_s`; whether the last was closed.

        Segments are dicts as faster-whisper has them, because it adds the words' times.
        """
        found: list[dict[str, Any]] = []
        start_s, words = 0.0, list[int]()
        for token in tokens:
            if token < self._tokenizer.eot:
                words.append(token)
            elif token >= self._tokenizer.timestamp_begin:
                at_s = (token - self._tokenizer.timestamp_begin) * STAMP_S
                if words:
                    found.append({"seek": 0, "start": start_s, "end": at_s, "tokens": words})
                start_s, words = at_s, []
        if words:
            found.append({"seek": 0, "start": start_s, "end": end_s, "tokens": words})
        spoken = [s for s in found if s["start"] < end_s]
        return spoken, not words or len(spoken) < len(found)

    def _words(
        self, segments: list[dict[str, Any]], encoded: object, frames: int
    ) -> tuple[Word, ...]:
        if not segments:
            return ()
        self._model.add_word_timestamps(
            [segments], self._tokenizer, encoded, frames, _PREPENDED, _APPENDED, 0.0
        )
        return tuple(
            Word(w["word"], float(w["start"]), float(w["end"]), round(float(w["probability"]), 3))
            for segment in segments
            for w in segment["words"]
        )


def _flaws(decoded: Decoded, *, closed: bool) -> frozenset[Flaw]:
    said = decoded.said
    checks = {
        Flaw.DOUBTFUL: decoded.logprob < LEAST_LOGPROB,
        Flaw.REPEATS: repeats(said),
        Flaw.NO_END: not closed,
        Flaw.EMPTY: not said,
    }
    return frozenset(flaw for flaw, found in checks.items() if found)


def repeats(said: tuple[str, ...]) -> bool:
    """True when two or more words come twice in a row, or one word is all there is, twice."""
    if len(said) == 2 and said[0] == said[1]:  # noqa: PLR2004 - "Friday. Friday."
        return True
    return any(
        said[i : i + n] == said[i + n : i + 2 * n]
        for n in range(2, len(said) // 2 + 1)
        for i in range(len(said) - 2 * n + 1)
    )
