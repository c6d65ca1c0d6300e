"""Calls and events as rows of the library's tables, and back."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from assistant.model import (
    Agreement,
    CallInfo,
    CallSummary,
    CallWarning,
    Consent,
    Fact,
    FactKind,
    LooseReply,
    Moment,
    Note,
    OpenPoint,
    Outcome,
    Prompt,
    PromptDeclined,
    PromptKind,
    PromptUsed,
    Signal,
    SignalCount,
    SignalKind,
    Source,
    Speaker,
    SpeakerMeasures,
    StateChanged,
    SubjectState,
    Technique,
    TimeSpan,
    Transcript,
    Understanding,
    Word,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from assistant.model import Event, FinishedCall

Value: TypeAlias = str | int | float | None
"""What a column holds."""


_TABLES: Final[Mapping[type[Event], str]] = {
    Signal: "signals",
    Prompt: "prompts",
    PromptUsed: "uses",
    PromptDeclined: "refusals",
    Note: "notes",
    StateChanged: "states",
    CallWarning: "warnings",
}
"""Where events go whose fields are columns as they are."""


class Fields(Protocol):
    """Values by name: a row that was read, or the columns of one to be written."""

    def __getitem__(self, name: str, /) -> Any:  # noqa: ANN401 - a row's values have no type
        """The value of that name."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row before it has a call and a place."""

    table: str
    columns: Mapping[str, Value]


def storable(value: Value) -> Value:
    """The value as SQLite takes it.

    A file name may hold bytes that are no text; the library keeps them as backslash codes.
    """
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    return value


def call_row(call: FinishedCall) -> Row:
    """The call itself: what is known of it, and what its line in a list shows."""
    info, summary = call.info, call.summary
    counts = {each.kind: each.count for each in summary.signals}
    return Row(
        "calls",
        {
            **info_columns(info),
            "summary": json.dumps(dataclasses.asdict(summary)),
            "outcome": summary.outcome.value,
            "length_s": summary.duration_s,
            "talk_share_me": summary.talk_share_me,
            "utterances": sum(isinstance(each, Transcript) for each in call.events),
            "thats_right": counts.get(SignalKind.THATS_RIGHT, 0),
            "youre_right": counts.get(SignalKind.YOURE_RIGHT, 0),
        },
    )


def info_columns(info: CallInfo) -> dict[str, Value]:
    """What is known of a call before it plays; `info_of` makes it again."""
    return {
        "title": info.title,
        "path": info.path,
        "source": info.source.value,
        "model": info.model,
        "duration_s": info.duration_s,
        "started_at": info.started_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "speakers": json.dumps(info.speakers),
        "consent": info.consent.value,
        "counterpart": info.counterpart,
    }


def event_row(event: Event) -> Row | None:
    """The row of an event; None for one that is not kept.

    Not kept: what opens and ends a call (its own row has it), partial transcripts, and speech
    that was opened and dropped.
    """
    if isinstance(event, Transcript):
        return _utterance_row(event) if event.final else None
    table = _TABLES.get(type(event))
    if table is None:
        return None
    columns = dataclasses.asdict(event)
    if isinstance(event, Signal):
        columns["reasons"] = json.dumps(event.reasons)
    return Row(table, columns)


def info_of(row: Fields) -> CallInfo:
    """What is known of a call, from its row in `calls`."""
    return CallInfo(
        title=row["title"],
        path=row["path"],
        source=Source(row["source"]),
        model=row["model"],
        duration_s=row["duration_s"],
        started_at=datetime.fromisoformat(row["started_at"]),
        speakers=tuple(Speaker(each) for each in json.loads(row["speakers"])),
        consent=Consent(row["consent"]),
        counterpart=str(_optional(row, "counterpart") or ""),
    )


def _optional(row: Fields, name: str) -> Any:  # noqa: ANN401 - a row's values have no type
    """A value; None where a journal written by an older version does not have it."""
    try:
        return row[name]
    except (KeyError, IndexError):
        return None


