"""What a running call leaves on the disk; what comes of it is in test_recovery."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from disks import mounted
from journal_driver import turns
from scripted import info, played, session
from talk import spoken

from assistant.errors import JournalError
from assistant.feeds import TranscriptFeed
from assistant.journal import MOST_WAITING_BYTES, Journal
from assistant.journal_folder import EVENTS, LeftJournal, journals
from assistant.journal_lines import event_line, read_lines
from assistant.model import (
    CallWarning,
    Event,
    Source,
    Speaker,
    Transcript,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assistant.journal_lines import Contents

LIVE = info(Source.LIVE)
DRIVER = Path(__file__).with_name("journal_driver.py")


def said(number: int, text: str = "Yes.") -> Transcript:
    return Transcript(Speaker.THEM, number * 1.0, number + 0.5, text)


def left(data: Path) -> Contents:
    """What the only journal holds, taken up as after a fault."""
    (found,) = journals(data)
    taken = LeftJournal.take(data, found.id)
    assert taken is not None, "somebody still holds it"
    try:
        return taken.read()
    finally:
        taken.release()


# ---- a journal -------------------------------------------------------------------------------


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal.start(tmp_path / "data", LIVE)
    yield made
    made.release()


def test_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = Journal.start(tmp_path / "data", LIVE)
        made.close()
    finally:
        os.umask(before)
    folders = [tmp_path / "data", tmp_path / "data" / "journal", made.folder]
    assert {stat.S_IMODE(f.stat().st_mode) for f in folders} == {0o700}
    files = [p for p in (tmp_path / "data").rglob("*") if p.is_file()]
    assert {p.name: stat.S_IMODE(p.stat().st_mode) for p in files} == {
        ".lock": 0o600,
        EVENTS: 0o600,
    }


def test_what_is_kept_is_with_the_system_at_once(journal: Journal) -> None:
    journal.keep(said(1))
    found = read_lines((journal.folder / EVENTS).read_bytes())
    assert found.events == (said(1),)


def test_only_a_journal_nobody_holds_is_left_behind(tmp_path: Path) -> None:
    made = Journal.start(tmp_path, LIVE)
    assert [f.running for f in journals(tmp_path)] == [True]
    assert LeftJournal.take(tmp_path, made.id) is None
    made.close()
    assert [f.running for f in journals(tmp_path)] == [False]
    taken = LeftJournal.take(tmp_path, made.id)
    assert taken is not None
    assert LeftJournal.take(tmp_path, made.id) is None  # held by the one before
    taken.remove()
    assert journals(tmp_path) == ()
    assert LeftJournal.take(tmp_path, made.id) is None


def test_looking_makes_nothing_and_clears_up_what_is_half_made(tmp_path: Path) -> None:
    assert journals(tmp_path / "data") == ()
    assert not (tmp_path / "data").exists()
    made = Journal.start(tmp_path, LIVE)
    (tmp_path / "journal" / "20260304-000000-abcdef").mkdir()
    assert [f.id for f in journals(tmp_path)] == [made.id]
    assert [p.name for p in sorted((tmp_path / "journal").iterdir())] == [".lock", made.id]
    made.release()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data").chmod(0o500)
    with pytest.raises(JournalError, match="THATSRIGHT_HOME"):
        Journal.start(tmp_path / "data", LIVE)


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("in the way")
    with pytest.raises(JournalError, match="a file is in the way"):
        Journal.start(tmp_path, LIVE)


# ---- made safe -------------------------------------------------------------------------------


@pytest.fixture
def syncs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sizes of the files that were made safe."""
    done: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda file: done.append(os.fstat(file).st_size))
    return done


def test_made_safe_at_most_every_second_and_at_the_end(journal: Journal, syncs: list[int]) -> None:
    sizes = []
    for number in range(20):  # every 0.24 s, as ticks come
        now_s = number * 0.24
        if number % 2 == 0:
            journal.keep(said(number))
        sizes.append((journal.folder / EVENTS).stat().st_size)
        assert journal.passed(now_s) == ()
    assert syncs == [sizes[5], sizes[10], sizes[15]]
    journal.keep(said(99))
    journal.close()
    assert syncs[3:] == [(journal.folder / EVENTS).stat().st_size]


def test_silence_is_not_made_safe_again(journal: Journal, syncs: list[int]) -> None:
    journal.keep(said(1))
    for second in range(1, 60):
        journal.passed(float(second))
    assert len(syncs) == 1


