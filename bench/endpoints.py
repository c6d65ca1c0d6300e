"""When an utterance is taken to be over: cut into sentences against time waited.

    python bench/endpoints.py FOLDER ...     manifest.jsonl with "pauses" (`bench/make_speech.py`)

Each pause of the reference says whether it lies inside a clause or at a sentence's end. An
utterance that ends within a pause inside a clause is a cut-in. Wait: silence heard before the
utterance was taken to be over, of those that ended at a sentence's end. Beside the policy as it
ships stand fixed silences, which need no words.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from clips import recogniser

from assistant import phrases
from assistant.endpoints import EndpointPolicy
from audio.files import Side, open_recording
from audio.listener import Listener
from audio.segmenter import SegmenterConfig
from audio.types import FRAME_SAMPLES, RATE_HZ, Block, Pause, Utterance
from audio.vad import SpeechDetector

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.model import Transcript

FIXED_MS = (300, 450, 600, 810)
NEAR_S = 0.25
"""An end belongs to a pause when it lies no further outside."""


@dataclass
class Result:
    """What one way of ending came to."""

    inside: int = 0
    cut_in: int = 0
    at_end: int = 0
    ended: int = 0
    waits_s: list[float] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--model", help="as for thatsright replay")
    arguments = parser.parse_args()
    hear = recogniser(arguments.model)
    book = phrases.load()
    policy = EndpointPolicy.of(book.short, book.goes_on)
    print(f"{platform.platform()}, {os.cpu_count()} cores")
    print(f"{'':<12}{'cut-ins':>16}{'ended at ends':>18}{'wait median s':>15}{'p95':>7}")
    ways: dict[str, tuple[SegmenterConfig, Callable[[Utterance], int]]] = {
        "as it ships": (SegmenterConfig(), lambda u: policy.hangover_ms(said(hear, u)))
    }
    for fixed in FIXED_MS:
        config = replace(SegmenterConfig(), decided_s=60.0, long_s=60.0)
        ways[f"{fixed} ms"] = (config, lambda _, ms=fixed: ms)
    for name, (config, hangover_ms) in ways.items():
        result = Result()
        for folder in arguments.folders:
            for line in (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                try_one(result, folder / row["file"], row["pauses"], config, hangover_ms)
        low, high = np.percentile(result.waits_s, [50, 95])
        print(
            f"{name:<12}{result.cut_in:>6} of {result.inside:<6}{result.ended:>8} of "
            f"{result.at_end:<6}{low:>15.2f}{high:>7.2f}"
        )


def said(hear: object, utterance: Utterance) -> Transcript | None:
    (transcript,) = hear.recognise([utterance])  # type: ignore[attr-defined]
    return transcript


def try_one(
    result: Result,
    path: Path,
    pauses: list[dict[str, float | bool]],
    config: SegmenterConfig,
    hangover_ms: Callable[[Utterance], int],
) -> None:
    """Lay the ends of one recording over its pauses."""
    ends = heard(path, config, hangover_ms)
    for pause in pauses:
        begin_s, length_s = float(pause["at_s"]), float(pause["length_s"])
        hit = [e for e in ends if begin_s - NEAR_S <= e[0] <= begin_s + length_s + NEAR_S]
        if pause["inside"]:
            result.inside += 1
            result.cut_in += bool(hit)
        else:
            result.at_end += 1
            result.ended += bool(hit)
            result.waits_s += [end - last for last, end in hit]


def heard(
    path: Path, config: SegmenterConfig, hangover_ms: Callable[[Utterance], int]
) -> list[tuple[float, float]]:
    """Last speech of each utterance, and when it was taken to be over; answers come at once."""
    recording = open_recording(path, Side.LEFT)
    listener = Listener(recording.speakers, SpeechDetector, config)
    ends: list[tuple[float, float]] = []
    for item in recording.items(FRAME_SAMPLES):
        if not isinstance(item, Block):
            continue
        settled = list(listener.push(item))
        while asks := listener.asks():
            for ask in asks:
                if isinstance(ask, Pause):
                    utterance = ask.utterance
                    ms = hangover_ms(utterance)
                    settled += listener.answer(utterance.speaker, utterance.number, ms)
        now_s = (item.start_sample + len(item.samples)) / RATE_HZ
        ends += [
            (what.end_sample / RATE_HZ - config.tail_ms / 1000, now_s)
            for what in settled
            if isinstance(what, Utterance) and not what.cut
        ]
    return ends


if __name__ == "__main__":
    main()
