"""The library when things are not as they should be: real faults wherever one can be made."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from disks import mounted

from assistant.errors import CallNotFoundError, StoreError, ThatsRightError
from assistant.model import CallInfo, FinishedCall, Source, Speaker, Transcript
from assistant.paths import private_folder
from assistant.store import Library
from assistant.store_schema import MIGRATIONS, Migration, migrate
from assistant.summary import summarise

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = os.geteuid() == 0
HEARD = "zugzwang"
"""A word of a call, which no message may hold."""


def call_of(utterances: int = 1) -> FinishedCall:
    info = CallInfo(
        "a call",
        "a call.ogg",
        Source.AUDIO,
        "base",
        9.0,
        datetime(2026, 3, 4, tzinfo=UTC),
        (Speaker.ME, Speaker.THEM),
    )
    events = tuple(
        Transcript(Speaker.THEM, n * 1.0, n + 1.0, f"{HEARD} {n} " + "words " * 50)
        for n in range(utterances)
    )
    return FinishedCall(info, events, summarise(info, events))


@contextmanager
def refused(*words: str) -> Iterator[None]:
    """What is done inside ends in a `StoreError` that has these words and none of a call's."""
    with pytest.raises(StoreError) as caught:
        yield
    message = str(caught.value)
    assert not [word for word in words if word not in message], message
    assert HEARD not in message


# ---- modes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_folder_and_files_are_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    folder = tmp_path / "library"
    before = os.umask(umask)
    try:
        with Library.open(folder) as library:
            library.save(call_of())
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    finally:
        os.umask(before)
    assert modes == {"library.db": 0o600, "library.db-wal": 0o600, "library.db-shm": 0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_is_new_is_never_open_to_others_not_even_for_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_change: list[int] = []

    def fchmod(file: int, mode: int) -> None:
        before_change.append(stat.S_IMODE(os.fstat(file).st_mode))
        os.chmod(file, mode)

    def chmod(path: Path, mode: int) -> None:
        before_change.append(stat.S_IMODE(path.stat().st_mode))
        os.chmod(path, mode)  # noqa: PTH101 - Path.chmod is what is replaced here

    monkeypatch.setattr(os, "fchmod", fchmod)
    monkeypatch.setattr(Path, "chmod", chmod)
    before = os.umask(0)
    try:
        Library.open(tmp_path / "library").close()
    finally:
        os.umask(before)
    assert set(before_change) <= {0o600, 0o700}


def test_a_folder_and_file_that_were_open_to_others_are_made_private(tmp_path: Path) -> None:
    Library.open(tmp_path / "library").close()
    (tmp_path / "library").chmod(0o755)
    (tmp_path / "library" / "library.db").chmod(0o644)
    Library.open(tmp_path / "library").close()
    assert stat.S_IMODE((tmp_path / "library").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "library" / "library.db").stat().st_mode) == 0o600


def test_opening_again_does_not_drop_the_locks_of_the_first(tmp_path: Path) -> None:
    with Library.open(tmp_path) as first, Library.open(tmp_path, wait_s=0.01) as second:
        first._database.execute("BEGIN IMMEDIATE")
        Library.open(tmp_path).close()
        with refused("locked"):
            second.save(call_of())
        first._database.execute("COMMIT")
        second.save(call_of())


# ---- folders ---------------------------------------------------------------------------------


@pytest.mark.parametrize("inside", ["", "data"])
def test_a_file_where_the_folder_should_be(tmp_path: Path, inside: str) -> None:
    (tmp_path / "taken").write_text("mine")
    folder = tmp_path / "taken" / inside
    with pytest.raises(ThatsRightError, match=r"a file is in the way at .*taken"):
        private_folder(folder)
    with refused("taken", "Move that file away", "THATSRIGHT_HOME"):
        Library.open(folder)
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_folder_where_the_file_should_be(tmp_path: Path) -> None:
    (tmp_path / "library.db").mkdir()
    with refused("library.db", "cannot be opened"):
        Library.open(tmp_path)


# ---- read-only -------------------------------------------------------------------------------


