"""The tables of the library, as named migrations that are applied once each, in order.

Never change a migration that was released: add one. Every table but `calls` holds one kind of
event; `position` is the event's place in its call. `search` holds utterances and titles under
`(call id << POSITION_BITS) + position`, titles at `TITLE_POSITION`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.errors import StoreError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

POSITION_BITS: Final = 24
"""A call has fewer than 2**24 events."""
TITLE_POSITION: Final = 0
"""Events count from 1."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step from one shape of the library to the next."""

    name: str
    statements: tuple[str, ...]
    """SQL, one statement each."""


MIGRATIONS: Final = (
    Migration(
        "0001 calls and their events",
        (
            # AUTOINCREMENT: the id of a deleted call is never given to another.
            """CREATE TABLE calls (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                title TEXT NOT NULL,
                path TEXT NOT NULL,
                source TEXT NOT NULL,
                model TEXT,
                duration_s REAL,
                started_at TEXT NOT NULL,
                speakers TEXT NOT NULL,
                summary TEXT NOT NULL,
                outcome TEXT NOT NULL,
                length_s REAL NOT NULL,
                talk_share_me REAL,
                utterances INTEGER NOT NULL,
                thats_right INTEGER NOT NULL,
                youre_right INTEGER NOT NULL
            )""",
            "CREATE INDEX calls_by_start ON calls (started_at, id)",
            """CREATE TABLE utterances (
                call_id INTEGER NOT NULL REFERENCES calls ON DELETE CASCADE,
                position INTEGER NOT NULL,
                speaker TEXT NOT NULL,
                start_s REAL NOT NULL,
                end_s REAL NOT NULL,
                text TEXT NOT NULL,
                words TEXT NOT NULL,
                PRIMARY KEY (call_id, position)
            ) WITHOUT ROWID""",
            """CREATE TABLE signals (
                call_id INTEGER NOT NULL REFERENCES calls ON DELETE CASCADE,
                position INTEGER NOT NULL,
                id INTEGER NOT NULL,
                kind TEXT NOT NULL,
                speaker TEXT NOT NULL,
                at_s REAL NOT NULL,
                start_s REAL NOT NULL,
                end_s REAL NOT NULL,
                confidence REAL NOT NULL,
                quote TEXT NOT NULL,
                rule TEXT NOT NULL,
                after TEXT,
                revises INTEGER,
                PRIMARY KEY (call_id, position)
            ) WITHOUT ROWID""",
            """CREATE TABLE prompts (
                call_id INTEGER NOT NULL REFERENCES calls ON DELETE CASCADE,
                position INTEGER NOT NULL,
                id INTEGER NOT NULL,
                kind TEXT NOT NULL,
                say TEXT NOT NULL,
                why TEXT NOT NULL,
                signal INTEGER NOT NULL,
                at_s REAL NOT NULL,
                expires_s REAL NOT NULL,
                PRIMARY KEY (call_id, position)
            ) WITHOUT ROWID""",
            """CREATE TABLE uses (
                call_id INTEGER NOT NULL REFERENCES calls ON DELETE CASCADE,
                position INTEGER NOT NULL,
                prompt INTEGER NOT NULL,
                at_s REAL NOT NULL,
                PRIMARY KEY (call_id, position)
            ) WITHOUT ROWID""",
            """CREATE TABLE states (
                call_id INTEGER NOT NULL REFERENCES calls ON DELETE CASCADE,
                position INTEGER NOT NULL,
                subject TEXT NOT NULL,
                understanding TEXT NOT NULL,
                at_s REAL NOT NULL,
                PRIMARY KEY (call_id, position)
            ) WITHOUT ROWID""",
            """CREATE TABLE warnings (
                call_id INTEGER NOT NULL REFERENCES calls ON DELETE CASCADE,
                position INTEGER NOT NULL,
                message TEXT NOT NULL,
                at_s REAL NOT NULL,
                PRIMARY KEY (call_id, position)
            ) WITHOUT ROWID""",
            """CREATE VIRTUAL TABLE search USING fts5(
                text, tokenize = "unicode61 remove_diacritics 2"
            )""",
        ),
    ),
    Migration(
        "0002 what a signal answers, and why it is so sure",
        (
            "ALTER TABLE signals ADD COLUMN answers INTEGER",
            "ALTER TABLE signals ADD COLUMN reasons TEXT NOT NULL DEFAULT '[]'",
            "ALTER TABLE utterances ADD COLUMN enthusiasm REAL",
        ),
    ),
    Migration(
        "0003 the journal a call was kept in while it ran",
        (
            "ALTER TABLE calls ADD COLUMN journal TEXT",
            "CREATE UNIQUE INDEX calls_by_journal ON calls (journal)",
        ),
    ),
    Migration(
        "0004 counterparts, measures, and signals found by kind",
        (
            "ALTER TABLE calls ADD COLUMN counterpart TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE calls ADD COLUMN source_digest TEXT",
            "CREATE INDEX calls_by_counterpart ON calls (counterpart)",
            "CREATE INDEX calls_by_digest ON calls (source_digest)",
            """CREATE TABLE measures (
                call_id INTEGER NOT NULL REFERENCES calls ON DELETE CASCADE,
                key TEXT NOT NULL,
                value REAL,
                cases INTEGER NOT NULL,
                PRIMARY KEY (call_id, key)
            ) WITHOUT ROWID""",
            "CREATE INDEX signals_by_kind ON signals (kind, call_id)",
        ),
    ),
    Migration(
        "0005 notes, prompts turned down, and tags",
        (
            """CREATE TABLE notes (
                call_id INTEGER NOT NULL REFERENCES calls ON DELETE CASCADE,
                position INTEGER NOT NULL,
                at_s REAL NOT NULL,
                text TEXT NOT NULL,
                PRIMARY KEY (call_id, position)
            ) WITHOUT ROWID""",
            """CREATE TABLE refusals (
                call_id INTEGER NOT NULL REFERENCES calls ON DELETE CASCADE,
                position INTEGER NOT NULL,
                prompt INTEGER NOT NULL,
                at_s REAL NOT NULL,
                less INTEGER NOT NULL,
                PRIMARY KEY (call_id, position)
            ) WITHOUT ROWID""",
            "ALTER TABLE calls ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'",
        ),
    ),
    Migration(
        "0006 consent",
        ("ALTER TABLE calls ADD COLUMN consent TEXT NOT NULL DEFAULT 'unknown'",),
    ),
    Migration(
        "0007 corrections",
        (
            # `lines` as in a journal: the call's information and its events, one a line.
            """CREATE TABLE originals (
                call_id INTEGER PRIMARY KEY REFERENCES calls ON DELETE CASCADE,
                lines BLOB NOT NULL,
                summary TEXT NOT NULL
            )""",
            """CREATE TABLE corrections (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                call_id INTEGER NOT NULL REFERENCES calls ON DELETE CASCADE,
                step INTEGER NOT NULL,
                line INTEGER NOT NULL,
                what TEXT NOT NULL,
                value TEXT NOT NULL,
                made_at TEXT NOT NULL
            )""",
            "CREATE INDEX corrections_by_call ON corrections (call_id, id)",
        ),
    ),
    Migration(
        "0008 how sure it is who spoke, and calls found by what they are filed under",
        (
            "ALTER TABLE utterances ADD COLUMN speaker_confidence REAL",
            """CREATE INDEX calls_as_filed
                ON calls (started_at, id, outcome, counterpart, tags)""",
            "DROP INDEX calls_by_start",
        ),
    ),
    Migration(
        "0009 summaries written by a language model",
        (
            """CREATE TABLE prose (
                call_id INTEGER PRIMARY KEY REFERENCES calls ON DELETE CASCADE,
                text TEXT NOT NULL,
                model TEXT NOT NULL,
                address TEXT NOT NULL,
                made_at TEXT NOT NULL
            )""",
        ),
    ),
    Migration(
        "0010 where both talked at once",
        ("ALTER TABLE utterances ADD COLUMN overlap TEXT NOT NULL DEFAULT '[]'",),
    ),
)


def migrate(database: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Bring the library to the newest shape, each step in a transaction of its own.

    A step that fails leaves the library as it was before it.

    Raises:
        StoreError: a newer version of this program has changed the library.
        sqlite3.Error: a step failed.
    """
    applied = _applied(database)
    if applied - {each.name for each in migrations}:
        raise StoreError(
            "The library was made by a newer version of thatsright than this one. "
            "Update thatsright, or set THATSRIGHT_HOME to another folder to start a new library."
        )
    for step in migrations:
        if step.name in applied:
            continue
        database.execute("BEGIN IMMEDIATE")
        try:
            database.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY)")
            # Another process may have done it while this one waited for the lock.
            if step.name not in _applied(database):
                for statement in step.statements:
                    database.execute(statement)
                database.execute("INSERT INTO migrations VALUES (?)", (step.name,))
            database.execute("COMMIT")
        except BaseException:
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise


def _applied(database: sqlite3.Connection) -> frozenset[str]:
    tables = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'migrations'"
    if not database.execute(tables).fetchone()[0]:
        return frozenset()
    return frozenset(name for (name,) in database.execute("SELECT name FROM migrations"))
