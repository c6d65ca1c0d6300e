"""Names and words of this deal: what was heard that may have been one of them. Pure.

A speech model writes a name it does not know as words it knows ("cobalt chick"). Where the words
sound like a term of the user's, both spellings are held against the sound (`ShortContext.score`);
the term wins unless what was heard fits much better. The terms are never put into the decoder's
ear, so they cannot turn up in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.alike import alike, letters
from assistant.errors import ConfigError
from assistant.model import Word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MOST_TERMS: Final = 500
LONGEST_TERM: Final = 60
"""More make a call slow; they are names, not sentences."""

ALIKE: Final = 0.6
"""Likeness in sound from which words may be a term."""

LENGTHS: Final = (0.6, 1.7)
"""Letters heard for a letter of the term, at least and at most: a syllable is no name."""

TRIED: Final = 3
"""Terms that are held against the sound of an utterance."""

PRIOR: Final = 6.0
"""How much better than a term what was heard has to fit, in natural logarithms of probability."""


@dataclass(frozen=True, slots=True)
class Place:
    """Words that may have been a term."""

    first: int
    last: int
    """Of the words, the first and the one after the last."""
    term: str
    likeness: float
    """0..1."""


class Terms:
    """The user's terms."""

    def __init__(self, texts: Sequence[str] = ()) -> None:
        self.texts = tuple(texts)
        self._spelled = {text: [letters(word) for word in text.split()] for text in self.texts}

    def __bool__(self) -> bool:
        return bool(self.texts)

    def places(self, words: Sequence[Word]) -> list[Place]:
        """Where terms may have been said, the likeliest first, at most `TRIED`."""
        spelled = [letters(word.text) for word in words]
        found: list[Place] = []
        for term in self.texts:
            alike = [
                Place(first, first + length, term, _likeness(self._spelled[term], heard))
                for length in range(1, len(term.split()) + 3)
                for first in range(len(words) - length + 1)
                if all(heard := spelled[first : first + length]) and not self._holds_one(heard)
            ]
            best = max(alike, key=lambda place: place.likeness, default=None)
            if best is not None and best.likeness >= ALIKE:
                found.append(best)
        found.sort(key=lambda place: (-place.likeness, place.first))
        return found[:TRIED]

    def _holds_one(self, heard: Sequence[str]) -> bool:
        """A term that stands there is not made another that sounds like it."""
        return any(
            heard[i : i + len(own)] == own
            for own in self._spelled.values()
            for i in range(len(heard) - len(own) + 1)
        )

    def prior(self, words: Sequence[Word], place: Place) -> float:
        """How much better what stands there now has to fit to stay.

        The liker it sounds to the term, and the less sure the decoder was, the more.
        """
        said = words[place.first : place.last]
        sure = min(word.probability for word in said)
        return PRIOR * place.likeness * (1.5 - sure)


def _likeness(own: Sequence[str], heard: Sequence[str]) -> float:
    """Of words' letters to a term's; 0 where they are far too few or many."""
    spelled, said = "".join(own), "".join(heard)
    least, most = LENGTHS
    return alike(spelled, said) if least <= len(said) / len(spelled) <= most else 0.0


def put(words: Sequence[Word], place: Place, probability: float) -> list[Word]:
    """The words with the term in its place, over the same time."""
    before, said, after = words[: place.first], words[place.first : place.last], words[place.last :]
    begin_s, end_s = said[0].start_s, said[-1].end_s
    parts = place.term.split()
    step_s = (end_s - begin_s) / len(parts)
    mark = re.search(r"(?:'s)?[^\w']*$", said[-1].text)
    ending = mark.group() if mark else ""
    new = [
        Word(
            f" {part}{ending if n == len(parts) - 1 else ''}",
            round(begin_s + n * step_s, 2),
            round(begin_s + (n + 1) * step_s, 2),
            probability,
        )
        for n, part in enumerate(parts)
    ]
    return [*before, *new, *after]


def read_terms(path: Path) -> tuple[str, ...]:
    """The terms in a text file, one a line; empty lines and those that begin with # are left out.

    Raises:
        ConfigError: it cannot be read, or does not look like a list of terms.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigError(
            f"The terms in {path} cannot be read: {error.strerror}. Give a text file with a name "
            "or term a line."
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text. Give a file with a term a line.") from None
    terms: dict[str, None] = {}
    for number, line in enumerate(lines, start=1):
        term = " ".join(line.split())
        if not term or term.startswith("#"):
            continue
        if len(term) > LONGEST_TERM or not letters(term):
            raise ConfigError(
                f"Line {number} of {path} is no name or term of at most {LONGEST_TERM} letters. "
                "Mend or delete it."
            )
        terms[term] = None
    if len(terms) > MOST_TERMS:
        raise ConfigError(
            f"{path} has {len(terms)} terms; at most {MOST_TERMS} help. Keep those of this deal."
        )
    return tuple(terms)
