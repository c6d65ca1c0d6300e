"""Between the ears and the engine: questions out, answers in, what was heard in call order. Pure.

The listener finds where somebody paused; what was said so far decides whether that was an end. Who
decodes, and when the answer comes, is somebody else's business: what comes out, and in which order,
does not depend on it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.echoes import Echoes
from assistant.model import SpeechDropped, SpeechOpened, Tick, TimeSpan
from assistant.overlaps import KEPT_S, Overlaps
from assistant.voices import Voices
from audio.types import (
    RATE_HZ,
    Passed,
    Pause,
    Resumed,
    Speaker,
    SpeechStarted,
    Utterance,
    seconds,
)

if TYPE_CHECKING:
    from assistant.endpoints import EndpointPolicy
    from assistant.model import Heard, Transcript
    from assistant.splitting import Splitter
    from audio.apart import Piece
    from audio.listener import Listener, Settled
    from audio.prosody import Prosody
    from audio.types import Block


class Hearing:
    """One call's legs, heard. Not to be shared between calls."""

    def __init__(
        self, listener: Listener, policy: EndpointPolicy, splitter: Splitter | None = None
    ) -> None:
        """With a `splitter` the one leg there is carries two voices."""
        self._splitter = splitter
        self._pieces: dict[int, tuple[Piece, ...]] = {}
        """By the question: what an utterance sounded like, piece by piece."""
        self._listener = listener
        self._policy = policy
        self._voices = Voices()
        self._echoes = Echoes()
        self._overlaps = Overlaps(self._sounding)
        self._said: dict[tuple[Speaker, int], tuple[Transcript | None, Prosody | None]] = {}
        """Answers to questions that are still open."""
        self._wanted: set[tuple[Speaker, int]] = set()
        self._due: deque[Settled] = deque()

    @property
    def listener(self) -> Listener:
        """The ears."""
        return self._listener

    @property
    def unanswered(self) -> int:
        """Questions that nobody answered or took back."""
        return len(self._wanted)

    @property
    def done(self) -> bool:
        """True when the call is over and everything that was said is known."""
        return self._listener.done and not self._due

    def push(self, block: Block) -> tuple[Heard, ...]:
        """Take a block of sound; return what is known now."""
        if block.echo:
            end = block.start_sample + len(block.samples)
            self._echoes.possible(seconds(block.start_sample), seconds(end))
        return self._known(self._listener.push(block))

    def finish(self) -> tuple[Heard, ...]:
        """The call is over; what waits for an answer comes with it."""
        return self._known(self._listener.finish())

    def asks(self) -> tuple[Pause | Resumed, ...]:
        """What has to be decoded, and what no longer, since the last time."""
        asks = self._listener.asks()
        for ask in asks:
            match ask:
                case Pause(utterance):
                    self._wanted.add((utterance.speaker, utterance.number))
                case Resumed(speaker, number):
                    self._wanted.discard((speaker, number))
                    self._said.pop((speaker, number), None)
                    self._pieces.pop(number, None)
        return asks

    def answer(
        self,
        utterance: Utterance,
        said: Transcript | None,
        prosody: Prosody | None = None,
        pieces: tuple[Piece, ...] = (),
    ) -> tuple[Heard, ...]:
        """What was said in an utterance that was asked about, and how if that was measured.

        `pieces` say whose voice it sounds like, where one leg carries two.

        Ignored when taken back meanwhile.
        """
        key = utterance.speaker, utterance.number
        if key not in self._wanted:
            return ()
        self._wanted.discard(key)
        self._said[key] = said, prosody
        if self._splitter is not None:
            self._pieces[utterance.number] = pieces
        hangover_ms = self._policy.hangover_ms(said)
        return self._known(self._listener.answer(*key, hangover_ms))

    def _known(self, settled: tuple[Settled, ...]) -> tuple[Heard, ...]:
        """What waits for no answer, in order."""
        self._due.extend(settled)
        known: list[Heard] = []
        while self._due:
            match self._due[0]:
                case SpeechStarted(speaker, start):
                    known += self._split(SpeechOpened(speaker, round(seconds(start), 3)))
                case Passed(at_sample):
                    known += self._split(Tick(round(seconds(at_sample), 3)))
                case Utterance() as utterance:
                    key = utterance.speaker, utterance.number
                    if key not in self._said:
                        break
                    end_s = round(seconds(utterance.end_sample), 3)
                    said, prosody = self._said.pop(key)
                    pieces = self._pieces.pop(utterance.number, ())
                    if said is None:
                        known += self._split(SpeechDropped(utterance.speaker, end_s))
                    else:
                        lively = self._voices.heard(utterance.speaker, prosody)
                        known += self._split(replace(said, enthusiasm=lively), pieces)
            self._due.popleft()
        return self._checked(known)

    def _checked(self, known: list[Heard]) -> tuple[Heard, ...]:
        """Without echoes, and with where both talk at once."""
        passed = self._echoes.push(known)
        if self.done:
            passed = (*passed, *self._echoes.finish())
        if self._splitter is not None:
            return passed
        for heard in passed:
            if isinstance(heard, Tick):
                self._listener.forget(round((heard.at_s - KEPT_S) * RATE_HZ))
        return tuple(self._overlaps.pass_on(heard) for heard in passed)

    def _sounding(self, speaker: Speaker, start_s: float, end_s: float) -> tuple[TimeSpan, ...]:
        """When that leg sounded like speech; what may be an echo does not count."""
        if speaker not in self._listener.speakers:
            return ()
        if speaker is Speaker.ME and self._echoes.may_be(start_s, end_s):
            return ()
        runs = self._listener.voiced(speaker, round(start_s * RATE_HZ), round(end_s * RATE_HZ))
        return tuple(TimeSpan(round(seconds(a), 3), round(seconds(b), 3)) for a, b in runs)

    def _split(self, heard: Heard, pieces: tuple[Piece, ...] = ()) -> tuple[Heard, ...]:
        return (heard,) if self._splitter is None else self._splitter.pass_on(heard, pieces)
