"""One of several, over the screen that asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from assistant.safetext import clean

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Click

    from tui.desk import Choice


class PickScreen(ModalScreen["str | None"]):
    """The value picked; None when none was."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss(None)", "Leave it")]

    def __init__(self, question: str, choices: tuple[Choice, ...], now: str) -> None:
        """`now` is the value it has."""
        super().__init__()
        self._question = clean(question)
        self._choices = choices
        self._now = now

    def compose(self) -> ComposeResult:
        """The question, and what may be said to it."""
        with Vertical(id="pick"):
            yield Static(Content.styled(self._question, "bold"), markup=False)
            lines = [
                Option(Content(("● " if c.value == self._now else "  ") + clean(c.name)))
                for c in self._choices
            ]
            yield OptionList(*lines, compact=True)

    def on_mount(self) -> None:
        """Begin where it stands."""
        values = [choice.value for choice in self._choices]
        options = self.query_one(OptionList)
        options.highlighted = values.index(self._now) if self._now in values else 0
        options.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click."""
        self.dismiss(self._choices[event.option_index].value)

    def on_click(self, event: Click) -> None:
        """Beside it: as it was."""
        if event.widget is self:
            self.dismiss(None)
