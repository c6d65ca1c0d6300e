"""Pictures of the review. Look at them before accepting new ones (`pytest --snapshot-update`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from review_script import Heard, Kept, done
from tui_script import DARK, PICTURED

from tui.review_app import ReviewApp

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot


def picture(
    compare: Callable[..., bool],
    size: tuple[int, int],
    theme: str = DARK,
    keys: tuple[str, ...] = (),
) -> bool:
    app = ReviewApp(Kept(sound=Heard()), 7)
    app.theme = theme

    async def settle(pilot: Pilot[None]) -> None:
        await done(app, pilot)
        await pilot.press(*keys)
        await pilot.pause()
        if app.focused is not None:
            app.focused.cursor_blink = False  # type: ignore[attr-defined]  # a line of text
            await pilot.pause()

    return compare(app, terminal_size=size, run_before=settle)


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """The title tells the time on the wall."""
    import time  # noqa: PLC0415

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.mark.parametrize(("size", "theme"), PICTURED)
def test_review(snap_compare: Callable[..., bool], size: tuple[int, int], theme: str) -> None:
    assert picture(snap_compare, size, theme)


@pytest.mark.parametrize("size", [(40, 12), (80, 24)], ids=["40x12", "80x24"])
def test_transcript_and_finding(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    assert picture(snap_compare, size, keys=("slash", *"truck"))


def test_why(snap_compare: Callable[..., bool]) -> None:
    assert picture(snap_compare, (80, 24), keys=("right", "w"))


def test_help(snap_compare: Callable[..., bool]) -> None:
    assert picture(snap_compare, (80, 24), keys=("question_mark",))
