"""The prompt the user wants to keep in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tui.widgets.drawn import Drawn

if TYPE_CHECKING:
    from collections.abc import Hashable

    from tui.view import View


class Pinned(Drawn):
    """One line, there while something is pinned and is not the prompt itself."""

    def __init__(self, view: View) -> None:
        super().__init__(
            view,
            id="pinned",
        )
        self.display = False

    def face(self, view: View) -> Hashable:
        """What is pinned, and what is shown anyway."""
        return view.pinned, view.prompt, view.used

    def changed(self) -> None:
        """Appear or disappear."""
        pinned = self.view.pinned
        self.display = pinned is not None and (pinned != self.view.prompt or self.view.used)
        super().changed()

    def lines(self, width: int, height: int) -> list[Content]:
        """The words to say."""
        del height
        if self.view.pinned is None:
            return []
        words = Content.assemble(("▎ ", "$primary"), self.view.pinned.say)
        return [words.truncate(width, ellipsis=True)]
