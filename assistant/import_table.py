"""What came of an import: a table, JSON lines, and how far it is."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from assistant.calltime import clock
from assistant.listing import OUTCOMES
from assistant.model import Transcript
from assistant.safetext import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

    from assistant.model import Event, Outcome

SURE_AFTER_S: Final = 5.0
"""Before that nothing is said about how long it takes."""


class State(StrEnum):
    """What came of a file."""

    IN = "in"
    ALREADY = "already"
    LEFT_OUT = "left_out"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of one file."""

    path: str
    state: State
    call: int | None = None
    """Id in the library, where it is there."""
    length_s: float | None = None
    outcome: Outcome | None = None
    note: str = ""
    """Why not, or what is estimated; plain sentences."""


def table(done: Sequence[Imported], *, of: int) -> Iterator[str]:
    """A line a file, notes below it, and how many there are of each."""
    for each in done:
        yield f"{_what(each):<44}  {clean(each.path)}\n"
        if each.note and each.state is not State.FAILED:
            yield f"    {clean(each.note)}\n"
    counts = Counter(each.state for each in done)
    words = {
        State.IN: "imported",
        State.ALREADY: "in already",
        State.LEFT_OUT: "left out",
        State.FAILED: "failed",
    }
    said = [f"{counts[state]} {word}" for state, word in words.items() if counts[state]]
    if len(done) < of:
        said.append(f"{of - len(done)} not begun")
    yield f"{', '.join(said) or 'nothing done'}, of {of} call{'s' if of != 1 else ''}.\n"


def json_line(each: Imported) -> str:
    """The same as a JSON object with its line end."""
    fields = {
        "path": each.path,
        "state": each.state.value,
        "call": each.call,
        "length_s": None if each.length_s is None else round(each.length_s, 3),
        "outcome": None if each.outcome is None else each.outcome.value,
        "note": each.note,
    }
    return json.dumps(fields) + "\n"


def _what(each: Imported) -> str:
    match each.state:
        case State.IN:
            outcome = OUTCOMES[each.outcome] if each.outcome else ""
            return f"call {each.call:<6} {clock(each.length_s or 0.0):>8}  {outcome}"
        case State.ALREADY:
            return "in already" if each.call is None else f"call {each.call:<6} in already"
        case State.LEFT_OUT:
            return "left out"
        case State.FAILED:
            return "failed"


class Progressing:
    """How far an import is and how long it will take, on stderr when that is a terminal."""

    def __init__(self, files: int, now_s: Callable[[], float]) -> None:
        """`now_s` is a monotonic clock, seconds."""
        self._on = sys.stderr.isatty()
        self._of = files
        self._now_s = now_s
        self._begun_s = now_s()
        self._lengths: Mapping[Hashable, float] = {}
        self._heard_s = 0.0
        """Of the sound of the calls before this one."""
        self._at_s = 0.0
        self._length_s = 0.0
        self._number = 0
        self._name = ""

    def plan(self, lengths: Mapping[Hashable, float]) -> None:
        """What is to be imported, with the seconds of sound to be heard."""
        self._lengths = lengths
        self._number = self._of - len(lengths)
        self._begun_s = self._now_s()

    def begin(self, call: Hashable, name: str) -> None:
        """The next one."""
        self._heard_s += self._length_s
        self._length_s = self._lengths.get(call, 0.0)
        self._at_s = 0.0
        self._number += 1
        self._name = name
        self._write()

    def show(self, event: Event) -> None:
        """Say how far it is after each utterance."""
        if isinstance(event, Transcript) and event.final:
            self._at_s = max(self._at_s, event.end_s)
            self._write()

    def clear(self) -> None:
        """Leave the line as it was."""
        if self._on:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    @property
    def left_s(self) -> float | None:
        """Seconds it will still take, as fast as it went so far; None before that is known."""
        heard_s = self._heard_s + min(self._at_s, self._length_s)
        took_s = self._now_s() - self._begun_s
        if took_s < SURE_AFTER_S or heard_s <= 0:
            return None
        return max(0.0, sum(self._lengths.values()) - heard_s) * took_s / heard_s

    def _write(self) -> None:
        if not self._on:
            return
        of = f" of {clock(self._length_s)}" if self._length_s else ""
        left = self.left_s
        rest = f", about {clock(left)} to go" if left is not None else ""
        sys.stderr.write(
            f"\r\x1b[K{self._number} of {self._of}: {clean(self._name)[:40]} "
            f"{clock(self._at_s)}{of}{rest}"
        )
        sys.stderr.flush()
