"""What can be done here, a line each: its key, its name, a few words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

if TYPE_CHECKING:
    from textual.events import Resize

_NAME: Final = 22
_ABOUT_FROM: Final = 46
"""Width from which there is room for a few words on each, cells."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be done."""

    action: str
    """Of the screen, without arguments."""
    key: str
    name: str
    about: str = ""
    warns: bool = False
    """True when it waits for an answer of the user."""


class Menu(OptionList):
    """A list that can be walked with the keys, or clicked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "below", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
        Binding("enter", "select", "Open", tooltip="Do what is chosen"),
    ]

    class Below(Message):
        """The user went down from the last one."""

    class Meant(Message):
        """The user wants to do one."""

        def __init__(self, action: str) -> None:
            self.action = action
            super().__init__()

    def __init__(self, entries: tuple[Entry, ...] = ()) -> None:
        super().__init__(id="menu", compact=True)
        self._entries = entries

    def on_mount(self) -> None:
        """As they were given."""
        self.show(self._entries)

    def on_resize(self, _event: Resize) -> None:
        """Leave out what there is no room for."""
        self.show(self._entries)

    def show(self, entries: tuple[Entry, ...]) -> None:
        """Show these; the one chosen stays chosen."""
        before = self.highlighted_option
        kept = before.id if before is not None else None
        self._entries = entries
        self.clear_options()
        self.add_options(Option(self._line(entry), id=entry.action) for entry in entries)
        ids = [entry.action for entry in entries]
        self.highlighted = ids.index(kept) if kept in ids else 0 if ids else None
        self.styles.height = max(len(entries), 1)

    def action_below(self) -> None:
        """Down, and on into what stands below."""
        if self.highlighted is not None and self.highlighted >= self.option_count - 1:
            self.post_message(self.Below())
        else:
            self.action_cursor_down()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click."""
        event.stop()
        if event.option_id is not None:
            self.post_message(self.Meant(event.option_id))

    def _line(self, entry: Entry) -> Content:
        name = (entry.name, "bold $warning" if entry.warns else "bold")
        if self.size.width < _ABOUT_FROM or not entry.about:
            return Content.assemble((f"{entry.key}  ", "$primary"), name)
        pad = " " * max(_NAME - len(entry.name), 2)
        return Content.assemble(
            (f"{entry.key}  ", "$primary"), name, pad, (entry.about, "$text-muted")
        )
