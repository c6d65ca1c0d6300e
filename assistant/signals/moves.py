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
from assistant.signals.pictures import (
    CHECKS,
    CLEFT,
    FACT_WORDS,
    MARKER,
    ME,
    OF_US,
    SO,
    SUMMARY_WORDS,
    TOLD_BACK_WORDS,
    YOU,
    draws_a_lot,
    is_felt,
    is_retold,
    pictures,
    plain_words,
    proposes,
    takes_up,
)

if TYPE_CHECKING:
    from assistant.phrases import PhraseBook, TurnPhrases
    from assistant.text import Piece

OF_THEM_WORDS: Final = 16
"""Within so many words a label says whom it is of."""

TOLD_PIECES: Final = 7
"""More sentences than this in a turn are no summary, unless it is opened as one."""

MIRRORED: Final = 20
"""Of their last so many words a mirror takes some."""

ASIDE_WORDS: Final = 7
"""A "so you ..." as short as this, with no word of need or feeling in it, is a check."""

NEAR: Final = 3
"""They answer one of my last so many sentences."""

_NAME: Final = re.compile(r"[a-z,] (?!I\b|I'|I’)[A-Z][a-z]+")
_OPENER_ALONE: Final = re.compile(
    r"\b(?:got|get|have|understand|understood|heard|hear|follow|recap|summari[sz]e|sum)"
    r"(?: (?:this|that|it|you|all of this|up))?(?: right| correctly| straight)?$"
)
_TELLS: Final = re.compile(r"\b(?:he|she|they) (?:\w+ ){0,4}?(?:said|says|told|goes|asked|wrote)\b")
"""Somebody else is told to have said what follows."""

_IN_SHORT: Final = re.compile(
    r"\b(?:in short|to (?:sum up|summari[sz]e|recap)|in summary|in a nutshell|all in all|"
    r"in other words)\b"
)

_BELIEVED: Final = re.compile(
    r"(?: ,)? (?:i (?:believe|gather|understand|take it)|is that (?:correct|right))$"
)
"""Behind a statement: I say it to have it confirmed."""

_OPEN_END: Final = re.compile(
    r"(?:\b(?:and|but|or|because|that|the|a|an|to|of|with|for|if|when|which|who|is|are|was)|,)$"
)


_FRAGMENT: Final = re.compile(
    r"^(?:instead of|rather than|before|after|until|without|starting|beginning|from the|for the|"
    r"with the|just for|and (?:i )?(?:started|start|began|went|asked)|or)\b"
    r"(?!.* (?:you|your) (?:want|need|feel))"
)
"""No sentence of its own: a recogniser cut it off the one before."""

_OVERRULED: Final = (
    (SignalKind.LABEL, SignalKind.NO_ORIENTED_QUESTION),
    (SignalKind.CALIBRATED_QUESTION, SignalKind.SUMMARY),
)
"""In one sentence the second is what is done, the first only its wording."""


_NAMED: Final = frozenset(
    {SignalKind.LABEL, SignalKind.ACCUSATION_AUDIT, SignalKind.PRESSURE, SignalKind.RESET}
    | {SignalKind.NO_ORIENTED_QUESTION, SignalKind.CALIBRATED_QUESTION}
)
"""With one of these, a turn that takes up their words is that."""


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
    felt: bool = True
    """A word of need, feeling or cause stands in its last sentences."""


