"""Events as JSON: what `--json` prints and the JSON report holds. Users' scripts rely on it.

Numbers are rounded to 3 decimals; a number that is none (NaN, infinity) becomes null.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Final

from assistant.model import (
    CallStarted,
    CallWarning,
    Note,
    Prompt,
    PromptDeclined,
    PromptsMuted,
    PromptUsed,
    Signal,
    Source,
    SpeechDropped,
    SpeechOpened,
    StateChanged,
    SummaryReady,
    Transcript,
)

if TYPE_CHECKING:
    from assistant.model import CallSummary, Event, Moment, SpeakerMeasures, Word

_DECIMALS: Final = 3


def to_line(event: Event, *, words: bool = False) -> str | None:
    """The event as one line of JSON without its line end; None for an internal event.

    The line is pure ASCII, so it reads the same in every locale and no character of a call
    can act on a terminal.
    """
    fields = to_dict(event, words=words)
    return None if fields is None else json.dumps(fields, allow_nan=False)


def to_dict(event: Event, *, words: bool) -> dict[str, object] | None:
    """The event as plain JSON values, `type` first; None for an internal event.

    With `words`, a transcript brings its words with their times.
    """
    match event:
        case SpeechOpened() | SpeechDropped() | PromptsMuted():
            return None
        case CallStarted():
            return _call(event)
        case Transcript():
            return _transcript(event, words=words)
        case Signal():
            return _signal(event)
        case Prompt():
            return _prompt(event)
        case PromptUsed() | PromptDeclined() | Note() | StateChanged() | CallWarning():
            return _small(event)
        case SummaryReady():
            return {"type": "summary"} | summary_dict(event.summary)


def summary_dict(summary: CallSummary) -> dict[str, object]:
    """A summary as plain JSON values: `signals` by kind, `measures` by speaker."""
    return {
        "outcome": summary.outcome.value,
        "headline": summary.headline,
        "duration_s": _number(summary.duration_s),
        "talk_share_me": _number(summary.talk_share_me),
        "first_thats_right_s": _number(summary.first_thats_right_s),
        "measures": {each.speaker.value: _measures(each) for each in summary.measures},
        "signals": {each.kind.value: each.count for each in summary.signals},
        "subjects": [
            {
                "subject": each.subject,
                "understanding": each.understanding.value,
                "since_s": _number(each.since_s),
            }
            for each in summary.subjects
        ],
        "techniques": [
            {
                "kind": each.kind.value,
                "used": each.used,
                "followed_by": {count.kind.value: count.count for count in each.followed_by},
            }
            for each in summary.techniques
        ],
        "moments": [_moment(each) for each in summary.moments],
        "prompts_shown": summary.prompts_shown,
        "prompts_used": summary.prompts_used,
        "practise": summary.practise,
    } | _parts(summary)


def _parts(summary: CallSummary) -> dict[str, object]:
    """What of a summary points at words."""
    return {
        "headline_signals": list(summary.headline_signals),
        "practise_signals": list(summary.practise_signals),
        "agreements": [
            {
                "signal": each.signal,
                "at_s": _number(each.at_s),
                "quote": each.quote,
                "subjects": list(each.subjects),
            }
            for each in summary.agreements
        ],
        "offers": list(summary.offers),
        "loose": [
            {
                "signal": each.signal,
                "kind": each.kind.value,
                "at_s": _number(each.at_s),
                "quote": each.quote,
                "about": each.about,
                "followed_up_s": _number(each.followed_up_s),
            }
            for each in summary.loose
        ],
        "open_points": [
            {
                "signal": each.signal,
                "at_s": _number(each.at_s),
                "quote": each.quote,
                "label": each.label,
            }
            for each in summary.open_points
        ],
        "facts": [
            {
                "kind": each.kind.value,
                "text": each.text,
                "speaker": each.speaker.value,
                "at_s": _number(each.at_s),
                "quote": each.quote,
            }
            for each in summary.facts
        ],
    }


def _small(
    event: PromptUsed | PromptDeclined | Note | StateChanged | CallWarning,
) -> dict[str, object]:
    match event:
        case PromptUsed():
            return {"type": "prompt_used", "prompt": event.prompt, "at_s": _number(event.at_s)}
        case PromptDeclined():
            return {
                "type": "prompt_declined",
                "prompt": event.prompt,
                "less": event.less,
                "at_s": _number(event.at_s),
            }
        case Note():
            return {"type": "note", "text": event.text, "at_s": _number(event.at_s)}
        case StateChanged():
            return {
                "type": "state",
                "subject": event.subject,
                "understanding": event.understanding.value,
                "at_s": _number(event.at_s),
            }
        case CallWarning():
            return {"type": "warning", "message": event.message, "at_s": _number(event.at_s)}


def _call(event: CallStarted) -> dict[str, object]:
    fields: dict[str, object] = {
        "type": "call",
        "call": event.info.path,
        "duration_s": _number(event.info.duration_s),
        "source": event.info.source.value,
        "model": event.info.model,
    }
    if event.info.source is Source.LIVE:
        fields["consent"] = event.info.consent.value
    return fields


def _transcript(event: Transcript, *, words: bool) -> dict[str, object]:
    fields: dict[str, object] = {
        "type": "transcript",
        "speaker": event.speaker.value,
        "start_s": _number(event.start_s),
        "end_s": _number(event.end_s),
        "text": event.text,
        "final": event.final,
    }
    if event.speaker_confidence is not None:
        fields["speaker_confidence"] = event.speaker_confidence
    if event.overlap:
        fields["overlap"] = [
            {"start_s": _number(span.start_s), "end_s": _number(span.end_s)}
            for span in event.overlap
        ]
    if words:
        fields["words"] = [_word(each) for each in event.words]
    return fields


def _word(word: Word) -> dict[str, object]:
    return {
        "text": word.text,
        "start_s": _number(word.start_s),
        "end_s": _number(word.end_s),
        "probability": _number(word.probability),
    }


def _signal(event: Signal) -> dict[str, object]:
    return {
        "type": "signal",
        "id": event.id,
        "kind": event.kind.value,
        "speaker": event.speaker.value,
        "at_s": _number(event.at_s),
        "start_s": _number(event.start_s),
        "end_s": _number(event.end_s),
        "confidence": _number(event.confidence),
        "quote": event.quote,
        "rule": event.rule,
        "after": None if event.after is None else event.after.value,
        "revises": event.revises,
        "answers": event.answers,
        "reasons": list(event.reasons),
    }


def _prompt(event: Prompt) -> dict[str, object]:
    return {
        "type": "prompt",
        "id": event.id,
        "kind": event.kind.value,
        "say": event.say,
        "why": event.why,
        "signal": event.signal,
        "at_s": _number(event.at_s),
        "expires_s": _number(event.expires_s),
    }


def _measures(measures: SpeakerMeasures) -> dict[str, object]:
    return {
        "speech_s": _number(measures.speech_s),
        "words": measures.words,
        "turns": measures.turns,
        "longest_turn_s": _number(measures.longest_turn_s),
        "questions": measures.questions,
    }


def _moment(moment: Moment) -> dict[str, object]:
    return {
        "at_s": _number(moment.at_s),
        "signal": moment.signal,
        "kind": moment.kind.value,
        "quote": moment.quote,
        "i_said": moment.i_said,
        "note": moment.note,
        "they_went_on": moment.they_went_on,
        "i_went_on": moment.i_went_on,
        "better": moment.better,
    }


def _number(value: float | None) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), _DECIMALS) + 0.0  # no minus zero
