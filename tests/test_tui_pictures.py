"""Pictures of the screen. Look at them before accepting new ones (`pytest --snapshot-update`)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input
from tui_script import (
    DARK,
    FIRST_HALF,
    INFO,
    PICTURED,
    SECOND_HALF,
    Hold,
    ScriptedSession,
    half_played,
    standing,
)

from assistant.errors import CallFileError
from assistant.model import CallStarted, CallWarning, Source, Speaker, TimeSpan, Transcript
from assistant.runtime import LegState
from tui.app import CallApp
from tui.theme import HIGH
from tui.words import SOUND_KEPT, WORDS_KEPT

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot


def picture(  # noqa: PLR0913
    compare: Callable[..., bool],
    session: ScriptedSession,
    size: tuple[int, int],
    theme: str = DARK,
    keys: tuple[str, ...] = (),
    *,
    keeps: str = WORDS_KEPT,
) -> bool:
    live = session.info.source is Source.LIVE
    app = CallApp(session, lambda _: "7", keeps=keeps if live else "")
    app.theme = theme

    async def settle(pilot: Pilot[object]) -> None:
        await standing(session, app, pilot)
        await pilot.press(*keys)
        await pilot.pause()
        if isinstance(app.focused, Input):
            app.focused.cursor_blink = False
            await pilot.pause()

    return compare(app, terminal_size=size, run_before=settle)


@pytest.mark.parametrize(("size", "theme"), PICTURED)
def test_mid_call(snap_compare: Callable[..., bool], size: tuple[int, int], theme: str) -> None:
    assert picture(snap_compare, half_played(), size, theme)


@pytest.mark.parametrize(("size", "theme"), PICTURED)
def test_end(snap_compare: Callable[..., bool], size: tuple[int, int], theme: str) -> None:
    session = ScriptedSession((*FIRST_HALF, *SECOND_HALF))
    assert picture(snap_compare, session, size, theme)


def test_a_real_one(snap_compare: Callable[..., bool]) -> None:
    session = ScriptedSession((*FIRST_HALF, *SECOND_HALF[:10], Hold(81.0, 1.0)))
    assert picture(snap_compare, session, (80, 24))


def test_between_prompts(snap_compare: Callable[..., bool]) -> None:
    session = ScriptedSession((*FIRST_HALF, Hold(61.0, 1.0)))
    assert picture(snap_compare, session, (80, 24))


def test_warning_in_a_small_pane(snap_compare: Callable[..., bool]) -> None:
    warning = CallWarning("No sound from their side for 30 s. Check the cable.", 46.0)
    session = ScriptedSession((*FIRST_HALF, warning, Hold(47.0, 1.0)))
    assert picture(snap_compare, session, (40, 12))


@pytest.mark.parametrize(("size", "theme"), PICTURED)
def test_live(snap_compare: Callable[..., bool], size: tuple[int, int], theme: str) -> None:
    """A call that happens now: both legs, one of them dead, a note being written."""
    legs = (LegState(Speaker.ME, -12.0, 0.0), LegState(Speaker.THEM, -90.0, 31.0))
    info = replace(INFO, title="live call", source=Source.LIVE, duration_s=None)
    script = (CallStarted(info), *FIRST_HALF[1:], Hold(47.0, 1.0), CallWarning("", 9999.0))
    session = ScriptedSession(script, info, legs=legs)
    keys = ("p", "n", *"call back") if size == (80, 24) else ()
    assert picture(snap_compare, session, size, theme, keys)


DOUBTFUL = tuple(
    replace(event, speaker_confidence=0.7 if event.start_s > 15.0 else 0.9)
    if isinstance(event, Transcript)
    else event
    for event in FIRST_HALF
)
"""The same talk, heard by one microphone."""


AT_ONCE = tuple(
    replace(event, overlap=(TimeSpan(event.start_s, event.end_s),))
    if isinstance(event, Transcript) and event.start_s > 15.0
    else event
    for event in FIRST_HALF
)
"""The same talk, with words over the other's."""


@pytest.mark.parametrize("looks", ["colour", "plain"])
def test_both_at_once(
    snap_compare: Callable[..., bool], looks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if looks == "plain":
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setenv("THATSRIGHT_ASCII", "1")
    info = replace(INFO, title="live call", source=Source.LIVE, duration_s=None)
    script = (CallStarted(info), *AT_ONCE[1:], Hold(47.0, 1.0), CallWarning("", 9999.0))
    assert picture(snap_compare, ScriptedSession(script, info), (80, 24))


@pytest.mark.parametrize("looks", ["colour", "plain"])
@pytest.mark.parametrize("size", [(40, 12), (80, 24)], ids=["40x12", "80x24"])
def test_doubtful_speakers_and_recorded_sound(
    snap_compare: Callable[..., bool],
    size: tuple[int, int],
    looks: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if looks == "plain":
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setenv("THATSRIGHT_ASCII", "1")
    info = replace(INFO, title="live call", source=Source.LIVE, duration_s=None)
    script = (CallStarted(info), *DOUBTFUL[1:], Hold(47.0, 1.0), CallWarning("", 9999.0))
    session = ScriptedSession(script, info)
    assert picture(snap_compare, session, size, keeps=SOUND_KEPT)


def test_high_contrast(snap_compare: Callable[..., bool]) -> None:
    assert picture(snap_compare, half_played(), (80, 24), HIGH.name)


def test_help(snap_compare: Callable[..., bool]) -> None:
    assert picture(snap_compare, half_played(), (80, 24), keys=("question_mark",))


def test_looking_back(snap_compare: Callable[..., bool]) -> None:
    session = ScriptedSession((*FIRST_HALF, *SECOND_HALF[:-1], Hold(140.0, 1.0), SECOND_HALF[-1]))
    assert picture(snap_compare, session, (80, 24), keys=("left_square_bracket",) * 2)


def test_loading(snap_compare: Callable[..., bool]) -> None:
    assert picture(snap_compare, ScriptedSession((Hold(0.0, 1.0),)), (80, 24))


def test_failure(snap_compare: Callable[..., bool]) -> None:
    error = CallFileError(
        "calls/delivery.ogg holds no sound. Choose a file with a recording in it."
    )
    assert picture(snap_compare, ScriptedSession((), error=error), (80, 24))


def test_without_colour(snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert picture(snap_compare, half_played(), (80, 24))