def read_move(book: PhraseBook, turn: tuple[Piece, ...], their_words: tuple[str, ...]) -> Move:
    """Read one whole turn of mine.

    `turn` has at least one piece; `their_words` are the normalised words of their turn before it.
    """
    body, tagged = _without_tags(book, turn)
    last = body[-1].normal
    words = tuple(w for piece in turn for w in piece.normal.words)
    findings = _tools(book, body)
    if is_mirror(words, their_words[-MIRRORED:]):
        quote = " ".join(p.original for p in turn)
        findings = (*findings, Finding(SignalKind.MIRROR, 0.8, "repeats-their-words", quote))
    asking = _is_question(book, last.text) and not tagged
    sizes = sorted({len(body), min(4, len(body)), min(2, len(body))}, reverse=True)
    windows = (body[-size:] for size in sizes)
    read = (_summary(book, w, findings, question=asking, length=len(body)) for w in windows)
    summary = next(filter(None, read), None)
    findings = tuple(f for f in findings if f.kind is not SignalKind.SUMMARY)
    if summary is not None:
        findings = (*findings, summary)
    taken_up = not asking and takes_up(book, body, their_words)
    if taken_up and summary is None and SignalKind.MIRROR not in {f.kind for f in findings}:
        length = sum(len(p.normal.words) for p in body)
        if length >= TOLD_BACK_WORDS and not any(f.kind in _NAMED for f in findings):
            quote = " ".join(p.original for p in body)
            findings = (*findings, Finding(SignalKind.SUMMARY, 0.8, "takes-up-their-words", quote))
    asks, kind = _asked(book, body, findings, tagged=tagged)
    if taken_up and asks in {Asks.NOTHING, Asks.FACT} and not last.question:
        asks = Asks.PICTURE
    said = turn[-1].original.rstrip()
    return Move(
        asks=asks,
        kind=kind,
        findings=findings,
        about_them=any(YOU.search(plain_words(p)) for p in body),
        about_me=any(ME.search(plain_words(p)) for p in body),
        retold=is_retold(body) or pictures(last) or taken_up,
        states_fact=_states_fact(book, body[-1]),
        unfinished=said.endswith((",", "-", "—", "…", "..."))
        or bool(_OPEN_END.search(turn[-1].normal.text) and not tagged),
        invites_dissent=bool(re.search(r"\b(?:disagree|inaccurate|wrong|off|unfair)\b", last.text)),
        words=words,
        felt=is_felt(book, body),
    )


def tools_in(book: PhraseBook, said: tuple[Piece, ...]) -> frozenset[SignalKind]:
    """The tools these words of mine use by themselves; at least one piece."""
    body, _ = _without_tags(book, said)
    return frozenset(f.kind for f in _tools(book, body))


def _without_tags(book: PhraseBook, turn: tuple[Piece, ...]) -> tuple[tuple[Piece, ...], bool]:
    """Take "…, is that right?" from the end: it asks about what stands before it."""
    body, tagged = turn, False
    while len(body) > 1 and book.context.tag.fullmatch(body[-1].normal.text):
        body, tagged = body[:-1], True
    if body[-1].normal.question:
        head, _, tail = body[-1].normal.text.rpartition(" , ")
        tagged = tagged or bool(head and book.context.tag.fullmatch(tail))
        tagged = tagged or bool(re.search(r"\w (?:right|correct)$", body[-1].normal.text))
    return body, tagged or bool(_BELIEVED.search(body[-1].normal.text))


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
        for entry, patterns in book.mine.possible(piece.normal.text)
        if _does(book, entry, patterns, piece)
    )


def _does(
    book: PhraseBook, entry: TurnPhrases, patterns: list[re.Pattern[str]], piece: Piece
) -> bool:
    """True when a sentence uses this tool; of its patterns only these may stand there."""
    text = piece.normal.text
    match = next(filter(None, (p.search(text) for p in patterns)), None)
    if match is None or (entry.not_with is not None and entry.not_with.search(text)):
        return False
    if entry.only_with is not None and not entry.only_with.search(text):
        return False
    if _TELLS.search(text[: match.start()]):
        return False
    if not entry.of_them:
        return True
    words = " ".join(text[match.start() :].split()[:OF_THEM_WORDS])
    return bool(YOU.search(MARKER.sub("", words)) or book.context.feeling.search(words))


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
    addressed = MARKER.sub("", text)
    you, me = len(YOU.findall(addressed)), len(OF_US.findall(addressed))
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
    if SO.search(text):
        wanted = 1 if words < SUMMARY_WORDS + 4 else 0
    elif not me and you > 2:  # noqa: PLR2004 - of them alone, again and again
        wanted = 1
    if words >= SUMMARY_WORDS and you >= 2 and needs >= wanted and you > me:  # noqa: PLR2004 - "several"
        if labelled and words < SUMMARY_WORDS + 8:
            return None
        return Finding(SignalKind.SUMMARY, 0.85, "picture-of-them", quote)
    return None


