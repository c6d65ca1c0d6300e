"""My turns: what I just did, which decides what their answer means.

The same "that's right" is worth everything after a summary and nothing after "Tuesday at nine?".
So each turn of mine is read twice: which of the method's tools it used (signals), and what kind of
answer it asks for (`Asks`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from assistant.model import SignalKind
from assistant.signals.findings import Finding
from assistant.signals.mirrors import is_mirror

if TYPE_CHECKING:
    from assistant.phrases import PhraseBook, TurnPhrases
    from assistant.text import Piece

SUMMARY_WORDS: Final = 16
"""A picture of them this long is a summary, also without "what you're saying is"."""

OF_THEM_WORDS: Final = 16
"""Within so many words a label says whom it is of."""

TOLD_PIECES: Final = 7
"""More sentences than this in a turn are no summary, unless it is opened as one."""

NEAR: Final = 3
"""They answer one of my last so many sentences."""

FACT_WORDS: Final = 14
"""A check of fact is short."""

_MARKER: Final = re.compile(
    r"\b(?:you (?:know|see)|i mean)\b(?! (?:that|what|how|who|why|where|when|if|the|a|him|her|it|"
    r"them|about|my|your|me|us|which|this)\b)"
)
"""Words that address nobody: "it's, you know, hard"."""

_ME: Final = re.compile(r"\b(?:heres|i|im|ive|id|ill|my|me|mine|we|weve|wed|our|us)\b")
_YOU: Final = re.compile(r"\b(?:you|your|yours|youre|youve|youd|youll|yourself)\b")
_I: Final = re.compile(r"\b(?:i|im|ive|id|ill|we|were|weve|wed|well|our|my|me|us)\b")
_NAME: Final = re.compile(r"[a-z,] (?!I\b|I'|I’)[A-Z][a-z]+")
_OPENER_ALONE: Final = re.compile(
    r"\b(?:got|get|have|understand|understood|heard|hear|follow|recap|summari[sz]e|sum)"
    r"(?: (?:this|that|it|you|all of this|up))?(?: right| correctly| straight)?$"
)
_SO: Final = re.compile(r"^(?:(?:okay|and|right|alright|yeah|um|uh) ,? ?)*so\b")
_TELLS: Final = re.compile(r"\b(?:he|she|they) (?:\w+ ){0,4}?(?:said|says|told|goes|asked|wrote)\b")
"""Somebody else is told to have said what follows."""

_IN_SHORT: Final = re.compile(
    r"\b(?:in short|to (?:sum up|summari[sz]e|recap)|in summary|in a nutshell|all in all|"
    r"in other words)\b"
)

_CHECKS: Final = re.compile(
    r"\b(?:let me (?:just )?(?:read|say|repeat) (?:that|it|this) back|"
    r"just (?:so|to) (?:that )?(?:i|we|check|confirm|be)|to (?:confirm|check|be sure)|to be clear|"
    r"so (?:that|it|this) (?:was|is|will be)|so we (?:said|meet)|so you said|"
    r"so (?:thats|its)(?! (?:like|as|not|about|really|more)\b))\b"
)
"""What follows is to be confirmed, question mark or not."""

_OPEN_END: Final = re.compile(
    r"(?:\b(?:and|but|or|because|that|the|a|an|to|of|with|for|if|when|which|who|is|are|was)|,)$"
)


_OVERRULED: Final = (
    (SignalKind.LABEL, SignalKind.NO_ORIENTED_QUESTION),
    (SignalKind.CALIBRATED_QUESTION, SignalKind.SUMMARY),
)
"""In one sentence the second is what is done, the first only its wording."""


class Asks(StrEnum):
    """What kind of answer a turn of mine asks for."""

    PICTURE = "picture"
    """Is this how it is for you? (summary, label, mirror, paraphrase)"""
    FACT = "fact"
    """Is this so? (a check, a yes/no question)"""
    NO = "no"
    """A no-oriented question."""
    PROPOSAL = "proposal"
    """Will you? (an offer, a next step, a price)"""
    OPEN = "open"
    """A question that cannot be answered with yes or no."""
    NOTHING = "nothing"
    """A statement."""


@dataclass(frozen=True, slots=True)
class Move:
    """A turn of mine, read."""

    asks: Asks
    kind: SignalKind | None
    """The tool it ended on; None for ordinary talk."""
    findings: tuple[Finding, ...]
    about_them: bool
    """It says something about them ("you", "your")."""
    about_me: bool
    """It says something about me ("I", "our")."""
    retold: bool
    """It draws them more than me, or retells ("so you ..."): more than an aside about "you"."""
    states_fact: bool
    """It has numbers, dates, names, places in it and no word of need or feeling."""
    unfinished: bool
    """It breaks off in the middle of a clause."""
    invites_dissent: bool
    """A no-oriented question about the picture itself ("Would you say that's inaccurate?")."""
    words: tuple[str, ...]


def read_move(book: PhraseBook, turn: tuple[Piece, ...], their_words: tuple[str, ...]) -> Move:
    """Read one whole turn of mine.

    `turn` has at least one piece; `their_words` are the normalised words of their turn before it.
    """
    body, tagged = _without_tags(book, turn)
    last = body[-1].normal
    words = tuple(w for piece in turn for w in piece.normal.words)
    findings = _tools(book, body)
    if is_mirror(words, their_words):
        quote = " ".join(p.original for p in turn)
        findings = (*findings, Finding(SignalKind.MIRROR, 0.8, "repeats-their-words", quote))
    asking = _is_question(book, last.text) and not tagged
    windows = (body, body[-4:], body[-2:])
    summary = next(
        filter(
            None, (_summary(book, w, findings, question=asking, length=len(body)) for w in windows)
        ),
        None,
    )
    findings = tuple(f for f in findings if f.kind is not SignalKind.SUMMARY)
    if summary is not None:
        findings = (*findings, summary)
    asks, kind = _asked(book, body, findings, tagged=tagged)
    said = turn[-1].original.rstrip()
    return Move(
        asks=asks,
        kind=kind,
        findings=findings,
        about_them=any(_YOU.search(_plain_words(p)) for p in body),
        about_me=any(_ME.search(_plain_words(p)) for p in body),
        retold=_is_retold(body),
        states_fact=_states_fact(book, body[-1]),
        unfinished=said.endswith((",", "-", "—", "…", "..."))
        or bool(_OPEN_END.search(turn[-1].normal.text) and not tagged),
        invites_dissent=bool(re.search(r"\b(?:disagree|inaccurate|wrong|off|unfair)\b", last.text)),
        words=words,
    )


def _without_tags(book: PhraseBook, turn: tuple[Piece, ...]) -> tuple[tuple[Piece, ...], bool]:
    """Take "…, is that right?" from the end: it asks about what stands before it."""
    body, tagged = turn, False
    while len(body) > 1 and book.context.tag.fullmatch(body[-1].normal.text):
        body, tagged = body[:-1], True
    if body[-1].normal.question:
        head, _, tail = body[-1].normal.text.rpartition(" , ")
        tagged = tagged or bool(head and book.context.tag.fullmatch(tail))
        tagged = tagged or bool(re.search(r"\w (?:right|correct)$", body[-1].normal.text))
    return body, tagged


def _tools(book: PhraseBook, body: tuple[Piece, ...]) -> tuple[Finding, ...]:
    """The method's tools by their words, each kind once, in the order they were used."""
    found: dict[SignalKind, Finding] = {}
    for piece in body:
        for finding in _tools_in(book, piece):
            found.setdefault(finding.kind, finding)
    for kind, stronger in _OVERRULED:
        if kind in found and stronger in found and found[kind].quote == found[stronger].quote:
            del found[kind]
    return tuple(found.values())