# ---- faults of the disk ----------------------------------------------------------------------


class Disk:
    """Refuses, when it is told to."""

    def __init__(self) -> None:
        self.write_error = 0
        self.sync_error = 0
        self.room = 1 << 40
        """Bytes it still takes."""
        self._pwrite, self._fsync = os.pwrite, os.fsync

    def pwrite(self, file: int, data: bytes, at: int) -> int:
        if self.write_error:
            raise OSError(self.write_error, os.strerror(self.write_error))
        if not self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        done = self._pwrite(file, data[: self.room], at)
        self.room -= done
        return done

    def fsync(self, file: int) -> None:
        if self.sync_error:
            raise OSError(self.sync_error, os.strerror(self.sync_error))
        self._fsync(file)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk()
    monkeypatch.setattr(os, "pwrite", made.pwrite)
    monkeypatch.setattr(os, "fsync", made.fsync)
    return made


def messages(told: tuple[CallWarning, ...]) -> list[str]:
    return [w.message for w in told]


def full(disk: Disk) -> None:
    disk.room = 20


def torn(disk: Disk) -> None:
    disk.write_error = errno.EIO


def unsafe(disk: Disk) -> None:
    disk.sync_error = errno.EIO


def mended(disk: Disk) -> None:
    disk.room, disk.write_error, disk.sync_error = 1 << 40, 0, 0


@pytest.mark.parametrize("breaks", [full, torn, unsafe])
def test_refused_for_a_while_it_is_told_once_and_nothing_is_missing(
    tmp_path: Path, disk: Disk, breaks: Callable[[Disk], None]
) -> None:
    journal = Journal.start(tmp_path, LIVE)
    told: list[CallWarning] = []
    for number in range(30):
        if number == 5:
            breaks(disk)
        if number == 20:
            mended(disk)
        journal.keep(said(number))
        told += journal.passed(number * 0.5)
    broken, again = told
    assert ("no room left" if breaks is full else "Input/output error") in broken.message
    assert "The call goes on." in broken.message
    assert "what was missed is written" in again.message
    assert 10.0 <= again.at_s <= 11.0
    journal.close()
    assert left(tmp_path).events == tuple(said(n) for n in range(30))
    assert left(tmp_path).damaged == 0


def test_what_a_disk_may_have_forgotten_is_written_anew(tmp_path: Path, disk: Disk) -> None:
    journal = Journal.start(tmp_path, LIVE)
    safe = (journal.folder / EVENTS).stat().st_size
    journal.keep(said(1))
    unsafe(disk)
    assert len(journal.passed(2.0)) == 1
    os.truncate(journal.folder / EVENTS, safe)  # as a disk that dropped what it was given
    mended(disk)
    assert len(journal.passed(4.0)) == 1
    journal.close()
    assert left(tmp_path).events == (said(1),)


def test_a_disk_that_is_full_again_and_again_is_told_of_once(tmp_path: Path, disk: Disk) -> None:
    journal = Journal.start(tmp_path, LIVE)
    told: list[str] = []
    for number in range(100):
        (mended if number % 4 < 2 else full)(disk)
        journal.keep(said(number))
        told += messages(journal.passed(number * 0.5))
    assert len([m for m in told if "no room" in m]) == 1
    assert len(told) == 2
    mended(disk)
    journal.close()
    assert len(left(tmp_path).events) == 100


def test_what_does_not_fit_is_counted_and_said_to_be_lost(tmp_path: Path, disk: Disk) -> None:
    journal = Journal.start(tmp_path, LIVE)
    torn(disk)
    long = "word " * 100_000
    for number in range(40):
        journal.keep(said(number, long))
    assert len(messages(journal.passed(1.0))) == 1
    mended(disk)
    (again,) = messages(journal.passed(2.0))
    journal.keep(said(99))
    journal.close()
    kept = [e for e in left(tmp_path).events if isinstance(e, Transcript)]
    lost = 41 - len(kept)
    assert lost == 40 - MOST_WAITING_BYTES // len(event_line(said(1, long)) or b"")
    assert f" {lost} events" in again
    assert kept[-1] == said(99)


def test_what_was_refused_at_the_end_is_not_an_error(tmp_path: Path, disk: Disk) -> None:
    journal = Journal.start(tmp_path, LIVE)
    journal.keep(said(1))
    torn(disk)
    journal.keep(said(2))
    journal.close()
    journal.keep(said(3))
    assert journal.passed(9.0) != ()
    assert left(tmp_path).events == (said(1),)


