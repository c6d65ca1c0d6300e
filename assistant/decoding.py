"""Whisper over as much context as there is sound, instead of always 30 s.

`WhisperModel.transcribe` pads every utterance to 30 s, so a one-second "that's right" costs as much
as half a minute. CTranslate2's encoder takes less: the utterance and some zeros. What may go wrong
then is known and can be seen: a decoder that does not find the end says the clause again, with
timestamps after the end of the sound, or leaves the end open.

A token of the decoder costs the same for one utterance and for eight, so utterances that wait are
decoded together. Context lengths are whole seconds, and only those of the same length share a
batch: what is decoded never depends on what else was waiting.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from assistant.model import Word
from audio.types import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from audio.types import Samples

FRAMES_PER_S: Final = 100
"""Of Whisper's features."""

WINDOW_S: Final = 30
"""The encoder's window."""

BATCH: Final = 8
"""Utterances decoded together; more make nothing faster."""

TOKENS_PER_S: Final = 6
TOKENS_MORE: Final = 10
"""Fast talkers reach 5 words a second; a decoder past this many tokens is in a loop."""

WORDS_PER_S: Final = 4.5
"""Words said over again that come faster than this are the decoder's."""

FIRST_WITHIN_S: Final = 2.2
"""Longest sound of which is kept what its first word could have been."""

BEGIN_ALIKE: Final = 4
"""Texts with the same first token that are worth a closer look."""

EVEN_FROM_S: Final = 6
"""Longer contexts have an even number of seconds."""

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
    """The decoder was stopped in the middle of a segment."""
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
    encoded: Any = field(default=None, repr=False, compare=False)
    """The encoder's output for `ShortContext.score`, [1, positions, width]."""
    first: Any = field(default=None, repr=False, compare=False)
    """Of short sounds: what the first word could have been, float32 [vocabulary]."""

    @property
    def text(self) -> str:
        """What was said."""
        return "".join(w.text for w in self.words).strip()

    @property
    def said(self) -> tuple[str, ...]:
        """The words alone, lower case, without punctuation."""
        return tuple(re.sub(r"\W", "", w.text.lower()) for w in self.words)


