"""A line to type what is looked for."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input


class SearchLine(Input):
    """Down leaves it for what was found."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "below", "To the list", show=False, tooltip="Into what was found"),
    ]

    class Below(Message):
        """The user went down."""

    def __init__(self, words: str, hint: str) -> None:
        super().__init__(words, placeholder=hint, id="search", compact=True)

    def action_below(self) -> None:
        """Down."""
        self.post_message(self.Below())
