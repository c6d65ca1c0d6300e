"""The whole library in one file, and back: `thatsright backup` and `thatsright restore`.

A backup is a ZIP file: `library.db`, the sound of calls as `audio/CALL/NAME`, and `manifest.json`
with the size and SHA-256 of each. It is written beside its name and moved there when it is whole.
A restore unpacks and checks all of it before anything of the library is touched.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import sqlite3
import tempfile
import time
import zipfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assistant.errors import BackupError, StoreError
from assistant.journal_folder import journals
from assistant.paths import PRIVATE_FILE_MODE, private_folder
from assistant.recovery import AUDIO
from assistant.store import FILE_NAME, Library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

FORMAT: Final = 1
"""Of the file. A program reads its own and all before it."""
MANIFEST: Final = "manifest.json"
_LARGEST_MANIFEST: Final = 64 << 20
_NAME: Final = re.compile(r"library\.db|audio/[0-9]{1,18}/[A-Za-z0-9_-][A-Za-z0-9._-]{0,100}")
"""What may be in a backup; nothing else is unpacked."""
_BLOCK: Final = 1 << 20
_WORKING: Final = ".backup-"
"""Begins the names of folders in which a backup is being made or unpacked."""
_LEFT_AFTER_S: Final = 24 * 3600.0
"""A folder of that name that is older was left by a program that was killed."""
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""What reading a damaged ZIP file raises."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a backup."""

    made_at: datetime
    """UTC."""
    calls: int
    recordings: int
    """Calls with their sound."""
    size_bytes: int
    """Of all that is unpacked."""


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    size: int
    sha256: str


def back_up(data: Path, target: Path, *, replace: bool) -> Contents:
    """Write the library and its sound to `target`, readable by its owner alone.

    Calls that run, or were cut off and are not brought back yet, are not in it.

    Raises:
        BackupError: it cannot be written, or `target` is there and not to be replaced.
        StoreError: the library cannot be read.
    """
    if target.is_dir() or (target.exists() and not target.is_file()):
        raise BackupError(f"{target} is not a file. Name one, such as {target / 'calls.zip'}.")
    if target.exists() and not replace:
        raise BackupError(
            f"{target} is there already. Name another file, or say --replace to write over it."
        )
    try:
        with _working(private_folder(data)) as folder:
            copy = folder / FILE_NAME
            with Library.open(data) as library:
                library.copy_to(copy)
                ids = frozenset(call.id for call in library.calls())
            return _write(data, copy, ids, target)
    except OSError as error:
        raise BackupError(
            f"The backup {target} cannot be written ({error.strerror}). Name a file in a folder of "
            "yours with enough room; nothing was left behind."
        ) from error


def restore(data: Path, source: Path, *, replace: bool, check: bool = False) -> Contents:
    """Put a backup in the place of the library; with `check` only see whether it is whole.

    A library with calls is replaced only when asked; it is then kept in a folder beside it.

    Raises:
        BackupError: the backup is damaged or of a newer version, there are calls in the library,
            or a call runs; nothing was changed.
    """
    if not check:
        _refuse_while_running(data)
        if not replace:
            _refuse_over_calls(data)
    try:
        with _working(private_folder(data)) as folder:
            contents = _unpack(source, folder)
            if not check:
                _swap(data, folder)
            return contents
    except OSError as error:
        raise BackupError(
            f"The backup {source} cannot be restored ({error.strerror}). Check the disk and the "
            "permissions; the library is as it was."
        ) from error


def replaced_folders(data: Path) -> tuple[Path, ...]:
    """Where libraries are that a restore replaced, the newest last."""
    return tuple(sorted(data.glob("replaced-*")))


# ---- writing --------------------------------------------------------------------------------


