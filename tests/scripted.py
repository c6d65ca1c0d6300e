"""Recognisers that say what they were told to, and a clock; for the tests of what has threads."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn

import numpy as np
from loud import Loud, sound

from assistant import phrases
from assistant.endpoints import EndpointPolicy
from assistant.errors import ModelError
from assistant.model import CallInfo, Source, Transcript, Word
from assistant.runtime import MAX_SPEED, CallSession, Recognisers
from audio.listener import Listener
from audio.segmenter import SegmenterConfig
from audio.types import FRAME_SAMPLES, RATE_HZ, Block, Speaker, Utterance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from assistant.asr import Recogniser
    from assistant.feeds import Fed, Feed, Until
    from assistant.model import Event, FinishedCall

SOON_S = 20
"""What has not happened by then never will; nothing waits so long unless it is broken."""

ROUNDING_S = 1e-6
"""What is left of a wait after adding and subtracting."""


class Clock(threading.Condition):
    """Stands in for the condition a playback waits on: waiting moves time, nobody sleeps."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 1000.0
        self.waited: list[float | None] = []
        self.meanwhile: dict[int, Callable[[], None]] = {}
        """What somebody does during a wait, by its number; it then ends halfway."""

    def monotonic(self) -> float:
        return self.now_s

    def wait(self, timeout: float | None = None) -> bool:
        number = len(self.waited)
        if timeout is None or timeout > ROUNDING_S:
            self.waited.append(timeout)
        act = self.meanwhile.get(number)
        if timeout is None:
            assert act is not None, "would wait for ever"
            self.now_s += 100
        else:
            self.now_s += timeout / 2 if act else max(timeout, ROUNDING_S)
        if act:
            act()
        return act is not None


def transcript(utterance: Utterance, text: str | None) -> Transcript | None:
    """The text over the whole of the utterance, as a recogniser gives it."""
    if text is None:
        return None
    start_s, end_s = utterance.start_sample / RATE_HZ, utterance.end_sample / RATE_HZ
    parts = text.split()
    each_s = (end_s - start_s) / len(parts)
    words = tuple(
        Word(part, start_s + n * each_s, start_s + (n + 1) * each_s, 0.9)
        for n, part in enumerate(parts)
    )
    return Transcript(utterance.speaker, start_s, end_s, text, words=words)


class Scripted:
    """Says what it was told to say, or nothing; guesses likewise."""

    def __init__(
        self,
        says: Callable[[Utterance], str | None] = lambda _: "Yes.",
        guesses: Callable[[Utterance], str | None] = lambda _: None,
        name: str = "scripted",
    ) -> None:
        self.says = says
        self.guesses = guesses
        self.name = name
        self._lock = threading.Lock()
        self.batches: list[int] = []
        """How many were handed over at once."""
        self.heard = 0
        """How many were recognised."""

    def recognise(self, utterances: Sequence[Utterance]) -> list[Transcript | None]:
        with self._lock:
            self.batches.append(len(utterances))
        said = []
        for utterance in utterances:
            said.append(transcript(utterance, self.says(utterance)))
            with self._lock:
                self.heard += 1
        return said

    def guess(self, utterance: Utterance) -> Transcript | None:
        return transcript(utterance, self.guesses(utterance))


