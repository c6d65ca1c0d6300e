"""Makes text from outside safe to show: nothing in it acts on a terminal or hides what it says.

Recognised speech, transcripts and file names all pass through `clean` before anything else
sees them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"

_ESCAPES: Final = re.compile(
    r"""
    (?: \x1b \[ | \x9b ) [0-?]* [ -/]* [@-~]                   # CSI: colours, cursor, erase
  | (?: \x1b [\]PX^_] | [\x90\x98\x9d-\x9f] )                  # OSC, DCS, SOS, PM, APC: strings
    [^\x07\x1b\x9c]* (?: \x07 | \x1b \\ | \x9c )               #   up to their terminator
  | \x1b [ -/]+ [0-~]                                          # character sets and the like
  | \x1b [0-~]                                                 # two-character escapes
    """,
    re.VERBOSE,
)
"""Terminal commands, each with everything that belongs to it."""


def clean(text: str) -> str:
    """The same words as one line of plain text.

    Terminal escape sequences go as a whole; control characters, directional overrides and
    zero-width characters go; half surrogates become U+FFFD; every run of white space, line
    separators included, becomes one space, none at the ends. Letters of all scripts,
    apostrophes and combining marks stay. Cleaning twice changes nothing.
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_kept, _ESCAPES.sub("", text)))
    return " ".join(text.split())


def _kept(character: str) -> str:
    """What stays of one character; white space of any kind is left for `clean` to fold."""
    if character.isprintable() or character.isspace():
        return character
    match unicodedata.category(character):
        case "Cc" | "Cf":
            return ""
        case "Cs":
            return _REPLACEMENT
        case _:
            return character
