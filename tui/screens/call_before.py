"""The part of the call's screen that shows the page from before the call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual import on

from assistant.errors import ThatsRightError
from tui.messages import PageRead
from tui.screens.call_why import Explaining
from tui.widgets.before import BeforePane

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.preparing_page import Section

BEFORE_ACTIONS: Final = frozenset({"before", "close_before"})


class BeforeTheCall(Explaining):
    """Reads the page as the call begins, so without the call itself; shows it on a key."""

    before: Callable[[], tuple[Section, ...]] | None

    @property
    def preparing(self) -> bool:
        """The page is open."""
        return self.has_class("-before")

    def on_mount(self) -> None:
        """Read it in a thread of its own."""
        if self.before is not None:
            self.run_worker(self._read, name="before", group="before", thread=True)

    def _read(self) -> None:
        if self.before is None:
            return
        try:
            self.post_message(PageRead(self.before()))
        except ThatsRightError as error:
            self.post_message(PageRead((), str(error)))

    @on(PageRead)
    def _page_read(self, message: PageRead) -> None:
        self.query_one(BeforePane).show(message.sections, message.trouble)

    def check_before(self, action: str) -> bool:
        """Whether a key of this part means something now."""
        return self.before is not None and self.preparing is (action == "close_before")

    def action_before(self) -> None:
        """Open the page; one panel at a time."""
        if self.explaining:
            self.action_close()
        self.add_class("-before")
        self.refresh_bindings()

    def action_close_before(self) -> None:
        """Close it."""
        self.remove_class("-before")
        self.refresh_bindings()

    def action_why(self, signal: int | None = None) -> None:
        """One panel at a time."""
        self.remove_class("-before")
        super().action_why(signal)
