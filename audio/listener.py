"""The ears of the engine: blocks of both legs in, what was said where out, in call order. Pure.

What comes out depends on the sound alone: not on how it was chopped into blocks, nor on which
leg's block came first. To get there, a leg that is ahead waits: what frame k settled is handed
on when every leg that has not ended has been heard up to frame k. Whoever feeds it keeps the
legs close together, or says that one has ended.

Where an utterance ends may depend on what was said (`audio.segmenter`): `asks` hands out the
questions, at once and leg by leg, and `answer` takes the answers. Nor does what comes out depend on
when those come.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

import numpy as np

from audio.framing import Framer
from audio.stretches import Stretches
from audio.types import (
    FRAME_SAMPLES,
    RATE_HZ,
    Passed,
    Pause,
    Resumed,
    SpeechStarted,
    Utterance,
)
from audio.voiced import Voiced

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from audio.segmenter import At, SegmenterConfig
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

    def __init__(self, segmenter: Stretches, detector: Detector) -> None:
        self._framer = Framer()
        self._segmenter = segmenter
        self._detector = detector
        self.waiting: deque[At] = deque()
        """What is settled and waits for the other legs."""
        self.voiced = Voiced()
        self.ended = False

    @property
    def frames(self) -> int:
        """Frames up to which everything is settled; one more than there are once all is."""
        return self._segmenter.known_frames + self.done

    @property
    def done(self) -> bool:
        """True when it has ended and nothing waits for an answer."""
        return self._segmenter.done

    @property
    def end_sample(self) -> int:
        """Samples heard."""
        return self._framer.end_sample

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
        self.waiting.extend(self._segmenter.flush())
        self.ended = True

    def asks(self) -> tuple[Pause | Resumed, ...]:
        """What the segmenter wants to know, or no longer."""
        return self._segmenter.asks()

    def answer(self, number: int, hangover_ms: int) -> None:
        """What it wanted to know."""
        self.waiting.extend(self._segmenter.answer(number, hangover_ms))

    def open_since(self) -> int | None:
        """First sample of what is being said."""
        return self._segmenter.open_since

    def so_far(self) -> Utterance | None:
        """What is being said."""
        return self._segmenter.so_far()

    def _frames(self, frames: list[Frame]) -> None:
        for frame in frames:
            voiced = self._detector.is_speech(frame.samples)
            self.voiced.push(frame.start_sample, voiced)
            self.waiting.extend(self._segmenter.push(frame, voiced))


class Listener:
    """Finds the utterances of all legs of a call and hands them on in call order."""

    def __init__(
        self,
        speakers: Sequence[Speaker],
        detector: Callable[[], Detector],
        config: SegmenterConfig,
    ) -> None:
        """`speakers` in the order that decides ties (me, then them); `detector` makes one a leg."""
        self._legs = {speaker: _Leg(Stretches(speaker, config), detector()) for speaker in speakers}
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

    def asks(self) -> tuple[Pause | Resumed, ...]:
        """The questions that came up, and those that went away, since the last time."""
        return tuple(ask for leg in self._legs.values() for ask in leg.asks())

    def answer(self, speaker: Speaker, number: int, hangover_ms: int) -> tuple[Settled, ...]:
        """How long a silence ends the utterance that `Pause` number of that leg asked about."""
        self._legs[speaker].answer(number, hangover_ms)
        return self._due()

    def so_far(self, speaker: Speaker) -> Utterance | None:
        """What that speaker is saying, up to now; None in a pause and while silent."""
        return self._legs[speaker].so_far()

    @property
    def speakers(self) -> tuple[Speaker, ...]:
        """Whose legs there are."""
        return tuple(self._legs)

    def open_since(self, speaker: Speaker) -> int | None:
        """First sample of what that speaker is saying; None in a pause and while silent."""
        return self._legs[speaker].open_since()

    def voiced(self, speaker: Speaker, start: int, end: int) -> tuple[tuple[int, int], ...]:
        """Where from sample `start` to `end` that leg sounded like speech, so far as it was heard.

        Each from its first sample to after its last, in order.
        """
        return self._legs[speaker].voiced.between(start, end)

    def forget(self, before: int) -> None:
        """Nobody will ask `voiced` any more for what was before that sample."""
        for leg in self._legs.values():
            leg.voiced.forget(before)

    @property
    def done(self) -> bool:
        """True when all legs have ended and nothing waits for an answer."""
        return all(leg.done for leg in self._legs.values())

    @property
    def heard_samples(self) -> int:
        """Call time up to which every leg that goes on has been heard."""
        legs = self._legs.values()
        going = [leg.end_sample for leg in legs if not leg.ended]
        return min(going) if going else max(leg.end_sample for leg in legs)

    def end(self, speaker: Speaker) -> tuple[Settled, ...]:
        """That leg is over; it holds up the others no longer."""
        self._legs[speaker].end()
        return self._due()

    def finish(self) -> tuple[Settled, ...]:
        """The call is over: what is left, in call order; the rest comes with the answers."""
        for leg in self._legs.values():
            leg.end()
        return self._due()

    def _due(self) -> tuple[Settled, ...]:
        """What every open leg has passed, with `Passed` between."""
        legs = tuple(self._legs.values())
        going = [leg.frames for leg in legs if not leg.done]
        # Once all are done everything is due, and time passed up to the last frame heard.
        settled_up_to = min(going, default=max(leg.frames for leg in legs))
        passed_up_to = min(going, default=settled_up_to - 1)
        due: list[Settled] = []
        while True:
            waiting = [(leg.waiting[0].frame, i) for i, leg in enumerate(legs) if leg.waiting]
            frame, i = min(waiting, default=(settled_up_to + 1, 0))
            passed = self._passed_frames + PASSED_FRAMES
            if passed < frame and passed <= passed_up_to:
                due.append(Passed(passed * FRAME_SAMPLES))
                self._passed_frames = passed
            elif frame <= settled_up_to:
                due.append(legs[i].waiting.popleft().what)
            else:
                return tuple(due)
