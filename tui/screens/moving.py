"""Keys that the screens of a call share: reading on, and going from signal to signal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.binding import Binding, BindingType

if TYPE_CHECKING:
    from textual.widget import Widget

_BY_SIGNAL: Final = Binding.Group("Signal", compact=True)
SIGNAL_BINDINGS: Final[list[BindingType]] = [
    Binding(
        "left_square_bracket,shift+left",
        "to_signal(-1)",
        "Signal before",
        key_display="[",
        group=_BY_SIGNAL,
    ),
    Binding(
        "right_square_bracket,shift+right",
        "to_signal(1)",
        "Signal after",
        key_display="]",
        group=_BY_SIGNAL,
    ),
]
"""A screen with these has an `action_to_signal`."""

SCROLL_BINDINGS: Final[list[BindingType]] = [
    Binding("up", "scroll('up')", "Scroll", key_display="↑↓"),
    Binding("down", "scroll('down')", "Scroll down", show=False),
    Binding("pageup", "scroll('page_up')", "Page up", show=False),
    Binding("pagedown", "scroll('page_down')", "Page down", show=False),
]
"""A screen with these has an `action_scroll`."""


def scroll(pane: Widget, way: str) -> None:
    """Move a pane at once: `up`, `down`, `page_up`, `page_down`, `home` or `end`.

    Raises:
        KeyError: another way.
    """
    move = {
        "up": pane.scroll_up,
        "down": pane.scroll_down,
        "page_up": pane.scroll_page_up,
        "page_down": pane.scroll_page_down,
        "home": pane.scroll_home,
        "end": pane.scroll_end,
    }[way]
    move(animate=False)
