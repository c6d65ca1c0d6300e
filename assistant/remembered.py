"""What is remembered between runs: the devices used last, and that the first screens were read.

Each is a small private file in the data folder.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from assistant.whole_files import write_private

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = "devices.json"
WELCOMED: Final = "welcomed.json"


@dataclass(frozen=True, slots=True)
class Used:
    """What the user named last; None for what was never named."""

    mic: str | None = None
    them: str | None = None


def recall(folder: Path) -> Used:
    """What was used last; nothing when the file is not there or damaged, since it costs nothing."""
    try:
        kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
        named = {k: kept[k] for k in ("mic", "them") if isinstance(kept.get(k), str)}
    except (OSError, ValueError, AttributeError):
        return Used()
    return Used(**named)


def remember(folder: Path, used: Used) -> None:
    """Keep it for the next call; written beside and moved into place.

    Raises:
        ThatsRightError: it cannot be written.
    """
    write_private(folder / FILE, asdict(used), "the devices are not remembered")


def was_welcomed(folder: Path) -> bool:
    """Whether the first screens were read, or skipped, on this machine."""
    return (folder / WELCOMED).is_file()


def welcomed(folder: Path) -> None:
    """They need not come again.

    Raises:
        ThatsRightError: it cannot be written.
    """
    write_private(folder / WELCOMED, {"welcomed": True}, "the introduction will come again")