def test_no_room_to_begin_with(tmp_path: Path, disk: Disk) -> None:
    full(disk)
    with pytest.raises(JournalError, match="No space left on device"):
        Journal.start(tmp_path, LIVE)
    assert journals(tmp_path) == ()


# ---- with a session --------------------------------------------------------------------------


def test_a_session_tells_what_is_wrong_and_goes_on(tmp_path: Path, disk: Disk) -> None:
    made = session(TranscriptFeed(spoken(*turns(12))))
    without, _ = played(session(TranscriptFeed(spoken(*turns(12)))))
    journal = Journal.start(tmp_path, LIVE)
    made.keep_with(journal)
    full(disk)
    events, finished = played(made)
    warnings = [e for e in events if isinstance(e, CallWarning)]
    assert len(warnings) == 1
    assert "no room left" in warnings[0].message
    assert [e for e in events if not isinstance(e, CallWarning)][:-1] == without[:-1]
    assert finished is not None
    assert warnings[0] in finished.events
    mended(disk)
    journal.close()
    assert left(tmp_path).events == finished.events


def test_it_is_kept_before_it_is_told(tmp_path: Path) -> None:
    made = session(TranscriptFeed(spoken(*turns(6))))
    journal = Journal.start(tmp_path, LIVE)
    made.keep_with(journal)
    path = journal.folder / EVENTS
    missing: list[Event] = []

    def sink(event: Event) -> None:
        line = event_line(event)
        if line is not None and line not in path.read_bytes():
            missing.append(event)

    assert made.run(sink) is not None
    journal.remove()
    assert missing == []


# ---- processes -------------------------------------------------------------------------------


def driver(data: Path, count: int, speed: float) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, DRIVER, data, str(count), str(speed)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )


@pytest.fixture(scope="module")
def whole() -> tuple[Event, ...]:
    """What is told when nothing goes wrong."""
    _, finished = played(session(TranscriptFeed(spoken(*turns(400)))))
    assert finished is not None
    return finished.events


@pytest.mark.parametrize("lines_read", [1, 2, 3, 7, 19, 40, 83, 160, 301, 600])
def test_killed_at_any_point_nothing_told_is_lost(
    tmp_path: Path, whole: tuple[Event, ...], lines_read: int
) -> None:
    with driver(tmp_path, 400, 0) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(lines_read)]
        process.send_signal(signal.SIGKILL)
        told += process.stdout.readlines()
    heard = read_lines(b"".join(told)).events
    found = left(tmp_path)
    assert found.info == LIVE
    assert found.damaged == 0
    assert len(heard) >= lines_read
    assert found.events[: len(heard)] == heard
    assert found.events == whole[: len(found.events)]


def test_ctrl_c_leaves_all_there_is(tmp_path: Path, whole: tuple[Event, ...]) -> None:
    with driver(tmp_path, 400, 30) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(9)]
        process.send_signal(signal.SIGINT)
        told += process.stdout.readlines()
    assert process.returncode == 130
    heard = read_lines(b"".join(told)).events
    found = left(tmp_path).events
    assert found[: len(heard)] == heard
    assert found == whole[: len(found)]


def test_ended_by_itself_there_is_no_journal(tmp_path: Path) -> None:
    with driver(tmp_path, 6, 0) as process:
        _, error = process.communicate(timeout=60)
    assert (process.returncode, error) == (0, b"")
    assert journals(tmp_path) == ()
    assert list((tmp_path / "journal").iterdir()) == [tmp_path / "journal" / ".lock"]


def test_a_real_disk_that_is_full_and_then_is_not(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "size=128k"):
        journal = Journal.start(tmp_path / "disk", LIVE)
        told: list[str] = []
        for number in range(400):
            journal.keep(said(number, f"{number} " + "word " * 200))
            told += messages(journal.passed(number * 0.5))
            if number == 300:
                subprocess.run(["mount", "-o", "remount,size=8m", tmp_path / "disk"], check=True)
        journal.close()
        found = left(tmp_path / "disk")
    assert len(told) == 2
    assert "no room left" in told[0]
    assert "what was missed is written" in told[1]
    assert [e.text.split()[0] for e in found.events if isinstance(e, Transcript)] == [
        str(n) for n in range(400)
    ]
    assert found.damaged == 0
