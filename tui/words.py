"""Names, shapes and tones: every state the screen shows has a word, a shape and a colour.

The word and the shape carry the meaning alone, so nothing is lost without colour. Shapes are
single-cell characters that no terminal turns into a picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant import tones
from assistant.model import Outcome, PromptKind, SignalKind, Speaker, Understanding
from assistant.runtime import MAX_SPEED
from assistant.tones import Tone, tone_of

if TYPE_CHECKING:
    from collections.abc import Mapping

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


_SHAPES: Final[Mapping[Tone, str]] = {
    Tone.GOOD: "◆",
    Tone.HOLLOW: "◇",
    Tone.AGAINST: "▼",
    Tone.MINE: "▸",
    Tone.PLAIN: "=",
}
_OWN_SHAPES: Final[Mapping[SignalKind, str]] = {SignalKind.OFFER: "▲"}
"""Signals with another shape than that of their tone."""

_SIGNAL_WORDS: Final[Mapping[SignalKind, str]] = {
    SignalKind.THATS_RIGHT: "That's right",
    SignalKind.OFFER: "Their offer",
    SignalKind.YOURE_RIGHT: "You're right",
    SignalKind.BARE_YES: "Bare yes",
    SignalKind.QUALIFIED_AGREEMENT: "Yes, but",
    SignalKind.DEFERRAL: "Putting it off",
    SignalKind.CORRECTION: "Correction",
    SignalKind.PUSHBACK: "Pushback",
    SignalKind.FACTUAL_CONFIRMATION: "Fact confirmed",
    SignalKind.NO_ORIENTED_AGREEMENT: "No that means yes",
    SignalKind.SUMMARY: "Summary",
    SignalKind.LABEL: "Label",
    SignalKind.MIRROR: "Mirror",
    SignalKind.CALIBRATED_QUESTION: "How or what question",
    SignalKind.NO_ORIENTED_QUESTION: "No-oriented question",
    SignalKind.ACCUSATION_AUDIT: "Accusation audit",
    SignalKind.RESET: "Reset",
    SignalKind.PRESSURE: "Pressure",
    SignalKind.PREMATURE_MOVE: "Too early",
    SignalKind.FILLED_SILENCE: "Filled the silence",
    SignalKind.MONOLOGUE: "Monologue",
    SignalKind.STALLED: "Stalled",
    SignalKind.UNADDRESSED: "Left open",
}

SIGNALS: Final[Mapping[SignalKind, Look]] = {
    kind: Look(_OWN_SHAPES.get(kind, _SHAPES[tone_of(kind)]), word, tone_of(kind))
    for kind, word in _SIGNAL_WORDS.items()
}

GAUGE: Final[Mapping[Understanding, Look]] = {
    Understanding.UNHEARD: Look("○┄┄○┄┄○", "Unheard", Tone.PLAIN),
    Understanding.SUMMARISED: Look("●┄┄○┄┄○", "Summarised", Tone.MINE),
    Understanding.WISHY_WASHY: Look("●━━◇┄┄○", "Wishy-washy", Tone.HOLLOW),
    Understanding.CONFIRMED: Look("●━━◆┄┄○", "Understood", Tone.GOOD),
    Understanding.WORKING_TOGETHER: Look("●━━◆━━▲", "Working together", Tone.GOOD),
}

_OUTCOME_SHAPES: Final[Mapping[Outcome, str]] = {
    Outcome.WORKING_TOGETHER: "▲",
    Outcome.UNDERSTOOD: "◆",
    Outcome.WISHY_WASHY: "◇",
    Outcome.NOT_YET: "○",
}

OUTCOMES: Final[Mapping[Outcome, Look]] = {
    outcome: Look(_OUTCOME_SHAPES[outcome], word, tone)
    for outcome, (word, tone) in tones.OUTCOMES.items()
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
