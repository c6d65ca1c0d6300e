"""The panel that says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll

from tui.why import explain, lines
from tui.widgets.drawn import Drawn

if TYPE_CHECKING:
    from collections.abc import Hashable

    from textual.app import ComposeResult
    from textual.content import Content
    from textual.geometry import Size

    from tui.view import View


class WhyPane(VerticalScroll, can_focus=False):
    """One signal explained, to be scrolled where it is longer than the panel."""

    def __init__(self, view: View) -> None:
        super().__init__(id="why")
        self._explanation = Explanation(view)

    def compose(self) -> ComposeResult:
        """One page of text."""
        yield self._explanation

    def choose(self, chosen: int | None) -> None:
        """Explain this signal from now on; None: there is none."""
        if self._explanation.choose(chosen):
            self.scroll_home(animate=False)


class Explanation(Drawn):
    """The text of the panel."""

    def __init__(self, view: View) -> None:
        self._chosen: int | None = None
        super().__init__(view, id="explanation")

    def choose(self, chosen: int | None) -> bool:
        """Draw another signal; True when it is another."""
        if chosen == self._chosen:
            return False
        self._chosen = chosen
        self.changed()
        return True

    def face(self, view: View) -> Hashable:
        """Everything that is said of the signal."""
        return explain(view, self._chosen)

    def changed(self) -> None:
        """It may be longer or shorter now."""
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As high as the text."""
        del container, viewport
        return len(self._lines(width))

    def lines(self, width: int, height: int) -> list[Content]:
        """All of it; the panel scrolls."""
        del height
        return self._lines(width)

    def _lines(self, width: int) -> list[Content]:
        return lines(explain(self.view, self._chosen), max(width, 1))
