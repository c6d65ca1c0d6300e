"""A fact of mine said back with a yes: "correct, the 14th". Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from assistant.model import SignalKind
from assistant.signals.findings import Finding
from assistant.signals.heads import FIGURES, THIN
from assistant.signals.moves import Asks

if TYPE_CHECKING:
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
    r"affirmative|right you are|thats right),? (?P<rest>.{1,60})$"
)
