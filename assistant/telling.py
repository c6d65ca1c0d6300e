"""Findings become events: signals with numbers, states, prompts. Pure.

The only place that counts signals and prompts of a call.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from assistant import prompts
from assistant import subjects as talked_of
from assistant.model import (
    Event,
    PromptDeclined,
    PromptsMuted,
    PromptUsed,
    Signal,
    SignalKind,
    Speaker,
)
from assistant.signals.costs import HANDS_OVER
from assistant.signals.findings import SHOWN_FROM
from assistant.signals.stalling import Stalling
from assistant.subjects import Place, Subjects
from assistant.verdicts import Verdicts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.model import ByHand, Transcript
    from assistant.phrases import PhraseBook
    from assistant.signals.findings import Finding
    from assistant.signals.matters import Matters, Point
    from assistant.signals.stalling import Ask
    from assistant.text import Piece


CERTAIN: Final = 0.95
"""From here on it needs no mention that who spoke is not quite certain."""


@dataclass(frozen=True, slots=True)
class Told:
    """A finding with the words it was made on."""

    finding: Finding
    heard: Transcript
    revises: Signal | None = None
    after: SignalKind | None = None
    """Kind of my turn it answers."""
    point: Point | None = None
    """What was passed over."""


def as_sure_as_who_spoke(told: Told) -> Told | None:
    """A finding is as sure as its words are the speaker's; None when too little is left of it."""
    sure = told.heard.speaker_confidence
    if sure is None:
        return told
    finding = told.finding
    confidence = round(finding.confidence * sure, 3)
    if confidence < SHOWN_FROM:
        return None
    reasons = finding.reasons
    if sure < CERTAIN:
        doubt = "it is uncertain who spoke:" if told.heard.doubtful_speaker else "who spoke is"
        reasons = (*reasons, f"{doubt} {sure:.2f} of 1 sure")
    return replace(told, finding=replace(finding, confidence=confidence, reasons=reasons))


@dataclass(slots=True)
class Teller:
    """What was told of one call so far."""

    book: PhraseBook
    verdicts: Verdicts = field(default_factory=Verdicts)
    subjects: Subjects = field(default_factory=Subjects)
    _prompter: prompts.Prompter = field(default_factory=prompts.Prompter)
    _stalling: Stalling = field(default_factory=Stalling)
    _signals: int = 0
    _mine: tuple[Signal, ...] = ()
    """My tools of the last turn of mine that used any, by kind at most one."""
    _places: dict[int, Place] = field(default_factory=dict)
    """Where the last signals found the talk, by number."""

    def mention(self, said: tuple[Piece, ...], speaker: Speaker) -> None:
        """Somebody spoke of something."""
        self.subjects = talked_of.mention(self.book, self.subjects, said, speaker)

    def used(self, my_words: str, at_s: float) -> PromptUsed | None:
        """Whether what I just said uses the prompt shown last."""
        self._prompter, used = prompts.notice(self._prompter, my_words, at_s)
        return used

    def by_hand(self, event: ByHand) -> tuple[Event, ...]:
        """The user said with a key what they think of a prompt, or noted something."""
        match event:
            case PromptUsed(prompt=number):
                self._prompter = prompts.use(self._prompter, number)
            case PromptDeclined():
                self._prompter = prompts.decline(self._prompter, event)
            case PromptsMuted(on=on):
                self._prompter = replace(self._prompter, muted=on)
        return (event,)

    def my_turn(self) -> None:
        """A new turn of mine begins: what I did before is answered."""
        self._mine = ()

    def asked(self, ask: Ask, heard: Transcript) -> tuple[Event, ...]:
        """I asked them for something."""
        self._stalling, finding = self._stalling.asked(ask, self.book.limits)
        if finding is None:
            return ()
        return self.tell([Told(finding, heard)], heard.end_s)

    def granted(self) -> None:
        """They did not refuse what I asked for last."""
        self._stalling = self._stalling.granted()

    def lull(self, now_s: float, matters: Matters) -> tuple[Event, ...]:
        """Nobody speaks: what was to be said after a silence is due."""
        self._prompter, prompt = prompts.after_silence(
            self.book, self._prompter, prompts.Filling(self.subjects.sayable, matters.names), now_s
        )
        return (prompt,) if prompt else ()

    def tell(
        self, found: Sequence[Told], now_s: float, matters: Matters | None = None
    ) -> tuple[Event, ...]:
        """The events of what was found together; `now_s` is the call time reached."""
        found = [t for t in found if self.verdicts.allow(t.finding, t.heard)]
        if not found:
            return ()
        signals: list[Signal] = []
        events: list[Event] = []
        for told in found:
            signal = self._signal(told)
            signals.append(signal)
            events.append(signal)
            was = self._places.get(signal.revises) if signal.revises is not None else None
            kept = list(self._places.items())[-4:]
            self._places = {**dict(kept), signal.id: was or self.subjects.place}
            self.subjects, changed = talked_of.move(self.subjects, signal, was)
            if changed is not None:
                events.append(changed)
        for signal, told in zip(tuple(signals), found, strict=True):
            self._stalling, finding = self._stalling.after(signal, self.book.limits)
            if finding is not None and self.verdicts.allow(finding, told.heard):
                stalled = self._signal(Told(finding, told.heard))
                signals.append(stalled)
                events.append(stalled)
        label = next((t.point.label for t in found if t.point is not None), "")
        filling = prompts.Filling(
            self.subjects.sayable, matters.names if matters is not None else (), label
        )
        self._prompter, prompt = prompts.propose(self.book, self._prompter, signals, filling, now_s)
        return (*events, *((prompt,) if prompt else ()))

    def _signal(self, told: Told) -> Signal:
        self._signals += 1
        finding, heard = told.finding, told.heard
        theirs = heard.speaker is Speaker.THEM
        answered = next((s for s in self._mine if s.kind is told.after), None) if theirs else None
        signal = Signal(
            id=self._signals,
            kind=finding.kind,
            speaker=heard.speaker,
            at_s=heard.end_s,
            start_s=heard.start_s,
            end_s=heard.end_s,
            confidence=finding.confidence,
            quote=finding.quote,
            rule=finding.rule,
            after=told.after if theirs else None,
            revises=told.revises.id if told.revises is not None else None,
            answers=answered.id if answered is not None else None,
            reasons=finding.reasons,
        )
        if not theirs and signal.kind in HANDS_OVER:
            self._mine = (*self._mine, signal)
        return signal
