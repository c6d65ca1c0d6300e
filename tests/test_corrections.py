from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from command import SAMPLES, line, told
from hypothesis import given
from hypothesis import strategies as st
from inside import run_inside
from scripted import played, session

from assistant import phrases
from assistant.correcting import Wish, correct, evaluate, kind_of, undo
from assistant.corrections import (
    MINE,
    OF_DIALOGUE,
    THEIRS,
    Correction,
    What,
    corrected_lines,
    derive,
    lines_of,
)
from assistant.errors import ConfigError, StoreError
from assistant.feeds import TranscriptFeed
from assistant.kinds import SignalKind
from assistant.model import (
    CallInfo,
    CallWarning,
    FinishedCall,
    Note,
    Outcome,
    Signal,
    Source,
    Speaker,
    Transcript,
)
from assistant.store import Library
from assistant.stored import CallChange
from assistant.summary import standing, summarise
from assistant.transcripts import read_transcript

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ME, THEM = Speaker.ME, Speaker.THEM
BOOK = phrases.load()
SAID = (
    Transcript(ME, 1.0, 5.0, "It sounds like you need the parts by May, or the line stands."),
    Transcript(THEM, 6.0, 7.0, "That's right."),
    Transcript(ME, 12.0, 16.0, "It seems like the price is what worries you most."),
    Transcript(THEM, 17.0, 18.0, "You're right."),
)
INFO = CallInfo(
    "talk", "t.jsonl", Source.TRANSCRIPT, None, 18.0, datetime(2026, 3, 4, tzinfo=UTC), (ME, THEM)
)


def call_of(said: tuple[Transcript, ...]) -> FinishedCall:
    finished = played(session(TranscriptFeed(said)))[1]
    assert finished is not None
    info = replace(INFO, duration_s=max(t.end_s for t in said))
    return FinishedCall(info, finished.events, summarise(info, finished.events))


def heard(call: FinishedCall) -> list[tuple[str, str]]:
    signals = standing(e for e in call.events if isinstance(e, Signal))
    return [(s.kind.value, s.quote) for s in signals if s.speaker is THEM]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "data") as opened:
        opened.save(call_of(SAID))
        yield opened


@pytest.mark.parametrize("name", ["delivery_date", "look_alikes", "rent_review"])
def test_without_corrections_a_transcript_comes_out_as_it_was(name: str) -> None:
    call = call_of(read_transcript(SAMPLES / f"{name}.jsonl"))
    again = derive(call, (), BOOK)
    assert again.events == call.events
    assert again.summary == call.summary


def test_words_are_corrected_and_everything_follows(library: Library) -> None:
    before = library.load(1)
    change = correct(library, 1, Wish(line=2, text=" You're\x1b[2J right. "), BOOK)
    assert heard(change.after) == [
        ("youre_right", "You're right."),
        ("youre_right", "You're right."),
        ("stalled", "You're right."),  # twice the same: it goes round in circles
    ]
    assert [s.kind.value for s in change.gone if s.speaker is THEM] == ["thats_right"]
    assert library.load(1) == change.after
    assert before.summary.outcome is not change.after.summary.outcome
    (listed,) = library.calls()
    assert (listed.thats_right, listed.youre_right) == (0, 2)
    assert listed.outcome is change.after.summary.outcome
    assert library.original(1) == before
    assert [call.id for call in library.calls("you're right")] == [1]
    assert library.calls("that's") == ()
    assert undo(library, 1, BOOK, everything=False).after == before
    assert library.load(1) == before
    assert [call.id for call in library.calls("that's")] == [1]


def test_the_original_is_never_written_again(library: Library) -> None:
    before = library.load(1)
    for text in ("a", "b", "c"):
        correct(library, 1, Wish(line=2, text=text), BOOK)
    kept = library._database.execute("SELECT lines FROM originals").fetchone()["lines"]
    correct(library, 1, Wish(line=4, text="No."), BOOK)
    assert library._database.execute("SELECT lines FROM originals").fetchone()["lines"] == kept
    assert library.original(1) == before
    undo(library, 1, BOOK, everything=False)
    assert [e.text for e in library.load(1).events if isinstance(e, Transcript)][1] == "c"
    undo(library, 1, BOOK, everything=True)
    assert library.load(1) == before
    with pytest.raises(StoreError, match="Nothing was corrected of call 1"):
        undo(library, 1, BOOK, everything=False)


def test_a_speaker_is_corrected(library: Library) -> None:
    after = correct(library, 1, Wish(line=4, speaker="me"), BOOK).after
    assert heard(after) == [("thats_right", "That's right.")]
    assert [e.speaker for e in after.events if isinstance(e, Transcript)] == [ME, THEM, ME, ME]


