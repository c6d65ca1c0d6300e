"""The library over time, and signals found in it."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from command import plain, write_talk
from hypothesis import given
from hypothesis import strategies as st
from test_report_page import Reader
from typer.testing import CliRunner

from assistant import store_search
from assistant.after import Insights, TrendPoint
from assistant.commands import app
from assistant.insights import LATELY, earned, insights, trend, wilson
from assistant.model import (
    CallInfo,
    Event,
    FinishedCall,
    Signal,
    SignalKind,
    Source,
    Speaker,
    Transcript,
)
from assistant.store import FILE_NAME, Library
from assistant.summary import summarise
from assistant.trends import (
    signal_lines,
    signals_table,
    trends_json,
    trends_page,
    trends_table,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ME, THEM = Speaker.ME, Speaker.THEM
START = datetime(2026, 3, 4, tzinfo=UTC)


def call_of(
    number: int, reply: SignalKind, said: str = "It sounds like 200 dollars.", who: str = ""
) -> FinishedCall:
    info = CallInfo(
        f"call {number}",
        "a.ogg",
        Source.AUDIO,
        "base",
        20.0,
        START + timedelta(days=number),
        (ME, THEM),
        who,
    )
    events: tuple[Event, ...] = (
        Transcript(ME, 0.0, 4.0, said),
        Signal(1, SignalKind.LABEL, ME, 4.0, 0.0, 4.0, 0.9, said, "r"),
        Transcript(THEM, 5.0, 6.0, "You're right."),
        Signal(2, reply, THEM, 6.0, 5.0, 6.0, 0.9, "You're right.", "r", answers=1),
    )
    return FinishedCall(info, events, summarise(info, events))


RIGHT, YOURE = SignalKind.THATS_RIGHT, SignalKind.YOURE_RIGHT


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path) as opened:
        yield opened


def test_measures_are_kept_with_a_call_and_go_with_it(library: Library, tmp_path: Path) -> None:
    number = library.save(call_of(0, RIGHT))
    values = {row["key"]: row["value"] for row in library.measures()}
    assert values["labels"] == 1.0
    assert values["used:label:thats_right"] == 1.0
    library.delete(number)
    with sqlite3.connect(tmp_path / FILE_NAME) as database:
        assert database.execute("SELECT count(*) FROM measures").fetchone() == (0,)


def test_a_call_from_before_measures_is_measured_when_it_is_asked_for(
    library: Library, tmp_path: Path
) -> None:
    library.save(call_of(0, RIGHT))
    before = [tuple(row) for row in library.measures()]
    with sqlite3.connect(tmp_path / FILE_NAME) as database:
        database.execute("DELETE FROM measures")
    assert library.measures() == []
    insights(library)
    assert [tuple(row) for row in library.measures()] == before


def test_trends_go_over_calls_oldest_first_and_what_a_tool_earned_is_summed(
    library: Library,
) -> None:
    for number, reply in ((2, RIGHT), (0, YOURE), (1, RIGHT)):
        library.save(call_of(number, reply, who="Dana" if number else "Lukas"))
    found = insights(library)
    assert found.calls == 3
    right = next(each for each in found.trends if each.key == "thats_right")
    assert [each.value for each in right.points] == [0.0, 1.0, 1.0]
    assert [each.started_at for each in right.points] == [
        START + timedelta(days=n) for n in (0, 1, 2)
    ]
    (label,) = found.earned
    assert (label.kind, label.used, label.thats_right, label.wishy_washy) == (
        SignalKind.LABEL,
        3,
        2,
        1,
    )
    assert insights(library, "dana").calls == 2
    assert insights(library, "Nobody").calls == 0
    assert library.counterparts() == ("Dana", "Lukas")


def test_lately_is_held_against_what_was_before() -> None:
    points = [TrendPoint(n, START, float(n)) for n in range(LATELY + 2)]
    found = trend("labels", points)
    assert (found.before, found.lately) == (0.5, 4.0)
    assert trend("labels", points[:3]).before is None


def test_the_interval_is_wilsons() -> None:
    # Worked out by hand: 1 of 10, z = 1.96: (0.1 + 0.192 ± 0.254) / 1.384
    low, high = wilson(1, 10)
    assert (low, high) == (pytest.approx(0.0179, abs=5e-4), pytest.approx(0.4042, abs=5e-4))
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(0, 60), st.integers(1, 60))
def test_the_interval_holds_the_share(right: int, used: int) -> None:
    right = min(right, used)
    low, high = wilson(right, used)
    assert 0 <= low <= right / used + 1e-12
    assert right / used - 1e-12 <= high <= 1


def test_a_tool_is_told_with_its_replies() -> None:
    used = {"mirror": 2.0, "label": 4.0, "label:pushback": 1.0, "label:correction": 1.0}
    label, mirror = earned(used)
    assert (label.kind, label.pushed_back, mirror.kind) == (
        SignalKind.LABEL,
        2,
        SignalKind.MIRROR,
    )


def found_in(library: Library, after: str = "", limit: int | None = None) -> list[str]:
    return [each.title for each in library.signals(YOURE, after, limit)]


def test_signals_are_found_by_kind_and_by_the_words_before(library: Library) -> None:
    library.save(call_of(0, YOURE))
    library.save(call_of(1, YOURE, said="It sounds like the roof matters."))
    library.save(call_of(2, RIGHT))
    library.save(call_of(3, YOURE, said="The price is what it is."))
    assert found_in(library) == ["call 3", "call 1", "call 0"]
    assert found_in(library, limit=1) == ["call 3"]
    assert found_in(library, "price") == ["call 3", "call 0"]  # a sum counts as one
    assert found_in(library, "ROOF matters") == ["call 1"]
    assert found_in(library, "roof price") == []
    assert found_in(library, '" OR *') == []
    (one,) = library.signals(YOURE, "roof")
    assert (one.call, one.signal, one.at_s, one.quote, one.before) == (
        2,
        2,
        6.0,
        "You're right.",
        "It sounds like the roof matters.",
    )


def test_words_long_before_are_not_before_a_signal(library: Library) -> None:
    call = call_of(0, YOURE, said="The price stands.")
    late = tuple(
        replace(each, start_s=each.start_s + 60, end_s=each.end_s + 60)
        if isinstance(each, Transcript | Signal) and each.speaker is THEM
        else each
        for each in call.events
    )
    library.save(replace(call, events=late))
    assert found_in(library, "price") == []
    assert found_in(library) == ["call 0"]


def test_a_replaced_signal_is_not_found(library: Library) -> None:
    call = call_of(0, YOURE)
    became = replace(call.events[-1], id=3, kind=RIGHT, revises=2)  # type: ignore[type-var, call-arg]
    library.save(replace(call, events=(*call.events, became)))
    assert found_in(library) == []


def test_tables_are_plain_text_and_say_when_there_is_nothing(library: Library) -> None:
    assert "".join(trends_table(insights(library))).startswith("No calls yet.")
    assert "".join(trends_table(Insights("Bo\x1b[31mb", 0, (), ()))) == "No calls with Bob.\n"
    assert "".join(signals_table([], after=False)) == "No call has such a signal.\n"
    library.save(call_of(0, YOURE, said="A \x1b[31mred\u202e price", who="D\x1b[0mana"))
    for text in (
        "".join(trends_table(insights(library))),
        "".join(signals_table(library.signals(YOURE, "price"), after=True)),
    ):
        assert plain(text)
        assert text.count("\n") > 1


def test_json_has_every_call_and_lines_have_every_signal(library: Library) -> None:
    library.save(call_of(0, YOURE, who="Dana"))
    loaded = json.loads(trends_json(insights(library, "Dana")))
    assert (loaded["with"], loaded["calls"]) == ("Dana", 1)
    labels = next(each for each in loaded["trends"] if each["measure"] == "labels")
    assert labels["points"] == [{"call": 1, "started_at": START.isoformat(), "value": 1.0}]
    (line,) = signal_lines(library.signals(YOURE))
    assert json.loads(line)["quote"] == "You're right."


def test_the_page_of_trends_is_whole_and_escapes_names(library: Library) -> None:
    empty = Reader(trends_page(insights(library)))
    assert "Nothing was measured yet." in empty.words
    library.save(call_of(0, RIGHT, who="<b>Ann</b>"))
    page = Reader(trends_page(insights(library, "<b>ann</b>")))
    assert "b" not in {name for name, _ in page.tags}
    assert sum(name == "svg" for name, _ in page.tags) > 20
    assert page.open == []


def test_the_commands_do_what_they_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THATSRIGHT_HOME", str(tmp_path / "home"))

    def run(*arguments: object) -> tuple[int, str]:
        result = CliRunner().invoke(app, [str(each) for each in arguments])
        return result.exit_code, result.output

    assert run("replay", "--json", write_talk(tmp_path / "talk.jsonl", "You're right."))[0] == 0
    page, text = tmp_path / "trends.html", tmp_path / "call.html"
    assert run("trends", "-o", page) == (0, "")
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert run("report", "last", "-o", text) == (0, "")
    assert text.read_text("utf-8").startswith("<!doctype html>")
    status, out = run("calls", "--signal", "youre_right", "--after", "may")
    assert (status, "talk" in out) == (0, True)
    assert json.loads(run("trends", "--json")[1])["calls"] == 1
    status, out = run("report", "1", "--format", "html", "--audio")
    assert (status, "no sound of this call" in out) == (1, True)
    for wrong in (
        ("calls", "--after", "may"),
        ("calls", "may", "--signal", "offer"),
        ("report", "1", "--audio"),
        ("trends", "--json", "-o", page),
    ):
        assert run(*wrong)[0] == 2, wrong


@pytest.mark.parametrize("many", [0, 5000], ids=["call by call", "by places"])
def test_a_search_is_the_same_however_common_its_words(
    library: Library, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(store_search, "_MANY", many)
    library.save(call_of(0, YOURE, said="The roof leaks. The cellar floods."))
    library.save(call_of(2, YOURE, said="The roof leaks."))
    library.save(call_of(1, YOURE, said="The roof holds."))

    def titles(words: str, limit: int | None = None) -> list[str]:
        return [each.title for each in library.calls(words, limit)]

    assert titles("roof right") == ["call 2", "call 1", "call 0"]
    assert titles("roof leaks") == ["call 2", "call 0"]
    assert titles("roof", 2) == ["call 2", "call 1"]
    assert titles("cellar holds") == []
    (one,) = library.calls("cellar leaks")
    assert one.snippet_at_s == 0.0
    assert found_in(library, "leaks") == ["call 2", "call 0"]
