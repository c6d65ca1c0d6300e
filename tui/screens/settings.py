"""All settings, written to the one file as soon as they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from assistant.errors import ConfigError
from tui.asking import Refused, SettingsRead
from tui.homing import Homing
from tui.screens.page import BACK, Page
from tui.screens.pick import PickScreen
from tui.widgets.field import Chosen, Field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.message import Message
    from textual.widget import Widget

    from tui.desk import Desk, Setting

LOOK: str = "look"
"""Key of the setting that changes this screen too."""


class SettingsScreen(Homing, Page[None]):
    """A field each."""

    NAME = "Settings"
    HELP_TEXT = (
        "A value counts as soon as it is given, and from the next call on. What stands above "
        "what: an option of the command, then the environment, then this file, then the default. "
        "An empty field takes the default."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", "Next", key_display="↑↓"),
        Binding("up", "app.focus_previous", "Before", show=False),
        Binding("c", "copy", "Copy", show=False, tooltip="Copy the path of the file"),
        *BACK,
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._built = False

    def body(self) -> Iterator[Widget]:
        """One below the other."""
        with Vertical(id="settings"):  # one that scrolls by itself would take the arrow keys
            yield Static("Reading …", id="where", markup=False)

    def on_mount(self) -> None:
        """Read them."""
        self.work(lambda: SettingsRead(self.desk.settings()), "settings")

    @on(SettingsRead)
    async def _read(self, message: SettingsRead) -> None:
        if not self._built:
            self._built = True
            await self._build(message.settings)
            return
        for field, setting in zip(self.query(Field), message.settings, strict=True):
            field.show(setting)
        if message.written:
            self.say(f"Written to {self.desk.settings_file}.")
            look = next((s.value for s in message.settings if s.key == LOOK), "")
            if message.written == LOOK:
                self.home.put_on_look(look)

    async def _build(self, settings: tuple[Setting, ...]) -> None:
        page = self.query_one("#settings", Vertical)
        where = (
            f"In {self.desk.settings_file}. Above it stands the environment, above that an option "
            "of the command."
        )
        self.query_one("#where", Static).update(where)
        await page.mount(*(Field(setting) for setting in settings))
        self.query(Chosen).first().focus()

    @on(Chosen.Picking)
    def _picking(self, message: Chosen.Picking) -> None:
        setting = message.setting

        def picked(value: str | None) -> None:
            if value is not None and value != setting.value:
                self._write(setting.key, value)

        self.app.push_screen(PickScreen(setting.label, setting.choices, setting.value), picked)

    @on(Field.Given)
    def _given(self, message: Field.Given) -> None:
        self._write(message.key, message.value)

    def _write(self, key: str, value: str) -> None:
        def job() -> Message:
            try:
                self.desk.set(key, value)
            except ConfigError as error:
                return Refused(key, str(error))
            return SettingsRead(self.desk.settings(), written=key)

        self.work(job, f"set {key}")

    @on(Refused)
    def _refused(self, message: Refused) -> None:
        self.query_one(f"#field-{message.key}", Field).refuse(message.sentence)

    def action_copy(self) -> None:
        """Where the file is."""
        self.app.copy_to_clipboard(self.desk.settings_file)
        self.say("Copied.")
