"""What was corrected of the calls in the library, beside their originals.

The rows of a corrected call are those derived from the corrected words, so whatever reads the
library sees these. The original is kept whole when the first correction is made, and is never
written again; without corrections it is put back as it was.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from assistant.corrections import Correction, What
from assistant.errors import StoreError
from assistant.journal_lines import event_line, first_line, read_lines
from assistant.model import FinishedCall, Note
from assistant.store_errors import told
from assistant.store_insights import keep_measures
from assistant.store_rows import EVENT_TABLES, call_row, info_of, storable, summary_of
from assistant.store_schema import POSITION_BITS, TITLE_POSITION
from assistant.store_tables import Tables, checked, not_found

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assistant.store_rows import Fields

_COLUMNS = (
    "speakers", "summary", "outcome", "length_s", "talk_share_me", "utterances", "thats_right",
    "youre_right",
)  # fmt: skip
"""Of the call's own row: what follows from its words. Title, counterpart and tags do not."""


class CorrectedCalls(Tables):
    """The part of the library that knows of corrections."""

    def corrected(self) -> tuple[int, ...]:
        """Ids of the calls that were corrected.

        Raises:
            StoreError: the library cannot be read.
        """
        with told(self.path):
            rows = self._database.execute("SELECT call_id FROM originals ORDER BY call_id")
            return tuple(int(row["call_id"]) for row in rows.fetchall())

    def corrections(self, call_id: int) -> tuple[Correction, ...]:
        """What was corrected of a call, in the order in which it was.

        Raises:
            StoreError: the library cannot be read.
        """
        with told(self.path):
            return self._corrections(call_id)

    def original(self, call_id: int) -> FinishedCall:
        """The call as it was before any correction.

        Raises:
            CallNotFoundError: there is none with this id.
            StoreError: the library cannot be read.
        """
        with told(self.path):
            return self._original(call_id)

    def correct(
        self,
        call_id: int,
        added: Sequence[Correction],
        derive: Callable[[FinishedCall, Sequence[Correction], Sequence[Note]], FinishedCall],
    ) -> FinishedCall:
        """Keep corrections as one step, and what `derive` makes of the original with all of them.

        Raises:
            CallNotFoundError: there is none with this id.
            StoreError: they could not be kept; nothing was changed.
        """
        with told(self.path), self._transaction():
            original = self._original(call_id)
            before = self._corrections(call_id)
            if not before:
                self._keep_original(call_id, original)
            step = 1 + max((each.step for each in before), default=0)
            made_at = datetime.now(UTC).isoformat(timespec="seconds")
            self._database.executemany(
                "INSERT INTO corrections (call_id, step, line, what, value, made_at) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                [(call_id, step, c.line, c.what.value, storable(c.value), made_at) for c in added],
            )
            return self._rederive(call_id, original, derive)

    def undo(
        self,
        call_id: int,
        derive: Callable[[FinishedCall, Sequence[Correction], Sequence[Note]], FinishedCall],
        *,
        everything: bool = False,
    ) -> FinishedCall:
        """Take the last step back, or all of them; the call without it.

        Raises:
            CallNotFoundError: there is none with this id.
            StoreError: nothing was corrected of it, or it could not be kept; nothing was changed.
        """
        with told(self.path), self._transaction():
            original = self._original(call_id)
            before = self._corrections(call_id)
            if not before:
                raise StoreError(f"Nothing was corrected of call {call_id}, so nothing is undone.")
            first = 0 if everything else before[-1].step
            self._database.execute(
                "DELETE FROM corrections WHERE call_id = ? AND step >= ?", (call_id, first)
            )
            return self._rederive(call_id, original, derive)

    def replace(self, call_id: int, call: FinishedCall) -> None:
        """Keep `call`, understood anew, in the place of another, under the same id.

        Raises:
            CallNotFoundError: there is none with this id.
            StoreError: it was corrected, or could not be kept; the library is as it was.
        """
        with told(self.path), self._transaction():
            if not self._exists(call_id):
                raise not_found(str(call_id))
            if self._corrections(call_id):
                raise StoreError(
                    f"Call {call_id} holds corrections of yours, which would be lost. Take them "
                    f"back first (thatsright correct {call_id} --undo). Nothing was changed."
                )
            self._replace(call_id, call)

    # ---- inside a transaction ---------------------------------------------------------------

    def _corrections(self, call_id: int) -> tuple[Correction, ...]:
        rows = self._database.execute(
            "SELECT line, what, value, step FROM corrections WHERE call_id = ? ORDER BY id",
            (checked(call_id),),
        ).fetchall()
        return tuple(Correction(r["line"], What(r["what"]), r["value"], r["step"]) for r in rows)

    def _original(self, call_id: int) -> FinishedCall:
        row = self._database.execute(
            "SELECT * FROM calls WHERE id = ?", (checked(call_id),)
        ).fetchone()
        if row is None:
            raise not_found(str(call_id))
        kept = self._database.execute(
            "SELECT * FROM originals WHERE call_id = ?", (call_id,)
        ).fetchone()
        try:
            if kept is None:
                return FinishedCall(info_of(row), self._events(call_id), summary_of(row))
            return _kept_call(kept)
        except (KeyError, TypeError, ValueError) as error:
            raise StoreError(
                f"Call {call_id} in {self.path} cannot be read: the file is damaged, or another "
                "version of thatsright saved it. Update thatsright and try again; nothing was "
                "changed."
            ) from error

    def _keep_original(self, call_id: int, original: FinishedCall) -> None:
        lines = [first_line(original.info), *map(event_line, original.events)]
        self._database.execute(
            "INSERT INTO originals (call_id, lines, summary) VALUES (?, ?, ?)",
            (
                call_id,
                b"".join(line for line in lines if line),
                call_row(original).columns["summary"],
            ),
        )

    def _rederive(
        self,
        call_id: int,
        original: FinishedCall,
        derive: Callable[[FinishedCall, Sequence[Correction], Sequence[Note]], FinishedCall],
    ) -> FinishedCall:
        corrections = self._corrections(call_id)
        notes = tuple(e for e in self._events(call_id) if isinstance(e, Note))
        if corrections:
            call = derive(original, corrections, notes)
        else:
            self._database.execute("DELETE FROM originals WHERE call_id = ?", (call_id,))
            added = tuple(note for note in notes if note not in original.events)
            call = FinishedCall(original.info, (*original.events, *added), original.summary)
        self._replace(call_id, call)
        return call

    def _replace(self, call_id: int, call: FinishedCall) -> None:
        for table in EVENT_TABLES:
            query = f"DELETE FROM {table} WHERE call_id = ?"  # noqa: S608 - a name of ours
            self._database.execute(query, (call_id,))
        # What a language model wrote, it wrote of the words as they were.
        self._database.execute("DELETE FROM prose WHERE call_id = ?", (call_id,))
        first = (call_id << POSITION_BITS) + TITLE_POSITION
        self._database.execute(
            "DELETE FROM search WHERE rowid > ? AND rowid < ?",
            (first, first + (1 << POSITION_BITS)),
        )
        columns = call_row(call).columns
        names = ", ".join(f"{name} = ?" for name in _COLUMNS)
        self._database.execute(
            f"UPDATE calls SET {names} WHERE id = ?",  # noqa: S608 - names of ours
            (*(storable(columns[name]) for name in _COLUMNS), call_id),
        )
        for position, event in enumerate(call.events, start=TITLE_POSITION + 1):
            self._insert_event(call_id, position, event)
        keep_measures(self._database, call_id, call)


def _kept_call(row: Fields) -> FinishedCall:
    contents = read_lines(row["lines"])
    if contents.info is None or contents.damaged:
        raise ValueError("damaged lines")
    return FinishedCall(contents.info, contents.events, summary_of(row))