@lru_cache(maxsize=512)
def _tools_in(book: PhraseBook, piece: Piece) -> tuple[Finding, ...]:
    """Of one sentence; a turn is read anew with every sentence that it grows by."""
    return tuple(
        Finding(entry.kind, entry.phrases.strength, entry.phrases.rule, piece.original)
        for entry in book.mine
        if _does(book, entry, piece)
    )


def _is_retold(body: tuple[Piece, ...]) -> bool:
    text = " , ".join(_plain_words(p) for p in body[-4:])
    you, me = len(_YOU.findall(text)), len(_ME.findall(text))
    words = sum(len(p.normal.words) for p in body[-4:])
    if not you or me > you:
        return False
    several = you >= 2 and words >= FACT_WORDS  # noqa: PLR2004 - more than an aside
    retells = bool(_SO.search(text)) and (you > me or words >= SUMMARY_WORDS)
    return retells or several or (not me and words >= SUMMARY_WORDS)


def _does(book: PhraseBook, entry: TurnPhrases, piece: Piece) -> bool:
    """True when a sentence uses this tool."""
    text = piece.normal.text
    match = next(filter(None, (p.search(text) for p in entry.phrases.patterns)), None)
    if match is None or (entry.not_with is not None and entry.not_with.search(text)):
        return False
    if entry.only_with is not None and not entry.only_with.search(text):
        return False
    if _TELLS.search(text[: match.start()]):
        return False
    if not entry.of_them:
        return True
    words = " ".join(text[match.start() :].split()[:OF_THEM_WORDS])
    return bool(_YOU.search(_MARKER.sub("", words)) or book.context.feeling.search(words))


