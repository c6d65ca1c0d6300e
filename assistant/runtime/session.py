"""One call being played: a thread reads and paces it, two decode, the caller's understands it."""

from __future__ import annotations

import contextlib
import queue
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from assistant.anew import corrected
from assistant.engine import Engine
from assistant.hearing import Hearing
from assistant.legs import WordRate
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
from assistant.overlaps import marked
from assistant.runtime.decoders import THREADS, Answer, Decoders
from assistant.runtime.ears import Ears, how_they_said_it, whose_voice
from assistant.runtime.hands import (
    ByHandWish,
    ISpeak,
    Legs,
    OffRecord,
    Record,
    Sides,
    Swap,
    Wish,
    silenced,
)
from assistant.runtime.playback import Playback
from assistant.summary import summarise
from audio.types import Block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from assistant.endpoints import EndpointPolicy
    from assistant.feeds import Fed, Feed
    from assistant.model import ByHand, CallInfo, Event, Heard
    from assistant.phrases import PhraseBook
    from assistant.runtime.ears import Recognisers
    from assistant.runtime.hands import LegState
    from assistant.runtime.protocols import Keeper
    from assistant.splitting import Splitter
    from audio.listener import Listener
    from audio.speakers import Embedder

QUEUED: Final = 32
"""What was read and waits to be heard; a reader that is further ahead waits."""


@dataclass(frozen=True, slots=True)
class Apart:
    """What tells two voices on one leg apart."""

    splitter: Splitter
    embedder: Embedder


@dataclass(frozen=True, slots=True)
class _End:
    """The feed is exhausted, or failed."""

    error: BaseException | None


_Inbox: TypeAlias = "queue.SimpleQueue[Fed | Answer | Wish | _End]"


