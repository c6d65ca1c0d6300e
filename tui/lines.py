"""The transcript as lines: who said what, with signals beneath the words they rest on.

Pure. `Log` keeps the entries, `Sheet` knows which line belongs to which entry at a width and
lays out only the entries somebody looks at, so a call of any length stays quick.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeAlias

from rich.cells import cell_len

from assistant.calltime import clock
from assistant.model import CallWarning, Note, Signal, Speaker, SpeechDropped, Transcript
from tui.words import OVER, SIGNALS, SPEAKERS
from tui.wrapping import wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.model import Event, SignalKind

LIMIT: Final = 20_000
"""Entries kept on the screen; when full, the oldest tenth goes."""

MARK: Final = "✎"
"""Stands before what the user noted."""

_NEAR: Final = 200
"""How many entries back a signal may belong."""

_SLACK_S: Final = 0.05
"""Two times this close count as touching, seconds."""

_WIDE: Final = 56
"""From this width on, lines carry the time and my side is set in."""

_LONGEST: Final = 76
"""Longest line of speech, cells: longer ones are hard to read."""

_TIME: Final = 8
"""Cells of the time column and the space after it."""

_NAME: Final = 6
"""Cells of the speaker's name and the space after it."""

_MARGIN: Final = 2
"""Cells left free at the right of their side, where there is room."""

_SET_IN: Final = {True: 6, False: 3}
"""Cells my side is set in, by whether there is room (`_WIDE`)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A signal and, when it revises one, what that was."""

    signal: Signal
    was: SignalKind | None = None

    @property
    def text(self) -> str:
        """Shape and words, as shown."""
        look = SIGNALS[self.signal.kind]
        if self.was is None:
            return f"{look.shape} {look.word}"
        return f"{look.shape} {look.word}, first heard as {SIGNALS[self.was].word.lower()}"


@dataclass(frozen=True, slots=True)
class Said:
    """What one speaker said between two pauses."""

    heard: Transcript
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """A warning or a note of the user, in the place where it came."""

    text: str
    noted_s: float | None = None
    """Call time of a note; None for a warning."""

    @property
    def shown(self) -> str:
        """As it stands in the transcript."""
        if self.noted_s is None:
            return self.text
        return f"{MARK} {self.text}" if self.text else f"{MARK} Marked"


