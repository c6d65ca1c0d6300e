"""What holds on every screen: looks, palette, help, signals of the system, defects."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from rich.traceback import Traceback
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType

from tui import theme
from tui.ascii import ToAscii, speaks_unicode
from tui.screens.help import HelpScreen

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import PurePath

    from textual.screen import Screen

Result = TypeVar("Result")

INTERRUPTED_STATUS: Final = 130


class BaseApp(App[Result]):
    """An application of ours."""

    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = "app.tcss"
    TITLE = "thatsright"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", "Quit", show=False, priority=True),
        Binding("question_mark,f1", "help", "Help", key_display="?", show=False),
        Binding("ctrl+t", "next_look", "Colours", show=False),
    ]

    def __init__(self, look: str = theme.AUTO) -> None:
        """`look` is the name of a look in `theme.LOOKS`, or "auto"."""
        super().__init__()
        self.interrupted = False
        """True when the user pressed Ctrl-C or the process was told to end."""
        for each in theme.THEMES:
            self.register_theme(each)
        self.theme = theme.chosen(look, os.environ).name
        if not speaks_unicode(os.environ):
            self._filters.append(ToAscii())

    def on_mount(self) -> None:
        """Heed the system's signals."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Not every platform and thread has these; Ctrl-C as a key works everywhere.
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                asyncio.get_running_loop().add_signal_handler(number, self._told_to_end)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette has whatever the keys of the screen do, and the looks."""
        seen: set[str] = set()
        for active in screen.active_bindings.values():
            binding = active.binding
            if not active.enabled or not binding.description or binding.action in seen:
                continue
            seen.add(binding.action)
            help_text = f"{binding.tooltip} " if binding.tooltip else ""
            key = self.get_key_display(binding)

            async def run(action: str = binding.action, node: object = active.node) -> None:
                await self.run_action(action, node)  # type: ignore[arg-type]  # a DOM node

            yield SystemCommand(binding.description, f"{help_text}Key: {key}", run)
        for each in theme.THEMES:
            yield SystemCommand(
                f"Colours: {theme.LOOKS[each.name]}",
                "For this run; settings keep it",
                lambda name=each.name: setattr(self, "theme", name),
            )

    def action_help(self) -> None:
        """Every key of this screen, and what the shapes mean."""
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen.of(self.screen))

    def action_next_look(self) -> None:
        """The next of the looks."""
        names = [each.name for each in theme.THEMES]
        at = names.index(self.theme) if self.theme in names else -1
        self.theme = names[(at + 1) % len(names)]

    def action_interrupt(self) -> None:
        """Leave, and say that it was by Ctrl-C."""
        self.interrupted = True
        self.exit(return_code=INTERRUPTED_STATUS)

    def _told_to_end(self) -> None:
        """By a signal, when nobody may be there any more to read anything."""
        self.action_interrupt()

    def _fatal_error(self) -> None:
        """A defect of ours: Textual's trace, but without values, which may be words of a call."""
        self._exit_renderables.append(Traceback(show_locals=False))
        self._close_messages_no_wait()
