"""Every key of the screen one is on, and what the shapes mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Self

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from tui.screens.moving import scroll
from tui.words import COLOURS, GAUGE, OVER, SIGNALS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.events import Click
    from textual.screen import Screen

_COLUMN: Final = 14

_OWN: Final = frozenset({"Focus Next", "Focus Previous", "Copy selected text"})
"""Keys of Textual's own that go without saying."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key and what it does."""

    key: str
    does: str


class HelpScreen(ModalScreen[None]):
    """Over the screen it explains; any of its keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,f1", "dismiss", "Close"),
        Binding("up,k", "scroll('up')", "Up", show=False),
        Binding("down,j", "scroll('down')", "Down", show=False),
        Binding("pageup", "scroll('page_up')", "Page up", show=False),
        Binding("pagedown,space", "scroll('page_down')", "Page down", show=False),
    ]

    def __init__(self, keys: tuple[Key, ...], about: str, *, shapes: bool) -> None:
        super().__init__()
        self._keys = keys
        self._about = about
        self._shapes = shapes

    @classmethod
    def of(cls, screen: Screen[object]) -> Self:
        """The help of a screen: its keys as they are now, and its `HELP`."""
        rows: dict[str, Key] = {}
        for active in screen.active_bindings.values():
            binding = active.binding
            inner = isinstance(active.node, Widget) and active.node is not screen
            if binding.description in _OWN or (inner and not binding.tooltip):
                continue  # of a list or a line of text: as everywhere
            if binding.description and binding.action not in rows:
                words = binding.tooltip or binding.description
                rows[binding.action] = Key(screen.app.get_key_display(binding), words)
        about = str(getattr(screen, "HELP_TEXT", ""))
        return cls(tuple(rows.values()), about, shapes=bool(getattr(screen, "SHAPES", False)))

    def compose(self) -> ComposeResult:
        """One page."""
        with VerticalScroll(id="help", can_focus=False):
            yield Static(Content("\n").join(self._lines()), markup=False)

    def on_click(self, event: Click) -> None:
        """Beside the page: close."""
        if event.widget is self:
            self.dismiss()

    def action_scroll(self, way: str) -> None:
        """Read on."""
        scroll(self.query_one("#help", VerticalScroll), way)

    def _lines(self) -> Iterator[Content]:
        yield Content.styled("Help", "bold")
        if self._about:
            yield Content("")
            yield Content(self._about)
        yield Content("")
        for key in self._keys:
            yield Content.assemble((f"{key.key:<{_COLUMN}}", "bold $primary"), key.does)
        if self._shapes:
            yield Content("")
            yield Content.styled("How well they feel understood", "bold")
            for look in GAUGE.values():
                yield Content.assemble((f"{look.shape:<{_COLUMN}}", COLOURS[look.tone]), look.word)
            yield Content("")
            yield Content.styled("What was heard", "bold")
            for look in SIGNALS.values():
                yield Content.assemble((f"{look.shape:<{_COLUMN}}", COLOURS[look.tone]), look.word)
            over = "Begun while the other was speaking"
            yield Content.assemble((f"{OVER.shape:<{_COLUMN}}", COLOURS[OVER.tone]), over)
        yield Content("")
        yield Content.styled(
            "Esc closes this page. Ctrl-P finds any command by its name.", "$text-muted"
        )
