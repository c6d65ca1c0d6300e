"""A widget that draws the view and is drawn again only when its part of it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Hashable

    from tui.view import View


class Drawn(Widget, can_focus=False):
    """Shows one part of a `View`. Text is put together as `Content`, never as markup."""

    ALLOW_SELECT: ClassVar[bool] = False
    """There is nothing to select but single words; the transcript is the place for that."""

    def __init__(self, view: View, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        self.view = view
        super().__init__(id=id)

    def show(self, view: View) -> None:
        """Draw `view` when it differs in what this widget shows."""
        before, self.view = self.view, view
        if self.face(before) != self.face(view):
            self.changed()

    def changed(self) -> None:
        """Called when there is something new to draw."""
        self.refresh()

    def face(self, view: View) -> Hashable:
        """What of the view this widget shows."""
        raise NotImplementedError

    def lines(self, width: int, height: int) -> list[Content]:
        """What is drawn into `width` x `height` cells, a `Content` a line."""
        raise NotImplementedError

    def render(self) -> Content:
        """Textual's hook."""
        size = self.content_size
        return Content("\n").join(self.lines(max(size.width, 1), max(size.height, 1)))


def between(left: Content, right: Content, width: int) -> Content:
    """`left` and `right` at the two ends of a line; the left one gives way."""
    room = max(width - right.cell_length - 2, 0)
    left = left.truncate(room, ellipsis=True)
    gap = max(width - left.cell_length - right.cell_length, 0)
    return Content.assemble(left, " " * gap, right)
