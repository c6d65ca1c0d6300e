"""A screen with a title, something to do, a line that says how it went, and its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from textual import on
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import get_current_worker

from assistant.errors import ThatsRightError
from assistant.safetext import clean
from tui.asking import Failed
from tui.widgets.keys import Keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.app import ComposeResult
    from textual.events import Resize
    from textual.message import Message
    from textual.timer import Timer
    from textual.widget import Widget

    from tui.desk import Desk

Result = TypeVar("Result")

SAID_S: Final = 6.0
"""How long a sentence that reports success stays, seconds. One on a failure stays."""

NARROW: Final = 60


BACK: Final = (
    Binding("question_mark", "app.help", "Keys", key_display="?"),
    Binding("escape", "leave", "Back", key_display="Esc"),
    Binding("q", "leave", "Back", show=False),
)
"""The last keys of every page."""


class Page(Screen[Result]):
    """The work is done in threads; what comes of it arrives as messages."""

    NAME = ""
    """What stands at the top."""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-normal"), (120, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall"), (36, "-roomy")]  # noqa: RUF012

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._unsaid: Timer | None = None

    def body(self) -> Iterator[Widget]:
        """What stands between the title and the keys."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """The same frame everywhere."""
        yield Static(self.heading(), id="title", markup=False)
        yield from self.body()
        yield Static("", id="said", markup=False)
        yield Keys()

    def heading(self) -> Content:
        """The line at the top."""
        return Content.assemble(("thatsright", "$text-muted"), "  ", (self.NAME, "bold"))

    def retitle(self) -> None:
        """The line at the top has changed."""
        self.query_one("#title", Static).update(self.heading())

    def on_resize(self, event: Resize) -> None:
        """Keep the keys in sight on a narrow screen."""
        self.query_one(Keys).compact = event.size.width < NARROW
        self.retitle()

    def say(self, sentence: str, *, wrong: bool = False) -> None:
        """One sentence above the keys."""
        if self._unsaid is not None:
            self._unsaid.stop()
            self._unsaid = None
        if not self.query("#said"):  # the screen is being left
            return
        said = self.query_one("#said", Static)
        said.update(Content(("! " if wrong else "") + clean(sentence)))
        said.set_class(wrong, "-wrong")
        said.set_class(bool(sentence), "-there")
        if sentence and not wrong:
            self._unsaid = self.set_timer(SAID_S, self.unsay)

    def unsay(self) -> None:
        """Nothing to say any more."""
        self.say("")

    def work(self, job: Callable[[], Message], group: str) -> None:
        """Do this in a thread; the message it returns comes to this screen.

        A newer job of the same group makes an older one's answer worthless.
        """

        def run() -> None:
            worker = get_current_worker()
            try:
                message = job()
            except ThatsRightError as error:
                message = Failed(str(error))
            if not worker.is_cancelled:
                self.post_message(message)

        self.run_worker(run, thread=True, group=group, exclusive=True)

    @on(Failed)
    def _failed(self, message: Failed) -> None:
        self.say(message.sentence, wrong=True)

    def action_leave(self) -> None:
        """Back to where one came from."""
        self.dismiss()
