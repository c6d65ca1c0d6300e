"""The library: finished calls in one SQLite file that only its owner can read.

Nothing of a call is ever half there: saving and deleting are one transaction each. Several
processes may have the library open; a writer waits for another one for some seconds.
"""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Final, Self

from assistant.errors import CallNotFoundError, StoreError, ThatsRightError
from assistant.model import FinishedCall
from assistant.paths import private_folder
from assistant.safetext import clean
from assistant.store_corrections import CorrectedCalls
from assistant.store_errors import told
from assistant.store_file import make_private, set_up
from assistant.store_insights import (
    find_signals,
    keep_measures,
    known_counterparts,
    measure_rows,
    unmeasured,
)
from assistant.store_lists import filed_calls, newest_calls, these_calls
from assistant.store_prose import KeptProse
from assistant.store_rows import (
    EVENT_TABLES,
    Row,
    call_row,
    info_of,
    storable,
    summary_of,
)
from assistant.store_schema import POSITION_BITS, TITLE_POSITION
from assistant.store_search import hits
from assistant.store_tables import checked, not_found

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from assistant.after import FoundSignal
    from assistant.model import Note, SignalKind
    from assistant.stored import CallChange, FiledCall, StoredCall

FILE_NAME: Final = "library.db"
BUSY_WAIT_S: Final = 5.0
"""How long to wait for another process that is writing."""
LAST: Final = "last"
"""Names the call that was saved last."""


