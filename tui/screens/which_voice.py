"""Which of two voices is mine, over the screen that asks: what each of them says."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from assistant.calltime import clock
from assistant.safetext import clean
from assistant.which_voice import beginning
from tui.screens.page import NARROW

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Resize

    from tui.desk import Voice

_WIDE_LETTERS: Final = 160
_NARROW_LETTERS: Final = 44
"""So much of what a voice says is enough to know it by; on a narrow screen."""

_HOW: Final = (
    "1 or 2, or arrows and Enter. Esc takes the one who speaks first; should that be wrong, s "
    "turns it round while it plays."
)
_HOW_NARROW: Final = "1 or 2. Esc: who speaks first."

_NO_WORDS: Final = "no words understood"


class WhichVoiceScreen(ModalScreen["int | None"]):
    """The index of my voice; None when it was not said: then the first is taken, as a guess."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-normal")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "answer(0)", "The first"),
        Binding("2", "answer(1)", "The second"),
        Binding("escape,q", "dismiss(None)", "Guess"),
    ]

    def __init__(self, voices: tuple[Voice, Voice]) -> None:
        super().__init__()
        self._voices = voices

    def compose(self) -> ComposeResult:
        """The question, the voices, what happens without an answer."""
        with Vertical(id="which"):
            yield Static(Content.styled("Which of these voices is you?", "bold"), markup=False)
            yield OptionList(*(Option("") for _ in self._voices), compact=True)
            yield Static("", id="how", markup=False)

    def on_mount(self) -> None:
        """At the one who speaks first."""
        options = self.query_one(OptionList)
        options.highlighted = 0
        options.focus()
        self._show(narrow=self.app.size.width < NARROW)

    def on_resize(self, event: Resize) -> None:
        """Less of each where there is little room."""
        self._show(narrow=event.size.width < NARROW)

    def _show(self, *, narrow: bool) -> None:
        options = self.query_one(OptionList)
        for number, voice in enumerate(self._voices, 1):
            said = beginning(clean(voice.said), _NARROW_LETTERS if narrow else _WIDE_LETTERS)
            words = (f"“{said}”", "") if said else (_NO_WORDS, "italic")
            line = Content.assemble(
                (f"{number}  ", "bold"), (f"{clock(voice.at_s)}  ", "dim"), words
            )
            options.replace_option_prompt_at_index(number - 1, line)
        how = _HOW_NARROW if narrow else _HOW
        self.query_one("#how", Static).update(Content.styled(how, "$text-muted"))

    def action_answer(self, index: int) -> None:
        """By its number."""
        self.dismiss(index)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click."""
        self.dismiss(event.option_index)
