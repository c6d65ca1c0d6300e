"""Stopped in the middle, or with nobody at the other end: the real command."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from command import (
    COMMAND,
    SAMPLES,
    Ended,
    ended,
    environment,
    need_tiny,
    run,
    started,
    titles,
    told,
    write_talk,
)

if TYPE_CHECKING:
    from pathlib import Path


# ---- stopped in the middle -------------------------------------------------------------------

SIGNALS = (
    (signal.SIGINT, 130, "Nothing of this call was saved"),
    (signal.SIGTERM, 143, "SIGTERM"),
    (signal.SIGHUP, 129, "SIGHUP"),
)


@pytest.mark.parametrize(("number", "status", "words"), SIGNALS)
def test_stopped_while_it_plays(home: Path, number: int, status: int, words: str) -> None:
    playing = started(home, "replay", "--json", "--speed", "1", SAMPLES / "rent_review.jsonl")
    assert playing.stdout is not None
    assert '"call"' in playing.stdout.readline()
    playing.send_signal(number)
    result = ended(playing)
    told(result, status, "Stopped", words)
    assert "summary" not in result.out
    assert titles(home) == []


@pytest.mark.model
def test_stopped_while_it_decodes(home: Path) -> None:
    need_tiny()
    sample = SAMPLES / "rent_review.ogg"
    playing = started(home, "replay", "--json", "--model", "tiny.en", sample)
    assert playing.stdout is not None
    while '"transcript"' not in playing.stdout.readline():
        pass
    playing.send_signal(signal.SIGINT)
    result = ended(playing)
    told(result, 130, "Stopped. Nothing of this call was saved; the recording is as it was.")
    assert "summary" not in result.out
    assert titles(home) == []


def test_what_was_played_before_stays_when_the_next_is_stopped(home: Path, talk: Path) -> None:
    long = SAMPLES / "rent_review.jsonl"
    playing = started(home, "replay", "--json", "--speed", "100", talk, long)
    assert playing.stdout is not None
    while "rent_review" not in playing.stdout.readline():
        pass
    playing.send_signal(signal.SIGINT)
    told(ended(playing), 130, "Stopped")
    assert titles(home) == ["talk"]


def test_nohup_is_respected(home: Path, talk: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        playing = started(home, "replay", "--json", "--speed", "30", talk)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert playing.stdout is not None
    assert '"call"' in playing.stdout.readline()
    playing.send_signal(signal.SIGHUP)
    assert ended(playing).status == 0
    assert titles(home) == ["talk"]


# ---- streams ---------------------------------------------------------------------------------


def shell(home: Path, script: str, *arguments: str | Path, **more: str) -> Ended:
    """A shell's redirections of the command, which is `"$@"` there."""
    done = subprocess.run(
        ["bash", "-c", script, "bash", COMMAND, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment(home, **more),
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("command", ["replay", "calls"])
def test_a_reader_that_has_enough(home: Path, talk: Path, command: str) -> None:
    arguments = (command, talk) if command == "replay" else (command,)
    result = shell(home, '"$@" | head -c 1; exit ${PIPESTATUS[0]}', *arguments)
    assert (result.status, result.err, len(result.out)) == (0, "", 1)


def test_streams_that_are_closed(home: Path, talk: Path) -> None:
    closed = shell(home, '"$@" <&- >&- 2>&-', "replay", talk)
    assert (closed.status, closed.out, closed.err) == (0, "", "")
    assert titles(home) == ["talk"]
    bad = shell(home, '"$@" <&- >&-', "report", "99")
    told(bad, 1, "no call 99")


def test_no_file_gets_the_number_of_a_stream_that_is_closed(home: Path, tmp_path: Path) -> None:
    found = tmp_path / "found"
    check = (
        "import os, sys; from assistant.streams import give_streams; give_streams(); "
        "print('out'); print('err', file=sys.stderr); "
        f"opened = os.open({str(found)!r}, os.O_CREAT | os.O_WRONLY); "
        "os.write(opened, str(opened > 2).encode())"
    )
    done = subprocess.run(
        ["bash", "-c", '"$@" <&- >&- 2>&-', "bash", sys.executable, "-c", check],
        env=environment(home),
        check=False,
    )
    assert (done.returncode, found.read_text()) == (0, "True")


def test_an_output_of_an_older_alphabet(home: Path, tmp_path: Path) -> None:
    run(home, "replay", write_talk(tmp_path / "naïve – call.jsonl", "“That’s right” – naïve."))
    for command in (("report", "last"), ("calls",), ("calls", "naive")):
        result = run(home, *command, more={"PYTHONIOENCODING": "ascii"})
        assert (result.status, result.err) == (0, "")
        assert result.out.isascii()
        assert "call" in result.out
