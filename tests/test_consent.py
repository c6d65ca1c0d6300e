"""Consent: asked once in a terminal, never elsewhere, and stored with the call."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer
from command import need_tiny, run
from soundserver import MINE, THEIRS, SoundServer, serving
from test_live_call import LiveCall

from assistant import wire
from assistant.consent import FILE, consent_of
from assistant.journal_lines import first_line, read_lines
from assistant.model import CallInfo, CallStarted, Consent, FinishedCall, Source, Speaker
from assistant.report import report
from assistant.store import Library
from assistant.store_rows import call_row, info_columns
from assistant.store_schema import MIGRATIONS, migrate
from assistant.summary import summarise

if TYPE_CHECKING:
    from collections.abc import Callable

INFO = CallInfo(
    "a call", "desk", Source.LIVE, "base", None, datetime(2026, 3, 4, tzinfo=UTC), (Speaker.ME,)
)


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """What the user types, line by line; returns the questions that were asked."""

    def types(*lines: str) -> list[str]:
        left, asked = list(lines), list[str]()

        def prompt(question: str, **_: object) -> str:
            asked.append(question)
            if not left:
                raise typer.Abort
            return left.pop(0)

        monkeypatch.setattr(typer, "prompt", prompt)
        return asked

    return types


def answered(data: Path, setting: str | None = None, *, ask: bool = True) -> Consent:
    return consent_of(None, setting, data, record=False, ask=ask)


def test_without_a_terminal_nothing_is_asked_and_nothing_kept(
    tmp_path: Path, typing: Callable[..., list[str]]
) -> None:
    asked = typing()
    assert answered(tmp_path, ask=False) is Consent.UNKNOWN
    assert answered(tmp_path, "ask", ask=False) is Consent.UNKNOWN
    assert (asked, list(tmp_path.iterdir())) == ([], [])


def test_it_is_asked_once_and_that_they_agreed_holds_for_that_call_alone(
    tmp_path: Path, typing: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = typing("what?", "AGREED ")
    assert answered(tmp_path) is Consent.AGREED
    told = capsys.readouterr().err
    assert "All-party" in told
    assert "One-party" in told
    assert "Is that all right with you?" in told
    assert "not legal advice" in told
    assert answered(tmp_path) is Consent.UNKNOWN
    assert len(asked) == 2
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_not_needed_holds_until_said_otherwise(
    tmp_path: Path, typing: Callable[..., list[str]]
) -> None:
    asked = typing("not-needed")
    assert [answered(tmp_path) for _ in range(2)] == [Consent.NOT_NEEDED] * 2
    assert answered(tmp_path, "not-asked") is Consent.NOT_ASKED
    given = consent_of(Consent.AGREED, "not-asked", tmp_path, record=True, ask=True)
    assert given is Consent.AGREED
    assert len(asked) == 1


def test_the_setting_ask_asks_at_every_call(
    tmp_path: Path, typing: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    typing("", "agreed")
    assert answered(tmp_path, "ask") is Consent.UNKNOWN
    assert consent_of(None, "ask", tmp_path, record=True, ask=True) is Consent.AGREED
    assert "writes down and records" in capsys.readouterr().err


def test_who_gives_up_is_asked_again(tmp_path: Path, typing: Callable[..., list[str]]) -> None:
    typing()
    with pytest.raises(typer.Abort):
        answered(tmp_path)
    typing("not-asked")
    assert answered(tmp_path) is Consent.NOT_ASKED


@pytest.mark.parametrize("content", ["", "[]", '{"answer": 3}', '{"answer": "maybe"}'])
def test_a_damaged_file_is_as_none(
    tmp_path: Path, content: str, typing: Callable[..., list[str]]
) -> None:
    (tmp_path / FILE).write_text(content)
    typing("agreed")
    assert answered(tmp_path) is Consent.AGREED


@pytest.mark.parametrize("consent", list(Consent))
def test_it_is_stored_with_the_call_and_shown(tmp_path: Path, consent: Consent) -> None:
    info = CallInfo(
        INFO.title,
        INFO.path,
        INFO.source,
        None,
        3.0,
        INFO.started_at,
        INFO.speakers,
        consent=consent,
    )
    with Library.open(tmp_path) as library:
        loaded = library.load(library.save(FinishedCall(info, (), summarise(info, ()))))
    assert loaded.info == info
    assert f'"consent": "{consent.value}"' in report(loaded, "json")
    assert "- Consent: " in report(loaded, "md")
    assert f'"consent": "{consent.value}"' in str(wire.to_line(CallStarted(info)))
    contents = read_lines(first_line(info))
    assert contents.info == info


def test_calls_and_journals_from_before_say_that_it_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = info_columns(INFO)
    del columns["consent"]
    monkeypatch.setattr("assistant.journal_lines.info_columns", lambda _: columns)
    contents = read_lines(first_line(INFO))
    assert (contents.damaged, contents.info) == (0, INFO)

    database = sqlite3.connect(tmp_path / "library.db", isolation_level=None)
    migrate(database, [m for m in MIGRATIONS if m.name != "0006 consent"])
    row = call_row(FinishedCall(INFO, (), summarise(INFO, ()))).columns
    old = {name: value for name, value in row.items() if name != "consent"}
    names, places = ", ".join(old), ", ".join("?" * len(old))
    insert = f"INSERT INTO calls ({names}) VALUES ({places})"  # noqa: S608 - names of ours
    database.execute(insert, tuple(old.values()))
    migrate(database)
    assert database.execute("SELECT consent FROM calls").fetchone() == ("unknown",)
    database.close()


# ---- the real command -----------------------------------------------------------------------


def test_a_word_it_does_not_know_is_refused(tmp_path: Path) -> None:
    refused = run(tmp_path, "live", "--consent", "yes")
    assert refused.status == 2
    assert "not-needed" in refused.err


@pytest.mark.model
@pytest.mark.slow
def test_the_answer_is_in_the_events_and_the_recording_is_told(
    tmp_path: Path, server: SoundServer
) -> None:
    call = LiveCall(tmp_path, server, "--consent", "agreed", "--record", "--low-power")
    try:
        ended = call.ended_by(signal.SIGINT)
    finally:
        call.leave()
    assert ended.status == 0, ended.err
    assert ended.err == "thatsright: The sound of this call is being recorded (--record).\n"
    assert ended.events[0]["consent"] == "agreed"
    assert "thatsright devices" in str(ended.events[-1]["practise"])
    assert "- Consent: they were told, and agreed" in run(tmp_path, "report", "last").out


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo terminals")
def test_in_a_terminal_it_asks_before_any_device_is_opened(tmp_path: Path) -> None:
    import pty  # noqa: PLC0415 - not on Windows

    need_tiny()
    with tempfile.TemporaryDirectory() as folder:
        for server in serving(Path(folder)):
            number, terminal = pty.fork()
            if not number:
                command = Path(sys.executable).with_name("thatsright")
                mine = {**os.environ, **server.variables, "THATSRIGHT_HOME": str(tmp_path)}
                chosen = ("--mic", MINE, "--them", THEIRS, "--model", "tiny.en")
                os.execve(command, ["thatsright", "live", *chosen], mine)  # noqa: S606 - our own
            shown = b""
            while b"Did they agree?" not in shown:
                shown += os.read(terminal, 1000)
            assert b"Say aloud" in shown
            assert server._run("pactl", "list", "short", "source-outputs") == ""
            os.write(terminal, b"\x03")
            while True:
                try:
                    shown += os.read(terminal, 1000)
                except OSError:
                    break
            _, status = os.waitpid(number, 0)
            os.close(terminal)
            assert os.waitstatus_to_exitcode(status) == 130
            assert b"Traceback" not in shown
            assert not (tmp_path / "data" / FILE).exists()
