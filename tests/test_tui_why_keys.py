"""The panel that says why, driven by keys and the mouse."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from textual.geometry import Offset
from tui_script import (
    INFO,
    NASTY,
    SIZES,
    SUMMARY,
    THEM,
    Hold,
    Mark,
    ScriptedSession,
    driven,
    footer,
    long_call,
    playing,
    said,
    shown,
)
from tui_script import standing as stands
from why_script import HEARD, LABEL, asked_why, whole_call, with_quote

from assistant.model import CallStarted, SignalKind, Source
from tui.view import KEPT_SIGNALS
from tui.why import NOTHING
from tui.widgets.transcript import TranscriptPane
from tui.widgets.why import WhyPane

TITLE = "Why           ◇ You're right"


@driven
@pytest.mark.parametrize("size", SIZES)
async def test_w_says_why_and_w_or_escape_closes_it(size: tuple[int, int]) -> None:
    async with playing(asked_why(), size=size) as (app, pilot):
        before = shown(app)
        assert "w Why" in footer(app)
        for close in ("w", "escape"):
            await pilot.press("w")
            await pilot.pause()
            screen = shown(app)
            assert "heard as ◇ Bare yes" in screen
            assert "2 of 2" in screen
            assert "It seems like there's something about" in screen
            for words in ("←→ Signal", "↑↓ Scroll", "w Close", "q Quit"):
                assert words in footer(app)
            await pilot.press(close)
            await pilot.pause()
            assert shown(app) == before


@driven
@pytest.mark.parametrize(("back", "on"), [("left", "right"), ("h", "l")])
async def test_stepping_through_the_signals(back: str, on: str) -> None:
    session = asked_why()
    async with playing(session) as (app, pilot):
        await pilot.press("w", back)
        await pilot.pause()
        assert "0:39 Me       “So the penalty clause" in shown(app)
        assert "1 of 2" in shown(app)
        await pilot.press(back)
        await pilot.pause()
        assert "1 of 2" in shown(app)
        await pilot.press(on, on)
        await pilot.pause()
        assert TITLE in shown(app)
        assert session.playback.paused
        assert app.screen.view.now_s < 48.0


@driven
async def test_its_keys_are_the_calls_again_once_it_is_closed() -> None:
    session = asked_why()
    async with playing(session) as (app, pilot):
        await pilot.press("w", "w", "full_stop")
        await stands(session, app, pilot)
        assert "It is not the money" in shown(app)


@driven
async def test_the_call_goes_on_behind_it_and_the_text_stays() -> None:
    session = asked_why()
    async with playing(session) as (app, pilot):
        await pilot.press("w")
        await pilot.press("full_stop")
        await stands(session, app, pilot)
        assert app.screen.view.now_s >= 58.0
        await pilot.press("space")
        await stands(session, app, pilot)
        assert "1:42" in shown(app)
        assert TITLE in shown(app)
        assert "2 of 5" in shown(app)
        assert "Suggested     Say a label" in shown(app)
        await pilot.press("right")
        await pilot.pause()
        assert "3 of 5" in shown(app)
        await pilot.press("w")
        await pilot.pause()
        assert "What if we take half on the ninth, and the rest when you can?" in shown(app)
        assert app.screen.query_one(TranscriptPane).follow


@driven
async def test_it_stays_open_when_the_call_ends() -> None:
    session = asked_why()
    async with playing(session) as (app, pilot):
        await pilot.press("w", "space")
        await stands(session, app, pilot)
        await pilot.press("space")
        await stands(session, app, pilot)
        assert "■ Ended" in shown(app)
        assert TITLE in shown(app)
        assert SUMMARY.moments[2].quote not in shown(app)
        await pilot.press("escape")
        await pilot.pause()
        assert SUMMARY.moments[2].quote in shown(app)


@driven
@pytest.mark.parametrize("size", SIZES)
async def test_after_the_end_it_explains_the_last_signal(size: tuple[int, int]) -> None:
    async with playing(whole_call(), size=size) as (app, pilot):
        before = shown(app)
        assert "w Why" in footer(app)
        await pilot.press("w")
        await pilot.pause()
        assert "5 of 5" in shown(app)
        assert "“What if we take half" in shown(app)
        assert "Transcript" not in footer(app)
        await pilot.press("left", "left", "left")
        await pilot.pause()
        assert "heard as ◇ Bare yes" in shown(app)
        await pilot.press("w")
        await pilot.pause()
        assert shown(app) == before
        await pilot.press("t", "w", "w")
        await pilot.pause()
        assert SUMMARY.headline not in shown(app)


@driven
@pytest.mark.parametrize("size", SIZES)
async def test_before_anything_was_heard_it_says_so_and_then_explains(
    size: tuple[int, int],
) -> None:
    first = Mark(1, 3.0, 4.0).of(SignalKind.LABEL, THEM, "It sounds")
    second = Mark(2, 5.0, 6.0).of(SignalKind.MIRROR, THEM, "Late?")
    words = said(THEM, 1.0, 2.0, "Words.")
    script = (CallStarted(INFO), *words, Hold(2.5), first, Hold(4.5), second, Hold(7.0))
    session = ScriptedSession(script)
    async with playing(session, size=size) as (app, pilot):
        await pilot.press("w", "left", "right")
        await pilot.pause()
        assert NOTHING[:24] in shown(app)
        for count in (1, 2):
            session.playback.resume()
            await stands(session, app, pilot)
            assert f"1 of {count}" in shown(app)
            assert "▸ Label" in shown(app)


@driven
async def test_while_the_call_loads_there_is_only_the_sentence() -> None:
    async with playing(ScriptedSession((Hold(0.0, 1.0),))) as (app, pilot):
        await pilot.press("w")
        await pilot.pause()
        assert NOTHING in shown(app)


@driven
async def test_a_live_call_can_say_why_too() -> None:
    live = replace(INFO, source=Source.LIVE, duration_s=None)
    session = ScriptedSession((CallStarted(live), *HEARD[1:], Hold(45.0, 1.0)), info=live)
    async with playing(session) as (app, pilot):
        await pilot.press("w", "left")
        await pilot.pause()
        assert "● Live" in shown(app)
        assert "1 of 2" in shown(app)


@driven
async def test_resizing_keeps_the_signal_and_the_panel() -> None:
    async with playing(asked_why()) as (app, pilot):
        await pilot.press("w")
        for size in ((40, 12), (160, 50), (62, 18), (100, 36), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            screen = shown(app)
            assert "2 of 2" in screen, size
            assert "heard as ◇ Bare yes" in screen, size
            assert "It seems like there's something" in screen, size
        for size in ((1, 1), (10, 3), (20, 60), (300, 5), (300, 100)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert len(shown(app).splitlines()) == size[1]


@driven
async def test_in_a_small_pane_it_scrolls_and_another_signal_begins_at_its_top() -> None:
    async with playing(asked_why(), size=(40, 12)) as (app, pilot):
        await pilot.press("w")
        await pilot.pause()
        assert "Because:" not in shown(app)
        await pilot.press("end")
        await pilot.pause()
        assert "Because: They ended the subject. They" in shown(app)
        await pilot.press("left")
        await pilot.pause()
        assert app.screen.query_one(WhyPane).scroll_y == 0
        assert "▸ Summary" in shown(app)


@driven
@pytest.mark.parametrize("size", SIZES)
async def test_a_new_prompt_is_in_sight_beside_it(size: tuple[int, int]) -> None:
    prompt = replace(LABEL, id=2, say="Would you disagree?", at_s=48.0, expires_s=70.0)
    session = ScriptedSession((*HEARD, Hold(47.0), prompt, Hold(49.0)))
    async with playing(session, size=size) as (app, pilot):
        await pilot.press("w", "left")
        session.playback.resume()
        await stands(session, app, pilot)
        assert "Would you disagree?" in shown(app)
        assert "1 of 2" in shown(app)


@driven
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text", [*NASTY, "[bold]", "[bold]x[/bold] \\[y]", "[/]"])
async def test_text_of_a_call_is_only_text(text: str, size: tuple[int, int]) -> None:
    session = ScriptedSession((*with_quote(text), Hold(3.0)))
    async with playing(session, size=size) as (app, pilot):
        await pilot.press("w")
        await pilot.pause()
        screen = shown(app)
    kinds = {unicodedata.category(char) for char in screen if char != "\n"}
    assert not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    if text.startswith("["):
        assert "“" + text.split(maxsplit=1)[0] in screen
    else:
        assert "“ab”" in screen or "“a b”" in screen


@driven
@pytest.mark.parametrize("size", SIZES)
async def test_a_very_long_quote_can_be_read_to_its_end(size: tuple[int, int]) -> None:
    quote = "word " * 3000 + "finally"
    session = ScriptedSession((*with_quote(quote), Hold(3.0)))
    async with playing(session, size=size) as (app, pilot):
        await pilot.press("w")
        await pilot.pause()
        assert "3 of 3" not in shown(app)
        assert "2 of 2" in shown(app)
        await pilot.press("end")
        await pilot.pause()
        assert "finally" in shown(app)
        await pilot.press("home")
        await pilot.pause()
        assert "2 of 2" in shown(app)


@driven
async def test_a_click_on_the_name_of_a_signal_explains_it() -> None:
    async with playing(asked_why()) as (app, pilot):
        rows = shown(app).splitlines()
        pane = app.screen.query_one(TranscriptPane)
        row = next(y for y, line in enumerate(rows) if line.strip() == "▸ Summary")
        column = rows[row].index("Summary")
        at = Offset(column, row) - pane.region.offset
        await pilot.click(TranscriptPane, offset=(at.x, at.y - 1))
        await pilot.pause()
        assert "w Why" in footer(app)
        await pilot.click(TranscriptPane, offset=(at.x, at.y))
        await pilot.pause()
        assert "0:39 Me       “So the penalty clause" in shown(app)


@driven
async def test_a_click_on_a_signal_no_longer_kept_does_nothing() -> None:
    marks = [Mark(i, i * 2.0, i * 2.0 + 1.5) for i in range(KEPT_SIGNALS + 3)]
    signals = [mark.of(SignalKind.LABEL, THEM, f"Line {mark.id}") for mark in marks]
    session = ScriptedSession((*long_call(KEPT_SIGNALS + 3), *signals, Hold(300.0)))
    async with playing(session) as (app, pilot):
        await pilot.press("home")
        await pilot.pause()
        await pilot.click(TranscriptPane, offset=(16, 1))
        await pilot.pause()
        assert "w Why" in footer(app)
