"""The transcript on the screen. Only the lines in sight are made."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.lines import Log, Sheet

if TYPE_CHECKING:
    from textual.events import Click, Resize

    from assistant.model import Event
    from tui.lines import Line

_MARKED: Final = Style(underline=True)
_SPACED_FROM: Final = 24
"""Height from which turns are set apart by an empty line."""


class TranscriptPane(ScrollView, can_focus=False):
    """Follows the newest line until the user scrolls away from it."""

    ALLOW_SELECT: ClassVar[bool] = False
    """Lines are drawn, not laid out as text that could be selected."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "line--me",
        "line--them",
        "line--unknown",
        "line--name-me",
        "line--name-them",
        "line--name-unknown",
        "line--partial",
        "line--doubtful",
        "line--time",
        "line--remark",
        "line--note",
        "line--good",
        "line--hollow",
        "line--against",
        "line--mine",
        "line--plain",
    }

    class Picked(Message):
        """The name of a signal was clicked."""

        def __init__(self, signal: int) -> None:
            self.signal = signal
            """Its id."""
            super().__init__()

    def __init__(self, log: Log | None = None) -> None:
        super().__init__(id="transcript")
        self._log = log or Log()
        self._sheet = Sheet(self._log, 0)
        self._dirty_from: int | None = None
        self._strips: LRUCache[tuple[int, int], Strip] = LRUCache(256)
        self._base: Style | None = None
        """Of all text here; found anew when the theme changes."""
        self.follow = True
        """True while the newest line is kept in sight."""

    def restart(self) -> None:
        """Forget everything: another moment of the call is shown from now on."""
        self.show_log(Log())
        self.follow = True

    def show_log(self, log: Log) -> None:
        """Show this instead of what is there, once `settle` is called."""
        self._log = log
        self._sheet = Sheet(self._log, self._sheet.width, spaced=self._sheet.spaced)
        self._dirty_from = 0

    def hear(self, event: Event) -> None:
        """Take in an event; `settle` puts it on the screen."""
        changed = self._log.hear(event)
        if changed is not None:
            first = changed if self._dirty_from is None else min(changed, self._dirty_from)
            self._dirty_from = first

    def settle(self) -> None:
        """Lay out what changed since the last time."""
        if self._dirty_from is None or not self.size.width:
            return
        first = self._dirty_from
        self._sheet.lay_out(first)
        self._dirty_from = None
        self._grown(first)

    def on_resize(self, event: Resize) -> None:
        """Lay out everything at the new width."""
        del event
        self.fit()

    def fit(self) -> None:
        """Lay out at the width there is; the line at the top stays the one it was."""
        width = self.scrollable_content_region.width
        if not width:
            return
        spaced = self.size.height >= _SPACED_FROM
        if (width, spaced) == (self._sheet.width, self._sheet.spaced):
            self.settle()  # what was heard while the pane was not in sight
            self._grown()
            return
        top = self._sheet.entry_at(self.scroll_offset.y)
        self._sheet = Sheet(self._log, width, spaced=spaced)
        self._sheet.lay_out()
        self._dirty_from = None
        self._grown()
        if not self.follow:
            self.scroll_to(y=self._sheet.start_of(top), animate=False)

    def on_click(self, event: Click) -> None:
        """Tell which signal was meant, if any: its name is clicked, or the space beside it."""
        line = self._sheet.line(self.scroll_offset.y + event.y)
        meant = next((piece.signal for piece in line if piece.signal is not None), None)
        if meant is not None:
            self.post_message(self.Picked(meant))

    def action_newest(self) -> None:
        """Show the newest line and stay with it."""
        self.follow = True
        self.scroll_end(animate=False, immediate=True, x_axis=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Stop following when the user goes up, follow again at the end."""
        super().watch_scroll_y(old_value, new_value)
        self.follow = new_value >= self.max_scroll_y

    def notify_style_update(self) -> None:
        """Forget lines drawn in the colours of another theme."""
        super().notify_style_update()
        self._base = None
        self._strips.clear()

    def render_line(self, y: int) -> Strip:
        """Line `y` from the top of the pane."""
        number = self.scroll_offset.y + y
        width = self.size.width
        key = (number, width)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strip(self._sheet.line(number), width)
            self._strips[key] = strip
        return strip

    def _grown(self, first: int = 0) -> None:
        """Entries from `first` on are laid out anew; lines above them stay as they are."""
        follow = self.follow
        changed_from = self._sheet.start_of(first)
        for key in list(self._strips.keys()):
            if key[0] >= changed_from:
                self._strips.discard(key)
        self.virtual_size = Size(self._sheet.width, self._sheet.height)
        if follow:
            self.action_newest()
        self.refresh()

    def _strip(self, line: Line, width: int) -> Strip:
        if self._base is None:
            self._base = self.rich_style
        base = self._base
        segments = []
        for piece in line:
            style = base + self.get_component_rich_style(f"line--{piece.style}", partial=True)
            segments.append(Segment(piece.text, style + _MARKED if piece.marked else style))
        return Strip(segments).adjust_cell_length(width, base)
