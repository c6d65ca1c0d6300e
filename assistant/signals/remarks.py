"""What they say that matters whatever I asked: an offer, resistance, leaving it open.

The phrase book says which words may be one. What stands before them says whether they are: "what
if we pay later" is an offer, "he said, what if we pay later" a story, "if it's too expensive" a
thought and "I'm not saying it's too expensive" the opposite.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from assistant.model import SignalKind
from assistant.signals.findings import Finding
from assistant.signals.heads import FIGURES, words_quoted
from assistant.signals.moves import Asks
from assistant.text import Piece, Sentence, containment, stem
from assistant.topics import content

if TYPE_CHECKING:
    from assistant.phrases import PhraseBook
    from assistant.phrases.book import RemarkPhrases
    from assistant.signals.moves import Move

REPEATS_MINE: Final = 0.75
"""Share of an offer's words that were mine a moment ago, from which it is my offer, repeated."""

BEFORE: Final = 120
"""Characters before a remark that can make it another's words."""

TOLD_WORDS: Final = 8
"""Words between "he said" and a remark that is still part of what he said."""

_THEY_SAID: Final = re.compile(r"^(?:he|she|they) (?:said|says|asked|goes|went|told)\b")

_SAYS: Final = re.compile(
    r"\b(?:he|she|they|people|the \w+|my \w+) (?:\w+ ){0,2}?"
    r"(?:says?|said|saying|goes|went|told \w+|was like|promised)$"
)
"""What follows in the next sentence is somebody else's."""

_YES_TO_A_NO: Final = re.compile(
    r"^(?:(?:well|um|uh|oh|hm|hmm|actually|look|and|but|to be honest) ,? ?)*"
    r"(?:yes|yeah|(?:it|i|that|we) would|i do|very much)\b"
)
_RELENTS: Final = re.compile(
    r"\b(?:go ahead|its fine|fine|ask away|why not|sure|lets|please do|you can|you could|okay)\b"
)


def read_remarks(
    book: PhraseBook, said: tuple[Piece, ...], move: Move | None, before: str = ""
) -> tuple[Finding, ...]:
    """Each kind at most once, on the first sentence that carries it.

    `before`: what they said last before it, normalised: "Every time he says" tells of another.
    """
    found: dict[SignalKind, Finding] = {}
    refused = _refused(said, move) or _balks(said, move)
    granted = move is not None and move.asks is Asks.NO and _grants_no(said)
    if refused is not None:
        found[refused.kind] = refused
    whole = _whole(book, said)
    for index, piece in enumerate(whole):
        earlier = whole[index - 1].normal.text if index else before
        after = whole[index + 1].normal.text if index + 1 < len(whole) else ""
        if _SAYS.search(earlier) or _THEY_SAID.match(after):
            continue
        quoted = words_quoted(piece.original)
        for entry, patterns in book.theirs.possible(piece.normal.text):
            if entry.kind in found or not _fits(entry, move):
                continue
            if granted and entry.kind is SignalKind.PUSHBACK and entry.phrases.rule == "refuses":
                continue
            if any(
                _means(book, entry.kind, m, quoted) for m in _matches(entry, patterns, piece)
            ) and not (entry.kind is SignalKind.OFFER and _is_mine(book, piece, move)):
                phrases = entry.phrases
                found[entry.kind] = Finding(
                    entry.kind, phrases.strength, phrases.rule, piece.original
                )
    return tuple(found.values())


