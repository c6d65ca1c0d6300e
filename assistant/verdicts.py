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


_NONE: Final = Verdict()

GOES_ON_S: Final = 15.0
"""A reply that goes on is read again with every sentence, for about so long."""


def _rests_on(finding: Finding, heard: Transcript, line: Transcript) -> bool:
    """Whether a finding speaks of a line: it was made on it, or on its words a little later."""
    if heard == line:
        return True
    later_s = heard.start_s - line.end_s
    return (
        heard.speaker is line.speaker
        and 0 <= later_s <= GOES_ON_S
        and bool(finding.quote)
        and finding.quote in line.text
    )


@dataclass(slots=True)
class Verdicts:
    """The verdicts of one call, and which of them were heard so far. Not to be shared."""

    by_line: Mapping[Transcript, Verdict] = field(default_factory=dict)
    _heard: set[tuple[Transcript, SignalKind]] = field(default_factory=set)

    def allow(self, finding: Finding, heard: Transcript) -> bool:
        """Whether a finding may be told: it was not denied, and is not told twice as owed."""
        kind = finding.kind
        for line, verdict in self.by_line.items():
            if kind in verdict.denied and _rests_on(finding, heard, line):
                return False
        verdict = self.by_line.get(heard, _NONE) if self.by_line else _NONE
        if kind in verdict.said:
            if (heard, kind) in self._heard:
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
