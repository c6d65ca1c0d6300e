"""Calls that were cut off come back, once and whole; what is deleted is gone."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from command import Ended, environment, run, told
from scripted import info, played, session
from talk import spoken
from test_store import call_of as finished_call
from typer.testing import CliRunner

from assistant import commands, recovery
from assistant.errors import JournalError, StoreError
from assistant.feeds import TranscriptFeed
from assistant.journal import Journal
from assistant.journal_folder import EVENTS, journals
from assistant.journal_lines import read_lines
from assistant.model import CallWarning, Event, Source, Speaker, Transcript
from assistant.store import Library
from assistant.summary import summarise
from audio.record import Recorder
from audio.types import RATE_HZ, Block

if TYPE_CHECKING:
    from assistant.model import FinishedCall

LIVE = replace(info(Source.LIVE), title="Live call with a harbour")
DRIVER = Path(__file__).with_name("journal_driver.py")
TALK = (
    "m: It sounds like you need the parts by May, or the whole line stands.",
    "t: That's right.",
    "m: So the harbour is closed in April.",
    "t: Exactly.",
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def data(home: Path) -> Path:
    return home / "data"


def cut_off(data: Path, *turns: str, sound: bool = False) -> str:
    """Leaves a call behind as a program that was killed does; its journal's id."""
    made = session(TranscriptFeed(spoken(*(turns or TALK))))
    journal = Journal.start(data, LIVE)
    made.keep_with(journal)
    if sound:
        recorder = Recorder(journal.sound)
        for speaker in (Speaker.ME, Speaker.THEM):
            recorder.push(Block(speaker, 0, np.full(RATE_HZ, 0.1, np.float32)))
    assert played(made)[1] is not None
    journal.release()
    return journal.id


def kept(data: Path) -> list[FinishedCall]:
    with Library.open(data) as library:
        return [library.load(call.id) for call in library.calls()]


def below(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def traces(home: Path, word: bytes) -> set[str]:
    """Files that hold the word, in whatever case."""
    return {
        str(p.relative_to(home))
        for p in home.rglob("*")
        if p.is_file() and word in p.read_bytes().lower()
    }


# ---- into the library ------------------------------------------------------------------------


def test_what_comes_back_is_what_was_told_and_says_how_far(data: Path) -> None:
    name = cut_off(data)
    _, whole = played(session(TranscriptFeed(spoken(*TALK))))
    assert whole is not None
    with Library.open(data) as library:
        number = recovery.keep(data, library, name)
        assert library.journal_of(number) == name
    (call,) = kept(data)
    *events, warning = call.events
    assert events == list(whole.events)
    assert isinstance(warning, CallWarning)
    assert warning.message.startswith("Recovered: ")
    ends = max(e.end_s for e in events if isinstance(e, Transcript))
    assert warning.at_s >= ends
    assert call.info == replace(LIVE, duration_s=warning.at_s)
    assert call.summary == summarise(call.info, call.events)
    assert call.summary.outcome == whole.summary.outcome
    assert journals(data) == ()


def test_a_damaged_first_line_costs_the_title_alone(data: Path) -> None:
    name = cut_off(data)
    path = data / "journal" / name / EVENTS
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([b"#" + lines[0], *lines[1:3], b"x" + lines[3], *lines[4:]]))
    with Library.open(data) as library:
        recovery.keep(data, library, name)
    (call,) = kept(data)
    assert (call.info.title, call.info.source) == ("Live call", Source.LIVE)
    assert call.info.started_at == LIVE.started_at
    assert len(call.events) == len(lines) - 1
    (warning,) = [e for e in call.events if isinstance(e, CallWarning)]
    assert "2 entries of the record were damaged" in warning.message


def test_sound_comes_along_private(data: Path) -> None:
    before = os.umask(0)
    try:
        name = cut_off(data, sound=True)
        with Library.open(data) as library:
            number = recovery.keep(data, library, name)
    finally:
        os.umask(before)
    folder = recovery.sound_folder(data, number)
    assert folder == data / "audio" / str(number)
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in folder.iterdir()}
    assert modes == {"me.flac": 0o600, "them.flac": 0o600}
    assert {stat.S_IMODE(p.stat().st_mode) for p in (folder, folder.parent)} == {0o700}
    assert recovery.sound_folder(data, number + 1) is None


def test_sound_of_a_library_that_was_moved_away_is_not_touched(data: Path) -> None:
    (data / "audio" / "1").mkdir(parents=True)
    (data / "audio" / "1" / "me.flac").write_text("another call")
    name = cut_off(data, sound=True)
    with Library.open(data) as library:
        assert recovery.keep(data, library, name) == 1
    assert (data / "audio" / "1-before-1" / "me.flac").read_text() == "another call"
    assert (data / "audio" / "1" / "me.flac").stat().st_size > 40


