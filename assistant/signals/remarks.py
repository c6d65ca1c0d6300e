"""What they say that matters whatever I asked: an offer, resistance, leaving it open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from assistant.model import SignalKind
from assistant.signals.findings import Finding
from assistant.signals.moves import Asks
from assistant.text import containment, stem

if TYPE_CHECKING:
    from assistant.phrases import PhraseBook
    from assistant.phrases.book import TurnPhrases
    from assistant.signals.moves import Move
    from assistant.text import Piece

REPEATS_MINE: Final = 0.75
"""Share of an offer's words that were mine a moment ago, from which it is my offer, repeated."""

_TELLS: Final = re.compile(
    r"\b(?!(?:i|ive|we|weve|id|you|youve) )\w+(?: \w+ing)?(?: just| always| only| then| never)? "
    r"(?:said|says|saying|told|tells|goes|went|asked|asks|wrote|writes|kept saying|keeps saying|"
    r"was like|were like|is like|rang|rings|answered|promised|replied|shouted)\b"
    r"(?: \w+){0,4}? ?,? ?$"
)
"""Somebody else says what follows."""

_TOLD: Final = re.compile(r"^.{0,60}?\b(?:he|she|they|the \w+|my \w+) (?:said|says|asked|told)\b")
"""Somebody else said what stood before."""

_THEY_SAID: Final = re.compile(r"^(?:he|she|they) (?:said|says|asked|goes|went|told)\b")

_QUOTED: Final = re.compile(r"[\"“][^\"”]*[\"”]")

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
    if refused is not None:
        found[refused.kind] = refused
    whole = " ".join(p.normal.text for p in said)
    for index, piece in enumerate(said):
        earlier = said[index - 1].normal.text if index else before
        if earlier and _TELLS.search(earlier):
            continue
        after = said[index + 1].normal.text if index + 1 < len(said) else ""
        for entry in book.theirs:
            if entry.kind in found or (entry.not_with and entry.not_with.search(whole)):
                continue
            if not _carries(entry, piece, move) or _THEY_SAID.match(after):
                continue
            if (
                entry.kind is SignalKind.OFFER
                and move is not None
                and containment(piece.normal.words, move.words) >= REPEATS_MINE
            ):
                continue
            phrases = entry.phrases
            found[entry.kind] = Finding(entry.kind, phrases.strength, phrases.rule, piece.original)
    return tuple(found.values())


def _carries(entry: TurnPhrases, piece: Piece, move: Move | None) -> bool:
    """True when a sentence says it, and means it."""
    text = piece.normal.text
    match = next(filter(None, (p.search(text) for p in entry.phrases.patterns)), None)
    if match is None:
        return False
    plainly_asked = move is not None and move.kind is None and move.asks.value in entry.not_after
    return not plainly_asked and not _reported(piece, match)


def _reported(piece: Piece, match: re.Match[str]) -> bool:
    """Somebody else is told to have said it."""
    text = piece.normal.text
    if _TELLS.search(text[: match.start()]) or _TOLD.match(text[match.end() :]):
        return True
    quoted = _QUOTED.search(piece.original)
    return quoted is not None and bool(re.search(r"\b(?:he|she|they|says|said)\b", text))


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


def _balks(said: tuple[Piece, ...], move: Move | None) -> Finding | None:
    """My figure said back as a question, and no agreement behind it: "Nineteen? I'd sooner ..."."""
    if move is None or len(said) < 2 or not said[0].normal.question:  # noqa: PLR2004 - more follows
        return None
    first = said[0].normal.words
    mine = frozenset(stem(w) for w in move.words)
    figure = any(w[0].isdigit() or w in _FIGURES for w in first)
    rest = " ".join(p.normal.text for p in said[1:])
    if len(first) > ECHO_WORDS or not figure or _AGREES.search(rest) or said[-1].normal.question:
        return None
    if not {stem(w) for w in first} & mine:
        return None
    return Finding(SignalKind.PUSHBACK, 0.72, "balks-at-the-figure", said[0].original)


ECHO_WORDS: Final = 9
_FIGURES: Final = frozenset(
    (
        *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
        *("twelve", "fifteen", "nineteen", "twenty", "thirty", "forty", "fifty", "hundred"),
        "thousand",
    )
)
_AGREES: Final = re.compile(
    r"\b(?:yes|yeah|fine|okay|sure|works|good|great|thats right|correct|deal|perfect|why not)\b"
)
