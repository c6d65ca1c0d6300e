"""What the user says was heard, or was not: held against what the rules find. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from assistant.signals.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.kinds import SignalKind
    from assistant.model import Transcript

RULE: Final = "corrected"
"""The rule of a signal that rests on the user's word."""
REASON: Final = "you said so"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What holds of one line."""

    denied: frozenset[SignalKind] = frozenset()
    """It is none of these."""
    said: tuple[SignalKind, ...] = ()
    """It is each of these."""


@dataclass(slots=True)
class Verdicts:
    """The verdicts of one call, and which of them were heard so far. Not to be shared."""

    by_line: Mapping[Transcript, Verdict] = field(default_factory=dict)
    _heard: set[tuple[Transcript, SignalKind]] = field(default_factory=set)

    def allow(self, kind: SignalKind, heard: Transcript) -> bool:
        """Whether a finding may be told: it was not denied, and is not told twice as owed."""
        verdict = self.by_line.get(heard) if self.by_line else None
        if verdict is None:
            return True
        if kind in verdict.denied or (kind in verdict.said and (heard, kind) in self._heard):
            return False
        self._heard.add((heard, kind))
        return True

    def owed(self, heard: Transcript) -> list[Finding]:
        """What the user says it is and the rules did not find."""
        verdict = self.by_line.get(heard) if self.by_line else None
        if verdict is None:
            return []
        return [
            Finding(kind, 1.0, RULE, heard.text, (REASON,))
            for kind in verdict.said
            if (heard, kind) not in self._heard
        ]
