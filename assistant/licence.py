"""Whether they have let me go to terms, price, close or the next step. Pure.

What I say may sound like moving on (`assistant.signals.costs.moves_on`); whether that is too early
depends on what stood before: a true "that's right", a wish or an offer of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from assistant.model import SignalKind, Speaker
from assistant.signals.costs import asks_for_terms, goes_on
from assistant.signals.moves import Asks
from assistant.signals.remarks import read_remarks
from assistant.text import words_of

if TYPE_CHECKING:
    from assistant.dialogue import Dialogue
    from assistant.model import Signal, Transcript
    from assistant.phrases import PhraseBook

LITTLE: Final = 6
"""So many words say little more than yes."""

LICENSED_FOR: Final = 2
"""Turns of theirs after which a wish or an offer of theirs no longer lets me go to terms."""

_HANDS_BACK: Final = frozenset(
    {SignalKind.NO_ORIENTED_QUESTION, SignalKind.RESET, SignalKind.PRESSURE}
)
"""A turn of mine with one of these leaves it to them whether to go on, or is worse than early."""

_UNDERSTOOD: Final = frozenset({SignalKind.THATS_RIGHT, SignalKind.NO_ORIENTED_AGREEMENT})
_NOT_UNDERSTOOD: Final = frozenset(
    {
        SignalKind.YOURE_RIGHT,
        SignalKind.QUALIFIED_AGREEMENT,
        SignalKind.CORRECTION,
        SignalKind.PUSHBACK,
    }
)
_PICTURES: Final = frozenset({SignalKind.LABEL, SignalKind.SUMMARY})


@dataclass(frozen=True, slots=True)
class Licence:
    """What they have said of my picture of them."""

    answered: bool = False
    """They have said something."""
    understood: bool = False
    """What they last said of it was "that's right"."""

    def after(self, signal: Signal) -> Licence:
        """After one more signal."""
        empty = signal.kind is SignalKind.BARE_YES and signal.after in _PICTURES
        if signal.kind in _UNDERSTOOD:
            return replace(self, understood=True)
        if signal.kind in _NOT_UNDERSTOOD or empty:
            return replace(self, understood=False)
        return self

    def too_early(self, book: PhraseBook, dialogue: Dialogue) -> bool:
        """Nothing they said lets me go to terms: no true agreement, no wish or offer of theirs."""
        theirs = [t for t in dialogue.turns if t.speaker is Speaker.THEM][-LICENSED_FOR:]
        move = dialogue.move
        if not self.answered or self.understood:
            return False
        if move is not None and any(f.kind in _HANDS_BACK for f in move.findings):
            return False
        return not any(
            asks_for_terms(book, turn.read())
            or SignalKind.OFFER in {f.kind for f in read_remarks(book, turn.read(), None)}
            for turn in theirs
        )


def little_said(before: Dialogue, now: Dialogue) -> bool:
    """To a picture of mine they said a few words, and I now ask for no other."""
    move, theirs = before.move, before.last_of(Speaker.THEM)
    if move is None or move.asks is not Asks.PICTURE:
        return False
    if now.move is not None and now.move.asks in {Asks.OPEN, Asks.FACT}:
        return False
    return theirs is None or len(words_of(theirs.text)) <= LITTLE


def last_sentence(book: PhraseBook, utterances: tuple[Transcript, ...]) -> tuple[Transcript, ...]:
    """The last utterance, with the one before it when a pause cut the sentence in two."""
    if len(utterances) > 1:
        one, other = utterances[-2:]
        if goes_on(book, one.text, other.text, question=False):
            return (replace(other, text=f"{one.text.rstrip(' .')} {other.text}"),)
    return utterances[-1:]
