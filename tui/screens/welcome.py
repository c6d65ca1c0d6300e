"""The first three screens: what it does, consent, whether both sides are heard."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static
from textual.worker import get_current_worker

from assistant.errors import ThatsRightError
from tui.asking import Failed, Heard
from tui.homing import Homing
from tui.screens.page import Page
from tui.widgets.levels import Levels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.widget import Widget

    from tui.desk import Desk

SAY_ALOUD: Final = (
    "Before we start: I use a program on my own computer that writes down what we both say, to "
    "help me listen. Nothing leaves my machine. Is that all right with you?"
)

_PAGES: Final = ("What it does", "Consent", "Sound check")

_WHAT: Final = Content.assemble(
    ("“That's right.”", "bold $success"),
    " They feel understood. You have leverage.\n",
    ("“You're right.”", "bold $warning"),
    " They want you to stop. Something is still missing.\n\n",
    "Beside your calls this hears the difference, shows one short thing to say, and afterwards "
    "tells what happened.\n\n",
    ("Nothing leaves this machine. ", "bold"),
    "No account, no network. What was said is kept in your library, for you alone; the sound only "
    "when you ask for it.",
)
_CONSENT: Final = Content.assemble(
    "Both sides are written down. In many places that needs the other's consent, in some from "
    "everybody on the call. Ask first. You might say:\n\n",
    (f"“{SAY_ALOUD}”", "bold $primary"),
    "\n\n",
    ("c copies it. If they say no, do not start it. ", "$text-muted"),
    ("This is no legal advice; the law of each speaker's place counts.", "$text-muted"),
)
_SOUND: Final = Content(
    "Say something, and play any sound: both bars should move. A headset keeps their voice out of "
    "your microphone."
)


class WelcomeScreen(Homing, Page[None]):
    """Shown once; can be skipped, and had again from Home."""

    NAME = ""
    HELP_TEXT = "Three short pages. Enter goes on, Escape skips them; they come once."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,right,space", "on", "Next", key_display="⏎"),
        Binding("left,backspace", "back", "Back", key_display="←"),
        Binding("c", "copy", "Copy", tooltip="Copy the sentence to say"),
        Binding("question_mark", "app.help", "Keys", key_display="?"),
        Binding("escape,q", "leave", "Skip", key_display="Esc"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._at = 0

    def heading(self) -> Content:
        """Where one is."""
        steps = "".join("●" if at <= self._at else "○" for at in range(len(_PAGES)))
        return Content.assemble(
            ("thatsright", "$text-muted"), "  ", (_PAGES[self._at], "bold"), f"  {steps}"
        )

    def body(self) -> Iterator[Widget]:
        """A page that scrolls where it must."""
        with VerticalScroll(id="welcome"):
            yield Static(_WHAT, id="words", markup=False)
            yield Levels()

    def on_mount(self) -> None:
        """The first page."""
        self.query_one("#welcome").focus()
        self._show()

    def _show(self) -> None:
        self.query_one("#words", Static).update((_WHAT, _CONSENT, _SOUND)[self._at])
        self.query_one("#welcome", VerticalScroll).scroll_home(animate=False)
        self.set_class(self._at == len(_PAGES) - 1, "-sound")
        self.retitle()
        self.refresh_bindings()
        if self._at == len(_PAGES) - 1:
            self._listen()
        else:
            self.workers.cancel_group(self, "listen")

    def _listen(self) -> None:
        def listen() -> None:
            worker = get_current_worker()
            try:
                ear = self.desk.listen()
            except ThatsRightError as error:
                self.post_message(Failed(str(error)))
                self.post_message(Heard(()))
                return
            try:
                while not worker.is_cancelled:
                    self.post_message(Heard(ear.read()))
            finally:
                ear.close()

        self.run_worker(listen, thread=True, group="listen", exclusive=True)

    @on(Heard)
    def _heard(self, message: Heard) -> None:
        self.query_one(Levels).show(message.levels)

    def action_on(self) -> None:
        """The next page; after the last, Home."""
        if self._at == len(_PAGES) - 1:
            self.action_leave()
            return
        self._at += 1
        self._show()

    def action_back(self) -> None:
        """The page before."""
        self._at = max(self._at - 1, 0)
        self._show()

    def action_leave(self) -> None:
        """Read, or not wanted: either way they do not come again by themselves."""
        self.workers.cancel_group(self, "listen")
        self.home.welcomed()
        self.dismiss()

    def action_copy(self) -> None:
        """The sentence, to send or to read."""
        self.app.copy_to_clipboard(SAY_ALOUD)
        self.say("Copied.")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys of the page one is on."""
        del parameters
        if action == "back":
            return self._at > 0
        return self._at == 1 if action == "copy" else True
