"""Is it speech? A quick answer for every frame, and a second look at a whole utterance.

webrtcvad answers at once and misses little, but takes line noise for speech; Silero (the one
inside faster-whisper) hardly ever does, and takes milliseconds for an utterance. Neither has a
shortest length here: a "Yes." is 0.3 s long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import webrtcvad

from audio.types import FRAME_SAMPLES, RATE_HZ

if TYPE_CHECKING:
    from audio.types import Samples

SPEECH_THRESHOLD: Final = 0.25
"""Silero's probability from which a stretch counts as speech.

Measured on utterances as the segmenter cuts them: line noise reached 0.08, single words in quiet
recordings as little as 0.31. At Silero's customary 0.5 such words are lost, and here a lost
"Yes." costs more than a noise that the recogniser still has to find words in.
"""

JOIN_MS: Final = 100
"""Speech on both sides of a shorter pause is one span."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of speech within what was looked at, in samples at `RATE_HZ`."""

    start: int
    """First sample."""
    end: int
    """First sample after it."""


class WebRtcDetector:
    """webrtcvad for one leg; it adapts to the leg's noise, so legs do not share one."""

    def __init__(self, level: int = 2) -> None:
        """`level` 0 lets most through, 3 least.

        Raises:
            ValueError: another level.
        """
        if level not in range(4):
            raise ValueError(f"level is {level}; it must be 0, 1, 2 or 3")
        self._vad = webrtcvad.Vad(level)

    def is_speech(self, samples: Samples) -> bool:
        """Whether float32 [`FRAME_SAMPLES`] at `RATE_HZ`, clipped to -1..1, is speech.

        Raises:
            ValueError: another number of samples.
        """
        if len(samples) != FRAME_SAMPLES:
            raise ValueError(f"{len(samples)} samples; a frame has {FRAME_SAMPLES}")
        whole_numbers = np.round(np.clip(samples, -1.0, 1.0) * 32_767).astype("<i2")
        return bool(self._vad.is_speech(whole_numbers.tobytes(), RATE_HZ))


def second_look(samples: Samples, threshold: float = SPEECH_THRESHOLD) -> tuple[Span, ...]:
    """The stretches of float32 [n] at `RATE_HZ` that are speech; none for noise.

    The spans are not padded, and are as exact as Silero's windows of 32 ms.
    """
    # faster-whisper takes a moment to import and only recognisers get here.
    from faster_whisper.vad import VadOptions, get_speech_timestamps  # noqa: PLC0415

    if not len(samples):
        return ()
    options = VadOptions(
        threshold=threshold,
        min_speech_duration_ms=0,
        min_silence_duration_ms=JOIN_MS,
        speech_pad_ms=0,
    )
    found = get_speech_timestamps(samples, options, sampling_rate=RATE_HZ)
    return tuple(Span(int(span["start"]), int(span["end"])) for span in found)
