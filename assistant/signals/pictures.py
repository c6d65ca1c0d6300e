"""Pictures: statements of mine that say how it is for them, in whatever words.

A picture needs no "you": "Another stranger deciding what happens to your mother" is one, and so is
what they said themselves, told back. What is read here decides what their "that's right" is worth.
Pure.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from assistant.topics import content

if TYPE_CHECKING:
    from assistant.phrases import PhraseBook
    from assistant.text import Piece, Sentence

SUMMARY_WORDS: Final = 16
"""A picture of them this long is a summary, also without "what you're saying is"."""

FACT_WORDS: Final = 14
"""A check of fact is short."""

LOT_WORDS: Final = 5
"""A statement shorter than this draws nobody."""

TOLD_BACK_WORDS: Final = 14
"""A picture in their own words may be a little shorter than one in mine."""

TAKEN_UP: Final = 3
TAKEN_UP_SHARE: Final = 0.28
"""So many of my words that carry sense, and such a share of them, were theirs a moment ago."""

MARKER: Final = re.compile(
    r"\b(?:you (?:know|see)|i mean)\b(?! (?:that|what|how|who|why|where|when|if|the|a|him|her|it|"
    r"them|about|my|your|me|us|which|this)\b)"
)
"""Words that address nobody: "it's, you know, hard"."""

ME: Final = re.compile(r"\b(?:heres|i|im|ive|id|ill|my|me|mine|we|weve|wed|our|us)\b")
YOU: Final = re.compile(r"\b(?:you|your|yours|youre|youve|youd|youll|yourself)\b")
OF_US: Final = re.compile(r"\b(?:i|im|ive|id|ill|we|were|weve|wed|well|our|my|me|us)\b")
I_ALONE: Final = re.compile(r"\b(?:i|im|ive|id|ill|my|me|mine|weve|wed|well|our)\b")
SO: Final = re.compile(r"^(?:(?:okay|and|right|alright|yeah|um|uh) ,? ?)*so\b")
CHECKS: Final = re.compile(
    r"\b(?:let me (?:just )?(?:read|say|repeat) (?:that|it|this) back|"
    r"just (?:so|to) (?:that )?(?:i|we|check|confirm|be)|to (?:confirm|check|be sure)|to be clear|"
    r"so (?:that|it|this) (?:was|is|will be)|so we (?:said|meet)|so you said|"
    r"so (?:thats|its)(?! (?:like|as|not|about|really|more)\b))\b"
)
"""What follows is to be confirmed, question mark or not."""

CLEFT: Final = re.compile(
    r"\bwhat (?:you|youre|youve|they) (?:\w+ )?(?:hear|see|feel|get|want|need|know|think|picture|"
    r"remember|care about|have)s? (?:\w+ )?(?:is|was|are)\b|"
    r"^(?:(?:so|and|but|okay|right) ,? ?)*whats (?:really |actually |truly )(?:\w+ ){1,6}?is\b|"
    r"^(?:(?:so|and|but|okay) ,? ?)*(?:whats|what) (?:\w+ ){1,6}?(?:is that|isnt|is not)\b"
)
"""A statement in the form "what you hear is an axe"."""

_HOW_IT_IS: Final = re.compile(
    r"\b(?:it|that) (?:feels|felt|would feel|must feel) (?:like|as if|as though)\b|"
    r"\bwould feel like\b|"
    r"\b(?:sounds|seems|looks) (?:like|as if|as though) (?:the|your) (?:board|boss|team|management|"
    r"owners?|partners?|lawyers?|people|family|crew|staff|committee|council|bank|head office|"
    r"investors?)\b"
)
"""How something is for them, without a "you": only they can say whether it is so."""


def plain_words(piece: Piece) -> str:
    """A sentence without words that address nobody."""
    return MARKER.sub("", piece.normal.text)


@lru_cache(maxsize=256)
def proposes(book: PhraseBook, piece: Piece) -> bool:
    """True when a sentence of mine proposes something."""
    return book.context.proposal.found_in(piece.normal.text)


def pictures(last: Sentence) -> bool:
    """It says how something is for them, in a form that needs no "you"."""
    text = last.text
    how = _HOW_IT_IS.search(text) or (CLEFT.search(text) and YOU.search(text))
    return bool(how) and not last.question


def takes_up(book: PhraseBook, body: tuple[Piece, ...], their_words: tuple[str, ...]) -> bool:
    """Told back in their own words: much of what carries sense in it they have just said."""
    if any(I_ALONE.search(plain_words(p)) or p.normal.question for p in body):
        return False
    if any(proposes(book, p) or CHECKS.search(p.normal.text) for p in body):
        return False
    mine = content(book, [w for p in body for w in p.normal.words])
    shared = {s for s in mine & content(book, their_words) if not s[0].isdigit()}
    return len(shared) >= TAKEN_UP and len(shared) >= TAKEN_UP_SHARE * len(mine)


def is_felt(book: PhraseBook, body: tuple[Piece, ...]) -> bool:
    """True when a word of need, feeling or cause stands in the last sentences."""
    text = " , ".join(p.normal.text for p in body[-3:])
    return bool(book.context.picture.search(text) or book.context.feeling.search(text))


def is_retold(body: tuple[Piece, ...]) -> bool:
    """True when it draws them more than me, or retells: more than an aside about "you"."""
    text = " , ".join(plain_words(p) for p in body[-4:])
    you, me = len(YOU.findall(text)), len(ME.findall(text))
    words = sum(len(p.normal.words) for p in body[-4:])
    if not you or me > you:
        return False
    several = you >= 2 and words >= FACT_WORDS  # noqa: PLR2004 - more than an aside
    retells = bool(SO.search(text)) and (you > me or words >= SUMMARY_WORDS)
    return retells or several or (not me and words >= SUMMARY_WORDS)


def draws_a_lot(book: PhraseBook, body: tuple[Piece, ...], *, has_fact: bool) -> bool:
    """A plain statement about how somebody fares: of what is human, or of them, and not of me."""
    text = " , ".join(plain_words(p) for p in body[-2:])
    opens = book.context.fact_opening.search(body[-1].normal.text)
    if I_ALONE.search(text) or (opens and has_fact) or len(text.split()) < LOT_WORDS:
        return False
    if book.context.human.search(text):
        return True
    return not has_fact and not opens and len(YOU.findall(text)) > 1
