"""The timeline strip: both speakers, every signal, where one is; a click goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from tui.timeline import At, Timeline
from tui.widgets.drawn import Drawn

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from textual.content import Content
    from textual.events import Click

    from assistant.model import Event, Note
    from tui.view import View


class TimeStrip(Drawn):
    """Two lines."""

    class Seek(Message):
        """A moment was clicked."""

        def __init__(self, at_s: float) -> None:
            self.at_s = at_s
            """Call time in seconds."""
            super().__init__()

    def __init__(self, view: View) -> None:
        self._timeline = Timeline()
        self._at = At(view.info.duration_s or 0.0, 0.0, 0.0)
        super().__init__(view, id="strip")

    def hear(self, event: Event) -> None:
        """Take in an event; it is drawn with the next `show_at`."""
        self._timeline.hear(event)

    def noted(self, notes: Iterable[Note]) -> None:
        """These are the notes, and no others."""
        self._timeline.noted(notes)
        self.refresh()

    def show_at(self, front_s: float, now_s: float) -> None:
        """Draw where one is."""
        at = At(self.view.info.duration_s or 0.0, front_s, now_s)
        if at != self._at:
            self._at = at
            self.refresh()

    def face(self, view: View) -> Hashable:
        """The call's length; what is heard comes by itself."""
        return view.info, view.signals, view.phase, view.notes

    def lines(self, width: int, height: int) -> list[Content]:
        """Signals above, speech below."""
        return list(self._timeline.rows(width, self._at))[-height:]

    def on_click(self, event: Click) -> None:
        """Go there."""
        place = event.get_content_offset(self)
        if place is not None:
            width = self.content_size.width
            self.post_message(self.Seek(Timeline.moment_at(place.x, width, self._at)))
