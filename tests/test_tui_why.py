"""What the panel says of a signal. No application, no terminal."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import reduce as fold
from pathlib import Path

import pytest
from talk import signals_of
from tui_script import INFO, ME, THEM, Mark
from why_script import CONCEDED, HEARD, LABEL, REST, SUMMARY, YES

from assistant import phrases
from assistant.model import Event, PromptUsed, Signal, SignalKind, Speaker, Transcript
from tui import view as state
from tui.rules import known, reading
from tui.view import KEPT_SIGNALS, View
from tui.why import NOTHING, beside, explain, keeps, lines, opening

DIALOGUES = Path(__file__).parent / "dialogues" / "dev.jsonl"


def after(*events: Event) -> View:
    return fold(state.reduce, events, state.begin(INFO))


def told(view: View, chosen: int | None, width: int = 80) -> list[str]:
    return [line.plain.rstrip() for line in lines(explain(view, chosen), width)]


def many(count: int) -> View:
    marks = (Mark(i, i, i + 0.5) for i in range(1, count + 1))
    return after(*(mark.of(SignalKind.LABEL, ME, f"Quote {mark.id}.") for mark in marks))


def test_everything_a_prompt_rests_on() -> None:
    assert told(after(*HEARD), 3) == [
        f"Why           ◇ You're right{'2 of 2':>52}",
        "0:44 Them     “Yeah, no, you're right.”",
        "At first      heard as ◇ Bare yes",
        "Answers       ▸ Summary  “So the penalty clause covers you if we slip”",
        "Rule          words like “you're right”",
        "Sure          88 %",
        "              said with energy 0.21 of 1: +0.05",
        "              1.3 s after you: +0.02",
        "Suggests      Say a label  “It seems like there's something about the penalties",
        "              that I missed.”",
        "Because       They ended the subject. They did not agree.",
    ]


def test_in_a_narrow_pane_the_words_have_the_whole_width() -> None:
    assert told(after(*HEARD), 3, 37)[:9] == [
        "◇ You're right                 2 of 2",
        "0:44 Them: “Yeah, no, you're right.”",
        "At first: heard as ◇ Bare yes",
        "Answers: ▸ Summary  “So the penalty",
        "clause covers you if we slip”",
        "Rule: words like “you're right”",
        "Sure: 88 %",
        "  said with energy 0.21 of 1: +0.05",
        "  1.3 s after you: +0.02",
    ]


def test_a_move_of_mine_has_only_what_it_has() -> None:
    assert told(after(*HEARD), 1)[1:] == [
        "0:39 Me       “So the penalty clause covers you if we slip”",
        "Rule          several things about them in one picture",
        "Sure          85 %",
    ]


def test_nothing_heard_is_one_sentence() -> None:
    assert told(after(), None) == [NOTHING]
    assert opening(after()) is None
    assert beside(after(), None, 1) is None
    assert NOTHING.count(".") == 1


def test_it_opens_on_what_the_prompt_rests_on_else_on_the_last_signal() -> None:
    label = Mark(4, 45.0, 46.0).of(SignalKind.LABEL, ME, "It seems")
    assert opening(after(*HEARD, label)) == 3
    assert opening(state.tick(after(*HEARD, label), 61.0)) == 4
    assert opening(after(*HEARD, *REST)) == 8


def test_a_prompt_that_is_over_was_a_suggestion() -> None:
    view = after(*HEARD)
    assert "Suggests      Say a label" in "\n".join(told(view, 3))
    over = state.tick(view, 61.0)
    assert over.prompt is None
    assert "Suggested     Say a label" in "\n".join(told(over, 3))
    assert "Because       They ended" in "\n".join(told(over, 3))
    assert "Suggested" in "\n".join(told(after(*HEARD, PromptUsed(1, 50.0)), 3))
    assert "Suggest" not in "\n".join(told(view, 1))


def test_a_prompt_on_what_was_heard_first_belongs_to_what_it_became() -> None:
    view = after(SUMMARY, YES, replace(LABEL, signal=2), CONCEDED)
    assert opening(view) == 3
    why = explain(view, 3)
    assert why is not None
    assert why.shown


def test_the_kind_it_answers_is_there_without_its_signal() -> None:
    view = after(replace(CONCEDED, answers=77))
    assert "Answers       ▸ Summary" in told(view, 3)
    assert "At first" not in "\n".join(told(view, 3))


def test_stepping_ends_at_both_ends() -> None:
    view = after(*HEARD)
    assert beside(view, 3, -1) == 1
    assert beside(view, 1, -1) == 1
    assert beside(view, 1, 1) == 3
    assert beside(view, 3, 1) == 3


def test_a_signal_that_is_revised_is_still_the_one_looked_at() -> None:
    before, view = after(SUMMARY, YES), after(SUMMARY, YES, CONCEDED)
    assert told(before, 2)[1] == "0:42 Them     “Yeah”"
    assert told(view, 2) == told(view, 3)
    assert beside(view, 2, -1) == 1
    assert keeps(view, 2)


def test_signals_no_longer_kept_give_way_to_the_oldest() -> None:
    view = many(KEPT_SIGNALS + 6)
    assert told(view, 2)[1] == "0:07 Me       “Quote 7.”"
    assert told(view, 2)[0].endswith(f"1 of {KEPT_SIGNALS}")
    assert not keeps(view, 2)
    assert keeps(view, 7)


def test_what_is_remembered_stays_bounded() -> None:
    view = after()
    for i in range(1, 400, 2):
        first = Mark(i, i, i + 0.5).of(SignalKind.BARE_YES, THEM, "Yes.")
        second = replace(first, id=i + 1, kind=SignalKind.YOURE_RIGHT, revises=i)
        prompt = replace(LABEL, id=i, signal=i + 1)
        view = fold(state.reduce, (first, second, prompt), view)
    assert [len(kept) for kept in (view.signals, view.replaced, view.prompts)] == [KEPT_SIGNALS] * 3


@pytest.mark.parametrize("width", [1, 5, 13, 37, 55, 56, 80, 200])
def test_no_line_is_wider_than_it_may_be_and_no_word_is_lost(width: int) -> None:
    quote = "Well — 你好 “so” [bold]that[/bold] is " * 60 + "x" * 500
    view = after(SUMMARY, replace(YES, quote=quote))
    found = lines(explain(view, 2), width)
    if width > 8:
        assert max(line.cell_length for line in found) <= width
        words = "".join("".join(told(view, 2, width)).split())
        assert "".join(quote.split()) in words


def test_brackets_are_brackets() -> None:
    view = after(SUMMARY, replace(YES, quote="[bold]no[/bold] [@click=app.quit]x[/]"))
    line = lines(explain(view, 2), 80)[1]
    assert line.plain == "0:42 Them     “[bold]no[/bold] [@click=app.quit]x[/]”"
    assert not any("bold" in str(span.style) or "click" in str(span.style) for span in line.spans)


def test_every_rule_of_the_phrase_book_has_a_reading() -> None:
    book = phrases.load()
    names = {entry.phrases.rule for entry in (*book.replies, *book.theirs, *book.mine)}
    assert {name for name in names if not known(name)} == set()


def test_every_rule_that_fires_has_a_reading() -> None:
    fired = set()
    for row in map(json.loads, DIALOGUES.read_text("utf-8").splitlines()):
        turns = row["turns"]
        said = [
            Transcript(Speaker(t["speaker"]), t["start_s"], t["end_s"], t["text"]) for t in turns
        ]
        fired |= {signal.rule for signal in signals_of(said) if isinstance(signal, Signal)}
    assert len(fired) > 20
    assert {name for name in fired if not known(name)} == set()


def test_a_rule_of_the_users_own_has_its_name() -> None:
    assert reading("thats-exactly-it") == "words like “that's exactly it”"
    assert reading("your-phrase") == "a phrase of my own"
    assert reading("boss-says-ok") == "“boss says ok”"
