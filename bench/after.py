"""How long it takes after a call: summary, report, and a library of many calls.

    python bench/after.py [--minutes 60] [--calls 5000] [--each 10] [--repeat 20] CALL...

CALL are transcripts (.jsonl). They are strung together, with their own times, to one call of
`--minutes`, which goes through the engine once; then summary, measures and reports of it are timed.
The library is made of `--calls` calls of `--each` minutes out of the same transcripts, each with a
sentence of its own; `--calls 0` leaves it out. Times are wall time; n, median and the slowest of
`--repeat`.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import phrases
from assistant.engine import Engine
from assistant.feeds import TICK_S
from assistant.insights import insights
from assistant.kinds import Source
from assistant.measuring import measure_call
from assistant.model import CallInfo, Event, FinishedCall, SignalKind, Speaker, Tick, Transcript
from assistant.report import FORMATS, report
from assistant.store import Library
from assistant.summary import summarise
from assistant.transcripts import read_transcript

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GAP_S = 2.0
STARTED = datetime(2020, 1, 1, tzinfo=UTC)
PEOPLE = ("Dana", "Lukas", "Mrs Okafor", "Ben & Co", "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("call", nargs="+", type=Path)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--calls", type=int, default=5000)
    parser.add_argument("--each", type=float, default=10.0)
    parser.add_argument("--repeat", type=int, default=20)
    chosen = parser.parse_args()
    talks = [tuple(read_transcript(path)) for path in chosen.call]
    long = played("a long call", list(strung(talks, chosen.minutes * 60)))
    said = sum(isinstance(each, Transcript) for each in long.events)
    print(f"a call of {long.summary.duration_s / 60:.0f} min: {said} utterances, "
          f"{len(long.events)} events")  # fmt: skip
    timed("summary", chosen.repeat, lambda: summarise(long.info, long.events))
    timed("measures", chosen.repeat, lambda: measure_call(long))
    for fmt in FORMATS:
        size = len(report(long, fmt).encode())
        timed(f"report {fmt}, {size / 1000:.0f} kB", chosen.repeat, lambda: report(long, fmt))  # noqa: B023 - used at once
    if chosen.calls:
        with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder)) as library:
            fill(library, talks, chosen.calls, chosen.each * 60)
            ask(library, chosen.repeat)


def strung(talks: list[tuple[Transcript, ...]], wanted_s: float) -> Iterator[Transcript]:
    """The talks one after the other, again and again."""
    shift_s, number = 0.0, 0
    while shift_s < wanted_s:
        talk = talks[number % len(talks)]
        for each in talk:
            if each.end_s + shift_s > wanted_s:
                return
            yield replace(each, start_s=each.start_s + shift_s, end_s=each.end_s + shift_s)
        shift_s += talk[-1].end_s + GAP_S
        number += 1


def played(title: str, said: list[Transcript]) -> FinishedCall:
    """The call as the engine hears it."""
    engine = Engine(phrases.load())
    events: list[Event] = []
    now_s = 0.0
    for each in sorted(said, key=lambda one: one.end_s):
        while now_s + TICK_S < each.end_s:
            now_s += TICK_S
            events += engine.step(Tick(now_s))
        events += engine.step(each)
    events += engine.finish()
    speakers = (Speaker.ME, Speaker.THEM)
    info = CallInfo(title, "a.jsonl", Source.TRANSCRIPT, None, now_s, STARTED, speakers)
    kept = tuple(events)
    return FinishedCall(info, kept, summarise(info, kept))


def fill(library: Library, talks: list[tuple[Transcript, ...]], calls: int, each_s: float) -> None:
    """Save the calls, and say how long that took and how large it is."""
    shapes = [
        played(f"shape {n}", list(strung(talks[n:] + talks[:n], each_s))) for n in range(len(talks))
    ]
    began = time.perf_counter()
    for number in range(calls):
        shape = shapes[number % len(shapes)]
        own = Transcript(Speaker.THEM, each_s, each_s + 2, f"The order is number {number}, zebra.")
        info = replace(
            shape.info,
            title=f"call {number}",
            started_at=STARTED + timedelta(hours=9 * number),
            counterpart=PEOPLE[number % len(PEOPLE)],
        )
        library.save(FinishedCall(info, (*shape.events, own), shape.summary))
    took_s = time.perf_counter() - began
    size = sum(each.stat().st_size for each in library.path.parent.iterdir())
    events = sum(len(each.events) for each in shapes) / len(shapes)
    print(f"a library of {calls} calls of {each_s / 60:.0f} min, {events:.0f} events each: "
          f"{size / 1e6:.0f} MB, saved in {1000 * took_s / calls:.0f} ms a call")  # fmt: skip


def ask(library: Library, repeat: int) -> None:
    """What a user asks of the library."""
    timed("list, all", repeat, library.calls)
    timed("list, the last 50", repeat, lambda: library.calls(limit=50))
    for words in ("zebra 4711", "number 47", "harvest board", "the", "six percent"):
        timed(f"search {words!r}, all", repeat, lambda: library.calls(words))  # noqa: B023 - used at once
        timed(f"search {words!r}, 50", repeat, lambda: library.calls(words, 50))  # noqa: B023
    timed("search 'harv' while typing, 50", repeat, lambda: library.calls("harv", 50, typing=True))
    right, price = SignalKind.YOURE_RIGHT, "price"
    timed("signal you're right, 50", repeat, lambda: library.signals(right, limit=50))
    timed("signal you're right after price, 50", repeat, lambda: library.signals(right, price, 50))
    timed("signal you're right after price, all", repeat, lambda: library.signals(right, price))
    timed("trends, all", repeat, lambda: insights(library))
    timed("trends, one counterpart", repeat, lambda: insights(library, "Dana"))


def timed(what: str, repeat: int, do: Callable[[], object]) -> None:
    """Do it so often; print median and slowest."""
    times = []
    for _ in range(repeat):
        began = time.perf_counter()
        do()
        times.append(1000 * (time.perf_counter() - began))
    print(f"  {what:<40} n {repeat}  median {statistics.median(times):7.1f} ms  "
          f"slowest {max(times):7.1f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
