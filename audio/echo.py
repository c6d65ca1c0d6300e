"""The other side taken out of my microphone: acoustic echo, when the call is heard without headset.

What the computer plays comes back through the air, later and coloured by the room. WebRTC's
canceller (AEC3, as in browsers) learns the way between the two legs and its delay by itself, and
subtracts; what is left of the echo it turns down. Both legs are pushed together, block by block, as
they lie on the call's clock.

With a headset there is nothing to take out, so the microphone is then handed on as it is. Whether
there is an echo is measured, not asked: `EchoSense`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from audio.health import rms
from audio.types import RATE_HZ, Speaker, empty

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from audio.types import Block, Samples

WINDOW_SAMPLES: Final = 32_768
"""2 s: what both legs are held against each other over."""

STEP_SAMPLES: Final = WINDOW_SAMPLES // 2

BAND_HZ: Final = (200.0, 4_000.0)
"""Where loudspeakers, microphones and speech all have something; no mains hum."""

TALK: Final = 0.002
"""Root mean square of a window of their leg (-54 dBFS) below which it says nothing."""

FORGET: Final = 0.8
"""Weight of what was measured one window earlier."""

EARLIEST_SAMPLES: Final = -RATE_HZ * 8 // 100
"""The legs may be 80 ms apart on the call's clock. What is earlier is no echo of theirs: they hear
me, and a round over the network takes longer."""

LATEST_SAMPLES: Final = RATE_HZ * 6 // 10
"""No loudspeaker, room and microphone take longer than 0.6 s."""

PRESENT: Final = 12.0
"""An echo's peak in the correlation, in root mean squares of it (docs/live.md). Without echo the
largest of its 10,000 values is 4 to 8; an echo 30 dB under my voice makes 15 to 60."""

SURE: Final = 18.0
"""Two clicks, one in each leg, may look like a faint echo; my leg is not moved for that."""

ABSENT_WINDOWS: Final = 3
"""Windows with their talk and without a peak after which there is no echo."""

LEAD_SAMPLES: Final = RATE_HZ * 8 // 1000
"""The canceller needs the echo to come after what it is an echo of, at least by this."""

CORRECTED_SAMPLES: Final = RATE_HZ * 24 // 1000
"""Where an echo is brought that comes earlier than that."""


class EchoMode(StrEnum):
    """Whether echo is taken out: where there is one, always, never."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class Canceller(Protocol):
    """Takes one leg out of the other. Keeps state; one for each call."""

    def cancel(self, mine: Samples, theirs: Samples) -> Samples:
        """My leg without what of theirs is in it: float32 [n], n as given.

        Both float32 [n] at `RATE_HZ`, of the same time, and a multiple of 10 ms but for the last.
        """


class WebRtcCanceller:
    """AEC3 of WebRTC. Any delay from 0 to about 0.5 s; it also takes away what is below 100 Hz."""

    def __init__(self) -> None:
        from pywebrtc_audio import EchoCanceller  # noqa: PLC0415 - only live calls need it

        self._canceller = EchoCanceller(sample_rate=RATE_HZ)

    def cancel(self, mine: Samples, theirs: Samples) -> Samples:
        """My leg without what of theirs is in it."""
        if not len(mine):
            return mine
        near: Samples = np.ascontiguousarray(mine, np.float32)
        far: Samples = np.ascontiguousarray(theirs, np.float32)
        cleaned: Samples = self._canceller.process(near, far)
        return cleaned


@dataclass(frozen=True, slots=True)
class Sensed:
    """What a window said of the echo."""

    peak: float
    """Of the correlation, in its root mean squares."""
    lag_samples: int
    """How much later than in their leg it is in mine; below 0 when the legs are apart."""

    @property
    def present(self) -> bool:
        """True when theirs comes back."""
        return self.peak >= PRESENT


