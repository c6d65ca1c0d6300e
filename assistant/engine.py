"""The engine: what is heard goes in, events come out. Pure; composes the pure parts.

`Engine.step` is given what was heard in call order and returns everything that follows from it. The
same input gives the same events, whoever feeds it and however fast.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from assistant import dialogue as talk
from assistant import prompts, subjects
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
from assistant.signals.findings import SHOWN_FROM, Finding
from assistant.signals.moves import read_move
from assistant.signals.remarks import read_remarks
from assistant.signals.replies import is_empty, is_listening, read_reply
from assistant.signals.stalling import Stalling
from assistant.text import pieces, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.model import Heard
    from assistant.phrases import PhraseBook
    from assistant.signals.moves import Move

REVISED_WITHIN_S: Final = 3.0
"""More words within this of a reply may still change what it meant."""

BARE_AFTER_S: Final = 0.7
"""A yes is bare when nothing follows it for this long."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """The reply that is under way, and what it was taken for."""

    move: Move | None
    since_s: float
    """Call time at which it begins in its turn."""
    signal: Signal | None = None
    found: subjects.Place | None = None
    """Where the signal found the talk."""
    until_s: float = 0.0
    """Call time until which more words may revise it."""
    revised: bool = False


@dataclass(slots=True)
class Engine:
    """One call's dialogue, read as it grows. Not to be shared between calls."""

    book: PhraseBook
    _floor: talk.Floor = field(default_factory=talk.Floor)
    _dialogue: talk.Dialogue = field(default_factory=talk.Dialogue)
    _subjects: subjects.Subjects = field(default_factory=subjects.Subjects)
    _prompter: prompts.Prompter = field(default_factory=prompts.Prompter)
    _stalling: Stalling = field(default_factory=Stalling)
    _answer: _Answer | None = None
    _waiting: tuple[Finding, Transcript] | None = None
    _signals: int = 0
    _now_s: float = 0.0
    _my_kinds: frozenset[SignalKind] = frozenset()
    _their_remarks: frozenset[SignalKind] = frozenset()

    def step(self, heard: Heard) -> tuple[Event, ...]:
        """Everything that follows from one more thing heard."""
        at_s = heard.end_s if isinstance(heard, Transcript) else heard.at_s
        self._now_s = max(self._now_s, at_s)
        match heard:
            case Tick(at_s):
                return self._settle(at_s)
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

    def finish(self) -> tuple[Event, ...]:
        """What was still waiting for the other to go on, now that the call is over."""
        held, self._floor = self._floor.held, talk.Floor()
        released = [event for words in held for event in self._take(words)]
        return (*released, *self._settle(float("inf")))

    # ---- who has the floor ------------------------------------------------------------------

    def _final(self, heard: Transcript) -> tuple[Event, ...]:
        if heard.speaker is Speaker.UNKNOWN:
            return ()
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
            if interjected and is_listening(self.book, said):
                continue
            if said_on and is_empty(self.book, said) and talk.began_over(words, end_s):
                continue
            events.extend(self._take(words, interjected=interjected))
        return tuple(events)

    # ---- turns ------------------------------------------------------------------------------

    def _take(self, heard: Transcript, *, interjected: bool = False) -> tuple[Event, ...]:
        """Words that count: `interjected` ones were thrown in while the other spoke on."""
        if not words_of(heard.text):
            return ()
        settled = self._settle(heard.start_s) if heard.speaker is Speaker.ME else ()
        last = self._dialogue.last
        fresh = last is None or last.speaker is not heard.speaker
        before = self._dialogue
        self._dialogue = talk.add(self.book, self._dialogue, heard)
        self._subjects = subjects.mention(self.book, self._subjects, pieces(heard.text))
        if heard.speaker is Speaker.ME:
            return (*settled, *self._mine(heard, fresh=fresh))
        if interjected:
            return (*settled, *self._tell(self._remarks(heard, None)))
        return (*settled, *self._theirs(heard, before, fresh=fresh))

    def _mine(self, heard: Transcript, *, fresh: bool) -> tuple[Event, ...]:
        self._answer = None
        if fresh:
            self._my_kinds = frozenset()
        move = self._dialogue.move
        said = pieces(heard.text)
        if move is None or is_listening(self.book, said):
            return ()
        alone = read_move(self.book, said, ())
        now = {f.kind for f in alone.findings} | {SignalKind.SUMMARY, SignalKind.MIRROR}
        new = [f for f in move.findings if f.kind in now and f.kind not in self._my_kinds]
        self._my_kinds |= {f.kind for f in new}
        self._prompter, used = prompts.notice(self._prompter, heard.text, heard.end_s)
        events = self._tell([(f, heard, None) for f in new])
        return (*((used,) if used else ()), *events)

    def _theirs(
        self, heard: Transcript, before: talk.Dialogue, *, fresh: bool
    ) -> tuple[Event, ...]:
        turn = self._dialogue.turns[-1]
        answer = self._answer
        if fresh or answer is None:
            answer = _Answer(before.move_for(heard.start_s), heard.start_s)
        elif answer.signal is not None and heard.start_s > answer.until_s:
            answer = _Answer(None, heard.start_s)
        self._waiting = None
        said = talk.read_together([u for u in turn.utterances if u.start_s >= answer.since_s])
        found = read_reply(self.book, said, answer.move)
        remarks = self._remarks(heard, answer.move)
        self._answer = answer
        if found is None or found.confidence < SHOWN_FROM:
            return self._tell(remarks)
        if answer.signal is not None:
            if found.kind is answer.signal.kind or answer.revised:
                return self._tell(remarks)
            return self._tell([(found, heard, answer.signal.id), *remarks])
        if found.kind is SignalKind.BARE_YES:
            self._waiting = (found, heard)
            return self._tell(remarks)
        return self._tell([(found, heard, None), *remarks])

    def _remarks(
        self, heard: Transcript, move: Move | None
    ) -> list[tuple[Finding, Transcript, int | None]]:
        """What they say that matters whatever I asked, each kind once a turn."""
        if self._dialogue.turns[-1].utterances == (heard,):
            self._their_remarks = frozenset()
        found = [
            f
            for f in read_remarks(self.book, pieces(heard.text), move)
            if f.confidence >= SHOWN_FROM and f.kind not in self._their_remarks
        ]
        self._their_remarks |= {f.kind for f in found}
        return [(f, heard, None) for f in found]

    def _settle(self, now_s: float) -> tuple[Event, ...]:
        """A yes after which nothing came for a while was a bare one."""
        if self._waiting is None:
            return ()
        finding, heard = self._waiting
        if now_s < heard.end_s + BARE_AFTER_S and self._floor.me is None:
            return ()
        if self._floor.them is not None and now_s != float("inf"):
            return ()
        self._waiting = None
        return self._tell([(finding, heard, None)])

    # ---- out --------------------------------------------------------------------------------

    def _tell(self, found: Sequence[tuple[Finding, Transcript, int | None]]) -> tuple[Event, ...]:
        signals = [self._signal(finding, heard, revises) for finding, heard, revises in found]
        events: list[Event] = []
        for signal in signals:
            events.append(signal)
            was = self._answer.found if self._answer and signal.revises is not None else None
            self._remember(signal)
            self._subjects, changed = subjects.move(self._subjects, signal, was)
            if changed is not None:
                events.append(changed)
        for signal in tuple(signals):
            self._stalling, finding = self._stalling.after(signal)
            if finding is not None:
                stalled = self._signal(finding, found[0][1], None)
                signals.append(stalled)
                events.append(stalled)
        self._prompter, prompt = prompts.propose(
            self.book, self._prompter, signals, self._subjects.named, self._now_s
        )
        return (*events, *((prompt,) if prompt else ()))

    def _remember(self, signal: Signal) -> None:
        """What the reply under way was taken for, so that more words may revise it."""
        answer = self._answer
        replies = {
            SignalKind.THATS_RIGHT,
            SignalKind.YOURE_RIGHT,
            SignalKind.BARE_YES,
            SignalKind.QUALIFIED_AGREEMENT,
            SignalKind.FACTUAL_CONFIRMATION,
            SignalKind.NO_ORIENTED_AGREEMENT,
            SignalKind.CORRECTION,
        }
        if answer is not None and signal.speaker is Speaker.THEM and signal.kind in replies:
            self._answer = _Answer(
                answer.move,
                answer.since_s,
                signal,
                self._subjects.place,
                signal.end_s + REVISED_WITHIN_S,
                revised=signal.revises is not None,
            )

    def _signal(self, finding: Finding, heard: Transcript, revises: int | None) -> Signal:
        self._signals += 1
        move = self._answer.move if self._answer else None
        return Signal(
            id=self._signals,
            kind=finding.kind,
            speaker=heard.speaker,
            at_s=heard.end_s,
            start_s=heard.start_s,
            end_s=heard.end_s,
            confidence=finding.confidence,
            quote=finding.quote,
            rule=finding.rule,
            after=move.kind if move and heard.speaker is Speaker.THEM else None,
            revises=revises,
        )
