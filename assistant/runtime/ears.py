"""What is heard of a call: its sound on the way to words, and what the machine can keep up with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.guesses import Guesses
from assistant.load import Effort, Load, judge
from assistant.model import CallWarning, SpeechDropped, Transcript
from audio.apart import pieces_of
from audio.prosody import measure
from audio.types import RATE_HZ, Block, Pause, Speaker, Utterance, seconds
from audio.vad import second_look

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.asr import Recogniser
    from assistant.hearing import Hearing
    from assistant.model import Heard
    from assistant.runtime.decoders import Answer, Decoders
    from assistant.runtime.playback import Playback
    from audio.apart import Piece
    from audio.prosody import Prosody
    from audio.speakers import Embedder

UNANSWERED: Final = 64
"""Utterances that wait to be decoded; with more, the reader waits. Each is at most 10 s, so this is
at most 41 MB."""

MEASURED_SAMPLES: Final = 3 * RATE_HZ
"""So much of an utterance is enough to hear how it is said; each second costs 11 ms."""


@dataclass(frozen=True, slots=True)
class Recognisers:
    """Where the words come from. Made when the call starts; a transcript never needs them."""

    make: Callable[[], Recogniser]
    smaller: Callable[[], Recogniser | None] = lambda: None
    """For a machine that cannot keep up; None when there is no smaller one."""
    sparing: bool = False
    """One thread decodes, and only what somebody paused after: words in progress come with the
    pauses inside an utterance alone."""


def how_they_said_it(utterance: Utterance) -> Prosody | None:
    """Measured on their first words: nobody asks how I say things, and the reply comes first."""
    if utterance.speaker is not Speaker.THEM:
        return None
    return measure(utterance.samples[:MEASURED_SAMPLES])


def whose_voice(embedder: Embedder) -> Callable[[Utterance], tuple[Piece, ...]]:
    """What tells which of two voices on one leg is heard where."""

    def place(utterance: Utterance) -> tuple[Piece, ...]:
        spans = second_look(utterance.samples).spans
        return pieces_of(utterance.samples, spans, utterance.start_sample, embedder)

    return place


class Ears:
    """What is heard of the call's sound, and what of it is being decoded."""

    def __init__(
        self,
        hearing: Hearing,
        decoders: Decoders,
        recognisers: Recognisers,
        playback: Playback,
        *,
        split: bool,
    ) -> None:
        """`split`: one leg carries two voices. Words in progress are nobody's, and left out."""
        self._split = split
        self.decoders = decoders
        self._hearing = hearing
        self._recognisers = recognisers
        self._playback = playback
        self._guesses = Guesses()
        self._guessing = False
        self._load = Load()

    @property
    def done(self) -> bool:
        """True when the call is over and everything that was said is known."""
        return self._hearing.done

    @property
    def full(self) -> bool:
        """True while so much waits to be decoded that no more should be read."""
        return self._hearing.unanswered >= UNANSWERED

    def hear(self, item: Block | Answer) -> tuple[Heard | CallWarning, ...]:
        """Sound, or what was said in it."""
        if isinstance(item, Block):
            heard = self._hearing.push(item)
            return (*self._pass_on(heard), *self._judge())
        if item.guess:
            self._guessing = False
            partial = self._guesses.guessed(item.utterance, item.said)
            return (partial,) if partial is not None and self._playback.watched else ()
        heard = self._hearing.answer(item.utterance, item.said, item.prosody, item.pieces)
        partial = self._guesses.paused(item.utterance, item.said)
        goes_on = not any(isinstance(h, Transcript | SpeechDropped) for h in heard)
        if partial is None or not goes_on or self._split or not self._playback.watched:
            return self._pass_on(heard)
        return (partial, *self._pass_on(heard))

    def finish(self) -> tuple[Heard | CallWarning, ...]:
        """The call is over."""
        return self._pass_on(self._hearing.finish())

    def _pass_on(self, heard: tuple[Heard, ...]) -> tuple[Heard, ...]:
        """Ask what has to be asked about what was heard."""
        for ask in self._hearing.asks():
            if isinstance(ask, Pause):
                self.decoders.ask(ask.utterance)
            else:
                self.decoders.withdraw(ask.speaker, ask.number)
        for each in heard:
            if isinstance(each, Transcript | SpeechDropped):
                self._guesses.over(each.speaker)
                self._drop_guess()
        self._guess()
        return heard

    def _guess(self) -> None:
        if self._guessing or self._split or self._load.effort or not self._playback.watched:
            return
        listener = self._hearing.listener
        for speaker in listener.speakers:
            since = listener.open_since(speaker)
            if since is None:
                continue
            if self._recognisers.sparing:
                self._guesses.begun(speaker, since)
                continue
            tail = self._guesses.wish(speaker, since, listener.heard_samples)
            so_far = None if tail is None else listener.so_far(speaker)
            if tail is not None and so_far is not None:
                sound = so_far.samples[tail - since :]
                self._guessing = True
                self.decoders.guess(Utterance(speaker, tail, sound, cut=False))
                return

    def _drop_guess(self) -> None:
        """A guess that still waits would be of what is over."""
        if self.decoders.drop_guess():
            self._guessing = False

    def _judge(self) -> tuple[CallWarning, ...]:
        """Keep up, or say by how much not; a faster replay reads ahead on purpose."""
        if not self._playback.watched:
            return ()
        ended = self.decoders.waiting_since()
        now_s = self._playback.position_s
        behind_s = 0.0 if ended is None else max(0.0, now_s - seconds(ended))
        judged = judge(self._load, behind_s, now_s)
        worse = judged.load.effort > self._load.effort
        self._load = judged.load
        if worse:
            self._drop_guess()
        warnings: list[str] = []
        if judged.tell_behind_s is not None:
            warnings.append(
                f"This machine is {judged.tell_behind_s:.0f} s behind: words in progress are left "
                "out. Close what else is running, or choose a smaller model."
            )
        if worse and judged.load.effort is Effort.SMALLER_MODEL:
            warnings += self._go_smaller()
        if judged.tell_caught_up:
            warnings.append("Caught up.")
        at_s = round(now_s, 3)
        return tuple(CallWarning(message, at_s) for message in warnings)

    def _go_smaller(self) -> list[str]:
        smaller = self._recognisers.smaller()
        if smaller is None:
            return []
        self.decoders.use(smaller)
        return [f"The smaller speech model {smaller.name} takes over: faster, less exact."]
