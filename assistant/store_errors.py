"""What goes wrong with the library's file, told so that a user can do something about it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from assistant.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PRIMARY: Final = 0xFF
"""The lower byte of an SQLite error code is its kind."""
_NO_ROOM_BYTES: Final = 1 << 20
"""With less than this left, an error of the disk means that it is full."""

_LOCKED: Final = (
    "The library {path} is locked by another program. Close the other program that uses it "
    "(perhaps another thatsright) and try again; nothing was changed."
)
_FULL: Final = (
    "There is no room left on the disk for the library {path}. Free some space and try again; "
    "nothing was changed."
)
_DISK: Final = (
    "The disk reported an error at the library {path} ({name}). Check the disk, and set "
    "THATSRIGHT_HOME to a folder on another one if it stays; nothing was changed."
)
_NOT_WRITABLE: Final = (
    "The library {path} cannot be opened for writing. Make the file and its folder writable for "
    "you, or set THATSRIGHT_HOME to a folder that is."
)
_DAMAGED: Final = (
    "{path} is damaged or not a library of thatsright. Put a backup in its place, or move it "
    "(and the files beside it that begin with its name) away to start anew."
)
_OTHER: Final = (
    "The library {path} could not be used ({name}). Try again; if it stays, move the file away "
    "to start anew. Nothing was changed."
)
_SENTENCES: Final = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: _DISK,
    sqlite3.SQLITE_READONLY: _NOT_WRITABLE,
    sqlite3.SQLITE_PERM: _NOT_WRITABLE,
    sqlite3.SQLITE_CANTOPEN: _NOT_WRITABLE,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
}


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turns errors of SQLite and of the file system at `path` into a `StoreError`.

    The message never holds a text of a call.
    """
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"The library {path} cannot be opened ({error.strerror}). Check the permissions of "
            "the file and its folder, or set THATSRIGHT_HOME to a folder of yours."
        ) from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code is None:  # misuse by this program, not a fault of the file
            raise
        raise StoreError(_sentence(code & _PRIMARY, error.sqlite_errorname, path)) from error


def _sentence(kind: int, name: str, path: Path) -> str:
    if kind == sqlite3.SQLITE_IOERR and shutil.disk_usage(path.parent).free < _NO_ROOM_BYTES:
        kind = sqlite3.SQLITE_FULL
    return _SENTENCES.get(kind, _OTHER).format(path=path, name=name)
