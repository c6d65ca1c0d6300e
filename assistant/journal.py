"""A call on the disk while it runs, so that a program that is killed loses none of it.

What a fault costs: killing the program, nothing (every event is handed to the system before it is
shown); a power cut, what was told in the last `SYNC_S` of call time.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from contextlib import suppress
from datetime import UTC
from typing import TYPE_CHECKING, Final, Self

from assistant.errors import JournalError, ThatsRightError
from assistant.journal_folder import (
    EVENTS,
    FOLDER,
    STARTED,
    JournalFolder,
    alone,
    delete_folder,
)
from assistant.journal_lines import event_line, first_line
from assistant.model import CallWarning
from assistant.paths import PRIVATE_FILE_MODE, private_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from assistant.model import CallInfo, Event

SYNC_S: Final = 1.0
"""How much call time lies between two orders to the disk to make what was written safe."""
RETRY_S: Final = 1.0
"""How much call time lies between two tries when writing fails."""
TOLD_AGAIN_S: Final = 60.0
"""A disk that is full again within this much call time is not told of again."""
MOST_WAITING_BYTES: Final = 8 << 20
"""What waits for room on the disk; some ten hours of talk, with every word's time."""

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_FULL: Final = (
    "There is no room left on the disk, so what is said is not written down while the call runs: "
    "if the program were killed now, it would be lost. Free some space; writing then goes on by "
    "itself, with what was missed. The call goes on."
)
_FAILING: Final = (
    "The disk refuses what is said ({why}), so it is not written down while the call runs: if the "
    "program were killed now, it would be lost. Check the disk and its cable; writing then goes "
    "on by itself, with what was missed. The call goes on."
)
_AGAIN: Final = "The disk takes what is said again, and what was missed is written."
_AGAIN_LESS: Final = (
    "The disk takes what is said again. {lost} events were too many to wait for it: they are in "
    "the call as long as it ends by itself, but could not be brought back if it does not."
)


class Journal(JournalFolder):
    """The journal of a running call, which is a `Keeper`. For one thread."""

    @classmethod
    def start(cls, data: Path, info: CallInfo) -> Self:
        """A new one below the data folder, safe on the disk with what is known of the call.

        Raises:
            JournalError: it cannot be made; the message says why and what to do.
        """
        parent = data / FOLDER
        try:
            private_folder(data)
            private_folder(parent)
            with alone(parent):
                folder = private_folder(parent / _new_id(info))
                file = _make(folder / EVENTS)
                made = cls(folder, file)
                made._begin(first_line(info))
                _sync_folders(folder, parent, data)
        except ThatsRightError as error:
            raise JournalError(str(error)) from error
        except OSError as error:
            raise JournalError(
                f"The call cannot be written down while it runs: {parent} refuses it "
                f"({error.strerror}). Free some space or make the folder writable, or set "
                "THATSRIGHT_HOME to a folder on another disk."
            ) from error
        return made

    def __init__(self, folder: Path, file: int) -> None:
        super().__init__(folder, file)
        self._tail = bytearray()
        """What is not known to be safe on the disk, and its place in the file."""
        self._tail_at = 0
        self._written = 0
        """Bytes of the tail that the system has."""
        self._lost = 0
        """Events there was no room for, neither on the disk nor in the tail."""
        self._now_s = 0.0
        self._synced_s = 0.0
        self._failed_s: float | None = None
        """Call time of the last try; None while writing works."""
        self._told_s: float | None = None
        self._silent = False
        """True when the user was not told of what is wrong now, having been told just before."""
        self._warnings: list[str] = []

    @property
    def failing(self) -> bool:
        """True while what is said is not on the disk."""
        return self._failed_s is not None

    def keep(self, event: Event) -> None:
        """Hand an event to the system; when it does not take it, it waits for `passed`."""
        line = event_line(event)
        if line is None or not self._open:
            return
        if self.failing and len(self._tail) + len(line) > MOST_WAITING_BYTES:
            self._lost += 1
            return
        self._tail += line
        if not self.failing:
            self._try(self._write)

    def passed(self, now_s: float) -> tuple[CallWarning, ...]:
        """Call time is `now_s`: make safe what is due, try again; what the user should know."""
        self._now_s = now_s
        if self._open and self._failed_s is not None:
            if now_s - self._failed_s >= RETRY_S:
                self._try(self._sync)
        elif self._open and self._tail and now_s - self._synced_s >= SYNC_S:
            self._try(self._sync)
        told, self._warnings = self._warnings, []
        return tuple(CallWarning(message, now_s) for message in told)

    def close(self) -> None:
        """Make safe what there is, and let go of it: from now on it counts as left behind."""
        if self._open:
            self._try(self._sync)
            self.release()

    def _begin(self, line: bytes) -> None:
        try:
            self._tail += line
            self._sync()
        except BaseException:
            with suppress(OSError):
                delete_folder(self.folder)
            self.release()
            raise

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except OSError as error:
            self._fails(error)
        else:
            self._works()

    def _write(self) -> None:
        """Give the system what it does not have; a second time at the same place does no harm."""
        while self._written < len(self._tail):
            left = self._tail[self._written :]
            self._written += os.pwrite(self._file, left, self._tail_at + self._written)

    def _sync(self) -> None:
        """Wait until all is safe on the disk.

        A disk that fails here may have forgotten all since it last did not: that is written anew.
        """
        self._write()
        try:
            os.fsync(self._file)
        except OSError:
            self._written = 0
            raise
        self._tail_at += len(self._tail)
        self._tail.clear()
        self._written = 0
        self._synced_s = self._now_s

    def _fails(self, error: OSError) -> None:
        began = self._failed_s is None
        self._failed_s = self._now_s
        if not began:
            return
        self._silent = self._told_s is not None and self._now_s - self._told_s < TOLD_AGAIN_S
        if not self._silent:
            self._told_s = self._now_s
            full = error.errno in _NO_ROOM
            self._warnings.append(_FULL if full else _FAILING.format(why=error.strerror))

    def _works(self) -> None:
        if self._failed_s is None:
            return
        self._failed_s = None
        if self._lost:
            self._warnings.append(_AGAIN_LESS.format(lost=self._lost))
            self._lost = 0
        elif not self._silent:
            self._warnings.append(_AGAIN)


def _make(path: Path) -> int:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_FILE_MODE)
    try:
        os.fchmod(file, PRIVATE_FILE_MODE)  # the umask may have taken the owner's rights too
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        os.close(file)
        raise
    return file


def _new_id(info: CallInfo) -> str:
    return f"{info.started_at.astimezone(UTC).strftime(STARTED)}-{secrets.token_hex(3)}"


def _sync_folders(*folders: Path) -> None:
    """Make safe that there is something in them, not only what it is."""
    for folder in folders:
        opened = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
