"""Cut-off calls as the commands offer them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from zlib import crc32

import pytest
from command import Ended, environment, run, told
from cut_off import LIVE, cut_off, kept
from typer.testing import CliRunner

from assistant import commanding, commands
from assistant.journal import Journal
from assistant.journal_folder import EVENTS, journals
from assistant.journal_lines import read_lines
from assistant.store import Library

DRIVER = Path(__file__).with_name("journal_driver.py")


@pytest.fixture
def data(home: Path) -> Path:
    return home / "data"


def test_without_a_terminal_one_sentence_names_the_command(home: Path, data: Path) -> None:
    cut_off(data)
    for command in (("calls",), ("calls", "--json")):
        result = run(home, *command)
        assert result.status == 0
        told(
            Ended(0, result.out, result.err), 0, "“Live call with a harbour”", "thatsright recover"
        )
    cut_off(data)
    told(run(home, "calls"), 0, "2 calls were cut off")
    assert len(journals(data)) == 2


def test_recover_lists_and_does(home: Path, data: Path) -> None:
    assert run(home, "recover").out == "No call was cut off.\n"
    assert not home.exists()
    first, second, third = cut_off(data), cut_off(data), cut_off(data)
    running = Journal.start(data, LIVE)
    listed = run(home, "recover")
    assert (listed.status, listed.err) == (0, "")
    assert "4 utterances" in listed.out
    assert f"{running.id}  running now\n" in listed.out
    assert len(journals(data)) == 4
    told(run(home, "recover", first), 2, "--keep or --delete")
    told(run(home, "recover", "--keep", "nothing"), 1, "no cut-off call “nothing”")
    told(run(home, "recover", "--keep", running.id), 1, "still runs")
    assert run(home, "recover", "--delete").status == 2
    assert run(home, "recover", "--keep", "--delete", first).status == 2
    assert len(journals(data)) == 4
    assert "Kept as call 1: " in run(home, "recover", "--keep", first).err
    assert "Deleted" in run(home, "recover", "--delete", second).err
    assert run(home, "recover", "--keep").status == 0
    assert [f.id for f in journals(data)] == [running.id]
    with Library.open(data) as library:
        assert [library.journal_of(n) for n in (1, 2)] == [first, third]
    running.remove()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Somebody is there to answer."""
    monkeypatch.setenv("THATSRIGHT_HOME", str(home))
    monkeypatch.setattr(commanding, "is_terminal", lambda: True)
    monkeypatch.setattr(commanding, "is_watched", lambda: True)


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(
    "answer",
    [
        ("keep\n", 0, 1, 0),
        ("\n", 0, 1, 0),
        ("delete\n", 0, 0, 0),
        ("later\n", 0, 0, 1),
        ("perhaps\nlater\n", 0, 0, 1),
        ("", 130, 0, 1),
    ],
)
@pytest.mark.parametrize("command", ["calls", "recover"])
def test_in_a_terminal_it_is_asked(
    data: Path, answer: tuple[str, int, int, int], command: str
) -> None:
    typed, status, calls, left = answer
    cut_off(data)
    result = CliRunner().invoke(commands.app, [command], input=typed)
    assert result.exit_code == status
    assert "“Live call with a harbour”" in result.stderr
    assert "Keep it in the library, delete it, or later?" in result.stderr
    assert len(kept(data)) == calls
    assert len(journals(data)) == left
    if command == "calls" and calls:
        assert "harbour" in result.stdout


@pytest.mark.usefixtures("terminal")
def test_in_a_terminal_deleting_is_asked_again(data: Path) -> None:
    cut_off(data)
    result = CliRunner().invoke(commands.app, ["recover", "--delete", "all"], input="n\n")
    assert "Nothing was deleted." in result.stdout
    assert len(journals(data)) == 1
    assert CliRunner().invoke(commands.app, ["recover", "--delete", "all", "-y"]).exit_code == 0
    assert journals(data) == ()


@pytest.mark.parametrize("command", ["replay", "report"])
def test_every_command_that_opens_the_library_says_so(
    home: Path, data: Path, tmp_path: Path, command: str
) -> None:
    talk = tmp_path / "talk.vtt"
    talk.write_text("WEBVTT\n\n00:01.000 --> 00:02.000\n<v me>That's right.\n")
    cut_off(data)
    run(home, "recover", "--keep")
    cut_off(data)
    arguments = (talk, "--me", "me") if command == "replay" else ("last",)
    result = run(home, command, *arguments)
    assert (result.status, "thatsright recover" in result.err) == (0, True)
    if command == "replay":
        silent = run(home, command, "--no-save", *arguments)
        assert (silent.status, silent.err) == (0, "")


def test_what_a_newer_version_left_keeps_no_command_from_running(home: Path, data: Path) -> None:
    name = cut_off(data)
    path = data / "journal" / name / EVENTS
    first, _, rest = path.read_bytes().partition(b"\n")
    text = first[12:-1].replace(b'"format":1', b'"format":9')
    path.write_bytes(b'["%08x",%s]\n' % (crc32(text), text) + rest)
    assert run(home, "calls").status == 0
    assert "Update thatsright" in run(home, "recover").out
    told(run(home, "recover", "--keep", name), 1, "Update thatsright")
    assert len(journals(data)) == 1


def test_killed_and_brought_back_by_the_commands_alone(home: Path, data: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, DRIVER, data, "400", "0"],
        stdout=subprocess.PIPE,
        env=environment(home) | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with running as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(100)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
    heard = read_lines(b"".join(lines)).events
    assert run(home, "recover", "--keep").status == 0
    (call,) = kept(data)
    assert len(heard) >= 100
    assert call.events[: len(heard)] == heard
    assert run(home, "report", "last").status == 0


def test_two_that_bring_back_the_same_at_once(home: Path, data: Path) -> None:
    cut_off(data)
    both = [
        subprocess.Popen(
            [sys.executable, "-c", "from assistant.cli import main; main()", "recover", "--keep"],
            env=environment(home) | {"PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]
    for process in both:
        process.wait(60)
    assert len(kept(data)) == 1
    assert journals(data) == ()