def _write(data: Path, copy: Path, ids: frozenset[int], target: Path) -> Contents:
    entries: list[_Entry] = []
    recorded: set[str] = set()
    made_at = datetime.now(UTC).replace(microsecond=0)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".thatsright-", suffix=".part")
    try:
        os.fchmod(handle, PRIVATE_FILE_MODE)
        with os.fdopen(handle, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                entries.append(_add(archive, copy, FILE_NAME, zipfile.ZIP_DEFLATED))
                for path in _sound(data, ids):
                    within = path.relative_to(data).as_posix()
                    with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
                        entries.append(_add(archive, path, within, zipfile.ZIP_STORED))
                        recorded.add(path.parent.name)
                archive.writestr(MANIFEST, _manifest(made_at, len(ids), entries))
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    return Contents(made_at, len(ids), len(recorded), sum(e.size for e in entries))


def _sound(data: Path, ids: frozenset[int]) -> Iterator[Path]:
    for number in sorted(ids):
        folder = data / AUDIO / str(number)
        if folder.is_dir():
            for path in sorted(folder.iterdir()):
                if path.is_file() and _NAME.fullmatch(path.relative_to(data).as_posix()):
                    yield path


def _add(archive: zipfile.ZipFile, path: Path, name: str, how: int) -> _Entry:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source:
        info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
        info.compress_type = how
        info.external_attr = PRIVATE_FILE_MODE << 16
        with archive.open(info, "w", force_zip64=True) as into:
            while block := source.read(_BLOCK):
                digest.update(block)
                size += len(block)
                into.write(block)
    return _Entry(name, size, digest.hexdigest())


def _manifest(made_at: datetime, calls: int, entries: list[_Entry]) -> str:
    return json.dumps(
        {
            "format": FORMAT,
            "made_at": made_at.isoformat(),
            "calls": calls,
            "files": [{"name": e.name, "size": e.size, "sha256": e.sha256} for e in entries],
        },
        indent=1,
    )


# ---- reading --------------------------------------------------------------------------------


def _unpack(source: Path, folder: Path) -> Contents:
    """All of a backup in `folder`, checked."""
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _read_manifest(source, archive)
            entries = [_entry(source, each) for each in manifest["files"]]
            size = sum(e.size for e in entries)
            free = shutil.disk_usage(folder).free
            if size > free:
                raise BackupError(
                    f"There is no room for {source}: it needs {size >> 20} MB and "
                    f"{free >> 20} MB are free. Free some space and try again; nothing was changed."
                )
            for entry in entries:
                _extract(source, archive, entry, folder)
            made_at = datetime.fromisoformat(manifest["made_at"])
    except FileNotFoundError:
        raise BackupError(f"There is no file {source}. Check the name.") from None
    except IsADirectoryError:
        raise BackupError(f"{source} is a folder. Give the backup's file.") from None
    except (*_BROKEN, KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise _damaged(source) from None
    if [e.name for e in entries].count(FILE_NAME) != 1:
        raise _damaged(source)
    calls = _check_library(source, folder)
    recorded = {e.name.split("/")[1] for e in entries if e.name != FILE_NAME}
    return Contents(made_at, calls, len(recorded), size)


def _read_manifest(source: Path, archive: zipfile.ZipFile) -> dict[str, Any]:
    if archive.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
        raise _damaged(source)
    manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    if int(manifest["format"]) > FORMAT:
        raise BackupError(
            f"{source} was made by a newer version of thatsright than this one. Update thatsright "
            "to restore it."
        )
    return manifest


def _entry(source: Path, fields: dict[str, Any]) -> _Entry:
    entry = _Entry(str(fields["name"]), int(fields["size"]), str(fields["sha256"]))
    if not _NAME.fullmatch(entry.name) or entry.size < 0:
        raise _damaged(source)
    return entry


def _extract(source: Path, archive: zipfile.ZipFile, entry: _Entry, folder: Path) -> None:
    target = folder / entry.name
    for parent in reversed(target.relative_to(folder).parents[:-1]):
        private_folder(folder / parent)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE_MODE)
    digest, size = hashlib.sha256(), 0
    with os.fdopen(handle, "wb") as into, archive.open(entry.name) as packed:
        while (block := packed.read(_BLOCK)) and size <= entry.size:
            digest.update(block)
            size += len(block)
            into.write(block)
        _sync(into)
    if size != entry.size or digest.hexdigest() != entry.sha256:
        raise _damaged(source)


def _check_library(source: Path, folder: Path) -> int:
    """The number of calls in an unpacked library, brought to the newest shape."""
    try:
        with Library.open(folder) as library:
            if not library.is_sound():
                raise _damaged(source)
            calls = len(library.calls())
    except StoreError as error:
        if "newer version" in str(error):
            raise BackupError(
                f"{source} was made by a newer version of thatsright than this one. Update "
                "thatsright to restore it."
            ) from error
        raise _damaged(source) from error
    for name in (f"{FILE_NAME}-wal", f"{FILE_NAME}-shm"):
        (folder / name).unlink(missing_ok=True)  # closed, so all of it is in the file
    return calls


def _damaged(source: Path) -> BackupError:
    return BackupError(
        f"{source} is damaged or not a backup of thatsright. Copy it again from where it was kept; "
        "nothing was changed."
    )


# ---- putting it in place --------------------------------------------------------------------


def _refuse_while_running(data: Path) -> None:
    if any(found.running for found in journals(data)):
        raise BackupError(
            "A call runs, and would not be in the restored library. Hang up first, then restore."
        )


def _refuse_over_calls(data: Path) -> None:
    if not (data / FILE_NAME).exists():
        return
    try:
        with Library.open(data) as library:
            calls = len(library.calls())
    except StoreError as error:
        raise BackupError(
            f"{error} To put the backup in its place all the same, and keep what is there beside "
            "it, say --replace."
        ) from error
    if calls:
        raise BackupError(
            f"There {'is 1 call' if calls == 1 else f'are {calls} calls'} in the library, which "
            "the backup would take the place of. Say --replace to do that (what is there is kept "
            "beside it), or set THATSRIGHT_HOME to another folder."
        )


def _swap(data: Path, folder: Path) -> None:
    """What is there goes into a folder of its own, what was unpacked takes its place.

    Whatever fails, what was there is put back.
    """
    _let_go(data)
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    kept = data / f"replaced-{stamp}"
    moved: list[tuple[Path, Path]] = []
    try:
        for name in (AUDIO, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm", FILE_NAME):
            if (data / name).exists():
                private_folder(kept)
                _move(data / name, kept / name, moved)
        for name in (AUDIO, FILE_NAME):
            if (folder / name).exists():
                _move(folder / name, data / name, moved)
    except BaseException:
        for here, there in reversed(moved):
            there.rename(here)
        with contextlib.suppress(OSError):
            kept.rmdir()
        raise
    _sync_folder(data)


def _move(here: Path, there: Path, moved: list[tuple[Path, Path]]) -> None:
    here.rename(there)
    moved.append((here, there))


def _let_go(data: Path) -> None:
    """Put what is in the library's log into its file; a library in use is not replaced."""
    path = data / FILE_NAME
    if not path.exists():
        return
    database = sqlite3.connect(path, timeout=1.0, isolation_level=None)
    try:
        busy, *_ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.DatabaseError:
        busy = False  # damaged: it is moved away as it is
    finally:
        database.close()
    if busy:
        raise BackupError(
            "Another program uses the library just now. Close it (perhaps another thatsright) and "
            "restore again; nothing was changed."
        )


@contextlib.contextmanager
def _working(data: Path) -> Iterator[Path]:
    """A private folder to work in, gone afterwards; what a killed program left goes too."""
    for left in data.glob(f"{_WORKING}*"):
        if time.time() - left.stat().st_mtime > _LEFT_AFTER_S:  # else another one is at work
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(dir=data, prefix=_WORKING))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
