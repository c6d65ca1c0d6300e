from __future__ import annotations

import json
import os
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from command import told
from inside import run_inside
from test_corrections import SAID, call_of

from assistant.backup import MANIFEST, back_up, replaced_folders, restore
from assistant.errors import BackupError
from assistant.journal import Journal
from assistant.store import Library

if TYPE_CHECKING:
    from collections.abc import Callable

SOUND = bytes(range(256)) * 40


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A library of two calls, one with sound."""
    folder = tmp_path / "data"
    with Library.open(folder) as library:
        library.save(call_of(SAID))
        library.save(call_of(SAID[:2]))
    (folder / "audio" / "2").mkdir(parents=True)
    (folder / "audio" / "2" / "me.flac").write_bytes(SOUND)
    (folder / "audio" / "1-before-1").mkdir()
    (folder / "audio" / "1-before-1" / "me.flac").write_bytes(b"of another library")
    return folder


@pytest.fixture
def backup(data: Path, tmp_path: Path) -> Path:
    back_up(data, tmp_path / "b.zip", replace=False)
    return tmp_path / "b.zip"


def state(data: Path) -> dict[str, bytes]:
    """Everything below the data folder; the library by what it holds."""
    found = {
        path.relative_to(data).as_posix(): path.read_bytes()
        for path in data.rglob("*")
        if path.is_file() and "library.db" not in path.name
    }
    with Library.open(data) as library:
        calls = [repr(library.load(call.id)) for call in library.calls()]
    return found | {"calls": "\n".join(calls).encode()}


def test_what_is_backed_up_is_restored(data: Path, backup: Path, tmp_path: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600
    fresh = tmp_path / "fresh"
    found = restore(fresh, backup, replace=False)
    assert (found.calls, found.recordings) == (2, 1)
    before = state(data)
    before.pop("audio/1-before-1/me.flac")
    assert state(fresh) == before
    modes = {oct(p.stat().st_mode & 0o777) for p in fresh.rglob("*") if p.is_file()}
    assert modes == {"0o600"}
    assert {oct(p.stat().st_mode & 0o777) for p in fresh.rglob("*") if p.is_dir()} == {"0o700"}
    with Library.open(fresh) as library:
        assert len(library.calls("that's right")) == 2
        assert library.save(call_of(SAID)) == 3


def test_a_backup_is_made_beside_a_writer_and_holds_what_is_kept(
    data: Path, tmp_path: Path
) -> None:
    with Library.open(data) as writer:
        writer.save(call_of(SAID))  # still in the write-ahead log
        assert back_up(data, tmp_path / "b.zip", replace=False).calls == 3
    restore(tmp_path / "fresh", tmp_path / "b.zip", replace=False)
    with Library.open(tmp_path / "fresh") as library:
        assert len(library.calls()) == 3


def test_calls_are_not_replaced_unless_asked_and_then_kept(data: Path, backup: Path) -> None:
    with Library.open(data) as library:
        library.delete(1)
        library.save(call_of(SAID))
    before = state(data)
    with pytest.raises(BackupError, match="There are 2 calls in the library"):
        restore(data, backup, replace=False)
    assert state(data) == before
    restore(data, backup, replace=True)
    (kept,) = replaced_folders(data)
    with Library.open(data) as library:
        assert [call.id for call in library.calls()] == [2, 1]
    with Library.open(kept) as library:
        assert [call.id for call in library.calls()] == [3, 2]
    assert (kept / "audio" / "2" / "me.flac").read_bytes() == SOUND


def test_a_damaged_backup_changes_nothing(data: Path, backup: Path) -> None:
    whole = backup.read_bytes()
    before = state(data)
    refused = 0
    for place in range(0, len(whole), len(whole) // 60):
        damaged = bytearray(whole)
        damaged[place] ^= 0x55
        backup.write_bytes(damaged)
        try:
            restore(data, backup, replace=True, check=True)
        except BackupError:
            refused += 1
    assert refused > 40  # the rest is in what ZIP does not need
    for length in (0, 10, len(whole) // 2, len(whole) - 1):
        backup.write_bytes(whole[:length])
        with pytest.raises(BackupError, match="damaged or not a backup"):
            restore(data, backup, replace=True)
    assert state(data) == before


def repacked(backup: Path, change: Callable[[dict[str, bytes], dict[str, object]], None]) -> Path:
    """The backup with other contents; sizes and checksums of files as they now are."""
    with zipfile.ZipFile(backup) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name != MANIFEST}
        manifest = json.loads(archive.read(MANIFEST))
    change(files, manifest)
    with zipfile.ZipFile(backup, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.writestr(MANIFEST, json.dumps(manifest))
    return backup


@pytest.mark.parametrize(
    "name",
    ["../library.db", "/etc/passwd", "audio/2/../../x", "audio/x/me.flac", "audio/2/.x", "me.json"],
)
def test_nothing_is_unpacked_outside(data: Path, backup: Path, name: str, tmp_path: Path) -> None:
    def add(files: dict[str, bytes], manifest: dict[str, object]) -> None:
        files[name] = SOUND
        first = dict(manifest["files"][-1])  # type: ignore[index]
        manifest["files"].append(first | {"name": name})  # type: ignore[attr-defined]

    before = state(data)
    there = sorted(tmp_path.iterdir())
    with pytest.raises(BackupError, match="damaged or not a backup"):
        restore(data, repacked(backup, add), replace=True)
    assert state(data) == before
    assert sorted(tmp_path.iterdir()) == there


def test_a_newer_one_is_told(data: Path, backup: Path) -> None:
    repacked(backup, lambda _, manifest: manifest.update(format=2))
    with pytest.raises(BackupError, match="newer version of thatsright"):
        restore(data, backup, replace=True)


@pytest.mark.parametrize("what", ["files", "made_at", "format"])
def test_a_manifest_that_lacks_something_is_told(data: Path, backup: Path, what: str) -> None:
    repacked(backup, lambda _, manifest: manifest.pop(what))
    with pytest.raises(BackupError, match="damaged or not a backup"):
        restore(data, backup, replace=True)


def test_what_fails_halfway_is_put_back(
    data: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(data)
    rename = Path.rename
    for fails_at in range(4):
        count = iter(range(100))

        def failing(
            path: Path,
            target: Path,
            count: object = count,
            fails_at: int = fails_at,
        ) -> Path:
            if next(count) == fails_at:  # type: ignore[call-overload]
                raise OSError(5, "Input/output error")
            return rename(path, target)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", failing)
            with pytest.raises(BackupError, match="Input/output error"):
                restore(data, backup, replace=True)
        assert state(data) == before
        assert replaced_folders(data) == ()
        assert not list(data.glob(".backup-*"))


def test_a_damaged_library_can_be_replaced(data: Path, backup: Path) -> None:
    for path in data.glob("library.db*"):
        path.unlink()
    (data / "library.db").write_bytes(b"no database " * 100)
    with pytest.raises(BackupError, match="--replace"):
        restore(data, backup, replace=False)
    assert restore(data, backup, replace=True).calls == 2


def test_while_a_call_runs_nothing_is_restored(data: Path, backup: Path) -> None:
    journal = Journal.start(data, call_of(SAID).info)
    try:
        with pytest.raises(BackupError, match="A call runs"):
            restore(data, backup, replace=True)
    finally:
        journal.remove()


def test_a_backup_that_cannot_be_written_leaves_nothing(data: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="cannot be written"):
        back_up(data, tmp_path / "none" / "b.zip", replace=False)
    with pytest.raises(BackupError, match="is not a file"):
        back_up(data, tmp_path, replace=True)
    if os.path.exists("/dev/full"):  # noqa: PTH110 - a device, not a file
        with pytest.raises(BackupError, match="is not a file"):
            back_up(data, Path("/dev/full"), replace=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["data"]
    assert not list(data.glob(".backup-*"))


def test_the_commands(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.zip"
    made = run_inside(tmp_path, "backup", target)
    assert (made.status, made.err) == (0, "")
    assert "2 calls, 1 with sound" in made.out
    assert "not encrypted" in made.out
    told(run_inside(tmp_path, "backup", target), 1, "there already", "--replace")
    assert "is whole: 2 calls" in run_inside(tmp_path, "restore", target, "--check").out
    told(run_inside(tmp_path, "restore", target), 1, "2 calls in the library", "--replace")
    told(run_inside(tmp_path, "restore", tmp_path / "none.zip", "--check"), 1, "There is no file")
    shutil.rmtree(data)
    restored = run_inside(tmp_path, "restore", target)
    assert (restored.status, restored.err) == (0, "")
    assert restored.out.startswith("Restored 2 calls, 1 with sound")
    assert "talk" in run_inside(tmp_path, "calls").out
