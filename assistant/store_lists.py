"""Calls as lists show them: rows of the library's table of calls, and what was found in them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from assistant.kinds import Outcome, Source
from assistant.store_search import snippets
from assistant.stored import FiledCall, StoredCall

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

    from assistant.store_search import Hit

_LISTED: Final = """
    SELECT id, started_at, length_s, title, path, source, model, outcome, talk_share_me,
           utterances, thats_right, youre_right, counterpart, tags
    FROM calls
"""


def newest_calls(database: sqlite3.Connection, limit: int | None) -> Iterator[StoredCall]:
    """Calls, those that began last first; all of them when `limit` is None."""
    rows = database.execute(
        f"{_LISTED} ORDER BY started_at DESC, id DESC LIMIT ?", (-1 if limit is None else limit,)
    )
    return (_listed(row) for row in rows)


def these_calls(
    database: sqlite3.Connection, found: Mapping[int, Hit | None]
) -> Iterator[StoredCall]:
    """The calls with these ids, in their order, with the words that were found in each."""
    words = snippets(database, [hit for hit in found.values() if hit is not None])
    for call_id, hit in found.items():
        row = database.execute(f"{_LISTED} WHERE id = ?", (call_id,)).fetchone()
        if row is None:
            continue
        call = _listed(row)
        if hit is None:
            yield call
        else:
            said_at_s = _said_at(database, hit)
            yield replace(call, snippet=words.get(hit.row_id, ""), snippet_at_s=said_at_s)


def filed_calls(database: sqlite3.Connection) -> Iterator[FiledCall]:
    """Every call by what lists are narrowed to, those that began last first.

    An index holds it all, so the calls themselves are not read.
    """
    rows = database.execute(
        "SELECT id, started_at, outcome, counterpart, tags FROM calls "
        "ORDER BY started_at DESC, id DESC"
    )
    for row in rows:
        yield FiledCall(
            id=row["id"],
            started_at=datetime.fromisoformat(row["started_at"]),
            outcome=Outcome(row["outcome"]),
            counterpart=row["counterpart"],
            tags=_tags(row["tags"]),
        )


def _tags(written: str) -> tuple[str, ...]:
    return () if written == "[]" else tuple(json.loads(written))


def _listed(row: sqlite3.Row) -> StoredCall:
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
        counterpart=row["counterpart"],
        tags=_tags(row["tags"]),
    )


def _said_at(database: sqlite3.Connection, hit: Hit) -> float | None:
    query = "SELECT start_s FROM utterances WHERE call_id = ? AND position = ?"
    row = database.execute(query, (hit.call_id, hit.position)).fetchone()
    return None if row is None else float(row["start_s"])
