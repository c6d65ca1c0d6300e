"""Who said what so far: turns, who has the floor, and what my last move was. Pure.

A turn is one or more utterances of one speaker with no speech of the other between them. Words said
while the other holds the floor ("mm-hm", "right") belong to nobody's turn and split none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from assistant.model import Speaker, Transcript
from assistant.signals.heads import is_listening
from assistant.signals.moves import Move, read_move
from assistant.text import Piece, normalise, pieces, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.phrases import PhraseBook

_CUT: Final = re.compile(
    r"\b(?:thats|youre|youve|that|i|its|it|fair|sounds|makes|not|guess|a|the|and|but|to|of|is|"
    r"(?<!hear )(?<!thank )(?<!see )(?<!told )you)$"
)
"""A sentence does not end here."""

TURNS_KEPT: Final = 12
"""How far back the rules look."""

PIECES_READ: Final = 12
"""Sentences of a turn that are read together; a longer turn is read from its end."""

OVERLAP_S: Final = 0.2
"""A reply that begins this long after the other's speech began, before its end, overlaps it."""

FLOOR_KEPT_S: Final = 0.4
"""Who still speaks this long after the other's short words ended has kept the floor."""

ANSWER_WITHIN_S: Final = 20.0
"""After a longer silence words are no answer to my last move any more."""

THEIR_WORDS: Final = 90
"""So many of their last words a turn of mine may take up."""

JOIN_WITHIN_S: Final = 6.0
"""My next words continue my turn across their "mm-hm" when they come within this."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Utterances of one speaker in a row; at least one."""

    speaker: Speaker
    utterances: tuple[Transcript, ...]

    @property
    def start_s(self) -> float:
        """Call time of its first word."""
        return self.utterances[0].start_s

    @property
    def end_s(self) -> float:
        """Call time of its last word."""
        return self.utterances[-1].end_s

    @property
    def text(self) -> str:
        """All its words."""
        return " ".join(u.text for u in self.utterances)

    def read(self) -> tuple[Piece, ...]:
        """Its last `PIECES_READ` sentences."""
        return read_together(self.utterances)


def read_together(utterances: Sequence[Transcript]) -> tuple[Piece, ...]:
    """The last `PIECES_READ` sentences of utterances in a row.

    A sentence that a pause cut in two ("That's ... right.") is one again.
    """
    found: list[Piece] = []
    for utterance in utterances[-PIECES_READ:]:
        read = list(pieces(utterance.text))
        if found and read and _CUT.search(found[-1].normal.text):
            whole = f"{found[-1].original.rstrip(' .,…-—')} {read[0].original}"
            found[-1:] = pieces(whole)
            read = read[1:]
        found += read
    return tuple(found[-PIECES_READ:])


@dataclass(frozen=True, slots=True)
class Stretch:
    """Somebody is speaking."""

    since_s: float
    goes_on: bool = False
    """A later part was opened before the words of this one were known (a cut at full length)."""


