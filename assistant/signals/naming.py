"""How what they said is said back to them: its words, turned to "you", or none that read badly.

A label that is no English costs more trust than none, so every name has to pass: it begins like a
thing (or is a whole clause, where the wording takes one), ends on a word that can end one, and
holds no "you" whose meaning would have to be guessed. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.phrases.book import PointKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.phrases import PhraseBook
    from assistant.phrases.book import PointPhrases
    from assistant.text import Piece

LONGEST: Final = 6
"""Words of a thing that still fit into a label."""

LONGEST_CLAUSE: Final = 8

_TURNED: Final = {"i": "you", "me": "you", "my": "your", "mine": "yours", "we": "you", "us": "you",
                  "our": "your", "ours": "yours", "im": "you're", "ive": "you've", "weve": "you've",
                  "id": "you'd", "wed": "you'd", "ill": "you'll", "myself": "yourself",
                  "ourselves": "yourselves", "am": "are", "your": "our", "were": "were",
                  "well": "well"}  # fmt: skip
_TURNED_ORIGINAL: Final = {"we're": "you're", "we'll": "you'll"}
_YOURS: Final = re.compile(r"\b(?:you|youre|youve|youll|youd|yours|yourself|was)\b")
"""Turning these round needs grammar: "you" would be "I" or "me", "I was" "you were"."""
_ENDS_AT: Final = re.compile(
    r"\s,|\b(?:and|but|so|because|which|who|when|if|while|unless|though|although|cause|you know|"
    r"i mean|um|uh|er|like|or|since|before|after|until|then|again|anymore|any more|any longer|"
    r"at all|really|honestly|as|in case|more than|right now|to be honest|this time|now|that|no)\b"
)
_CLAUSE_ENDS_AT: Final = re.compile(
    r"\s,|\b(?:and|but|so|because|which|unless|though|although|cause|you know|i mean|um|uh|er|"
    r"or|since|then|any more|any longer|at all|honestly|anymore)\b"
)
_BEGINS_AFTER: Final = re.compile(
    r"\s,|\b(?:and|but|so|because|which|if|while|though|although|cause|you know|i mean|um|uh|er|or|"
    r"since|then|honestly|well|like)\b"
)
_FINITE: Final = re.compile(
    r"(?:is|are|was|were|am|has|have|had|will|would|can|could|cant|wont|should|might|may|must|do|"
    r"does|did|dont|doesnt|didnt|isnt|arent|wasnt|i|we|they|he|she|ill|well|theyll|hell|shell|"
    r"itll|im|theyre|its|thats|ive|weve|id|wed|goes|comes|gets)$"
)
_PREPOSITION: Final = re.compile(
    r"(?:of|to|for|from|with|without|at|by|in|on|into|about|between|over|under|behind|near|"
    r"through|against|around|out|up|down|off|every|per|next|last|just|all)$"
)
_DETERMINER: Final = re.compile(
    r"(?:the|a|an|my|our|this|that|these|those|another|any|some|more|their|his|her|every|no|all|"
    r"both|anybody|anything|somebody|someone|something|people|\d\S*|\w{3,}ing)$"
)


@dataclass(frozen=True, slots=True)
class Named:
    """What matters in a sentence of theirs."""

    words: tuple[str, ...]
    """Its words, normalised."""
    short: str
    """As one of several; empty when it reads badly."""
    label: str
    """A whole sentence that says it back; empty when it reads badly."""


def named(
    book: PhraseBook, entry: PointPhrases, patterns: list[re.Pattern[str]], piece: Piece
) -> Named | None:
    """What these patterns of an entry find in a sentence, and how to say it back."""
    text = piece.normal.text
    for pattern in patterns:
        match = pattern.search(text)
        if match is None:
            continue
        groups = match.groupdict()
        if entry.kind is PointKind.NUMBER or "{point}" not in entry.say:
            words = tuple((groups.get("point") or "").split())
        elif groups.get("before"):
            words = _thing_before(re.split(_BEGINS_AFTER, groups["before"])[-1].split())
            words = words if words and words[-1] not in book.topics.vague else ()
        elif entry.clause:
            words = _cut(_CLAUSE_ENDS_AT, groups.get("point") or "")
        else:
            words = _thing(_cut(_ENDS_AT, groups.get("point") or ""))
        if not words:
            continue
        name = _said_back(book, entry, piece, words)
        return Named(words, _filled(entry.short, name), _filled(entry.say, name))
    return None


def _filled(wording: str, name: str) -> str:
    """The wording with the name in it; empty when it needs one and there is none."""
    return wording.replace("{point}", name) if name or "{point}" not in wording else ""


def _cut(ends: re.Pattern[str], text: str) -> tuple[str, ...]:
    first = text.split(" ", 1)[0]
    # A name may begin with what would end it ("that roof").
    rest = ends.split(text[len(first) :], maxsplit=1)[0]
    return tuple(f"{first}{rest}".split())


def _thing(words: Sequence[str]) -> tuple[str, ...]:
    """The words up to a verb: "the drive" of "the drive is long"."""
    end = next((i for i, w in enumerate(words) if i and _FINITE.match(w)), len(words))
    return tuple(words[:end])


def _thing_before(words: Sequence[str]) -> tuple[str, ...]:
    """The thing that ends these words: "the damp in that bedroom" of "so the damp in … it"."""
    words = list(words)
    while words and words[-1] in {"it", "that", "this", "they", "all", "is", "are"}:
        words.pop()
    after_verb = max((i + 1 for i, w in enumerate(words) if _FINITE.match(w)), default=0)
    words = words[after_verb:][-LONGEST:]
    first = next((i for i, w in enumerate(words) if _DETERMINER.match(w)), None)
    if first is not None and first and _PREPOSITION.match(words[first - 1]):
        first = first if len(words) - first > 1 else None
    if first is None:
        return tuple(words[-1:]) if len(words) == 1 else ()
    return tuple(words[first:])


def _said_back(book: PhraseBook, entry: PointPhrases, piece: Piece, words: tuple[str, ...]) -> str:
    """The words as they stood in the sentence, turned to "you"; empty when they read badly."""
    longest = LONGEST_CLAUSE if entry.clause else LONGEST
    if len(words) > longest:
        if entry.clause:
            return ""
        words = _shortened(words, longest)
    if not entry.clause and entry.kind is not PointKind.NUMBER:
        while words and words[-1] in book.topics.grammar and words[-1] not in _KEPT_LAST:
            words = words[:-1]
    if not words or _YOURS.search(" ".join(words)):
        return ""
    if entry.clause and (words[-1] in book.topics.grammar and words[-1] not in _CLAUSE_LAST):
        return ""
    nothing = len(words) == 1 and words[0] in _NO_NAME
    nothing = nothing or (len(words) == 1 and words[0].endswith("ing"))
    if nothing or words[0] in _NEVER_FIRST or all(w in book.topics.grammar for w in words):
        return "" if entry.kind is not PointKind.NUMBER else _as_said(book, piece.original, words)
    return _as_said(book, piece.original, words)


_KEPT_LAST: Final = frozenset(
    {"me", "us", "off", "out", "up", "down", "back", "again", "alone", "him", "her", "them", "here",
     "there", "behind", "hurt", "lost", "cut", "stuck", "broken"}
)  # fmt: skip
_CLAUSE_LAST: Final = _KEPT_LAST | {
    "it",
    "again",
    "away",
    "twice",
    "alone",
    "one",
    "apart",
    "through",
}
_NO_NAME: Final = frozenset(
    {"that", "this", "them", "him", "her", "nothing", "everything", "all", "me", "us", "it"}
)
_NEVER_FIRST: Final = frozenset(
    {"it", "what", "how", "whether", "to", "not", "is", "of", "when", "where", "if", "who", "why"}
)


def _shortened(words: tuple[str, ...], longest: int) -> tuple[str, ...]:
    """The longest beginning that ends before a preposition; none when there is none."""
    for end in range(longest, 0, -1):
        if _PREPOSITION.match(words[end]):
            return words[:end]
    return ()


def _as_said(book: PhraseBook, original: str, words: Sequence[str]) -> str:
    tokens = original.split()
    bare = [re.sub(r"[^\w.,:]", "", t.lower()).strip(".,:") for t in tokens]
    plain = [re.sub(r"[^\w]", "", b) for b in bare]
    for i in range(len(bare) - len(words) + 1):
        window = [p if p == w else b for p, b, w in zip(plain[i:], bare[i:], words, strict=False)]
        if window == list(words):
            said = [t.strip('.,;:!?…"“”()') for t in tokens[i : i + len(words)]]
            if i == 0 and len(words) == 1 and said[0][:1].isupper():
                return ""  # "Quiet" or "Nora"?
            if i == 0 and (words[0] in book.topics.grammar or words[0].endswith("ing")):
                said[0] = said[0].lower()
            return " ".join(
                _TURNED_ORIGINAL.get(t.lower().replace("’", "'"), _TURNED.get(w, t))
                for w, t in zip(words, said, strict=True)
            )
    return ""
