"""Pictures of the screens around the calls. Look at them before accepting new ones."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from desk_script import ScriptedDesk, full, settled

from tui.desk import CutOff, Voice
from tui.home import HomeApp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

SIZES = [
    pytest.param((40, 12), "dark", id="40x12"),
    pytest.param((80, 24), "light", id="80x24-light"),
    pytest.param((160, 50), "dark", id="160x50"),
]
LEFT = CutOff("a1", "Call of Monday", datetime(2024, 5, 6, 7, 8, tzinfo=UTC), 44.0, 5)
PAGES = {
    "home": (),
    "library": ("b", "down"),
    "settings": ("s",),
    "checks": ("d",),
    "consent": ("i", "enter"),
    "cut-off": ("u",),
    "start": ("l", "1", "r"),
}


def picture(
    compare: Callable[..., bool],
    desk: ScriptedDesk,
    keys: tuple[str, ...],
    size: tuple[int, int],
) -> bool:
    app = HomeApp(desk)

    async def settle(pilot: Pilot[None]) -> None:
        await settled(app, pilot)
        for key in keys:
            await pilot.press(key)
            await settled(app, pilot)

    return compare(app, terminal_size=size, run_before=settle)


@pytest.mark.parametrize(("size", "look"), SIZES)
@pytest.mark.parametrize("page", PAGES)
def test_page(
    snap_compare: Callable[..., bool],
    page: str,
    size: tuple[int, int],
    look: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    desk = full()
    desk.look = look
    desk.left = [LEFT]
    assert picture(snap_compare, desk, PAGES[page], size)


def test_files(snap_compare: Callable[..., bool], tmp_path: Path) -> None:
    desk = full()
    desk.place = tmp_path / "calls"
    desk.place.mkdir()
    (desk.place / "delivery.ogg").write_bytes(b"")
    app = HomeApp(desk)

    async def settle(pilot: Pilot[None]) -> None:
        await settled(app, pilot)
        await pilot.press("r")
        await settled(app, pilot)
        await app.screen.query_one("#tree").reload()  # type: ignore[attr-defined]
        await pilot.press("down")
        await settled(app, pilot)

    assert snap_compare(app, terminal_size=(80, 24), run_before=settle)


VOICES = (
    Voice(2.4, "Hi Dana, thanks for making the time. I know the last weeks were hard on you."),
    Voice(
        9.1,
        "Sure. I have to say upfront that the board will not move on the date any more, whatever "
        "you bring today; they were quite clear about it.",
    ),
)


@pytest.mark.parametrize(("size", "look"), SIZES)
def test_which_voice(
    snap_compare: Callable[..., bool], size: tuple[int, int], look: str, tmp_path: Path
) -> None:
    desk = full()
    desk.look = look
    desk.place = tmp_path / "calls"
    desk.place.mkdir()
    desk.voices = VOICES
    app = HomeApp(desk)

    async def settle(pilot: Pilot[None]) -> None:
        await settled(app, pilot)
        for key in ("r", "slash", *"a.ogg", "enter", "p"):
            await pilot.press(key)
            await settled(app, pilot)

    assert snap_compare(app, terminal_size=size, run_before=settle)


def test_home_without_colour(
    snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert picture(snap_compare, full(), (), (80, 24))
