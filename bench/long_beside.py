"""A long live call through a real sound server: does anything drift, get lost, or grow?

    python bench/long_beside.py [CALL.ogg] [--minutes 60]

A call with two channels (reference beside it, .jsonl) is played over and over into a PulseAudio
server, without a pause, and heard by the real `thatsright live` (bench/footprint.py). For each
stretch of ten minutes: how far the ends of final texts lie from the ends of the utterances that
were played, the median for each leg (what changes from stretch to stretch is drift, of the call
time against the sound, and of the legs against each other), utterances that were missed, and the
memory of the process. Then what was told of devices, lost sound and a busy machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
from pathlib import Path
from typing import Any

import footprint
import numpy as np

from audio.types import RATE_HZ

SAMPLE = Path(__file__).parent.parent / "samples" / "delivery_date.ogg"
STRETCH_S = 600.0
NEAR_S = 1.0
"""A final text that ends this near to the end of an utterance is of it."""
EVERY_S = 30.0
AHEAD_MS = 2000
"""Handed to the sound server before it is due: the player is not what is measured."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("call", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--model", default=None)
    parser.add_argument("--events", type=Path, help="write what it printed there")
    arguments = parser.parse_args()
    once = footprint.load(arguments.call, 1e6)
    length = min(map(len, once.values()))
    times = max(1, round(arguments.minutes * 60 * RATE_HZ / length))
    legs = {who: np.tile(sound[:length], times) for who, sound in once.items()}
    rows = footprint.reference(arguments.call, length / RATE_HZ)
    memory: list[tuple[float, float]] = []
    begun = time.monotonic()

    def watch(number: int) -> None:
        page = os.sysconf("SC_PAGE_SIZE")
        try:
            while True:
                held = Path(f"/proc/{number}/statm").read_text(encoding="utf-8").split()[1]
                memory.append((time.monotonic() - begun, int(held) * page / 2**20))
                time.sleep(EVERY_S)
        except (OSError, IndexError):
            return

    with footprint.sound_server(AHEAD_MS) as server:
        played = footprint.listened(server, legs, arguments.model, meanwhile=watch)
    events = [event for _, event in played.lines]
    if arguments.events:
        arguments.events.write_text("".join(json.dumps(each) + "\n" for each in events))
    minutes = length * times / RATE_HZ / 60
    print(
        f"{platform.platform()}, {os.cpu_count()} cores, {minutes:.0f} min, {arguments.call.stem}"
    )
    found = {
        who: [
            e["end_s"]
            for e in events
            if e["type"] == "transcript" and e["final"] and e["speaker"] == who
        ]
        for who in rows
    }
    step_s = length / RATE_HZ
    last = 0.0
    while last < minutes * 60:
        told = [
            f"{who} {ends(found[who], rows[who], last, last + STRETCH_S, step_s)}" for who in rows
        ]
        held = [mb for at, mb in memory if last <= at - played.start_s < last + STRETCH_S]
        print(
            f"  {last / 60:3.0f} min  {';  '.join(told)};  {statistics.median(held or [0]):.0f} MB"
        )
        last += STRETCH_S
    warned = [e["message"] for e in events if e["type"] == "warning"]
    print(f"  told: {warned or 'nothing'}")
    print(
        f"  processor {played.cpu_s / played.played_s:.0%} of a core, peak {played.peak_mb:.0f} MB"
    )


def ends(
    found: list[float], said: list[dict[str, Any]], first_s: float, last_s: float, step_s: float
) -> str:
    """Final texts against what was played, by their ends."""
    shift = footprint.begun(found, said)
    late: list[float] = []
    missed = 0
    time_s = 0.0
    while time_s < last_s:
        for row in said:
            at_s = row["end_s"] + time_s
            if not first_s <= at_s < last_s:
                continue
            near = [f - at_s - shift for f in found if abs(f - at_s - shift) < NEAR_S]
            if near:
                late.append(min(near, key=abs))
            else:
                missed += 1
        time_s += step_s
    if not late:
        return f"n 0, {missed} not matched"
    return f"n {len(late)}, ends {1000 * statistics.median(late):+.0f} ms, {missed} not matched"


if __name__ == "__main__":
    main()
