"""The looks: few colours, each with one meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Mapping

AUTO: Final = "auto"
"""The look that fits the terminal."""

DARK: Final = Theme(
    name="thatsright-dark",
    primary="#86b1e4",
    secondary="#86b1e4",
    accent="#86b1e4",
    success="#7dcb92",
    warning="#e6b65c",
    error="#ee8a86",
    foreground="#dfe3e8",
    background="#14171b",
    surface="#1f242b",
    panel="#3a424d",
    dark=True,
    variables={"text-muted": "#939ca8", "block-cursor-background": "#2c3a4d",
               "block-cursor-foreground": "#dfe3e8", "block-cursor-text-style": "bold",
               "input-selection-background": "#86b1e4 35%"},
)  # fmt: skip

LIGHT: Final = Theme(
    name="thatsright-light",
    primary="#1f5796",
    secondary="#1f5796",
    accent="#1f5796",
    success="#17692f",
    warning="#7d5200",
    error="#a3262c",
    foreground="#1e2227",
    background="#fbfaf8",
    surface="#eeece7",
    panel="#c9c6bf",
    dark=False,
    variables={"text-muted": "#5c636b", "block-cursor-background": "#d6e2f0",
               "block-cursor-foreground": "#1e2227", "block-cursor-text-style": "bold",
               "input-selection-background": "#1f5796 25%"},
)  # fmt: skip

HIGH: Final = Theme(
    name="thatsright-contrast",
    primary="#7fd4ff",
    secondary="#7fd4ff",
    accent="#7fd4ff",
    success="#5dff8a",
    warning="#ffd84a",
    error="#ff8f8f",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#ffffff",
    dark=True,
    variables={"text-muted": "#e0e0e0", "block-cursor-background": "#ffffff",
               "block-cursor-foreground": "#000000", "block-cursor-text-style": "bold",
               "input-selection-background": "#7fd4ff 50%"},
)  # fmt: skip

THEMES: Final = (DARK, LIGHT, HIGH)

LOOKS: Final[Mapping[str, str]] = {
    DARK.name: "dark",
    LIGHT.name: "light",
    HIGH.name: "high contrast",
}
"""What each is called; without colour is the environment's `NO_COLOR`, for every program."""

_BY_NAME: Final[Mapping[str, Theme]] = {"dark": DARK, "light": LIGHT, "contrast": HIGH}
_LIGHT_BACKGROUNDS: Final = frozenset({"7", "15"})


def chosen(look: str, environ: Mapping[str, str]) -> Theme:
    """The theme of a name in the settings: auto, dark, light or contrast."""
    return _BY_NAME.get(look) or fitting(environ)


def fitting(environ: Mapping[str, str]) -> Theme:
    """The theme for the terminal's background, where `COLORFGBG` tells it; else the dark one."""
    background = environ.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT if background in _LIGHT_BACKGROUNDS else DARK
