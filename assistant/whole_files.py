"""Files whole at any moment: written beside, for their owner alone, and moved into place."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import ThatsRightError
from assistant.paths import private_folder

if TYPE_CHECKING:
    from collections.abc import Mapping


def write_whole(path: Path, content: bytes) -> None:
    """Make `content` the file's, or leave what was there; the folder exists.

    Raises:
        OSError: it cannot be written.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".thatsright-", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def write_private(path: Path, fields: Mapping[str, object], lost: str) -> None:
    """Write a small JSON file into a folder of ours.

    Raises:
        ThatsRightError: it cannot be written; `lost` says what that means.
    """
    private_folder(path.parent)
    try:
        write_whole(path, json.dumps(fields).encode())
    except OSError as error:
        raise ThatsRightError(
            f"{path} cannot be written ({error.strerror}), so {lost}. "
            "Check the disk and the permissions."
        ) from error
