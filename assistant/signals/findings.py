"""What a rule returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from assistant.model import SignalKind

SHOWN_FROM: Final = 0.6
"""Confidence below which a finding is not shown: uncertain is an answer."""


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
