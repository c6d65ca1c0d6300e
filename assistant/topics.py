"""What a call is about, named in the speakers' own words so that the name fits into a sentence.

No tagger is needed: a name begins behind a word such as "the" or "my", and goes on with one to
three words that are neither grammar nor a verb the phrase book knows. Endings help: "this" with a
plural is no name ("that hurts"), behind a noun "-ed" and "-ly" begin something else. Where a name
ends wrongly all the same, the next mention puts it right: of two names that begin alike the shorter
one stays. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from assistant.model import Speaker
from assistant.text import stem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.phrases import PhraseBook
    from assistant.text import Piece

MOST_WORDS: Final = 3
"""Longer names do not fit into a sentence that is read at a glance."""

_ONE: Final = frozenset({"this", "that"})
_SEVERAL: Final = frozenset({"these", "those"})
_PLURAL: Final = re.compile(r"(?:[^sui]s|men|people|children|feet|teeth)$")
_BARE: Final = re.compile(r"[^\w]")


@dataclass(frozen=True, slots=True)
class Topic:
    """A thing that was named."""

    name: str
    """As I would say it to them: "the price", "your loading dock"."""
    stems: tuple[str, ...]
    """Of its words, without the first ("the", "your")."""
    sure: bool
    """Its end is certain: grammar or the end of the sentence comes after it."""


def content(book: PhraseBook, words: Sequence[str]) -> frozenset[str]:
    """Stems of the words that carry meaning; `words` are normalised."""
    return frozenset(stem(w) for w in words if w not in book.topics.grammar and w != ",")


def topics_in(book: PhraseBook, said: Sequence[Piece], speaker: Speaker) -> tuple[Topic, ...]:
    """Things named in an utterance, in order; what is vague ("the thing") is left out."""
    return tuple(topic for piece in said for topic in _topics_of(book, piece, speaker))


@lru_cache(maxsize=128)
def _topics_of(book: PhraseBook, piece: Piece, speaker: Speaker) -> tuple[Topic, ...]:
    """Of one sentence, which two rules ask for."""
    found: list[Topic] = []
    words = piece.normal.text.split()
    index = 0
    while index < len(words):
        opening = book.topics.openings.get(words[index])
        if opening is None:
            index += 1
            continue
        end = index + 1
        while (
            end < len(words)
            and end - index <= MOST_WORDS
            and _names(book, words[end])
            and not (end > index + 1 and _ends_name(book, words[index + 1 : end], words[end]))
        ):
            end += 1
        topic = _topic(book, words[index:end], speaker, opening)
        if topic is not None:
            # One word more than a name may have: where it ends is anybody's guess.
            ended = end == len(words) or end - index <= MOST_WORDS
            name = as_written(piece.original, topic.name)
            found.append(Topic(name, topic.stems, sure=ended))
        index = max(end, index + 1)
    return tuple(found)


def same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """True when two names, as stems, are of one thing: the shorter begins or ends the longer."""
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    return bool(short) and (long[: len(short)] == short or long[-len(short) :] == short)


def _names(book: PhraseBook, word: str) -> bool:
    return (
        word != ","
        and word not in book.topics.grammar
        and stem(word) not in book.topics.verbs
        and not word[0].isdigit()
    )


def _ends_name(book: PhraseBook, before: Sequence[str], word: str) -> bool:
    """Behind a noun this begins something else: "the engineer marked", "the street closes"."""
    if all(w in book.topics.qualities for w in before):
        return False
    return word in book.topics.acts or adverb(word) or (word.endswith("ed") and len(word) > 4)  # noqa: PLR2004 - "bed", "shed"


def adverb(word: str) -> bool:
    """A word of manner, by its ending."""
    return bool(re.search(r"[^aeiou]ly$|ily$", word)) and not re.search(
        r"(?:fami|supp|rep|assemb|month|week|anoma|^ju|^ital|mono)ly$", word
    )


def as_written(original: str, name: str) -> str:
    """A name with the capitals and apostrophes of the sentence it is from ("the CEO's brother")."""
    first, *body = name.split()
    tokens = original.split()
    bare = [_BARE.sub("", t.lower()) for t in tokens]
    for i in range(1, len(bare) - len(body) + 1):
        if bare[i : i + len(body)] == body:
            said = " ".join(t.strip('.,;:!?…"“”()') for t in tokens[i : i + len(body)])
            said = re.sub(r"['’]s$", "", said)
            return f"{first} {said}"
    return name


def _fits(first: str, last: str) -> bool:
    """Whether a name is one of things: "that hurts" and "those round" are not."""
    if first in _ONE:
        return not _PLURAL.search(last)
    return first not in _SEVERAL or bool(_PLURAL.search(last))


def _topic(book: PhraseBook, words: Sequence[str], speaker: Speaker, opening: str) -> Topic | None:
    body = list(words[1:])
    while body and body[-1] in book.topics.qualities:
        body.pop()
    if not body or len(body) > MOST_WORDS or body[-1] in book.topics.vague or len(body[-1]) < 3:  # noqa: PLR2004 - "Dr", "it"
        return None
    if body[0] in book.topics.hollow or adverb(body[-1]) or not _fits(words[0], body[-1]):
        return None
    if opening == "mine":
        first = "your" if speaker is Speaker.THEM else book.topics.mine
    elif opening == "yours":
        first = "your" if speaker is Speaker.ME else book.topics.mine
    else:
        first = opening
    return Topic(" ".join((first, *body)), tuple(stem(w) for w in body), sure=True)