Entry: TypeAlias = Said | Remark


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one line in one style."""

    text: str
    style: str
    """Name of a style of the transcript: a speaker, a tone, `time`, `partial`, `doubtful`,
    `remark`."""
    marked: bool = False
    """True for the words a signal rests on."""
    signal: int | None = None
    """Id of the signal it names."""


Line: TypeAlias = tuple[Piece, ...]


class Log:
    """The entries of a call so far. A partial is replaced where it stands."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.entries: list[Entry] = []
        self._limit = limit
        self._open: dict[Speaker, int] = {}

    def hear(self, event: Event) -> int | None:
        """Take in an event; index of the first entry that changed, None when none did."""
        if isinstance(event, Transcript):
            return self._said(event)
        if isinstance(event, SpeechDropped):
            return self._drop(event.speaker)
        if isinstance(event, Signal):
            return self._mark(event)
        if isinstance(event, CallWarning):
            return self._append(Remark(event.message))
        if isinstance(event, Note):
            return self._append(Remark(event.text, event.at_s))
        return None

    def _said(self, heard: Transcript) -> int | None:
        if not heard.text.strip():
            return self._drop(heard.speaker) if heard.final else None
        at = self._open.pop(heard.speaker, None)
        if at is None:
            changed = self._append(Said(heard))
            at = len(self.entries) - 1
        else:
            self.entries[at] = Said(heard)
            changed = at
        if not heard.final:
            self._open[heard.speaker] = at
        return changed

    def _append(self, entry: Entry) -> int:
        """Index of the new entry, or 0 when the oldest had to go."""
        self.entries.append(entry)
        if len(self.entries) <= self._limit:
            return len(self.entries) - 1
        gone = max(self._limit // 10, 1)
        del self.entries[:gone]
        self._open = {who: at - gone for who, at in self._open.items() if at >= gone}
        return 0

    def _drop(self, speaker: Speaker) -> int | None:
        index = self._open.pop(speaker, None)
        if index is not None:
            del self.entries[index]
            self._open = {who: at - (at > index) for who, at in self._open.items()}
        return index

    def _mark(self, signal: Signal) -> int | None:
        if signal.revises is not None:
            index = self._revise(signal)
            if index is not None:
                return index
        index = next(self._places(signal), None)
        if index is None:
            return None
        said = self.entries[index]
        assert isinstance(said, Said)  # noqa: S101  # _places yields no other
        self.entries[index] = replace(said, marks=(*said.marks, Mark(signal)))
        return index

    def _recent(self) -> Iterator[tuple[int, Said]]:
        for index in range(len(self.entries) - 1, max(len(self.entries) - _NEAR, 0) - 1, -1):
            entry = self.entries[index]
            if isinstance(entry, Said) and entry.heard.final:
                yield index, entry

    def _revise(self, signal: Signal) -> int | None:
        for index, said in self._recent():
            for mark in said.marks:
                if mark.signal.id == signal.revises:
                    new = Mark(signal, was=mark.signal.kind)
                    marks = tuple(new if old is mark else old for old in said.marks)
                    self.entries[index] = replace(said, marks=marks)
                    return index
        return None

    def _places(self, signal: Signal) -> Iterator[int]:
        """Where a signal may go, best first: the words quoted, the time, the speaker, anywhere."""
        own = [(i, said) for i, said in self._recent() if said.heard.speaker is signal.speaker]
        near = [(i, said) for i, said in own if _touches(said.heard, signal)]
        yield from (i for i, said in near if find_quote(said.heard.text, signal.quote))
        yield from (i for i, _ in near)
        yield from (i for i, _ in own)
        yield from (i for i, _ in self._recent())


class Sheet:
    """The entries of a log as lines of one width."""

    def __init__(self, log: Log, width: int, *, spaced: bool = False) -> None:
        """`width` in cells; `spaced` puts an empty line between turns."""
        self._log = log
        self.spaced = spaced
        self.width = max(width, 8)
        self._ends: list[int] = []
        """First line after each entry."""

    @property
    def height(self) -> int:
        """How many lines there are."""
        return self._ends[-1] if self._ends else 0

    def lay_out(self, first: int = 0) -> None:
        """Count the lines anew from entry `first` on."""
        del self._ends[first:]
        end = self.height
        for index in range(first, len(self._log.entries)):
            end += self._height_of(index)
            self._ends.append(end)

    def _height_of(self, index: int) -> int:
        """As many lines as `entry_lines` gives, without making them."""
        entry = self._log.entries[index]
        gap = self._gap(index)
        if isinstance(entry, Remark):
            return gap + len(wrap(entry.shown, self._remark_room))
        words = len(wrap(_shown(entry.heard), self._columns(entry.heard)[2]))
        return gap + words + len(entry.marks)

    def _gap(self, index: int) -> int:
        """Empty lines before an entry."""
        return int(self.spaced and index > 0 and self._new_turn(index))

    def _new_turn(self, index: int) -> bool:
        entry = self._log.entries[index]
        before = self._log.entries[index - 1] if index else None
        if isinstance(entry, Remark) or not isinstance(before, Said):
            return True
        return before.heard.speaker is not entry.heard.speaker

    def _named(self, index: int) -> bool:
        """At a new turn, and where who spoke becomes uncertain within one, or certain again."""
        if self._new_turn(index):
            return True
        entry, before = self._log.entries[index], self._log.entries[index - 1]
        assert isinstance(entry, Said)  # noqa: S101  # what is no speech begins a turn
        assert isinstance(before, Said)  # noqa: S101
        return entry.heard.doubtful_speaker is not before.heard.doubtful_speaker

    def entry_at(self, line: int) -> int:
        """Index of the entry that line `line` belongs to."""
        return bisect_right(self._ends, line)

    def start_of(self, entry: int) -> int:
        """First line of an entry."""
        return self._ends[entry - 1] if 0 < entry <= len(self._ends) else 0

    def line(self, number: int) -> Line:
        """One line; empty beyond the end."""
        if not 0 <= number < self.height:
            return ()
        entry = self.entry_at(number)
        return self.entry_lines(entry)[number - self.start_of(entry)]

    def entry_lines(self, index: int) -> list[Line]:
        """All lines of one entry."""
        entry = self._log.entries[index]
        lines: list[Line] = [()] * self._gap(index)
        if isinstance(entry, Remark):
            return lines + self._remark_lines(entry)
        return [*lines, *self._said_lines(entry, named=self._named(index))]

    @property
    def _wide(self) -> bool:
        return self.width >= _WIDE

    @property
    def _remark_room(self) -> int:
        return max(min(self.width - (10 if self._wide else 2), _LONGEST), 1)

    def _columns(self, heard: Transcript) -> tuple[int, int, int]:
        """Cells before the name, cells before the words, cells for the words."""
        mine = heard.speaker is Speaker.ME
        before = (_TIME if self._wide else 0) + (_SET_IN[self._wide] if mine else 0)
        right = _MARGIN if self._wide and not mine else 0
        return before, before + _NAME, max(min(self.width - before - _NAME - right, _LONGEST), 1)

    def _remark_lines(self, remark: Remark) -> list[Line]:
        noted = remark.noted_s is not None
        lead = "" if noted else "! "
        style = "note" if noted else "remark"
        indent = " " * (_TIME if self._wide else 0)
        time = f"{clock(remark.noted_s):>{_TIME - 1}} " if remark.noted_s is not None else ""
        first = time if self._wide and time else indent
        return [
            (
                Piece(indent if a else first, "time"),
                Piece((" " * len(lead) if a else lead) + remark.shown[a:b], style),
            )
            for a, b in wrap(remark.shown, self._remark_room)
        ]

    def _said_lines(self, said: Said, *, named: bool) -> Iterator[Line]:
        before, column, room = self._columns(said.heard)
        blank = (Piece(" " * column, "time"),)
        lead = self._lead(said.heard, before) if named else blank
        if said.heard.over:
            lead = _with_over(lead)
        text = _shown(said.heard)
        style = _style(said.heard)
        quotes = [(mark, find_quote(text, mark.signal.quote)) for mark in said.marks]
        spans = wrap(text, room)
        for start, end in spans:
            yield (*lead, *_speech(text, start, end, style, [quote for _, quote in quotes]))
            lead = blank
            for mark, quote in quotes:
                if quote and start < quote[1] <= end:
                    under = cell_len(text[start : max(quote[0], start)])
                    yield self._mark_line(mark, column + under)
        yield from (self._mark_line(mark, column) for mark, quote in quotes if not quote)

    def _lead(self, heard: Transcript, before: int) -> Line:
        time = f"{clock(heard.start_s):>{_TIME - 1}} " if self._wide else ""
        doubt = heard.doubtful_speaker
        return (
            Piece(f"{time:<{before}}", "time"),
            Piece(f"{who(heard):<{_NAME}}", "doubtful" if doubt else f"name-{heard.speaker}"),
        )

    def _mark_line(self, mark: Mark, column: int) -> Line:
        column = max(min(column, self.width - cell_len(mark.text)), 0)
        name = Piece(mark.text, SIGNALS[mark.signal.kind].tone, signal=mark.signal.id)
        return (Piece(" " * column, "time"), name)


def who(heard: Transcript) -> str:
    """The speaker's name, with a question mark where it may have been the other."""
    return SPEAKERS[heard.speaker] + ("?" if heard.doubtful_speaker else "")


def _with_over(lead: Line) -> Line:
    """With the mark that the other was speaking too, before the words."""
    *before, last = lead
    return (*before, replace(last, text=last.text[:-2]), Piece(f"{OVER.shape} ", "time"))


def _style(heard: Transcript) -> str:
    if not heard.final:
        return "partial"
    return "doubtful" if heard.doubtful_speaker else str(heard.speaker)


def _shown(heard: Transcript) -> str:
    return heard.text if heard.final else heard.text + " …"


def _touches(heard: Transcript, signal: Signal) -> bool:
    return heard.start_s < signal.end_s + _SLACK_S and heard.end_s > signal.start_s - _SLACK_S


def find_quote(text: str, quote: str) -> tuple[int, int] | None:
    """Where `quote` stands in `text` (start and end, characters), the last time it does."""
    wanted = quote.strip(" .,!?…\"'“”‘’")  # typographic quotes are meant
    if not wanted:
        return None
    found = None
    for match in re.finditer(re.escape(wanted), text, re.IGNORECASE):
        found = match.span()
    return found


def _speech(
    text: str, start: int, end: int, style: str, quotes: list[tuple[int, int] | None]
) -> Iterator[Piece]:
    """The pieces of `text[start:end]`, cut where a quote begins or ends."""
    cuts = {start, end}
    for quote in quotes:
        if quote:
            cuts.update(cut for cut in quote if start < cut < end)
    ordered = sorted(cuts)
    for a, b in pairwise(ordered):
        marked = any(quote and quote[0] <= a and b <= quote[1] for quote in quotes)
        yield Piece(text[a:b], style, marked)
