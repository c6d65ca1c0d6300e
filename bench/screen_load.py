"""How the call screen bears a heavy call: key to screen, and memory (python bench/screen_load.py).

Plays so many events a second into the application at its own pace or faster (`--speed`), presses a
key every so often and takes the time until its effect is on the screen. Memory
is the process's resident size, every tenth of the run.
Then it opens a finished call of 20,000 utterances in the review and scrolls through it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import itertools
import os
import statistics
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.model import (
    CallInfo,
    CallStarted,
    CallSummary,
    FinishedCall,
    Outcome,
    Prompt,
    PromptKind,
    Signal,
    SignalKind,
    Source,
    Speaker,
    SpeechOpened,
    StateChanged,
    Transcript,
    Understanding,
)
from assistant.runtime import Playback
from tui.app import CallApp
from tui.review_app import ReviewApp
from tui.widgets.reading import ReadingPane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.pilot import Pilot
    from textual.screen import Screen

    from assistant.model import ByHand, Event
    from assistant.stored import StoredCall
    from tui.base import BaseApp

INFO = CallInfo(
    title="load",
    path="load",
    source=Source.LIVE,
    model=None,
    duration_s=None,
    started_at=datetime(2024, 1, 1, tzinfo=UTC),
    speakers=(Speaker.ME, Speaker.THEM),
)
SUMMARY = CallSummary(
    Outcome.NOT_YET, "Nothing.", 0.0, (), None, (), (), None, (), 0, 0, "Nothing."
)
WORDS = (
    *("the", "truck", "is", "late", "and", "the", "whole", "line", "stops"),
    *("because", "nobody", "upstairs", "sees", "it", "coming"),
)

_STEPS_A_TURN = 9
_EVENTS_A_TURN = 12.125


def heavy(per_s: float, length_s: float) -> Iterator[tuple[float, Event]]:
    """Events with the time at which they are told: words in progress, words, signals, prompts."""
    number = itertools.count(1)
    at_s, turn = 0.0, 0
    step_s = _EVENTS_A_TURN / _STEPS_A_TURN / per_s
    while at_s < length_s:
        who = Speaker.ME if turn % 2 else Speaker.THEM
        begun_s = at_s
        yield at_s, SpeechOpened(who, at_s)
        for count in range(4, 28, 3):
            at_s += step_s
            text = " ".join(itertools.islice(itertools.cycle(WORDS), count))
            yield at_s, Transcript(who, begun_s, at_s, text, final=False)
        at_s += step_s
        said = " ".join(itertools.islice(itertools.cycle(WORDS[turn % 5 :]), 28))
        yield at_s, Transcript(who, begun_s, at_s, said)
        mark = next(number)
        yield (
            at_s,
            Signal(
                mark,
                SignalKind.BARE_YES if turn % 2 else SignalKind.LABEL,
                who,
                at_s,
                begun_s,
                at_s,
                0.9,
                " ".join(WORDS[turn % 5 : turn % 5 + 3]),
                "bench",
            ),
        )
        yield at_s, StateChanged(f"subject {turn % 12}", Understanding.SUMMARISED, at_s)
        if turn % 8 == 0:
            yield (
                at_s,
                Prompt(mark, PromptKind.LABEL, said[:70], "A reason.", mark, at_s, at_s + 10),
            )
        turn += 1


class Session:
    """A live call that tells events by the clock, faster than a real one by `speed`."""

    def __init__(self, per_s: float, length_s: float, speed: float) -> None:
        self.info = INFO
        self.playback = Playback()
        self.legs = ()
        self.off_record = False
        self.told = 0
        self.done = False
        self._script = heavy(per_s, length_s)
        self._speed = speed

    def by_hand(self, event: ByHand) -> None:
        """Not of interest here."""

    def swap_sides(self) -> None:
        """Likewise."""

    def go_off_record(self, *, on: bool) -> None:
        """Likewise."""
        self.off_record = on

    def run(self, sink: Callable[[Event], None]) -> FinishedCall | None:
        """As the protocol says."""
        self.playback.set_speed(self._speed)
        self.playback.begin()
        sink(CallStarted(self.info))
        for at_s, event in self._script:
            if not self.playback.wait_until(at_s):
                break
            sink(event)
            self.told += 1
        self.done = True
        while not (self.playback.stopped or self.playback.finishing):
            time.sleep(0.05)
        return None


def resident_mb() -> float:
    """What the process holds; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def p(values: list[float], share: float) -> float:
    """A quantile."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


class Eye:
    """Sees when an application has put something on the screen."""

    def __init__(self, app: BaseApp[Any]) -> None:
        self._app = app
        self._shown = asyncio.Event()
        display = app._display  # noqa: SLF001 - the one place where all output passes

        def seen(screen: Screen[Any], renderable: Any) -> None:  # noqa: ANN401 - Textual's own type
            display(screen, renderable)
            self._shown.set()

        app._display = seen  # type: ignore[method-assign]  # noqa: SLF001 - as above

    async def press(self, pilot: Pilot[Any], key: str) -> tuple[float, float]:
        """Seconds until what the key did is on the screen, and of processor time until then."""
        wall, busy = time.perf_counter(), time.process_time()
        self._app.simulate_key(key)
        await pilot._wait_for_screen()  # noqa: SLF001 - all messages of all widgets are handled
        screen = self._app.screen
        if screen._dirty_widgets or screen._layout_required:  # noqa: SLF001 - there is more to draw
            self._shown.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._shown.wait(), 2)
        return time.perf_counter() - wall, time.process_time() - busy


def told(took: list[tuple[float, float]]) -> str:
    """Of many keys."""
    wall, busy = ([each[i] * 1000 for each in took] for i in (0, 1))
    return (
        f"{len(took)} keys: median {statistics.median(wall):.1f} ms, p95 {p(wall, 0.95):.1f} ms, "
        f"worst {max(wall):.1f} ms (processor: median {statistics.median(busy):.1f} ms, p95 "
        f"{p(busy, 0.95):.1f} ms)"
    )


async def under_load(options: argparse.Namespace) -> None:
    """Keys pressed while events come."""
    session = Session(options.per_s, options.minutes * 60, options.speed)
    app = CallApp(session, lambda _: None)  # type: ignore[arg-type]  # what the screen needs of one
    took: list[tuple[float, float]] = []
    memory: list[tuple[float, float]] = []
    async with app.run_test(size=(options.width, options.height)) as pilot:
        eye = Eye(app)
        began, busy = time.monotonic(), time.process_time()
        keys = itertools.cycle(["w", "escape", "up", "end"])
        next_look = 0.0
        while not session.done:
            await asyncio.sleep(options.every_s)
            key = next(keys)
            took.append(await eye.press(pilot, key))
            call_s = session.playback.position_s
            if call_s >= next_look:
                gc.collect()
                memory.append((call_s, resident_mb()))
                next_look += options.minutes * 6
        wall_s = time.monotonic() - began
        busy = (time.process_time() - busy) / wall_s
        memory.append((session.playback.position_s, resident_mb()))
        session.playback.stop()
    print(
        f"{session.told} events in {wall_s:.0f} s ({session.told / wall_s:.0f}/s) at "
        f"{options.width}x{options.height}, {busy:.0%} of a core, load average "
        f"{os.getloadavg()[0]:.1f}; {told(took)}"
    )
    for call_s, mb in memory:
        print(f"  {call_s:6.0f} s of call: {mb:6.1f} MB")


class Kept:
    """One long call."""

    def __init__(self, utterances: int) -> None:
        said = [
            event
            for _, event in heavy(20, utterances * 0.7)
            if isinstance(event, Signal) or (isinstance(event, Transcript) and event.final)
        ]
        stretched = tuple(said[: utterances * 2])
        info = replace(INFO, duration_s=utterances * 0.5)
        self.call = FinishedCall(info, stretched, replace(SUMMARY, duration_s=utterances * 0.5))

    def load(self, _: int) -> FinishedCall:
        """The call."""
        return self.call

    def earlier(self, _: int) -> tuple[StoredCall, ...]:
        """None."""
        return ()

    def sound_of(self, _: int) -> None:
        """None."""

    def add_note(self, *_: object) -> None:
        """Not of interest here."""

    def export(self, *_: object) -> Path:
        """Likewise."""
        return Path()


async def long_review(options: argparse.Namespace) -> None:
    """Scrolling and finding in a long transcript."""
    app = ReviewApp(Kept(options.utterances), 1)
    began = time.perf_counter()
    async with app.run_test(size=(options.width, options.height)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.pause()
        await pilot.press("t")
        await pilot.pause()
        opened_s = time.perf_counter() - began
        pane = app.screen.query_one(ReadingPane)
        lines = pane.virtual_size.height
        eye = Eye(app)
        keys = ["pagedown"] * 100 + ["end", "home"] * 10 + ["pageup"] * 20 + ["down"] * 80
        took = [await eye.press(pilot, key) for key in keys]
        await pilot.press("slash")
        letters = ["space" if key == " " else key for key in "truck is late"]
        found = [await eye.press(pilot, key) for key in letters]
        await pilot.press("escape")
        before = time.perf_counter()
        await pilot.resize_terminal(options.width - 7, options.height)
        await pilot.pause()
        resized_s = time.perf_counter() - before
    entries = len(pane.log_shown.entries)
    print(
        f"review of {entries} utterances, {lines} lines: opened in {opened_s:.2f} s, resized in "
        f"{resized_s * 1000:.0f} ms, {resident_mb():.0f} MB\n  scrolling: {told(took)}\n"
        f"  finding: {told(found)}"
    )


def main() -> None:
    """Both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-s", type=float, default=20.0, help="events a second of call time")
    parser.add_argument("--minutes", type=float, default=10.0, help="of call time")
    parser.add_argument("--speed", type=float, default=1.0, help="call seconds per second")
    parser.add_argument("--every-s", type=float, default=0.25, help="between keys")
    parser.add_argument("--utterances", type=int, default=20_000)
    parser.add_argument("--width", type=int, default=80)
    parser.add_argument("--height", type=int, default=24)
    options = parser.parse_args()
    asyncio.run(under_load(options))
    asyncio.run(long_review(options))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
