"""A call as a row of a list: how it ended, when, how long, what it was called. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual.content import Content

from assistant.calltime import clock
from assistant.safetext import clean
from tui.words import COLOURS, OUTCOMES

if TYPE_CHECKING:
    from datetime import date, datetime

    from assistant.stored import StoredCall

_NARROW: Final = 60
_WHEN: Final = 12
_LENGTH: Final = 8
_OUTCOME: Final = 18
_COUNTERPART_FROM: Final = 100
"""Width from which whom it was with has a column of its own, cells."""
_COUNTERPART: Final = 24


@dataclass(frozen=True, slots=True)
class Around:
    """What a row needs to know besides its call."""

    width: int
    today: date


def when(began: datetime, today: date) -> str:
    """The time of today, the day of this year, the date of any other."""
    local = began.astimezone()
    day = local.date()
    if day == today:
        return f"{local:%H:%M}"
    if (today - day).days == 1:
        return "Yesterday"
    return f"{local.day} {local:%b}" if day.year == today.year else f"{local:%Y-%m-%d}"


def call_row(call: StoredCall, around: Around) -> Content:
    """One line, at most as wide as there is room."""
    look = OUTCOMES[call.outcome]
    title = clean(call.title) or "Without a title"
    shape = (look.shape, COLOURS[look.tone])
    if around.width < _NARROW:
        start = Content.assemble(shape, f" {when(call.started_at, around.today):<10} ")
        return _fit(start, _named(title, call, around), around.width)
    start = Content.assemble(
        shape,
        f" {look.word:<{_OUTCOME}}",
        (f"{when(call.started_at, around.today):<{_WHEN}}", "$text-muted"),
        (f"{clock(call.duration_s):>{_LENGTH}}   ", "$text-muted"),
    )
    return _fit(start, _named(title, call, around), around.width)


def words_row(call: StoredCall, around: Around) -> Content:
    """The words a search found in it."""
    at = f"{clock(call.snippet_at_s)}  " if call.snippet_at_s is not None else ""
    words = f"“{clean(call.snippet)}”" if call.snippet and at else clean(call.snippet)
    indent = "  " if around.width < _NARROW else "    "
    line = Content.assemble(indent, (at, "$text-muted"), (words, "$text-muted italic"))
    return line.truncate(around.width, ellipsis=True)


def _named(title: str, call: StoredCall, around: Around) -> Content:
    counterpart = clean(call.counterpart)
    tags = " ".join(f"#{clean(tag)}" for tag in call.tags)
    if around.width >= _COUNTERPART_FROM:
        who = Content(counterpart).truncate(_COUNTERPART - 2, ellipsis=True)
        pad = " " * (_COUNTERPART - who.cell_length)
        return Content.assemble((who), pad, (title, "bold"), (f"  {tags}", "$primary"))
    name = (f"  with {counterpart}", "$text-muted") if counterpart else ("", "")
    return Content.assemble((title, "bold"), name, (f"  {tags}" if tags else "", "$primary"))


def _fit(start: Content, rest: Content, width: int) -> Content:
    room = max(width - start.cell_length, 0)
    return Content.assemble(start, rest.truncate(room, ellipsis=True)).truncate(width)
