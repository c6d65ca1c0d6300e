"""Speech to words, behind a protocol. Whoever adds another engine writes another `Recogniser`.

Two gates keep line noise from becoming words: Silero's second look at the sound before anything is
decoded, and the decoder's own confidence after. Neither is a shortest length.
"""

from __future__ import annotations

import math
import os
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from assistant.decoding import LEAST_LOGPROB, Decoded, Flaw, ShortContext
from assistant.errors import ModelError
from assistant.model import TimeSpan, Transcript, Word
from assistant.replies import MOST_WORDS, TRIED, Replies, as_sentence, unrepeated
from assistant.safetext import clean
from assistant.terms import Terms, put
from audio.types import RATE_HZ, seconds
from audio.vad import second_look

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from audio.types import Samples, Utterance
    from audio.vad import SecondLook

WORKERS: Final = 2
"""Utterances decoded at once: one a leg. Two of one thread each get more done than one of two."""

COMPUTE: Final = {"cpu": "int8", "cuda": "float16"}

LEAD_SAMPLES: Final = RATE_HZ // 5
"""Sound kept before the first speech Silero found: the breath and the h of "he"."""

TAIL_SAMPLES: Final = RATE_HZ * 3 // 10
"""Sound kept after the last speech."""

TOKENS_PER_S: Final = 10
"""Fast talkers reach 5 words a second; a decoder past twice their tokens is in a loop."""

ZEROS_S: Final = (2.0, 6.0, 12.0)
"""Silence put behind an utterance, look by look. Two seconds remove most loops."""

GUESS_ZEROS_S: Final = 1.0
"""Behind words in progress, which nobody relies on."""

SHORT_S: Final = 1.5
SURE_LOGPROB: Final = -0.7
"""Speech this short carries the replies that matter, and one wrong sound makes another word: unless
the decoder is this sure, it is looked at more closely."""

MOST_SILENCE: Final = 0.45
"""Less sure than `LEAST_LOGPROB`, and more likely silence than this, means no words (Radford et al.
2022, section 4.5, where it is 0.6). Of typing that sounded like speech the decoder said 0.49 to
0.71, of 125 short words on a noisy line one that it was as unsure of lay above 0.45."""

CONVINCING_LOGPROB: Final = -0.75
"""What is only perhaps speech must be decoded at least this surely."""

HOPELESS_LOGPROB: Final = -1.5
"""Below this the words are a guess whatever the model says of silence."""

LOOPING: Final = 2.4
"""zlib ratio of a text that repeats itself (the same paper, section 4.5)."""


_UNUSABLE: Final = frozenset({Flaw.NO_END, Flaw.EMPTY})


class Recogniser(Protocol):
    """Turns utterances into words. Same sound, same words; any number of threads may ask."""

    @property
    def name(self) -> str:
        """What the events call it."""

    def recognise(self, utterances: Sequence[Utterance]) -> list[Transcript | None]:
        """What was said in each, with call times; None where nothing was.

        What is heard in one does not depend on the others; together they may take less time.
        """

    def guess(self, utterance: Utterance) -> Transcript | None:
        """What seems to be said in an utterance that goes on: quick, and nobody relies on it."""


