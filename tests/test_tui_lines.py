"""The transcript as lines."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from tui_script import ME, THEM, WARNING, Mark

from assistant.model import Event, SignalKind, Speaker, SpeechDropped, TimeSpan, Transcript
from tui.ascii import to_ascii
from tui.lines import Log, Sheet, find_quote
from tui.wrapping import wrap

if TYPE_CHECKING:
    from tui.lines import Line


def laid(events: list[Event], width: int = 80, *, spaced: bool = False) -> Sheet:
    log = Log()
    sheet = Sheet(log, width, spaced=spaced)
    for event in events:
        changed = log.hear(event)
        if changed is not None:
            sheet.lay_out(changed)
    return sheet


def text(line: Line) -> str:
    return "".join(piece.text for piece in line)


def page(sheet: Sheet) -> list[str]:
    return [text(sheet.line(number)) for number in range(sheet.height)]


def said(speaker: Speaker, at_s: float, words: str, *, final: bool = True) -> Transcript:
    return Transcript(speaker, at_s, at_s + 1.0, words, final)


def test_two_sides_each_named_once_a_turn_with_the_time() -> None:
    sheet = laid([said(THEM, 1, "One."), said(THEM, 3, "Two."), said(ME, 65, "Three.")])
    assert page(sheet) == [
        "   0:01 Them  One.",
        "              Two.",
        "   1:05       Me    Three.",
    ]


def test_who_may_have_been_the_other_has_a_question_mark_where_the_doubt_begins_and_ends() -> None:
    sheet = laid(
        [
            said(THEM, 1, "One."),
            replace(said(THEM, 3, "Two."), speaker_confidence=0.79),
            replace(said(THEM, 5, "Three."), speaker_confidence=0.6),
            replace(said(THEM, 7, "Four."), speaker_confidence=0.8),
            replace(said(ME, 9, "Five."), speaker_confidence=0.5),
        ]
    )
    assert page(sheet) == [
        "   0:01 Them  One.",
        "   0:03 Them? Two.",
        "              Three.",
        "   0:07 Them  Four.",
        "   0:09       Me?   Five.",
    ]
    styles = [{piece.style for piece in sheet.line(at)} - {"time"} for at in range(5)]
    them = {"them", "name-them"}
    assert styles == [them, {"doubtful"}, {"doubtful"}, them, {"doubtful"}]


def test_what_begins_over_the_others_words_has_a_mark() -> None:
    def over(heard: Transcript) -> Transcript:
        return replace(heard, overlap=(TimeSpan(heard.start_s, heard.start_s + 0.5),))

    later = replace(said(ME, 9, "Four."), overlap=(TimeSpan(9.3, 9.6),))
    events = [over(said(THEM, 1, "One.")), over(said(THEM, 3, "Two.")), over(said(ME, 5, "Three."))]
    assert page(laid([*events, later])) == [
        "   0:01 Them∥ One.",
        "            ∥ Two.",
        "   0:05       Me  ∥ Three.",
        "                    Four.",
    ]
    assert page(laid(events, 38)) == ["Them∥ One.", "    ∥ Two.", "   Me  ∥ Three."]
    assert to_ascii("∥") == "&"


def test_a_narrow_sheet_leaves_the_time_out() -> None:
    sheet = laid([said(THEM, 1, "One."), said(ME, 3, "Two.")], 38)
    assert page(sheet) == ["Them  One.", "   Me    Two."]


def test_a_spaced_sheet_sets_turns_apart() -> None:
    sheet = laid([said(THEM, 1, "One."), said(THEM, 2, "Two."), said(ME, 3, "Three.")], spaced=True)
    assert [bool(line) for line in page(sheet)] == [True, True, False, True]


def test_a_signal_stands_beneath_the_words_it_rests_on() -> None:
    words = said(THEM, 1, "Yeah, no, you're right. I guess it does.")
    sheet = laid([words, Mark(1, 1, 2).of(SignalKind.YOURE_RIGHT, THEM, "You're right.")])
    spoken, mark = page(sheet)
    assert mark.strip() == "◇ You're right"
    assert mark.index("◇") == spoken.index("you're right")
    assert [p.text for p in sheet.line(0) if p.marked] == ["you're right"]


def test_a_signal_comes_after_the_line_where_its_words_end() -> None:
    words = said(THEM, 1, "word " * 15 + "that's right and " + "word " * 15)
    sheet = laid([words, Mark(1, 1, 2).of(SignalKind.THATS_RIGHT, THEM, "that's right")], 60)
    lines = page(sheet)
    at = next(i for i, line in enumerate(lines) if "◆" in line)
    assert "right" in lines[at - 1]
    assert "word" in lines[at + 1]


def test_a_signal_goes_to_the_speaker_and_the_time_it_belongs_to() -> None:
    sheet = laid(
        [
            said(THEM, 1, "Right."),
            said(ME, 3, "Right."),
            said(THEM, 5, "Right."),
            said(ME, 7, "Yes."),
            Mark(1, 1, 2).of(SignalKind.BARE_YES, THEM, "Right"),
        ]
    )
    assert page(sheet)[1].strip() == "◇ Bare yes"


def test_words_not_found_are_marked_at_the_end() -> None:
    sheet = laid([said(THEM, 1, "So so."), Mark(1, 1, 2).of(SignalKind.BARE_YES, THEM, "[?]")])
    assert page(sheet)[1] == " " * 14 + "◇ Bare yes"


def test_a_revision_says_so() -> None:
    sheet = laid(
        [
            said(THEM, 1, "That's right."),
            Mark(1, 1, 2).of(SignalKind.THATS_RIGHT, THEM, "That's right"),
            said(THEM, 3, "But not for us."),
            Mark(2, 1, 4).of(SignalKind.QUALIFIED_AGREEMENT, THEM, "That's right", revises=1),
        ]
    )
    assert [line.strip() for line in page(sheet)][1] == "◇ Yes, but, first heard as that's right"
    assert sum("◇" in line or "◆" in line for line in page(sheet)) == 1


def test_partials_of_both_sides_are_replaced_where_they_stand() -> None:
    events = [
        said(THEM, 1, "Wel", final=False),
        said(ME, 2, "I s", final=False),
        said(THEM, 1, "Well I", final=False),
        said(THEM, 1, "Well, I know."),
        said(ME, 2, "I see."),
    ]
    assert page(laid(events)) == ["   0:01 Them  Well, I know.", "   0:02       Me    I see."]
    assert page(laid(events[:3]))[0].endswith("Well I …")


def test_a_partial_that_was_noise_disappears() -> None:
    events = [
        said(THEM, 1, "Mm", final=False),
        said(ME, 2, "I s", final=False),
        SpeechDropped(THEM, 2.0),
        said(ME, 2, "I see."),
        SpeechDropped(ME, 5.0),
    ]
    assert page(laid(events)) == ["   0:02       Me    I see."]


def test_an_empty_transcript_leaves_no_line() -> None:
    assert page(laid([said(THEM, 1, "Mm", final=False), said(THEM, 1, " ")])) == []


def test_a_warning_is_a_sentence_among_the_words() -> None:
    lines = page(laid([WARNING], 60))
    assert lines[0].startswith("        ! Both channels carry")
    assert " ".join(line.strip(" !") for line in lines) == WARNING.message


def test_the_oldest_go_when_it_is_full() -> None:
    log = Log(limit=100)
    sheet = Sheet(log, 80)
    partial = log.hear(said(ME, 0, "Still", final=False))
    assert partial == 0
    for i in range(350):
        changed = log.hear(said(THEM, i, f"Line {i}."))
        assert changed is not None
        sheet.lay_out(changed)
    assert len(log.entries) <= 100
    assert page(sheet)[-1].endswith("Line 349.")
    assert (
        sheet.height
        == len(page(sheet))
        == sum(len(sheet.entry_lines(i)) for i in range(len(log.entries)))
    )


def test_a_partial_keeps_its_place_when_the_oldest_go() -> None:
    log = Log(limit=10)
    for i in range(10):
        log.hear(said(THEM, i, f"Line {i}."))
    log.hear(said(ME, 10, "I s", final=False))
    log.hear(said(THEM, 11, "Line 11."))
    log.hear(said(ME, 10, "I see."))
    sheet = Sheet(log, 80)
    sheet.lay_out()
    assert [line.split()[-1] for line in page(sheet)[-2:]] == ["see.", "11."]


def test_looking_at_a_page_of_a_long_call_makes_only_that_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sheet = laid([said(THEM if i % 2 else ME, i, f"Line {i}.") for i in range(20_000)])
    made = []
    real = Sheet.entry_lines
    monkeypatch.setattr(Sheet, "entry_lines", lambda self, i: made.append(i) or real(self, i))
    lines = [text(sheet.line(number)) for number in range(19_000, 19_050)]
    assert lines[0].endswith("Line 19000.")
    assert len(made) == 50
    sheet.lay_out(19_999)
    assert len(made) == 50


def test_lines_and_entries_know_each_other() -> None:
    sheet = laid([said(THEM, i, "word " * (5 + i * 10)) for i in range(6)], 60, spaced=True)
    for entry in range(6):
        start = sheet.start_of(entry)
        assert sheet.entry_at(start) == entry
        assert [sheet.line(start + i) for i in range(len(sheet.entry_lines(entry)))] == (
            sheet.entry_lines(entry)
        )
    assert sheet.line(sheet.height) == ()
    assert sheet.line(-1) == ()


TEXTS = st.text(alphabet=st.sampled_from("ab ’é漢🙂-"), max_size=80)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.integers(2, 30))
def test_wrapping_keeps_every_word_and_the_width(words: str, width: int) -> None:
    spans = wrap(words, width)
    assert all(cell_len(words[a:b]) <= width for a, b in spans)
    assert all(b <= c and not words[b:c].strip() for (_, b), (c, _) in pairwise(spans))
    assert "".join(words[a:b] for a, b in spans).replace(" ", "") == words.replace(" ", "")


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([ME, THEM]), TEXTS, st.booleans(), st.floats(0.5, 1.0))),
    st.integers(8, 90),
)
def test_counted_and_made_lines_agree(
    turns: list[tuple[Speaker, str, bool, float]], width: int
) -> None:
    events: list[Event] = []
    for i, (speaker, words, final, sure) in enumerate(turns):
        heard = said(speaker, i, words, final=final)
        events.append(replace(heard, speaker_confidence=sure))
        if i % 3 == 0:
            events.append(Mark(i + 1, i, i + 1).of(SignalKind.BARE_YES, speaker, words[:5]))
    sheet = laid(events, width)
    again = laid(events, width)
    again.lay_out()
    assert page(sheet) == page(again)
    count = bound = sheet.entry_at(sheet.height)
    assert sheet.height == sum(len(sheet.entry_lines(i)) for i in range(bound))
    assert count == bound


@pytest.mark.parametrize(
    ("words", "quote", "found"),
    [
        ("Yes, that's right.", "That's right.", (5, 17)),
        ("right, all right", "right", (11, 16)),
        ("a.b", "a.b", (0, 3)),
        ("axb", "a.b", None),
        ("anything", "...", None),
    ],
)
def test_find_quote(words: str, quote: str, found: tuple[int, int] | None) -> None:
    assert find_quote(words, quote) == found
