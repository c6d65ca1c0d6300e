"""A fact of mine said back with a yes: "correct, the 14th". Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from assistant.model import SignalKind
from assistant.phrases import Act
from assistant.signals.findings import Finding
from assistant.signals.heads import FIGURES, THIN, read_head
from assistant.signals.moves import Asks

if TYPE_CHECKING:
    from assistant.phrases import PhraseBook
    from assistant.signals.moves import Move
    from assistant.text import Piece

TELLING: Final = 5
"""Letters of a word that says something when it is said back; "he was" is a yes, no more."""


def said_back(reply: tuple[Piece, ...], move: Move | None) -> Finding | None:
    """A check of fact answered, without a comma: it says correct, the 14th."""
    if move is None or not (move.asks is Asks.FACT or move.states_fact) or len(reply) != 1:
        return None
    match = _CORRECT.match(reply[0].normal.text)
    if match is None or not set(match["rest"].replace(" ,", "").split()) <= {*move.words, *THIN}:
        return None
    if not any(w[0].isdigit() or w in FIGURES or len(w) >= TELLING for w in match["rest"].split()):
        return None
    return Finding(SignalKind.FACTUAL_CONFIRMATION, 0.82, "correct-echo", reply[0].original)


_CORRECT: Final = re.compile(
    r"^(?:(?:um|uh|yes|yeah|yep) ,? ?)*(?:correct|right|exactly|precisely|yes|yeah|yep|yup|indeed|"
    r"affirmative|right you are|thats right|thats it)(?: ,)? (?P<rest>.{1,60})$"
)


def confirmed_after(book: PhraseBook, reply: tuple[Piece, ...], move: Move) -> Finding | None:
    """A fact of mine confirmed in a sentence of its own: "It did, yes. That's correct."."""
    if move.kind is not None or not (move.asks is Asks.FACT or move.states_fact):
        return None
    if read_head(book, reply).first(Act.NO, Act.DENY) is not None:
        return None
    for piece in reply[1:]:
        head = read_head(book, (piece,))
        affirmed = head.first(Act.AFFIRM) or ("correct" in piece.normal.words and head.acts)
        if affirmed and not head.rest and not piece.normal.question:
            return Finding(SignalKind.FACTUAL_CONFIRMATION, 0.78, "confirmed-after", piece.original)
    return None
