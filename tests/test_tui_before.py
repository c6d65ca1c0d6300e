"""The page from before the call, beside the call's screen."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from test_prepare import call_of
from textual.content import Content
from tui_script import (
    DARK,
    NASTY,
    SIZES,
    Hold,
    ScriptedSession,
    driven,
    footer,
    half_played,
    shown,
    standing,
)
from why_script import whole_call

from assistant.after import OpenPoint
from assistant.errors import StoreError
from assistant.prepared import before_call
from assistant.preparing import prepare
from assistant.preparing_page import Line, Section, sections
from assistant.store import Library
from tui.app import CallApp
from tui.widgets.before import BeforePane, paper
from tui.widgets.prompt import PromptPanel
from tui.widgets.transcript import TranscriptPane

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from assistant.model import FinishedCall

OPEN = OpenPoint(5, 30.0, "My boss decides.", "It sounds like it's not up to you.")


def page() -> tuple[Section, ...]:
    call = call_of(9, "You never call.", open_points=(OPEN,))
    return tuple(sections(prepare("Ben Cole", [(7, call)])))


@asynccontextmanager
async def beside(
    session: ScriptedSession,
    before: Callable[[], tuple[Section, ...]] | None = page,
    size: tuple[int, int] = (80, 24),
) -> AsyncIterator[tuple[CallApp, Pilot[FinishedCall | None]]]:
    app = CallApp(session, lambda _: "7", before=before)
    async with app.run_test(size=size) as pilot:
        await standing(session, app, pilot)
        for worker in [w for w in app.screen.workers if w.group == "before"]:
            await worker.wait()
        await pilot.pause()
        yield app, pilot


@driven
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("close", ["b", "escape"])
async def test_b_shows_it_and_b_or_escape_closes_it(size: tuple[int, int], close: str) -> None:
    async with beside(half_played(), size=size) as (app, pilot):
        before = shown(app)
        assert "b Before" in footer(app)
        await pilot.press("b")
        await pilot.pause()
        assert "Earlier calls, the newest first" in shown(app)
        assert "penalties that I missed." in shown(app)  # the prompt stays in sight
        assert "b Close" in footer(app)
        await pilot.press(close)
        await pilot.pause()
        assert shown(app) == before


@driven
async def test_where_there_is_room_it_covers_nothing() -> None:
    async with beside(half_played(), size=(160, 50)) as (app, pilot):
        prompt = app.screen.query_one(PromptPanel)
        was = prompt.region
        await pilot.press("b")
        await pilot.pause()
        pane = app.screen.query_one(BeforePane)
        words = app.screen.query_one(TranscriptPane)
        assert prompt.region == was
        assert not pane.region.overlaps(prompt.region)
        assert words.display
        assert words.region.width >= 50
        assert not pane.region.overlaps(words.region)
        assert "My boss decides." in shown(app)
        assert "You never call." in shown(app)


@driven
async def test_it_scrolls_and_the_call_goes_on() -> None:
    async with beside(half_played()) as (app, pilot):
        await pilot.press("b")
        await pilot.press(*["down"] * 3)
        await pilot.pause()
        pane = app.screen.query_one(BeforePane)
        assert pane.scroll_offset.y == 3
        await pilot.press("u")
        await pilot.pause()
        assert app.screen.view.used  # type: ignore[attr-defined]
        assert pane.display


@driven
async def test_one_panel_at_a_time() -> None:
    async with beside(half_played()) as (app, pilot):
        await pilot.press("b", "w")
        await pilot.pause()
        assert not app.screen.query_one(BeforePane).display
        assert app.screen.query_one("#why").display
        await pilot.press("b")
        await pilot.pause()
        assert app.screen.query_one(BeforePane).display
        assert not app.screen.query_one("#why").display


@driven
@pytest.mark.parametrize("size", SIZES)
async def test_after_the_end_too(size: tuple[int, int]) -> None:
    async with beside(whole_call(), size=size) as (app, pilot):
        before = shown(app)
        await pilot.press("b")
        await pilot.pause()
        assert "Earlier calls, the newest first" in shown(app)
        await pilot.press("escape")
        await pilot.pause()
        assert shown(app) == before


@driven
async def test_without_a_name_there_is_no_such_key() -> None:
    async with beside(half_played(), before=None) as (app, pilot):
        before = shown(app)
        assert "Before" not in footer(app)
        await pilot.press("b")
        await pilot.pause()
        assert shown(app) == before


@driven
async def test_why_there_is_none_is_said() -> None:
    def damaged() -> tuple[Section, ...]:
        raise StoreError("The library is damaged.")

    async with beside(half_played(), damaged) as (app, pilot):
        await pilot.press("b")
        await pilot.pause()
        assert "The library is damaged." in shown(app)


@driven
async def test_until_it_is_read_it_says_so() -> None:
    go_on = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow() -> tuple[Section, ...]:
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(60)
        return page()

    app = CallApp(ScriptedSession((Hold(0.0, 1.0),)), lambda _: "7", before=slow)
    async with app.run_test() as pilot:
        await pilot.press("b")
        await pilot.pause()
        assert "Looking at earlier calls …" in shown(app)
        go_on.set()
        for worker in [w for w in app.screen.workers if w.group == "before"]:
            await worker.wait()
        await pilot.pause()
        assert "Earlier calls, the newest first" in shown(app)


@pytest.mark.parametrize("width", [4, 9, 40])
def test_its_lines_fit_and_are_words(width: int) -> None:
    text = f"[bold]{''.join(NASTY)} 長い" * 5
    lines = list(paper((Section(text, (Line(text, text), Line("", ""))),), width))
    assert all(line.cell_length <= max(width, 4) for line in lines)
    assert not any("\x1b" in line.plain for line in lines)
    wide = list(paper((Section("t", (Line("[bold]x[/]"),)),), 40))
    assert wide == [Content.styled("t", "bold $primary"), Content("· [bold]x[/]")]


def test_the_library_is_read_when_it_is_asked_for(tmp_path: Path) -> None:
    assert before_call(tmp_path, None) is None
    assert before_call(tmp_path, " \x1b[0m") is None
    read = before_call(tmp_path, "Ben")
    assert read is not None
    assert read()[0].lines[0].words.startswith("No earlier call")
    call = call_of(3, "Never again.", open_points=(OPEN,))
    with Library.open(tmp_path) as library:
        library.save(replace(call, info=replace(call.info, counterpart="Ben Cole")))
    assert "My boss decides." in str(read())


@pytest.mark.parametrize("size", [pytest.param(size, id=f"{size[0]}x{size[1]}") for size in SIZES])
def test_pictures(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    session = half_played()
    app = CallApp(session, lambda _: "7", before=page)
    app.theme = DARK

    async def ask(pilot: Pilot[object]) -> None:
        await standing(session, app, pilot)
        for worker in [w for w in app.screen.workers if w.group == "before"]:
            await worker.wait()
        await pilot.press("b")
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=ask)
