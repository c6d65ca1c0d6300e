"""Value types of the sound side. Times are sample counts at `RATE_HZ`, so nothing drifts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE_HZ: Final = 16_000
"""Everything behind the resampler is mono at this rate."""

FRAME_SAMPLES: Final = 480
"""30 ms at `RATE_HZ`: the longest frame webrtcvad takes."""

Samples: TypeAlias = "NDArray[np.float32]"
"""Mono sound, float32 of shape [n], nominally -1..1."""


class Speaker(StrEnum):
    """Who speaks. `UNKNOWN` is a channel that carries both sides and was not told apart."""

    ME = "me"
    THEM = "them"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Sound of one speaker, of any length, as it comes from a file or a device."""

    speaker: Speaker
    start_sample: int
    """Position in the call, samples at `RATE_HZ`."""
    samples: Samples
    echo: bool = False
    """Whether the other side may come back in it, also where it was taken out."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Exactly `FRAME_SAMPLES` samples of one speaker."""

    start_sample: int
    samples: Samples


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The detector opened: somebody may be speaking since `start_sample`."""

    speaker: Speaker
    start_sample: int


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """One stretch of sound between two pauses (or cut at the longest length)."""

    speaker: Speaker
    start_sample: int
    samples: Samples
    cut: bool
    """True when it ended at the longest length and the speaker goes on."""
    number: int = 0
    """Of the question about it, see `Pause`; no other of its leg has the same."""

    @property
    def end_sample(self) -> int:
        """First sample after the utterance."""
        return self.start_sample + len(self.samples)


@dataclass(frozen=True, slots=True, eq=False)
class Pause:
    """The speaker fell silent: what was said, should the utterance have ended?"""

    utterance: Utterance
    """All of it, if it has."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """The speaker went on: the `Pause` of that number needs no answer."""

    speaker: Speaker
    number: int


@dataclass(frozen=True, slots=True)
class Passed:
    """Every leg has been heard up to here; nothing earlier will be settled any more."""

    at_sample: int


def seconds(samples: int) -> float:
    """Call time in seconds of a sample count at `RATE_HZ`."""
    return samples / RATE_HZ


def empty() -> Samples:
    """No sound: float32 of shape [0]."""
    return np.zeros(0, dtype=np.float32)
