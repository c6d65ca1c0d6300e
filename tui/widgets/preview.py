"""What is known of a file before it is played."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.widgets import Static

from assistant.calltime import clock
from assistant.safetext import clean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tui.desk import Preview

_UNITS: Final = ("B", "KB", "MB", "GB")
_STEP: Final = 1000
_MOST_NAMES: Final = 3


class PreviewPane(Static):
    """A few lines."""

    def __init__(self) -> None:
        super().__init__(id="preview", markup=False)
        self.show(None, "")

    def looking(self, path: Path) -> None:
        """It is being looked into."""
        self.update(
            Content.assemble((clean(path.name), "bold"), "\n", ("Looking into it …", "$text-muted"))
        )

    def show(self, preview: Preview | None, me: str) -> None:
        """What was found; `me` is the side that is me, empty where there is none to choose."""
        if preview is None:
            words = "Choose a recording or a transcript. Enter plays it."
            self.update(Content.styled(words, "$text-muted"))
        else:
            self.update(Content("\n").join(_lines(preview, me)))


def _lines(preview: Preview, me: str) -> Iterator[Content]:
    yield Content.styled(clean(preview.path.name), "bold")
    if preview.problem:
        yield Content.styled(f"! {clean(preview.problem)}", "$error")
        return
    length = clock(preview.duration_s) if preview.duration_s is not None else "length unknown"
    yield Content(f"{clean(preview.kind)}, {length}, {size(preview.size_bytes)}")
    if me and len(preview.sides) > 1:
        others = [side for side in preview.sides if side != me][:_MOST_NAMES]
        them = ", ".join(clean(other) for other in others)
        yield Content.assemble(
            "You are ", (clean(me), "bold $primary"), f", they are {them}.",
        )  # fmt: skip
    if preview.known:
        yield Content.styled(clean(preview.known), "$warning")
    if preview.first_words:
        yield Content.styled(f"“{clean(preview.first_words)}”", "italic $text-muted")


def size(count: int) -> str:
    """Bytes as people read them: `812 KB`, `1.4 GB`."""
    value, unit = float(count), 0
    while value >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    digits = 1 if unit and value < 10 else 0  # noqa: PLR2004 - two figures say enough
    return f"{value:.{digits}f} {_UNITS[unit]}"
