"""Frames into a segmenter and answers to its questions; shared by its tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from audio.segmenter import FRAME_MS, Segmenter, SegmenterConfig
from audio.types import FRAME_SAMPLES, Frame, Pause, Resumed, Speaker, SpeechStarted, Utterance

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from audio.segmenter import At, What
    from audio.stretches import Stretches

    Hangover = Callable[[Utterance], int]

CONFIG = SegmenterConfig()
PRE_ROLL = CONFIG.pre_roll_ms // FRAME_MS
PAUSE = CONFIG.pause_ms // FRAME_MS
HANGOVER = CONFIG.hangover_ms // FRAME_MS
LONGEST_HANGOVER = CONFIG.longest_hangover_ms // FRAME_MS
TAIL = CONFIG.tail_ms // FRAME_MS
LONGEST = int(CONFIG.longest_s * 1000) // FRAME_MS

AT_ONCE = 0
AT_THE_END = 10**9


def shortest(_: Utterance) -> int:
    return CONFIG.hangover_ms


def frame(index: int, level: float | None = None) -> Frame:
    value = float(index) if level is None else level
    return Frame(index * FRAME_SAMPLES, np.full(FRAME_SAMPLES, value, dtype=np.float32))


def frames_of(utterance: Utterance) -> range:
    begin, rest = divmod(utterance.start_sample, FRAME_SAMPLES)
    length, more = divmod(len(utterance.samples), FRAME_SAMPLES)
    assert rest == more == 0
    return range(begin, begin + length)


def told(what: What) -> tuple[object, ...]:
    """To compare: sound included."""
    if isinstance(what, SpeechStarted):
        return "started", what.speaker, what.start_sample
    return (
        "utterance",
        what.speaker,
        what.start_sample,
        what.cut,
        what.number,
        what.samples.tobytes(),
    )


@dataclass
class Driver:
    """A segmenter whose questions are answered after so many further frames, in turn."""

    hangover: Hangover = shortest
    delays: Sequence[int] = (AT_ONCE,)
    config: SegmenterConfig = CONFIG
    of: Callable[[Speaker, SegmenterConfig], Segmenter | Stretches] = Segmenter
    out: list[At] = field(default_factory=list)
    asks: list[Pause | Resumed] = field(default_factory=list)
    log: list[Pause | Resumed | What] = field(default_factory=list)
    """Questions and what came out, in the order they were told."""
    known: list[int] = field(default_factory=list)
    """What was settled up to, after each call."""

    def __post_init__(self) -> None:
        self.segmenter = self.of(Speaker.THEM, self.config)
        self._pushed = 0
        self._due: list[tuple[int, Utterance]] = []

    def push(self, pattern: str, levels: Sequence[float] | None = None) -> None:
        """`x` is a voiced frame, anything else silence."""
        for mark in pattern:
            level = None if levels is None else levels[self._pushed]
            self._take(self.segmenter.push(frame(self._pushed, level), mark == "x"))
            self._pushed += 1
            self._answer()

    def flush(self) -> None:
        """The sound is over; questions are answered when it is their time, or now."""
        self._take(self.segmenter.flush())
        self._answer()

    def answer_everything(self) -> None:
        """The rest of the answers, the last question's first."""
        while self._due:
            _, utterance = self._due.pop()
            self._take(self.segmenter.answer(utterance.number, self.hangover(utterance)))

    def _answer(self) -> None:
        while due := [d for d in self._due if d[0] <= self._pushed]:
            self._due.remove(due[0])
            utterance = due[0][1]
            self._take(self.segmenter.answer(utterance.number, self.hangover(utterance)))

    def _take(self, out: tuple[At, ...]) -> None:
        asks = self.segmenter.asks()
        for ask in asks:
            self.asks.append(ask)
            if isinstance(ask, Pause):
                delay = self.delays[len(self.asks) % len(self.delays)]
                self._due.append((self._pushed + delay, ask.utterance))
        self.out += out
        self.log += [*asks, *(at.what for at in out)]
        self.known.append(self.segmenter.known_frames)


def driven(  # noqa: PLR0913, PLR0917 - as a driver takes them
    pattern: str,
    config: SegmenterConfig = CONFIG,
    levels: Sequence[float] | None = None,
    hangover: Hangover = shortest,
    delays: Sequence[int] = (AT_ONCE,),
    of: Callable[[Speaker, SegmenterConfig], Segmenter | Stretches] = Segmenter,
) -> Driver:
    """All of it, to the end and to the last answer."""
    driver = Driver(hangover, delays, config, of)
    driver.push(pattern, levels)
    driver.flush()
    driver.answer_everything()
    return driver


def run(
    pattern: str,
    config: SegmenterConfig = CONFIG,
    levels: Sequence[float] | None = None,
    hangover: Hangover = shortest,
) -> list[tuple[int, What]]:
    """What comes out, each with the index of the frame that settled it; answers come at once."""
    out = driven(pattern, config, levels, hangover).out
    return [(at.frame - 1, at.what) for at in out]
