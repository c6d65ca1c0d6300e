"""Full-text search in the library: which calls hold a user's words, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.safetext import clean
from assistant.store_schema import POSITION_BITS

if TYPE_CHECKING:
    import sqlite3

MOST_WORDS: Final = 32
"""Words of a search beyond this many are not looked for."""
SNIPPET_WORDS: Final = 12


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


def hits(database: sqlite3.Connection, words: str, *, typing: bool = False) -> dict[int, Hit]:
    """The calls that hold every word, by id, each with its first place that holds most.

    While the user is `typing`, the last word may go on.
    """
    phrases = _phrases(words)
    if typing and phrases and not words[-1].isspace():
        phrases = (*phrases[:-1], phrases[-1] + "*")
    if not phrases:
        return {}
    found = [set(_first_rows(database, phrase)) for phrase in phrases]
    calls = set.intersection(*found)
    any_word, all_words = " OR ".join(phrases), " AND ".join(phrases)
    rows = _first_rows(database, any_word) | _first_rows(database, all_words)
    return {call_id: Hit(rows[call_id], any_word) for call_id in calls}


def snippet(database: sqlite3.Connection, hit: Hit) -> str:
    """The words around a hit, shortened with "…"."""
    query = (
        "SELECT snippet(search, 0, '', '', '…', ?) FROM search WHERE search MATCH ? AND rowid = ?"
    )
    (text,) = database.execute(query, (SNIPPET_WORDS, hit.query, hit.row_id)).fetchone()
    return str(text)


def _phrases(words: str) -> tuple[str, ...]:
    """Each word as a quoted phrase of FTS5, in which nothing has a meaning but its letters."""
    phrases = [
        '"' + word.replace('"', '""') + '"'
        for word in clean(words).split()
        if any(character.isalnum() for character in word)
    ]
    return tuple(dict.fromkeys(phrases))[:MOST_WORDS]


def _first_rows(database: sqlite3.Connection, query: str) -> dict[int, int]:
    """The first row of each call that matches."""
    rows = database.execute(
        "SELECT rowid >> ? AS call_id, min(rowid) FROM search "
        "WHERE search MATCH ? GROUP BY call_id",
        (POSITION_BITS, query),
    )
    return dict(tuple(row) for row in rows)
