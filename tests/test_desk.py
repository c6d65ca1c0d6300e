"""What the screens ask for, asked of a real library and real files."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from desk_script import BEGAN
from tui_script import FIRST_HALF, INFO, SUMMARY

from assistant import store_search
from assistant.desk import LocalDesk, sought
from assistant.journal import Journal
from assistant.model import FinishedCall, Outcome
from assistant.store import Library
from assistant.stored import CallChange
from tui.desk import Find

SAMPLES = Path(__file__).parent.parent / "samples"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalDesk:
    """With three calls of three days, the first one the oldest."""
    monkeypatch.setenv("THATSRIGHT_HOME", str(tmp_path))
    with Library.open(tmp_path / "data") as library:
        for number, outcome in enumerate(list(Outcome)[:3]):
            info = replace(INFO, title=f"Call {number}", started_at=BEGAN + timedelta(number))
            call = FinishedCall(info, FIRST_HALF, replace(SUMMARY, outcome=outcome))
            library.save(call)
    return LocalDesk()


def found(desk: LocalDesk, **wanted: object) -> list[int]:
    return [call.id for call in desk.calls(Find(**wanted)).calls]


def test_calls_are_found_by_everything_one_can_ask_for(desk: LocalDesk) -> None:
    desk.change(1, CallChange(counterpart="Anna Keller", tags=("Supplier", "2026")))
    desk.change(3, CallChange(counterpart="anna keller"))
    assert found(desk) == [3, 2, 1]
    assert found(desk, limit=2) == [3, 2]
    assert found(desk, words="penalt") == [3, 2, 1]
    assert found(desk, words="suppl") == [1]
    assert found(desk, words="penalties call 2 ") == [3]
    assert found(desk, outcome=list(Outcome)[1]) == [2]
    assert found(desk, counterpart="Anna Keller") == [3, 1]
    assert found(desk, tag="supplier") == [1]
    assert found(desk, since=(BEGAN + timedelta(1)).astimezone().date()) == [3, 2]
    assert found(desk, words="penalt", tag="supplier") == [1]
    shelf = desk.calls(Find(words="suppl"))
    assert shelf.total == 3
    assert shelf.tags == ("2026", "Supplier")
    assert shelf.counterparts == ("anna keller",)


def test_a_search_that_is_narrowed_looks_at_no_other_call(desk: LocalDesk) -> None:
    desk.change(2, CallChange(tags=("supplier",)))
    asked: list[list[int] | None] = []

    def calls(library: Library, *args: object, among: list[int] | None = None, **more: object):  # type: ignore[no-untyped-def]  # noqa: ANN202
        asked.append(among)
        return whole(library, *args, among=among, **more)

    whole = Library.calls
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Library, "calls", calls)
        assert found(desk, words="penalt", tag="supplier") == [2]
        assert found(desk, words="penalt", tag="customer") == []
        assert found(desk, words="penalt") == [3, 2, 1]
    assert asked == [[2], [], None]


@pytest.mark.parametrize("words", ["penalt", "penalties", "the penalties"])
def test_the_words_around_what_was_found_are_shown(desk: LocalDesk, words: str) -> None:
    for call in desk.calls(Find(words=words)).calls:
        assert "penalties" in call.snippet.lower()
        assert call.snippet_at_s is not None


@pytest.mark.parametrize("words", ["penalt", "clause penalties", "the", "call 2 ", "xyzzy"])
def test_words_in_too_many_places_are_found_call_by_call_and_as_well(
    desk: LocalDesk, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = desk.calls(Find(words=words)).calls
    monkeypatch.setattr(store_search, "_MANY_PLACES", 1)
    assert desk.calls(Find(words=words)).calls == at_once


def test_a_deleted_call_is_gone(desk: LocalDesk) -> None:
    desk.delete(2)
    assert found(desk) == [3, 1]
    assert desk.calls(Find(limit=1)).total == 2


def test_a_call_that_was_cut_off_is_kept(desk: LocalDesk, tmp_path: Path) -> None:
    assert desk.cut_off() == ()
    journal = Journal.start(tmp_path / "data", replace(INFO, title="Cut"))
    for event in FIRST_HALF:
        journal.keep(event)
    journal.passed(100.0)
    assert desk.cut_off() == ()  # it still runs
    journal.close()
    (left,) = desk.cut_off()
    assert left.title == "Cut"
    assert left.utterances == 5
    number = desk.keep_cut_off(left.id)
    assert found(desk, words="cut") == [number]
    assert desk.cut_off() == ()


def test_files_are_known_before_they_play(desk: LocalDesk, tmp_path: Path) -> None:
    seen = desk.preview(SAMPLES / "delivery_date.ogg")
    assert (seen.kind, seen.sides, seen.problem, seen.known) == (
        "Two channels",
        ("left", "right"),
        "",
        "",
    )
    assert seen.duration_s == pytest.approx(181, abs=2)
    assert desk.preview(SAMPLES / "delivery_date_mono.ogg").sides == ()
    written = tmp_path / "talk.vtt"
    written.write_text(
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ben>Hello there.\n\n"
        "00:02.500 --> 00:04.000\n<v Anna>Hello.\n"
    )
    seen = desk.preview(written)
    assert (seen.kind, seen.sides) == ("Transcript", ("Ben", "Anna"))
    assert seen.first_words == "Hello there. Hello."
    assert seen.duration_s == pytest.approx(4.0)
    ready = desk.replay(written, "Anna", lambda _: None)
    finished = ready.session.run(lambda _: None)
    assert finished is not None
    assert ready.save(finished) == "4"
    assert "In the library already: call 4" in desk.preview(written).known


@pytest.mark.parametrize("name", ["missing.ogg", "empty.wav", "folder", "bad.vtt"])
def test_what_cannot_be_played_says_why(desk: LocalDesk, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "bad.vtt").write_bytes(b"no times here")
    (tmp_path / "folder").mkdir()
    problem = desk.preview(tmp_path / name).problem
    assert problem.endswith(".")
    assert name in problem


def test_the_introduction_is_remembered(desk: LocalDesk) -> None:
    assert desk.first_time
    desk.welcomed()
    assert not desk.first_time
    assert not LocalDesk().first_time


def test_broken_settings_are_told_and_home_opens(desk: LocalDesk, tmp_path: Path) -> None:
    assert desk.trouble == ""
    (tmp_path / "config").mkdir(exist_ok=True)
    (tmp_path / "config" / "settings.toml").write_text('look = "pink"')
    broken = LocalDesk()
    assert "“look” does not fit" in broken.trouble
    assert broken.look == "auto"
    assert any(check.name == "Settings" and check.found for check in broken.checks())


@pytest.mark.parametrize(
    ("typed", "looked_for"),
    [("", ""), ("p", ""), ("pe", "pe"), ("price p", "price"), ("a ", "a "), ("  ", "")],
)
def test_a_letter_alone_is_not_looked_for_yet(typed: str, looked_for: str) -> None:
    assert sought(typed) == looked_for
