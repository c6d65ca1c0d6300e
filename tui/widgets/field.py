"""One setting: what it is, its value, what stands above the file, what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from assistant.safetext import clean

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.desk import Setting


class Chosen(Static, can_focus=True):
    """A value that is one of several."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "pick", "Choose", tooltip="See all it may be"),
        Binding("left", "turn(-1)", "Before", show=False),
        Binding("right", "turn(1)", "Next", show=False, tooltip="The next it may be"),
    ]

    class Picking(Message):
        """All values are to be seen."""

        def __init__(self, setting: Setting) -> None:
            self.setting = setting
            super().__init__()

    def __init__(self, setting: Setting) -> None:
        super().__init__("", markup=False)
        self.setting = setting
        self.show(setting)

    def show(self, setting: Setting) -> None:
        """The value it has."""
        self.setting = setting
        names = {choice.value: choice.name for choice in setting.choices}
        name = names.get(setting.value) or setting.value or setting.default
        self.update(Content(f"◂ {clean(name)} ▸"))

    def on_click(self) -> None:
        """As Enter."""
        self.action_pick()

    def action_pick(self) -> None:
        """See all."""
        self.post_message(self.Picking(self.setting))

    def action_turn(self, by: int) -> None:
        """The one before or after."""
        values = [choice.value for choice in self.setting.choices]
        at = values.index(self.setting.value) if self.setting.value in values else -1
        self.post_message(Field.Given(self.setting.key, values[(at + by) % len(values)]))


class Field(Vertical):
    """A label, the value, and a line below when there is something to say."""

    class Given(Message):
        """The user gave a value."""

        def __init__(self, key: str, value: str) -> None:
            self.key = key
            self.value = value
            super().__init__()

    def __init__(self, setting: Setting) -> None:
        super().__init__(id=f"field-{setting.key}")
        self.setting = setting
        self._wrong = setting.problem

    def compose(self) -> ComposeResult:
        """One or two lines."""
        with Horizontal(classes="field"):
            yield Static(Content(self.setting.label), classes="label", markup=False)
            if self.setting.choices:
                yield Chosen(self.setting)
            else:
                hint = self.setting.default
                yield Input(self.setting.value, placeholder=hint, compact=True)
        yield Static("", classes="note", markup=False)

    def on_mount(self) -> None:
        """With what stands above it."""
        self._note()

    def show(self, setting: Setting) -> None:
        """As it is now; what the user is typing is left alone."""
        self.setting = setting
        self._wrong = setting.problem
        if setting.choices:
            self.query_one(Chosen).show(setting)
        elif not (given := self.query_one(Input)).has_focus:
            given.value = setting.value
        self._note()

    def refuse(self, sentence: str) -> None:
        """The value does not fit; it stays where it was typed."""
        self._wrong = sentence
        self._note()

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        self._give(event.value)

    @on(Input.Blurred)
    def _left(self, event: Input.Blurred) -> None:
        event.stop()
        self._give(event.value)

    def _give(self, value: str) -> None:
        if value.strip() != self.setting.value:
            self.post_message(self.Given(self.setting.key, value.strip()))
        elif self._wrong:
            self._wrong = ""
            self._note()

    def _note(self) -> None:
        note = self.query_one(".note", Static)
        setting = self.setting
        if self._wrong:
            text = Content.styled(f"! {clean(self._wrong)}", "$error")
        elif setting.overridden:
            text = Content.styled(f"Above the file: {clean(setting.overridden)}", "$warning")
        else:
            source = ", in the file" if setting.from_file else ""
            text = Content.styled(f"{clean(setting.about)}{source}.", "$text-muted")
        note.update(text)
