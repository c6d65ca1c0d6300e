"""The two themes: few colours, each with one meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    variables={"text-muted": "#939ca8"},
)

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
    variables={"text-muted": "#5c636b"},
)

_LIGHT_BACKGROUNDS: Final = frozenset({"7", "15"})


def fitting(environ: Mapping[str, str]) -> Theme:
    """The theme for the terminal's background, where `COLORFGBG` tells it; else the dark one."""
    background = environ.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT if background in _LIGHT_BACKGROUNDS else DARK
