"""The phrase book: one readable file a language, turned into compiled patterns once.

The rules know acts and kinds; which words carry them stands in the data. `load` reads the file that
ships, and what the user added to it; `parse` turns any text of the same form into a `PhraseBook`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from assistant.errors import ConfigError
from assistant.phrases.book import (
    Act,
    ContextPhrases,
    PhraseBook,
    Phrases,
    PointKind,
    PointPhrases,
    ReplyPhrases,
    Subject,
    TopicWords,
    TurnPhrases,
    Wording,
)
from assistant.phrases.reading import extend, parse

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from assistant.kinds import PromptKind

__all__ = [
    "Act",
    "ContextPhrases",
    "PhraseBook",
    "Phrases",
    "PointKind",
    "PointPhrases",
    "ReplyPhrases",
    "Subject",
    "TopicWords",
    "TurnPhrases",
    "Wording",
    "extend",
    "load",
    "paced",
    "parse",
    "with_own",
]


@cache
def load(language: str = "en") -> PhraseBook:
    """The phrase book that ships for a language.

    Raises:
        ConfigError: there is none for that language, or the file does not fit.
    """
    file = resources.files(__name__).joinpath(f"{language}.toml")
    if not file.is_file():
        raise ConfigError(f"No phrase book for the language “{language}”. There is one for: en.")
    return parse(file.read_text(encoding="utf-8"), f"{language}.toml")


def with_own(book: PhraseBook, file: Path) -> PhraseBook:
    """The book with what a user added in a file of their own.

    Raises:
        ConfigError: it cannot be read, or an entry does not fit; says which.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigError(f"Your phrases in {file} cannot be read: {reason}.") from None
    return extend(book, text, str(file))


def paced(book: PhraseBook, pace_s: float, leave_out: Collection[PromptKind]) -> PhraseBook:
    """The book with prompts at most every `pace_s` seconds, and none of some kinds."""
    if pace_s == book.limits.pace_s and not leave_out:
        return book
    wordings = tuple(w for w in book.wordings if w.kind not in leave_out)
    return replace(book, limits=replace(book.limits, pace_s=pace_s), wordings=wordings)
