"""Home and the library, driven by keys."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from desk_script import ScriptedDesk, at_home, call, full, press, settled
from tui_script import driven, half_played, shown

from tui.bin import Bin
from tui.desk import CutOff
from tui.screens.call import CallScreen
from tui.screens.home import HomeScreen
from tui.screens.library import LibraryScreen, tags_of
from tui.screens.review import ReviewScreen
from tui.screens.start import StartScreen
from tui.widgets.calls import CallsList


@driven
async def test_home_shows_what_can_be_done_and_the_calls_of_late() -> None:
    async with at_home(full()) as (app, _):
        screen = shown(app)
        for words in ("Start a call", "Replay a file", "Library", "Settings", "Check this machine"):
            assert words in screen
        assert "Recent calls" in screen
        assert "Understood" in screen
        assert "cut off" not in screen


@driven
async def test_without_calls_home_says_how_to_begin() -> None:
    async with at_home(ScriptedDesk()) as (app, pilot):
        assert "No calls yet. Start one, or replay a recording." in shown(app)
        await press(app, pilot, *["down"] * 7, "enter")
        assert isinstance(app.screen, HomeScreen) is False  # the last entry, not an empty list


@driven
async def test_a_library_that_cannot_be_read_is_told_and_home_stays() -> None:
    desk = full()
    desk.failing = "The library is damaged. Move it away."
    async with at_home(desk) as (app, pilot):
        assert "! The library is damaged. Move it away." in shown(app)
        await press(app, pilot, "l", "enter")
        assert isinstance(app.screen, StartScreen)  # with all that was answered
        assert "! The library is damaged" in shown(app)
        await press(app, pilot, "escape")
        assert isinstance(app.screen, HomeScreen)


@driven
async def test_from_the_menu_down_into_the_calls_and_up_again() -> None:
    async with at_home(full()) as (app, pilot):
        await press(app, pilot, *["down"] * 5)
        assert isinstance(app.focused, CallsList)
        await press(app, pilot, "up")
        assert app.focused is not None
        assert app.focused.id == "menu"


@driven
async def test_enter_opens_a_call_and_escape_comes_back() -> None:
    async with at_home(full()) as (app, pilot):
        await press(app, pilot, *["down"] * 11, "enter")
        assert isinstance(app.screen, ReviewScreen)
        await press(app, pilot, "q")
        assert isinstance(app.screen, HomeScreen)


@driven
async def test_calls_that_were_cut_off_are_offered_back_and_kept() -> None:
    desk = full()
    desk.left = [CutOff("a1", "Call of Monday", datetime(2024, 5, 6, tzinfo=UTC), 44.0, 5)]
    async with at_home(desk) as (app, pilot):
        assert "A call was cut off" in shown(app)
        await press(app, pilot, "u")
        assert "Call of Monday" in shown(app)
        await press(app, pilot, "k")
        assert "Kept as call 99." in shown(app)
        assert "There are none any more." in shown(app)
        await press(app, pilot, "escape")
        assert "was cut off" not in shown(app)
        assert 99 in desk.shelf


@driven
async def test_what_was_cut_off_is_deleted_only_after_a_question() -> None:
    desk = full()
    desk.left = [
        CutOff("a1", "Call of Monday", None, 44.0, 5),
        CutOff("a2", "", None, 0.0, 0, problem="It cannot be read."),
    ]
    async with at_home(desk) as (app, pilot):
        assert "2 calls were cut off" in shown(app)
        await press(app, pilot, "u", "x", "enter")
        assert len(desk.left) == 2  # "Keep" has the focus
        await press(app, pilot, "down", "k")
        assert "! It cannot be read." in shown(app)
        await press(app, pilot, "up", "x", "y")
        assert [each.id for each in desk.left] == ["a2"]


@driven
async def test_a_live_call_runs_on_its_screen_and_home_comes_back() -> None:
    desk = full()
    desk.session = half_played()
    async with at_home(desk) as (app, pilot):
        await press(app, pilot, "l", "enter")
        assert await asyncio.to_thread(desk.session.held.wait, 60)
        await pilot.pause()
        assert isinstance(app.screen, CallScreen)
        await press(app, pilot, "q")
        await app.workers.wait_for_complete()
        await settled(app, pilot)
        assert isinstance(app.screen, HomeScreen)
        assert desk.session.returned
        assert desk.closed == 1


@driven
async def test_ctrl_c_in_a_replay_stops_it_and_ends_the_application() -> None:
    desk = full()
    desk.session = half_played()
    async with at_home(desk) as (app, pilot):
        await press(app, pilot, "l", "enter")
        assert await asyncio.to_thread(desk.session.held.wait, 60)
        await pilot.press("ctrl+c")
        await app.workers.wait_for_complete()
        await pilot.pause()
    assert desk.session.returned
    assert desk.closed == 1
    assert app.return_code == 130


@driven
async def test_q_on_home_quits_without_a_question() -> None:
    async with at_home(full()) as (app, pilot):
        await pilot.press("q")
        await pilot.pause()
    assert app.return_code == 0


# ---- the library -----------------------------------------------------------------------------


@driven
async def test_the_list_follows_as_one_types() -> None:
    async with at_home(full()) as (app, pilot):
        await press(app, pilot, "b", *"rent")
        listed = app.screen.query_one(CallsList)
        assert {c.title for c in listed.calls} == {"Rent review"}
        assert "“about Rent review”" in shown(app)
        await press(app, pilot, *["backspace"] * 4)
        assert len(listed.calls) == 12


@driven
async def test_that_one_letter_is_not_looked_for_yet_is_said() -> None:
    async with at_home(full()) as (app, pilot):
        await press(app, pilot, "b", "r")
        assert "One letter is in nearly every call" in shown(app)
        await press(app, pilot, "space")
        assert "One letter" not in shown(app)
        await press(app, pilot, "backspace", "e")
        assert "One letter" not in shown(app)


@driven
async def test_letters_typed_into_the_search_are_no_commands() -> None:
    desk = full()
    async with at_home(desk) as (app, pilot):
        await press(app, pilot, "b", *"exq1u")
        assert isinstance(app.screen, LibraryScreen)
        assert "No call fits. 0 shows all." in shown(app)
        await press(app, pilot, "enter", "0")
        assert len(app.screen.query_one(CallsList).calls) == 12


@driven
async def test_narrowed_by_outcome_person_tag_and_date() -> None:
    async with at_home(full()) as (app, pilot):
        await press(app, pilot, "b", "down", "1", "down", "enter")
        listed = app.screen.query_one(CallsList)
        assert {c.outcome.value for c in listed.calls} == {"working_together"}
        assert "Ended Working together" in shown(app)
        await press(app, pilot, "2", "down", "enter")
        assert {c.counterpart for c in listed.calls} == {"Anna Keller"}
        await press(app, pilot, "3", "down", "enter")
        assert [c.id for c in listed.calls] == [12]
        await press(app, pilot, "4", "down", "enter")
        assert listed.calls == ()
        await press(app, pilot, "0")
        assert len(listed.calls) == 12


@driven
async def test_a_call_is_renamed_filed_and_given_a_name() -> None:
    desk = full()
    async with at_home(desk) as (app, pilot):
        await press(app, pilot, "b", "down", "e", "ctrl+u", *"Boiler", "enter")
        assert desk.shelf[1].title == "Boiler"
        assert "Renamed to “Boiler”." in shown(app)
        await press(app, pilot, "w", *"Owusu", "enter")
        assert desk.shelf[1].counterpart == "Owusu"
        await press(app, pilot, "t", *"#house, heat,", "enter")
        assert desk.shelf[1].tags == ("house", "heat")
        await press(app, pilot, "e", "escape")
        assert desk.shelf[1].title == "Boiler"


@driven
async def test_deleting_asks_and_undo_brings_it_back() -> None:
    desk = full()
    async with at_home(desk) as (app, pilot):
        await press(app, pilot, "b", "down", "x", "enter")
        assert app.bin.hidden == frozenset()  # "Keep" has the focus
        await press(app, pilot, "x", "y")
        listed = app.screen.query_one(CallsList)
        assert 1 not in {c.id for c in listed.calls}
        assert "u brings it back" in shown(app)
        await press(app, pilot, "u")
        assert 1 in {c.id for c in listed.calls}
        app._delete(1)  # its timer
        await settled(app, pilot)
    assert desk.deleted == []
    assert app.empty_bin() == ()
    assert desk.deleted == []


@driven
async def test_what_was_deleted_goes_when_its_time_is_over() -> None:
    desk = full()
    async with at_home(desk) as (app, pilot):
        await press(app, pilot, "b", "down", "x", "y")
        assert desk.deleted == []
        app._delete(1)  # its timer
        await settled(app, pilot)
        assert desk.deleted == [1]
        await press(app, pilot, "u")
        assert 1 not in desk.shelf
        assert len(app.screen.query_one(CallsList).calls) == 11


@driven
async def test_what_was_deleted_goes_when_the_application_ends_and_not_before() -> None:
    desk = full()
    async with at_home(desk) as (app, pilot):
        await press(app, pilot, "b", "down", "x", "y", "escape")
        assert "Delivery" in shown(app)
        assert 1 not in {c.id for c in app.screen.query_one(CallsList).calls}
        await pilot.press("q")
    assert desk.deleted == []
    assert app.empty_bin() == ()
    assert desk.deleted == [1]


@driven
async def test_a_call_that_cannot_be_deleted_is_shown_again_and_told() -> None:
    desk = full()
    async with at_home(desk) as (app, pilot):
        await press(app, pilot, "b", "down", "x", "y")
        desk.failing = "Another program uses the library."
        app._delete(1)
        await settled(app, pilot)
        desk.failing = ""
        assert "! Another program uses the library." in shown(app)
        await press(app, pilot, "0")
        assert 1 in {c.id for c in app.screen.query_one(CallsList).calls}


def test_an_application_that_cannot_delete_at_its_end_says_why() -> None:
    desk = full()

    async def scenario() -> tuple[str, ...]:
        async with at_home(desk) as (app, pilot):
            await press(app, pilot, "b", "down", "x", "y")
        desk.failing = "The disk is full."
        return app.empty_bin()

    assert asyncio.run(scenario()) == ("The disk is full.",)


def test_the_one_thrown_away_last_comes_back_first() -> None:
    thrown = Bin()
    thrown.put(call(1))
    thrown.put(call(2))
    assert thrown.hidden == {1, 2}
    assert thrown.take_back() == call(2)
    assert thrown.let_go(2) is False
    assert thrown.let_go(1) is True
    assert thrown.hidden == {1}
    assert thrown.take_back() is None
    assert thrown.rest() == ()
    thrown.gone(1)
    assert thrown.hidden == frozenset()


@pytest.mark.parametrize(
    ("text", "tags"),
    [("a, b", ("a", "b")), ("#a,,a, ", ("a",)), ("", ()), ("two words", ("two words",))],
)
def test_tags_are_what_stands_between_commas(text: str, tags: tuple[str, ...]) -> None:
    assert tags_of(text) == tags


@pytest.mark.parametrize("size", [(40, 12), (24, 8), (200, 60)])
@driven
async def test_every_screen_opens_at_any_size(size: tuple[int, int]) -> None:
    desk = full()
    desk.left = [CutOff("a1", "x" * 200, None, 44.0, 5)]
    async with at_home(desk, size) as (app, pilot):
        for key in ("b", "r", "s", "d", "u", "i"):
            await press(app, pilot, key)
            assert not isinstance(app.screen, HomeScreen), key
            await pilot.resize_terminal(40, 12)
            await press(app, pilot, "escape", "escape")
            while not isinstance(app.screen, HomeScreen):
                await press(app, pilot, "escape")


@pytest.mark.parametrize("text", ["[red]x[/red]", "a\x1b[31mb", "a\x1b]0;t\x07b", "a\u202eb"])
@driven
async def test_titles_are_shown_and_never_obeyed(text: str) -> None:
    desk = ScriptedDesk({1: call(1, title=text, counterpart=text, tags=(text,))})
    async with at_home(desk, (120, 24)) as (app, pilot):
        assert "\x1b" not in shown(app)
        assert "\u202e" not in shown(app)
        if text.startswith("["):
            assert text in shown(app)
        for keys in (("b", "down", "x", "escape"), ("3", "escape"), ("e", "escape")):
            await press(app, pilot, *keys)
            assert "\x1b" not in shown(app)


@driven
async def test_every_page_has_help_and_its_keys_in_the_palette() -> None:
    async with at_home(full()) as (app, pilot):
        for key, words in (
            ("", "Start a call"),
            ("b", "Search"),
            ("d", "Look at everything again"),
        ):
            await press(app, pilot, *([key, "down"] if key else []), "question_mark")
            assert "Help" in shown(app)
            assert words in shown(app)
            await press(app, pilot, "escape")
            names = {command.title for command in app.get_system_commands(app.screen)}
            assert "Colours: light" in names
            while not isinstance(app.screen, HomeScreen):
                await press(app, pilot, "escape")


@driven
async def test_plain_characters_where_the_terminal_has_no_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("THATSRIGHT_ASCII", "1")
    async with at_home(full()) as (app, pilot):
        await press(app, pilot, "b", "down")
        rows = app.screen._compositor.render_strips()
        lines = [app._filters[-1].apply(list(row), app.screen.background_colors[1]) for row in rows]
        text = "".join(segment.text for line in lines for segment in line)
        assert text.isascii()
        assert "* Understood" in text
