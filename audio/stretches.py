"""One leg's frames, cut where it was silent for so long that what follows is another matter. Pure.

A segmenter that waits for an answer cannot go on. After a long silence, though, it is closed and
remembers nothing but silence, whatever the answer was: what follows may be heard by another one
that begins there. A live call hardly ever needs that; a recording that is read ahead is heard in
many places at once, and what waits is decoded together. What comes out is what one segmenter gives.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from audio.segmenter import FRAME_MS, Segmenter

if TYPE_CHECKING:
    from audio.segmenter import At, SegmenterConfig
    from audio.types import Frame, Pause, Resumed, Speaker, Utterance

SILENT_MS: Final = 600
"""Silence beyond the longest hangover after which another segmenter may go on."""


@dataclass(slots=True)
class _Stretch:
    """A segmenter, and what it settled."""

    segmenter: Segmenter
    settled: deque[At] = field(default_factory=deque)


class Stretches:
    """As many segmenters as it takes; to be used like one."""

    def __init__(self, speaker: Speaker, config: SegmenterConfig) -> None:
        self._speaker = speaker
        self._config = config
        self._silent = (config.longest_hangover_ms + SILENT_MS) // FRAME_MS
        self._quiet = 0
        """Frames since the last voiced one."""
        self._heard = 0
        self._recent: deque[Frame] = deque(maxlen=config.frames_before)
        self._asks: list[Pause | Resumed] = []
        """Of stretches that are over."""
        self._stretches = deque([_Stretch(Segmenter(speaker, config))])

    @property
    def known_frames(self) -> int:
        """Frames heard up to which everything is settled."""
        return self._stretches[0].segmenter.known_frames

    @property
    def done(self) -> bool:
        """True when the sound is over and nothing waits for an answer."""
        return len(self._stretches) == 1 and self._stretches[0].segmenter.done

    @property
    def open_since(self) -> int | None:
        """First sample of what is open; None in a pause and while closed."""
        return self._stretches[-1].segmenter.open_since

    def push(self, frame: Frame, voiced: bool) -> tuple[At, ...]:  # noqa: FBT001 - as a segmenter has it
        """Take the next frame and the detector's word on it; return what that settled.

        Raises:
            ValueError: the frame does not follow the one before it.
        """
        last = self._stretches[-1]
        last.settled.extend(last.segmenter.push(frame, voiced))
        self._heard += 1
        self._recent.append(frame)
        self._quiet = 0 if voiced else self._quiet + 1
        if self._quiet >= self._silent and last.segmenter.waits:
            after = Segmenter(self._speaker, self._config, self._heard, tuple(self._recent))
            self._stretches.append(_Stretch(after))
        return self._released()

    def answer(self, number: int, hangover_ms: int) -> tuple[At, ...]:
        """How long a silence ends the utterance that `Pause` number asked about."""
        for stretch in self._stretches:
            stretch.settled.extend(stretch.segmenter.answer(number, hangover_ms))
        return self._released()

    def flush(self) -> tuple[At, ...]:
        """The sound is over: what is open ends, as soon as nothing waits for an answer."""
        last = self._stretches[-1]
        last.settled.extend(last.segmenter.flush())
        return self._released()

    def asks(self) -> tuple[Pause | Resumed, ...]:
        """What was asked, and what needs no answer any more, since the last time."""
        left, self._asks = self._asks, []
        return (*left, *(a for stretch in self._stretches for a in stretch.segmenter.asks()))

    def so_far(self) -> Utterance | None:
        """What is open, as if it ended now."""
        return self._stretches[-1].segmenter.so_far()

    def _released(self) -> tuple[At, ...]:
        """What is settled, in order: a stretch waits for those before it."""
        released = list(self._take(self._stretches[0]))
        while len(self._stretches) > 1 and not self._stretches[0].segmenter.waits:
            self._asks += self._stretches.popleft().segmenter.asks()
            released += self._take(self._stretches[0])
        return tuple(released)

    @staticmethod
    def _take(stretch: _Stretch) -> tuple[At, ...]:
        taken = tuple(stretch.settled)
        stretch.settled.clear()
        return taken
