"""Every measure of docs/measures.md against a call small enough to be worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.after import CurvePoint, Unit
from assistant.measure_book import DEFINITIONS, written
from assistant.measuring import curve, measure_call, share_over_time
from assistant.model import (
    CallInfo,
    Event,
    FinishedCall,
    Signal,
    SignalKind,
    Source,
    Speaker,
    StateChanged,
    Transcript,
    Understanding,
)
from assistant.summary import summarise

ME, THEM = Speaker.ME, Speaker.THEM
K = SignalKind
DOCS = Path(__file__).parent.parent / "docs" / "measures.md"
INFO = CallInfo(
    "a call", "a.ogg", Source.AUDIO, "base", 120.0, datetime(2026, 3, 4, tzinfo=UTC), (ME, THEM)
)
TWENTY = "one two three four five six seven eight nine ten " * 2


def heard(
    id_: int, kind: SignalKind, speaker: Speaker, end_s: float, answers: int | None = None
) -> Signal:
    return Signal(id_, kind, speaker, end_s, end_s - 1, end_s, 0.9, "q", "r", answers=answers)


SAID = (
    Transcript(ME, 0.0, 10.0, "How are you? What " + TWENTY.strip()),  # 24 words
    Transcript(THEM, 10.2, 20.2, "Um " + TWENTY.strip() + " okay"),  # 22 words
    Transcript(ME, 22.2, 26.2, "It seems like uh it matters."),  # 6 words, a filler
    Transcript(THEM, 29.2, 33.2, "That's right."),  # 2 words
    Transcript(THEM, 34.0, 38.0, "You see."),  # 2 words: one turn with the one before
    Transcript(ME, 37.0, 47.0, TWENTY.strip()),  # 20 words; from 1 s before they end
    Transcript(THEM, 40.0, 41.0, "Mhm."),  # wholly inside: takes no floor
    Transcript(ME, 48.0, 50.0, "Is it? Is it?"),  # 4 words
    Transcript(THEM, 49.0, 60.0, "No way, not for me."),  # 5 words; 1 s before I end
    Transcript(ME, 61.0, 71.0, TWENTY.strip() + " and more"),  # 22 words, under stress
)
SIGNALS = (
    heard(1, K.CALIBRATED_QUESTION, ME, 10.0),
    heard(2, K.LABEL, ME, 26.2),
    heard(3, K.THATS_RIGHT, THEM, 33.2, answers=2),
    heard(4, K.SUMMARY, ME, 47.0),
    heard(5, K.BARE_YES, THEM, 48.0, answers=4),
    heard(6, K.NO_ORIENTED_QUESTION, ME, 50.0),
    heard(7, K.PUSHBACK, THEM, 60.0, answers=6),
    heard(8, K.MIRROR, ME, 71.0),
    heard(9, K.YOURE_RIGHT, THEM, 75.0),
    heard(10, K.OFFER, THEM, 76.0),
    heard(11, K.UNADDRESSED, THEM, 77.0),
    heard(12, K.PRESSURE, ME, 100.0),
    heard(13, K.PREMATURE_MOVE, ME, 101.0),
    heard(14, K.FILLED_SILENCE, ME, 102.0),
    heard(15, K.ACCUSATION_AUDIT, ME, 26.2),
    heard(16, K.RESET, ME, 112.0),
)
STATES = (
    StateChanged("the price", Understanding.SUMMARISED, 20.0),
    StateChanged("the date", Understanding.CONFIRMED, 60.0),
    StateChanged("the price", Understanding.WORKING_TOGETHER, 100.0),
)


def call_of(*events: Event) -> FinishedCall:
    return FinishedCall(INFO, events, summarise(INFO, events))


MINE_S = 10 + 4 + 10 + 2 + 10
THEIRS_S = 10 + 4 + 4 + 1 + 11

EXPECTED: dict[str, float | None] = {
    "talk_share_me": MINE_S / (MINE_S + THEIRS_S),
    "longest_stretch_me": 13.0,  # 37.0 to 50.0; "mhm" does not end it
    "longest_stretch_them": 11.0,  # 49.0 to 60.0
    "switches": 6 / 2.0,  # me them me them me them me, in 2 minutes
    "questions": 3.0,  # "you?", "it?", "it?"
    "questions_calibrated": 1.0,
    "questions_no_oriented": 1.0,
    "questions_other": 1.0,
    "pause_before_reply": 1.0,  # of 2.0, -1.0, 1.0
    "pause_before_reply_them": 0.2,  # of 0.2, 3.0, -1.0
    "silence_after_labels": 3.0,  # label 3.0, audit 3.0, summary 1.0
    "silence_kept": 2 / 3,  # after the summary I went on
    "interruptions_by_me": 1.0,  # 1 s before they ended
    "interruptions_by_them": 1.0,
    "pace_me": (24 + 6 + 20 + 4 + 22) / (MINE_S / 60),
    "pace_them": (22 + 2 + 2 + 1 + 5) / (THEIRS_S / 60),
    # after the pushback at 60 s: 22 words in 10 s; otherwise 54 words in 26 s
    "pace_change_me": (22 / 10) / (54 / 26) - 1,
    "fillers_me": 100 * 1 / 76,
    "labels": 1.0,
    "mirrors": 1.0,
    "summaries": 1.0,
    "audits": 1.0,
    "resets": 1.0,
    "thats_right": 1.0,
    "first_thats_right": 33.2,
    "thats_right_rate": 0.5,  # the label earned one, the summary did not
    "offers": 1.0,
    "wishy_washy": 2.0,
    "followed_up": 0.5,  # at 48 s by the question at 50 s; at 75 s not before 112 s
    "open_points": 1.0,
    "pressure": 1.0,
    "premature_moves": 1.0,
    "filled_silences": 1.0,
    # 40 s at 1; 40 s at (1 + 3) / 2; 20 s at (4 + 3) / 2
    "understanding": (40 * 1 + 40 * 2 + 20 * 3.5) / 100,
    "understanding_end": 3.5,
}
WORKED = measure_call(call_of(*SAID, *SIGNALS, *STATES))


def test_all_measures_are_worked_out_by_hand() -> None:
    assert list(EXPECTED) == list(DEFINITIONS) == [each.key for each in WORKED.measured]


@pytest.mark.parametrize("key", EXPECTED)
def test_a_measure_is_what_its_formula_says(key: str) -> None:
    got = next(each for each in WORKED.measured if each.key == key)
    assert got.value == pytest.approx(EXPECTED[key])


def test_a_call_with_nothing_in_it_says_nothing() -> None:
    empty = measure_call(call_of())
    assert {each.value for each in empty.measured} == {None}
    assert empty.followed == ()
    assert empty.curve == ()


def test_where_it_is_not_known_who_spoke_nothing_is_measured() -> None:
    said = Transcript(Speaker.UNKNOWN, 0.0, 5.0, "How? What?")
    assert {each.value for each in measure_call(call_of(said)).measured} == {None}


def test_pace_under_stress_needs_words_enough() -> None:
    few = (*SAID[:-1], Transcript(ME, 61.0, 71.0, "Only five words of mine."))
    measured = measure_call(call_of(*few, *SIGNALS)).measured
    assert next(each.value for each in measured if each.key == "pace_change_me") is None


def test_a_replaced_signal_counts_as_what_it_became() -> None:
    became = Signal(2, K.YOURE_RIGHT, THEM, 5.0, 4.0, 5.0, 0.9, "q", "r", revises=1)
    events = (Transcript(THEM, 4.0, 5.0, "Yes."), heard(1, K.THATS_RIGHT, THEM, 5.0), became)
    values = {each.key: each.value for each in measure_call(call_of(*events)).measured}
    assert (values["thats_right"], values["wishy_washy"]) == (0.0, 1.0)


def test_what_followed_a_tool_has_the_silence_and_their_words() -> None:
    by_id = {each.signal: each for each in WORKED.followed}
    label, summary = by_id[2], by_id[4]
    assert (label.silence_s, label.i_spoke_first) == (pytest.approx(3.0), False)
    assert (label.reply, label.reply_signal) == (K.THATS_RIGHT, 3)
    assert label.reply_quote == "That's right. You see."
    assert (summary.silence_s, summary.i_spoke_first) == (pytest.approx(1.0), True)
    assert by_id[16].silence_s is None  # nobody spoke any more


def test_the_curve_has_a_point_for_each_change() -> None:
    assert curve(STATES) == (
        CurvePoint(20.0, 1.0, "the price", Understanding.SUMMARISED),
        CurvePoint(60.0, 2.0, "the date", Understanding.CONFIRMED),
        CurvePoint(100.0, 3.5, "the price", Understanding.WORKING_TOGETHER),
    )


def test_speech_is_shared_out_to_the_windows_it_lies_in() -> None:
    said = (Transcript(ME, 5.0, 15.0, "a"), Transcript(THEM, 15.0, 20.0, "b"))
    points = share_over_time(said, 40.0, 4)
    assert [each.at_s for each in points] == [5.0, 15.0, 25.0, 35.0]
    assert [each.share_me for each in points] == [1.0, 0.5, None, None]


@given(
    st.lists(
        st.tuples(st.sampled_from([ME, THEM]), st.floats(0, 100), st.floats(0.01, 30)), max_size=8
    ),
    st.integers(1, 20),
)
def test_shares_over_time_add_up_to_the_whole(
    spans: list[tuple[Speaker, float, float]], windows: int
) -> None:
    said = [Transcript(who, start, start + length, "a") for who, start, length in spans]
    points = share_over_time(said, 100.0, windows)
    assert len(points) == windows
    assert all(each.share_me is None or 0 <= each.share_me <= 1 for each in points)
    mine, both = (
        sum(length for who, _, length in spans if who in sides) for sides in ((ME,), (ME, THEM))
    )
    (whole,) = share_over_time(said, 100.0, 1)
    assert whole.share_me == (pytest.approx(mine / both) if spans else None)


@pytest.mark.parametrize("key", DEFINITIONS)
def test_the_document_has_the_name_and_formula_of_each_measure(key: str) -> None:
    book = DEFINITIONS[key]
    page = DOCS.read_text("utf-8")
    assert f"| `{key}` | {book.name} | {book.formula} |" in page
    assert book.reference in page
    assert book.unit in Unit


def test_values_are_written_as_people_read_them() -> None:
    assert written("talk_share_me", 0.434) == "43 %"
    assert written("first_thats_right", 116.2) == "1:56 min"
    assert written("pace_me", 180.4) == "180 words/min"
    assert written("labels", 1.5, mean=True) == "1.5"
    assert written("labels", None) == "–"
