"""A call as a strip of cells: who spoke when, and where signals lie. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual.content import Content

from assistant.model import Note, Signal, Speaker, Transcript
from assistant.tones import Tone
from tui.lines import MARK
from tui.words import COLOURS, SIGNALS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assistant.model import Event, SignalKind

_WEIGHT: Final = {
    Tone.GOOD: 4,
    Tone.HOLLOW: 3,
    Tone.AGAINST: 2,
    Tone.MINE: 1,
    Tone.PLAIN: 0,
}
"""Where several signals share a cell, the one that matters most is shown."""


@dataclass(frozen=True, slots=True)
class At:
    """Where the strip is looked at."""

    length_s: float
    """Of the whole call; what was heard when that is longer."""
    front_s: float
    """How far it was heard."""
    now_s: float
    """What moment is shown."""


class Timeline:
    """What a strip shows of a call, as it grows."""

    def __init__(self) -> None:
        self._said: list[Transcript] = []
        self._signals: list[Signal] = []
        self._notes: list[float] = []

    def hear(self, event: Event) -> None:
        """Take in an event."""
        if isinstance(event, Transcript) and event.final:
            self._said.append(event)
        elif isinstance(event, Signal):
            if event.revises is not None:
                self._signals = [s for s in self._signals if s.id != event.revises]
            self._signals.append(event)
        elif isinstance(event, Note):
            self._notes.append(event.at_s)

    def noted(self, notes: Iterable[Note]) -> None:
        """These are the notes, and no others."""
        self._notes = [note.at_s for note in notes]

    def rows(self, width: int, at: At) -> tuple[Content, Content]:
        """The line of signals and the line of speech, `width` cells each."""
        length_s = max(at.length_s, at.front_s, 1.0)
        here = min(int(at.now_s / length_s * width), width - 1)
        heard = min(int(at.front_s / length_s * width), width - 1)
        return self._marks(width, length_s, here), self._speech(width, length_s, here, heard)

    def _marks(self, width: int, length_s: float, here: int) -> Content:
        marks: dict[int, SignalKind] = {}
        for signal in self._signals:
            cell = min(int(signal.at_s / length_s * width), width - 1)
            before = marks.get(cell)
            if before is None or _heavier(signal.kind, before):
                marks[cell] = signal.kind
        noted = {min(int(at_s / length_s * width), width - 1) for at_s in self._notes}
        cells: list[tuple[str, str]] = []
        for cell in range(width):
            kind = marks.get(cell)
            if kind is not None:
                cells.append((SIGNALS[kind].shape, COLOURS[SIGNALS[kind].tone]))
            elif cell in noted:
                cells.append((MARK, "$foreground"))
            else:
                cells.append(("▼", "bold") if cell == here else (" ", ""))
        return _joined(cells)

    def _speech(self, width: int, length_s: float, here: int, heard: int) -> Content:
        theirs, mine = set[int](), set[int]()
        for said in self._said:
            first = int(said.start_s / length_s * width)
            last = max(int((said.end_s - 0.05) / length_s * width), first)
            side = mine if said.speaker is Speaker.ME else theirs
            side.update(range(first, min(last, width - 1) + 1))
        cells: list[tuple[str, str]] = []
        for cell in range(width):
            if cell > heard:
                char, style = "·", "$text-muted"
            elif cell in theirs and cell in mine:
                char, style = "█", "$primary"
            elif cell in theirs:
                char, style = "▀", "$foreground"
            elif cell in mine:
                char, style = "▄", "$primary"
            else:
                char, style = "─", "$panel"
            cells.append((char, f"{style} reverse" if cell == here else style))
        return _joined(cells)

    @staticmethod
    def moment_at(cell: int, width: int, at: At) -> float:
        """Call time a cell stands for."""
        return max(at.length_s, at.front_s, 1.0) * min(max(cell, 0), width) / max(width, 1)


def _heavier(kind: SignalKind, than: SignalKind) -> bool:
    return _WEIGHT[SIGNALS[kind].tone] >= _WEIGHT[SIGNALS[than].tone]


def _joined(cells: list[tuple[str, str]]) -> Content:
    """Neighbours of one style in one piece."""
    pieces: list[tuple[str, str]] = []
    for char, style in cells:
        if pieces and pieces[-1][1] == style:
            pieces[-1] = (pieces[-1][0] + char, style)
        else:
            pieces.append((char, style))
    return Content.assemble(*pieces)