@pytest.mark.skipif(ROOT, reason="permissions do not hold root back; the read-only disk does")
def test_a_folder_without_write_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with refused(str(tmp_path), "THATSRIGHT_HOME"):
        Library.open(tmp_path / "library")
    tmp_path.chmod(0o700)


def test_a_read_only_disk_without_a_library(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with mounted(disk, "size=1m,ro"), refused(str(disk), "Read-only", "THATSRIGHT_HOME"):
        Library.open(disk / "library")


def test_a_read_only_disk_with_a_library(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with mounted(disk, "size=1m"):
        Library.open(disk / "library").close()
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with refused("library.db", "THATSRIGHT_HOME"), Library.open(disk / "library") as library:
            library.save(call_of())


def test_a_file_that_cannot_be_changed(tmp_path: Path) -> None:
    Library.open(tmp_path).close()
    path = tmp_path / "library.db"
    chattr = shutil.which("chattr")
    fixed = chattr and subprocess.run([chattr, "+i", path], capture_output=True, check=False)
    if not fixed or fixed.returncode:
        pytest.skip("chattr +i is not allowed here")
    try:
        with refused("library.db", "writ"), Library.open(tmp_path) as library:
            library.save(call_of())
    finally:
        subprocess.run(["chattr", "-i", path], check=True)


# ---- no room ---------------------------------------------------------------------------------


def test_a_full_disk_saves_nothing_and_keeps_what_was_there(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with mounted(disk, "size=1m"):
        with Library.open(disk / "library") as library:
            kept = library.save(call_of())
            with refused("no room left", "library.db", "Free some space"):
                library.save(call_of(5000))
            assert [each.id for each in library.calls(HEARD)] == [kept]
            assert library.load(kept) == call_of()
        with Library.open(disk / "library") as library:
            assert [each.id for each in library.calls()] == [kept]


def test_a_disk_that_is_full_from_the_start(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with mounted(disk, "size=64k"):
        with refused("library.db", "no room left"):
            Library.open(disk / "library")
        assert stat.S_IMODE((disk / "library").stat().st_mode) == 0o700


def test_a_library_that_may_not_grow_saves_nothing(tmp_path: Path) -> None:
    with Library.open(tmp_path) as library:
        kept = library.save(call_of())
        library._database.execute("PRAGMA max_page_count = 60")
        with refused("no room left", "Free some space"):
            library.save(call_of(5000))
        assert [each.id for each in library.calls(HEARD)] == [kept]


def test_deleting_without_room_to_tidy_up_says_that_traces_are_left(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with mounted(disk, "size=4m"), Library.open(disk / "library") as library:
        first = library.save(call_of(1000))
        second = library.save(call_of())
        free = shutil.disk_usage(disk).free
        (disk / "ballast").write_bytes(bytes(max(free - 300_000, 0)))
        with refused(f"Call {second} is deleted", "traces", "next deletion"):
            library.delete(second)
        assert [each.id for each in library.calls()] == [first]


# ---- several programs ------------------------------------------------------------------------

HOLD = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute(sys.argv[2])
database.execute("SELECT count(*) FROM calls").fetchone()
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def other_program(path: Path, statement: str) -> Iterator[None]:
    """Another process that has the library open in a transaction."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, path, statement],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield
        process.communicate()


def test_a_library_locked_by_another_program(tmp_path: Path) -> None:
    with Library.open(tmp_path, wait_s=0.01) as library:
        kept = library.save(call_of())
        with other_program(library.path, "BEGIN IMMEDIATE"):
            with refused("library.db is locked", "Close the other program"):
                library.save(call_of())
            with refused("library.db is locked"):
                library.delete(kept)
            assert [each.id for each in library.calls()] == [kept]
        assert library.save(call_of()) == kept + 1


def test_a_new_library_locked_by_another_program(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE calls (id)")
    database.close()
    with other_program(path, "BEGIN EXCLUSIVE"), refused("library.db is locked"):
        Library.open(tmp_path, wait_s=0.01)


def test_deleting_while_another_program_reads_says_that_traces_are_left(tmp_path: Path) -> None:
    with Library.open(tmp_path, wait_s=0.01) as library:
        call_id = library.save(call_of())
        with other_program(library.path, "BEGIN"):
            with refused(f"Call {call_id} is deleted", "traces", "another program"):
                library.delete(call_id)
            with pytest.raises(CallNotFoundError):
                library.load(call_id)
        library.delete(library.save(replace(call_of(), events=())))
        files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert HEARD.encode() not in files


OPEN = """
import sys
from pathlib import Path
from assistant.store import Library
sys.stdin.readline()
with Library.open(Path(sys.argv[1])) as library:
    print(library.calls())
"""


def test_several_programs_may_make_the_library_at_once(tmp_path: Path) -> None:
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, tmp_path / "library"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    assert [program.communicate() for program in programs] == [("()\n", "")] * 3


# ---- damage, migrations ----------------------------------------------------------------------


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    path.write_bytes(b"these are notes, not a database, " * 100)
    before = path.read_bytes()
    with refused("library.db is damaged", "Put a backup in its place"):
        Library.open(tmp_path)
    assert path.read_bytes() == before


def test_a_damaged_library(tmp_path: Path) -> None:
    with Library.open(tmp_path) as library:
        call_id = library.save(call_of(200))
    size = library.path.stat().st_size
    with library.path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    with refused("library.db is damaged"), Library.open(tmp_path) as library:
        library.load(call_id)


def test_a_call_that_cannot_be_read_can_still_be_deleted(tmp_path: Path) -> None:
    with Library.open(tmp_path) as library:
        call_id = library.save(call_of())
        library._database.execute("UPDATE utterances SET speaker = 'somebody'")
        with refused(f"Call {call_id}", f"thatsright delete {call_id}"):
            library.load(call_id)
        library.delete(call_id)
        assert library.calls() == ()


def test_a_call_that_cannot_be_saved_leaves_nothing_behind(tmp_path: Path) -> None:
    good = call_of(3)
    broken = Transcript(Speaker.ME, float("nan"), 9.0, HEARD)
    with Library.open(tmp_path) as library:
        with refused("library.db", "SQLITE_CONSTRAINT"):
            library.save(replace(good, events=(*good.events[:2], broken)))
        assert library.calls() == ()
        assert library.calls(HEARD) == ()
        for table in ("utterances", "search"):
            count = f"SELECT count(*) FROM {table}"  # noqa: S608 - the names above
            assert tuple(library._database.execute(count).fetchone()) == (0,)
        assert library.load(library.save(good)) == good


def test_a_library_of_a_newer_version_is_refused_unchanged(tmp_path: Path) -> None:
    with Library.open(tmp_path) as library:
        library._database.execute("INSERT INTO migrations VALUES ('9999 from the future')")
    with refused("newer version", "Update thatsright"):
        Library.open(tmp_path)


def shape_of(database: sqlite3.Connection) -> list[tuple[str, str]]:
    return database.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(":memory:", isolation_level=None)
    yield opened
    opened.close()


def test_a_migration_that_fails_leaves_the_old_state_and_can_be_tried_again(
    database: sqlite3.Connection,
) -> None:
    first = Migration("0001 one", ("CREATE TABLE one (x)",))
    broken = Migration("0002 two", ("CREATE TABLE two (x)", "INSERT INTO nowhere VALUES (1)"))
    mended = Migration("0002 two", ("CREATE TABLE two (x)",))
    migrate(database, (first,))
    before = shape_of(database)
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        migrate(database, (first, broken))
    assert shape_of(database) == before
    assert not database.in_transaction
    migrate(database, (first, mended))
    assert database.execute("SELECT name FROM migrations").fetchall() == [
        ("0001 one",),
        ("0002 two",),
    ]
    migrate(database, (first, mended))


def test_migrations_are_applied_once_in_order_and_have_names_of_their_own(
    database: sqlite3.Connection,
) -> None:
    names = [each.name for each in MIGRATIONS]
    assert len(set(names)) == len(names)
    assert sorted(names) == names
    migrate(database)
    before = shape_of(database)
    migrate(database)
    assert shape_of(database) == before
