"""How long Home takes to open on a library of many calls, and a search in it as one types.

    python bench/home.py FOLDER [CALLS] [TIMES]

FOLDER is made when it is missing and then holds a library of CALLS calls (5000), each of 24
utterances drawn from tests/dialogues/dev.jsonl. TIMES (15) openings are timed, each a new
application with its own database connection in a headless terminal of 80 x 24: from before it is
made until the calls are on the screen. Importing the program is timed apart, in new processes.
"""

# ruff: noqa: ASYNC110 - a bench looks again and again on purpose

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.model import CallInfo, FinishedCall, Source, Speaker, Transcript
from assistant.paths import HOME_VARIABLE
from assistant.store import Library
from assistant.summary import summarise

TALK = Path(__file__).parent.parent / "tests" / "dialogues" / "dev.jsonl"
SAID = 24
LETTERS = "penalty"


def main() -> None:
    folder = Path(sys.argv[1])
    calls, times = (*map(int, sys.argv[2:]), *(5000, 15)[len(sys.argv) - 2 :])
    os.environ[HOME_VARIABLE] = str(folder)
    fill(folder / "data", calls)
    code = "import time; t = time.perf_counter(); import assistant.home; "
    code += "print(time.perf_counter() - t)"
    imported = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
        for _ in range(5)
    ]
    opened, typed = asyncio.run(timed(times))
    print(f"{calls} calls")
    tell("Home, to its calls on the screen", opened)
    tell("Library, a letter typed to its calls on the screen", typed)
    tell("importing the program, a new process", imported)


def tell(what: str, seconds: list[float]) -> None:
    ranked = sorted(seconds)
    p95 = ranked[min(len(ranked) - 1, round(0.95 * len(ranked)))]
    median = statistics.median(ranked)
    print(f"{what}: n={len(ranked)} median {median * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms")


def fill(folder: Path, calls: int) -> None:
    chance = random.Random(7)  # noqa: S311 - the same calls each time
    with Library.open(folder) as library:
        texts = [turn["text"] for row in map(json.loads, TALK.open()) for turn in row["turns"]]
        for number in range(library.count(), calls):
            began = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=3 * number)
            speakers = (Speaker.ME, Speaker.THEM)
            info = CallInfo(
                f"Call {number}", f"{number}.ogg", Source.AUDIO, "base", 120.0, began, speakers
            )
            events = tuple(
                Transcript(speakers[at % 2], at * 5.0, at * 5.0 + 4, chance.choice(texts))
                for at in range(SAID)
            )
            library.save(FinishedCall(info, events, summarise(info, events)))


async def timed(times: int) -> tuple[list[float], list[float]]:
    from assistant.desk import LocalDesk  # noqa: PLC0415 - after the place was set
    from tui.home import HomeApp  # noqa: PLC0415
    from tui.widgets.calls import CallsList  # noqa: PLC0415

    opened, typed = [], []
    for _ in range(times):
        began = time.perf_counter()
        app = HomeApp(LocalDesk())
        async with app.run_test(size=(80, 24)) as pilot:
            while app.screen_stack and not app.screen.query(CallsList):
                await pilot.pause()
            if not app.screen.id and app.desk.first_time:
                app.pop_screen()
            recent = app.screen_stack[0].query_one(CallsList)
            while not recent.calls:
                await asyncio.sleep(0.001)
            opened.append(time.perf_counter() - began)
            await pilot.press("b")
            listed = app.screen.query_one(CallsList)
            while not listed.calls:
                await asyncio.sleep(0.001)
            for letter in LETTERS:
                before = listed.calls
                began = time.perf_counter()
                await pilot.press(letter)
                while listed.calls is before:
                    await asyncio.sleep(0.001)
                typed.append(time.perf_counter() - began)
    return opened, typed


if __name__ == "__main__":
    main()
