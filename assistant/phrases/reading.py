"""The text of a phrase book, compiled; and what a user adds to one."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from assistant.errors import ConfigError
from assistant.index import Entries, Patterns
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

_Entry = TypeVar("_Entry", ReplyPhrases, RemarkPhrases, TurnPhrases, PointPhrases)

_OWN: Final = frozenset({"reply", "theirs", "mine", "subject", "prompt"})

_LETTERS: Final = re.compile(r"[a-z]+")
_MACRO: Final = re.compile(r"\{([a-z]\w*)\}")


@dataclass(frozen=True, slots=True)
class _Words:
    """What patterns are made with."""

    macros: Mapping[str, str]
    """Words that patterns share, by their names."""
    often: Counter[str]
    """How often a word stands in the file, examples and all."""

    def compile(self, pattern: str) -> re.Pattern[str]:
        return re.compile(self._filled(pattern))

    def together(self, patterns: Iterable[str]) -> Patterns:
        return Patterns(map(self.compile, patterns), self.often.__getitem__)

    def entries(self, entries: Iterable[_Entry], *, at_head: bool = False) -> Entries[_Entry]:
        return Entries(_patterned(entries), self.often.__getitem__, at_head=at_head)

    def _filled(self, pattern: str) -> str:
        return _MACRO.sub(lambda m: self.macros.get(m[1], m[0]), pattern)


def _words(macros: Mapping[str, str], text: str) -> _Words:
    return _Words(_unfolded(macros), Counter(_LETTERS.findall(text.lower())))


def _unfolded(macros: Mapping[str, str]) -> dict[str, str]:
    """Macros whose words use each other, the earlier the later, without each other."""
    done: dict[str, str] = {}
    for name, words in reversed(list(macros.items())):
        done[name] = _MACRO.sub(lambda m: done.get(m[1], m[0]), words)
    return done


def parse(text: str, name: str) -> PhraseBook:
    """Compile a phrase book from the text of a file called `name`.

    Raises:
        ConfigError: it is no TOML, misses a part, or has a pattern that does not compile.
    """
    try:
        data = tomllib.loads(text)
        macros: Mapping[str, str] = data["macros"]
        words = _words(macros, text)
        return PhraseBook(
            language=data["language"],
            macros=macros,
            filler=words.compile(macros["filler"] + r"\b"),
            short=tuple(data["heard"]["short"]),
            goes_on=frozenset(data["heard"]["goes_on"]),
            replies=words.entries(_replies(data["reply"], words), at_head=True),
            theirs=words.entries(_remarks(data["theirs"], words)),
            remarks=_remark_words(data["remarks"], words),
            mine=words.entries(_turns(data["mine"], words)),
            context=_context(data["context"], words),
            levels=_levels(data.get("calibration", {})),
            limits=Limits(**data["limits"]),
            topics=_topics(data["topics"]),
            points=words.entries(_points(data["point"], _with_words(data["context"], words))),
            subjects=Entries(_subjects(data["subject"]), words.often.__getitem__),
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
        words = _words(book.macros, text)
        own = [{**e, "words": map(_plainly, e["words"])} for e in data.get("subject", ())]
        return replace(
            book,
            replies=book.replies.behind(_patterned(_replies(data.get("reply", ()), words))),
            theirs=book.theirs.behind(_patterned(_remarks(data.get("theirs", ()), words))),
            mine=book.mine.behind(_patterned(_turns(data.get("mine", ()), words))),
            subjects=book.subjects.behind(_subjects(own)),
            wordings=(*_wordings(data.get("prompt", ())), *book.wordings),
        )
    except _WRONG as error:
        raise ConfigError(
            f"Your phrases in {name} do not fit: {_said(error)}. Mend that entry."
        ) from None


def _said(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _plainly(words: str) -> str:
    """A pattern for words as people write them, with or without commas."""
    return "(?: ,)? ".join(re.escape(word) for word in words_of(words))


def _phrases(entry: Mapping[str, Any], words: _Words, *, anywhere: bool) -> Phrases:
    """`anywhere`: plain words may stand anywhere in a sentence, not only at its head."""
    patterns = [words.compile(p) for p in entry.get("patterns", ())]
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


def _patterned(
    entries: Iterable[_Entry],
) -> Iterable[tuple[_Entry, tuple[re.Pattern[str], ...]]]:
    return ((entry, entry.phrases.patterns) for entry in entries)


def _replies(entries: Iterable[Mapping[str, Any]], words: _Words) -> Iterable[ReplyPhrases]:
    for entry in entries:
        yield ReplyPhrases(Act(entry["act"]), _phrases(entry, words, anywhere=False))


def _turns(entries: Iterable[Mapping[str, Any]], words: _Words) -> Iterable[TurnPhrases]:
    for entry in entries:
        unless, only = entry.get("not_with"), entry.get("only_with")
        yield TurnPhrases(
            SignalKind(entry["kind"]),
            _phrases(entry, words, anywhere=True),
            of_them=bool(entry.get("of_them", False)),
            only_with=re.compile(rf"\b{only}\b") if only else None,
            not_with=re.compile(rf"\b{unless}\b") if unless else None,
        )


def _remarks(entries: Iterable[Mapping[str, Any]], words: _Words) -> Iterable[RemarkPhrases]:
    for entry in entries:
        yield RemarkPhrases(
            kind=SignalKind(entry["kind"]),
            phrases=_phrases(entry, words, anywhere=True),
            unless=words.together(entry.get("unless", ())),
            after=frozenset(entry.get("after", ())),
            never_after=frozenset(entry.get("never_after", ())),
        )


def _remark_words(entry: Mapping[str, Any], words: _Words) -> RemarkWords:
    return RemarkWords(
        told=words.compile("|".join(entry["told"])),
        own=words.compile("|".join(entry["own"])),
        resumes=words.compile("|".join(entry["resumes"])),
        supposed=words.compile("(?:" + "|".join(entry["supposed"]) + ") $"),
        wished=words.compile("(?:" + "|".join(entry["wished"]) + ") $"),
        denied=words.compile("(?:" + "|".join(entry["denied"]) + ") $"),
        goes_on=words.compile("(?:" + "|".join(entry["goes_on"]) + ")$"),
    )


def _any_word(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(words) + r")\b")


def _with_words(entry: Mapping[str, Any], words: _Words) -> _Words:
    """The macros and a section's own words; these may use each other, the later the earlier."""
    own = {**dict(reversed(entry["words"].items())), **words.macros}
    return replace(words, macros=_unfolded(own))


