"""What a call came to, on one page, with its moments to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.reviewing import compared_lines, moment_lines, rest_lines
from tui.widgets.summary import head_lines

if TYPE_CHECKING:
    from textual.app import ComposeResult

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
            yield OneMoment(
                moment.at_s, Content("\n").join(moment_lines(moment, self._call.events))
            )
        rest = (*rest_lines(summary), *compared_lines(self._call.compared))
        if rest:
            yield Static(Content("\n").join(rest), markup=False)

    def choose(self, at_s: float) -> None:
        """Show which moment is looked at, if it is one."""
        for each in self.query(OneMoment):
            here = each.at_s == at_s
            each.set_class(here, "-here")
            if here:
                each.scroll_visible(animate=False)


class OneMoment(Static):
    """What I said, what they said, what I could have said."""

    def __init__(self, at_s: float, text: Content) -> None:
        super().__init__(text, markup=False)
        self.at_s = at_s
        """Call time in seconds."""

    def on_click(self) -> None:
        """Go there."""
        self.post_message(MomentsPane.Chosen(self.at_s))
