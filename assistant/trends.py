"""Trends over the library and signals found in it: lines for a terminal, JSON, a page. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from assistant.calltime import clock
from assistant.html_text import Html, joined, tag
from assistant.insights import LATELY
from assistant.measure_book import DEFINITIONS, written
from assistant.report_html_parts import page, table
from assistant.report_svg import sparkline
from assistant.report_words import NONE, name_of
from assistant.safetext import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assistant.after import Earned, FoundSignal, Insights, Trend

_BARS: Final = "▁▂▃▄▅▆▇█"
_MOST_BARS: Final = 16
_HINT: Final = "No calls yet. Play one: thatsright replay FILE\n"
_QUOTE: Final = 90


def trends_table(found: Insights) -> Iterator[str]:
    """A line a measure, then a line a tool of the method."""
    if not found.calls:
        yield f"No calls with {clean(found.counterpart)}.\n" if found.counterpart else _HINT
        return
    whose = f" with {clean(found.counterpart)}" if found.counterpart else ""
    yield f"{_calls(found.calls)}{whose}; lately: the last {LATELY} with a value.\n\n"
    width = max((len(DEFINITIONS[each.key].name) for each in found.trends), default=0)
    yield f"{'':<{width}}  {'lately':>14}  {'before':>14}   {'':<{_MOST_BARS}}  published\n"
    for each in found.trends:
        book = DEFINITIONS[each.key]
        reference = "" if book.reference_value is None else written(each.key, book.reference_value)
        yield (
            f"{book.name:<{width}}  {written(each.key, each.lately, mean=True):>14}  "
            f"{written(each.key, each.before, mean=True):>14} {_arrow(each)} "
            f"{_bars(each):<{_MOST_BARS}}  {reference}".rstrip()
            + "\n"
        )
    if not found.earned:
        return
    yield "\n"
    width = max(len(name_of(each.kind)) for each in found.earned)
    yield f"{'':<{width}}  {'used':>5}  {'earned a that' + chr(39) + 's right':<26}  "
    yield f"{'only sounded like it':>20}  {'pushed back':>11}\n"
    for tool in found.earned:
        yield (
            f"{name_of(tool.kind):<{width}}  {tool.used:>5}  {_earned(tool):<26}  "
            f"{tool.wishy_washy:>20}  {tool.pushed_back:>11}\n"
        )


def trends_json(found: Insights) -> str:
    """All of it, with every call's value."""
    fields = {
        "with": found.counterpart or None,
        "calls": found.calls,
        "trends": [
            {
                "measure": each.key,
                "unit": DEFINITIONS[each.key].unit.value,
                "lately": _rounded(each.lately),
                "before": _rounded(each.before),
                "reference": DEFINITIONS[each.key].reference_value,
                "points": [
                    {
                        "call": point.call,
                        "started_at": point.started_at.isoformat(),
                        "value": _rounded(point.value),
                    }
                    for point in each.points
                ],
            }
            for each in found.trends
        ],
        "earned": [
            {
                "kind": each.kind.value,
                "used": each.used,
                "thats_right": each.thats_right,
                "wishy_washy": each.wishy_washy,
                "pushed_back": each.pushed_back,
                "low": _rounded(each.low),
                "high": _rounded(each.high),
            }
            for each in found.earned
        ],
    }
    return json.dumps(fields, indent=2, allow_nan=False) + "\n"


