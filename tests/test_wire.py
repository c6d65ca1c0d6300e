from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.model import (
    Agreement,
    CallInfo,
    CallStarted,
    CallSummary,
    CallWarning,
    Event,
    Fact,
    FactKind,
    LooseReply,
    Moment,
    OpenPoint,
    Outcome,
    Prompt,
    PromptKind,
    PromptUsed,
    Signal,
    SignalCount,
    SignalKind,
    Source,
    Speaker,
    SpeakerMeasures,
    SpeechDropped,
    SpeechOpened,
    StateChanged,
    SubjectState,
    SummaryReady,
    Technique,
    Transcript,
    Understanding,
    Word,
)
from assistant.wire import to_dict, to_line

INFO = CallInfo(
    title="delivery date",
    path="calls/delivery date.ogg",
    source=Source.AUDIO,
    model="base",
    duration_s=181.23456,
    started_at=datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
    speakers=(Speaker.ME, Speaker.THEM),
)
SAID = Transcript(
    Speaker.THEM,
    1.00049,
    2.5,
    'That\'s "right" é',
    words=(Word("That's", 1.00049, 1.4, 0.98765),),
)
SUMMARY = CallSummary(
    outcome=Outcome.UNDERSTOOD,
    headline="One sentence.",
    duration_s=181.23456,
    measures=(SpeakerMeasures(Speaker.ME, 60.12345, 150, 9, 20.5, 4),),
    talk_share_me=0.43219,
    signals=(SignalCount(SignalKind.THATS_RIGHT, 2),),
    subjects=(SubjectState("the delivery date", Understanding.CONFIRMED, 61.0),),
    first_thats_right_s=61.0,
    moments=(
        Moment(
            61.0,
            3,
            SignalKind.THATS_RIGHT,
            "That's right.",
            "It sounds like …",
            "A note.",
            they_went_on="Go on.",
            better="Nothing.",
        ),
    ),
    prompts_shown=5,
    prompts_used=2,
    practise="One thing.",
    techniques=(Technique(SignalKind.LABEL, 2, (SignalCount(SignalKind.THATS_RIGHT, 1),)),),
    headline_signals=(3,),
    agreements=(Agreement(3, 61.0, "That's right.", ("the delivery date",)),),
    offers=(5,),
    loose=(LooseReply(4, SignalKind.BARE_YES, 70.0, "Yes.", "Is it?", None),),
    open_points=(OpenPoint(6, 80.0, "My boss.", ""),),
    facts=(Fact(FactKind.DATE, "July", Speaker.THEM, 90.0, "By July."),),
)

