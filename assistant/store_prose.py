"""Summaries written by a language model, kept with their calls when the user asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from assistant.prose import Prose
from assistant.store_errors import told
from assistant.store_rows import storable
from assistant.store_tables import Tables, checked, not_found


@dataclass(frozen=True, slots=True)
class Kept:
    """What a model wrote, and when."""

    prose: Prose
    made_at: datetime
    """UTC, whole seconds."""


class KeptProse(Tables):
    """The part of the library that knows of them. A call that is derived anew loses its own."""

    def prose(self, call_id: int) -> Kept | None:
        """What is kept of a call; None when nothing is.

        Raises:
            StoreError: the library cannot be read.
        """
        with told(self.path):
            row = self._database.execute(
                "SELECT text, model, address, made_at FROM prose WHERE call_id = ?",
                (checked(call_id),),
            ).fetchone()
        if row is None:
            return None
        made_at = datetime.fromisoformat(row["made_at"])
        return Kept(Prose(row["text"], row["model"], row["address"]), made_at)

    def keep_prose(self, call_id: int, prose: Prose) -> None:
        """Keep it, in the place of what was kept before.

        Raises:
            CallNotFoundError: there is no call with this id.
            StoreError: it could not be kept; nothing was changed.
        """
        texts = (prose.text, prose.model, prose.address)
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        with told(self.path), self._transaction():
            if not self._exists(call_id):
                raise not_found(str(call_id))
            self._database.execute(
                "INSERT OR REPLACE INTO prose (call_id, text, model, address, made_at) "
                "VALUES (?, ?, ?, ?, ?)",
                (call_id, *map(storable, texts), made_at),
            )

    def forget_prose(self, call_id: int) -> bool:
        """Delete what is kept of a call; was there anything?

        Raises:
            StoreError: it could not be deleted.
        """
        with told(self.path), self._transaction():
            gone = self._database.execute(
                "DELETE FROM prose WHERE call_id = ?", (checked(call_id),)
            )
            return gone.rowcount > 0
