"""Speech to words, behind a protocol. Whoever adds another engine writes another `Recogniser`.

Two gates keep line noise from becoming words: Silero's second look at the sound before anything is
decoded, and the decoder's own confidence after. Neither is a shortest length.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from assistant.decoding import LEAST_LOGPROB, Decoded, Flaw, ShortContext
from assistant.errors import ModelError
from assistant.model import Transcript, Word
from assistant.safetext import clean
from audio.types import RATE_HZ, seconds
from audio.vad import second_look

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from audio.types import Samples, Utterance
    from audio.vad import Span

LEAD_SAMPLES: Final = RATE_HZ // 5
"""Sound kept before the first speech Silero found: the breath and the h of "he"."""

TAIL_SAMPLES: Final = RATE_HZ * 3 // 10
"""Sound kept after the last speech."""

TOKENS_PER_S: Final = 10
"""Fast talkers reach 5 words a second; a decoder past twice their tokens is in a loop."""

ZEROS_S: Final = (2.0, 3.5)
"""Silence put behind an utterance, first and second try. Two seconds remove most loops."""

SHORT_S: Final = 1.5
SURE_LOGPROB: Final = -0.7
"""Speech this short carries the replies that matter, and one wrong sound makes another word: unless
the decoder is this sure, the full window decides."""

MOST_SILENCE: Final = 0.6
"""Whisper's own default (Radford et al. 2022, section 4.5): less sure than `LEAST_LOGPROB`, and
more likely silence than this, means no words."""

FIRM_SPEECH: Final = 0.5
"""Silero's customary threshold; between its own and this it is only perhaps speech."""

CONVINCING_LOGPROB: Final = -0.75
"""What is only perhaps speech must be decoded at least this surely."""

HOPELESS_LOGPROB: Final = -1.5
"""Below this the words are a guess whatever the model says of silence."""

LOOPING: Final = 2.4
"""zlib ratio of a text that repeats itself (the same paper, section 4.5)."""


class Recogniser(Protocol):
    """Turns an utterance into words. Same sound, same words."""

    @property
    def name(self) -> str:
        """What the events call it."""

    def recognise(self, utterance: Utterance) -> Transcript | None:
        """What was said, with call times; None when nothing was."""


@dataclass(frozen=True, slots=True)
class Decoding:
    """How a model is run."""

    language: str = "en"
    """Two-letter code; "auto" lets a multilingual model decide, utterance by utterance."""
    threads: int = 0
    """0: all cores the machine has, at most 4."""
    device: str = "auto"
    beam: int = 1


