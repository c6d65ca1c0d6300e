"""How reports name what the rules found: words, a shape and a tone each. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from assistant.model import Consent, FactKind, Outcome, SignalKind, Speaker

if TYPE_CHECKING:
    from collections.abc import Mapping


class Tone(StrEnum):
    """What a signal means for the call. Each has a colour and, alone sufficient, a shape."""

    GOOD = "good"
    """They feel understood, or do the work with me: a circle."""
    HOLLOW = "hollow"
    """It sounds like agreement and is not: a hollow diamond."""
    AGAINST = "against"
    """Resistance, or something that costs me: a triangle that points down."""
    MINE = "mine"
    """A move of mine: a bar."""
    PLAIN = "plain"
    """Good to know, no more: a small square."""


OVER: Final = "at the same time"
"""Said while the other was speaking."""

CONSENT: Final[Mapping[Consent, str]] = {
    Consent.AGREED: "they were told, and agreed",
    Consent.NOT_NEEDED: "not needed, as you said",
    Consent.NOT_ASKED: "nobody was asked",
    Consent.UNKNOWN: "not noted",
}
"""What is known of the others' agreement, in a report."""

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

SPEAKERS: Final[Mapping[Speaker, str]] = {
    Speaker.ME: "Me",
    Speaker.THEM: "Them",
    Speaker.UNKNOWN: "Not known",
}

OUTCOMES: Final[Mapping[Outcome, tuple[str, Tone]]] = {
    Outcome.WORKING_TOGETHER: ("Working together", Tone.GOOD),
    Outcome.UNDERSTOOD: ("Understood", Tone.GOOD),
    Outcome.WISHY_WASHY: ("Wishy-washy", Tone.HOLLOW),
    Outcome.NOT_YET: ("Not yet", Tone.PLAIN),
}

FACTS: Final[Mapping[FactKind, str]] = {
    FactKind.COMMITMENT: "Commitments",
    FactKind.NEXT_STEP: "Next steps",
    FactKind.NUMBER: "Numbers",
    FactKind.DATE: "Dates and times",
    FactKind.NAME: "Names",
}

LEVELS: Final = ("unheard", "summarised", "wishy-washy", "understood", "working together")
"""Names of the levels of understanding, 0 to 4."""

NONE: Final = "–"
"""Where there is nothing to say."""

_WRITTEN: Final[Mapping[str, str]] = {
    "thats": "that's",
    "youre": "you're",
    "wishy washy": "wishy-washy",
    "no oriented": "no-oriented",
    "calibrated question": "how or what question",
    "premature move": "terms too early",
    "qualified agreement": "yes, but",
    "deferral": "putting it off",
    "filled silence": "silence filled",
    "unaddressed": "left open",
}
"""How names from the closed vocabularies are written in English."""


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


def name_of(kind: str) -> str:
    """A name from a closed vocabulary as words: `thats_right` is "That's right"."""
    words = kind.replace("_", " ")
    for plain, written in _WRITTEN.items():
        words = words.replace(plain, written)
    return words[:1].upper() + words[1:]
