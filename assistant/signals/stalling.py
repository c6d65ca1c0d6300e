"""What shows only over several turns: agreement with nothing behind it, the same ask again. Pure.

The source calls it "forcing the issue"; the answer to it is a reset.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from assistant.model import SignalKind
from assistant.signals.findings import Finding

if TYPE_CHECKING:
    from assistant.model import Signal
    from assistant.phrases.book import Limits

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

SAME_ASK: Final = 0.6
"""Share of the shorter ask's words that the longer one has too."""

ASKS_KEPT: Final = 8


@dataclass(frozen=True, slots=True)
class Stalling:
    """How often nothing moved, since the last thing that did."""

    count: int = 0
    """Wishy-washy replies."""
    resisted_s: tuple[float, ...] = ()
    """Call times of pressure and pushback."""
    asks: tuple[frozenset[str], ...] = ()
    """My asks, as the stems of what they are about."""

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

    def asked(
        self, about: frozenset[str], quote: str, limits: Limits
    ) -> tuple[Stalling, Finding | None]:
        """After one more ask of mine."""
        if not about:
            return self, None
        same = [a for a in self.asks if len(a & about) >= SAME_ASK * min(len(a), len(about))]
        if len(same) + 1 >= limits.asks:
            kept = tuple(a for a in self.asks if a not in same)
            return replace(self, asks=kept), _stalled("same-ask-again", quote)
        return replace(self, asks=(*self.asks, about)[-ASKS_KEPT:]), None


def _stalled(rule: str, quote: str) -> Finding:
    return Finding(SignalKind.STALLED, 0.85, rule, quote)
