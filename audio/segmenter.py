"""Frames and speech decisions in, utterances out. A pure state machine, one per speaker.

Closed, it remembers the last frames. It opens when enough of them are voiced, and hands on the
sound from a little before the first voiced one. Open, it collects frames until the speaker has
been silent for the hangover, and hands them on with a little of that silence. There is no
shortest utterance: a "Yes." of a quarter of a second counts as much as a speech.

Order of what comes out, which users of it rely on:

* every `Utterance` has one `SpeechStarted` before it, in the same order;
* at the longest length, the `SpeechStarted` of the part that goes on comes *before* the cut
  `Utterance`, so that nobody takes the speaker for silent in between.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from audio.types import FRAME_SAMPLES, RATE_HZ, SpeechStarted, Utterance

if TYPE_CHECKING:
    from audio.types import Frame, Speaker

FRAME_MS: Final = FRAME_SAMPLES * 1000 // RATE_HZ
CUT_SEARCH_FRAMES: Final = 2_000 // FRAME_MS
"""How far back from the longest length a quiet place to cut is looked for."""


@dataclass(frozen=True, slots=True)
class SegmenterConfig:
    """When an utterance begins and ends. Durations are rounded down to whole frames.

    Raises:
        ValueError: a value that cannot work; the message names it and says what would.
    """

    pre_roll_ms: int = 300
    """Sound kept from before the first voiced frame: soft beginnings are not voiced yet."""
    open_voiced: int = 4
    """It opens when at least so many frames ..."""
    open_window: int = 6
    """... of the last so many are voiced."""
    hangover_ms: int = 450
    """Silence that ends an utterance."""
    tail_ms: int = 200
    """How much of that silence stays with the utterance."""
    longest_s: float = 15.0
    """Longest utterance; it is cut at a quiet place in its last two seconds."""

    def __post_init__(self) -> None:
        if self.pre_roll_ms < 0:
            raise ValueError(f"pre_roll_ms is {self.pre_roll_ms}; it must be 0 or more")
        if not 1 <= self.open_voiced <= self.open_window:
            raise ValueError(
                f"open_voiced is {self.open_voiced}; it must be from 1 to open_window "
                f"({self.open_window})"
            )
        if not FRAME_MS <= self.hangover_ms <= self._longest_hangover_ms():
            raise ValueError(
                f"hangover_ms is {self.hangover_ms}; it must be from {FRAME_MS} to "
                f"{self._longest_hangover_ms()}"
            )
        if not 0 <= self.tail_ms <= self.hangover_ms:
            raise ValueError(
                f"tail_ms is {self.tail_ms}; it must be from 0 to hangover_ms ({self.hangover_ms})"
            )
        shortest_s = self._shortest_longest_s()
        if not self.longest_s >= shortest_s:
            raise ValueError(f"longest_s is {self.longest_s}; it must be {shortest_s:g} or more")

    @staticmethod
    def _longest_hangover_ms() -> int:
        # A pause that began before the stretch searched for a place to cut would leave
        # nothing to cut at.
        return CUT_SEARCH_FRAMES * FRAME_MS // 2

    def _shortest_longest_s(self) -> float:
        # Room for what comes before the opening, and for the stretch searched for a cut.
        before_ms = self.pre_roll_ms + (self.open_window + 1) * FRAME_MS
        return (before_ms + CUT_SEARCH_FRAMES * FRAME_MS) / 1000


class Segmenter:
    """Cuts one speaker's frames into utterances. Holds at most `longest_s` of sound."""

    def __init__(self, speaker: Speaker, config: SegmenterConfig) -> None:
        self._speaker = speaker
        self._config = config
        self._pre_roll = config.pre_roll_ms // FRAME_MS
        self._hangover = max(1, config.hangover_ms // FRAME_MS)
        self._tail = config.tail_ms // FRAME_MS
        self._longest = int(config.longest_s * 1000) // FRAME_MS
        self._before: deque[tuple[Frame, bool]] = deque(maxlen=self._pre_roll + config.open_window)
        """Closed: the last frames and whether each was voiced."""
        self._frames: list[Frame] = []
        """Open: the utterance so far. Empty while closed."""
        self._last_voiced = 0
        """Open: index in `_frames` of the last voiced one."""
        self._next_sample: int | None = None

    @property
    def is_open(self) -> bool:
        """True between a `SpeechStarted` and its `Utterance`."""
        return bool(self._frames)

    def push(self, frame: Frame, voiced: bool) -> tuple[SpeechStarted | Utterance, ...]:  # noqa: FBT001 - a decision per frame is what it takes
        """Take the next frame and the detector's word on it; return what that settled.

        Raises:
            ValueError: the frame does not follow the one before it.
        """
        if self._next_sample is not None and frame.start_sample != self._next_sample:
            raise ValueError(f"frame at {frame.start_sample}, expected {self._next_sample}")
        self._next_sample = frame.start_sample + FRAME_SAMPLES
        if self._frames:
            return self._go_on(frame, voiced=voiced)
        self._before.append((frame, voiced))
        return self._try_to_open()

    def flush(self) -> tuple[SpeechStarted | Utterance, ...]:
        """The sound is over: the utterance that is open, if any."""
        closed = (self._close(),) if self._frames else ()
        self._before.clear()
        self._next_sample = None
        return closed

    def _try_to_open(self) -> tuple[SpeechStarted, ...]:
        window = max(0, len(self._before) - self._config.open_window)
        voiced = [i for i, (_, is_voiced) in enumerate(self._before) if is_voiced and i >= window]
        if len(voiced) < self._config.open_voiced:
            return ()
        first = voiced[0]
        begin = max(0, first - self._pre_roll)
        started = SpeechStarted(self._speaker, self._before[first][0].start_sample)
        self._frames = [frame for frame, _ in self._before][begin:]
        self._last_voiced = voiced[-1] - begin
        self._before.clear()
        return (started,)

    def _go_on(self, frame: Frame, *, voiced: bool) -> tuple[SpeechStarted | Utterance, ...]:
        self._frames.append(frame)
        if voiced:
            self._last_voiced = len(self._frames) - 1
        elif len(self._frames) - 1 - self._last_voiced >= self._hangover:
            return (self._close(),)
        if len(self._frames) >= self._longest:
            return self._cut()
        return ()

    def _close(self) -> Utterance:
        """End after the tail; what is left of the silence is the next utterance's pre-roll."""
        end = min(len(self._frames), self._last_voiced + 1 + self._tail)
        utterance = self._utterance(self._frames[:end], cut=False)
        self._before.extend((frame, False) for frame in self._frames[end:])
        self._frames = []
        return utterance

    def _cut(self) -> tuple[SpeechStarted | Utterance, ...]:
        at = _quietest_boundary(self._frames, len(self._frames) - CUT_SEARCH_FRAMES)
        if at > self._last_voiced:
            # The speaker paused just here: an end like any other, only a little early.
            return (self._close(),)
        utterance = self._utterance(self._frames[:at], cut=True)
        self._frames = self._frames[at:]
        self._last_voiced -= at
        return (SpeechStarted(self._speaker, self._frames[0].start_sample), utterance)

    def _utterance(self, frames: list[Frame], *, cut: bool) -> Utterance:
        samples = np.concatenate([frame.samples for frame in frames])
        return Utterance(self._speaker, frames[0].start_sample, samples, cut)


def _quietest_boundary(frames: list[Frame], first: int) -> int:
    """Index i >= first such that the frames on both sides of the cut before `frames[i]` are quiet.

    Of equally quiet boundaries the last one: the shorter the rest, the less is said twice late.
    """
    power = [
        float(np.mean(np.square(frame.samples, dtype=np.float64))) for frame in frames[first - 1 :]
    ]
    around = [before + after for before, after in pairwise(power)]
    quietest = min(around)
    return first + max(i for i, both in enumerate(around) if both == quietest)
