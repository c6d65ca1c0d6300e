"""For terminals that show no Unicode: every shape has a plain character that stands for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from textual.filter import LineFilter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.color import Color

VARIABLE: Final = "THATSRIGHT_ASCII"
"""Set to anything but 0: plain characters only."""

_PLAIN: Final = str.maketrans(
    {
        "◆": "*", "◇": "o", "▼": "v", "▲": "^", "▸": ">", "►": ">", "●": "@", "○": ".",
        "◂": "<", "▾": "v",
        "┄": "-", "━": "=", "─": "-", "┃": "|", "│": "|", "‖": '"', "∥": "&", "■": "#", "✓": "x",
        "✎": "#", "•": "*", "·": "-", "…": "_", "“": '"', "”": '"', "‘": "'", "’": "'",
        "–": "-", "—": "-", "×": "x", "▮": "#", "▯": ".", "▀": "'", "▄": ",", "█": "#",
        "▌": "|", "▐": "|", "▁": "_", "▂": "_", "▃": "_", "▅": "#", "▆": "#", "▇": "#",
        "▎": "|", "▊": "|", "▏": "|", "▕": "|", "▔": "-", "╸": "=", "╺": "=",
        "←": "<", "→": ">", "↑": "^", "↓": "v", "⏎": "/", "\N{NO-BREAK SPACE}": " ",
    }
)  # fmt: skip
"""One cell for one cell, so nothing moves."""


def speaks_unicode(environ: Mapping[str, str]) -> bool:
    """Whether the terminal shows more than ASCII, as far as the environment tells.

    It does unless `THATSRIGHT_ASCII` says otherwise, the locale names another encoding than
    UTF-8, or the terminal is one of those that have no such characters.
    """
    wished = environ.get(VARIABLE)
    if wished:
        return wished == "0"
    if environ.get("TERM") in {"dumb", "vt100", "vt220", "linux"}:
        return False
    locale = next((environ[n] for n in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(n)), "")
    encoding = locale.partition(".")[2].partition("@")[0].lower().replace("-", "")
    return encoding in {"", "utf8"}


def to_ascii(text: str) -> str:
    """The text in plain characters, as many cells wide; "?" for what has none."""
    plain = text.translate(_PLAIN)
    return plain if plain.isascii() else "".join(_one(char) for char in plain)


def _one(char: str) -> str:
    if char.isascii():
        return char
    return char if char.isalpha() else "?"  # letters of names stay: most such terminals have some


class ToAscii(LineFilter):
    """Makes every line plain on its way out."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Textual's hook."""
        del background
        return [Segment(to_ascii(s.text), s.style, s.control) for s in segments]