def test_a_call_that_ends_by_itself_is_filed_the_same_way(data: Path) -> None:
    journal = Journal.start(data, LIVE)
    recorder = Recorder(journal.sound)
    recorder.push(Block(Speaker.ME, 0, np.zeros(RATE_HZ, np.float32)))
    recorder.close()
    call = finished_call("the harbour is closed")
    with Library.open(data) as library:
        number = recovery.file_away(data, library, call, journal)
        assert library.load(number) == call
    assert below(data / "audio") == {f"{number}/me.flac"}
    assert journals(data) == ()


def test_a_library_that_refuses_leaves_the_journal(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = cut_off(data)

    def refuse(*_: object) -> None:
        raise StoreError("There is no room left.")

    with Library.open(data) as library:
        monkeypatch.setattr(library, "save", refuse)
        with pytest.raises(StoreError):
            recovery.keep(data, library, name)
    assert [(f.id, f.running) for f in journals(data)] == [(name, False)]


HALF_WAY = """
import os, signal, sys
from pathlib import Path
from assistant import recovery
from assistant.store import Library

where, data, name = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
module_name, _, rest = where.rpartition(":")
module = __import__(module_name, fromlist=["_"])
*path, last = rest.split(".")
owner = module
for each in path:
    owner = getattr(owner, each)
real = getattr(owner, last)

def die(*arguments, **more):
    if sys.argv[4] == "after":
        real(*arguments, **more)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(owner, last, die)
with Library.open(data) as library:
    recovery.keep(data, library, name)
"""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "where",
    [
        "assistant.store:Library.save",
        "assistant.store:Library._insert_event",
        "assistant.recovery:_move_sound",
        "pathlib:Path.rename",
        "pathlib:Path.unlink",
        "shutil:rmtree",
    ],
)
def test_killed_half_way_nothing_is_lost_or_there_twice(data: Path, where: str, when: str) -> None:
    name = cut_off(data, sound=True)
    done = subprocess.run(
        [sys.executable, "-c", HALF_WAY, where, data, name, when],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL
    for found in journals(data):
        with Library.open(data) as library:
            recovery.keep(data, library, found.id)
    (call,) = kept(data)
    _, whole = played(session(TranscriptFeed(spoken(*TALK))))
    assert whole is not None
    assert call.events[:-1] == whole.events
    assert below(data / "audio") == {"1/me.flac", "1/them.flac"}
    assert journals(data) == ()
    assert below(data / "journal") == {".lock"}


def test_of_a_running_call_nobody_takes_anything(data: Path) -> None:
    journal = Journal.start(data, LIVE)
    journal.keep(Transcript(Speaker.ME, 0.0, 1.0, "I still talk"))
    with Library.open(data) as library, pytest.raises(JournalError, match="still runs"):
        recovery.keep(data, library, journal.id)
    with pytest.raises(JournalError, match="still runs"):
        recovery.discard(data, journal.id)
    assert [each.running for each in recovery.left_journals(data)] == [True]
    journal.release()


@pytest.mark.parametrize("name", ["", ".", "..", "../data", "nothing", ".lock"])
def test_names_that_are_no_journal(data: Path, name: str) -> None:
    cut_off(data)
    with pytest.raises(JournalError, match="no cut-off call"):
        recovery.discard(data, name)
    assert len(journals(data)) == 1


def test_nothing_said_is_nothing_to_bring_back(data: Path) -> None:
    Journal.start(data, LIVE).close()
    assert recovery.left_journals(data) == ()
    assert below(data / "journal") == {".lock"}


# ---- deleted ---------------------------------------------------------------------------------


def test_delete_takes_words_journal_and_sound(home: Path, data: Path) -> None:
    name = cut_off(data, sound=True)
    with Library.open(data) as library:
        # as if it was killed after the call was saved
        journal = recovery._take(data, name)
        call = recovery.call_of(journal, journal.read())
        number = library.save(call, name)
        journal.release()
    other = cut_off(data)
    assert len(traces(home, b"whole line")) >= 3
    result = run(home, "delete", str(number))
    assert (result.status, result.out) == (0, f"Deleted call {number}.\n")
    assert [f.id for f in journals(data)] == [other]
    run(home, "recover", "--keep")
    assert below(data / "audio") == set()
    run(home, "delete", "last")
    assert traces(home, b"whole line") == set()
    assert kept(data) == []


def test_delete_takes_the_sound_of_a_kept_call(home: Path, data: Path) -> None:
    cut_off(data, sound=True)
    cut_off(data, sound=True)
    run(home, "recover", "--keep", "all")
    assert run(home, "delete", "1").status == 0
    assert below(data / "audio") == {"2/me.flac", "2/them.flac"}


# ---- the commands ----------------------------------------------------------------------------


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
    monkeypatch.setattr(commands, "_is_terminal", lambda: True)
    monkeypatch.setattr(commands, "_is_watched", lambda: True)


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
    from zlib import crc32  # noqa: PLC0415 - here alone

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


def test_events_alone_decide_how_long_it_was() -> None:
    events: tuple[Event, ...] = (
        Transcript(Speaker.ME, 0.0, 2.5, "so"),
        CallWarning("The headset is gone.", 7.25),
    )
    assert recovery._length_s(events) == 7.25
    assert recovery._length_s(()) == 0.0
