"""A question that has to be answered before anything is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from assistant.safetext import clean

if TYPE_CHECKING:
    from textual.app import ComposeResult


class AskScreen(ModalScreen[bool]):
    """Yes or no; what keeps things as they are has the focus, and Escape."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "answer(False)", "No"),
        Binding("y", "answer(True)", "Yes"),
        Binding("left,right", "app.focus_next", "Other answer", show=False),
    ]

    def __init__(self, question: str, yes: str, no: str) -> None:
        """`yes` and `no` are what the buttons say."""
        super().__init__()
        self._question = clean(question)
        self._yes, self._no = yes, no

    def compose(self) -> ComposeResult:
        """The question, and two answers."""
        with Vertical(id="ask"):
            yield Static(Content(self._question), markup=False)
            with Horizontal(id="answers"):
                yield Button(Content(f"{self._no} (n)"), id="no", compact=True)
                yield Button(Content(f"{self._yes} (y)"), id="yes", compact=True)

    def on_mount(self) -> None:
        """Nothing is lost by a stray Enter."""
        self.query_one("#no", Button).focus()

    def action_answer(self, yes: bool) -> None:  # noqa: FBT001 - from a binding
        """Answered by a key."""
        self.dismiss(yes)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")


class WordsScreen(ModalScreen["str | None"]):
    """One line of text; None when it was not given."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Leave it")]

    def __init__(self, question: str, before: str = "", hint: str = "") -> None:
        super().__init__()
        self._question = clean(question)
        self._before = clean(before)
        self._hint = hint

    def compose(self) -> ComposeResult:
        """The question, and a line to write on."""
        with Vertical(id="ask"):
            yield Static(Content(self._question), markup=False)
            yield Input(self._before, placeholder=self._hint, compact=True)
            yield Static(Content.styled("Enter keeps it, Esc leaves it as it was.", "$text-muted"))

    @on(Input.Submitted)
    def _given(self, event: Input.Submitted) -> None:
        self.dismiss(event.value)
