"""The text of a phrase book, compiled; and what a user adds to one."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from assistant.errors import ConfigError
from assistant.model import PromptKind, SignalKind
from assistant.phrases.book import (
    Act,
    ContextPhrases,
    Level,
    Limits,
    PhraseBook,
    Phrases,
    PointKind,
    PointPhrases,
    RemarkPhrases,
    RemarkWords,
    ReplyPhrases,
    Subject,
    TopicWords,
    TurnPhrases,
    Wording,
)
from assistant.text import stem, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_WRONG: Final = (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, re.error)

_WHAT: Final = "{what}"
_POINT: Final = r"(?P<point>\w+(?: \w+){0,7})"
_BEFORE: Final = r"(?P<before>\w+(?: \w+){0,7}?)"

OWN_STRENGTH: Final = 0.85
"""Of phrases a user added, unless they say otherwise."""

_OWN: Final = frozenset({"reply", "theirs", "mine", "subject", "prompt"})


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
            macros=macros,
            filler=_compile(macros["filler"] + r"\b", macros),
            short=tuple(data["heard"]["short"]),
            goes_on=frozenset(data["heard"]["goes_on"]),
            replies=tuple(_replies(data["reply"], macros)),
            theirs=tuple(_remarks(data["theirs"], macros)),
            remarks=_remark_words(data["remarks"], macros),
            mine=tuple(_turns(data["mine"], macros)),
            context=_context(data["context"], macros),
            levels=_levels(data.get("calibration", {})),
            limits=Limits(**data["limits"]),
            topics=_topics(data["topics"]),
            points=tuple(_points(data["point"], _with_words(data["context"], macros))),
            subjects=tuple(Subject(e["name"], _any_word(e["words"])) for e in data["subject"]),
            wordings=tuple(_wordings(data["prompt"])),
        )
    except _WRONG as error:
        raise ConfigError(
            f"The phrase book {name} does not fit: {_said(error)}. Mend that entry."
        ) from None


def extend(book: PhraseBook, text: str, name: str) -> PhraseBook:
    """The book with the entries of a user's file called `name`; theirs are asked first.

    Entries look as in the book that ships, or simpler: ``phrases`` with plain words instead of
    ``patterns``; ``strength``, ``is`` and ``is_not`` may be left out.

    Raises:
        ConfigError: it does not fit; says what and where.
    """
    try:
        data = tomllib.loads(text)
        unknown = sorted(data.keys() - _OWN)
        if unknown:
            raise ValueError(f"“{unknown[0]}” is none of {', '.join(sorted(_OWN))}")
        macros = book.macros
        subjects = tuple(
            Subject(e["name"], _any_word(_plainly(w) for w in e["words"]))
            for e in data.get("subject", ())
        )
        return replace(
            book,
            replies=(*_replies(data.get("reply", ()), macros), *book.replies),
            theirs=(*_remarks(data.get("theirs", ()), macros), *book.theirs),
            mine=(*_turns(data.get("mine", ()), macros), *book.mine),
            subjects=(*subjects, *book.subjects),
            wordings=(*_wordings(data.get("prompt", ())), *book.wordings),
        )
    except _WRONG as error:
        raise ConfigError(
            f"Your phrases in {name} do not fit: {_said(error)}. Mend that entry."
        ) from None


def _said(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _compile(pattern: str, macros: Mapping[str, str]) -> re.Pattern[str]:
    for macro, words in macros.items():
        pattern = pattern.replace("{" + macro + "}", words)
    return re.compile(pattern)


def _plainly(words: str) -> str:
    """A pattern for words as people write them, with or without commas."""
    return "(?: ,)? ".join(re.escape(word) for word in words_of(words))


def _phrases(entry: Mapping[str, Any], macros: Mapping[str, str], *, anywhere: bool) -> Phrases:
    """`anywhere`: plain words may stand anywhere in a sentence, not only at its head."""
    patterns = [_compile(p, macros) for p in entry.get("patterns", ())]
    before = r"\b" if anywhere else ""
    patterns += [re.compile(rf"{before}{_plainly(p)}\b") for p in entry.get("phrases", ())]
    if not patterns:
        raise ValueError(f"an entry with neither “patterns” nor “phrases” ({dict(entry)})")
    strength = float(entry.get("strength", OWN_STRENGTH))
    if not 0 < strength <= 1:
        raise ValueError(f"a strength of {strength} is not between 0 and 1")
    return Phrases(
        rule=str(entry.get("rule", "your-phrase")),
        strength=strength,
        patterns=tuple(patterns),
        positive=tuple(entry.get("is", ())),
        negative=tuple(entry.get("is_not", ())),
    )


def _replies(
    entries: Iterable[Mapping[str, Any]], macros: Mapping[str, str]
) -> Iterable[ReplyPhrases]:
    for entry in entries:
        yield ReplyPhrases(Act(entry["act"]), _phrases(entry, macros, anywhere=False))


def _turns(
    entries: Iterable[Mapping[str, Any]], macros: Mapping[str, str]
) -> Iterable[TurnPhrases]:
    for entry in entries:
        unless, only = entry.get("not_with"), entry.get("only_with")
        yield TurnPhrases(
            SignalKind(entry["kind"]),
            _phrases(entry, macros, anywhere=True),
            of_them=bool(entry.get("of_them", False)),
            only_with=re.compile(rf"\b{only}\b") if only else None,
            not_with=re.compile(rf"\b{unless}\b") if unless else None,
        )


def _remarks(
    entries: Iterable[Mapping[str, Any]], macros: Mapping[str, str]
) -> Iterable[RemarkPhrases]:
    for entry in entries:
        yield RemarkPhrases(
            kind=SignalKind(entry["kind"]),
            phrases=_phrases(entry, macros, anywhere=True),
            unless=tuple(_compile(p, macros) for p in entry.get("unless", ())),
            after=frozenset(entry.get("after", ())),
            never_after=frozenset(entry.get("never_after", ())),
        )


def _remark_words(entry: Mapping[str, Any], macros: Mapping[str, str]) -> RemarkWords:
    return RemarkWords(
        told=_compile("|".join(entry["told"]), macros),
        own=_compile("|".join(entry["own"]), macros),
        resumes=_compile("|".join(entry["resumes"]), macros),
        supposed=_compile("(?:" + "|".join(entry["supposed"]) + ") $", macros),
        wished=_compile("(?:" + "|".join(entry["wished"]) + ") $", macros),
        denied=_compile("(?:" + "|".join(entry["denied"]) + ") $", macros),
        goes_on=_compile("(?:" + "|".join(entry["goes_on"]) + ")$", macros),
    )


def _any_word(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(words) + r")\b")


def _with_words(entry: Mapping[str, Any], macros: Mapping[str, str]) -> Mapping[str, str]:
    """The macros and a section's own words; these may use each other, the later the earlier."""
    return {**dict(reversed(entry["words"].items())), **macros}