def summary_of(row: Fields) -> CallSummary:
    """The summary of a call, from its row in `calls`."""
    # What json.loads returns has no type; the constructors below give it one.
    fields: dict[str, Any] = json.loads(row["summary"])
    made = {
        "outcome": Outcome(fields["outcome"]),
        "measures": tuple(
            SpeakerMeasures(**each | {"speaker": Speaker(each["speaker"])})
            for each in fields["measures"]
        ),
        "signals": tuple(
            SignalCount(SignalKind(each["kind"]), each["count"]) for each in fields["signals"]
        ),
        "subjects": tuple(
            SubjectState(**each | {"understanding": Understanding(each["understanding"])})
            for each in fields["subjects"]
        ),
        "moments": tuple(
            Moment(**each | {"kind": SignalKind(each["kind"])}) for each in fields["moments"]
        ),
        "techniques": tuple(
            Technique(
                SignalKind(each["kind"]),
                each["used"],
                tuple(SignalCount(SignalKind(c["kind"]), c["count"]) for c in each["followed_by"]),
            )
            for each in fields.get("techniques", ())
        ),
        "agreements": tuple(
            Agreement(**each | {"subjects": tuple(each["subjects"])})
            for each in fields.get("agreements", ())
        ),
        "loose": tuple(
            LooseReply(**each | {"kind": SignalKind(each["kind"])})
            for each in fields.get("loose", ())
        ),
        "open_points": tuple(OpenPoint(**each) for each in fields.get("open_points", ())),
        "facts": tuple(
            Fact(**each | {"kind": FactKind(each["kind"]), "speaker": Speaker(each["speaker"])})
            for each in fields.get("facts", ())
        ),
    } | {
        name: tuple(fields.get(name, ()))
        for name in ("headline_signals", "practise_signals", "offers")
    }
    return CallSummary(**fields | made)


def _utterance_row(said: Transcript) -> Row:
    words = [[each.text, each.start_s, each.end_s, each.probability] for each in said.words]
    return Row(
        "utterances",
        {
            "speaker": said.speaker.value,
            "start_s": said.start_s,
            "end_s": said.end_s,
            "text": said.text,
            "words": json.dumps(words),
            "enthusiasm": said.enthusiasm,
            "speaker_confidence": said.speaker_confidence,
            "overlap": json.dumps([[each.start_s, each.end_s] for each in said.overlap]),
        },
    )


def _utterance(row: Fields) -> Transcript:
    words = tuple(Word(*each) for each in json.loads(row["words"]))
    return Transcript(
        Speaker(row["speaker"]),
        row["start_s"],
        row["end_s"],
        row["text"],
        words=words,
        enthusiasm=row["enthusiasm"],
        speaker_confidence=_optional(row, "speaker_confidence"),
        overlap=tuple(TimeSpan(*each) for each in json.loads(_optional(row, "overlap") or "[]")),
    )


def _signal(row: Fields) -> Signal:
    return Signal(
        id=row["id"],
        kind=SignalKind(row["kind"]),
        speaker=Speaker(row["speaker"]),
        at_s=row["at_s"],
        start_s=row["start_s"],
        end_s=row["end_s"],
        confidence=row["confidence"],
        quote=row["quote"],
        rule=row["rule"],
        after=None if row["after"] is None else SignalKind(row["after"]),
        revises=row["revises"],
        answers=row["answers"],
        reasons=tuple(json.loads(row["reasons"])),
    )


def _prompt(row: Fields) -> Prompt:
    return Prompt(
        id=row["id"],
        kind=PromptKind(row["kind"]),
        say=row["say"],
        why=row["why"],
        signal=row["signal"],
        at_s=row["at_s"],
        expires_s=row["expires_s"],
    )


def _use(row: Fields) -> PromptUsed:
    return PromptUsed(row["prompt"], row["at_s"])


def _refusal(row: Fields) -> PromptDeclined:
    return PromptDeclined(row["prompt"], row["at_s"], bool(row["less"]))


def _note(row: Fields) -> Note:
    return Note(row["at_s"], row["text"])


def _state(row: Fields) -> StateChanged:
    return StateChanged(row["subject"], Understanding(row["understanding"]), row["at_s"])


def _warning(row: Fields) -> CallWarning:
    return CallWarning(row["message"], row["at_s"])


EVENT_TABLES: Final[Mapping[str, Callable[[Fields], Event]]] = {
    "utterances": _utterance,
    "signals": _signal,
    "prompts": _prompt,
    "uses": _use,
    "refusals": _refusal,
    "notes": _note,
    "states": _state,
    "warnings": _warning,
}
"""Each table of events, and how a row of it becomes the event again."""