class Library(CorrectedCalls, KeptProse):
    """The calls on this machine. To be used in the thread that opened it, and closed."""

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
            make_private(path)
            database = sqlite3.connect(path, timeout=wait_s, isolation_level=None)
            try:
                set_up(database)
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

    def save(
        self, call: FinishedCall, journal: str | None = None, digest: str | None = None
    ) -> int:
        """Keep a call; its id. What was kept of the same journal before is not kept twice.

        `digest` is the SHA-256 of the file it comes from, by which it is known again.

        Raises:
            StoreError: it could not be kept; nothing of it is in the library.
        """
        with told(self.path), self._transaction():
            query = "SELECT id FROM calls WHERE journal = ?"
            before = self._database.execute(query, (journal,)).fetchone()
            if before is not None:
                return int(before["id"])
            row = call_row(call)
            kept_from = {"journal": journal, "source_digest": digest}
            call_id = self._insert(Row(row.table, {**row.columns, **kept_from}))
            self._index(call_id, TITLE_POSITION, call.info.title)
            for position, event in enumerate(call.events, start=TITLE_POSITION + 1):
                self._insert_event(call_id, position, event)
            keep_measures(self._database, call_id, call)
        return call_id

    def calls(
        self,
        words: str = "",
        limit: int | None = None,
        *,
        typing: bool = False,
        among: Sequence[int] | None = None,
    ) -> tuple[StoredCall, ...]:
        """Calls, those that began last first; with `words` only those that hold all of them.

        The words may stand anywhere in the title and what was said; case and accents do not
        matter, and no character has a special meaning. While the user is `typing`, the last
        word is taken for the beginning of one. With `among` only calls with these ids, in their
        order.

        Raises:
            StoreError: the library cannot be read.
        """
        with told(self.path):
            if words.strip():
                found = hits(self._database, words, limit, typing=typing, among=among)
                return tuple(these_calls(self._database, found))
            if among is None:
                return tuple(newest_calls(self._database, limit))
            return tuple(these_calls(self._database, dict.fromkeys(among[:limit])))

    def filed(self) -> tuple[FiledCall, ...]:
        """Every call by what lists are narrowed to, those that began last first.

        Raises:
            StoreError: the library cannot be read.
        """
        with told(self.path):
            return tuple(filed_calls(self._database))

    def count(self) -> int:
        """How many calls there are.

        Raises:
            StoreError: the library cannot be read.
        """
        with told(self.path):
            return int(self._database.execute("SELECT count(*) FROM calls").fetchone()[0])

    def load(self, call_id: int) -> FinishedCall:
        """A call with all that is kept of it.

        Raises:
            CallNotFoundError: there is none with this id.
            StoreError: the library cannot be read.
        """
        with told(self.path):
            row = self._database.execute(
                "SELECT * FROM calls WHERE id = ?", (checked(call_id),)
            ).fetchone()
            if row is None:
                raise not_found(str(call_id))
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
                raise not_found(name)
            return int(name)

    def change(self, call_id: int, to: CallChange) -> None:
        """What the user calls a call and files it under; found by it from now on.

        Raises:
            CallNotFoundError: there is none with this id.
            StoreError: it could not be kept; nothing was changed.
        """
        new = {"title": to.title, "counterpart": to.counterpart}
        columns = {name: clean(text).strip() for name, text in new.items() if text is not None}
        if to.tags is not None:
            columns["tags"] = json.dumps([clean(tag).strip() for tag in to.tags if tag.strip()])
        with told(self.path), self._transaction():
            if not self._exists(call_id):
                raise not_found(str(call_id))
            for name, text in columns.items():
                query = f"UPDATE calls SET {name} = ? WHERE id = ?"  # noqa: S608 - names of ours
                self._database.execute(query, (storable(text), call_id))
            query = "SELECT title, counterpart, tags FROM calls WHERE id = ?"
            title, counterpart, tags = self._database.execute(query, (call_id,)).fetchone()
            found_by = " · ".join(part for part in (title, counterpart, *json.loads(tags)) if part)
            row_id = (call_id << POSITION_BITS) + TITLE_POSITION
            self._database.execute("DELETE FROM search WHERE rowid = ?", (row_id,))
            self._index(call_id, TITLE_POSITION, found_by)

    def add_note(self, call_id: int, note: Note) -> None:
        """A note on a call that is over.

        Raises:
            CallNotFoundError: there is none with this id.
            StoreError: it could not be kept.
        """
        with told(self.path), self._transaction():
            if not self._exists(call_id):
                raise not_found(str(call_id))
            last = "SELECT max(position) FROM {} WHERE call_id = ?"
            used = [
                self._database.execute(last.format(table), (call_id,)).fetchone()[0] or 0
                for table in EVENT_TABLES
            ]
            self._insert_event(call_id, max(used) + 1, note)

    def measure_all(self) -> None:
        """Measure the calls that were kept before measures were.

        Raises:
            StoreError: the library cannot be read or written.
        """
        with told(self.path):
            for call_id in unmeasured(self._database):
                call = self.load(call_id)
                with self._transaction():
                    if self._exists(call_id):
                        keep_measures(self._database, call_id, call)

    def measures(self, counterpart: str = "") -> list[sqlite3.Row]:
        """`key`, `id`, `started_at` and `value` of the measures of calls, oldest call first.

        Raises:
            StoreError: the library cannot be read.
        """
        with told(self.path):
            return measure_rows(self._database, counterpart)

    def counterparts(self) -> tuple[str, ...]:
        """Everybody there is a call with, as the user calls them.

        Raises:
            StoreError: the library cannot be read.
        """
        with told(self.path):
            return known_counterparts(self._database)

    def signals(
        self, kind: SignalKind, after: str = "", limit: int | None = None
    ) -> tuple[FoundSignal, ...]:
        """Signals of a kind, newest call first; with `after` those that follow such words.

        Raises:
            StoreError: the library cannot be read.
        """
        with told(self.path):
            return tuple(find_signals(self._database, kind, after, limit))

    def journal_of(self, call_id: int) -> str | None:
        """Id of the journal the call was kept in while it ran; None when it had none.

        Raises:
            StoreError: the library cannot be read.
        """
        with told(self.path):
            query = "SELECT journal FROM calls WHERE id = ?"
            row = self._database.execute(query, (checked(call_id),)).fetchone()
            return None if row is None else row["journal"]

    def with_digest(self, digest: str) -> int | None:
        """Id of the first call that was kept from a file of this SHA-256; None when there is none.

        Raises:
            StoreError: the library cannot be read.
        """
        with told(self.path):
            query = "SELECT min(id) FROM calls WHERE source_digest = ?"
            found = self._database.execute(query, (digest,)).fetchone()[0]
            return None if found is None else int(found)

    def copy_to(self, path: Path) -> None:
        """The library as it is now as one file at `path`, whatever is written meanwhile.

        Raises:
            StoreError: the library cannot be read, or the copy not be written.
        """
        with told(self.path):
            make_private(path)
            copy = sqlite3.connect(path, isolation_level=None)
            try:
                self._database.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
            finally:
                copy.close()

    def is_sound(self) -> bool:
        """Whether SQLite finds nothing wrong with the file.

        Raises:
            StoreError: the library cannot be read.
        """
        with told(self.path):
            (said,) = self._database.execute("PRAGMA integrity_check(1)").fetchone()
            return bool(said == "ok")

    def delete(self, call_id: int) -> None:
        """Remove a call so that its words are in none of the library's files any more.

        Raises:
            CallNotFoundError: there is none with this id.
            StoreError: it could not be removed, or its traces not yet; the message says which.
        """
        with told(self.path), self._transaction():
            if not self._exists(call_id):
                raise not_found(str(call_id))
            first = call_id << POSITION_BITS
            self._database.execute(
                "DELETE FROM search WHERE rowid BETWEEN ? AND ?",
                (first, first + (1 << POSITION_BITS) - 1),
            )
            self._database.execute("DELETE FROM calls WHERE id = ?", (call_id,))
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


def _traces_left(call_id: int, path: Path) -> StoreError:
    return StoreError(
        f"Call {call_id} is deleted, but traces of its words may still be in the files of {path}: "
        "another program uses it, or the disk is full. Close the other program or free some "
        "space; the traces go with the next deletion."
    )
