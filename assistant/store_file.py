"""The library's file: its owner's alone, and set up as SQLite should treat it."""

from __future__ import annotations

import os
import sqlite3
import stat
from typing import TYPE_CHECKING, Final

from assistant.paths import PRIVATE_FILE_MODE
from assistant.store_schema import migrate

if TYPE_CHECKING:
    from pathlib import Path

_COLLISIONS: Final = 20
"""How often to give way to other programs that make the library at the same time."""


def make_private(path: Path) -> None:
    """The file exists and is its owner's alone, from the moment it exists.

    SQLite gives the files it makes beside it the same mode. An existing file is not opened
    here: closing it again would drop the locks other connections of this process hold.
    """
    try:
        made = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE_FILE_MODE)
    except FileExistsError:
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            _restrict(path.with_name(name))
    else:
        os.fchmod(made, PRIVATE_FILE_MODE)  # the umask may have taken the owner's rights too
        os.close(made)


def _restrict(path: Path) -> None:
    try:
        if stat.S_ISREG(path.stat().st_mode) and path.stat().st_mode & 0o077:
            path.chmod(PRIVATE_FILE_MODE)
    except FileNotFoundError:
        pass


def set_up(database: sqlite3.Connection) -> None:
    """Rows by name, foreign keys, nothing left of what is deleted, the newest shape."""
    database.row_factory = sqlite3.Row
    database.execute("PRAGMA foreign_keys = ON")
    database.execute("PRAGMA secure_delete = ON")
    _write_ahead(database)
    migrate(database)


def _write_ahead(database: sqlite3.Connection) -> None:
    """Turn the write-ahead log on; two programs that make the library at once may collide here."""
    for _ in range(_COLLISIONS):
        try:
            database.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            # SQLite does not wait in this one place; a transaction waits for the other program.
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
        else:
            return
    database.execute("PRAGMA journal_mode = WAL")