def test_a_line_in_which_nothing_was_said_goes_and_keeps_its_number(library: Library) -> None:
    after = correct(library, 1, Wish(line=2, text=""), BOOK).after
    assert len(lines_of(after)) == 3
    correct(library, 1, Wish(line=4, text="That's right."), BOOK)
    lines = corrected_lines(library.original(1), library.corrections(1))
    assert [t.text for t in lines][1::2] == ["", "That's right."]


def test_a_signal_that_was_none_is_none_and_what_rests_on_it_goes(library: Library) -> None:
    before = library.load(1)
    (signal,) = [s for s in before.events if isinstance(s, Signal) and s.kind == "thats_right"]
    after = correct(library, 1, Wish(signal=signal.id, is_not=True), BOOK).after
    assert "thats_right" not in dict(heard(after))
    assert after.summary.first_thats_right_s is None
    assert after.summary.outcome is not Outcome.UNDERSTOOD


def test_a_signal_was_another_one(library: Library) -> None:
    (wrong,) = [
        s for s in library.load(1).events if isinstance(s, Signal) and s.kind == "youre_right"
    ]
    after = correct(library, 1, Wish(signal=wrong.id, is_kind="that's-right"), BOOK).after
    assert heard(after) == [("thats_right", "That's right."), ("thats_right", "You're right.")]
    new = [s for s in after.events if isinstance(s, Signal) and s.rule == "corrected"]
    assert [(s.at_s, s.confidence, s.reasons) for s in new] == [(18.0, 1.0, ("you said so",))]
    assert library.corrections(1) == (
        Correction(4, What.NOT, "youre_right", 1),
        Correction(4, What.IS, "thats_right", 1),
    )
    undo(library, 1, BOOK, everything=False)
    assert library.corrections(1) == ()


def test_what_no_rule_heard_is_said_by_the_user_even_over_their_talk() -> None:
    said = (
        Transcript(ME, 1.0, 9.0, "It sounds like the date is hard, and the price is hard too."),
        Transcript(THEM, 3.0, 3.5, "Right."),
    )
    call = call_of(said)
    (number,) = [n for n, t in enumerate(lines_of(call), 1) if t.speaker is THEM]
    after = derive(call, (Correction(number, What.IS, "thats_right"),), BOOK)
    assert heard(after) == [("thats_right", "Right.")]


def test_a_denied_reply_does_not_come_back_with_their_next_words() -> None:
    said = (
        *SAID[:1],
        Transcript(THEM, 6.0, 8.0, "That's right, but the night shift is not asked."),
        Transcript(THEM, 9.0, 10.0, "So let's see."),
    )
    call = call_of(said)
    kinds = dict(heard(call))
    assert kinds
    denied = [
        Correction(n, What.NOT, kind)
        for n, t in enumerate(lines_of(call), 1)
        if t.text.startswith("That's")
        for kind in kinds
    ]
    assert not [q for _, q in heard(derive(call, denied, BOOK)) if q.startswith("That's")]


def test_notes_and_titles_of_afterwards_stay(library: Library) -> None:
    library.add_note(1, Note(3.0, "mark"))
    library.change(1, CallChange(title="mine", tags=("a",)))
    after = correct(library, 1, Wish(line=2, text="No."), BOOK).after
    assert Note(3.0, "mark") in after.events
    library.add_note(1, Note(4.0, "later"))
    undo(library, 1, BOOK, everything=True)
    notes = [e.text for e in library.load(1).events if isinstance(e, Note)]
    assert sorted(notes) == ["later", "mark"]
    (listed,) = library.calls("mine")
    assert (listed.title, listed.tags) == ("mine", ("a",))


def test_warnings_stay_where_they_were() -> None:
    call = call_of(SAID)
    warned = replace(call, events=(*call.events[:2], CallWarning("lost", 8.0), *call.events[2:]))
    again = derive(warned, (), BOOK)
    place = again.events.index(CallWarning("lost", 8.0))
    before = [e.end_s for e in again.events[:place] if isinstance(e, Transcript)]
    assert before == [5.0, 7.0]


