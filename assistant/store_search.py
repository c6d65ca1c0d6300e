"""Full-text search in the library: which calls hold a user's words, and where."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.safetext import clean
from assistant.store_schema import POSITION_BITS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Sequence

MOST_WORDS: Final = 32
"""Words of a search beyond this many are not looked for."""
SNIPPET_WORDS: Final = 12
_MANY: Final = 5000
"""A phrase in more places than this does not tell which calls are worth a look."""
_MANY_PLACES: Final = 100_000
"""A phrase in more places than this is looked up call by call, newest first."""


@dataclass(frozen=True, slots=True)
class Hit:
    """The place in a call that shows best why it was found."""

    row_id: int
    """In the table `search`."""
    query: str
    """What to mark in it, in FTS5's syntax."""

    @property
    def call_id(self) -> int:
        """The call."""
        return self.row_id >> POSITION_BITS

    @property
    def position(self) -> int:
        """The event in the call, or `TITLE_POSITION`."""
        return self.row_id & ((1 << POSITION_BITS) - 1)


def hits(
    database: sqlite3.Connection,
    words: str,
    limit: int | None = None,
    *,
    typing: bool = False,
    among: Sequence[int] | None = None,
) -> dict[int, Hit]:
    """The calls that hold every word, newest first, each with its first place that holds most.

    At most `limit` of them. While the user is `typing`, the last word may go on. With `among`
    only calls with these ids, in their order.
    """
    phrases = _phrases(words)
    if typing and phrases and not words[-1].isspace():
        phrases = (*phrases[:-1], phrases[-1] + "*")
    if not phrases:
        return {}
    everywhere = [_places(database, phrase) for phrase in phrases]
    few = [places.keys() for places in everywhere if places is not None]
    chosen = set.intersection(*map(set, few)) if few else None
    found: dict[int, Hit] = {}
    for call_id in newest_first(database) if among is None else among:
        if len(found) == limit:
            break
        if chosen is not None and call_id not in chosen:
            continue
        rows = [
            _rows(database, phrase, call_id) if places is None else places[call_id]
            for phrase, places in zip(phrases, everywhere, strict=True)
        ]
        if all(rows):
            best = set.intersection(*rows) or set.union(*rows)
            found[call_id] = Hit(min(best), " OR ".join(phrases))
    return found


def newest_first(database: sqlite3.Connection) -> list[int]:
    """Ids of all calls, those that began last first; the index alone is read."""
    rows = database.execute("SELECT id FROM calls ORDER BY started_at DESC, id DESC")
    return [row[0] for row in rows]


def snippets(database: sqlite3.Connection, found: Collection[Hit]) -> dict[int, str]:
    """The words around hits of one search, shortened with "…", by the row they are in."""
    if not found:
        return {}
    query = next(iter(found)).query
    # The plus: one look at all places. By rowid FTS5 would look for the words anew for each row.
    rows = database.execute(
        "SELECT rowid, snippet(search, 0, '', '', '…', ?) FROM search "
        "WHERE search MATCH ? AND +rowid IN (SELECT value FROM json_each(?))",
        (SNIPPET_WORDS, query, json.dumps([hit.row_id for hit in found])),
    )
    return {row[0]: row[1] for row in rows}


def _phrases(words: str) -> tuple[str, ...]:
    """Each word as a quoted phrase of FTS5, in which nothing has a meaning but its letters."""
    phrases = [
        '"' + word.replace('"', '""') + '"'
        for word in clean(words).split()
        if any(character.isalnum() for character in word)
    ]
    return tuple(dict.fromkeys(phrases))[:MOST_WORDS]


def calls_with(database: sqlite3.Connection, phrase: str) -> set[int] | None:
    """The calls that hold a phrase, in FTS5's syntax; None when too many places do to look."""
    rows = database.execute(
        "SELECT rowid FROM search WHERE search MATCH ? LIMIT ?", (phrase, _MANY + 1)
    ).fetchall()
    return None if len(rows) > _MANY else {row[0] >> POSITION_BITS for row in rows}


def _places(database: sqlite3.Connection, phrase: str) -> dict[int, set[int]] | None:
    """The rows that hold a phrase by their call; None when there are too many."""
    rows = database.execute(
        "SELECT rowid FROM search WHERE search MATCH ? LIMIT ?", (phrase, _MANY_PLACES + 1)
    ).fetchall()
    if len(rows) > _MANY_PLACES:
        return None
    found: dict[int, set[int]] = {}
    for (row_id,) in rows:
        found.setdefault(row_id >> POSITION_BITS, set()).add(row_id)
    return found


def _rows(database: sqlite3.Connection, phrase: str, call_id: int) -> set[int]:
    """The rows of a call that hold a phrase."""
    # One phrase at a time: FTS5 looks for two in one row through the whole library.
    first = call_id << POSITION_BITS
    rows = database.execute(
        "SELECT rowid FROM search WHERE search MATCH ? AND rowid BETWEEN ? AND ?",
        (phrase, first, first + (1 << POSITION_BITS) - 1),
    )
    return {row[0] for row in rows}