@dataclass(frozen=True, slots=True)
class Decoding:
    """How a model is run."""

    language: str = "en"
    """Two-letter code; "auto" lets a multilingual model decide, utterance by utterance."""
    threads: int = 0
    """0: all cores the machine has, at most 4."""
    device: str = "auto"
    """cpu, cuda, or auto: cuda where there is one."""
    beam: int = 1
    replies: tuple[str, ...] = ()
    """What people say in short; see `Replies`."""
    terms: tuple[str, ...] = ()
    """Names and words of this deal; see `Terms`."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """An utterance on its way to words."""

    utterance: Utterance
    look: SecondLook
    first: int
    """Of its samples, the first that is decoded."""
    sound: Samples

    @property
    def speech_s(self) -> float:
        return seconds(self.look.spans[-1].end - self.look.spans[0].start)

    @property
    def short(self) -> bool:
        """Speech this short carries the replies that matter."""
        return self.speech_s <= SHORT_S


class WhisperRecogniser:
    """faster-whisper's model over short windows where they do; two utterances at once."""

    def __init__(self, folder: Path, name: str, decoding: Decoding) -> None:
        """Load the model in `folder` (model.bin, config.json, tokenizer.json).

        Raises:
            ModelError: it cannot be loaded.
        """
        from faster_whisper import WhisperModel  # noqa: PLC0415 - slow; a transcript needs none

        device = device_for(decoding.device)
        threads = decoding.threads or min(4, os.cpu_count() or 1)
        self._name = name
        self._decoding = decoding
        try:
            self._model = WhisperModel(
                str(folder),
                device=device,
                compute_type=COMPUTE[device],
                cpu_threads=max(1, threads // WORKERS),
                num_workers=min(WORKERS, threads),
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(
                f"The speech model in {folder} cannot be loaded: {error}. "
                f"Give another with --model{'' if device == 'cpu' else ', or set device to cpu'}."
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
        self._replies = Replies(decoding.replies)
        self._terms = Terms(decoding.terms)

    @property
    def name(self) -> str:
        """What the events call it."""
        return self._name

    def recognise(self, utterances: Sequence[Utterance]) -> list[Transcript | None]:
        """What was said in each, with call times; None where nothing was."""
        heard = [_look(utterance) for utterance in utterances]
        spoken = [each for each in heard if each is not None]
        words = dict(zip(map(id, spoken), self._decode(spoken), strict=True))
        return [None if each is None else _transcript(each, words[id(each)]) for each in heard]

    def guess(self, utterance: Utterance) -> Transcript | None:
        """What seems to be said in an utterance that goes on."""
        heard = _look(utterance)
        if heard is None or self._short is None:
            return None
        (decoded,) = self._short.decode([heard.sound], GUESS_ZEROS_S)
        if not _believable(decoded.logprob, decoded.no_speech, firm=heard.look.firm):
            return None
        return _transcript(heard, _without_repeats(list(decoded.words)))

    def _decode(self, heard: Sequence[_Heard]) -> list[list[Word]]:
        """Words with times from the start of each sound: none the decoder does not believe.

        Short context first, a longer one when something is wrong with it, and the full window when
        that does not help either.
        """
        if self._short is None:
            return [self._full_window(each) for each in heard]
        found: dict[int, list[Word]] = {}
        first = self._short.decode([each.sound for each in heard], ZEROS_S[0])
        for i, decoded in enumerate(first):
            if _sure(heard[i], decoded, self._replies):
                found[i] = self._words(heard[i], decoded)
        left = [i for i in range(len(heard)) if i not in found]
        second = self._short.decode([heard[i].sound for i in left], ZEROS_S[1])
        for i, decoded in zip(left, second, strict=True):
            words = self._second(heard[i], first[i], decoded)
            if words is not None:
                found[i] = words
        left = [i for i in left if i not in found]
        third = self._short.decode([heard[i].sound for i in left], ZEROS_S[2])
        for i, decoded in zip(left, third, strict=True):
            flawed = decoded.flaws & _UNUSABLE
            found[i] = self._full_window(heard[i]) if flawed else self._words(heard[i], decoded)
        return [found[i] for i in range(len(heard))]

    def _words(self, heard: _Heard, decoded: Decoded) -> list[Word]:
        """Of a decode that is taken."""
        if not _believable(decoded.logprob, decoded.no_speech, firm=heard.look.firm):
            return []
        words = _without_repeats(list(decoded.words))
        once = unrepeated(decoded.text)
        if heard.short and once != decoded.text:
            words = _first_words(words, len(once.split()))
        return self._with_terms(heard, decoded, words)

    def _second(self, heard: _Heard, first: Decoded, second: Decoded) -> list[Word] | None:
        """The words after two looks; None when only the full window helps."""
        if heard.short:
            if _sure(heard, second, self._replies):
                return self._words(heard, second)
            reply = self._reply(heard, first, second)
            if reply is not None:
                return reply
        usable = [d for d in (second, first) if not d.flaws & _UNUSABLE]
        if not usable:
            return None
        # What repeats itself is collapsed; better is what need not be.
        return self._words(
            heard, max(usable, key=lambda d: (Flaw.REPEATS not in d.flaws, d.logprob))
        )

    def _reply(self, heard: _Heard, first: Decoded, second: Decoded) -> list[Word] | None:
        """Short speech the decoder is not sure of may be one of the things people say in short."""
        said = [unrepeated(first.text) or ".", unrepeated(second.text) or "."]
        too_long = min(len(text.split()) for text in said) > MOST_WORDS
        # As a sentence too: small letters at the beginning make any words improbable.
        ideas = list(dict.fromkeys([*said, *map(as_sentence, said)]))
        doubted = not _believable(first.logprob, first.no_speech, firm=True)
        if self._short is None or not heard.look.firm or too_long or doubted:
            return None
        texts = self._short.likeliest(first, self._replies.possible(heard.speech_s), TRIED)
        length_s = len(heard.sound) / RATE_HZ
        looks: list[list[float]] = []
        for decoded in (first, second):
            scores = self._short.score(decoded, [*ideas, *texts], length_s)
            kept = self._replies.winning(ideas, texts, [*looks, scores])
            if not kept:
                return None
            # Only what wins so far needs another look.
            rows = [*range(len(ideas)), *(len(ideas) + i for i in kept)]
            looks = [[look[row] for row in rows] for look in [*looks, scores]]
            texts = [texts[i] for i in kept]
        reply = self._replies.chosen(ideas, texts, looks)
        if reply is None:
            return None
        start_s = seconds(heard.look.spans[0].start - heard.first)
        fit = math.exp(reply.fit / len(reply.text.split()))
        return _spread(reply.text, start_s, start_s + heard.speech_s, fit)

    def _with_terms(self, heard: _Heard, decoded: Decoded, words: list[Word]) -> list[Word]:
        """The user's terms where they fit what was heard about as well."""
        places = self._terms.places(words) if self._terms and self._short else []
        while places and self._short is not None:
            tried = [put(words, place, 0.0) for place in places]
            texts = ["".join(w.text for w in each) for each in (words, *tried)]
            now, *scores = self._short.score(decoded, texts, len(heard.sound) / RATE_HZ)
            best = max(range(len(places)), key=lambda i: scores[i])
            if scores[best] < now - self._terms.prior(words, places[best]):
                break
            fit = math.exp(min(0.0, scores[best] - now) / 2)
            words = put(words, places[best], round(fit, 3))
            places = self._terms.places(words)
        return words

    def _full_window(self, heard: _Heard) -> list[Word]:
        most_tokens = 20 + int(TOKENS_PER_S * heard.speech_s)
        segments = self._transcribe(heard.sound, most_tokens)
        if _loops(segments):
            segments = self._transcribe(heard.sound, most_tokens, beam=5, no_repeat=3)
        words = [
            Word(w.word, float(w.start), float(w.end), round(float(w.probability), 3))
            for segment in segments
            if _believable(segment.avg_logprob, segment.no_speech_prob, firm=heard.look.firm)
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


def device_for(wanted: str) -> str:
    """Cpu or cuda."""
    import ctranslate2  # noqa: PLC0415 - slow to import

    if wanted != "auto":
        return wanted
    return "cuda" if ctranslate2.get_cuda_device_count() else "cpu"


def _look(utterance: Utterance) -> _Heard | None:
    """The first gate: no speech, no words."""
    look = second_look(utterance.samples)
    if not look.spans:
        return None
    first = max(0, look.spans[0].start - LEAD_SAMPLES)
    last = min(len(utterance.samples), look.spans[-1].end + TAIL_SAMPLES)
    return _Heard(utterance, look, first, utterance.samples[first:last])


def _transcript(heard: _Heard, words: Sequence[Word]) -> Transcript | None:
    utterance, spans = heard.utterance, heard.look.spans
    text = clean("".join(w.text for w in words))
    if not re.search(r"\w", text):
        return None
    offset_s = seconds(utterance.start_sample + heard.first)
    return Transcript(
        speaker=utterance.speaker,
        start_s=round(seconds(utterance.start_sample + spans[0].start), 3),
        end_s=round(seconds(utterance.start_sample + spans[-1].end), 3),
        text=text,
        words=tuple(
            Word(
                clean(w.text),
                round(w.start_s + offset_s, 3),
                round(w.end_s + offset_s, 3),
                w.probability,
            )
            for w in words
        ),
        speech=tuple(
            TimeSpan(
                round(seconds(utterance.start_sample + span.start), 3),
                round(seconds(utterance.start_sample + span.end), 3),
            )
            for span in spans
        ),
    )


def _sure(heard: _Heard, decoded: Decoded, replies: Replies) -> bool:
    """True when no other look is due."""
    if not heard.short:
        return not decoded.flaws
    if replies.knows(unrepeated(decoded.text)):
        return decoded.logprob >= LEAST_LOGPROB
    return not decoded.flaws and decoded.logprob >= SURE_LOGPROB


def _first_words(words: Sequence[Word], count: int) -> list[Word]:
    """So many words as people count them: "40" and ",000" are one."""
    begun = 0
    kept: list[Word] = []
    for word in words:
        begun += word.text.startswith(" ") or not kept
        if begun > count:
            break
        kept.append(word)
    return kept


def _spread(text: str, start_s: float, end_s: float, probability: float) -> list[Word]:
    """Words of a short text over the time it took, by their letters."""
    words = text.split()
    letters = [sum(len(w) for w in words[:n]) for n in range(len(words) + 1)]
    times = [start_s + (end_s - start_s) * n / letters[-1] for n in letters]
    return [
        Word(f" {word}", round(begin, 2), round(end, 2), round(probability, 3))
        for word, begin, end in zip(words, times[:-1], times[1:], strict=True)
    ]


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
