"""Calls that were cut off come back, once and whole; what is deleted is gone."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from command import run
from cut_off import LIVE, TALK, cut_off, kept
from scripted import played, session
from talk import spoken
from test_store import call_of as finished_call

from assistant import recovery
from assistant.errors import JournalError, StoreError
from assistant.feeds import TranscriptFeed
from assistant.journal import Journal
from assistant.journal_folder import EVENTS, journals
from assistant.model import CallWarning, Event, Source, Speaker, Transcript
from assistant.store import Library
from assistant.summary import summarise
from audio.record import Recorder
from audio.types import RATE_HZ, Block

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def data(home: Path) -> Path:
    return home / "data"


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


def test_events_alone_decide_how_long_it_was() -> None:
    events: tuple[Event, ...] = (
        Transcript(Speaker.ME, 0.0, 2.5, "so"),
        CallWarning("The headset is gone.", 7.25),
    )
    assert recovery._length_s(events) == 7.25
    assert recovery._length_s(()) == 0.0