@lru_cache(maxsize=256)
def _is_question(book: PhraseBook, text: str) -> bool:
    return any(p.search(text) for p in book.context.question) and not CLEFT.search(text)


def _asked(
    book: PhraseBook, body: tuple[Piece, ...], findings: tuple[Finding, ...], *, tagged: bool
) -> tuple[Asks, SignalKind | None]:
    """What the end of the turn asks for, and the tool it asks with."""
    last = body[-1]
    # What was done further back in a long turn is not what they answer.
    near = [p.original for p in body[-NEAR:]]
    kinds = {f.kind for f in findings if any(p in f.quote for p in near)}
    ends_with = {f.kind for f in findings if f.quote == last.original}
    if SignalKind.NO_ORIENTED_QUESTION in ends_with | _before_fragment(body, findings):
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
        if not proposes(book, last) or pictured in ends_with:
            return Asks.PICTURE, pictured
        return Asks.PROPOSAL, None
    if SignalKind.MIRROR in kinds:
        fact = book.context.fact.search(last.normal.text)
        return (Asks.FACT if fact else Asks.PICTURE), SignalKind.MIRROR
    if SignalKind.PRESSURE in ends_with:
        return Asks.PROPOSAL, SignalKind.PRESSURE
    return _plain(book, body, tagged=tagged), _only(ends_with, SignalKind.RESET)


def _before_fragment(body: tuple[Piece, ...], findings: tuple[Finding, ...]) -> set[SignalKind]:
    """The tools of the sentence before the last, when the last only goes on with it."""
    if len(body) < 2 or not _FRAGMENT.match(body[-1].normal.text):  # noqa: PLR2004 - one before it
        return set()
    return {f.kind for f in findings if f.quote == body[-2].original}


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


def _plain(book: PhraseBook, body: tuple[Piece, ...], *, tagged: bool) -> Asks:
    """Ordinary talk: a proposal, a question, a check, a picture, or just a statement."""
    last = body[-1].normal
    text = last.text
    if proposes(book, body[-1]):
        return Asks.PROPOSAL
    cleft = bool(CLEFT.search(text))
    if not tagged and not cleft and book.context.question[1].search(text):
        return Asks.OPEN
    if not tagged and book.context.question[0].search(text):
        return Asks.FACT
    checked = tagged or last.question
    if pictures(last):
        return Asks.PICTURE
    fact = _of_fact(book, body, checked=checked)
    if fact is not None:
        return fact
    needs = len(set(book.context.picture.findall(text)))
    has_fact = bool(book.context.fact.search(text))
    opens_as_fact = bool(book.context.fact_opening.search(text))
    retold = SO.search(text) and not has_fact and not opens_as_fact and not OF_US.search(text)
    bare = not is_felt(book, body) and not book.context.human.search(text)
    if retold and bare and len(last.words) <= ASIDE_WORDS:
        return Asks.FACT
    long = len(last.words) > FACT_WORDS
    if YOU.search(plain_words(body[-1])) and (needs or long or retold):
        return Asks.PICTURE
    if not checked and not (has_fact and opens_as_fact) and is_retold(body[-3:]):
        return Asks.PICTURE
    if not checked and draws_a_lot(book, body, has_fact=has_fact):
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
    if (checked and not needs) or (needs <= 1 and CHECKS.search(text)):
        return Asks.FACT
    if short and needs <= 1 and (checked or opens_as_fact):
        return Asks.FACT if checked else Asks.NOTHING
    felt = book.context.feeling.search(" , ".join(p.normal.text for p in body[-3:]))
    if short and not needs and not felt:
        return Asks.FACT if SO.search(text) else Asks.NOTHING
    return None
