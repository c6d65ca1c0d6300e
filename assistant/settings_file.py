"""The settings file, changed one value at a time: comments and order stay the user's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tomlkit
from tomlkit.exceptions import TOMLKitError

from assistant import config
from assistant.errors import ConfigError, ThatsRightError
from assistant.paths import private_folder
from assistant.whole_files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

Value = str | int | bool | list[str]


def changed(text: str, key: str, value: Value | None) -> str:
    """The same file with another value; None takes the key out.

    Raises:
        ConfigError: the file is no TOML, or the value does not fit.
    """
    if value is not None:
        config.check(key, value)
    try:
        document = tomlkit.parse(text)
        if value is None:
            document.pop(key, None)
        else:
            document[key] = value
        return tomlkit.dumps(document)
    except TOMLKitError as error:
        raise ConfigError(
            f"The settings file is not valid TOML: {error}. Mend it first, then set this."
        ) from None


def write(key: str, value: Value | None, folder: Path) -> None:
    """Change one value in the settings file of a folder; it is whole at any moment.

    Raises:
        ConfigError: the value does not fit, or the file is no TOML; it is as it was.
        ThatsRightError: it cannot be written; it is as it was.
    """
    path = folder / config.FILE
    before = config.read(path)
    after = changed(before, key, value)
    if after == before:
        return
    private_folder(folder)
    target = path.resolve()  # a link stays one
    try:
        write_whole(target, after.encode())
    except OSError as error:
        raise ThatsRightError(
            f"{path} cannot be written ({error.strerror}). Check the disk and the permissions; "
            "nothing was changed."
        ) from error