def utterance(number: int, speaker: Speaker = Speaker.ME) -> Utterance:
    """Half a second of it, each a second after the one before."""
    silence = np.zeros(RATE_HZ // 2, np.float32)
    return Utterance(speaker, number * RATE_HZ, silence, cut=False, number=number)


@dataclass(eq=False)
class Call:
    """A recogniser being asked, which waits to be let go."""

    asked: str
    """Who was asked what: "recognise" or "guess", with the recogniser's name before it."""
    numbers: tuple[int, ...]
    go: threading.Event = field(default_factory=threading.Event)
    error: BaseException | None = None
    missing: int = 0
    """So many answers are left out."""


class Calls:
    """What recognisers are being asked, in the order in which it was taken up."""

    def __init__(self) -> None:
        self._taken: queue.SimpleQueue[Call] = queue.SimpleQueue()
        self._held: list[Call] = []
        self._over = threading.Event()

    @property
    def none(self) -> bool:
        """True when nothing was taken up that the test does not know of."""
        return self._taken.empty()

    def taken(self) -> Call:
        """The next; waits for it."""
        call = self._taken.get(timeout=SOON_S)
        self._held.append(call)
        return call

    def let_go(self) -> None:
        """Let all go on, and those that come."""
        self._over.set()
        while not self.none:
            self.taken()
        for call in self._held:
            call.go.set()

    def hold(self, call: Call) -> None:
        """Wait until it may go on."""
        self._taken.put(call)
        if not self._over.is_set():
            assert call.go.wait(SOON_S)


class Held:
    """Every question is taken note of in `calls`, and waits to be let go."""

    def __init__(self, calls: Calls, name: str = "held") -> None:
        self.name = name
        self._calls = calls

    def recognise(self, utterances: Sequence[Utterance]) -> list[Transcript | None]:
        return self._call("recognise", utterances)

    def guess(self, utterance: Utterance) -> Transcript | None:
        return self._call("guess", (utterance,))[0]

    def _call(self, what: str, utterances: Sequence[Utterance]) -> list[Transcript | None]:
        call = Call(f"{self.name} {what}", tuple(u.number for u in utterances))
        self._calls.hold(call)
        if call.error is not None:
            raise call.error
        answers = [transcript(u, f"number {u.number}") for u in utterances]
        return answers[call.missing :]


# ---- sessions --------------------------------------------------------------------------------

BLOCK_SAMPLES = 50 * FRAME_SAMPLES
BLOCK_S = BLOCK_SAMPLES / RATE_HZ


def block(number: int) -> Block:
    """A second and a half of me saying something short, and silence after it."""
    samples = sound((5, 0.0), (8, 0.5), (37, 0.0))
    assert len(samples) == BLOCK_SAMPLES
    return Block(Speaker.ME, number * BLOCK_SAMPLES, samples)


def number_of(utterance: Utterance) -> int:
    """The number of the block that it was said in."""
    return utterance.end_sample // BLOCK_SAMPLES


class Made:
    """A feed of the test's own making."""

    def __init__(self, make: Callable[[Until], Iterator[Fed]]) -> None:
        self.items = make


def no_model() -> NoReturn:
    raise ModelError("There is no speech model.")


def info(source: Source) -> CallInfo:
    started = datetime(2026, 3, 4, tzinfo=UTC)
    return CallInfo("a call", "a.wav", source, None, None, started, (Speaker.ME, Speaker.THEM))


def session(
    feed: Feed,
    recogniser: Recogniser | None = None,
    speed: float = MAX_SPEED,
    listener: Callable[[], Listener] | None = None,
    smaller: Callable[[], Recogniser | None] = lambda: None,
) -> CallSession:
    """Of a transcript without a recogniser; else of one leg, where speech is what is loud."""

    def ears() -> tuple[Listener, EndpointPolicy]:
        heard = listener() if listener else Listener((Speaker.ME,), Loud, SegmenterConfig())
        return heard, EndpointPolicy.of(("Yes.",), ("and",))

    made = CallSession(
        info(Source.AUDIO if recogniser else Source.TRANSCRIPT),
        feed,
        Recognisers(lambda: recogniser or no_model(), smaller),
        phrases.load(),
        ears if recogniser else None,
    )
    made.playback.set_speed(speed)
    return made


def played(made: CallSession) -> tuple[list[Event], FinishedCall | None]:
    events: list[Event] = []
    finished = made.run(events.append)
    return events, finished


def finals(events: Iterable[Event]) -> list[Transcript]:
    return [e for e in events if isinstance(e, Transcript) and e.final]


def running(*names: str) -> list[str]:
    """Threads that should have ended with the call."""
    return [t.name for t in threading.enumerate() if t.name.startswith(names)]