class CallSession:
    """Plays one call."""

    def __init__(
        self,
        info: CallInfo,
        feed: Feed,
        recognisers: Recognisers,
        book: PhraseBook,
        ears: Callable[[], tuple[Listener, EndpointPolicy]] | None = None,
    ) -> None:
        """`ears` are made when the call starts; a transcript has none."""
        self._apart: Apart | None = None
        self.info = info
        self.playback = Playback()
        self._feed = feed
        self._recognisers = recognisers
        self._make_ears = ears
        self._book = book
        self._engine = Engine(book)
        self._inbox: _Inbox = queue.SimpleQueue()
        self._room = threading.BoundedSemaphore(QUEUED)
        self._owed = 0
        """Places in the queue that are not given back yet."""
        self._kept: list[Event] = []
        self._end_s = 0.0
        self._keeper: Keeper | None = None
        self._sides = Sides()
        self._legs = Legs(info.speakers if ears is not None else ())
        self._record = Record()
        self._word_rate = WordRate() if info.source is Source.LIVE else None

    @property
    def legs(self) -> tuple[LegState, ...]:
        """How each leg is heard just now."""
        named = self._sides.named
        return tuple(replace(leg, speaker=named(leg.speaker)) for leg in self._legs.states)

    @property
    def off_record(self) -> bool:
        """True while nothing is heard."""
        return self._record.off

    @property
    def one_microphone(self) -> bool:
        """True when both sides are heard by one microphone, so that the user can say who speaks."""
        return self._apart is not None and self.info.source is Source.LIVE

    @property
    def claimed(self) -> bool:
        """True while what is heard is mine because the user said so."""
        return self._apart is not None and self._apart.splitter.claimed

    def by_hand(self, event: ByHand) -> None:
        """The user used or declined a prompt, or noted something."""
        self._inbox.put(ByHandWish(event))

    def swap_sides(self) -> None:
        """From the next words on."""
        self._inbox.put(Swap())

    def i_speak(self, *, on: bool) -> None:
        """It is me who speaks, until this utterance ends; or no longer."""
        self._inbox.put(ISpeak(on))

    def go_off_record(self, *, on: bool) -> None:
        """Hear nothing, or hear again."""
        self._inbox.put(OffRecord(on))

    def keep_with(self, keeper: Keeper) -> None:
        """Hand what is kept of the call to `keeper` too; to be said before it runs."""
        self._keeper = keeper

    def tell_apart_with(self, apart: Apart) -> None:
        """Two voices are on the one leg there is; to be said before it runs."""
        self._apart = apart
        self._sides = Sides(all_along=True)

    def run(self, sink: Callable[[Event], None]) -> FinishedCall | None:
        """Play to the end; None when stopped early.

        Raises:
            ThatsRightError: the call could not be processed; nothing was saved.
        """
        live = self.info.source is Source.LIVE
        ears = None if live else self._ears()
        self.playback.begin()
        self._tell(sink, (CallStarted(self.info),))
        reader = threading.Thread(target=self._read, name="reader", daemon=True)
        reader.start()
        try:
            if live:  # what is said while the speech model is loaded waits
                ears = self._ears()
            finished = self._listen(sink, ears)
        finally:
            self.playback.stop()
            self._give_back(everything=True)
            reader.join()
            if ears is not None:
                ears.decoders.close()
        if not finished:
            return None
        self._tell(sink, self._engine.finish())
        duration_s = self.info.duration_s or round(self._end_s, 3)
        info = replace(self.info, duration_s=duration_s)
        kept = marked(self._corrected())
        summary = summarise(info, kept)
        sink(SummaryReady(summary))
        return FinishedCall(info, kept, summary)

    def _corrected(self) -> tuple[Event, ...]:
        """What is kept; what was said before it was known whose voice is whose is put right."""
        if self._apart is None:
            return tuple(self._kept)
        label = self._sides.named
        instead: dict[Transcript, tuple[Transcript, ...]] = {
            heard: tuple(replace(each, speaker=label(each.speaker)) for each in said)
            for heard, said in self._apart.splitter.corrections().items()
        }
        instead |= {heard: (right,) for heard, right in self._sides.mistaken().items()}
        if not instead:
            return tuple(self._kept)
        return corrected(self._kept, instead, self._book)

    # ---- in the reader's thread ---------------------------------------------------------------

    def _read(self) -> None:
        """Everything the feed has, then how it ended."""
        try:
            for item in self._feed.items(self.playback.wait_until):
                self._room.acquire()
                if self.playback.stopped:
                    break
                self._inbox.put(item)
        except BaseException as error:  # noqa: BLE001 - handed to the thread that can tell the user
            self._inbox.put(_End(error))
        else:
            self._inbox.put(_End(None))

    # ---- in the caller's thread ---------------------------------------------------------------

    def _ears(self) -> Ears | None:
        if self._make_ears is None:
            return None
        recogniser = self._recognisers.make()
        listener, policy = self._make_ears()
        threads = 1 if self._recognisers.sparing else THREADS
        apart = self._apart
        place = None if apart is None else whose_voice(apart.embedder)
        decoders = Decoders(recogniser, self._inbox.put, how_they_said_it, threads, place)
        hearing = Hearing(listener, policy, None if apart is None else apart.splitter)
        return Ears(hearing, decoders, self._recognisers, self.playback, split=apart is not None)

    def _listen(self, sink: Callable[[Event], None], ears: Ears | None) -> bool:
        """Understand what was read; False when stopped early."""
        over = False
        while not (over and (ears is None or ears.done)):
            item = self._inbox.get()
            if self.playback.stopped:
                return False
            if isinstance(item, Wish):
                self._obey(sink, item)
                continue
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                over = True
                heard = () if ears is None else ears.finish()
            else:
                heard = self._hear(item, ears)
            self._owed += not isinstance(item, Answer | _End)
            if ears is None or not ears.full:
                self._give_back()
            for each in heard:
                self._understand(sink, each)
        return True

    def _hear(self, item: Fed | Answer, ears: Ears | None) -> tuple[Heard | CallWarning, ...]:
        match item:
            case Answer(error=BaseException() as error):
                raise error
            case Answer() | Block():
                if ears is None:
                    raise RuntimeError("a transcript holds no sound")
                return ears.hear(self._let_in(item))
        return (item,)

    def _let_in(self, item: Block | Answer) -> Block | Answer:
        """Sound as it is to be heard."""
        if not isinstance(item, Block):
            return item
        self._legs.heard(item)
        return silenced(item) if self.off_record else item

    def _obey(self, sink: Callable[[Event], None], wish: Wish) -> None:
        now_s, words = round(self.playback.position_s, 3), ""
        match wish:
            case ByHandWish(event):
                self._tell(sink, self._engine.by_hand(event))
                return
            case Swap():
                words = self._sides.swap()
            case ISpeak(on):
                self._claim(now_s, on=on)
            case OffRecord(on):
                words = self._record.turn(now_s, off=on)
        self._tell(sink, (CallWarning(words, now_s),) if words else ())

    def _claim(self, now_s: float, *, on: bool) -> None:
        if self._apart is None:
            return
        if on:  # what the splitter says is turned round again while sides are swapped
            self._apart.splitter.claim(now_s, mine=not self._sides.swapped)
        else:
            self._apart.splitter.let_go(now_s)

    def _understand(self, sink: Callable[[Event], None], heard: Heard | CallWarning) -> None:
        if isinstance(heard, CallWarning):
            self._tell(sink, (heard,))
            return
        final = isinstance(heard, Transcript) and heard.final
        if not isinstance(heard, Transcript) or final:
            at_s = heard.end_s if isinstance(heard, Transcript) else heard.at_s
            self._end_s = max(self._end_s, at_s)
        self._tell(sink, self._engine.step(self._sides.label(heard)))
        few = None if self._word_rate is None else self._word_rate.heard(heard)
        if few is not None:
            self._tell(sink, (few,))
        if final:
            self.playback.said()

    def _tell(self, sink: Callable[[Event], None], events: Iterable[Event]) -> None:
        for event in events:
            self._hand_on(sink, event)
        if self._keeper is not None:
            for warning in self._keeper.passed(round(self.playback.position_s, 3)):
                self._hand_on(sink, warning)

    def _hand_on(self, sink: Callable[[Event], None], event: Event) -> None:
        if not isinstance(event, CallStarted | SpeechOpened | SpeechDropped) and not (
            isinstance(event, Transcript) and not event.final
        ):
            self._kept.append(event)
            if self._keeper is not None:
                self._keeper.keep(event)
        sink(event)

    def _give_back(self, *, everything: bool = False) -> None:
        """Let the reader go on."""
        for _ in range(QUEUED if everything else self._owed):
            with contextlib.suppress(ValueError):  # more than there are
                self._room.release()
        self._owed = 0
