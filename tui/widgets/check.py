"""One thing that was looked at: how it went, what it is, what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from assistant.safetext import clean
from tui.desk import Sureness

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.desk import Check

LOOKS: Final = {
    Sureness.GOOD: ("✓", "good", "$success"),
    Sureness.WARNING: ("◇", "look", "$warning"),
    Sureness.BAD: ("▼", "wrong", "$error"),
}
"""Shape, word and colour."""


class CheckRow(Container):
    """Two columns, or two lines where it is narrow."""

    def __init__(self, check: Check) -> None:
        super().__init__()
        self._check = check

    def compose(self) -> ComposeResult:
        """What it is, then what was found."""
        shape, word, colour = LOOKS[self._check.sure]
        name = Content.assemble((f"{shape} {word:<6}", colour), (clean(self._check.name), "bold"))
        yield Static(name, classes="what", markup=False)
        yield Static(Content(clean(self._check.found)), classes="found", markup=False)
