"""What there is to hear, and what comes from it: values, and the bounded way between threads."""

from __future__ import annotations

import queue
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from audio.types import Speaker

MOST_WAITING_S: Final = 20.0
"""So much sound of a leg waits to be fetched, seconds; what comes on top is dropped and counted."""


class Way(StrEnum):
    """Which library reaches a device."""

    SERVER = "sound server"
    """PulseAudio or PipeWire, through libpulse."""
    PORTAUDIO = "PortAudio"
    WASAPI = "WASAPI"
    """What Windows plays."""


@dataclass(frozen=True, slots=True)
class Device:
    """Something that can be listened to."""

    index: int
    """Its number in the listing it comes from; another listing may number differently."""
    name: str
    """As the system shows it."""
    id: str
    """As its library knows it; stays the same while it is plugged in."""
    rate_hz: int
    """Its own rate."""
    channels: int
    """Its own channels, as many as are opened."""
    loopback: bool
    """True for what the computer plays, False for a microphone."""
    default: bool
    """True for the one that is taken when none of its sort is named."""
    way: Way


@dataclass(frozen=True, slots=True)
class Failure:
    """What could not be had from the devices, and why."""

    reason: str
    """A sentence for the user."""


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Sound as it came."""

    sound: NDArray[np.float32]
    """[frames, channels], nominally -1..1."""
    rate_hz: int
    end_s: float
    """When its last frame was here, seconds of the clock given."""
    missed_frames: int
    """Dropped right before it, because nobody fetched what came."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A device is being listened to from now on."""

    device: Device
    at_s: float


@dataclass(frozen=True, slots=True)
class Gone:
    """A device can no longer be listened to, or could not be from the beginning."""

    reason: str
    """Empty when it was left for a better one."""
    at_s: float


From: TypeAlias = Chunk | Opened | Gone


@dataclass(frozen=True, slots=True)
class Item:
    """What came, and of whom."""

    speaker: Speaker
    what: From


class Mouth:
    """Where one leg's thread, or its callback, puts what it has. Nothing here waits or raises."""

    def __init__(
        self,
        speaker: Speaker,
        out: queue.SimpleQueue[Item],
        clock: Callable[[], float],
    ) -> None:
        self.speaker = speaker
        self._out = out
        self._clock = clock
        self._rate_hz = 1
        self._put_s = 0.0
        self._missed_frames = 0
        self.taken_s = 0.0
        """Seconds of sound that were fetched; only the reader writes it."""
        self.last_s = clock()
        """When something came last."""

    def opened(self, device: Device) -> None:
        """From now on sound of that device comes."""
        self._rate_hz = device.rate_hz
        self._missed_frames = 0
        self.last_s = self._clock()
        self._out.put(Item(self.speaker, Opened(device, self.last_s)))

    def sound(self, frames: NDArray[np.float32]) -> None:
        """Sound, float32 [frames, channels]; what arrives is kept, so give a copy."""
        if not len(frames):
            return
        self.last_s = self._clock()
        length_s = len(frames) / self._rate_hz
        if self._put_s - self.taken_s + length_s > MOST_WAITING_S:
            self._missed_frames += len(frames)
            return
        missed, self._missed_frames = self._missed_frames, 0
        self._put_s += length_s
        self._out.put(Item(self.speaker, Chunk(frames, self._rate_hz, self.last_s, missed)))

    def gone(self, reason: str) -> None:
        """No more comes of that device."""
        self._out.put(Item(self.speaker, Gone(reason, self._clock())))


class Inbox:
    """What comes of all legs, in the order in which it came."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` in seconds; it only ever goes forward."""
        self._queue: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self._clock = clock
        self._mouths: dict[Speaker, Mouth] = {}

    def mouth(self, speaker: Speaker) -> Mouth:
        """Where that speaker's leg puts what it has."""
        return self._mouths.setdefault(speaker, Mouth(speaker, self._queue, self._clock))

    def take(self, timeout_s: float) -> Item | None:
        """The next that came; None when nothing does within that time (0: do not wait)."""
        try:
            item = self._queue.get(timeout=timeout_s) if timeout_s > 0 else self._queue.get_nowait()
        except queue.Empty:
            return None
        if isinstance(item.what, Chunk):
            self._mouths[item.speaker].taken_s += len(item.what.sound) / item.what.rate_hz
        return item
