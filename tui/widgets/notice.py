"""A sentence below everything, covering nothing: a warning, or where the call was saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tui.lines import wrap
from tui.view import Phase
from tui.widgets.drawn import Drawn

if TYPE_CHECKING:
    from collections.abc import Hashable

    from tui.view import View

_MOST_LINES = 3


class Notice(Drawn):
    """There while there is something to say."""

    def __init__(self, view: View) -> None:
        super().__init__(view, id="notice")

    def on_mount(self) -> None:
        """Begin as the view says."""
        self.changed()

    def on_resize(self) -> None:
        """Fit the words to the width."""
        self.changed()

    def face(self, view: View) -> Hashable:
        """The sentence and how serious it is."""
        return _sentence(view), view.phase, view.save_failed

    def changed(self) -> None:
        """Appear, disappear, or take as many lines as needed."""
        sentence = _sentence(self.view)
        self.set_class(not sentence, "-empty")
        self.set_class(self.view.phase is not Phase.ENDED, "-passing")
        self.set_class(self.view.phase is not Phase.ENDED or self.view.save_failed, "-warning")
        self.styles.height = min(len(wrap(sentence, self._room())), _MOST_LINES)
        self.refresh(layout=True)

    def lines(self, width: int, height: int) -> list[Content]:
        """At most `height` lines."""
        text = _sentence(self.view)
        return [Content(text[start:end]) for start, end in wrap(text, width)][:height]

    def _room(self) -> int:
        return max(self.screen.size.width - self.styles.gutter.width, 1)


def _sentence(view: View) -> str:
    if view.phase is Phase.ENDED:
        return ("! " if view.save_failed else "") + (view.saved or "Saving …")
    if view.phase is Phase.FAILED or not view.notice:
        return ""
    return f"! {view.notice}"
