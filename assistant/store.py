"""The library: finished calls in one SQLite file that only its owner can read.

Nothing of a call is ever half there: saving and deleting are one transaction each. Several
processes may have the library open; a writer waits for another one for some seconds.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Final, Self

from assistant.errors import CallNotFoundError, StoreError, ThatsRightError
from assistant.model import FinishedCall, Outcome, Source, Transcript
from assistant.paths import PRIVATE_FILE_MODE, private_folder
from assistant.safetext import clean
from assistant.store_errors import told
from assistant.store_rows import (
    EVENT_TABLES,
    Row,
    call_row,
    event_row,
    info_of,
    storable,
    summary_of,
)
from assistant.store_schema import POSITION_BITS, TITLE_POSITION, migrate
from assistant.store_search import Hit, hits, snippet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from assistant.model import Event

FILE_NAME: Final = "library.db"
BUSY_WAIT_S: Final = 5.0
"""How long to wait for another process that is writing."""
_COLLISIONS: Final = 20
"""How often to give way to other programs that make the library at the same time."""
LAST: Final = "last"
"""Names the call that was saved last."""

_LISTED: Final = """
    SELECT id, started_at, length_s, title, path, source, model, outcome, talk_share_me,
           utterances, thats_right, youre_right
    FROM calls ORDER BY started_at DESC, id DESC
"""


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call in a list of calls."""

    id: int
    started_at: datetime
    """Wall time, UTC."""
    duration_s: float
    title: str
    path: str
    source: Source
    model: str | None
    outcome: Outcome
    talk_share_me: float | None
    """0..1; None when speakers were not told apart or nobody spoke."""
    utterances: int
    thats_right: int
    youre_right: int
    snippet: str = ""
    """The words around the search hit; empty when nothing was searched for."""
    snippet_at_s: float | None = None
    """When they were said; None when nothing was searched for or the title was hit."""


