"""How loud each device is, as bars that move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.widgets import Static

from assistant.safetext import clean

if TYPE_CHECKING:
    from tui.desk import Level

_BAR: Final = 20
_NARROW_BAR: Final = 8
_NARROW: Final = 60
_WORDS: Final = 16
"""Cells of what the level is in words, where there is room."""
_LOUD: Final = 0.97
"""From here on it is too loud: 2 dB below where it is cut off."""


class Levels(Static):
    """A line a device."""

    def __init__(self) -> None:
        super().__init__("Opening the devices …", id="levels", markup=False)

    def show(self, levels: tuple[Level, ...]) -> None:
        """Draw them."""
        if not levels:
            self.update("No device was found. Plug in a microphone.")
            return
        width = max(self.size.width, 1)
        self.update(Content("\n").join(level_line(level, width) for level in levels))


def level_line(level: Level, width: int) -> Content:
    """Bar, number, name."""
    cells = _BAR if width >= _NARROW else _NARROW_BAR
    share = level.share or 0.0
    full = round(share * cells)
    colour = "$warning" if share >= _LOUD else "$success" if full else "$text-muted"
    what = "they " if level.loopback else "you  "
    line = Content.assemble(
        (what, "bold $primary"),
        ("█" * full, colour),
        ("·" * (cells - full), "$text-muted"),
        (f" {level.words:<{_WORDS}} " if width >= _NARROW else f" {level.words}  ", "$text-muted"),
        clean(level.name),
        (" (default)" if level.default else "", "$text-muted"),
    )
    return line.truncate(width, ellipsis=True)