class WhisperRecogniser:
    """faster-whisper's model, one utterance at a time, over short windows where they do."""

    def __init__(self, folder: Path, name: str, decoding: Decoding) -> None:
        """Load the model in `folder` (model.bin, config.json, tokenizer.json).

        Raises:
            ModelError: it cannot be loaded.
        """
        import ctranslate2  # noqa: PLC0415 - as below
        from faster_whisper import WhisperModel  # noqa: PLC0415 - slow; a transcript needs none

        device = decoding.device
        if device == "auto":
            device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
        self._name = name
        self._decoding = decoding
        try:
            self._model = WhisperModel(
                str(folder),
                device=device,
                compute_type="int8" if device == "cpu" else "auto",
                cpu_threads=decoding.threads,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(
                f"The speech model in {folder} cannot be loaded: {error}. "
                "Give another with --model."
            ) from None
        known = self._model.supported_languages
        if decoding.language not in {"auto", *known}:
            only = "English only" if known == ["en"] else f"{len(known)} languages, not that one"
            raise ModelError(
                f"The speech model “{name}” knows {only}: change the setting “language” "
                f"({decoding.language}), or give another model with --model."
            )
        # Which language it is has to be found out over the full window.
        auto = decoding.language == "auto"
        self._short = None if auto else ShortContext(self._model, decoding.language)

    @property
    def name(self) -> str:
        """What the events call it."""
        return self._name

    def recognise(self, utterance: Utterance) -> Transcript | None:
        """What was said, with call times; None when nothing was."""
        spans = second_look(utterance.samples)
        if not spans:
            return None
        first = max(0, spans[0].start - LEAD_SAMPLES)
        last = min(len(utterance.samples), spans[-1].end + TAIL_SAMPLES)
        sound = utterance.samples[first:last]
        offset_s = seconds(utterance.start_sample + first)
        firm = bool(second_look(utterance.samples, FIRM_SPEECH))
        words = self._decode(sound, spans, firm=firm)
        if not words:
            return None
        moved = tuple(
            Word(
                w.text, round(w.start_s + offset_s, 3), round(w.end_s + offset_s, 3), w.probability
            )
            for w in words
        )
        text = clean("".join(w.text for w in moved))
        if not re.search(r"\w", text):
            return None
        return Transcript(
            speaker=utterance.speaker,
            start_s=round(seconds(utterance.start_sample + spans[0].start), 3),
            end_s=round(seconds(utterance.start_sample + spans[-1].end), 3),
            text=text,
            words=tuple(Word(clean(w.text), w.start_s, w.end_s, w.probability) for w in moved),
        )

    def _decode(self, sound: Samples, spans: Sequence[Span], *, firm: bool) -> list[Word]:
        """Words with times from the start of `sound`: none when the decoder does not believe them.

        Short context first, a longer one when something is wrong with it, and the full window when
        that does not help either.
        """
        speech_s = seconds(spans[-1].end - spans[0].start)
        most_tokens = 20 + int(TOKENS_PER_S * speech_s)
        before: Decoded | None = None
        for zeros_s in ZEROS_S:
            if self._short is None:
                break
            decoded = self._short.decode(sound, most_tokens, zeros_s)
            if speech_s <= SHORT_S and decoded.logprob < SURE_LOGPROB:
                break
            sure = not decoded.flaws or (
                decoded.flaws == {Flaw.DOUBTFUL} and before and decoded.said == before.said
            )
            if sure:
                believed = _believable(decoded.logprob, decoded.no_speech, firm=firm)
                return _without_repeats(list(decoded.words)) if believed else []
            before = decoded
        return self._full_window(sound, most_tokens, firm=firm)

    def _full_window(self, sound: Samples, most_tokens: int, *, firm: bool) -> list[Word]:
        segments = self._transcribe(sound, most_tokens)
        if _loops(segments):
            segments = self._transcribe(sound, most_tokens, beam=5, no_repeat=3)
        words = [
            Word(w.word, float(w.start), float(w.end), round(float(w.probability), 3))
            for segment in segments
            if _believable(segment.avg_logprob, segment.no_speech_prob, firm=firm)
            for w in segment.words or ()
        ]
        return _without_repeats(words)

    def _transcribe(
        self, sound: Samples, most_tokens: int, *, beam: int = 0, no_repeat: int = 0
    ) -> list[Any]:
        language = self._decoding.language
        segments, _ = self._model.transcribe(
            np.ascontiguousarray(sound),
            language=None if language == "auto" else language,
            beam_size=beam or self._decoding.beam,
            temperature=0.0,  # no sampling: same sound, same words
            condition_on_previous_text=False,
            no_repeat_ngram_size=no_repeat,
            max_new_tokens=most_tokens,
            no_speech_threshold=None,  # judged by `_believable`, which also knows hopeless ones
            word_timestamps=True,
            vad_filter=False,
        )
        return list(segments)


def _believable(logprob: float, no_speech: float, *, firm: bool) -> bool:
    """The second gate: the decoder itself doubts that there were words.

    What is only perhaps speech (not `firm`) must convince.
    """
    if logprob < (HOPELESS_LOGPROB if firm else CONVINCING_LOGPROB):
        return False
    return logprob >= LEAST_LOGPROB or no_speech <= MOST_SILENCE


def _loops(segments: Sequence[Any]) -> bool:
    text = "".join(s.text for s in segments).encode()
    return len(text) > 40 and len(text) / len(zlib.compress(text)) > LOOPING  # noqa: PLR2004 - short texts do not compress


def _without_repeats(words: list[Word]) -> list[Word]:
    """A run of three or more words said again at once is the decoder's, not the speaker's.

    People repeat one or two words ("no, no", "that's, that's"); those stay.
    """
    kept: list[Word] = []
    bare = [re.sub(r"\W", "", w.text.lower()) for w in words]
    said: list[str] = []
    index = 0
    while index < len(words):
        longest = min(len(said), len(words) - index)
        repeated = next(
            (n for n in range(longest, 2, -1) if said[-n:] == bare[index : index + n]), 0
        )
        if repeated:
            index += repeated
            continue
        kept.append(words[index])
        said.append(bare[index])
        index += 1
    return kept