def _whole(book: PhraseBook, said: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Sentences, with those put together again that a recogniser cut in the middle."""
    joined: list[Piece] = []
    for piece in said:
        last = joined[-1] if joined else None
        if last is not None and not last.normal.question:
            text = last.normal.text
            if book.remarks.goes_on.search(text):
                joined[-1] = Piece(
                    f"{last.original} {piece.original}",
                    Sentence(f"{text} {piece.normal.text}", question=piece.normal.question),
                )
                continue
        joined.append(piece)
    return tuple(joined)


def _fits(entry: RemarkPhrases, move: Move | None) -> bool:
    """My turn lets these words mean that."""
    asks = move.asks.value if move is not None else None
    if entry.after and asks not in entry.after:
        return False
    return asks not in entry.never_after


def _matches(
    entry: RemarkPhrases, patterns: list[re.Pattern[str]], piece: Piece
) -> list[re.Match[str]]:
    """Where the words stand; nowhere when the sentence is about something else."""
    text = piece.normal.text
    found = [m for p in patterns for m in p.finditer(text)]
    if found and entry.unless.found_in(text):
        return []
    return found


def _means(book: PhraseBook, kind: SignalKind, match: re.Match[str], quoted: str) -> bool:
    """The speaker says it themselves, here and now."""
    if quoted and match.group().strip() in quoted:
        return False
    before = match.string[max(0, match.start() - BEFORE) : match.start()]
    if not before.endswith(" "):
        return True
    words = book.remarks
    if _is_told(book, kind, before):
        return False
    if kind is SignalKind.OFFER:
        return not words.wished.search(before)
    return not (words.supposed.search(before) or words.denied.search(before))


def _is_told(book: PhraseBook, kind: SignalKind, before: str) -> bool:
    """What follows `before` is what somebody else said, or what I used to say."""
    words = book.remarks
    told = None
    for told in words.told.finditer(before):  # noqa: B007 - the last one
        pass
    if told is None:
        return False
    between = before[told.end() :]
    if len(between.split()) > TOLD_WORDS or words.resumes.search(between):
        return False
    if kind is SignalKind.DEFERRAL:
        return True
    return not words.own.search(before[: told.end()])


def _is_mine(book: PhraseBook, piece: Piece, move: Move | None) -> bool:
    """It only repeats what I offered a moment ago."""
    if move is None:
        return False
    if containment(piece.normal.words, move.words) >= REPEATS_MINE:
        return True
    theirs, mine = content(book, piece.normal.words), content(book, move.words)
    numbers = {w for w in piece.normal.words if w in book.topics.grammar and w not in move.words}
    fresh = numbers & _NUMBERS
    return len(theirs) > 1 and not fresh and len(theirs & mine) / len(theirs) >= REPEATS_MINE


_NUMBERS: Final = frozenset(
    (
        *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
        *("twelve", "twenty", "thirty", "forty", "fifty", "hundred", "thousand", "million"),
    )
)
"""Words that make an offer another one; they are no content (`assistant.topics`)."""


def _refused(said: tuple[Piece, ...], move: Move | None) -> Finding | None:
    """Yes to a question that wanted a no."""
    if move is None or move.asks is not Asks.NO or move.invites_dissent or not said:
        return None
    text = said[0].normal.text
    match = _YES_TO_A_NO.match(text)
    whole = " ".join(p.normal.text for p in said)
    if match is None or said[0].normal.question or _RELENTS.search(whole):
        return None
    return Finding(SignalKind.PUSHBACK, 0.82, "yes-to-a-no-question", said[0].original)


_GRANTED: Final = re.compile(
    r"\bnot (?:out of the question|at all|a bit)\b|\b(?:thats|its) (?:fine|okay|alright)\b|"
    r"\bi (?:dont|wouldnt) mind\b"
)


def _grants_no(said: tuple[Piece, ...]) -> bool:
    """A no that lets me go on."""
    return any(_GRANTED.search(piece.normal.text) for piece in said)


def _balks(said: tuple[Piece, ...], move: Move | None) -> Finding | None:
    """My figure said back as a question, and no agreement behind it: "Nineteen? I'd sooner ..."."""
    if move is None or len(said) < 2 or not said[0].normal.question:  # noqa: PLR2004 - more follows
        return None
    first = said[0].normal.words
    mine = frozenset(stem(w) for w in move.words)
    figure = any(w[0].isdigit() or w in FIGURES for w in first)
    rest = " ".join(p.normal.text for p in said[1:])
    if len(first) > ECHO_WORDS or not figure or _AGREES.search(rest) or said[-1].normal.question:
        return None
    if not {stem(w) for w in first} & mine:
        return None
    return Finding(SignalKind.PUSHBACK, 0.72, "balks-at-the-figure", said[0].original)


ECHO_WORDS: Final = 9
_AGREES: Final = re.compile(
    r"\b(?:yes|yeah|fine|okay|sure|works|good|great|thats right|correct|deal|perfect|why not)\b"
)
