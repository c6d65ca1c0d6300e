"""The library's tables: transactions, and events in and out. What all of the library rests on."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from assistant.errors import CallNotFoundError
from assistant.model import Transcript
from assistant.store_rows import EVENT_TABLES, Row, event_row, storable
from assistant.store_schema import POSITION_BITS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from assistant.model import Event


class Tables:
    """An open library, by its tables."""

    def __init__(self, database: sqlite3.Connection, path: Path) -> None:
        self._database = database
        self.path = path

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
        return self._database.execute(query, (checked(call_id),)).fetchone() is not None


def checked(call_id: int) -> int:
    """An id SQLite can take; 0, which no call has, in place of one it cannot."""
    return call_id if 0 < call_id < 1 << 63 else 0


def not_found(name: str) -> CallNotFoundError:
    """What to say of a call that is not there."""
    return CallNotFoundError(
        f"There is no call {name} in the library. thatsright calls lists what there is."
    )
