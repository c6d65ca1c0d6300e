"""The folders of journals: which there are, who holds them, and what one left behind says.

A folder a call in `journal` below the data folder: `events.jsonl` (see `journal_lines`), and
`sound` when the call is recorded. The program whose call it is holds a lock on the events; the
system lets go of it however the program ends, and so a journal nobody holds is one left behind.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Self

from assistant.errors import JournalError
from assistant.journal_lines import Contents, read_lines
from assistant.paths import PRIVATE_FILE_MODE, PRIVATE_FOLDER_MODE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER: Final = "journal"
EVENTS: Final = "events.jsonl"
SOUND: Final = "sound"
_LOCK: Final = ".lock"

STARTED: Final = "%Y%m%d-%H%M%S"
"""What an id begins with: when the call began, UTC."""
_STARTED_LENGTH: Final = len("20260304-050607")


class JournalFolder:
    """A call's folder, and the lock on it."""

    def __init__(self, folder: Path, file: int) -> None:
        self.folder = folder
        self.id = folder.name
        self._file = file
        self._open = True

    @property
    def sound(self) -> Path:
        """Where the recorded sound is, if there is any."""
        return self.folder / SOUND

    def remove(self) -> None:
        """Delete all there is of it, the events last, and let go of it.

        Deleted is not overwritten: the disk may keep the words until it needs their place.

        Raises:
            JournalError: it cannot be deleted.
        """
        try:
            delete_folder(self.folder)
        except OSError as error:
            raise JournalError(
                f"The journal {self.folder} cannot be deleted ({error.strerror}). Make the folder "
                "writable for you, and delete it."
            ) from error
        finally:
            self.release()

    def release(self) -> None:
        """Let go of it; what is there stays."""
        if self._open:
            self._open = False
            os.close(self._file)


class LeftJournal(JournalFolder):
    """The journal of a call whose program has ended, held so that nobody else takes it up."""

    @classmethod
    def take(cls, data: Path, name: str) -> Self | None:
        """The one of that id; None when it is gone, or a running program holds it.

        Raises:
            JournalError: it cannot be opened.
        """
        folder = data / FOLDER / name
        with _told(folder):
            file = _held(folder / EVENTS)
        return None if file is None else cls(folder, file)

    def read(self) -> Contents:
        """What it holds.

        Raises:
            JournalError: it cannot be read, or a newer version of this program wrote it.
        """
        with _told(self.folder):
            return read_lines((self.folder / EVENTS).read_bytes())

    @property
    def started_at(self) -> datetime:
        """When the call began, by the name of the folder: for when its first line is damaged."""
        with suppress(ValueError):
            return datetime.strptime(self.id[:_STARTED_LENGTH], STARTED).replace(tzinfo=UTC)
        return datetime.fromtimestamp(self.folder.stat().st_mtime, UTC)


@dataclass(frozen=True, slots=True)
class Found:
    """A journal that is there."""

    id: str
    running: bool
    """True while the program whose call it is runs, or another one is bringing it back."""


def journals(data: Path) -> tuple[Found, ...]:
    """The journals below the data folder, oldest first; no folder is made by asking.

    Raises:
        JournalError: the folder cannot be read.
    """
    parent = data / FOLDER
    if not parent.is_dir():
        return ()
    with _told(parent), alone(parent):
        return tuple(_found(folder) for folder in sorted(parent.iterdir()) if _is_one(folder))


def _is_one(folder: Path) -> bool:
    """Whether there is a journal in it; what was left half made or half deleted goes."""
    if not folder.is_dir():
        return False
    if (folder / EVENTS).exists():
        return True
    if not (folder / SOUND).exists():
        delete_folder(folder)
    return False


def _found(folder: Path) -> Found:
    file = _held(folder / EVENTS)
    if file is None:
        return Found(folder.name, running=True)
    os.close(file)
    return Found(folder.name, running=False)


def _held(path: Path) -> int | None:
    """The file, locked; None when it is gone or somebody else has it."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    except BaseException:
        os.close(file)
        raise
    if not os.fstat(file).st_nlink:  # deleted meanwhile
        os.close(file)
        return None
    return file


@contextmanager
def alone(parent: Path) -> Iterator[None]:
    """Nobody else makes a journal or looks for one meanwhile."""
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    file = os.open(parent / _LOCK, flags, PRIVATE_FILE_MODE)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise JournalError(
            f"{folder} cannot be read ({error.strerror}). Make it readable and writable for you, "
            "and try again; nothing was changed."
        ) from error


def delete_folder(folder: Path) -> None:
    """All of it; the events last, so that what is half deleted is still found."""
    if folder.stat().st_mode & PRIVATE_FOLDER_MODE != PRIVATE_FOLDER_MODE:
        folder.chmod(PRIVATE_FOLDER_MODE)
    if (folder / SOUND).exists():
        shutil.rmtree(folder / SOUND)
    (folder / EVENTS).unlink(missing_ok=True)
    shutil.rmtree(folder)
