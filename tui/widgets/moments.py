"""What a call came to, on one page, with its moments to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from tui.reviewing import compared_lines, moment_lines, rest_lines
from tui.widgets.summary import head_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.geometry import Size

    from assistant.model import Event, Moment
    from tui.reviewing import Reviewed


class MomentsPane(VerticalScroll, can_focus=False):
    """Outcome and measures, moments, what was left open, earlier calls."""

    class Chosen(Message):
        """A moment was clicked."""

        def __init__(self, at_s: float) -> None:
            self.at_s = at_s
            """Call time in seconds."""
            super().__init__()

    def __init__(self, call: Reviewed) -> None:
        super().__init__(id="moments")
        self._call = call

    def compose(self) -> ComposeResult:
        """A text a part, so that a moment can be shown and clicked as one."""
        summary = self._call.summary
        yield Static(Content("\n").join(head_lines(summary)), markup=False)
        for moment in summary.moments:
            yield OneMoment(moment, self._call.events)
        rest = (*rest_lines(summary), *compared_lines(self._call.compared))
        if rest:
            yield Static(Content("\n").join(rest), markup=False)

    def choose(self, at_s: float, *, scroll: bool) -> None:
        """Show which moment is looked at, if it is one; `scroll` brings it into sight."""
        for each in self.query(OneMoment):
            here = each.at_s == at_s
            each.set_class(here, "-here")
            if here and scroll:
                each.scroll_visible(animate=False)


class OneMoment(Widget, can_focus=False):
    """What I said, what they said, what I could have said."""

    ALLOW_SELECT: ClassVar[bool] = False

    def __init__(self, moment: Moment, events: Sequence[Event]) -> None:
        super().__init__()
        self._moment, self._events = moment, events
        self.at_s = moment.at_s
        """Call time in seconds."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As high as the words."""
        del container, viewport
        return len(list(moment_lines(self._moment, self._events, max(width, 1))))

    def render(self) -> Content:
        """Textual's hook."""
        width = max(self.content_size.width, 1)
        return Content("\n").join(moment_lines(self._moment, self._events, width))

    def on_click(self) -> None:
        """Go there."""
        self.post_message(MomentsPane.Chosen(self.at_s))