def test_nothing_is_changed_when_it_fails(library: Library) -> None:
    before = library.load(1)
    library._database.execute(
        "CREATE TRIGGER no BEFORE INSERT ON signals BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    with pytest.raises((StoreError, sqlite3.Error)):
        correct(library, 1, Wish(line=2, text="You're right."), BOOK)
    assert library.load(1) == before
    assert library.corrections(1) == ()
    assert library.corrected() == ()


def test_deleting_a_call_deletes_its_original(library: Library) -> None:
    correct(library, 1, Wish(line=2, text="zugzwang"), BOOK)
    library.delete(1)
    assert library.corrected() == ()
    for name in ("library.db", "library.db-wal"):
        path = library.path.with_name(name)
        assert not path.exists() or b"parts by May" not in path.read_bytes()
        assert not path.exists() or b"zugzwang" not in path.read_bytes()


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (Wish(line=9, text="a"), "There is no line 9: the call has 4 lines"),
        (Wish(signal=99, is_not=True), "There is no signal 99"),
        (Wish(line=2, speaker="somebody"), "--speaker is me or them"),
        (Wish(line=2, is_kind="label"), "label is said by me"),
        (Wish(line=1, is_kind="thats_right"), "thats_right is said by them"),
        (Wish(line=2, is_kind="stalled"), "no kind of signal"),
    ],
)
def test_what_does_not_fit_is_said(library: Library, wish: Wish, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        correct(library, 1, wish, BOOK)
    assert library.corrected() == ()


def test_kinds_as_people_write_them() -> None:
    assert {kind_of(t) for t in ("thats_right", "that's right", "That’s-Right")} == {"thats_right"}
    assert sorted((*MINE, *THEIRS, *OF_DIALOGUE)) == sorted(SignalKind)


def test_corrections_are_test_cases_of_the_rules(library: Library) -> None:
    assert evaluate(library, BOOK).judged == ()
    correct(library, 1, Wish(line=2, is_kind="youre_right"), BOOK)
    correct(library, 1, Wish(line=4, is_kind="youre_right"), BOOK)
    found = evaluate(library, BOOK)
    assert found.calls == 1
    assert [(j.line, j.kind.value, j.wanted, j.met) for _, j in found.judged] == [
        (2, "thats_right", False, False),
        (2, "youre_right", True, False),
        (4, "youre_right", True, True),
    ]
    correct(library, 1, Wish(line=2, text="You're right."), BOOK)
    assert evaluate(library, BOOK).met == 3


def test_the_commands(tmp_path: Path) -> None:
    talk = tmp_path / "talk.jsonl"
    talk.write_text("".join(line(t.speaker.value, t.start_s, t.end_s, t.text) for t in SAID))
    assert run_inside(tmp_path, "import", talk).status == 0
    lines = run_inside(tmp_path, "correct", "last").out
    assert "2     0:06  them     That's right." in lines
    assert "signal 1: thats_right" in lines
    changed = run_inside(tmp_path, "correct", "last", "--signal", "1", "--is", "bare yes")
    assert changed.status == 0
    assert "-    0:07  thats_right" in changed.out
    assert "+    0:07  bare_yes" in changed.out
    assert "bare_yes" in run_inside(tmp_path, "correct", "1", "--list").out
    exported = json.loads(run_inside(tmp_path, "report", "1", "--format", "json").out)
    assert "thats_right" not in exported["summary"]["signals"]
    shown = json.loads(run_inside(tmp_path, "evaluate", "--json").out)
    assert (shown["met"], shown["judgements"]) == (0, 2)
    assert "0 of 2 judgements in 1 corrected call" in run_inside(tmp_path, "evaluate").out
    told(run_inside(tmp_path, "correct", "1", "--text", "a"), 2, "--line N or --signal N")
    told(
        run_inside(tmp_path, "correct", "1", "--line", "1", "--not"), 2, "--not belongs to --signal"
    )
    told(run_inside(tmp_path, "correct", "7", "--undo"), 1, "There is no call 7")


# ---- properties ------------------------------------------------------------------------------

KINDS = {ME: MINE, THEM: THEIRS}


@st.composite
def corrections(draw: st.DrawFn) -> list[Correction]:
    made = []
    for _ in range(draw(st.integers(0, 5))):
        number = draw(st.integers(1, len(SAID)))
        what = draw(st.sampled_from(What))
        value = {
            What.TEXT: st.sampled_from(["", "Yes.", "That's right.", "How would that work?"]),
            What.SPEAKER: st.sampled_from(["me", "them"]),
            What.NOT: st.sampled_from([*THEIRS, *MINE]).map(str),
            What.IS: st.sampled_from(KINDS[SAID[number - 1].speaker]).map(str),
        }[what]
        made.append(Correction(number, what, draw(value)))
    return made


@given(corrections())
def test_any_corrections_hold(made: list[Correction]) -> None:
    call = call_of(SAID)
    after = derive(call, made, BOOK)
    lines = corrected_lines(call, made)
    assert sorted(lines_of(after), key=lambda t: t.start_s) == [t for t in lines if t.text]
    found = {
        (s.start_s, s.kind) for s in standing(e for e in after.events if isinstance(e, Signal))
    }
    last = {(c.line, c.value): c.what for c in made if c.what in {What.IS, What.NOT}}
    for (number, value), what in last.items():
        if lines[number - 1].text and what is What.NOT:
            assert (lines[number - 1].start_s, SignalKind(value)) not in found
        elif lines[number - 1].text:
            assert (lines[number - 1].start_s, SignalKind(value)) in found