class Library:
    """The calls on this machine. To be used in the thread that opened it, and closed."""

    def __init__(self, database: sqlite3.Connection, path: Path) -> None:
        self._database = database
        self.path = path

    @classmethod
    def open(cls, folder: Path, *, wait_s: float = BUSY_WAIT_S) -> Self:
        """The library in `folder`, made when there is none, brought to the newest shape.

        Raises:
            StoreError: it cannot be opened, is damaged, locked or of a newer version.
        """
        path = folder / FILE_NAME
        try:
            private_folder(folder)
        except ThatsRightError as error:
            raise StoreError(str(error)) from error
        with told(path):
            _make_private(path)
            database = sqlite3.connect(path, timeout=wait_s, isolation_level=None)
            try:
                _set_up(database)
            except BaseException:
                database.close()
                raise
        return cls(database, path)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def save(self, call: FinishedCall, journal: str | None = None) -> int:
        """Keep a call; its id. What was kept of the same journal before is not kept twice.

        Raises:
            StoreError: it could not be kept; nothing of it is in the library.
        """
        with told(self.path), self._transaction():
            query = "SELECT id FROM calls WHERE journal = ?"
            before = self._database.execute(query, (journal,)).fetchone()
            if before is not None:
                return int(before["id"])
            row = call_row(call)
            call_id = self._insert(Row(row.table, {**row.columns, "journal": journal}))
            self._index(call_id, TITLE_POSITION, call.info.title)
            for position, event in enumerate(call.events, start=TITLE_POSITION + 1):
                self._insert_event(call_id, position, event)
        return call_id

    def replace(self, call_id: int, call: FinishedCall) -> None:
        """Keep `call` in the place of another, under the same id.

        Raises:
            CallNotFoundError: there is none with this id.
            StoreError: it could not be kept; the library is as it was.
        """
        journal = self.journal_of(call_id)
        with told(self.path), self._transaction():
            if not self._exists(call_id):
                raise _not_found(str(call_id))
            self._drop(call_id)
            row = call_row(call)
            self._insert(Row(row.table, {**row.columns, "id": call_id, "journal": journal}))
            self._index(call_id, TITLE_POSITION, call.info.title)
            for position, event in enumerate(call.events, start=TITLE_POSITION + 1):
                self._insert_event(call_id, position, event)

    def _drop(self, call_id: int) -> None:
        first = call_id << POSITION_BITS
        self._database.execute(
            "DELETE FROM search WHERE rowid BETWEEN ? AND ?",
            (first, first + (1 << POSITION_BITS) - 1),
        )
        self._database.execute("DELETE FROM calls WHERE id = ?", (call_id,))

    def calls(self, words: str = "", limit: int | None = None) -> tuple[StoredCall, ...]:
        """Calls, those that began last first; with `words` only those that hold all of them.

        The words may stand anywhere in the title and what was said; case and accents do not
        matter, and no character has a special meaning.

        Raises:
            StoreError: the library cannot be read.
        """
        with told(self.path):
            found = hits(self._database, words) if words.strip() else None
            rows = (
                row
                for row in self._database.execute(_LISTED).fetchall()
                if found is None or row["id"] in found
            )
            return tuple(
                self._listed(row, None if found is None else found[row["id"]])
                for row in islice(rows, limit)
            )

    def load(self, call_id: int) -> FinishedCall:
        """A call with all that is kept of it.

        Raises:
            CallNotFoundError: there is none with this id.
            StoreError: the library cannot be read.
        """
        with told(self.path):
            row = self._database.execute(
                "SELECT * FROM calls WHERE id = ?", (_checked(call_id),)
            ).fetchone()
            if row is None:
                raise _not_found(str(call_id))
            try:
                return FinishedCall(info_of(row), self._events(call_id), summary_of(row))
            except (KeyError, TypeError, ValueError) as error:
                raise StoreError(
                    f"Call {call_id} in {self.path} cannot be read: the file is damaged, or "
                    "another version of thatsright saved it. Update thatsright, or remove the "
                    f"call with: thatsright delete {call_id}"
                ) from error

    def resolve(self, name: str) -> int:
        """The id of the call a user means: its number, or `last` for the one saved last.

        Raises:
            CallNotFoundError: there is no such call.
            StoreError: the library cannot be read.
        """
        name = clean(name)
        with told(self.path):
            if name == LAST:
                (last,) = self._database.execute("SELECT max(id) FROM calls").fetchone()
                if last is None:
                    raise CallNotFoundError(
                        "There are no calls in the library yet. Play one with: "
                        "thatsright replay CALL"
                    )
                return int(last)
            if not (name.isascii() and name.isdecimal()):
                raise CallNotFoundError(
                    f"'{name}' is not a call. Give its number or the word '{LAST}'; "
                    "thatsright calls lists them."
                )
            if not self._exists(int(name)):
                raise _not_found(name)
            return int(name)

    def journal_of(self, call_id: int) -> str | None:
        """Id of the journal the call was kept in while it ran; None when it had none.

        Raises:
            StoreError: the library cannot be read.
        """
        with told(self.path):
            query = "SELECT journal FROM calls WHERE id = ?"
            row = self._database.execute(query, (_checked(call_id),)).fetchone()
            return None if row is None else row["journal"]

    def delete(self, call_id: int) -> None:
        """Remove a call so that its words are in none of the library's files any more.

        Raises:
            CallNotFoundError: there is none with this id.
            StoreError: it could not be removed, or its traces not yet; the message says which.
        """
        with told(self.path), self._transaction():
            if not self._exists(call_id):
                raise _not_found(str(call_id))
            self._drop(call_id)
            # The index only marks deleted words; merging it drops them.
            self._database.execute("INSERT INTO search (search) VALUES ('optimize')")
        self._remove_traces(call_id)

    def _remove_traces(self, call_id: int) -> None:
        """Rewrite the file: even overwritten pages keep copies from when SQLite moved rows."""
        try:
            self._database.execute("VACUUM")
            busy, *_ = self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError as error:
            raise _traces_left(call_id, self.path) from error
        if busy:  # another program reads, and needs the log that holds the old pages
            raise _traces_left(call_id, self.path)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    def _insert(self, row: Row) -> int:
        columns = ", ".join(row.columns)
        marks = ", ".join("?" * len(row.columns))
        cursor = self._database.execute(
            f"INSERT INTO {row.table} ({columns}) VALUES ({marks})",  # noqa: S608 - names of ours
            tuple(map(storable, row.columns.values())),
        )
        return cursor.lastrowid or 0

    def _insert_event(self, call_id: int, position: int, event: Event) -> None:
        row = event_row(event)
        if row is None:
            return
        self._insert(Row(row.table, {"call_id": call_id, "position": position, **row.columns}))
        if isinstance(event, Transcript):
            self._index(call_id, position, event.text)

    def _index(self, call_id: int, position: int, text: str) -> None:
        row_id = (call_id << POSITION_BITS) + position
        self._insert(Row("search", {"rowid": row_id, "text": text}))

    def _events(self, call_id: int) -> tuple[Event, ...]:
        placed: dict[int, Event] = {}
        for table, event_of in EVENT_TABLES.items():
            rows = self._database.execute(
                f"SELECT * FROM {table} WHERE call_id = ?",  # noqa: S608 - a name of ours
                (call_id,),
            )
            placed |= {row["position"]: event_of(row) for row in rows}
        return tuple(placed[position] for position in sorted(placed))

    def _exists(self, call_id: int) -> bool:
        query = "SELECT 1 FROM calls WHERE id = ?"
        return self._database.execute(query, (_checked(call_id),)).fetchone() is not None

    def _listed(self, row: sqlite3.Row, hit: Hit | None) -> StoredCall:
        return StoredCall(
            id=row["id"],
            started_at=datetime.fromisoformat(row["started_at"]),
            duration_s=row["length_s"],
            title=row["title"],
            path=row["path"],
            source=Source(row["source"]),
            model=row["model"],
            outcome=Outcome(row["outcome"]),
            talk_share_me=row["talk_share_me"],
            utterances=row["utterances"],
            thats_right=row["thats_right"],
            youre_right=row["youre_right"],
            snippet="" if hit is None else snippet(self._database, hit),
            snippet_at_s=None if hit is None else self._said_at(hit),
        )

    def _said_at(self, hit: Hit) -> float | None:
        query = "SELECT start_s FROM utterances WHERE call_id = ? AND position = ?"
        row = self._database.execute(query, (hit.call_id, hit.position)).fetchone()
        return None if row is None else float(row["start_s"])


def _make_private(path: Path) -> None:
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


def _set_up(database: sqlite3.Connection) -> None:
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


def _checked(call_id: int) -> int:
    """An id SQLite can take; 0, which no call has, in place of one it cannot."""
    return call_id if 0 < call_id < 1 << 63 else 0


def _not_found(name: str) -> CallNotFoundError:
    return CallNotFoundError(
        f"There is no call {name} in the library. thatsright calls lists what there is."
    )


def _traces_left(call_id: int, path: Path) -> StoreError:
    return StoreError(
        f"Call {call_id} is deleted, but traces of its words may still be in the files of {path}: "
        "another program uses it, or the disk is full. Close the other program or free some "
        "space; the traces go with the next deletion."
    )
