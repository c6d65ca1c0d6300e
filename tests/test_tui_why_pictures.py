"""Pictures of the panel that says why. Look at them before accepting new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from test_tui_pictures import DARK, LIGHT
from tui_script import Hold, ScriptedSession, standing
from why_script import asked_why, whole_call

from tui.app import CallApp

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

SIZES = [
    pytest.param((40, 12), DARK, id="40x12"),
    pytest.param((80, 24), DARK, id="80x24"),
    pytest.param((80, 24), LIGHT, id="80x24-light"),
    pytest.param((160, 50), DARK, id="160x50"),
]


def picture(
    compare: Callable[..., bool],
    session: ScriptedSession,
    size: tuple[int, int],
    theme: str = DARK,
    keys: tuple[str, ...] = ("w",),
) -> bool:
    app = CallApp(session, lambda _: "7")
    app.theme = theme

    async def ask(pilot: Pilot[object]) -> None:
        await standing(session, app, pilot)
        await pilot.press(*keys)
        await pilot.pause()

    return compare(app, terminal_size=size, run_before=ask)


@pytest.mark.parametrize(("size", "theme"), SIZES)
def test_why_a_prompt(snap_compare: Callable[..., bool], size: tuple[int, int], theme: str) -> None:
    assert picture(snap_compare, asked_why(1.0), size, theme)


@pytest.mark.parametrize(("size", "theme"), [SIZES[0], SIZES[1], SIZES[3]])
def test_why_at_the_end(
    snap_compare: Callable[..., bool], size: tuple[int, int], theme: str
) -> None:
    assert picture(snap_compare, whole_call(), size, theme, ("w", "left"))


@pytest.mark.parametrize(("size", "theme"), SIZES[:2])
def test_nothing_heard(
    snap_compare: Callable[..., bool], size: tuple[int, int], theme: str
) -> None:
    assert picture(snap_compare, ScriptedSession((Hold(0.0, 1.0),)), size, theme)


def test_without_colour(snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert picture(snap_compare, asked_why(1.0), (80, 24))
