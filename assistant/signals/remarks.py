"""What they say that matters whatever I asked: an offer, resistance, leaving it open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from assistant.model import SignalKind
from assistant.signals.findings import Finding
from assistant.text import containment

if TYPE_CHECKING:
    from assistant.phrases import PhraseBook
    from assistant.signals.moves import Move
    from assistant.text import Piece

REPEATS_MINE: Final = 0.75
"""Share of an offer's words that were mine a moment ago, from which it is my offer, repeated."""


def read_remarks(
    book: PhraseBook, said: tuple[Piece, ...], move: Move | None
) -> tuple[Finding, ...]:
    """Each kind at most once, on the first sentence that carries it."""
    found: dict[SignalKind, Finding] = {}
    for piece in said:
        for entry in book.theirs:
            phrases = entry.phrases
            if entry.kind in found or not any(
                p.search(piece.normal.text) for p in phrases.patterns
            ):
                continue
            if (
                entry.kind is SignalKind.OFFER
                and move is not None
                and containment(piece.normal.words, move.words) >= REPEATS_MINE
            ):
                continue
            found[entry.kind] = Finding(entry.kind, phrases.strength, phrases.rule, piece.original)
    return tuple(found.values())
