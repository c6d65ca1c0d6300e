"""A list of calls. Only the lines in sight are made, so thousands of calls cost nothing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from tui.call_rows import Around, call_row, words_row

if TYPE_CHECKING:
    from textual.events import Click, Resize

    from assistant.stored import StoredCall

_WITH_WORDS: Final = 2
"""Lines of a call while words are searched for."""


class CallsList(ScrollView, can_focus=True):
    """Calls, one of which is chosen."""

    ALLOW_SELECT: ClassVar[bool] = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"calls--chosen", "calls--chosen-blurred"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "move_page(-1)", "Page up", show=False),
        Binding("pagedown", "move_page(1)", "Page down", show=False),
        Binding("home,g", "move_to(0)", "First", show=False),
        Binding("end,G", "move_to(-1)", "Last", show=False),
        Binding("enter", "open", "Open", tooltip="Look at this call"),
    ]

    class Opened(Message):
        """The user wants to see a call."""

        def __init__(self, call: StoredCall) -> None:
            self.call = call
            super().__init__()

    class Above(Message):
        """The user went up from the first one."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._calls: tuple[StoredCall, ...] = ()
        self._chosen = 0
        self._with_words = False

    @property
    def calls(self) -> tuple[StoredCall, ...]:
        """All of them."""
        return self._calls

    @property
    def chosen(self) -> StoredCall | None:
        """The one the keys mean; None when there is none."""
        return self._calls[self._chosen] if self._calls else None

    def show(self, calls: tuple[StoredCall, ...]) -> None:
        """Show these; the one chosen stays chosen while it is among them, or its place is."""
        before = self.chosen
        self._calls = calls
        self._with_words = any(call.snippet for call in calls)
        places = {call.id: place for place, call in enumerate(calls)}
        kept = places.get(before.id) if before is not None else None
        self._chosen = kept if kept is not None else min(self._chosen, max(len(calls) - 1, 0))
        self._grown()
        self._to_chosen()

    def restart(self) -> None:
        """The first one is chosen: another search."""
        self._chosen = 0
        self._to_chosen()

    def on_resize(self, _event: Resize) -> None:
        """Lines are as wide as there is room."""
        self._grown()

    def on_click(self, event: Click) -> None:
        """Choose; a second click opens."""
        place = (self.scroll_offset.y + event.y) // self._lines
        if place >= len(self._calls):
            return
        again = event.chain > 1
        self._chosen = place
        self.refresh()
        if again:
            self.action_open()

    def action_move(self, by: int) -> None:
        """One up or down."""
        if by < 0 and self._chosen == 0:
            self.post_message(self.Above())
            return
        self._go(self._chosen + by)

    def action_move_page(self, by: int) -> None:
        """As many as are in sight."""
        self._go(self._chosen + by * max(self.size.height // self._lines - 1, 1))

    def action_move_to(self, place: int) -> None:
        """The first or the last."""
        self._go(place if place >= 0 else len(self._calls) - 1)

    def action_open(self) -> None:
        """Enter."""
        if self.chosen is not None:
            self.post_message(self.Opened(self.chosen))

    def render_line(self, y: int) -> Strip:
        """Line `y` from the top of the pane."""
        width = self.scrollable_content_region.width
        place, line = divmod(self.scroll_offset.y + y, self._lines)
        if place >= len(self._calls):
            return Strip.blank(width, self.visual_style.rich_style)
        around = Around(max(width - 2, 1), datetime.now().astimezone().date())
        row = (words_row if line else call_row)(self._calls[place], around)
        style = self.visual_style
        if place == self._chosen:
            name = "calls--chosen" if self.has_focus else "calls--chosen-blurred"
            style = self.get_visual_style(name)
        mark = "▸ " if place == self._chosen and self.has_focus and not line else "  "
        content = Content.assemble(mark, row)
        strips = Visual.to_strips(self, content, width, 1, style)
        return strips[0].adjust_cell_length(width, style.rich_style)

    @property
    def _lines(self) -> int:
        return _WITH_WORDS if self._with_words else 1

    def _go(self, place: int) -> None:
        if not self._calls:
            return
        self._chosen = min(max(place, 0), len(self._calls) - 1)
        self._to_chosen()
        self.refresh()

    def _to_chosen(self) -> None:
        region = Region(0, self._chosen * self._lines, max(self.size.width, 1), self._lines)
        self.scroll_to_region(region, animate=False, force=True, immediate=True)

    def _grown(self) -> None:
        width = self.scrollable_content_region.width
        self.virtual_size = Size(width, len(self._calls) * self._lines)
        self.refresh()
