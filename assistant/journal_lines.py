"""A call's events as lines that tell whether they are whole. Pure.

A line is a JSON array of the CRC-32 of its second part's text (8 hexadecimal digits) and that
part: an object with `line` (`call` for the first line, else the library's name for the event) and
the fields the library keeps. Everything is ASCII, so a line end is the end of a line.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from assistant.errors import JournalError
from assistant.model import Consent
from assistant.store_rows import EVENT_TABLES, event_row, info_columns, info_of

if TYPE_CHECKING:
    from assistant.model import CallInfo, Event

FORMAT: Final = 1
"""Of the lines. A program reads its own and all before it."""

_CALL: Final = "call"
_HEAD: Final = len('["01234567",')
_READ: Final = (KeyError, TypeError, ValueError, RecursionError)
"""What comes of a line that is whole but does not hold what it should."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a journal holds."""

    info: CallInfo | None
    """None when the first line is damaged."""
    events: tuple[Event, ...]
    damaged: int
    """Lines that could not be read. A last one that was cut off while it was written is none."""


def first_line(info: CallInfo) -> bytes:
    """The line a journal begins with."""
    return _line({"line": _CALL, "format": FORMAT, **info_columns(info)})


def event_line(event: Event) -> bytes | None:
    """The event as a line with its end; None for one that is not kept."""
    row = event_row(event)
    return None if row is None else _line({"line": row.table, **row.columns})


def read_lines(data: bytes) -> Contents:
    """What whole lines say, in order.

    Raises:
        JournalError: a newer version of this program wrote them.
    """
    *whole, rest = data.split(b"\n")
    info: CallInfo | None = None
    events: list[Event] = []
    damaged = 0
    for number, line in enumerate([*whole, rest]):
        if number == len(whole) and not _is_whole(line):
            break
        try:
            found = _read(line)
            if found["line"] == _CALL:
                info = _info(found)
            else:
                events.append(EVENT_TABLES[found["line"]](found))
        except _READ:
            damaged += 1
    return Contents(info, tuple(events), damaged)


def _line(fields: dict[str, Any]) -> bytes:
    text = json.dumps(fields, separators=(",", ":")).encode("ascii")
    return b'["%08x",%s]\n' % (zlib.crc32(text), text)


def _is_whole(line: bytes) -> bool:
    text = line[_HEAD:-1]
    return line == b'["%08x",%s]' % (zlib.crc32(text), text)


def _read(line: bytes) -> dict[str, Any]:
    if not _is_whole(line):
        raise ValueError("not whole")
    found: dict[str, Any] = json.loads(line[_HEAD:-1])
    return found


def _info(found: dict[str, Any]) -> CallInfo | None:
    if found["format"] > FORMAT:
        raise JournalError(
            "A newer version of thatsright kept this call. Update thatsright to bring it back."
        )
    return info_of({"consent": Consent.UNKNOWN.value, **found})  # older journals have none
