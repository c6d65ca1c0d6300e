"""What shows only over several turns: agreement with nothing behind it, the same ask again. Pure.

The source calls it "forcing the issue"; the answer to it is a reset.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from assistant.model import SignalKind
from assistant.signals.findings import Finding
from assistant.signals.moves import Asks
from assistant.text import stem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assistant.model import Signal
    from assistant.phrases import PhraseBook
    from assistant.phrases.book import Limits
    from assistant.signals.moves import Move
    from assistant.text import Piece

WISHY_WASHY: Final = frozenset(
    {
        SignalKind.YOURE_RIGHT,
        SignalKind.BARE_YES,
        SignalKind.QUALIFIED_AGREEMENT,
        SignalKind.DEFERRAL,
    }
)
STALLED_AFTER: Final = 2
"""So many of them with no "that's right" between (SIGNALS: of the dialogue)."""

RESISTANCE: Final = frozenset({SignalKind.PRESSURE, SignalKind.PUSHBACK})
RESISTED_WITHIN_S: Final = 180.0
"""Older resistance is of another part of the talk."""

LOOSENS: Final = frozenset({SignalKind.THATS_RIGHT, SignalKind.RESET, SignalKind.OFFER})
"""After these nothing is stalled."""

SAME_ASK: Final = 0.5
"""Share of the lesser ask's weight that two of them have in common."""

LEAST_SAME: Final = 2
"""Weight of what they have in common, at least: a number, or two words."""

ASKS_KEPT: Final = 8

_NO_ASK: Final = frozenset(
    {
        SignalKind.LABEL,
        SignalKind.SUMMARY,
        SignalKind.MIRROR,
        SignalKind.RESET,
        SignalKind.ACCUSATION_AUDIT,
        SignalKind.NO_ORIENTED_QUESTION,
    }
)
_BUT: Final = re.compile(r"\b(?:but|still|however|even so|all the same)\b")
_YOU: Final = re.compile(r"\b(?:you|your|youre|youve|youd)\b")
_SMALL: Final = frozenset(stem(w) for w in ("one", "first", "second", "half", "two"))


@dataclass(frozen=True, slots=True)
class Ask:
    """Something I want of them, whether I asked for it or said that I need it."""

    about: frozenset[str]
    """Stems of what it is about."""
    numbers: frozenset[str]
    """Those of them that are numbers and dates."""
    outright: bool
    """Its words ask; otherwise it is one only when it comes back to an ask."""
    quote: str

    def same(self, other: Ask) -> bool:
        """True when both want the same, in whatever words."""
        if self.about == other.about:
            return True
        shared = _weight(self.about & other.about, self.numbers)
        least = min(_weight(a.about, a.numbers) for a in (self, other))
        return shared >= LEAST_SAME and shared >= SAME_ASK * least


def _weight(stems: Iterable[str], numbers: frozenset[str]) -> int:
    return sum(2 if s in numbers and s not in _SMALL else 1 for s in stems)


def ask_in(book: PhraseBook, said: tuple[Piece, ...], move: Move) -> Ask | None:
    """What I want of them in these words; None when it cannot be an ask."""
    if move.kind in _NO_ASK - {SignalKind.LABEL}:
        return None
    pictures = [f.quote for f in move.findings if f.kind in _NO_ASK]
    # "I hear you, but sixty days is what I need": said to get on, not to show a picture.
    said = tuple(
        p
        for p in said
        if not any(p.original in q for q in pictures)
        or _BUT.search(p.normal.text)
        or not _YOU.search(p.normal.text)
    )
    if not said:
        return None
    asking = [p for p in said if book.context.asks_for.found_in(p.normal.text)]
    if move.kind is SignalKind.LABEL and not asking:
        return None
    if not asking and move.asks is Asks.PROPOSAL:
        asking = [said[-1]]
    words = {w for p in asking or said for w in p.normal.words}
    numbers = {w for w in words if book.context.number.fullmatch(w)}
    about = {w for w in words if w not in book.topics.grammar} | numbers
    counted = frozenset(stem(w) for w in numbers)
    stems = frozenset(stem(w) for w in about) - (book.topics.light - counted)
    if not stems:
        return None
    return Ask(stems, counted, bool(asking), (asking or said)[-1].original)


@dataclass(frozen=True, slots=True)
class Stalling:
    """How often nothing moved, since the last thing that did."""

    count: int = 0
    """Wishy-washy replies."""
    resisted_s: tuple[float, ...] = ()
    """Call times of pressure and pushback."""
    asks: tuple[tuple[Ask, ...], ...] = ()
    """My asks, those that want the same together."""

    def after(self, signal: Signal, limits: Limits) -> tuple[Stalling, Finding | None]:
        """After one more signal, and the finding when it is enough."""
        if signal.kind in LOOSENS:
            return Stalling(), None
        if signal.kind in RESISTANCE:
            lately = (t for t in self.resisted_s if signal.at_s - t <= RESISTED_WITHIN_S)
            times = (*lately, signal.at_s)
            if len(times) >= limits.resistance:
                return replace(self, resisted_s=()), _stalled("resistance-rises", signal.quote)
            return replace(self, resisted_s=times), None
        if signal.kind not in WISHY_WASHY or signal.revises is not None:
            return self, None
        if self.count + 1 < STALLED_AFTER:
            return replace(self, count=self.count + 1), None
        return replace(self, count=0), _stalled("wishy-washy-again", signal.quote)

    def granted(self) -> Stalling:
        """What I asked for last was not refused."""
        return replace(self, asks=self.asks[:-1])

    def asked(self, ask: Ask, limits: Limits) -> tuple[Stalling, Finding | None]:
        """After one more ask of mine."""
        same = tuple(a for asks in self.asks if any(ask.same(x) for x in asks) for a in asks)
        if not same and not ask.outright:
            return self, None
        others = tuple(a for a in self.asks if not set(a) & set(same))
        if len(same) + 1 >= limits.asks:
            return replace(self, asks=others), _stalled("same-ask-again", ask.quote)
        return replace(self, asks=(*others, (*same, ask))[-ASKS_KEPT:]), None


def grants(book: PhraseBook, said: tuple[Piece, ...]) -> bool:
    """They give me what I asked for, or ask about it: what I asked was not refused."""
    whole = " ".join(p.normal.text for p in said)
    return said[-1].normal.question or bool(book.context.grants.search(whole))


def _stalled(rule: str, quote: str) -> Finding:
    return Finding(SignalKind.STALLED, 0.85, rule, quote)
