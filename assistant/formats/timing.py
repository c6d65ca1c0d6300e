"""Times for what a transcript does not date. Pure.

Words are taken to be said at a talker's usual pace, with a pause before somebody else; what the
file does say is kept, and what lies between two known times is fitted in between.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from assistant.formats.cue import LONGEST_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.formats.cue import Cue

WORDS_PER_S: Final = 2.5
"""150 words a minute: conversational English lies between 120 and 170."""
PAUSE_S: Final = 1.0
"""Between two cues of which neither time is known."""
SHORTEST_S: Final = 0.4
"""A cue is at least so long."""
LONG_S: Final = 15.0
"""A longer paragraph is taken apart: calls that are heard come in pieces of at most 10 s."""
PIECE_WORDS: Final = 25
"""A piece takes up sentences until it has so many words."""
_SENTENCE_END: Final = re.compile(r"(?<=[.?!…])\s+")


def timed(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """The cues with both times, starts in order, none beyond a day."""
    if all(c.start_s is not None and c.end_s is not None for c in cues):
        return tuple(sorted(cues, key=lambda c: c.start_s or 0.0))
    starts = _starts(cues)
    found: list[Cue] = []
    before_s = 0.0
    for index, cue in enumerate(cues):
        start_s = max(starts[index], before_s)
        next_s = starts[index + 1] if index + 1 < len(cues) else LONGEST_S
        end_s = start_s + _length_s(cue)
        if cue.end_s is not None and cue.end_s >= start_s:
            end_s = cue.end_s
        elif next_s > start_s:
            end_s = min(end_s, next_s)
        start_s, end_s = min(start_s, LONGEST_S), min(end_s, LONGEST_S)
        found.append(replace(cue, start_s=round(start_s, 3), end_s=round(end_s, 3)))
        before_s = start_s if cue.end_s is not None else end_s
    return tuple(found)


def in_pieces(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """Long paragraphs as pieces of whole sentences, their times shared out by words."""
    found: list[Cue] = []
    for cue in cues:
        start_s, end_s = cue.start_s or 0.0, cue.end_s or 0.0
        pieces = _pieces(cue.text) if end_s - start_s > LONG_S else [cue.text]
        counts = [len(piece.split()) for piece in pieces]
        done = 0
        for piece, count in zip(pieces, counts, strict=True):
            begins_s = start_s + (end_s - start_s) * done / max(1, sum(counts))
            done += count
            ends_s = start_s + (end_s - start_s) * done / max(1, sum(counts))
            found.append(
                replace(cue, text=piece, start_s=round(begins_s, 3), end_s=round(ends_s, 3))
            )
    return tuple(found)


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for sentence in _SENTENCE_END.split(text):
        if pieces and len(f"{pieces[-1]} {sentence}".split()) <= PIECE_WORDS:
            pieces[-1] += f" {sentence}"
        else:
            pieces.append(sentence)
    return pieces


def _length_s(cue: Cue) -> float:
    return max(SHORTEST_S, len(cue.text.split()) / WORDS_PER_S)


def _starts(cues: Sequence[Cue]) -> list[float]:
    """When each begins: known, or placed between the known ones around it."""
    starts: list[float] = []
    index, now_s = 0, 0.0
    while index < len(cues):
        known = cues[index].start_s
        if known is not None:
            now_s = max(now_s, known)
            starts.append(now_s)
            now_s += _length_s(cues[index]) + PAUSE_S
            index += 1
            continue
        run = index
        while run < len(cues) and cues[run].start_s is None:
            run += 1
        lengths = [_length_s(c) + PAUSE_S for c in cues[index:run]]
        until_s = cues[run].start_s if run < len(cues) else None
        room_s = sum(lengths) if until_s is None else until_s - now_s
        if room_s < sum(lengths):
            # What was said before them gives way too: all of it has to fit.
            begun_s = starts[-1] if starts else 0.0
            fore_s = now_s - begun_s
            whole_s = max(0.0, (until_s or 0.0) - begun_s)
            scale = min(1.0, whole_s / (fore_s + sum(lengths)))
            now_s = begun_s + fore_s * scale
            lengths = [length * scale for length in lengths]
        for length in lengths:
            starts.append(now_s)
            now_s += length
        index = run
    return starts
