"""The head of a reply: what its first words do, and what comes after them.

A reply is read from its head. Fillers are skipped, known acts are taken off one after another
("Yeah, no, you're right" is yes, no, concede) until other words begin; those are the rest. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from assistant.phrases import Act
from assistant.text import Piece, normalise, stem

if TYPE_CHECKING:
    from assistant.phrases import PhraseBook
    from assistant.signals.moves import Move

_QUIET: Final = frozenset({Act.YES, Act.MM, Act.HEDGE, Act.NO, Act.AFFIRM})

ECHO_WORDS: Final = 5
"""So few words after an act may only repeat what I said."""

FIGURES: Final = frozenset(
    (
        *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
        *("twelve", "fifteen", "nineteen", "twenty", "thirty", "forty", "fifty", "hundred"),
        "thousand",
    )
)
"""Words that are a number, or part of one."""

THIN: Final = frozenset(
    {"the", "a", "an", "my", "our", "your", "i", "we", "its", "and", "in", "on"}
)
"""Words an echo may differ in."""

_CONTRAST: Final = re.compile(
    r"^(?:, )?(?:(?:\w+ ){0,3}, )?(?:but|although|though|except|however|only that|apart from|"
    r"other than|then again|on the other hand|with one exception|yet|that said|having said|"
    r"as for|just not|as long as|provided|at least|to a point|up to a point|in part|in theory)\b"
)
_EMPTY_REST: Final = re.compile(
    r"^(?:(?:, )?(?:then|too|as well|thanks|thank you|sir|maam|man|i guess|i suppose|i think|"
    r"sounds|about that|on that|with that|there|indeed|of course|please|why not|i mean|you know|"
    r"for sure|no|yes|yeah|okay|right|will do|no problem|whatever)\s*)*$"
)


_QUOTED: Final = re.compile(r"(?:(?<=\s)|(?<=^))[\"“”‘](?=\w)(.+)")
"""Words in quotation marks, to the end of the sentence."""

_CLOSED: Final = re.compile(r"[\"”’](?=[\s,.!?]|$)")


def words_quoted(original: str) -> str:
    """What stands in quotation marks in a sentence, normalised; empty when nothing does."""
    opened = _QUOTED.search(original)
    return normalise(_CLOSED.split(opened[1], maxsplit=1)[0]) if opened else ""


@dataclass(frozen=True, slots=True)
class Done:
    """One act taken off the head of a reply."""

    act: Act
    rule: str
    strength: float
    question: bool
    """Its sentence ended with a question mark."""
    words: str


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a reply, and what comes after it."""

    acts: tuple[Done, ...]
    quote: str
    """The sentences the head covers, as transcribed."""
    rest: str
    """Normalised words after the head; empty when there is nothing else."""
    later: tuple[Piece, ...]
    """Whole sentences after the head."""

    def first(self, *acts: Act) -> Done | None:
        """The first of these acts, if any was done."""
        return next((d for d in self.acts if d.act in acts), None)

    @property
    def contrast(self) -> bool:
        """The head is followed by "but" and its kin."""
        after = self.rest or (self.later[0].normal.text if self.later else "")
        return bool(_CONTRAST.search(after))

    @property
    def bare(self) -> bool:
        """Nothing of substance follows."""
        return not self.later and bool(_EMPTY_REST.match(self.rest))


@lru_cache(maxsize=256)
def read_head(book: PhraseBook, reply: tuple[Piece, ...]) -> Head:
    """Take acts off the head of a reply until other words begin."""
    acts: list[Done] = []
    covered: list[str] = []
    for index, piece in enumerate(reply):
        position, text = 0, piece.normal.text
        before = len(acts)
        while position < len(text):
            step = _next_act(book, text, position)
            if step is None:
                break
            done, position = step
            if done is not None:
                acts.append(_with_question(done, piece))
        if len(acts) > before:
            covered.append(piece.original)
        if position < len(text):
            return Head(tuple(acts), " ".join(covered), text[position:], reply[index + 1 :])
    return Head(tuple(acts), " ".join(covered), "", ())


def is_listening(book: PhraseBook, reply: tuple[Piece, ...]) -> bool:
    """True when a turn only shows that somebody listens: "mm-hm", "yeah", "right, okay"."""
    head = read_head(book, reply)
    return not head.rest and not head.later and all(d.act in _QUIET for d in head.acts)


def is_empty(book: PhraseBook, reply: tuple[Piece, ...]) -> bool:
    """True when it is not even "that's right": a yes, a sound, or nothing."""
    acts = read_head(book, reply).acts
    return is_listening(book, reply) and all(d.act is not Act.AFFIRM for d in acts)


def past_echo(book: PhraseBook, reply: tuple[Piece, ...], move: Move | None) -> Head:
    """The head of a reply; my own words said back before it are no words of theirs.

    "Routers first, phones in the summer, yeah, okay" is a yes.
    """
    head = read_head(book, reply)
    if move is None or not reply:
        return head
    mine = frozenset(stem(w) for w in move.words)
    first = reply[0].normal.words
    if len(reply) > 1 and len(first) > ECHO_WORDS - 2 and {stem(w) for w in first} <= mine | THIN:
        after = read_head(book, reply[1:])
        if after.acts:
            return after
    if head.acts:
        return head
    text = reply[0].normal.text
    words = text.split()
    position = said = 0
    for word in words[: ECHO_WORDS + 3]:
        if word != "," and stem(word) not in mine and word not in THIN:
            break
        said += word != ","
        position += len(word) + 1
        figure = word[0].isdigit() or word in FIGURES
        if (said < 2 and not figure) or position >= len(text):  # noqa: PLR2004 - one word may be chance
            continue
        rest = Piece(reply[0].original, replace(reply[0].normal, text=text[position:]))
        after = read_head(book, (rest, *reply[1:]))
        if after.acts:
            return after
    if said and position >= len(text) and len(reply) > 1:
        after = read_head(book, reply[1:])
        return after if after.acts else head
    return head


@lru_cache(maxsize=2048)
def _next_act(book: PhraseBook, text: str, position: int) -> tuple[Done | None, int] | None:
    """The longest act or filler at `position`, and where it ends; None when other words begin."""
    if text.startswith((" ", ","), position):
        return None, position + 1
    best: tuple[Done | None, int] | None = None
    for entry, patterns in book.replies.possible(text[position:]):
        for pattern in patterns:
            match = pattern.match(text, position)
            if match and match.end() > position and (best is None or match.end() > best[1]):
                phrases = entry.phrases
                done = Done(entry.act, phrases.rule, phrases.strength, False, match.group())  # noqa: FBT003 - set by the caller, who knows the sentence
                best = done, match.end()
    if best is None:
        match = book.filler.match(text, position)
        best = (None, match.end()) if match else None
    return best


def _with_question(done: Done, piece: Piece) -> Done:
    return Done(done.act, done.rule, done.strength, piece.normal.question, done.words)