def trends_page(found: Insights) -> str:
    """The same as one HTML page."""
    whose = f" with {found.counterpart}" if found.counterpart else ""
    title = f"Your calls{whose} over time"
    rows = [
        (
            DEFINITIONS[each.key].name,
            written(each.key, each.lately, mean=True),
            joined((written(each.key, each.before, mean=True), _arrow_html(each))),
            sparkline(each.points, _spoken(each)),
            DEFINITIONS[each.key].reference or NONE,
        )
        for each in found.trends
    ]
    tools = [
        (
            name_of(each.kind),
            str(each.used),
            _earned(each),
            str(each.wishy_washy),
            str(each.pushed_back),
        )
        for each in found.earned
    ]
    body = tag(
        "main",
        tag("h1", title),
        tag("p", f"{_calls(found.calls)}. Lately: the last {LATELY} with a value.", class_="meta"),
        tag("h2", "What earns you a “that's right”"),
        table(
            "Each tool of the method, and their replies to it; in brackets the 95 % interval",
            ("Tool", "#Used", "Earned a “that's right”", "#Only sounded like it", "#Pushed back"),
            tools,
        )
        if tools
        else tag("p", "No tool of the method was used yet.", class_="quiet"),
        tag("h2", "Measures"),
        table(
            "Each measure, oldest call on the left",
            ("Measure", "#Lately", "#Before", "All calls", "Published"),
            rows,
        )
        if rows
        else tag("p", "Nothing was measured yet.", class_="quiet"),
    )
    return page(title, body)


def signals_table(found: Sequence[FoundSignal], *, after: bool) -> Iterator[str]:
    """A line a signal with its words, and below it what was said before."""
    if not found:
        yield "No call has such a signal.\n"
        return
    width = max(len(str(each.call)) for each in found)
    for each in found:
        started = each.started_at.astimezone().strftime("%Y-%m-%d %H:%M")
        yield (
            f"{each.call:>{width}}  {started}  {clock(each.at_s):>7}  "
            f"“{_short(each.quote)}”  {clean(each.title)}\n"
        )
        if each.before:
            which = "after" if after else "you said"
            yield f"{'':>{width}}  {which}: “{_short(each.before)}”\n"


def signal_lines(found: Iterable[FoundSignal]) -> Iterator[str]:
    """A JSON object a signal."""
    for each in found:
        fields = {
            "id": each.call,
            "title": each.title,
            "started_at": each.started_at.isoformat(),
            "signal": each.signal,
            "kind": each.kind.value,
            "at_s": _rounded(each.at_s),
            "quote": each.quote,
            "before": each.before,
        }
        yield json.dumps(fields) + "\n"


def _calls(number: int) -> str:
    return "1 call" if number == 1 else f"{number} calls"


def _short(words: str) -> str:
    words = clean(words)
    return words if len(words) <= _QUOTE else words[:_QUOTE].rsplit(" ", 1)[0] + " …"


def _earned(tool: Earned) -> str:
    share = tool.thats_right / tool.used
    return f"{tool.thats_right} = {share:.0%} ({tool.low:.0%} to {tool.high:.0%})"


def _moved(trend: Trend) -> int:
    """1: more than before, -1: less, 0: as before or nothing before."""
    if trend.before is None or trend.lately is None:
        return 0
    lately, before = (
        written(trend.key, trend.lately, mean=True),
        written(trend.key, trend.before, mean=True),
    )
    return 0 if lately == before else 1 if trend.lately > trend.before else -1


def _arrow(trend: Trend) -> str:
    """How it moved: `+` for the better by the method, `-` for the worse, where it says which."""
    good = _moved(trend) * DEFINITIONS[trend.key].better
    return "+" if good > 0 else "-" if good < 0 else " "


def _arrow_html(trend: Trend) -> Html | None:
    good = _moved(trend) * DEFINITIONS[trend.key].better
    if not good:
        return None
    words, tone = ("better", "good") if good > 0 else ("worse", "against")
    return joined((Html(" "), tag("span", words, class_=tone)))


def _bars(trend: Trend) -> str:
    values = [each.value for each in trend.points[-_MOST_BARS:]]
    low, high = min(values), max(values)
    if high == low:
        return _BARS[0] * len(values)
    top = len(_BARS) - 1
    return "".join(_BARS[round((value - low) / (high - low) * top)] for value in values)


def _spoken(trend: Trend) -> str:
    first, last = trend.points[0].value, trend.points[-1].value
    name = DEFINITIONS[trend.key].name
    return f"{name}: from {written(trend.key, first)} to {written(trend.key, last)}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4) + 0.0
