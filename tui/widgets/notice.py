"""A sentence below everything, covering nothing: a warning, or where the call was saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tui.view import Phase
from tui.widgets.drawn import Drawn
from tui.wrapping import wrap

if TYPE_CHECKING:
    from collections.abc import Hashable

    from textual.timer import Timer

    from tui.view import View

_MOST_LINES = 3

FLASH_S = 4.0
"""How long a passing word stays, seconds."""


class Notice(Drawn):
    """There while there is something to say."""

    def __init__(self, view: View) -> None:
        self._flash = ""
        self._until: Timer | None = None
        super().__init__(view, id="notice")

    def flash(self, text: str) -> None:
        """Say this for a moment, instead of what is there."""
        if self._until is not None:
            self._until.stop()
        self._flash = text
        self._until = self.set_timer(FLASH_S, self._over)
        self.changed()

    def _over(self) -> None:
        self._flash = ""
        self.changed()

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
        sentence = self._flash or _sentence(self.view)
        ended = self.view.phase is Phase.ENDED
        self.set_class(not sentence, "-empty")
        self.set_class(not ended and not self._flash, "-passing")
        self.set_class((not ended or self.view.save_failed) and not self._flash, "-warning")
        self.styles.height = min(len(wrap(sentence, self._room())), _MOST_LINES)
        self.refresh(layout=True)

    def lines(self, width: int, height: int) -> list[Content]:
        """At most `height` lines."""
        text = self._flash or _sentence(self.view)
        return [Content(text[start:end]) for start, end in wrap(text, width)][:height]

    def _room(self) -> int:
        return max(self.screen.size.width - self.styles.gutter.width, 1)


def _sentence(view: View) -> str:
    if view.phase is Phase.ENDED:
        return ("! " if view.save_failed else "") + (view.saved or "Saving …")
    if view.phase is Phase.FAILED or not view.notice:
        return ""
    return f"! {view.notice}"