@dataclass(frozen=True, slots=True)
class Floor:
    """Who is speaking, and short words that wait to be understood until the other is done."""

    me: Stretch | None = None
    them: Stretch | None = None
    held: tuple[Transcript, ...] = ()

    def of(self, speaker: Speaker) -> Stretch | None:
        """Since when this speaker has been speaking; None when silent."""
        return self.me if speaker is Speaker.ME else self.them

    def opened(self, speaker: Speaker, at_s: float) -> Floor:
        """This speaker began to speak, or goes on after a cut."""
        before = self.of(speaker)
        return self._with(
            speaker, Stretch(before.since_s, goes_on=True) if before else Stretch(at_s)
        )

    def closed(self, speaker: Speaker, nothing_until_s: float | None = None) -> Floor:
        """This stretch's words are known; there are none up to `nothing_until_s`."""
        before = self.of(speaker)
        if before is None or not before.goes_on:
            return self._with(speaker, None)
        since_s = before.since_s if nothing_until_s is None else nothing_until_s
        return self._with(speaker, Stretch(since_s))

    def _with(self, speaker: Speaker, stretch: Stretch | None) -> Floor:
        if speaker is Speaker.ME:
            return replace(self, me=stretch)
        return replace(self, them=stretch)

    def overlaps(self, heard: Transcript) -> bool:
        """True when the other was already speaking when these words began, and still is."""
        speaking = self.of(other(heard.speaker))
        return speaking is not None and speaking.since_s < heard.start_s - OVERLAP_S


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The conversation as far as the rules need it."""

    turns: tuple[Turn, ...] = ()
    """Oldest first, at most `TURNS_KEPT`; the last one may still grow."""
    move: Move | None = None
    """My last turn of substance, read."""
    move_end_s: float = 0.0

    @property
    def last(self) -> Turn | None:
        """The turn that was spoken last."""
        return self.turns[-1] if self.turns else None

    def last_of(self, speaker: Speaker) -> Turn | None:
        """The last turn of one speaker."""
        return next((t for t in reversed(self.turns) if t.speaker is speaker), None)

    def answered(self, book: PhraseBook) -> bool:
        """True when they have already said something of substance to my last move."""
        since = (
            t for t in self.turns if t.speaker is Speaker.THEM and t.start_s >= self.move_end_s
        )
        return any(not is_listening(book, t.read()) for t in since)

    def move_for(self, start_s: float) -> Move | None:
        """The move that words beginning at `start_s` may answer."""
        if self.move is None or start_s - self.move_end_s > ANSWER_WITHIN_S:
            return None
        return self.move


def other(speaker: Speaker) -> Speaker:
    """The other side."""
    return Speaker.THEM if speaker is Speaker.ME else Speaker.ME


def kept_floor(heard: Transcript, other_end_s: float) -> bool:
    """True when the other spoke on after these words: they were said while listening."""
    return other_end_s - heard.end_s > FLOOR_KEPT_S


def began_over(heard: Transcript, other_end_s: float) -> bool:
    """True when these words began well before the other was done: a yes is no answer then."""
    return other_end_s - heard.start_s > OVERLAP_S


def add(book: PhraseBook, dialogue: Dialogue, heard: Transcript) -> Dialogue:
    """The dialogue with one more utterance in it."""
    turns = _joined(book, dialogue.turns, heard)[-TURNS_KEPT:]
    dialogue = replace(dialogue, turns=turns)
    turn = turns[-1]
    read = turn.read()
    if heard.speaker is not Speaker.ME or not read or is_listening(book, read):
        return dialogue
    theirs = dialogue.last_of(Speaker.THEM)
    said = words_of(theirs.text)[-THEIR_WORDS:] if theirs else ()
    return replace(dialogue, move=read_move(book, read, said), move_end_s=heard.end_s)


def _joined(book: PhraseBook, turns: tuple[Turn, ...], heard: Transcript) -> tuple[Turn, ...]:
    if not turns:
        return (Turn(heard.speaker, (heard,)),)
    last = turns[-1]
    if last.speaker is heard.speaker:
        return (*turns[:-1], Turn(last.speaker, (*last.utterances, heard)[-PIECES_READ:]))
    if (
        len(turns) > 1
        and heard.speaker is Speaker.ME
        and heard.start_s - turns[-2].end_s <= JOIN_WITHIN_S
        and _unfinished(turns[-2])
        and is_listening(book, last.read())
        and not _TAKES_IT.match(normalise(heard.text))
    ):
        mine = turns[-2]
        return (*turns[:-2], Turn(mine.speaker, (*mine.utterances, heard)[-PIECES_READ:]))
    return (*turns, Turn(heard.speaker, (heard,)))


_TAKES_IT: Final = re.compile(
    r"^(?:(?:okay|right|oh|well|ah|so) ,? ?)?(?:great|good|perfect|excellent|lovely|brilliant|"
    r"wonderful|fantastic|super|splendid|thanks|thank you|marvellous|awesome|glad)\b"
    r"(?! (?:news|time|people|man|morning|reason|deal of|idea)\b)"
)
"""I take their yes for an answer: what I say next is another turn."""


def _unfinished(turn: Turn) -> bool:
    """A turn that a picture was being drawn in: not ended by a question."""
    read = turn.read()
    return bool(read) and not read[-1].normal.question
