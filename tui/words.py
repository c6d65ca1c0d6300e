"""Names, shapes and tones: every state the screen shows has a word, a shape and a colour.

The word and the shape carry the meaning alone, so nothing is lost without colour. Shapes are
single-cell characters that no terminal turns into a picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from assistant.model import Outcome, PromptKind, SignalKind, Speaker, Understanding
from assistant.runtime import MAX_SPEED

if TYPE_CHECKING:
    from collections.abc import Mapping


class Tone(StrEnum):
    """The few colours there are, by what they mean."""

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


COLOURS: Final[Mapping[Tone, str]] = {
    Tone.GOOD: "$success",
    Tone.HOLLOW: "$warning",
    Tone.AGAINST: "$error",
    Tone.MINE: "$primary",
    Tone.PLAIN: "$text-muted",
}
"""The theme's colour of each tone."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a thing is shown."""

    shape: str
    """One cell, or the gauge's seven."""
    word: str
    tone: Tone


_GOOD: Final = (Tone.GOOD, "◆")
_HOLLOW: Final = (Tone.HOLLOW, "◇")
_AGAINST: Final = (Tone.AGAINST, "▼")
_MINE: Final = (Tone.MINE, "▸")
_PLAIN: Final = (Tone.PLAIN, "=")

_SIGNAL_WORDS: Final[Mapping[SignalKind, tuple[tuple[Tone, str], str]]] = {
    SignalKind.THATS_RIGHT: (_GOOD, "That's right"),
    SignalKind.OFFER: ((Tone.GOOD, "▲"), "Their offer"),
    SignalKind.YOURE_RIGHT: (_HOLLOW, "You're right"),
    SignalKind.BARE_YES: (_HOLLOW, "Bare yes"),
    SignalKind.QUALIFIED_AGREEMENT: (_HOLLOW, "Yes, but"),
    SignalKind.DEFERRAL: (_HOLLOW, "Putting it off"),
    SignalKind.CORRECTION: (_AGAINST, "Correction"),
    SignalKind.PUSHBACK: (_AGAINST, "Pushback"),
    SignalKind.FACTUAL_CONFIRMATION: (_PLAIN, "Fact confirmed"),
    SignalKind.NO_ORIENTED_AGREEMENT: (_PLAIN, "No that means yes"),
    SignalKind.SUMMARY: (_MINE, "Summary"),
    SignalKind.LABEL: (_MINE, "Label"),
    SignalKind.MIRROR: (_MINE, "Mirror"),
    SignalKind.CALIBRATED_QUESTION: (_MINE, "How or what question"),
    SignalKind.NO_ORIENTED_QUESTION: (_MINE, "No-oriented question"),
    SignalKind.ACCUSATION_AUDIT: (_MINE, "Accusation audit"),
    SignalKind.RESET: (_MINE, "Reset"),
    SignalKind.PRESSURE: (_AGAINST, "Pressure"),
    SignalKind.PREMATURE_MOVE: (_AGAINST, "Too early"),
    SignalKind.FILLED_SILENCE: (_AGAINST, "Filled the silence"),
    SignalKind.MONOLOGUE: (_AGAINST, "Monologue"),
    SignalKind.STALLED: (_AGAINST, "Stalled"),
    SignalKind.UNADDRESSED: (_PLAIN, "Left open"),
}

SIGNALS: Final[Mapping[SignalKind, Look]] = {
    kind: Look(shape, word, tone) for kind, ((tone, shape), word) in _SIGNAL_WORDS.items()
}

GAUGE: Final[Mapping[Understanding, Look]] = {
    Understanding.UNHEARD: Look("○┄┄○┄┄○", "Unheard", Tone.PLAIN),
    Understanding.SUMMARISED: Look("●┄┄○┄┄○", "Summarised", Tone.MINE),
    Understanding.WISHY_WASHY: Look("●━━◇┄┄○", "Wishy-washy", Tone.HOLLOW),
    Understanding.CONFIRMED: Look("●━━◆┄┄○", "Understood", Tone.GOOD),
    Understanding.WORKING_TOGETHER: Look("●━━◆━━▲", "Working together", Tone.GOOD),
}

OUTCOMES: Final[Mapping[Outcome, Look]] = {
    Outcome.WORKING_TOGETHER: Look("▲", "Working together", Tone.GOOD),
    Outcome.UNDERSTOOD: Look("◆", "Understood", Tone.GOOD),
    Outcome.WISHY_WASHY: Look("◇", "Wishy-washy", Tone.HOLLOW),
    Outcome.NOT_YET: Look("○", "Not yet", Tone.PLAIN),
}

PROMPTS: Final[Mapping[PromptKind, tuple[str, Tone]]] = {
    PromptKind.LABEL: ("Say a label", Tone.MINE),
    PromptKind.NO_ORIENTED_QUESTION: ("Ask for a no", Tone.MINE),
    PromptKind.SUMMARY: ("Summarise", Tone.MINE),
    PromptKind.MIRROR: ("Mirror", Tone.MINE),
    PromptKind.CALIBRATED_QUESTION: ("Ask", Tone.MINE),
    PromptKind.SILENCE: ("Be silent", Tone.GOOD),
    PromptKind.LET_THEM: ("Let them", Tone.GOOD),
    PromptKind.RESET: ("Reset", Tone.AGAINST),
    PromptKind.SLOW_DOWN: ("Slow down", Tone.AGAINST),
}
"""What a prompt asks for, in a word or three, and its tone."""

LISTENING: Final[Mapping[Understanding, str]] = {
    Understanding.UNHEARD: "Listen. Then sum up their side.",
    Understanding.SUMMARISED: "Is it “that's right”, or only “you're right”?",
    Understanding.WISHY_WASHY: "Something is still missing.",
    Understanding.CONFIRMED: "They feel understood. Let them go on.",
    Understanding.WORKING_TOGETHER: "They are doing the work.",
}
"""What to listen for while there is no prompt."""

SPEAKERS: Final[Mapping[Speaker, str]] = {
    Speaker.ME: "Me",
    Speaker.THEM: "Them",
    Speaker.UNKNOWN: "Voice",
}

OVER: Final = Look("∥", "at the same time", Tone.PLAIN)
"""Said while the other was speaking."""

SPEAKING: Final[Mapping[Speaker, str]] = {
    Speaker.ME: "I am speaking",
    Speaker.THEM: "They are speaking",
    Speaker.UNKNOWN: "Somebody is speaking",
}

NOTHING_KEPT: Final = "nothing kept"
WORDS_KEPT: Final = "words kept, no sound"
SOUND_KEPT: Final = "sound recorded, words kept"
"""What of a live call is kept; what stands before the comma is shown where there is less room."""

SPEEDS: Final = (0.5, 1.0, 1.5, 2.0, 4.0, 8.0, MAX_SPEED)
"""What the keys step through, in call seconds per second."""


def speed_name(speed: float) -> str:
    """`1x`, `1.5x`, `max`."""
    return "max" if speed == MAX_SPEED else f"{speed:g}x"


def faster(speed: float) -> float:
    """The next speed above, or the highest there is."""
    return next((step for step in SPEEDS if step > speed), MAX_SPEED)


def slower(speed: float) -> float:
    """The next speed below, or the lowest there is."""
    return next((step for step in reversed(SPEEDS) if step < speed), SPEEDS[0])
