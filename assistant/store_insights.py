"""Measures of calls in the library, and signals found by kind: the SQL behind trends and search.

A tool of the method and what it earned are kept beside the measures, under `used:KIND` and
`used:KIND:REPLY`, so that a trend reads no call.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Final

from assistant import fact_words
from assistant.after import FoundSignal
from assistant.measuring import measure_call
from assistant.model import SignalKind, Speaker
from assistant.safetext import clean
from assistant.store_search import calls_with, newest_first

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from assistant.model import FinishedCall

USED: Final = "used:"
PRICE: Final = "price"
"""As a word to search after: any sum of money or share too."""
AFTER_S: Final = 30.0
"""A signal comes after words that ended at most so long before it."""
_AFTER_EVENTS: Final = 80
"""Words further back than this many events are not looked at."""
_PRICE: Final = re.compile(r"\b(?:pric(?:e|es|ed|ing)|costs?|fees?|rates?)\b")


def keep_measures(database: sqlite3.Connection, call_id: int, call: FinishedCall) -> None:
    """Put the measures of a call into the library; what was there of it is replaced."""
    rows: list[tuple[int, str, float | None, int]] = [
        (call_id, each.key, each.value, each.cases) for each in measure_call(call).measured
    ]
    for tool in call.summary.techniques:
        key = f"{USED}{tool.kind.value}"
        rows.append((call_id, key, float(tool.used), tool.used))
        rows += [
            (call_id, f"{key}:{reply.kind.value}", float(reply.count), tool.used)
            for reply in tool.followed_by
        ]
    database.execute("DELETE FROM measures WHERE call_id = ?", (call_id,))
    database.executemany("INSERT OR REPLACE INTO measures VALUES (?, ?, ?, ?)", rows)


def unmeasured(database: sqlite3.Connection) -> tuple[int, ...]:
    """Calls from before measures were kept."""
    query = (
        "SELECT id FROM calls WHERE NOT EXISTS "
        "(SELECT 1 FROM measures WHERE call_id = calls.id) ORDER BY id"
    )
    return tuple(row[0] for row in database.execute(query))


def measure_rows(database: sqlite3.Connection, counterpart: str) -> list[sqlite3.Row]:
    """Key, call, start and value of every measure, oldest call first; without a name of all."""
    query = (
        "SELECT measures.key, calls.id, calls.started_at, measures.value FROM calls "
        "JOIN measures ON measures.call_id = calls.id "
        "WHERE (:who = '' OR calls.counterpart = :who COLLATE NOCASE) "
        "ORDER BY calls.started_at, calls.id"
    )
    return database.execute(query, {"who": counterpart}).fetchall()


def known_counterparts(database: sqlite3.Connection) -> tuple[str, ...]:
    """Everybody there is a call with, by name."""
    query = "SELECT DISTINCT counterpart FROM calls WHERE counterpart != '' ORDER BY counterpart"
    return tuple(row[0] for row in database.execute(query))


def find_signals(
    database: sqlite3.Connection, kind: SignalKind, after: str, limit: int | None
) -> Iterator[FoundSignal]:
    """Signals of a kind that stand, newest call first, by time within it.

    `after`: only those that follow words with all of these in them, said by either side within
    `AFTER_S`; empty for all. `PRICE` also takes a sum or a share that was named.
    """
    words = _words(after)
    some = [calls_with(database, f'"{word}"') for word in words if word != PRICE]
    few = [calls for calls in some if calls is not None]
    chosen = set.intersection(*few) if few else None
    query = """
        SELECT signals.*, calls.title, calls.started_at FROM signals
        JOIN calls ON calls.id = signals.call_id
        WHERE signals.kind = ? AND signals.call_id = ? AND NOT EXISTS (
            SELECT 1 FROM signals AS later
            WHERE later.call_id = signals.call_id AND later.revises = signals.id
        )
        ORDER BY signals.at_s, signals.id
    """
    left = limit
    for call_id in newest_first(database):
        if chosen is not None and call_id not in chosen:
            continue
        for row in database.execute(query, (kind.value, call_id)):
            if left == 0:
                return
            before = _before(database, row, words)
            if words and not before:
                continue
            left = None if left is None else left - 1
            yield FoundSignal(
                call=call_id,
                title=row["title"],
                started_at=datetime.fromisoformat(row["started_at"]),
                signal=row["id"],
                kind=SignalKind(row["kind"]),
                at_s=row["at_s"],
                quote=row["quote"],
                before=before,
            )


def _words(after: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[\w$€£%']+", clean(after).lower()))


def _before(database: sqlite3.Connection, signal: sqlite3.Row, words: Sequence[str]) -> str:
    """What was said before a signal: with `words` the last that holds them, else my last."""
    rows = database.execute(
        "SELECT speaker, start_s, end_s, text FROM utterances WHERE call_id = ? "
        "AND position >= ? AND position < ? ORDER BY position DESC",
        (signal["call_id"], signal["position"] - _AFTER_EVENTS, signal["position"]),
    )
    for row in rows:
        if row["end_s"] < signal["start_s"] - AFTER_S:
            return ""
        own = row["start_s"] <= signal["start_s"] < row["end_s"]
        if own or row["end_s"] > signal["start_s"] + 0.5:
            continue
        if words and _holds(row["text"], words):
            return str(row["text"])
        if not words and row["speaker"] == Speaker.ME.value:
            return str(row["text"])
    return ""


def _holds(text: str, words: Sequence[str]) -> bool:
    lower = clean(text).replace("’", "'").lower()
    spoken = set(_words(lower))
    return all(word in spoken or (word == PRICE and _names_a_price(lower)) for word in words)


def _names_a_price(lower: str) -> bool:
    if _PRICE.search(lower):
        return True
    return any(
        match["unit"] or match["figure"].strip()[0] in "$€£" or "%" in match["figure"]
        for match in fact_words.NUMBER.finditer(lower)
    )
