"""Settings, files, introduction and checks, driven by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desk_script import ScriptedDesk, at_home, full, press, settled
from textual.widgets import Input
from tui_script import driven, half_played, shown

from tui.desk import Preview, Voice
from tui.screens.call import CallScreen
from tui.screens.home import HomeScreen
from tui.screens.welcome import SAY_ALOUD
from tui.screens.which_voice import WhichVoiceScreen

if TYPE_CHECKING:
    from pathlib import Path


# ---- settings --------------------------------------------------------------------------------


@driven
async def test_a_setting_is_chosen_from_what_it_may_be_and_written_at_once() -> None:
    desk = full()
    async with at_home(desk) as (app, pilot):
        await press(app, pilot, "s")
        screen = shown(app)
        assert "~/.config/thatsright/settings.toml" in screen
        assert "Above the file: THATSRIGHT_TERMS is “deal.txt”" in screen
        await press(app, pilot, "enter", "down", "enter")
        assert desk.values == {"mic": "Headset"}
        assert "Written to ~/.config/thatsright/settings.toml." in shown(app)
        assert "in the file." in shown(app)
        await press(app, pilot, "right")
        assert desk.values == {"mic": ""}


@driven
async def test_a_wrong_value_is_told_beside_its_field_and_stays_to_be_mended() -> None:
    desk = full()
    async with at_home(desk) as (app, pilot):
        await press(app, pilot, "s", "down", *"klingon", "enter")
        assert "! That does not fit. Give a language's code." in shown(app)
        assert desk.values == {}
        assert app.screen.query(Input).first().value == "klingon"
        await press(app, pilot, "ctrl+u", *"de", "enter")
        assert desk.values == {"language": "de"}
        assert "does not fit" not in shown(app)


@driven
async def test_a_value_is_written_when_its_field_is_left() -> None:
    desk = full()
    async with at_home(desk) as (app, pilot):
        await press(app, pilot, "s", "down", *"de", "down")
        assert desk.values == {"language": "de"}


@driven
async def test_colours_change_as_soon_as_they_are_chosen() -> None:
    async with at_home(full()) as (app, pilot):
        assert app.theme == "thatsright-dark"
        await press(app, pilot, "s", "down", "down", "down", "right")
        assert app.theme == "thatsright-light"


@driven
async def test_a_file_that_cannot_be_written_is_told() -> None:
    desk = full()
    async with at_home(desk) as (app, pilot):
        await press(app, pilot, "s")
        desk.failing = "settings.toml cannot be written (No space left on device)."
        await press(app, pilot, "right")
        assert "! settings.toml cannot be written" in shown(app)


# ---- files -----------------------------------------------------------------------------------


def folder_of_calls(folder: Path) -> Path:
    place = folder / "calls"
    (place / "old").mkdir(parents=True)
    for name in ("a.ogg", "b.vtt", "notes.txt", ".hidden.wav"):
        (place / name).write_bytes(b"")
    return place


@driven
async def test_files_that_can_be_a_call_are_listed_and_looked_into(tmp_path: Path) -> None:
    desk = full()
    desk.place = folder_of_calls(tmp_path)
    known = "In the library already: call 3, of 2024-05-06."
    desk.preview_of["a.ogg"] = Preview(
        desk.place / "a.ogg", "Two channels", 181.0, 988_000, ("left", "right"), known=known
    )
    desk.session = half_played()
    async with at_home(desk, (100, 24)) as (app, pilot):
        await press(app, pilot, "r")
        while "a.ogg" not in shown(app):  # its folder is read in a thread
            await pilot.pause()
        screen = shown(app)
        assert "b.vtt" in screen
        assert "old" in screen
        assert "notes" not in screen
        assert "hidden" not in screen
        await press(app, pilot, "down", "down")
        screen = shown(app)
        assert "Two channels, 3:01, 988 KB" in screen
        assert "You are left, they are right." in screen
        assert "In the library already: call 3" in screen
        await press(app, pilot, "m")
        assert "You are right, they are left." in shown(app)
        await press(app, pilot, "p")
        assert isinstance(app.screen, CallScreen)
        assert desk.me == "right"
        await press(app, pilot, "q")
        if playing := [w for w in app.workers if w.name == "call"]:
            await app.workers.wait_for_complete(playing)


@driven
async def test_a_file_that_cannot_be_played_says_why(tmp_path: Path) -> None:
    desk = full()
    desk.place = folder_of_calls(tmp_path)
    problem = "a.ogg is empty. Copy or download it again."
    desk.preview_of["a.ogg"] = Preview(desk.place / "a.ogg", "", None, 0, problem=problem)
    async with at_home(desk) as (app, pilot):
        await press(app, pilot, "r", "slash", *str(desk.place / "a.ogg"), "enter")
        assert "! a.ogg is empty." in shown(app)
        await press(app, pilot, "p")
        assert not isinstance(app.screen, CallScreen)
        await press(app, pilot, "escape")
        assert isinstance(app.screen, HomeScreen)


VOICES = (
    Voice(2.4, "Hi Dana, thanks for making the time. \x1b[31mThis is [b]about the rent[/b]."),
    Voice(62.0, ""),
)


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (160, 50)])
@pytest.mark.parametrize(
    ("keys", "mine"),
    [
        (("1",), 0),
        (("2",), 1),
        (("enter",), 0),
        (("down", "enter"), 1),
        (("escape",), None),
        (("question_mark", "3", "2"), 1),
    ],
)
@driven
async def test_which_voice_is_mine_is_asked_before_it_plays(
    tmp_path: Path, size: tuple[int, int], keys: tuple[str, ...], mine: int | None
) -> None:
    desk = full()
    desk.place = folder_of_calls(tmp_path)
    desk.preview_of["a.ogg"] = Preview(desk.place / "a.ogg", "One channel", 181.0, 988_000)
    desk.voices = VOICES
    desk.session = half_played()
    async with at_home(desk, size) as (app, pilot):
        await press(app, pilot, "r", "slash", *str(desk.place / "a.ogg"), "enter", "p")
        assert isinstance(app.screen, WhichVoiceScreen)
        screen = shown(app)
        assert "Which of these voices is you?" in screen
        assert "1  0:02  “Hi Dana, thanks" in screen
        assert "2  1:02  no words understood" in screen
        assert "1 or 2" in screen
        assert "\x1b" not in screen
        assert desk.mine == []
        await press(app, pilot, *keys)
        assert isinstance(app.screen, CallScreen)
        assert desk.mine == [mine]
        await press(app, pilot, "q")
        if playing := [w for w in app.workers if w.name == "call"]:
            await app.workers.wait_for_complete(playing)


@driven
async def test_how_far_it_was_listened_to_is_shown(tmp_path: Path) -> None:
    desk = full()
    desk.place = folder_of_calls(tmp_path)
    desk.preview_of["a.ogg"] = Preview(desk.place / "a.ogg", "One channel", 181.0, 988_000)
    desk.voices = VOICES
    async with at_home(desk) as (app, pilot):
        await press(app, pilot, "r", "slash", *str(desk.place / "a.ogg"), "enter", "p")
        assert "Listening for two voices: 1:40 of 3:01" in shown(app)


# ---- introduction ----------------------------------------------------------------------------


@driven
async def test_the_introduction_comes_once_and_listens_on_its_last_page_only() -> None:
    desk = ScriptedDesk(first_time=True)
    async with at_home(desk) as (app, pilot):
        assert "What it does" in shown(app)
        await press(app, pilot, "enter")
        flat = " ".join(shown(app).split())
        assert SAY_ALOUD.split(":")[0] in flat
        assert desk.ear.reads == 0
        await press(app, pilot, "c")
        assert app.clipboard == SAY_ALOUD
        await press(app, pilot, "enter")
        while "-24 dB" not in shown(app):
            await pilot.pause()
        assert "nothing comes" in shown(app)
        await press(app, pilot, "enter")
        assert isinstance(app.screen, HomeScreen)
        assert desk.first_time is False
    assert desk.ear.closed


@driven
async def test_the_introduction_can_be_skipped_and_had_again() -> None:
    desk = ScriptedDesk(first_time=True)
    async with at_home(desk) as (app, pilot):
        await press(app, pilot, "escape")
        assert isinstance(app.screen, HomeScreen)
        assert desk.first_time is False
        await press(app, pilot, "i", "enter", "left")
        assert "What it does" in shown(app)


@driven
async def test_a_sound_check_without_devices_says_what_to_do() -> None:
    desk = ScriptedDesk(first_time=True, failing="No sound server was found. Start one.")
    async with at_home(desk) as (app, pilot):
        await press(app, pilot, "enter", "enter")
        await settled(app, pilot)
        assert "! No sound server was found. Start one." in shown(app)


# ---- checks ----------------------------------------------------------------------------------


@driven
async def test_checks_come_one_by_one_with_what_to_do() -> None:
    async with at_home(full()) as (app, pilot):
        await press(app, pilot, "d")
        screen = shown(app)
        assert "✓ good  Microphone" in screen
        assert "▼ wrong Speech model" in screen
        assert "There is none. Install one:" in " ".join(screen.split())
        assert "One thing is in the way of a call." in screen
        await press(app, pilot, "c")
        assert app.clipboard.startswith("good: Microphone: Headset.\nlook:")
        await press(app, pilot, "r")
        assert shown(app).count("Microphone") == 1