def _subjects(
    entries: Iterable[Mapping[str, Any]],
) -> Iterable[tuple[Subject, tuple[re.Pattern[str], ...]]]:
    for entry in entries:
        pattern = _any_word(entry["words"])
        yield Subject(entry["name"], pattern), (pattern,)


def _levels(table: Mapping[str, Sequence[Sequence[float]]]) -> dict[SignalKind, tuple[Level, ...]]:
    """For each kind its own, or what is said of every kind."""
    every = table.get("every", ())
    chosen = {kind: table.get(kind.value, every) for kind in SignalKind}
    return {
        kind: tuple(Level(raw, right) for raw, right in levels)
        for kind, levels in chosen.items()
        if levels
    }


def _context(entry: Mapping[str, Any], shared: _Words) -> ContextPhrases:
    words = _with_words(entry, shared)
    return ContextPhrases(
        proposal=words.together(entry["proposal"]),
        tag=re.compile("(?:" + "|".join(entry["tag"]) + ")"),
        question=tuple(words.compile(p) for p in entry["question"]),
        fact=re.compile(r"\d|" + _any_word(w for w in entry["fact"] if w != r"\d").pattern),
        fact_opening=re.compile("|".join(entry["fact_opening"])),
        picture=_any_word(entry["picture"]),
        feeling=_any_word(entry["feeling"]),
        human=_any_word(entry["human"]),
        moves_on=words.together(entry["moves_on"]),
        moves_after=words.together(entry["moves_after"]),
        moves_not=words.together(entry["moves_not"]),
        asks_terms=words.together(entry["asks_terms"]),
        asks_for=words.together(entry["asks_for"]),
        grants=words.compile(entry["grants"]),
        takes_up=words.together(entry["takes_up"]),
        unmarked_question=words.compile(entry["unmarked_question"]),
        number=words.compile(entry["number"]),
        gives_time=words.compile(entry["gives_time"]),
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


def _points(entries: Iterable[Mapping[str, Any]], words: _Words) -> Iterable[PointPhrases]:
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
            _phrases({**entry, "patterns": patterns}, words, anywhere=True),
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
