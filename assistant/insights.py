"""The library over time: trends of the measures, and what each tool of the method earned."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import datetime
from statistics import fmean
from typing import TYPE_CHECKING, Final

from assistant.after import Earned, Insights, Trend, TrendPoint
from assistant.measure_book import DEFINITIONS
from assistant.model import SignalKind
from assistant.store_insights import USED
from assistant.summary_words import WISHY_WASHY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from assistant.store import Library

LATELY: Final = 5
"""The last so many calls are held against those before."""
_Z: Final = 1.959964
"""Of the normal distribution, for 95 %."""
_PUSHED_BACK: Final = frozenset({SignalKind.PUSHBACK, SignalKind.CORRECTION})


def insights(library: Library, counterpart: str = "") -> Insights:
    """Trends and what tools earned, over all calls or those with one counterpart.

    Raises:
        StoreError: the library cannot be read.
    """
    library.measure_all()
    rows = [
        (str(row["key"]), int(row["id"]), str(row["started_at"]), row["value"])
        for row in library.measures(counterpart)
    ]
    points: defaultdict[str, list[TrendPoint]] = defaultdict(list)
    used: defaultdict[str, float] = defaultdict(float)
    calls: set[int] = set()
    starts: dict[str, datetime] = {}
    for key, call, started_at, value in rows:
        calls.add(call)
        if value is None:
            continue
        if key.startswith(USED):
            used[key.removeprefix(USED)] += value
            continue
        if started_at not in starts:
            starts[started_at] = datetime.fromisoformat(started_at)
        points[key].append(TrendPoint(call, starts[started_at], value))
    trends = tuple(trend(key, points[key]) for key in DEFINITIONS if points[key])
    return Insights(counterpart, len(calls), trends, earned(used))


def trend(key: str, points: Sequence[TrendPoint]) -> Trend:
    """A measure over calls, oldest first, and whether it moved."""
    lately = [each.value for each in points[-LATELY:]]
    before = [each.value for each in points[:-LATELY]]
    return Trend(
        key,
        tuple(points),
        fmean(before) if before else None,
        fmean(lately) if lately else None,
    )


def earned(used: Mapping[str, float]) -> tuple[Earned, ...]:
    """What each tool earned; `used` by `KIND` and `KIND:REPLY`. Most used first."""
    found: list[Earned] = []
    for kind in SignalKind:
        times = round(used.get(kind.value, 0.0))
        if not times:
            continue
        right = _replies(used, kind, (SignalKind.THATS_RIGHT,))
        low, high = wilson(min(right, times), times)
        found.append(
            Earned(
                kind,
                times,
                right,
                _replies(used, kind, WISHY_WASHY),
                _replies(used, kind, _PUSHED_BACK),
                low,
                high,
            )
        )
    return tuple(sorted(found, key=lambda each: -each.used))


def _replies(used: Mapping[str, float], tool: SignalKind, kinds: Iterable[SignalKind]) -> int:
    return round(sum(used.get(f"{tool.value}:{kind.value}", 0.0) for kind in kinds))


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), each end 0..1; 0 to 1 when nothing was tried."""
    if not trials:
        return 0.0, 1.0
    share, square = successes / trials, _Z * _Z
    middle = share + square / (2 * trials)
    half = _Z * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    scale = 1 + square / trials
    return max((middle - half) / scale, 0.0), min((middle + half) / scale, 1.0)