GOLDEN: list[tuple[Event, str]] = [
    (
        CallStarted(INFO),
        (
            '{"type": "call", "call": "calls/delivery date.ogg", "duration_s": 181.235, '
            '"source": "audio", "model": "base"}'
        ),
    ),
    (
        SAID,
        (
            '{"type": "transcript", "speaker": "them", "start_s": 1.0, "end_s": 2.5, '
            '"text": "That\'s \\"right\\" \\u00e9", "final": true}'
        ),
    ),
    (
        Transcript(Speaker.ME, 0.0, 1.0, "So", final=False),
        (
            '{"type": "transcript", "speaker": "me", "start_s": 0.0, "end_s": 1.0, '
            '"text": "So", "final": false}'
        ),
    ),
    (
        Signal(
            id=3,
            kind=SignalKind.YOURE_RIGHT,
            speaker=Speaker.THEM,
            at_s=2.5,
            start_s=1.0,
            end_s=2.4999,
            confidence=0.87654,
            quote="You're right.",
            rule="concede",
            after=SignalKind.SUMMARY,
            revises=2,
            answers=1,
            reasons=("1.2 s after you: +0.02",),
        ),
        (
            '{"type": "signal", "id": 3, "kind": "youre_right", "speaker": "them", "at_s": 2.5, '
            '"start_s": 1.0, "end_s": 2.5, "confidence": 0.877, "quote": "You\'re right.", '
            '"rule": "concede", "after": "summary", "revises": 2, "answers": 1, '
            '"reasons": ["1.2 s after you: +0.02"]}'
        ),
    ),
    (
        Signal(1, SignalKind.LABEL, Speaker.ME, 1.0, 0.0, 1.0, 1.0, "It seems", "label.seems"),
        (
            '{"type": "signal", "id": 1, "kind": "label", "speaker": "me", "at_s": 1.0, '
            '"start_s": 0.0, "end_s": 1.0, "confidence": 1.0, "quote": "It seems", '
            '"rule": "label.seems", "after": null, "revises": null, "answers": null, '
            '"reasons": []}'
        ),
    ),
    (
        Prompt(7, PromptKind.LABEL, "It seems I missed something.", "a bare yes", 3, 2.5, 9.5),
        (
            '{"type": "prompt", "id": 7, "kind": "label", "say": "It seems I missed something.", '
            '"why": "a bare yes", "signal": 3, "at_s": 2.5, "expires_s": 9.5}'
        ),
    ),
    (PromptUsed(7, 4.0), '{"type": "prompt_used", "prompt": 7, "at_s": 4.0}'),
    (
        StateChanged("the price", Understanding.WISHY_WASHY, 2.5),
        '{"type": "state", "subject": "the price", "understanding": "wishy_washy", "at_s": 2.5}',
    ),
    (
        CallWarning("One side is silent.", 0.0),
        '{"type": "warning", "message": "One side is silent.", "at_s": 0.0}',
    ),
    (
        SummaryReady(SUMMARY),
        (
            '{"type": "summary", "outcome": "understood", "headline": "One sentence.", '
            '"duration_s": 181.235, "talk_share_me": 0.432, "first_thats_right_s": 61.0, '
            '"measures": {"me": {"speech_s": 60.123, "words": 150, "turns": 9, '
            '"longest_turn_s": 20.5, "questions": 4}}, "signals": {"thats_right": 2}, '
            '"subjects": [{"subject": "the delivery date", "understanding": "confirmed", '
            '"since_s": 61.0}], "techniques": [{"kind": "label", "used": 2, '
            '"followed_by": {"thats_right": 1}}], "moments": [{"at_s": 61.0, "signal": 3, '
            '"kind": "thats_right", '
            '"quote": "That\'s right.", "i_said": "It sounds like \\u2026", "note": "A note.", '
            '"they_went_on": "Go on.", "i_went_on": "", "better": "Nothing."}], '
            '"prompts_shown": 5, "prompts_used": 2, "practise": "One thing.", '
            '"headline_signals": [3], "practise_signals": [], "agreements": [{"signal": 3, '
            '"at_s": 61.0, "quote": "That\'s right.", "subjects": ["the delivery date"]}], '
            '"offers": [5], "loose": [{"signal": 4, "kind": "bare_yes", "at_s": 70.0, '
            '"quote": "Yes.", "about": "Is it?", "followed_up_s": null}], "open_points": ['
            '{"signal": 6, "at_s": 80.0, "quote": "My boss.", "label": ""}], "facts": ['
            '{"kind": "date", "text": "July", "speaker": "them", "at_s": 90.0, '
            '"quote": "By July."}]}'
        ),
    ),
]


@pytest.mark.parametrize(("event", "line"), GOLDEN, ids=lambda value: type(value).__name__)
def test_each_event_is_the_line_that_scripts_rely_on(event: Event, line: str) -> None:
    assert to_line(event) == line


@pytest.mark.parametrize(
    "event", [SpeechOpened(Speaker.ME, 1.0), SpeechDropped(Speaker.ME, 1.0)], ids=repr
)
def test_internal_events_are_not_told(event: Event) -> None:
    assert to_line(event) is None
    assert to_dict(event, words=True) is None


def test_words_come_when_asked_for() -> None:
    line = to_line(SAID, words=True)
    assert line is not None
    assert json.loads(line)["words"] == [
        {"text": "That's", "start_s": 1.0, "end_s": 1.4, "probability": 0.988}
    ]
    bare = to_dict(Transcript(Speaker.ME, 0.0, 1.0, "So"), words=True)
    assert bare is not None
    assert bare["words"] == []


@given(st.floats(), st.text(st.characters(exclude_categories=())))
def test_every_line_is_one_line_of_strict_ascii_json(number: float, text: str) -> None:
    line = to_line(CallWarning(text, number))
    assert line is not None
    assert line.isascii()
    assert line.isprintable()

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    loaded = json.loads(line, parse_constant=refuse)
    assert json.loads(json.dumps(text)) == loaded["message"]


def test_a_number_that_is_none_becomes_null_and_zero_has_no_sign() -> None:
    assert to_line(CallWarning("x", float("nan"))) == (
        '{"type": "warning", "message": "x", "at_s": null}'
    )
    assert to_line(CallWarning("x", -0.0001)) == '{"type": "warning", "message": "x", "at_s": 0.0}'
