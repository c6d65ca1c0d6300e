"""Before a call that is started from Home: consent, sound, with whom."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from desk_script import at_home, full, press
from tui_script import SIZES, driven, half_played, shown

from assistant import consent
from assistant.desk import LocalDesk
from assistant.model import Consent
from tui.desk import Wish
from tui.screens.call import CallScreen
from tui.screens.home import HomeScreen
from tui.screens.start import Answers, StartScreen

if TYPE_CHECKING:
    from pathlib import Path


@driven
async def test_nothing_listens_before_it_is_started_and_escape_calls_it_off() -> None:
    desk = full()
    async with at_home(desk) as (app, pilot):
        await press(app, pilot, "l")
        assert isinstance(app.screen, StartScreen)
        assert desk.wish is None
        await press(app, pilot, "escape")
        assert isinstance(app.screen, HomeScreen)
        assert desk.wish is None


@pytest.mark.parametrize("size", SIZES)
@driven
async def test_everything_to_say_and_to_answer_is_in_sight(size: tuple[int, int]) -> None:
    async with at_home(full(), size) as (app, pilot):
        await press(app, pilot, "l")
        screen = shown(app)
        for words in (
            "Before we start",
            "They agreed",
            "It is not needed here",
            "Nobody was asked",
            "● 4  Leave it open",
            "r  No sound",
            "w  ",
        ):
            assert words in screen


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (("1",), Consent.AGREED),
        (("2",), Consent.NOT_NEEDED),
        (("up",), Consent.NOT_ASKED),
        (("1", "4"), Consent.UNKNOWN),
        ((), Consent.UNKNOWN),
    ],
)
@driven
async def test_the_answer_goes_with_the_call(keys: tuple[str, ...], answer: Consent) -> None:
    desk = full()
    desk.session = half_played()
    async with at_home(desk) as (app, pilot):
        await press(app, pilot, "l", *keys, "enter")
        assert await asyncio.to_thread(desk.session.held.wait, 60)
        await pilot.pause()
        assert isinstance(app.screen, CallScreen)
        assert desk.wish == Wish(answer)
        await press(app, pilot, "q")
        await app.workers.wait_for_complete()


@driven
async def test_sound_and_the_other_side_are_asked_for_and_the_sentence_says_so() -> None:
    desk = full()
    desk.session = half_played()
    async with at_home(desk) as (app, pilot):
        await press(app, pilot, "l")
        assert "records what we say" not in " ".join(shown(app).split())
        await press(app, pilot, "r", "w", *"Anna", "enter")
        screen = " ".join(shown(app).split())
        assert "records what we say" in screen
        assert "● Sound is recorded" in screen
        assert "The other side: Anna" in screen
        await press(app, pilot, "enter")
        assert await asyncio.to_thread(desk.session.held.wait, 60)
        assert desk.wish == Wish(Consent.UNKNOWN, record=True, counterpart="Anna")
        await pilot.pause()
        await press(app, pilot, "q")
        await app.workers.wait_for_complete()


@driven
async def test_what_was_answered_before_is_chosen_and_a_click_only_chooses() -> None:
    desk = full()
    desk.known = Consent.NOT_NEEDED
    async with at_home(desk) as (app, pilot):
        await press(app, pilot, "l")
        answers = app.screen.query_one(Answers)
        assert answers.chosen is Consent.NOT_NEEDED
        await pilot.click(Answers, offset=(8, 0))
        assert answers.chosen is Consent.AGREED
        assert desk.wish is None


@driven
async def test_the_sentence_is_copied() -> None:
    async with at_home(full()) as (app, pilot):
        await press(app, pilot, "l", "c")
        assert app.clipboard.startswith("Before we start")
        assert app.clipboard.endswith("with you?")


def test_what_holds_for_the_next_call_is_the_settings_word_or_the_last_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THATSRIGHT_HOME", str(tmp_path))
    desk = LocalDesk()
    data = tmp_path / "data"
    assert desk.consent() is None
    consent.keep(Consent.AGREED, None, data)
    assert desk.consent() is Consent.UNKNOWN  # they agreed to that call alone
    consent.keep(Consent.NOT_NEEDED, None, data)
    assert desk.consent() is Consent.NOT_NEEDED
    desk.set("consent", "agreed")
    assert desk.consent() is Consent.AGREED
    consent.keep(Consent.NOT_ASKED, "agreed", data)  # this call only
    desk.set("consent", "")
    assert desk.consent() is Consent.NOT_NEEDED
