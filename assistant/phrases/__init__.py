"""The phrase book: one readable file a language, turned into compiled patterns once.

The rules know acts and kinds; which words carry them stands in the data. `load` reads the file that
ships; `parse` turns any text of the same form into a `PhraseBook`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from assistant.errors import ConfigError
from assistant.model import PromptKind, SignalKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Act(StrEnum):
    """What words of a reply do on their own; the file says what each means."""

    AFFIRM = "affirm"
    STRONG_AFFIRM = "strong_affirm"
    CONCEDE = "concede"
    YES = "yes"
    MM = "mm"
    HEDGE = "hedge"
    QUALIFY = "qualify"
    NO = "no"
    NO_GO_AHEAD = "no_go_ahead"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Phrases:
    """One entry: patterns that belong together, with the examples that test them."""

    rule: str
    strength: float
    """How much these words weigh when nothing speaks against them, 0..1."""
    patterns: tuple[re.Pattern[str], ...]
    positive: tuple[str, ...]
    """Whole turns this entry must find."""
    negative: tuple[str, ...]
    """Whole turns it must leave alone."""


@dataclass(frozen=True, slots=True)
class ReplyPhrases:
    """Words at the head of a reply."""

    act: Act
    phrases: Phrases


@dataclass(frozen=True, slots=True)
class TurnPhrases:
    """Words that mark a whole turn."""

    kind: SignalKind
    phrases: Phrases


@dataclass(frozen=True, slots=True)
class Subject:
    """Something a call can be about."""

    name: str
    """As it stands in a sentence: "the price"."""
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Wording:
    """What to say after a signal."""

    on: SignalKind
    kind: PromptKind
    why: str
    say: tuple[str, ...]
    """In order of preference; ``{subject}`` stands for the subject's name."""


@dataclass(frozen=True, slots=True)
class ContextPhrases:
    """What else a turn of mine can be, when it is no signal."""

    proposal: tuple[re.Pattern[str], ...]
    tag: re.Pattern[str]
    """A whole sentence, or the tail after a comma, that asks to confirm what stands before it."""
    question: tuple[re.Pattern[str], ...]
    fact: re.Pattern[str]
    """Words of number, time, place, money, identity."""
    fact_opening: re.Pattern[str]
    picture: re.Pattern[str]
    """Words of need, feeling and cause."""


@dataclass(frozen=True, slots=True)
class PhraseBook:
    """Everything the rules know about one language."""

    language: str
    filler: re.Pattern[str]
    short: tuple[str, ...]
    """What people say in reply, in short, as it is written."""
    goes_on: frozenset[str]
    """Words that no sentence ends with."""
    replies: tuple[ReplyPhrases, ...]
    theirs: tuple[TurnPhrases, ...]
    mine: tuple[TurnPhrases, ...]
    context: ContextPhrases
    subjects: tuple[Subject, ...]
    wordings: tuple[Wording, ...]


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


def parse(text: str, name: str) -> PhraseBook:
    """Compile a phrase book from the text of a file called `name`.

    Raises:
        ConfigError: it is no TOML, misses a part, or has a pattern that does not compile.
    """
    try:
        data = tomllib.loads(text)
        macros: Mapping[str, str] = data["macros"]
        return PhraseBook(
            language=data["language"],
            filler=_compile(macros["filler"] + r"\b", macros),
            short=tuple(data["heard"]["short"]),
            goes_on=frozenset(data["heard"]["goes_on"]),
            replies=tuple(ReplyPhrases(Act(e["act"]), _phrases(e, macros)) for e in data["reply"]),
            theirs=tuple(
                TurnPhrases(SignalKind(e["kind"]), _phrases(e, macros)) for e in data["theirs"]
            ),
            mine=tuple(
                TurnPhrases(SignalKind(e["kind"]), _phrases(e, macros)) for e in data["mine"]
            ),
            context=_context(data["context"], macros),
            subjects=tuple(Subject(e["name"], _any_word(e["words"])) for e in data["subject"]),
            wordings=tuple(_wordings(data["prompt"])),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, re.error) as error:
        raise ConfigError(
            f"The phrase book {name} does not fit: {error}. Mend that entry."
        ) from None


def _compile(pattern: str, macros: Mapping[str, str]) -> re.Pattern[str]:
    for macro, words in macros.items():
        pattern = pattern.replace("{" + macro + "}", words)
    return re.compile(pattern)


def _phrases(entry: Mapping[str, Any], macros: Mapping[str, str]) -> Phrases:
    return Phrases(
        rule=entry["rule"],
        strength=float(entry["strength"]),
        patterns=tuple(_compile(p, macros) for p in entry["patterns"]),
        positive=tuple(entry["is"]),
        negative=tuple(entry["is_not"]),
    )


def _any_word(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(words) + r")\b")


def _context(entry: Mapping[str, Any], macros: Mapping[str, str]) -> ContextPhrases:
    return ContextPhrases(
        proposal=tuple(_compile(p, macros) for p in entry["proposal"]),
        tag=re.compile("(?:" + "|".join(entry["tag"]) + ")"),
        question=tuple(_compile(p, macros) for p in entry["question"]),
        fact=re.compile(r"\d|" + _any_word(w for w in entry["fact"] if w != r"\d").pattern),
        fact_opening=re.compile("|".join(entry["fact_opening"])),
        picture=_any_word(entry["picture"]),
    )


def _wordings(entries: Iterable[Mapping[str, Any]]) -> Iterable[Wording]:
    for entry in entries:
        for on in entry["on"]:
            yield Wording(
                on=SignalKind(on),
                kind=PromptKind(entry["kind"]),
                why=entry["why"][on],
                say=tuple(entry["say"]),
            )
