"""The page before a call as text, Markdown, HTML or JSON. Pure."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.calltime import clock
from assistant.html_text import Html, joined, tag
from assistant.listing import OUTCOMES
from assistant.report_html_parts import page as page_of
from assistant.report_markdown import escape
from assistant.safetext import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.after import OpenItem
    from assistant.preparing import Page

FORMATS: Final = ("md", "html", "json")
"""What `--to FILE` can end with."""

_FIRST: Final = "No earlier call with them is in the library."


@dataclass(frozen=True, slots=True)
class Line:
    """One point: what it says, and where that is from."""

    words: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page."""

    title: str
    lines: tuple[Line, ...]


def as_text(page: Page) -> str:
    """For a terminal."""
    out = [f"Before the call with {clean(page.preparation.counterpart)}", ""]
    for section in sections(page):
        out.append(section.title)
        for line in section.lines:
            note = f"  ({clean(line.note)})" if line.note else ""
            out.append(f"  · {clean(line.words)}{note}")
        out.append("")
    return "\n".join(out).rstrip() + "\n"


def as_markdown(page: Page) -> str:
    """For a notes program."""
    out = [f"# Before the call with {escape(page.preparation.counterpart)}", ""]
    for section in sections(page):
        out += [f"## {escape(section.title)}", ""]
        for line in section.lines:
            note = f" ({escape(line.note)})" if line.note else ""
            out.append(f"- {escape(line.words)}{note}")
        out.append("")
    return "\n".join(out).rstrip() + "\n"


def as_html(page: Page) -> str:
    """One page that needs nothing else, to be read or printed."""
    title = f"Before the call with {page.preparation.counterpart}"
    parts = [
        tag(
            "section",
            tag("h2", section.title),
            tag(
                "ul",
                *(tag("li", line.words, _noted(line)) for line in section.lines),
            ),
        )
        for section in sections(page)
    ]
    return page_of(title, tag("main", tag("h1", title), *parts))


def _noted(line: Line) -> Html | None:
    if not line.note:
        return None
    return joined((Html(" "), tag("small", f"({line.note})", class_="quiet")))


def as_dict(page: Page) -> dict[str, object]:
    """As plain JSON values."""
    fields = dataclasses.asdict(page.preparation)
    for each in fields["earlier"]:
        each["started_at"] = each["started_at"].isoformat()
    return {**fields, "worked": [dataclasses.asdict(each) for each in page.worked]}


def sections(page: Page) -> Iterator[Section]:
    """The page as it is told everywhere; what there is nothing of is left out."""
    prepared = page.preparation
    earlier = tuple(
        Line(
            f"{each.started_at:%Y-%m-%d} {OUTCOMES[each.outcome]}: {each.headline}",
            f"call {each.call}, {each.title}",
        )
        for each in prepared.earlier
    )
    yield Section("Earlier calls, the newest first", earlier or (Line(_FIRST),))
    if prepared.open_items:
        yield Section("Still open", tuple(map(_item, prepared.open_items)))
    if prepared.promised:
        yield Section("Promised, and what comes next", tuple(map(_item, prepared.promised)))
    if prepared.labels:
        yield Section("Labels to have ready", tuple(map(Line, prepared.labels)))
    if page.worked:
        yield Section(
            "What worked with them",
            tuple(
                Line(
                    f"You: “{each.i_said}” They: “{each.they_said}”",
                    f"{each.kind.value.replace('_', ' ')}, call {each.call} at {clock(each.at_s)}",
                )
                for each in page.worked
            ),
        )
    yield Section(
        "Accusation audit: say first what they may hold against you",
        tuple(map(Line, prepared.audit)),
    )
    if prepared.practise:
        yield Section("To practise", (Line(prepared.practise),))


def _item(item: OpenItem) -> Line:
    return Line(item.quote, f"{item.what}; call {item.call} at {clock(item.at_s)}")
