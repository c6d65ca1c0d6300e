"""A call as lines of text, for screen readers and terminals that only scroll. Pure.

One line for each event that matters: nothing is drawn over, nothing is said by colour or place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.calltime import clock
from assistant.model import CallStarted, CallWarning, Prompt, Signal, SummaryReady, Transcript
from assistant.safetext import clean
from tui.words import OUTCOMES, OVER, PROMPTS, SIGNALS, SPEAKERS

if TYPE_CHECKING:
    from assistant.model import CallSummary, Event


def plain_lines(event: Event) -> tuple[str, ...]:
    """What is said of an event, a line each; none for one that is not told."""
    match event:
        case CallStarted(info):
            return (f"Call: {clean(info.title)}.",)
        case Transcript(final=True) if event.text.strip():
            return (f"{clock(event.start_s)} {_who(event)}: {clean(event.text)}",)
        case Signal():
            return (_signal(event),)
        case Prompt():
            name = PROMPTS[event.kind][0]
            return (f"Prompt. {name}: “{clean(event.say)}” Because: {clean(event.why)}",)
        case CallWarning(message):
            return (f"Warning. {clean(message)}",)
        case SummaryReady(summary):
            return _summary(summary)
    return ()


def _who(heard: Transcript) -> str:
    perhaps = ", perhaps" if heard.doubtful_speaker else ""
    over = f", {OVER.word}" if heard.over else ""
    return SPEAKERS[heard.speaker] + perhaps + over


def _signal(signal: Signal) -> str:
    lead = "Signal, instead of one before" if signal.revises is not None else "Signal"
    sure = f"{round(signal.confidence * 100)} % sure"
    whose = SPEAKERS[signal.speaker]
    quote = clean(signal.quote)
    return f"{lead}. {whose}, {SIGNALS[signal.kind].word}: “{quote}” {sure}."


def _summary(summary: CallSummary) -> tuple[str, ...]:
    share = summary.talk_share_me
    lines = [f"The call is over. {OUTCOMES[summary.outcome].word}. {clean(summary.headline)}"]
    if share is not None:
        lines.append(f"You spoke {round(share * 100)} % of the time.")
    if summary.practise:
        lines.append(f"Practise: {clean(summary.practise)}")
    return tuple(lines)
