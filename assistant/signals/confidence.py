"""How sure a finding is: its words, what came before, how it was said; then what that has meant.

The words and my last move give a first figure. How the reply was said, and how long it let me
wait, move it a little; they never decide. Then the phrase book's calibration says how often such a
figure was right on the development dialogues. Pure.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from assistant.model import SignalKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.phrases.book import Level
    from assistant.signals.findings import Finding

SAID_MOVES: Final = 0.08
"""How far the liveliest or flattest voice moves a confidence."""

LATE_S: Final = 1.0
"""A reply that lets one wait longer than this tends to be less than full agreement: answers that
are not wanted come late, from 0.7 s on (Kendrick and Torreira, Discourse Processes 52, 2015)."""

LATE_MOVES: Final = 0.02

_LIVELY: Final = frozenset({SignalKind.THATS_RIGHT})
_FLAT: Final = frozenset({SignalKind.YOURE_RIGHT, SignalKind.BARE_YES})


def said_with(finding: Finding, enthusiasm: float | None, gap_s: float | None) -> Finding:
    """The finding as the way it was said moves it.

    `enthusiasm` 0..1, 0.5 as usual for that speaker, None unknown; `gap_s`: from the end of my
    words to their first, negative when they spoke over mine.
    """
    confidence, reasons = finding.confidence, list(finding.reasons)
    agreeing = finding.kind in _LIVELY
    if not agreeing and finding.kind not in _FLAT:
        return finding
    sign = 1.0 if agreeing else -1.0
    if enthusiasm is not None:
        moved = round(sign * (enthusiasm - 0.5) * 2 * SAID_MOVES, 3)
        confidence += moved
        reasons.append(f"said with energy {enthusiasm:.2f} of 1: {moved:+.2f}")
    if gap_s is not None and gap_s > LATE_S:
        moved = -sign * LATE_MOVES
        confidence += moved
        reasons.append(f"{gap_s:.1f} s after you: {moved:+.2f}")
    return replace(
        finding, confidence=round(min(0.99, max(0.0, confidence)), 3), reasons=tuple(reasons)
    )


def calibrated(finding: Finding, levels: Sequence[Level]) -> Finding:
    """The finding with the share of such findings that were right; straight lines between levels.

    `levels` in rising order of `raw`; none: as it is.
    """
    if not levels:
        return finding
    at = bisect_right([level.raw for level in levels], finding.confidence)
    if at == 0:
        right = levels[0].right * finding.confidence / levels[0].raw
    elif at == len(levels):
        right = levels[-1].right
    else:
        low, high = levels[at - 1], levels[at]
        part = (finding.confidence - low.raw) / (high.raw - low.raw)
        right = low.right + part * (high.right - low.right)
    return replace(finding, confidence=round(min(0.99, right), 3))
