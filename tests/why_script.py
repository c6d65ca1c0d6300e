"""A call whose signals answer, revise and give reasons, for the tests of the why panel."""

from __future__ import annotations

from dataclasses import replace

from tui_script import FIRST_HALF, INFO, ME, SECOND_HALF, THEM, Hold, Mark, ScriptedSession, said

from assistant.model import (
    CallStarted,
    Event,
    Prompt,
    PromptKind,
    Signal,
    SignalKind,
    Transcript,
)

SUMMARY = replace(
    Mark(1, 25.0, 39.0).of(SignalKind.SUMMARY, ME, "So the penalty clause covers you if we slip"),
    rule="picture-of-them",
    confidence=0.85,
)
YES = replace(
    Mark(2, 40.0, 42.0).of(SignalKind.BARE_YES, THEM, "Yeah"),
    rule="yes",
    after=SignalKind.SUMMARY,
    answers=1,
)
CONCEDED = replace(
    Mark(3, 40.0, 44.0).of(SignalKind.YOURE_RIGHT, THEM, "Yeah, no, you're right."),
    rule="youre-right",
    after=SignalKind.SUMMARY,
    answers=1,
    revises=2,
    confidence=0.876,
    reasons=("said with energy 0.21 of 1: +0.05", "1.3 s after you: +0.02"),
)
LABEL = Prompt(
    id=1,
    kind=PromptKind.LABEL,
    say="It seems like there's something about the penalties that I missed.",
    why="They ended the subject. They did not agree.",
    signal=3,
    at_s=44.0,
    expires_s=60.0,
)
_OLD = (Signal, Prompt)

HEARD: tuple[Event, ...] = (
    *(e for e in FIRST_HALF[:-1] if not isinstance(e, _OLD)),
    SUMMARY,
    YES,
    CONCEDED,
    LABEL,
)
"""Up to the prompt."""

_RULES = {
    SignalKind.LABEL: "it-seems-like",
    SignalKind.THATS_RIGHT: "thats-exactly-it",
    SignalKind.OFFER: "what-if-we",
}


def _after_it(event: Event) -> Event:
    if not isinstance(event, Signal):
        return event
    real = event.kind is SignalKind.THATS_RIGHT
    return replace(
        event,
        id=event.id + 3,
        rule=_RULES[event.kind],
        after=SignalKind.LABEL if real else None,
        answers=6 if real else None,
        reasons=("said with energy 0.81 of 1: +0.05",) if real else (),
    )


REST: tuple[Event, ...] = tuple(
    _after_it(event) for event in SECOND_HALF if not isinstance(event, Prompt)
)
"""After it, with no prompt."""


def asked_why(speed: float | None = None) -> ScriptedSession:
    """Stands still with the prompt on the screen, and again before the end."""
    return ScriptedSession((*HEARD, Hold(47.0, speed), *REST[:-1], Hold(102.0), REST[-1]))


def whole_call() -> ScriptedSession:
    """Plays to its end."""
    return ScriptedSession((*HEARD, *REST))


def with_quote(text: str) -> tuple[Event, ...]:
    """A call in which everything a signal and its prompt say is `text`."""
    first = replace(Mark(1, 0.5, 1.0).of(SignalKind.LABEL, ME, text), rule=text)
    second = Mark(2, 1.5, 2.0).of(SignalKind.BARE_YES, THEM, text)
    third = replace(second, id=3, rule=text, reasons=(text, text), answers=1, revises=2)
    return (
        CallStarted(INFO),
        *said(ME, 0.5, 1.0, "Words."),
        first,
        Transcript(THEM, 1.5, 2.0, "More words."),
        second,
        third,
        Prompt(1, PromptKind.LABEL, text, text, 3, 2.0, 60.0),
    )
