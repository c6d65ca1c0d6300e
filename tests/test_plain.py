"""`--plain`: a call as lines of text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from test_cli import home, run, saved  # noqa: F401 - fixtures
from tui_script import INFO, ME, SUMMARY, THEM

from assistant import commands
from assistant.model import (
    CallStarted,
    CallWarning,
    Note,
    Prompt,
    PromptKind,
    Signal,
    SignalKind,
    SpeechOpened,
    SummaryReady,
    Transcript,
)
from tui.plain import plain_lines

if TYPE_CHECKING:
    from pathlib import Path

SIGNAL = Signal(1, SignalKind.YOURE_RIGHT, THEM, 65.0, 64.0, 65.0, 0.824, "You're right.", "r")
PROMPT = Prompt(
    1, PromptKind.LABEL, "It seems like a lot.", "They want you to stop.", 1, 65.0, 75.0
)


def test_what_matters_is_one_line_each() -> None:
    heard = Transcript(THEM, 64.0, 65.0, "You're right.")
    assert plain_lines(heard) == ("1:04 Them: You're right.",)
    assert plain_lines(SIGNAL) == ("Signal. Them, You're right: “You're right.” 82 % sure.",)
    assert plain_lines(replace(SIGNAL, revises=7))[0].startswith("Signal, instead of one before.")
    assert plain_lines(PROMPT) == (
        "Prompt. Say a label: “It seems like a lot.” Because: They want you to stop.",
    )
    assert plain_lines(CallWarning("The microphone is gone.", 3.0)) == (
        "Warning. The microphone is gone.",
    )
    assert plain_lines(CallStarted(INFO)) == ("Call: delivery.",)
    told = plain_lines(SummaryReady(SUMMARY))
    assert told[0].startswith("The call is over.")
    assert told[-1].startswith("Practise: ")


def test_what_changes_all_the_time_is_not_told() -> None:
    partial = Transcript(ME, 1.0, 2.0, "So you", final=False)
    for event in (
        partial,
        replace(partial, text=" ", final=True),
        SpeechOpened(ME, 1.0),
        Note(2.0),
    ):
        assert plain_lines(event) == ()


def test_who_may_have_been_the_other_is_said_in_a_word() -> None:
    heard = Transcript(THEM, 1.0, 2.0, "Yes.", speaker_confidence=0.7)
    assert plain_lines(heard) == ("0:01 Them, perhaps: Yes.",)


@given(st.text())
def test_a_line_stays_one_line_whatever_was_said(text: str) -> None:
    for event in (
        Transcript(THEM, 1.0, 2.0, text),
        replace(SIGNAL, quote=text),
        replace(PROMPT, say=text),
        CallWarning(text, 1.0),
    ):
        for line in plain_lines(event):
            assert len(line.splitlines()) == 1
            assert "\x1b" not in line


def test_a_replay_in_plain_lines_is_kept_and_says_where(home: Path, talk: Path) -> None:  # noqa: F811
    result = run("replay", "--plain", talk)
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0] == f"Call: {talk.stem}."
    assert any(line.startswith("Signal. Them, That's right: ") for line in lines)
    (number,) = saved(home)
    assert lines[-1] == f"Saved as call {number}: thatsright review {number}"
    assert "\x1b" not in result.stdout
    assert "\r" not in result.stdout


@pytest.mark.usefixtures("home")
def test_in_a_terminal_plain_lines_come_instead_of_the_screen_at_the_speed_of_the_call(
    talk: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[commands.ReplayOptions] = []

    def as_events(player: commands.Replay, _calls: object) -> int:
        asked.append(player._options)
        return 0

    monkeypatch.setattr(commands.Replay, "as_events", as_events)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    with pytest.raises(typer.Exit):
        commands.replay([talk], plain=True, no_save=True)
    assert [(each.plain, each.speed) for each in asked] == [(True, 1.0)]


def test_json_and_plain_do_not_go_together() -> None:
    for command in (("replay", "a.wav"), ("live",)):
        result = run(*command, "--json", "--plain")
        assert result.exit_code == 2
        assert "either --json or --plain" in result.stderr
