"""The engine: what is heard goes in, events come out. Pure; composes the pure parts.

`Engine.step` is given what was heard in call order and returns everything that follows from it. The
same input gives the same events, whoever feeds it and however fast.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from assistant import dialogue as talk
from assistant.licence import Licence, last_sentence, little_said
from assistant.model import (
    Event,
    Signal,
    SignalKind,
    Speaker,
    SpeechDropped,
    SpeechOpened,
    Tick,
    Transcript,
)
from assistant.signals.confidence import calibrated, said_with
from assistant.signals.costs import (
    HANDS_OVER,
    LONG_TURN_S,
    Holding,
    fills_silence,
    moves_on,
)
from assistant.signals.findings import REPLIES, SHOWN_FROM, Finding
from assistant.signals.heads import is_empty, is_listening
from assistant.signals.matters import Matters, unaddressed
from assistant.signals.moves import Asks, tools_in
from assistant.signals.remarks import read_remarks
from assistant.signals.replies import read_reply
from assistant.signals.stalling import ask_in, grants
from assistant.telling import Teller, Told, as_sure_as_who_spoke
from assistant.text import pieces
from assistant.verdicts import Verdicts

if TYPE_CHECKING:
    from assistant.model import ByHand, Heard
    from assistant.phrases import PhraseBook
    from assistant.signals.moves import Move
    from assistant.text import Piece

REVISED_WITHIN_S: Final = 3.0
"""More words within this of a reply may still change what it meant."""

BARE_AFTER_S: Final = 0.7
"""A yes is bare when nothing follows it for this long."""

TURN_OVER_S: Final = 2.0
"""My turn is over when neither of us speaks for this long."""

LULL_S: Final = 4.0
"""Silence after which what waits for one is said."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """The reply that is under way, and what it was taken for."""

    move: Move | None
    since_s: float
    """Call time at which it begins in its turn."""
    gap_s: float | None = None
    """From the end of my words to its first."""
    signal: Signal | None = None
    until_s: float = 0.0
    """Call time until which more words may revise it."""
    revised: bool = False


def _mocked(remarks: list[Told]) -> bool:
    """Who complains of not being heard in the same breath did not mean that I understood."""
    return any(t.finding.rule in {"not-listening", "told-you-already", "insulted"} for t in remarks)


@dataclass(slots=True)
class Engine:
    """One call's dialogue, read as it grows. Not to be shared between calls."""

    book: PhraseBook
    verdicts: Verdicts = field(default_factory=Verdicts)
    """What the user says of lines they heard before: it goes before the rules."""
    _floor: talk.Floor = field(default_factory=talk.Floor)
    _dialogue: talk.Dialogue = field(default_factory=talk.Dialogue)
    _holding: Holding = field(default_factory=Holding)
    _matters: Matters = field(default_factory=Matters)
    _answer: _Answer | None = None
    _waiting: tuple[Finding, Transcript] | None = None
    _now_s: float = 0.0
    _my_kinds: frozenset[SignalKind] = frozenset()
    _my_turn_open: bool = False
    """My last turn may still take up what they said."""
    _asked: bool = False
    """An ask in this turn of mine was counted."""
    _licence: Licence = field(default_factory=Licence)
    _their_remarks: frozenset[SignalKind] = frozenset()
    _teller: Teller = field(init=False)

    def __post_init__(self) -> None:
        self._teller = Teller(self.book, self.verdicts)

    def step(self, heard: Heard) -> tuple[Event, ...]:
        """Everything that follows from one more thing heard."""
        at_s = heard.end_s if isinstance(heard, Transcript) else heard.at_s
        self._now_s = max(self._now_s, at_s)
        match heard:
            case Tick(at_s):
                return (*self._settle(at_s), *self._lull(at_s))
            case SpeechOpened(speaker, at_s):
                self._floor = self._floor.opened(speaker, at_s)
                settled = self._settle(at_s) if speaker is Speaker.ME else ()
                return (*settled, heard)
            case SpeechDropped(speaker, at_s):
                self._floor = self._floor.closed(speaker, nothing_until_s=at_s)
                return (heard, *self._release(speaker, at_s, said_on=False))
            case Transcript(final=False):
                return (heard,)
            case Transcript():
                return (heard, *self._final(heard))

    def by_hand(self, event: ByHand) -> tuple[Event, ...]:
        """Everything that follows from what the user said with a key."""
        return self._teller.by_hand(event)

    def finish(self) -> tuple[Event, ...]:
        """What was still waiting for the other to go on, now that the call is over."""
        held, self._floor = self._floor.held, talk.Floor()
        released = [event for words in held for event in self._take(words)]
        return (*released, *self._settle(float("inf")), *self._close_my_turn())

    # ---- who has the floor ------------------------------------------------------------------

    def _final(self, heard: Transcript) -> tuple[Event, ...]:
        if heard.speaker is Speaker.UNKNOWN:
            self._floor = self._floor.closed(heard.speaker)
            return self._release(heard.speaker, heard.end_s, said_on=True)
        overlapping = self._floor.overlaps(heard)
        self._floor = self._floor.closed(heard.speaker)
        if overlapping:
            self._floor = replace(self._floor, held=(*self._floor.held, heard))
            return ()
        taken = self._take(heard)
        return (*taken, *self._release(heard.speaker, heard.end_s, said_on=True))

    def _release(self, speaker: Speaker, end_s: float, *, said_on: bool) -> tuple[Event, ...]:
        """`speaker` fell silent at `end_s`: what the other said meanwhile can be understood.

        Who was only cut at full length goes on speaking: what came just before the cut waits.
        """
        goes_on = said_on and self._floor.of(speaker) is not None
        due = tuple(
            h
            for h in self._floor.held
            if h.speaker is not speaker and (not goes_on or talk.kept_floor(h, end_s))
        )
        if not due:
            return ()
        rest = tuple(h for h in self._floor.held if h not in due)
        self._floor = replace(self._floor, held=rest)
        events: list[Event] = []
        for words in due:
            said = pieces(words.text)
            interjected = said_on and talk.kept_floor(words, end_s)
            empty = said_on and is_empty(self.book, said) and talk.began_over(words, end_s)
            if empty or (interjected and is_listening(self.book, said)):
                events.extend(self._owed(words))
                continue
            events.extend(self._take(words, interjected=interjected))
        return tuple(events)

    # ---- turns ------------------------------------------------------------------------------

    def _take(self, heard: Transcript, *, interjected: bool = False) -> tuple[Event, ...]:
        """Words that count: `interjected` ones were thrown in while the other spoke on."""
        return (*self._taken(heard, interjected=interjected), *self._owed(heard))

    def _owed(self, heard: Transcript) -> tuple[Event, ...]:
        """What the user says it was, where no rule found it."""
        return self._tell([self._told(f, heard) for f in self.verdicts.owed(heard)])

    def _taken(self, heard: Transcript, *, interjected: bool) -> tuple[Event, ...]:
        said = pieces(heard.text)
        if not said:
            return ()
        mine = heard.speaker is Speaker.ME
        settled = self._settle(heard.start_s) if mine else self._close_my_turn()
        last = self._dialogue.last
        fresh = last is None or last.speaker is not heard.speaker
        before = self._dialogue
        listening = is_listening(self.book, said)
        self._holding, long = self._holding.after(heard, self.book.limits, listening=listening)
        self._dialogue = talk.add(self.book, self._dialogue, heard)
        self._teller.mention(said, heard.speaker)
        if mine:
            return (*settled, *self._mine(heard, said, before, fresh=fresh, long=long))
        self._licence = replace(self._licence, answered=True)
        if self._asked and said and grants(self.book, said):
            self._asked = False
            self._teller.granted()
        self._matters = self._matters.theirs(self.book, said, heard.end_s, new_turn=fresh)
        if interjected:
            return (*settled, *self._tell(self._remarks(heard, None)))
        return (*settled, *self._theirs(heard, before, fresh=fresh))

    # ---- mine -------------------------------------------------------------------------------

    def _mine(
        self,
        heard: Transcript,
        said: tuple[Piece, ...],
        before: talk.Dialogue,
        *,
        fresh: bool,
        long: Finding | None,
    ) -> tuple[Event, ...]:
        self._answer = None
        joined = not fresh or self._dialogue.turns[-1].utterances[0] is not heard
        if not joined:
            self._my_kinds = frozenset()
            self._asked = False
            self._teller.my_turn()
        move = self._dialogue.move
        told = [Told(long, heard)] if long is not None else []
        if move is None or is_listening(self.book, said):
            return self._tell(told)
        self._my_turn_open = True
        now = tools_in(self.book, said) | {SignalKind.SUMMARY, SignalKind.MIRROR}
        found = [f for f in move.findings if f.kind in now and f.kind not in self._my_kinds]
        found += self._costs(heard, said, before, joined=joined)
        self._my_kinds |= {f.kind for f in found}
        used = self._teller.used(heard.text, heard.end_s)
        told += [Told(self._sure(f), heard) for f in found]
        asked: tuple[Event, ...] = ()
        ask = ask_in(self.book, said, move) if not joined or not self._asked else None
        if ask is not None:
            self._asked = True
            asked = self._teller.asked(ask, heard)
        return (*((used,) if used else ()), *self._tell(told), *asked)

    def _costs(
        self, heard: Transcript, said: tuple[Piece, ...], before: talk.Dialogue, *, joined: bool
    ) -> list[Finding]:
        """What my words cost me, if they do."""
        found: list[Finding] = []
        last = before.turns[-1].utterances[-1] if before.turns else None
        begun_s = before.turns[-1].start_s if before.turns else heard.start_s
        short = heard.start_s - begun_s <= LONG_TURN_S
        if joined and short and last is not None and last.speaker is Speaker.ME:
            stood = talk.read_together(last_sentence(self.book, before.turns[-1].utterances))
            filled = fills_silence(self.book, last, stood, heard, said)
            if filled is not None and SignalKind.FILLED_SILENCE not in self._my_kinds:
                found.append(filled)
        if SignalKind.PREMATURE_MOVE not in self._my_kinds:
            move = self._dialogue.move
            tools = [f.quote for f in move.findings if f.kind in HANDS_OVER] if move else []
            little = little_said(before, self._dialogue)
            early = moves_on(self.book, said, tools, after_little=little)
            if early is not None and self._licence.too_early(self.book, self._dialogue):
                found.append(early)
        return found

    def _close_my_turn(self) -> tuple[Event, ...]:
        """My turn is over: what of theirs has it passed over?"""
        turn = self._dialogue.last_of(Speaker.ME)
        if not self._my_turn_open or turn is None:
            return ()
        self._my_turn_open = False
        self._matters, point = self._matters.mine(
            self.book, turn.read(), self._dialogue.move, turn.end_s
        )
        if point is None:
            return ()
        return self._tell([Told(self._sure(unaddressed(point)), turn.utterances[-1], point=point)])

    # ---- theirs -----------------------------------------------------------------------------

    def _theirs(
        self, heard: Transcript, before: talk.Dialogue, *, fresh: bool
    ) -> tuple[Event, ...]:
        turn = self._dialogue.turns[-1]
        answer = self._answer
        if fresh or answer is None:
            gap_s = heard.start_s - before.move_end_s if before.move else None
            answer = _Answer(before.move_for(heard.start_s), heard.start_s, gap_s)
        elif answer.signal is not None and heard.start_s > answer.until_s:
            answer = _Answer(None, heard.start_s)
        self._waiting = None
        said = talk.read_together([u for u in turn.utterances if u.start_s >= answer.since_s])
        found = read_reply(self.book, said, answer.move)
        self._answer = answer
        remarks = self._remarks(heard, answer.move)
        if found is not None and found.kind is SignalKind.THATS_RIGHT and _mocked(remarks):
            found = None
        if found is not None:
            found = self._sure(said_with(found, heard.enthusiasm, answer.gap_s))
        if found is None or found.confidence < SHOWN_FROM:
            return self._tell(remarks)
        if answer.signal is not None:
            if found.kind is answer.signal.kind or answer.revised:
                return self._tell(remarks)
            return self._tell([self._told(found, heard, answer.signal), *remarks])
        if found.kind is SignalKind.BARE_YES:
            if before.answered(self.book):
                return self._tell(remarks)
            self._waiting = (found, heard)
            return self._tell(remarks)
        return self._tell([self._told(found, heard), *remarks])

    def _remarks(self, heard: Transcript, move: Move | None) -> list[Told]:
        """What they say that matters whatever I asked, each kind once a turn."""
        if self._dialogue.turns[-1].utterances == (heard,):
            self._their_remarks = frozenset()
        read = [
            self._sure(f)
            for f in read_remarks(self.book, pieces(heard.text), move, self._before(heard))
        ]
        found = [
            f for f in read if f.confidence >= SHOWN_FROM and f.kind not in self._their_remarks
        ]
        self._their_remarks |= {f.kind for f in found}
        return [self._told(f, heard) for f in found]

    def _before(self, heard: Transcript) -> str:
        """The last sentence of theirs before these words, in the same turn."""
        earlier = [u for u in self._dialogue.turns[-1].utterances if u.start_s < heard.start_s]
        read = pieces(earlier[-1].text) if earlier else ()
        return read[-1].normal.text if read else ""

    def _settle(self, now_s: float) -> tuple[Event, ...]:
        """A yes after which nothing came for a while was a bare one."""
        if self._waiting is None:
            return ()
        finding, heard = self._waiting
        early = now_s < heard.end_s + BARE_AFTER_S
        if early and self._floor.me is None:
            return ()
        move = self._answer.move if self._answer else None
        if early and move is not None and move.kind is None and move.asks is Asks.PICTURE:
            # I asked for nothing and went on: they only listened.
            self._waiting = None
            return ()
        if self._floor.them is not None and now_s != float("inf"):
            return ()
        self._waiting = None
        return self._tell([self._told(finding, heard)])

    def _lull(self, now_s: float) -> tuple[Event, ...]:
        """Nobody speaks."""
        last = self._dialogue.last
        if last is None or self._floor.me is not None or self._floor.them is not None:
            return ()
        silent_s = now_s - last.end_s
        closed = self._close_my_turn() if silent_s >= TURN_OVER_S else ()
        if silent_s < LULL_S or last.speaker is not Speaker.THEM:
            return closed
        return (*closed, *self._teller.lull(now_s, self._matters))

    # ---- out --------------------------------------------------------------------------------

    def _sure(self, finding: Finding) -> Finding:
        return calibrated(finding, self.book.levels.get(finding.kind, ()))

    def _told(self, finding: Finding, heard: Transcript, revises: Signal | None = None) -> Told:
        move = self._answer.move if self._answer else None
        return Told(finding, heard, revises, move.kind if move else None)

    def _tell(self, told: list[Told]) -> tuple[Event, ...]:
        told = [sure for t in told if (sure := as_sure_as_who_spoke(t)) is not None]
        if not told:
            return ()
        events = self._teller.tell(told, self._now_s, self._matters)
        for event in events:
            if isinstance(event, Signal):
                self._remember(event)
        return events

    def _remember(self, signal: Signal) -> None:
        """What the reply under way was taken for, so that more words may revise it."""
        answer = self._answer
        self._licence = self._licence.after(signal)
        if signal.kind is SignalKind.THATS_RIGHT:
            self._matters = self._matters.settled()
        if answer is not None and signal.speaker is Speaker.THEM and signal.kind in REPLIES:
            self._answer = replace(
                answer,
                signal=signal,
                until_s=signal.end_s + REVISED_WITHIN_S,
                revised=signal.revises is not None,
            )