def _levels(table: Mapping[str, Sequence[Sequence[float]]]) -> dict[SignalKind, tuple[Level, ...]]:
    """For each kind its own, or what is said of every kind."""
    every = table.get("every", ())
    chosen = {kind: table.get(kind.value, every) for kind in SignalKind}
    return {
        kind: tuple(Level(raw, right) for raw, right in levels)
        for kind, levels in chosen.items()
        if levels
    }


def _context(entry: Mapping[str, Any], shared: Mapping[str, str]) -> ContextPhrases:
    macros = _with_words(entry, shared)
    return ContextPhrases(
        proposal=tuple(_compile(p, macros) for p in entry["proposal"]),
        tag=re.compile("(?:" + "|".join(entry["tag"]) + ")"),
        question=tuple(_compile(p, macros) for p in entry["question"]),
        fact=re.compile(r"\d|" + _any_word(w for w in entry["fact"] if w != r"\d").pattern),
        fact_opening=re.compile("|".join(entry["fact_opening"])),
        picture=_any_word(entry["picture"]),
        feeling=_any_word(entry["feeling"]),
        human=_any_word(entry["human"]),
        moves_on=tuple(_compile(p, macros) for p in entry["moves_on"]),
        moves_after=tuple(_compile(p, macros) for p in entry["moves_after"]),
        moves_not=tuple(_compile(p, macros) for p in entry["moves_not"]),
        asks_terms=tuple(_compile(p, macros) for p in entry["asks_terms"]),
        asks_for=tuple(_compile(p, macros) for p in entry["asks_for"]),
        grants=_compile(entry["grants"], macros),
        takes_up=tuple(_compile(p, macros) for p in entry["takes_up"]),
        unmarked_question=_compile(entry["unmarked_question"], macros),
        number=_compile(entry["number"], macros),
        gives_time=_compile(entry["gives_time"], macros),
        cannot_end=frozenset(entry["cannot_end"].split()),
        left_behind=frozenset(entry["left_behind"].split()),
        cannot_begin=frozenset(entry["cannot_begin"].split()),
    )


def _topics(entry: Mapping[str, Any]) -> TopicWords:
    return TopicWords(
        mine=entry["mine"],
        again=entry["again"],
        openings=dict(entry["openings"]),
        grammar=frozenset(entry["grammar"]),
        verbs=frozenset(stem(w) for w in entry["verbs"]),
        vague=frozenset(entry["vague"]),
        qualities=frozenset(entry["qualities"]),
        acts=frozenset(entry["acts"]),
        hollow=frozenset(entry["hollow"]),
        light=frozenset(stem(w) for w in entry["light"]),
        senses={stem(w): n for n, words in enumerate(entry["senses"]) for w in words.split()},
    )


def _points(
    entries: Iterable[Mapping[str, Any]], macros: Mapping[str, str]
) -> Iterable[PointPhrases]:
    for entry in entries:
        patterns = [
            p.replace(_WHAT, _BEFORE if p.index(_WHAT) < 4 else _POINT) if _WHAT in p else p  # noqa: PLR2004 - it stands at the beginning
            for p in entry["patterns"]
        ]
        yield PointPhrases(
            PointKind(entry["kind"]),
            entry["say"],
            entry.get("short", ""),
            bool(entry.get("clause", False)),
            _phrases({**entry, "patterns": patterns}, macros, anywhere=True),
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
