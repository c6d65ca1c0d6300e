"""A finished call, as its report says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Markdown

from assistant.safetext import clean
from tui.asking import Done, Read
from tui.screens.page import BACK, Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.widget import Widget

    from assistant.stored import StoredCall
    from tui.desk import Desk


class ReportScreen(Page[None]):
    """One long page."""

    NAME = "Report"
    HELP_TEXT = "What happened in this call, moment by moment."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "export", "Export", tooltip="Write it into your documents, as Markdown"),
        Binding("c", "copy", "Copy", tooltip="Copy all of it"),
        *BACK,
    ]

    def __init__(self, desk: Desk, call: StoredCall) -> None:
        super().__init__(desk)
        self._call = call
        self._text = ""

    def heading(self) -> Content:
        """The call's title."""
        return Content.assemble(
            ("thatsright", "$text-muted"), "  ", (clean(self._call.title), "bold")
        )

    def body(self) -> Iterator[Widget]:
        """The page."""
        with VerticalScroll(id="report"):
            yield Markdown("Reading …", id="text", open_links=False)

    def on_mount(self) -> None:
        """Read it."""
        self.query_one("#report").focus()
        self.work(lambda: Read(self.desk.report(self._call.id)), "report")

    @on(Read)
    def _read(self, message: Read) -> None:
        self._text = message.text
        self.query_one("#text", Markdown).update(message.text)

    def action_copy(self) -> None:
        """All of it."""
        self.app.copy_to_clipboard(self._text)
        self.say("Copied.")

    def action_export(self) -> None:
        """Into a file."""
        self.work(lambda: Done(f"Written to {self.desk.export(self._call.id, 'md')}."), "export")

    @on(Done)
    def _done(self, message: Done) -> None:
        self.say(message.sentence)
