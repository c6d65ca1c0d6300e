"""Words as the rules see them: lower case, no apostrophes, punctuation as tokens of its own.

Recognisers drop case, commas and apostrophes and repeat words; people write curly quotes. After
`normalise` "That’s that's RIGHT!" and "thats right" read alike.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from operator import eq
from typing import Final

import snowballstemmer

from assistant.index import WORD, needs_of, words_in

_TOKEN: Final = re.compile(
    r"\d+(?:[.,:]\d+)*|[^\W_]+(?:'[^\W_]+)*'?|[.!?;:,…—–]|\s-+\s|-{2,}|-\s*$"
)
_PUNCTUATION: Final = {".": ".", "!": ".", ";": ".", ":": ",", "?": "?", ",": ",", "…": ","}
_JOINED: Final = tuple(
    (pattern, replacement, needs_of(pattern))
    for pattern, replacement in (
        (re.compile(r"\b(that|it|there|what|here|how|who|where|he|she) is\b"), r"\1s"),
        (re.compile(r"\b(you|we|they) are\b"), r"\1re"),
        (re.compile(r"\b(you|we|they|i) have\b"), r"\1ve"),
        (re.compile(r"\b(you|we|they|i) will\b"), r"\1ll"),
        (re.compile(r"\bi am\b"), "im"),
        (re.compile(r"\bcan not\b"), "cant"),
        (re.compile(r"\b(is|was|are|were|do|does|did|would|could|should|have|has) not\b"), r"\1nt"),
        (re.compile(r"\ball right\b"), "alright"),
        (re.compile(r"\bo k\b"), "okay"),
        (re.compile(r"\bok\b"), "okay"),
        (re.compile(r"\bper cent\b"), "percent"),
        (re.compile(r"\b(must|might|could|should|would)ve\b"), r"\1 have"),
        (re.compile(r"\b(that|it|you|we|i|they) (?=\1(?:s|re|ve|m|ll)\b)"), ""),
        (re.compile(r"\bprobl?[iey]+\b|\bprolly\b"), "probably"),
        (
            re.compile(r"\b(thats|youre|your)((?: probably| maybe| so)?) (?:write|rite|wright)\b"),
            r"\1\2 right",
        ),
        (re.compile(r"\bfare (enough|point)\b"), r"fair \1"),
        (re.compile(r"\b((?:could|should|would|might)(?:nt)?) of\b"), r"\1 have"),
    )
)
"""What is written as one word, and what recognisers mishear: each with what it becomes, and the
words it needs."""
_ACCENT: Final = re.compile("[\u0300-\u036f]")
_REPEATED: Final = re.compile(r"\b((?:\w+ ){0,2}\w+)((?:(?: ,)? \1\b)+)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a turn, normalised."""

    text: str
    """Words and inner commas, separated by single spaces, without the final mark."""
    question: bool
    """True when it ended with a question mark."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words alone."""
        return _words(self.text)


@lru_cache(maxsize=1024)
def _words(text: str) -> tuple[str, ...]:
    return tuple(w for w in text.split() if w != ",")


@lru_cache(maxsize=256)
def normalise(text: str) -> str:
    """Tokens separated by single spaces; of punctuation only ``.``, ``?`` and ``,`` remain.

    Several rules read the same words, so the last ones are remembered.
    """
    plain = text.lower().replace("’", "'").replace("‘", "'").replace("ʼ", "'")
    if not plain.isascii():
        plain = _ACCENT.sub("", unicodedata.normalize("NFKD", plain))
    tokens: list[str] = []
    for match in _TOKEN.finditer(plain):
        token = match.group().strip()
        mark = _PUNCTUATION.get(token, "," if token[:1] in "-—–" else None)
        if mark is None:
            tokens.append(token.replace("'", ""))
        elif tokens and tokens[-1] in {".", "?", ","}:
            if mark == "?" or (mark == "." and tokens[-1] == ","):
                tokens[-1] = mark
        elif tokens:
            tokens.append(mark)
    joined = _said_once(" ".join(tokens))
    words = words_in(joined)
    for pattern, replacement, needs in _JOINED:
        if needs is None or not needs.isdisjoint(words):
            joined, changes = pattern.subn(replacement, joined)
            words = words_in(joined) if changes else words
    return _said_once(joined)


def _said_once(text: str) -> str:
    """Without what was said again at once: up to three words, with a comma between or not."""
    words = WORD.findall(text)
    if any(any(map(eq, words, words[apart:])) for apart in (1, 2, 3)):
        return _REPEATED.sub(r"\1", text)
    return text


def sentences(normalised: str) -> tuple[Sentence, ...]:
    """Split what `normalise` returned at ``.`` and ``?``."""
    found: list[Sentence] = []
    current: list[str] = []
    for word in [*normalised.split(), "."]:
        if word in {".", "?"}:
            body = " ".join(current).strip(" ,")
            if body:
                found.append(Sentence(body, question=word == "?"))
            current = []
        else:
            current.append(word)
    return tuple(found)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text as spoken, normalised, without punctuation."""
    return tuple(w for w in normalise(text).split() if w not in {".", "?", ","})


_STEMMER: Final = snowballstemmer.stemmer("english")


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A word without its ending, lower case: "weeks" and "week" are one (Porter 2)."""
    return str(_STEMMER.stemWord(word))


def containment(needle: tuple[str, ...], haystack: tuple[str, ...]) -> float:
    """Share of the different words of `needle` that also stand in `haystack`, 0..1."""
    wanted = set(needle)
    return len(wanted & set(haystack)) / len(wanted) if wanted else 0.0


@dataclass(frozen=True, slots=True)
class Piece:
    """One sentence as transcribed, beside itself normalised."""

    original: str
    normal: Sentence


_SENTENCE_END: Final = re.compile(r"(?<=[.!?;…])[\"”']?\s+")


_STOPS_SHORT: Final = re.compile(
    r"\b(?:probably|is|are|was|the|a|an|to|of|and|be|not|my|your|our|on|in|with|have|has|will|would|"
    r"can|could|very|so|as|if|or|but|for|from|at|by|about|until)\.$"
)
"""No sentence ends here."""


def _parts(text: str) -> list[str]:
    parts: list[str] = []
    for part in _SENTENCE_END.split(text.strip()):
        goes_on = parts and part[:1].islower() and parts[-1].endswith(".")
        if goes_on and (parts[-1][:1].isupper() or _STOPS_SHORT.search(parts[-1])):
            parts[-1] = f"{parts[-1][:-1]} {part}"
        else:
            parts.append(part)
    return parts


@lru_cache(maxsize=512)
def pieces(text: str) -> tuple[Piece, ...]:
    """Split a transcript at its sentence ends; pieces without words are left out.

    A full stop before a small letter, in a text that has capitals, is the recogniser's.
    """
    found: list[Piece] = []
    for part in _parts(text):
        normal = sentences(normalise(part))
        if normal:
            whole = " , ".join(s.text for s in normal)
            found.append(Piece(part.strip(), Sentence(whole, question=normal[-1].question)))
    return tuple(found)
