"""Before a call: the sentence to say, whether they agreed, whether sound is kept, with whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from assistant.consent import SENTENCE, SENTENCE_RECORDED
from assistant.model import Consent
from assistant.safetext import clean
from tui.asking import Agreed
from tui.desk import Wish
from tui.homing import Homing
from tui.screens.ask import WordsScreen
from tui.screens.page import BACK, NARROW, Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.events import Resize
    from textual.widget import Widget

    from tui.desk import Desk

_ANSWERS: Final = (
    (Consent.AGREED, "They agreed", "for this call"),
    (Consent.NOT_NEEDED, "It is not needed here", "also for the calls after this one"),
    (Consent.NOT_ASKED, "Nobody was asked", ""),
    (Consent.UNKNOWN, "Leave it open", ""),
)

_LAW: Final = (
    "In some places everybody on a call has to agree, in others you alone; keep to the strictest. "
    "This is no legal advice."
)


class Answers(OptionList):
    """What may be said about consent; Enter starts, a click only chooses."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.start", "Start", tooltip="Start the call", key_display="⏎"),
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(
            *(Option(_answer(at, chosen=False, about=True)) for at in range(len(_ANSWERS))),
            id="agreed",
            compact=True,
        )
        self.choose(Consent.UNKNOWN)

    @property
    def chosen(self) -> Consent:
        """What is answered now."""
        return _ANSWERS[self.highlighted or 0][0]

    def choose(self, answer: Consent) -> None:
        """Answer so."""
        self.highlighted = [each for each, *_ in _ANSWERS].index(answer)

    def on_option_list_option_highlighted(self) -> None:
        """A mark shows it without colour."""
        self._mark()

    def on_resize(self, _event: Resize) -> None:
        """Leave out what there is no room for."""
        self._mark()

    def _mark(self) -> None:
        about = self.size.width >= NARROW
        for at in range(len(_ANSWERS)):
            made = _answer(at, chosen=at == self.highlighted, about=about)
            self.replace_option_prompt_at_index(at, made)


def _answer(at: int, *, chosen: bool, about: bool) -> Content:
    _, name, more = _ANSWERS[at]
    line = Content.assemble(("● " if chosen else "○ "), (f"{at + 1}  ", "$primary"), (name, "bold"))
    return Content.assemble(line, (f"  {more}", "$text-muted")) if about and more else line


class StartScreen(Homing, Page[None]):
    """Nothing listens yet while it is shown."""

    NAME = "Start a call"
    HELP_TEXT = (
        "Say the sentence aloud, choose what they answered, then Enter starts the call. The "
        "answer is stored with it. Sound is recorded only when you say so here."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "record", "Record", tooltip="Record the sound of both sides, or not"),
        Binding("w", "with_whom", "With", tooltip="Say who the other side is"),
        Binding("c", "copy", "Copy", show=False, tooltip="Copy the sentence to say"),
        *(
            Binding(str(at + 1), f"answer({at})", name, show=False)
            for at, (_, name, _) in enumerate(_ANSWERS)
        ),
        *BACK,
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._record = False
        self._counterpart = ""

    @property
    def wish(self) -> Wish:
        """As it stands on the screen."""
        return Wish(self.query_one(Answers).chosen, self._record, self._counterpart)

    def body(self) -> Iterator[Widget]:
        """The sentence scrolls where it must; what is answered is always in sight."""
        with VerticalScroll(id="aloud", can_focus=False):
            yield Static("", id="sentence", markup=False)
            yield Static(Content.styled(_LAW, "$text-muted"), id="law", markup=False)
        yield Static(Content.styled("Did they agree to it?", "bold"), id="question", markup=False)
        yield Answers()
        yield Static("", id="also", markup=False)

    def on_mount(self) -> None:
        """See what was answered before."""
        self.query_one(Answers).focus()
        self._show()
        self.work(lambda: Agreed(self.desk.consent()), "consent")

    def on_resize(self, event: Resize) -> None:
        """On a small screen the last two lines share one."""
        super().on_resize(event)
        self._show()

    @on(Agreed)
    def _agreed(self, message: Agreed) -> None:
        if message.consent is not None:
            self.query_one(Answers).choose(message.consent)

    @property
    def _sentence(self) -> str:
        return SENTENCE_RECORDED if self._record else SENTENCE

    def _show(self) -> None:
        narrow = self.size.width < NARROW
        lead = "" if narrow else "Say aloud:  "
        said = Content.assemble((lead, "$text-muted"), (self._sentence, "bold $primary"))
        self.query_one("#sentence", Static).update(said)
        sound = Content.assemble(
            ("r  ", "$primary"),
            ("● Sound is recorded", "bold $warning")
            if self._record
            else ("No sound" if narrow else "No sound is recorded, only words are kept", ""),
        )
        named = clean(self._counterpart)
        who = Content.assemble(
            ("w  ", "$primary"),
            ("with " if narrow else "The other side: ", ""),
            (named or ("?" if narrow else "not named"), "bold" if named else "$text-muted"),
        )
        self.query_one("#also", Static).update(
            Content.assemble(sound, "   " if narrow else "\n", who)
        )

    def action_answer(self, at: int) -> None:
        """The answer with that number."""
        self.query_one(Answers).choose(_ANSWERS[at][0])

    def action_start(self) -> None:
        """Begin to listen."""
        self.home.start_live(self.wish)

    def action_record(self) -> None:
        """Keep the sound, or not."""
        self._record = not self._record
        self._show()

    def action_with_whom(self) -> None:
        """Name the other side."""

        def named(name: str | None) -> None:
            if name is not None:
                self._counterpart = name.strip()
                self._show()

        self.app.push_screen(WordsScreen("Who is the other side?", self._counterpart), named)

    def action_copy(self) -> None:
        """The sentence, to send or to read."""
        self.app.copy_to_clipboard(self._sentence.strip("“”"))
        self.say("Copied.")

    def action_leave(self) -> None:
        """No call after all; one that is being got ready is not taken back."""
        if self.home.starting:
            self.say("The call begins in a moment; q hangs up then.")
        else:
            self.dismiss()
