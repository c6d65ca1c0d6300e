"""What a signal or an outcome means for the call, the same in reports and on the screen. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from assistant.model import Outcome, SignalKind

if TYPE_CHECKING:
    from collections.abc import Mapping


class Tone(StrEnum):
    """The few meanings there are. Each has a colour and, alone sufficient, a shape."""

    GOOD = "good"
    """They feel understood, or do the work with me."""
    HOLLOW = "hollow"
    """It sounds like agreement and is not."""
    AGAINST = "against"
    """Resistance, or something that costs me."""
    MINE = "mine"
    """A move of mine."""
    PLAIN = "plain"
    """Good to know, no more."""


_GOOD: Final = frozenset({SignalKind.THATS_RIGHT, SignalKind.OFFER})
_HOLLOW: Final = frozenset(
    {
        SignalKind.YOURE_RIGHT,
        SignalKind.BARE_YES,
        SignalKind.QUALIFIED_AGREEMENT,
        SignalKind.DEFERRAL,
    }
)
_AGAINST: Final = frozenset(
    {
        SignalKind.CORRECTION,
        SignalKind.PUSHBACK,
        SignalKind.PRESSURE,
        SignalKind.PREMATURE_MOVE,
        SignalKind.FILLED_SILENCE,
        SignalKind.MONOLOGUE,
        SignalKind.STALLED,
    }
)
_MINE: Final = frozenset(
    {
        SignalKind.SUMMARY,
        SignalKind.LABEL,
        SignalKind.MIRROR,
        SignalKind.CALIBRATED_QUESTION,
        SignalKind.NO_ORIENTED_QUESTION,
        SignalKind.ACCUSATION_AUDIT,
        SignalKind.RESET,
    }
)

OUTCOMES: Final[Mapping[Outcome, tuple[str, Tone]]] = {
    Outcome.WORKING_TOGETHER: ("Working together", Tone.GOOD),
    Outcome.UNDERSTOOD: ("Understood", Tone.GOOD),
    Outcome.WISHY_WASHY: ("Wishy-washy", Tone.HOLLOW),
    Outcome.NOT_YET: ("Not yet", Tone.PLAIN),
}
"""What a call came to, in a word or two, and its tone."""


def tone_of(kind: SignalKind) -> Tone:
    """What a signal of this kind means for the call."""
    for tone, kinds in (
        (Tone.GOOD, _GOOD),
        (Tone.HOLLOW, _HOLLOW),
        (Tone.AGAINST, _AGAINST),
        (Tone.MINE, _MINE),
    ):
        if kind in kinds:
            return tone
    return Tone.PLAIN