class EchoSense:
    """Does their leg come back in mine, and when?

    Generalized cross-correlation (PHAT; Knapp and Carter, 1976) of windows in which they talk, the
    older ones forgotten by and by.
    """

    def __init__(self) -> None:
        self._mine = empty()
        self._theirs = empty()
        self._cross: NDArray[np.complex128] | None = None
        hz = np.fft.rfftfreq(WINDOW_SAMPLES, 1 / RATE_HZ)
        self._band = (hz >= BAND_HZ[0]) & (hz <= BAND_HZ[1])
        self._shape = np.hanning(WINDOW_SAMPLES)

    def push(self, mine: Samples, theirs: Samples) -> Sensed | None:
        """The next sound of both, float32 [n]; what is known when a window with talk is full."""
        self._mine = np.concatenate([self._mine, mine])
        self._theirs = np.concatenate([self._theirs, theirs])
        sensed = None
        while len(self._mine) >= WINDOW_SAMPLES:
            window = self._mine[:WINDOW_SAMPLES], self._theirs[:WINDOW_SAMPLES]
            sensed = self._window(*window) or sensed
            self._mine = self._mine[STEP_SAMPLES:].copy()
            self._theirs = self._theirs[STEP_SAMPLES:].copy()
        return sensed

    def _window(self, mine: Samples, theirs: Samples) -> Sensed | None:
        if rms(theirs) < TALK or not mine.any():
            return None
        cross = np.fft.rfft(mine * self._shape) * np.conj(np.fft.rfft(theirs * self._shape))
        flat = np.where(self._band, cross / np.maximum(np.abs(cross), 1e-12), 0)
        self._cross = flat if self._cross is None else FORGET * self._cross + flat
        likeness = np.fft.irfft(self._cross)
        likeness = np.abs(
            np.concatenate([likeness[EARLIEST_SAMPLES:], likeness[: LATEST_SAMPLES + 1]])
        )
        at = int(likeness.argmax())
        spread = max(float(np.sqrt(np.mean(likeness**2))), 1e-12)
        return Sensed(float(likeness[at]) / spread, at + EARLIEST_SAMPLES)


class EchoStage:
    """Both legs of a live call on their way to the ears; theirs is never changed."""

    def __init__(self, mode: EchoMode, canceller: Canceller | None = None) -> None:
        """`canceller`: WebRTC's when None."""
        self._mode = mode
        self._canceller = WebRtcCanceller() if canceller is None else canceller
        self._sense = EchoSense()
        self._without = 0
        """Windows in a row in which nothing came back."""
        self._late = empty()
        """The last of my leg, when it is handed on later than it came."""
        self._taken_out = mode is not EchoMode.OFF
        self._waiting: Block | None = None

    @property
    def taken_out(self) -> bool:
        """Whether my leg is handed on without echo; else as it came."""
        return self._taken_out

    @property
    def late_samples(self) -> int:
        """How much my leg is moved back, because an echo cannot come before its sound."""
        return len(self._late)

    def take(self, block: Block) -> tuple[Block, ...]:
        """The next block of either leg, mine first, theirs of the same time after it.

        Mine waits for theirs: the canceller needs both.
        """
        if block.speaker is not Speaker.THEM:
            self._waiting = block
            return ()
        mine, self._waiting = self._waiting, None
        return (block,) if mine is None else self._both(mine, block)

    def _both(self, mine: Block, theirs: Block) -> tuple[Block, Block]:
        if self._mode is EchoMode.OFF:
            return mine, theirs
        sensed = self._sense.push(mine.samples, theirs.samples)
        moved = self._moved(mine.samples)
        cleaned = self._canceller.cancel(moved, theirs.samples)
        before = self._taken_out
        if sensed is not None:
            self._judge(sensed)
        heard = cleaned if before else moved
        if before != self._taken_out:  # from one to the other within the block, without a click
            share = np.linspace(0, 1, len(moved), dtype=np.float32)
            share = share if self._taken_out else 1 - share
            heard = share * cleaned + (1 - share) * moved
        return replace(mine, samples=heard, echo=before or self._taken_out), theirs

    def _judge(self, sensed: Sensed) -> None:
        self._without = 0 if sensed.present else self._without + 1
        if self._mode is EchoMode.AUTO:
            self._taken_out = self._without < ABSENT_WINDOWS if self._taken_out else sensed.present
        if sensed.peak >= SURE and sensed.lag_samples + self.late_samples < LEAD_SAMPLES:
            more = CORRECTED_SAMPLES - sensed.lag_samples - self.late_samples
            self._late = np.concatenate([np.zeros(more, np.float32), self._late])

    def _moved(self, samples: Samples) -> Samples:
        both = np.concatenate([self._late, samples])
        keep = len(self._late)
        self._late = both[len(both) - keep :].copy()
        return both[: len(samples)]
