"""The pictures of a report as inline SVG: timeline, understanding, talk share, a trend. Pure.

Colours come from the style sheet by class; every shape says in a title what it is.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from assistant.calltime import clock
from assistant.html_text import Html, tag
from assistant.measure_book import TALK_SHARE_REFERENCE
from assistant.model import Speaker
from assistant.report_words import LEVELS, SPEAKERS, name_of
from assistant.tones import Tone, tone_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.after import CurvePoint, SharePoint, TrendPoint
    from assistant.model import Signal, Transcript

_LEFT: Final = 96.0
_RIGHT: Final = 988.0
_WIDTH: Final = 1000.0
_ROW_S: Final = 600.0
"""So much of a call stands in one line of the timeline."""
_MOST_ROWS: Final = 12
_LANES: Final = {Speaker.ME: 40.0, Speaker.THEM: 66.0, Speaker.UNKNOWN: 53.0}
_LANE_HEIGHT: Final = 20.0
_ROW_HEIGHT: Final = 148.0
_TICKS_S: Final = (5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0)
_MOST_TICKS: Final = 10
_GRAPH_HEIGHT: Final = 190.0
_TOP, _BOTTOM = 12.0, 156.0


def timeline(said: Sequence[Transcript], signals: Sequence[Signal], duration_s: float) -> Html:
    """Who spoke when, with every signal: mine above, theirs below, each a link to its words."""
    length_s = max(duration_s, 1.0)
    rows = min(max(math.ceil(length_s / _ROW_S - 0.05), 1), _MOST_ROWS)
    row_s = length_s / rows
    height = rows * _ROW_HEIGHT
    parts: list[Html] = []
    for row in range(rows):
        begin_s, end_s = row * row_s, (row + 1) * row_s
        top = row * _ROW_HEIGHT
        inside = (
            *_lanes(top),
            *_ticks(begin_s, end_s, top + 122.0, top + 36.0, top + 90.0),
            *_bars(said, begin_s, end_s, top),
            *_marks(signals, begin_s, end_s, top, last=row == rows - 1),
        )
        parts.extend(inside)
    label = (
        f"Who spoke when, {clock(length_s)} in all, with {len(signals)} signals; "
        "the transcript below says the same in words."
    )
    return _svg(label, height, parts)


def understanding(points: Sequence[CurvePoint], duration_s: float) -> Html:
    """How well they feel understood over the call, 0 to 4, in steps."""
    length_s = max(duration_s, 1.0)
    parts = [*_levels(), *_ticks(0.0, length_s, _BOTTOM + 20, _TOP, _BOTTOM)]
    if points:
        path = [f"M{_x(points[0].at_s, 0, length_s):.1f} {_level_y(points[0].level):.1f}"]
        path += [
            f"H{_x(each.at_s, 0, length_s):.1f}V{_level_y(each.level):.1f}" for each in points[1:]
        ]
        path.append(f"H{_RIGHT}")
        parts.append(tag("path", d="".join(path), class_="curve"))
        parts += [
            tag(
                "circle",
                tag(
                    "title",
                    f"{clock(each.at_s)}: {each.subject} is {name_of(each.understanding).lower()}",
                ),
                cx=_x(each.at_s, 0, length_s),
                cy=_level_y(each.level),
                r=5,
                class_="point",
            )
            for each in points
        ]
        ended = f"it ended at {points[-1].level:.1f} of 4"
    else:
        ended = "no subject came up"
    return _svg(f"Understanding over the call: {ended}.", _GRAPH_HEIGHT, parts)


def talk_share(points: Sequence[SharePoint], duration_s: float) -> Html:
    """My share of the speech over the call, with the published reference."""
    length_s = max(duration_s, 1.0)
    width = (_RIGHT - _LEFT) / max(len(points), 1)
    parts = [*_shares(), *_ticks(0.0, length_s, _BOTTOM + 20, _TOP, _BOTTOM)]
    for index, each in enumerate(points):
        if each.share_me is None:
            continue
        y = _BOTTOM - each.share_me * (_BOTTOM - _TOP)
        title = tag("title", f"{clock(each.at_s)}: I had {each.share_me * 100:.0f} % of the speech")
        where = {"x": _LEFT + index * width, "width": max(width - 1, 0.5)}
        parts.append(tag("rect", y=_TOP, height=y - _TOP, class_="them", **where))
        parts.append(tag("rect", title, y=y, height=_BOTTOM - y, class_="me", **where))
    y = _BOTTOM - TALK_SHARE_REFERENCE * (_BOTTOM - _TOP)
    parts.append(tag("line", x1=_LEFT, x2=_RIGHT, y1=y, y2=y, class_="reference"))
    label = f"My share of the speech over the call; the line is at {TALK_SHARE_REFERENCE:.0%}."
    return _svg(label, _GRAPH_HEIGHT, parts)


def sparkline(points: Sequence[TrendPoint], label: str) -> Html:
    """One measure over calls, oldest first, between its least and its most."""
    values = [each.value for each in points]
    low, high = min(values, default=0.0), max(values, default=1.0)
    span = high - low or 1.0
    step = 150.0 / max(len(values) - 1, 1)
    places = [(5 + i * step, 27 - (v - low) / span * 22) for i, v in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    parts = [tag("polyline", points=line, class_="curve")]
    parts += [tag("circle", cx=x, cy=y, r=3, class_="point") for x, y in places[-1:]]
    return tag(
        "svg", *parts, viewBox="0 0 160 32", role="img", aria_label=label, class_="sparkline"
    )


def shape(tone: Tone, x: float, y: float, title: str) -> Html:
    """The shape of a tone around a place, with a title."""
    paths = {
        Tone.GOOD: f"M{x - 7:.1f} {y:.1f}a7 7 0 1 0 14 0a7 7 0 1 0 -14 0z",
        Tone.HOLLOW: f"M{x:.1f} {y - 7:.1f}l7 7l-7 7l-7 -7z",
        Tone.AGAINST: f"M{x - 7:.1f} {y - 6:.1f}h14l-7 12z",
        Tone.MINE: f"M{x - 2:.1f} {y - 7:.1f}h4v14h-4z",
        Tone.PLAIN: f"M{x - 4:.1f} {y - 4:.1f}h8v8h-8z",
    }
    return tag("path", tag("title", title), d=paths[tone], class_=f"mark {tone.value}")


def _svg(label: str, height: float, parts: Sequence[Html]) -> Html:
    return tag(
        "svg",
        tag("title", label),
        *parts,
        viewBox=f"0 0 {_WIDTH:.0f} {height:.0f}",
        role="img",
        aria_label=label,
    )


def _x(at_s: float, begin_s: float, end_s: float) -> float:
    share = (at_s - begin_s) / (end_s - begin_s)
    return _LEFT + min(max(share, 0.0), 1.0) * (_RIGHT - _LEFT)


def _lanes(top: float) -> Iterator[Html]:
    for speaker in (Speaker.ME, Speaker.THEM):
        y = top + _LANES[speaker]
        yield tag("rect", x=_LEFT, y=y, width=_RIGHT - _LEFT, height=_LANE_HEIGHT, class_="lane")
        yield tag("text", SPEAKERS[speaker], x=_LEFT - 12, y=y + 15, class_="end")


def _bars(said: Sequence[Transcript], begin_s: float, end_s: float, top: float) -> Iterator[Html]:
    for each in said:
        if each.end_s <= begin_s or each.start_s >= end_s:
            continue
        x = _x(each.start_s, begin_s, end_s)
        width = max(_x(each.end_s, begin_s, end_s) - x, 1.0)
        y = top + _LANES[each.speaker]
        yield tag("rect", x=x, y=y, width=width, height=_LANE_HEIGHT, class_=each.speaker.value)


def _marks(
    signals: Sequence[Signal], begin_s: float, end_s: float, top: float, *, last: bool
) -> Iterator[Html]:
    """Signals above (mine) and below (theirs); a second one at a place stands further out."""
    taken: dict[tuple[bool, int], float] = {}
    for each in signals:
        if not (begin_s <= each.at_s < end_s or (last and each.at_s >= end_s)):
            continue
        mine = each.speaker is Speaker.ME
        x = _x(each.at_s, begin_s, end_s)
        level = next((n for n in range(2) if taken.get((mine, n), -99.0) < x - 15), 0)
        taken[mine, level] = x
        y = top + (26.0 - level * 16 if mine else 100.0 + level * 16)
        title = f"{clock(each.at_s)} {name_of(each.kind)}: {each.quote}"
        yield tag("a", shape(tone_of(each.kind), x, y, title), href=f"#s{each.id}")


def _ticks(begin_s: float, end_s: float, y: float, y1: float, y2: float) -> Iterator[Html]:
    length_s = end_s - begin_s
    step = next((each for each in _TICKS_S if length_s / each <= _MOST_TICKS), _TICKS_S[-1])
    at_s = math.ceil(begin_s / step) * step
    while at_s <= end_s:
        x = _x(at_s, begin_s, end_s)
        yield tag("line", x1=x, x2=x, y1=y1, y2=y2, class_="grid")
        if x < _RIGHT - 10:
            yield tag("text", clock(at_s), x=x, y=y + 14, class_="middle small")
        at_s += step


def _level_y(level: float) -> float:
    return _BOTTOM - level / (len(LEVELS) - 1) * (_BOTTOM - _TOP)


def _levels() -> Iterator[Html]:
    for level, name in enumerate(LEVELS):
        y = _level_y(level)
        yield tag("line", x1=_LEFT, x2=_RIGHT, y1=y, y2=y, class_="grid")
        words = name.split()
        for number, word in enumerate(words):
            shift = (number - (len(words) - 1) / 2) * 13
            yield tag("text", word, x=_LEFT - 8, y=y + 4 + shift, class_="end small")


def _shares() -> Iterator[Html]:
    for share in (0.0, 0.5, 1.0):
        y = _BOTTOM - share * (_BOTTOM - _TOP)
        yield tag("line", x1=_LEFT, x2=_RIGHT, y1=y, y2=y, class_="grid")
        yield tag("text", f"{share:.0%}", x=_LEFT - 8, y=y + 4, class_="end small")
