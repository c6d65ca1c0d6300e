"""The only place with threads and queues."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from assistant.engine import Engine
from assistant.model import (
    CallStarted,
    CallWarning,
    FinishedCall,
    Source,
    SpeechDropped,
    SpeechOpened,
    SummaryReady,
    Transcript,
)
from assistant.summary import summarise
from audio.types import Utterance, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from assistant.asr import Recogniser
    from assistant.feeds import Fed, Feed
    from assistant.model import CallInfo, Event, Heard
    from assistant.phrases import PhraseBook

QUEUED: Final = 32
"""What was heard and waits to be understood; a reader that is further ahead waits. Utterances are
at most 15 s, so this is at most 31 MB."""

MAX_SPEED: Final = float("inf")
"""No pacing: as fast as the machine goes."""


LONGEST_WAIT_S: Final = 3600.0
"""A wait that is longer is taken in parts; the operating system knows no end of numbers."""


class Playback:
    """The handles of a running replay: pause, step, speed, stop. Safe from any thread.

    The feeder calls `wait_until` before it hands on anything that belongs to a later moment;
    everybody else turns the handles. Position is call time in seconds.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self._changed = threading.Condition()
        self._speed = speed
        self._paused = False
        self._stopped = False
        self._stepping = False
        self._base_s = 0.0
        self._base_at = time.monotonic()

    @property
    def speed(self) -> float:
        """Call seconds per second; `MAX_SPEED` when nothing waits."""
        return self._speed

    @property
    def paused(self) -> bool:
        """True while time stands still."""
        return self._paused

    @property
    def stopped(self) -> bool:
        """True once somebody asked for the end."""
        return self._stopped

    @property
    def position_s(self) -> float:
        """Where the replay is, call time in seconds."""
        with self._changed:
            return self._now()

    def begin(self) -> None:
        """The call begins now; a pause asked for before holds."""
        with self._changed:
            self._rebase(0.0)
            self._changed.notify_all()

    def set_speed(self, speed: float) -> None:
        """Go on at another speed (above 0, `MAX_SPEED` for no waiting)."""
        with self._changed:
            self._rebase(self._now())
            self._speed = speed
            self._changed.notify_all()

    def pause(self) -> None:
        """Stand still; nothing that belongs to a later moment is handed on."""
        with self._changed:
            self._rebase(self._now())
            self._paused = True

    def resume(self) -> None:
        """Go on from where it stands."""
        with self._changed:
            self._rebase(self._now())
            self._paused = False
            self._stepping = False
            self._changed.notify_all()

    def step(self) -> None:
        """While paused: let time run until the next thing is said, then stand still again."""
        with self._changed:
            if self._paused:
                self._rebase(self._now())
                self._paused = False
                self._stepping = True
                self._changed.notify_all()

    def stop(self) -> None:
        """End the replay; a feeder that waits returns at once."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def said(self) -> None:
        """Told by the session after each final transcript: ends a step."""
        with self._changed:
            if self._stepping:
                self._rebase(self._now())
                self._stepping = False
                self._paused = True

    def wait_until(self, at_s: float) -> bool:
        """Block until call time `at_s`; False when the replay was stopped instead."""
        with self._changed:
            while not self._stopped:
                if not self._paused:
                    if self._speed == MAX_SPEED:
                        self._rebase(max(self._base_s, at_s))
                        return True
                    left_s = at_s - self._now()
                    if left_s <= 0:
                        return True
                    self._changed.wait(min(left_s / self._speed, LONGEST_WAIT_S))
                else:
                    self._changed.wait()
            return False

    def _now(self) -> float:
        if self._paused or self._speed == MAX_SPEED:
            return self._base_s
        return self._base_s + (time.monotonic() - self._base_at) * self._speed

    def _rebase(self, at_s: float) -> None:
        self._base_s = at_s
        self._base_at = time.monotonic()


@dataclass(frozen=True, slots=True)
class _End:
    """The feed is exhausted, or failed."""

    error: BaseException | None


class Session(Protocol):
    """One call being played: what a front end needs to know of it."""

    @property
    def info(self) -> CallInfo:
        """What is known before it plays."""

    @property
    def playback(self) -> Playback:
        """Its handles."""

    def run(self, sink: Callable[[Event], None]) -> FinishedCall | None:
        """Play to the end in the calling thread; None when stopped early.

        Every event goes to `sink`, in order, from the calling thread.

        Raises:
            ThatsRightError: the call could not be processed; nothing was saved.
        """


class CallSession:
    """Plays one call: a thread reads and paces it, the caller's thread understands it."""

    def __init__(
        self, info: CallInfo, feed: Feed, recogniser: Callable[[], Recogniser], book: PhraseBook
    ) -> None:
        """`recogniser` makes the recogniser when the call starts; a transcript never calls it."""
        self.info = info
        self.playback = Playback()
        self._feed = feed
        self._make_recogniser = recogniser
        self._recogniser: Recogniser | None = None
        self._engine = Engine(book)
        self._queue: queue.Queue[Fed | _End] = queue.Queue(QUEUED)
        self._kept: list[Event] = []
        self._end_s = 0.0

    def run(self, sink: Callable[[Event], None]) -> FinishedCall | None:
        """Play to the end; None when stopped early.

        Raises:
            ThatsRightError: the call could not be processed; nothing was saved.
        """
        if self.info.source is not Source.TRANSCRIPT:
            self._recogniser = self._make_recogniser()
        self.playback.begin()
        self._tell(sink, (CallStarted(self.info),))
        reader = threading.Thread(target=self._read, name="reader", daemon=True)
        reader.start()
        try:
            finished = self._listen(sink)
        finally:
            self.playback.stop()
            self._drain()
            reader.join()
        if not finished:
            return None
        self._tell(sink, self._engine.finish())
        duration_s = self.info.duration_s or round(self._end_s, 3)
        info = replace(self.info, duration_s=duration_s)
        summary = summarise(info, self._kept)
        sink(SummaryReady(summary))
        return FinishedCall(info, tuple(self._kept), summary)

    def _read(self) -> None:
        """In the reader's thread: everything the feed has, then how it ended."""
        try:
            for item in self._feed.items(self.playback.wait_until):
                self._queue.put(item)
                if self.playback.stopped:
                    break
        except BaseException as error:  # noqa: BLE001 - handed to the thread that can tell the user
            self._queue.put(_End(error))
        else:
            self._queue.put(_End(None))

    def _listen(self, sink: Callable[[Event], None]) -> bool:
        """Understand what was read; False when stopped early."""
        while True:
            item = self._queue.get()
            if self.playback.stopped:
                return False
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return True
            events = self._understand(item)
            self._tell(sink, events)
            if any(isinstance(event, Transcript) and event.final for event in events):
                self.playback.said()

    def _understand(self, item: Fed) -> tuple[Event, ...]:
        if isinstance(item, CallWarning):
            return (item,)
        heard = self._recognised(item) if isinstance(item, Utterance) else item
        self._end_s = max(self._end_s, heard.end_s if isinstance(heard, Transcript) else heard.at_s)
        return self._engine.step(heard)

    def _recognised(self, utterance: Utterance) -> Heard:
        if self._recogniser is None:
            raise RuntimeError("a transcript holds no sound")
        said = self._recogniser.recognise(utterance)
        return said or SpeechDropped(utterance.speaker, round(seconds(utterance.end_sample), 3))

    def _tell(self, sink: Callable[[Event], None], events: Iterable[Event]) -> None:
        for event in events:
            if not isinstance(event, CallStarted | SpeechOpened | SpeechDropped) and not (
                isinstance(event, Transcript) and not event.final
            ):
                self._kept.append(event)
            sink(event)

    def _drain(self) -> None:
        """Let a reader that waits for room in the queue go on to its end."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._queue.get_nowait()
