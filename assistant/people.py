"""Who of a transcript's speakers is the user: what they said once, in a small private file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from assistant.errors import TranscriptError
from assistant.transcripts import mine_among
from assistant.whole_files import write_private

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
    write_private(folder / FILE, {"names": list(all_names)[:_MOST]}, "your name is not remembered")


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
