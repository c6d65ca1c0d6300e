"""Who of a transcript's speakers is the user: what they said once, in a small private file."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final

from assistant.errors import ThatsRightError, TranscriptError
from assistant.paths import PRIVATE_FILE_MODE, private_folder
from assistant.transcripts import mine_among

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from assistant.transcripts import Written

FILE: Final = "me.json"
_MOST: Final = 50
"""Names beyond this many are forgotten, the oldest first."""


def recall_me(folder: Path) -> tuple[str, ...]:
    """Names the user goes by, the newest first; none when the file is missing or damaged."""
    try:
        kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return tuple(name for name in kept["names"] if isinstance(name, str))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ()


def remember_me(folder: Path, names: Sequence[str]) -> None:
    """Keep them for the next transcript; written beside and moved into place.

    Raises:
        ThatsRightError: it cannot be written.
    """
    all_names = dict.fromkeys((*names, *recall_me(folder)))
    path = private_folder(folder) / FILE
    fresh = path.with_suffix(".new")
    try:
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE_MODE)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"names": list(all_names)[:_MOST]}, file)
        fresh.replace(path)
    except OSError as error:
        raise ThatsRightError(
            f"{path} cannot be written ({error.strerror}), so your name is not remembered. Check "
            "the disk and the permissions."
        ) from error


def known(written: Written, me: str | None, remembered: Sequence[str]) -> tuple[str, ...]:
    """The names of the file that are me: as said now, as the file says, or as said before.

    Raises:
        TranscriptError: nothing of that fits; the message lists the names.
    """
    if me is not None:
        return mine_among(written, me)
    try:
        return mine_among(written, None)
    except TranscriptError:
        for name in remembered:
            mine = tuple(n for n in written.names if n.casefold() == name.casefold())
            if mine:
                return mine
        raise


def common_name(files: Sequence[Sequence[str]]) -> str | None:
    """The one speaker of all files, where the others change: most likely the user."""
    if len(files) < 2 or len({name for names in files for name in names}) < 3:  # noqa: PLR2004
        return None
    shared = [name for name in files[0] if all(name in names for names in files[1:])]
    return shared[0] if len(shared) == 1 else None
