"""The ears of the engine: blocks of both legs in, what was said where out, in call order. Pure.

What comes out depends on the sound alone: not on how it was chopped into blocks, nor on which
leg's block came first. To get there, a leg that is ahead waits: what frame k settled is handed
on when every leg that has not ended has been heard up to frame k. Whoever feeds it keeps the
legs close together, or says that one has ended.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

import numpy as np

from audio.framing import Framer
from audio.segmenter import Segmenter
from audio.types import FRAME_SAMPLES, RATE_HZ, Passed, SpeechStarted, Utterance

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from audio.segmenter import SegmenterConfig
    from audio.types import Block, Frame, Samples, Speaker

SILENCE_SAMPLES: Final = RATE_HZ
"""A gap is filled in pieces of this length, so that a long one costs no memory."""

PASSED_FRAMES: Final = 8
"""That time has passed is said every 0.24 s of call time."""

Settled: TypeAlias = SpeechStarted | Utterance | Passed


class Detector(Protocol):
    """Decides frame by frame; may keep state, so every leg has its own."""

    def is_speech(self, samples: Samples) -> bool:
        """Whether float32 [`FRAME_SAMPLES`] at `RATE_HZ` is speech."""


class _Leg:
    """One speaker's framer, detector and segmenter, and what they settled but is not due yet."""

    def __init__(self, segmenter: Segmenter, detector: Detector) -> None:
        self._framer = Framer()
        self._segmenter = segmenter
        self._detector = detector
        self.waiting: deque[tuple[int, Settled]] = deque()
        """With the index of the frame that settled it."""
        self.frames = 0
        """Frames heard, and one more once it has ended."""
        self.ended = False

    def hear(self, block: Block) -> None:
        """Take a block; a gap before it is silence, what was heard already is dropped."""
        gap = block.start_sample - self._framer.end_sample
        while gap > 0:
            piece = min(gap, SILENCE_SAMPLES)
            self._frames(self._framer.push(np.zeros(piece, dtype=np.float32)))
            gap -= piece
        self._frames(self._framer.push(block.samples[-gap:] if gap else block.samples))

    def end(self) -> None:
        """No more sound comes: settle what is open."""
        if self.ended:
            return
        last = self._framer.flush()
        if last is not None:
            self._frames([last])
        # The end is known one frame after the last: before that, more could have come, and the
        # other leg's frame of the same index may already have been handed on.
        self.frames += 1
        self._settle(self._segmenter.flush())
        self.ended = True

    def _frames(self, frames: list[Frame]) -> None:
        for frame in frames:
            self.frames += 1
            self._settle(self._segmenter.push(frame, self._detector.is_speech(frame.samples)))

    def _settle(self, settled: tuple[Settled, ...]) -> None:
        self.waiting.extend((self.frames, what) for what in settled)


class Listener:
    """Finds the utterances of all legs of a call and hands them on in call order."""

    def __init__(
        self,
        speakers: Sequence[Speaker],
        detector: Callable[[], Detector],
        config: SegmenterConfig,
    ) -> None:
        """`speakers` in the order that decides ties (me, then them); `detector` makes one a leg."""
        self._legs = {speaker: _Leg(Segmenter(speaker, config), detector()) for speaker in speakers}
        self._passed_frames = 0

    def push(self, block: Block) -> tuple[Settled, ...]:
        """Take a block of any length; return what is settled for all legs, in call order.

        Raises:
            KeyError: a speaker this call does not have.
            ValueError: the leg has ended.
        """
        leg = self._legs[block.speaker]
        if leg.ended:
            raise ValueError(f"a block of {block.speaker} after that leg ended")
        leg.hear(block)
        return self._due()

    def end(self, speaker: Speaker) -> tuple[Settled, ...]:
        """That leg is over; it holds up the others no longer."""
        self._legs[speaker].end()
        return self._due()

    def finish(self) -> tuple[Settled, ...]:
        """The call is over: everything that is left, in call order."""
        for leg in self._legs.values():
            leg.end()
        return self._due()

    def _due(self) -> tuple[Settled, ...]:
        """What every open leg has passed, with `Passed` between."""
        legs = tuple(self._legs.values())
        open_frames = [leg.frames for leg in legs if not leg.ended]
        # Once all have ended everything is due, and time passed up to the last frame heard.
        settled_up_to = min(open_frames, default=max(leg.frames for leg in legs))
        passed_up_to = min(open_frames, default=settled_up_to - 1)
        due: list[Settled] = []
        while True:
            waiting = [(leg.waiting[0][0], i) for i, leg in enumerate(legs) if leg.waiting]
            frame, i = min(waiting, default=(settled_up_to + 1, 0))
            passed = self._passed_frames + PASSED_FRAMES
            if passed < frame and passed <= passed_up_to:
                due.append(Passed(passed * FRAME_SAMPLES))
                self._passed_frames = passed
            elif frame <= settled_up_to:
                due.append(legs[i].waiting.popleft()[1])
            else:
                return tuple(due)
