"""How reports name what the rules found. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from assistant.model import Consent, FactKind, Speaker

if TYPE_CHECKING:
    from collections.abc import Mapping

OVER: Final = "at the same time"
"""Said while the other was speaking."""

CONSENT: Final[Mapping[Consent, str]] = {
    Consent.AGREED: "they were told, and agreed",
    Consent.NOT_NEEDED: "not needed, as you said",
    Consent.NOT_ASKED: "nobody was asked",
    Consent.UNKNOWN: "not noted",
}
"""What is known of the others' agreement, in a report."""

SPEAKERS: Final[Mapping[Speaker, str]] = {
    Speaker.ME: "Me",
    Speaker.THEM: "Them",
    Speaker.UNKNOWN: "Not known",
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


def name_of(kind: str) -> str:
    """A name from a closed vocabulary as words: `thats_right` is "That's right"."""
    words = kind.replace("_", " ")
    for plain, written in _WRITTEN.items():
        words = words.replace(plain, written)
    return words[:1].upper() + words[1:]
