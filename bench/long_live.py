"""A long call, every utterance decoded as it comes: does anything grow?

    python bench/long_live.py [--minutes 120]

Plays the samples over and over, both legs, through the ears, the recogniser and the engine of a
session. The input does not wait for the clock: each utterance is decoded alone, as in a call, and
timed. Printed for each stretch of the call: decode seconds, median and p95, milliseconds of the
engine for a thing heard, and the memory of the process.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from itertools import count, takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from clips import recogniser

from assistant import phrases
from assistant.endpoints import EndpointPolicy
from assistant.engine import Engine
from assistant.hearing import Hearing
from audio.files import Side, open_recording
from audio.listener import Listener
from audio.segmenter import SegmenterConfig
from audio.types import RATE_HZ, Block, Pause, Speaker
from audio.vad import SpeechDetector

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLES = Path(__file__).parent.parent / "samples"
CALLS = ("delivery_date.ogg", "rent_review.ogg", "rent_review_phone.ogg", "look_alikes.ogg")
STRETCH_S = 600.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=120.0)
    parser.add_argument("--model", help="as for thatsright replay")
    arguments = parser.parse_args()
    hear = recogniser(arguments.model)
    book = phrases.load()
    policy = EndpointPolicy.of(book.short, book.goes_on)
    hearing = Hearing(
        Listener((Speaker.ME, Speaker.THEM), SpeechDetector, SegmenterConfig()), policy
    )
    engine = Engine(book)
    print(f"{platform.platform()}, {os.cpu_count()} cores, model {hear.name}")
    print(f"{'to min':>7}{'n':>6}{'decode median s':>17}{'p95':>7}{'engine ms':>11}{'MB':>7}")
    took: list[float] = []
    stepped: list[float] = []
    shown_s = STRETCH_S
    limit = int(arguments.minutes * 60 * RATE_HZ)
    for block in takewhile(lambda b: b.start_sample < limit, sound()):
        waiting = list(hearing.push(block))
        while asks := hearing.asks():
            for ask in asks:
                if isinstance(ask, Pause):
                    began = time.perf_counter()
                    (said,) = hear.recognise([ask.utterance])
                    took.append(time.perf_counter() - began)
                    waiting += hearing.answer(ask.utterance, said)
        for heard in waiting:
            began = time.perf_counter()
            engine.step(heard)
            stepped.append(time.perf_counter() - began)
        if block.start_sample >= shown_s * RATE_HZ:
            show(shown_s / 60, took, stepped)
            shown_s += STRETCH_S
            took, stepped = [], []
    if took:
        show(arguments.minutes, took, stepped)


def sound() -> Iterator[Block]:
    """The samples, one after another, for ever."""
    at = 0
    for number in count():
        recording = open_recording(SAMPLES / CALLS[number % len(CALLS)], Side.LEFT)
        end = at
        for item in recording.items():
            if isinstance(item, Block):
                yield Block(item.speaker, at + item.start_sample, item.samples)
                end = at + item.start_sample + len(item.samples)
        at = end


def show(minutes: float, took: list[float], stepped: list[float]) -> None:
    low, high = np.percentile(took, [50, 95])
    print(
        f"{minutes:>7.0f}{len(took):>6}{low:>17.3f}{high:>7.3f}"
        f"{1000 * np.median(stepped):>11.3f}{memory_mb():>7.0f}",
        flush=True,
    )


def memory_mb() -> float:
    """Of this process now; /proc, so only on Linux."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return float("nan")


if __name__ == "__main__":
    main()
