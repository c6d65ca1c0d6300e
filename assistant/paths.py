"""Where this program keeps things on this machine, and how it makes a folder of its own.

`THATSRIGHT_HOME` overrides the places of the platform with `<it>/data`, `<it>/cache` and
`<it>/config`.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

import platformdirs

from assistant.errors import ThatsRightError

APP: Final = "thatsright"
HOME_VARIABLE: Final = "THATSRIGHT_HOME"
PRIVATE_FOLDER_MODE: Final = 0o700
PRIVATE_FILE_MODE: Final = 0o600


def data_folder() -> Path:
    """Where the library lives; not made by asking."""
    return _under_home("data") or platformdirs.user_data_path(APP, appauthor=False)


def cache_folder() -> Path:
    """Where things live that can be made again, such as speech models; not made by asking."""
    return _under_home("cache") or platformdirs.user_cache_path(APP, appauthor=False)


def config_folder() -> Path:
    """Where settings live; not made by asking."""
    return _under_home("config") or platformdirs.user_config_path(APP, appauthor=False)


def private_folder(path: Path) -> Path:
    """Make `path` (and what is missing above it) a folder only its owner can enter.

    A new folder is private from the moment it exists; an existing one is made so.

    Raises:
        ThatsRightError: it cannot be made, or something else has its name.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.mkdir(mode=PRIVATE_FOLDER_MODE)
        except FileExistsError:
            if not path.is_dir():
                raise
        # The umask may have taken more away, and a folder that was there may be open to others.
        if stat.S_IMODE(path.stat().st_mode) != PRIVATE_FOLDER_MODE:
            path.chmod(PRIVATE_FOLDER_MODE)
    except (FileExistsError, NotADirectoryError) as error:
        raise ThatsRightError(
            f"{path} should be a folder, but a file is in the way at {error.filename or path}. "
            f"Move that file away, or set {HOME_VARIABLE} to another folder."
        ) from error
    except OSError as error:
        raise ThatsRightError(
            f"The folder {path} cannot be made private and writable ({error.strerror}). "
            f"Change its permissions, or set {HOME_VARIABLE} to a folder of yours."
        ) from error
    return path


def _under_home(name: str) -> Path | None:
    home = os.environ.get(HOME_VARIABLE)
    if not home:
        return None
    try:
        return Path(home).expanduser().absolute() / name
    except RuntimeError as error:
        raise ThatsRightError(
            f"{HOME_VARIABLE} is {home}, but nobody of that name is known here. Set it to a folder."
        ) from error
