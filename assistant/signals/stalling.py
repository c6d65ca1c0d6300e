"""What shows only over several turns: agreement after agreement with nothing behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.model import SignalKind
from assistant.signals.findings import Finding

if TYPE_CHECKING:
    from assistant.model import Signal

WISHY_WASHY: Final = frozenset(
    {
        SignalKind.YOURE_RIGHT,
        SignalKind.BARE_YES,
        SignalKind.QUALIFIED_AGREEMENT,
        SignalKind.DEFERRAL,
    }
)
STALLED_AFTER: Final = 2
"""So many of them with no "that's right" between (SIGNALS: the dialogue's own)."""


@dataclass(frozen=True, slots=True)
class Stalling:
    """How many wishy-washy replies there were since the last true one or the last reset."""

    count: int = 0

    def after(self, signal: Signal) -> tuple[Stalling, Finding | None]:
        """The count after one more signal, and the finding when it is enough."""
        if signal.kind in {SignalKind.THATS_RIGHT, SignalKind.RESET, SignalKind.OFFER}:
            return Stalling(), None
        if signal.kind not in WISHY_WASHY or signal.revises is not None:
            return self, None
        if self.count + 1 < STALLED_AFTER:
            return Stalling(self.count + 1), None
        finding = Finding(SignalKind.STALLED, 0.8, "wishy-washy-again", signal.quote)
        return Stalling(), finding