def _summary(
    book: PhraseBook,
    body: tuple[Piece, ...],
    findings: tuple[Finding, ...],
    *,
    question: bool,
    length: int,
) -> Finding | None:
    """A picture of them with several things in it, whatever words open it."""
    text = " , ".join(p.normal.text for p in body)
    words = sum(len(p.normal.words) for p in body)
    opened = next((f for f in findings if f.kind is SignalKind.SUMMARY), None)
    addressed = _MARKER.sub("", text)
    you, me = len(_YOU.findall(addressed)), len(_I.findall(addressed))
    needs = len(set(book.context.picture.findall(text)))
    quote = " ".join(p.original for p in body)
    if opened is None and length > TOLD_PIECES:
        return None  # talk that long is a story, and its "you" is anybody
    if opened is not None and not you and _IN_SHORT.search(text):
        return None  # my own side, or a story, made short
    if opened is not None and not you and book.context.fact.search(text) and not needs:
        return None  # an order, an address: read back to be checked
    if opened is not None and not (len(body) <= 2 and _OPENER_ALONE.search(text)):  # noqa: PLR2004 - "Okay. So, let me see …"
        return Finding(SignalKind.SUMMARY, opened.confidence, opened.rule, quote)
    if question or any(
        f.kind in {SignalKind.PRESSURE, SignalKind.ACCUSATION_AUDIT} for f in findings
    ):
        return None
    labelled = any(f.kind is SignalKind.LABEL for f in findings)
    wanted = 2
    if _SO.search(text):
        wanted = 1 if words < SUMMARY_WORDS + 4 else 0
    if words >= SUMMARY_WORDS and you >= 2 and needs >= wanted and you > me:  # noqa: PLR2004 - "several"
        if labelled and words < SUMMARY_WORDS + 8:
            return None
        return Finding(SignalKind.SUMMARY, 0.85, "picture-of-them", quote)
    return None


def _plain_words(piece: Piece) -> str:
    """A sentence without words that address nobody."""
    return _MARKER.sub("", piece.normal.text)


@lru_cache(maxsize=256)
def _is_question(book: PhraseBook, text: str) -> bool:
    return any(p.search(text) for p in book.context.question)


