from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from command import SAMPLES, told
from hypothesis import given
from hypothesis import strategies as st
from inside import run_inside
from markdown_it import MarkdownIt

from assistant.after import Fact, FactKind, LooseReply, OpenPoint
from assistant.model import (
    CallInfo,
    CallSummary,
    FinishedCall,
    Outcome,
    Signal,
    SignalKind,
    Source,
    Speaker,
    SubjectState,
    Understanding,
)
from assistant.preparing import MOST_EARLIER, MOST_OPEN, prepare
from assistant.preparing_page import as_html, as_markdown, as_text

if TYPE_CHECKING:
    from pathlib import Path

ME, THEM = Speaker.ME, Speaker.THEM


def signal(number: int, kind: SignalKind, quote: str, answers: int | None = None) -> Signal:
    speaker = ME if kind in {SignalKind.LABEL, SignalKind.SUMMARY} else THEM
    at_s = 10.0 * number
    return Signal(number, kind, speaker, at_s, at_s - 1, at_s, 0.9, quote, "r", answers=answers)


def call_of(day: int, words: str = "x", **more: object) -> FinishedCall:
    fields: dict[str, object] = {
        "outcome": Outcome.WISHY_WASHY,
        "headline": f"headline {day}",
        "duration_s": 60.0,
        "measures": (),
        "talk_share_me": None,
        "signals": (),
        "subjects": (),
        "first_thats_right_s": None,
        "moments": (),
        "prompts_shown": 0,
        "prompts_used": 0,
        "practise": f"practise {day}",
    }
    summary = CallSummary(**(fields | more))  # type: ignore[arg-type]
    info = CallInfo(
        f"call {day}", "", Source.LIVE, None, 60.0, datetime(2026, 3, day, tzinfo=UTC), (ME, THEM)
    )
    events = (
        signal(1, SignalKind.LABEL, "It sounds like it is late."),
        signal(2, SignalKind.THATS_RIGHT, "That's right.", answers=1),
        signal(3, SignalKind.PUSHBACK, words),
    )
    return FinishedCall(info, events, summary)


def test_what_earlier_calls_left_is_on_the_page() -> None:
    newest = call_of(
        9,
        "You never call.",
        open_points=(OpenPoint(5, 30.0, "My boss decides.", "It sounds like it's not up to you."),),
        subjects=(
            SubjectState("the price", Understanding.WISHY_WASHY, 20.0),
            SubjectState("the date", Understanding.CONFIRMED, 40.0),
        ),
        loose=(
            LooseReply(6, SignalKind.YOURE_RIGHT, 50.0, "You're right.", "It is fair.", None),
            LooseReply(7, SignalKind.BARE_YES, 55.0, "Yes.", "So it is.", 4.0),
        ),
        facts=(
            Fact(FactKind.COMMITMENT, "I'll send it", ME, 58.0, "I'll send it today."),
            Fact(FactKind.NUMBER, "two", THEM, 59.0, "Two of them."),
        ),
    )
    older = call_of(1, subjects=(SubjectState("the date", Understanding.UNHEARD, 5.0),))
    page = prepare("Ben", [(7, newest), (3, older)])
    prepared = page.preparation
    assert [(e.call, e.headline) for e in prepared.earlier] == [
        (7, "headline 9"),
        (3, "headline 1"),
    ]
    # what was felt understood in the newest call is no longer open
    assert [(i.call, i.at_s, i.quote) for i in prepared.open_items] == [
        (7, 30.0, "My boss decides."),
        (7, 20.0, "the price"),
        (7, 50.0, "It is fair."),
    ]
    assert [(i.quote, i.what) for i in prepared.promised] == [
        ("I'll send it today.", "you said so")
    ]
    assert prepared.labels == (
        "It sounds like it's not up to you.",
        "It seems like something about the price doesn't sit right.",
    )
    assert prepared.audit[0].startswith("Last time you said “You never call.”")
    assert prepared.practise == "practise 9"
    assert [(w.call, w.i_said, w.they_said) for w in page.worked] == [
        (7, "It sounds like it is late.", "That's right.")
    ]


def test_somebody_new_gets_an_audit_to_fill_in() -> None:
    page = prepare("New", [])
    assert page.preparation.earlier == ()
    assert len(page.preparation.audit) == 3
    assert "No earlier call with them" in as_text(page)


def test_no_page_is_longer_than_a_page() -> None:
    points = tuple(OpenPoint(n, float(n), f"point {n}", f"label {n}") for n in range(50))
    page = prepare("B", [(n, call_of(1 + n, f"no {n}", open_points=points)) for n in range(9)])
    assert len(page.preparation.earlier) == MOST_EARLIER
    assert len(page.preparation.open_items) == MOST_OPEN
    assert len(as_text(page).splitlines()) < 60


@given(st.text(max_size=40))
def test_words_of_a_call_are_words_in_every_format(words: str) -> None:
    point = OpenPoint(5, 30.0, words + "<b>*x*</b>", "")
    page = prepare("A<i>" + words, [(1, call_of(2, words, open_points=(point,)))])
    assert "<b>" not in as_html(page)
    assert "<i>" not in as_html(page)
    assert "\x1b" not in as_text(page)
    read = MarkdownIt().render(as_markdown(page))
    assert "<b>" not in read
    assert "<em>" not in read


def test_the_command(tmp_path: Path) -> None:
    call = SAMPLES / "delivery_date.jsonl"
    played = run_inside(tmp_path, "replay", call, "--json", "--with", "Ben Cole")
    assert played.status == 0
    shown = run_inside(tmp_path, "prepare", "BEN")
    assert shown.out.startswith("Before the call with Ben Cole\n")
    assert "What worked with them" in shown.out
    for name in ("a.md", "a.html", "a.json"):
        assert run_inside(tmp_path, "prepare", "ben cole", "--to", tmp_path / name).status == 0
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert "<h1>Before the call with Ben Cole</h1>" in (tmp_path / "a.html").read_text()
    assert json.loads((tmp_path / "a.json").read_text())["counterpart"] == "Ben Cole"
    told(run_inside(tmp_path, "prepare", "ben", "--to", tmp_path / "a.pdf"), 2, ".md, .html, .json")


@pytest.mark.parametrize("name", ["", " \x1b[2J "])
def test_nobody_is_nobody(tmp_path: Path, name: str) -> None:
    told(run_inside(tmp_path, "prepare", name), 2, "Say who the call is with")