class ShortContext:
    """Decodes sounds of up to some 25 s with a loaded `faster_whisper.WhisperModel`.

    May be used from several threads; the model takes turns.
    """

    def __init__(self, model: Any, language: str) -> None:  # noqa: ANN401 - faster-whisper ships no types
        from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415 - slow to import
        from faster_whisper.transcribe import get_suppressed_tokens  # noqa: PLC0415 - likewise

        multilingual = bool(model.model.is_multilingual)
        self._model = model
        self._tokenizer = Tokenizer(
            model.hf_tokenizer, multilingual, task="transcribe", language=language
        )
        self._suppressed = get_suppressed_tokens(self._tokenizer, [-1])
        self._prompt = model.get_prompt(self._tokenizer, [], without_timestamps=False)

    def decode(self, sounds: Sequence[Samples], zeros_s: float) -> list[Decoded]:
        """Greedy, with timestamps on: without them the decoder does not know where to stop.

        Sounds are float32 [n] at `RATE_HZ`, at most 25 s. At least `zeros_s` seconds of silence are
        put behind each.
        """
        by_length = defaultdict(list)
        for index, sound in enumerate(sounds):
            length_s = _context_s(len(sound) / RATE_HZ + zeros_s)
            by_length[length_s].append(index)
        found: dict[int, Decoded] = {}
        for length_s, indices in by_length.items():
            most_tokens = TOKENS_MORE + int(TOKENS_PER_S * (length_s - zeros_s))
            for first in range(0, len(indices), BATCH):
                some = indices[first : first + BATCH]
                features = [self._features(sounds[i], length_s) for i in some]
                lengths = [len(sounds[i]) for i in some]
                decoded = self._decode(features, lengths, most_tokens)
                found.update(zip(some, decoded, strict=True))
        return [found[i] for i in range(len(sounds))]

    def likeliest(self, decoded: Decoded, texts: Sequence[str], most: int) -> list[str]:
        """The texts whose first token fits a short sound best, at most `most`; costs nothing.

        Of texts that begin alike at most `BEGIN_ALIKE`, those that come first in `texts`.
        """
        by_first: dict[int, list[str]] = defaultdict(list)
        for text in texts:
            by_first[self._tokens(text)[0]].append(text)
        firsts = list(by_first)
        if decoded.first is not None:
            firsts.sort(key=lambda token: float(decoded.first[token]), reverse=True)
        return [text for token in firsts for text in by_first[token][:BEGIN_ALIKE]][:most]

    def score(self, decoded: Decoded, texts: Sequence[str], length_s: float) -> list[float]:
        """How well each text would fit what was decoded: log probability, summed over its tokens.

        `length_s` is the length of the sound. The end of the text is not scored.
        """
        return [
            float(np.log(np.maximum(result.text_token_probs, 1e-9)).sum())
            for first in range(0, len(texts), 2 * BATCH)
            for result in self._align(decoded.encoded, texts[first : first + 2 * BATCH], length_s)
        ]

    def _align(self, encoded: Any, texts: Sequence[str], length_s: float) -> Any:  # noqa: ANN401 - as above
        return self._model.model.align(
            _storage(np.repeat(encoded, len(texts), axis=0)),
            self._tokenizer.sot_sequence,
            [self._tokens(text) for text in texts],
            [int(length_s * FRAMES_PER_S)] * len(texts),
        )

    def _tokens(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(" " + text.strip()))

    def _decode(self, features: list[Any], lengths: list[int], most_tokens: int) -> list[Decoded]:
        """A batch; `lengths` are those of the sounds, in samples."""
        encoded = self._encode(features)
        results = self._model.model.generate(
            encoded,
            [self._prompt] * len(features),
            beam_size=1,
            max_length=2 * most_tokens,  # CTranslate2 gives half of it to the text
            max_initial_timestamp_index=FIRST_STAMP,
            suppress_tokens=self._suppressed,
            return_scores=True,
            return_no_speech_prob=True,
            return_logits_vocab=max(lengths) <= FIRST_WITHIN_S * RATE_HZ,
        )
        read = [
            self._segments(result.sequences_ids[0], length / RATE_HZ - END_SLACK_S)
            for result, length in zip(results, lengths, strict=True)
        ]
        # Words are looked for in the sound only, not in the zeros behind it.
        frames = [length * FRAMES_PER_S // RATE_HZ for length in lengths]
        words = self._timed([segments for segments, _ in read], encoded, frames)
        rows = np.asarray(encoded)
        return [
            self._decoded(
                result,
                closed=closed or len(result.sequences_ids[0]) < most_tokens,
                words=said,
                sound_s=length / RATE_HZ,
                encoded=rows[i : i + 1].copy(),
            )
            for i, (result, (_, closed), said, length) in enumerate(
                zip(results, read, words, lengths, strict=True)
            )
        ]

    @property
    def _on_cpu(self) -> bool:
        return bool(self._model.model.device == "cpu")

    def _first(self, result: Any) -> Any:  # noqa: ANN401 - as above
        """The decoder's scores where its first word stands."""
        for token, scores in (
            zip(result.sequences_ids[0], result.logits[0], strict=False) if result.logits else ()
        ):
            if token < self._tokenizer.eot:
                return np.array(scores).ravel()
        return None

    def _decoded(
        self,
        result: Any,  # noqa: ANN401 - as above
        *,
        closed: bool,
        words: tuple[Word, ...],
        sound_s: float,
        encoded: Any,  # noqa: ANN401 - as above
    ) -> Decoded:
        tokens = len(result.sequences_ids[0])
        logprob = float(result.scores[0]) * tokens / (tokens + 1)
        decoded = Decoded(words, logprob, float(result.no_speech_prob), frozenset(), encoded)
        flaws = _flaws(decoded, closed=closed, sound_s=sound_s)
        return replace(decoded, flaws=flaws, first=self._first(result))

    def _features(self, sound: Samples, length_s: int) -> Any:  # noqa: ANN401 - as above
        """float32 [mels, frames] of exactly that length."""
        padded = np.zeros(length_s * RATE_HZ, dtype=np.float32)
        fits = sound[: len(padded)]
        padded[: len(fits)] = fits
        return self._model.feature_extractor(padded, padding=0)[:, : length_s * FRAMES_PER_S]

    def _encode(self, features: list[Any]) -> Any:  # noqa: ANN401 - as above
        """Encoder output [batch, positions, width]."""
        encode = self._model.model.encode
        if not self._on_cpu:
            return encode(_storage(np.stack(features)), to_cpu=True)
        # One after another: on a CPU a batch of them takes longer than the sum.
        rows = [encode(_storage(each[None])) for each in features]
        if len(rows) == 1:
            return rows[0]
        return _storage(np.concatenate([np.asarray(row) for row in rows]))

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

    def _timed(
        self,
        utterances: list[list[dict[str, Any]]],
        encoded: Any,  # noqa: ANN401 - as above
        frames: list[int],
    ) -> list[tuple[Word, ...]]:
        there = [i for i, segments in enumerate(utterances) if segments]
        if there:
            if len(there) < len(utterances):
                encoded = _storage(np.asarray(encoded)[there])
            self._model.add_word_timestamps(
                [utterances[i] for i in there],
                self._tokenizer,
                encoded,
                [frames[i] for i in there],
                _PREPENDED,
                _APPENDED,
                0.0,
            )
        return [
            _words(w for segment in segments for w in segment["words"]) for segments in utterances
        ]


def _context_s(at_least_s: float) -> int:
    """Whole seconds, from `EVEN_FROM_S` on even ones: so that more share a batch."""
    whole = math.ceil(at_least_s)
    return min(WINDOW_S, whole + (whole % 2 if whole > EVEN_FROM_S else 0))


def _words(found: Iterable[dict[str, Any]]) -> tuple[Word, ...]:
    return tuple(
        Word(w["word"], float(w["start"]), float(w["end"]), round(float(w["probability"]), 3))
        for w in found
    )


def _storage(rows: Any) -> Any:  # noqa: ANN401 - CTranslate2 ships no types
    import ctranslate2  # noqa: PLC0415 - slow to import

    return ctranslate2.StorageView.from_array(np.ascontiguousarray(rows))


def _flaws(decoded: Decoded, *, closed: bool, sound_s: float) -> frozenset[Flaw]:
    said = decoded.said
    checks = {
        Flaw.DOUBTFUL: decoded.logprob < LEAST_LOGPROB,
        Flaw.REPEATS: repeats(said, sound_s),
        Flaw.NO_END: not closed,
        Flaw.EMPTY: not said,
    }
    return frozenset(flaw for flaw, found in checks.items() if found)


def repeats(said: tuple[str, ...], sound_s: float) -> bool:
    """True when words come twice in a row as nobody says them.

    People do repeat a word or two ("it's, uh, it's", "no, no"), but not three, and not faster than
    they can speak.
    """
    hurried = len(said) > WORDS_PER_S * max(sound_s, 0.1)
    for n in range(1, len(said) // 2 + 1):
        for i in range(len(said) - 2 * n + 1):
            if said[i : i + n] != said[i + n : i + 2 * n]:
                continue
            again = said[i + 2 * n : i + 4 * n] == said[i : i + n] * 2
            if n >= 3 or again or hurried:  # noqa: PLR2004 - see above
                return True
    return False
