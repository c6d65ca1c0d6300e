"""Pictures of the panel that says why. Look at them before accepting new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tui_script import DARK, PICTURED, Hold, ScriptedSession, standing
from why_script import asked_why, whole_call

from tui.app import CallApp

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot


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


@pytest.mark.parametrize(("size", "theme"), PICTURED)
def test_why_a_prompt(snap_compare: Callable[..., bool], size: tuple[int, int], theme: str) -> None:
    assert picture(snap_compare, asked_why(1.0), size, theme)


@pytest.mark.parametrize(("size", "theme"), [PICTURED[0], PICTURED[1], PICTURED[3]])
def test_why_at_the_end(
    snap_compare: Callable[..., bool], size: tuple[int, int], theme: str
) -> None:
    assert picture(snap_compare, whole_call(), size, theme, ("w", "left"))


@pytest.mark.parametrize(("size", "theme"), PICTURED[:2])
def test_nothing_heard(
    snap_compare: Callable[..., bool], size: tuple[int, int], theme: str
) -> None:
    assert picture(snap_compare, ScriptedSession((Hold(0.0, 1.0),)), size, theme)


def test_without_colour(snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert picture(snap_compare, asked_why(1.0), (80, 24))
