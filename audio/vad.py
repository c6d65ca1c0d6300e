"""Is it speech? An answer for every frame, and a second look at a whole utterance.

webrtcvad costs next to nothing and misses little, but takes line noise for speech, and on a noisy
line goes on for seconds after the speaker has stopped. Silero (the one inside faster-whisper)
hardly ever does, at 0.3 ms a window of 32 ms. A frame is speech when both say so. Neither has a
shortest length here: a "Yes." is 0.3 s long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import webrtcvad

from audio.types import FRAME_SAMPLES, RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from audio.types import Samples

SPEECH_THRESHOLD: Final = 0.25
"""Silero's probability from which a stretch counts as speech.

Measured on utterances as the segmenter cuts them: line noise reached 0.08, single words in quiet
recordings as little as 0.31. At Silero's customary 0.5 such words are lost, and here a lost
"Yes." costs more than a noise that the recogniser still has to find words in.
"""

OPENS_FROM: Final = 0.3
"""Silero's probability from which a frame begins to be speech ..."""

STAYS_FROM: Final = 0.15
"""... and from which speech goes on."""

WINDOW_SAMPLES: Final = 512
CONTEXT_SAMPLES: Final = 64
"""What Silero hears at a time, and what it is reminded of before."""

FIRM_SPEECH: Final = 0.5
"""Silero's customary threshold; between its own and this it is only perhaps speech."""

JOIN_SAMPLES: Final = RATE_HZ // 10
"""Speech on both sides of a shorter pause is one span."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of speech within what was looked at, in samples at `RATE_HZ`."""

    start: int
    """First sample."""
    end: int
    """First sample after it."""


class SpeechDetector:
    """webrtcvad and Silero for one leg; both adapt to the leg's noise, so legs do not share one."""

    def __init__(self, level: int = 2) -> None:
        """`level` of webrtcvad: 0 lets most through, 3 least.

        Raises:
            ValueError: another level.
        """
        if level not in range(4):
            raise ValueError(f"level is {level}; it must be 0, 1, 2 or 3")
        self._vad = webrtcvad.Vad(level)
        self._silero = _Silero()
        self._speech = False

    def is_speech(self, samples: Samples) -> bool:
        """Whether float32 [`FRAME_SAMPLES`] at `RATE_HZ`, clipped to -1..1, is speech.

        Raises:
            ValueError: another number of samples.
        """
        if len(samples) != FRAME_SAMPLES:
            raise ValueError(f"{len(samples)} samples; a frame has {FRAME_SAMPLES}")
        samples = np.clip(samples, -1.0, 1.0)
        whole_numbers = np.round(samples * 32_767).astype("<i2")
        hummed = bool(self._vad.is_speech(whole_numbers.tobytes(), RATE_HZ))
        probability = self._silero.push(samples)
        self._speech = hummed and probability >= (STAYS_FROM if self._speech else OPENS_FROM)
        return self._speech


class _Silero:
    """Silero's model as a stream: it remembers what it heard before."""

    def __init__(self) -> None:
        # faster-whisper takes a moment to import, and only what listens needs it.
        from faster_whisper.vad import get_vad_model  # noqa: PLC0415

        self._session = get_vad_model().session
        self._state = np.zeros((1, 1, 128), np.float32), np.zeros((1, 1, 128), np.float32)
        self._rest = np.zeros(CONTEXT_SAMPLES, np.float32)
        """The context of the next window, and what there is of it."""
        self._probability = 0.0

    def push(self, samples: Samples) -> float:
        """Take sound; the probability that there is speech in the last whole window, 0..1."""
        self._rest = np.concatenate((self._rest, samples))
        while len(self._rest) >= CONTEXT_SAMPLES + WINDOW_SAMPLES:
            window = self._rest[None, : CONTEXT_SAMPLES + WINDOW_SAMPLES]
            inputs = {"input": window, "h": self._state[0], "c": self._state[1]}
            output, *state = self._session.run(None, inputs)
            self._state = state[0], state[1]
            self._probability = float(output.item())
            self._rest = self._rest[WINDOW_SAMPLES:]
        return self._probability


@dataclass(frozen=True, slots=True)
class SecondLook:
    """What Silero found in a stretch of sound."""

    spans: tuple[Span, ...]
    """Where there is speech; not padded, and as exact as Silero's windows of 32 ms."""
    firm: bool
    """True when some of it is surely speech."""


def second_look(samples: Samples) -> SecondLook:
    """Where float32 [n] at `RATE_HZ` is speech; nowhere in noise."""
    # faster-whisper takes a moment to import and only recognisers get here.
    from faster_whisper.vad import get_vad_model  # noqa: PLC0415

    windows = -(-len(samples) // WINDOW_SAMPLES)
    if not windows:
        return SecondLook((), firm=False)
    padded = np.zeros(windows * WINDOW_SAMPLES, np.float32)
    padded[: len(samples)] = samples
    probabilities = np.ravel(get_vad_model()(padded))
    return SecondLook(
        _spans(probabilities >= SPEECH_THRESHOLD, probabilities >= STAYS_FROM, len(samples)),
        firm=bool((probabilities >= FIRM_SPEECH).any()),
    )


def _spans(begins: NDArray[np.bool_], stays: NDArray[np.bool_], length: int) -> tuple[Span, ...]:
    """Stretches that begin where `begins` is set and go on while `stays` is, short gaps joined."""
    spans: list[Span] = []
    open_at: int | None = None
    for index in range(len(begins) + 1):
        going = index < len(begins) and bool(stays[index] if open_at is not None else begins[index])
        if going and open_at is None:
            open_at = index * WINDOW_SAMPLES
        elif not going and open_at is not None:
            end = min(index * WINDOW_SAMPLES, length)
            if spans and open_at - spans[-1].end < JOIN_SAMPLES:
                spans[-1] = Span(spans[-1].start, end)
            else:
                spans.append(Span(open_at, end))
            open_at = None
    return tuple(spans)
