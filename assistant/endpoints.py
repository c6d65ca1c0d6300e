"""When a silence is an end: from the words before it. Pure.

A complete short reply is over soon: nobody is kept waiting for a "That's right." Inside a clause
people think for a moment and go on. That is asked while an utterance is short; the segmenter ends
longer ones by their length. The figures are measured on pauses in real and spoken dialogue
(`bench/endpoints.py`, docs/speech.md): how often a silence of that length was no end, against the
delay it costs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.text import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assistant.model import Transcript

_ENDS: Final = re.compile(r"[.?!][\"'”’)]*$")
_BREAKS_OFF: Final = re.compile(r"(?:\.\.\.|…|,|-|–|—)[\"'”’)]*$")


@dataclass(frozen=True, slots=True)
class EndpointPolicy:
    """How long a silence ends an utterance, in milliseconds."""

    goes_on: frozenset[str] = frozenset()
    """Words, lower case without apostrophes, that no sentence ends with ("and", "the")."""
    replies: frozenset[str] = frozenset()
    """What people say in short, normalised ("thats right")."""
    nothing_ms: int = 300
    """After a sound without words."""
    reply_ms: int = 300
    """After one of `replies`."""
    sentence_ms: int = 420
    """After a complete sentence."""
    open_ms: int = 600
    """After words that may or may not be a sentence."""
    clause_ms: int = 810
    """Inside a clause."""

    @classmethod
    def of(cls, replies: Iterable[str], goes_on: Iterable[str]) -> EndpointPolicy:
        """With the words of a language; `replies` as they are written."""
        plain = frozenset(" ".join(words_of(reply)) for reply in replies)
        return cls(frozenset(goes_on), plain)

    def hangover_ms(self, said: Transcript | None) -> int:
        """The silence that ends what was `said`."""
        if said is None:
            return self.nothing_ms
        text, words = said.text.strip(), words_of(said.text)
        if " ".join(words) in self.replies and _ENDS.search(text):
            return self.reply_ms
        if not words or _BREAKS_OFF.search(text) or words[-1] in self.goes_on:
            return self.clause_ms
        if not _ENDS.search(text):
            return self.open_ms
        return self.sentence_ms
