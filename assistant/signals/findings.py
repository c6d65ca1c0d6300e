"""What a rule returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from assistant.kinds import SignalKind

SHOWN_FROM: Final = 0.6
"""Confidence below which a finding is not shown: uncertain is an answer."""

REPLIES: Final = frozenset(
    {
        SignalKind.THATS_RIGHT,
        SignalKind.YOURE_RIGHT,
        SignalKind.BARE_YES,
        SignalKind.QUALIFIED_AGREEMENT,
        SignalKind.FACTUAL_CONFIRMATION,
        SignalKind.NO_ORIENTED_AGREEMENT,
        SignalKind.CORRECTION,
    }
)
"""Kinds of what they say to what I did; one turn of theirs has one of them at a time."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A signal without time and number."""

    kind: SignalKind
    confidence: float
    """0..1."""
    rule: str
    quote: str
    """The words it rests on, as transcribed."""
    reasons: tuple[str, ...] = ()
    """What moved the confidence, in short plain words."""
