"""What the library is narrowed to: each part is a few words that can be clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from assistant.safetext import clean
from tui.words import OUTCOMES

if TYPE_CHECKING:
    from datetime import date

    from textual.app import ComposeResult
    from textual.events import Resize

    from tui.desk import Find

PARTS: Final = ("outcome", "counterpart", "tag", "since")
_ROOMY: Final = 56
"""Width from which each part has its name beside its value, cells."""
_NAMES: Final = {"outcome": "Ended", "counterpart": "With", "tag": "Tag", "since": "Since"}


class _Part(Static):
    """One of them."""

    def __init__(self, part: str) -> None:
        super().__init__("", id=f"filter-{part}", markup=False)
        self.part = part

    def on_click(self) -> None:
        """Ask for another value."""
        self.post_message(Filters.Wanted(self.part))


class Filters(Horizontal):
    """One line."""

    class Wanted(Message):
        """Another value is wanted for a part."""

        def __init__(self, part: str) -> None:
            self.part = part
            super().__init__()

    def __init__(self) -> None:
        super().__init__(id="filters")
        self._find: Find | None = None

    def compose(self) -> ComposeResult:
        """A part each."""
        for part in PARTS:
            yield _Part(part)

    @property
    def _roomy(self) -> bool:
        return self.size.width >= _ROOMY

    def on_resize(self, _event: Resize) -> None:
        """Fewer words where it is narrow."""
        if self._find is not None:
            self.show(self._find)

    def show(self, find: Find) -> None:
        """What it is narrowed to."""
        self._find = find
        for number, part in enumerate(self.query(_Part), start=1):
            value = value_of(find, part.part)
            part.update(
                Content.assemble(
                    (f"{number} ", "$primary"),
                    (_NAMES[part.part], "$text-muted") if not value or self._roomy else "",
                    " " if self._roomy else "",
                    (value, "bold $primary")
                    if value
                    else ("any" if self._roomy else "", "$text-muted"),
                )
            )
            part.set_class(bool(value), "-set")


def value_of(find: Find, part: str) -> str:
    """In words; empty where nothing is asked for."""
    match part:
        case "outcome":
            return OUTCOMES[find.outcome].word if find.outcome is not None else ""
        case "since":
            return day(find.since) if find.since is not None else ""
        case "counterpart":
            return clean(find.counterpart)
        case _:
            return clean(find.tag)


def day(of: date) -> str:
    """As it is written everywhere else."""
    return f"{of.day} {of:%b %Y}"