def _asked(
    book: PhraseBook, body: tuple[Piece, ...], findings: tuple[Finding, ...], *, tagged: bool
) -> tuple[Asks, SignalKind | None]:
    """What the end of the turn asks for, and the tool it asks with."""
    last = body[-1]
    # What was done further back in a long turn is not what they answer.
    near = [p.original for p in body[-NEAR:]]
    kinds = {f.kind for f in findings if any(p in f.quote for p in near)}
    ends_with = {f.kind for f in findings if f.quote == last.original}
    if SignalKind.NO_ORIENTED_QUESTION in ends_with:
        return Asks.NO, SignalKind.NO_ORIENTED_QUESTION
    if SignalKind.CALIBRATED_QUESTION in ends_with and SignalKind.LABEL not in ends_with:
        return Asks.OPEN, SignalKind.CALIBRATED_QUESTION
    pictured = next(
        (
            k
            for k in (SignalKind.SUMMARY, SignalKind.LABEL, SignalKind.ACCUSATION_AUDIT)
            if k in kinds
        ),
        None,
    )
    if pictured is not None and (
        tagged or pictured in ends_with or not _is_question(book, last.normal.text)
    ):
        if not _proposes(book, last) or pictured in ends_with:
            return Asks.PICTURE, pictured
        return Asks.PROPOSAL, None
    if SignalKind.MIRROR in kinds:
        fact = book.context.fact.search(last.normal.text)
        return (Asks.FACT if fact else Asks.PICTURE), SignalKind.MIRROR
    if SignalKind.PRESSURE in ends_with:
        return Asks.PROPOSAL, SignalKind.PRESSURE
    return _plain(book, body, tagged=tagged), _only(ends_with, SignalKind.RESET)


def _states_fact(book: PhraseBook, piece: Piece) -> bool:
    text = piece.normal.text
    if book.context.picture.search(text):
        return False
    return bool(
        book.context.fact.search(text)
        or book.context.fact_opening.search(text)
        or _NAME.search(piece.original)
    )


def _only(kinds: set[SignalKind], kind: SignalKind) -> SignalKind | None:
    return kind if kind in kinds else None


@lru_cache(maxsize=256)
def _proposes(book: PhraseBook, piece: Piece) -> bool:
    return any(p.search(piece.normal.text) for p in book.context.proposal)


def _plain(book: PhraseBook, body: tuple[Piece, ...], *, tagged: bool) -> Asks:
    """Ordinary talk: a proposal, a question, a check, a picture, or just a statement."""
    last = body[-1].normal
    text = last.text
    if _proposes(book, body[-1]):
        return Asks.PROPOSAL
    if not tagged and book.context.question[1].search(text):
        return Asks.OPEN
    if not tagged and book.context.question[0].search(text):
        return Asks.FACT
    checked = tagged or last.question
    fact = _of_fact(book, body, checked=checked)
    if fact is not None:
        return fact
    needs = len(set(book.context.picture.findall(text)))
    has_fact = bool(book.context.fact.search(text))
    opens_as_fact = bool(book.context.fact_opening.search(text))
    retold = _SO.search(text) and not has_fact and not opens_as_fact and not _I.search(text)
    long = len(last.words) > FACT_WORDS
    if _YOU.search(_plain_words(body[-1])) and (needs or long or retold):
        return Asks.PICTURE
    if not checked and not (has_fact and opens_as_fact) and _is_retold(body[-3:]):
        return Asks.PICTURE
    return Asks.FACT if checked else Asks.NOTHING


def _of_fact(book: PhraseBook, body: tuple[Piece, ...], *, checked: bool) -> Asks | None:
    """A check of fact, or a plain statement of one; None when it may be more than that."""
    text = body[-1].normal.text
    short = len(body[-1].normal.words) <= FACT_WORDS
    needs = len(set(book.context.picture.findall(text)))
    opens_as_fact = bool(book.context.fact_opening.search(text))
    if not book.context.fact.search(text):
        return Asks.FACT if checked and short and opens_as_fact and needs <= 1 else None
    if (checked and not needs) or (needs <= 1 and _CHECKS.search(text)):
        return Asks.FACT
    if short and needs <= 1 and (checked or opens_as_fact):
        return Asks.FACT if checked else Asks.NOTHING
    felt = book.context.feeling.search(" , ".join(p.normal.text for p in body[-3:]))
    if short and not needs and not felt:
        return Asks.FACT if _SO.search(text) else Asks.NOTHING
    return None
