"""How loud each device is right now."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from audio.devices import Chunk, Gone, Inbox, Leg, Wish
from audio.types import Speaker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from audio.devices import Device

LONGEST_S: Final = 2.0
"""A device that gives nothing for so long gives nothing."""

ENOUGH_S: Final = 0.5
"""So much sound makes one reading."""


@dataclass(frozen=True, slots=True)
class Level:
    """What a device gives."""

    device: Device
    peak: float | None
    """Largest of the last reading, 0..1; None while nothing came."""
    failed: bool = False
    """True when it cannot be listened to."""


class Meters:
    """Listens to all of them at once. A context manager."""

    def __init__(
        self, devices: Sequence[Device], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._levels = [Level(device, None) for device in devices]
        self._inboxes = [Inbox(clock) for _ in devices]
        self._heard_s = [0.0] * len(devices)
        self._legs = [
            Leg(Wish(d.loopback, d.id), d, inbox.mouth(Speaker.UNKNOWN), lambda: None)
            for d, inbox in zip(devices, self._inboxes, strict=True)
        ]

    def __enter__(self) -> Self:
        for leg in self._legs:
            leg.start()
        return self

    def __exit__(self, *_: object) -> None:
        for leg in self._legs:
            leg.close()

    def read(self) -> tuple[Level, ...]:
        """The loudest of what came since the last time."""
        for number, inbox in enumerate(self._inboxes):
            peak: float | None = None
            failed = self._levels[number].failed
            while (item := inbox.take(0.0)) is not None:
                if isinstance(item.what, Chunk):
                    loudest = float(np.abs(item.what.sound).max())
                    peak = loudest if peak is None else max(peak, loudest)
                    self._heard_s[number] += len(item.what.sound) / item.what.rate_hz
                failed = isinstance(item.what, Gone)
            device = self._levels[number].device
            self._levels[number] = Level(device, peak, failed)
        return tuple(self._levels)

    def one_reading(self) -> tuple[Level, ...]:
        """Listen until each has given half a second, or gives nothing for two."""
        best: dict[int, Level] = {}
        until_s = self._clock() + LONGEST_S
        while self._clock() < until_s and min(self._heard_s, default=ENOUGH_S) < ENOUGH_S:
            for inbox in self._inboxes:  # whoever comes first
                item = inbox.take(0.02)
                if item is not None and isinstance(item.what, Chunk):
                    number = self._inboxes.index(inbox)
                    self._heard_s[number] += len(item.what.sound) / item.what.rate_hz
                    peak = float(np.abs(item.what.sound).max())
                    before = best.get(number)
                    if before is None or peak > (before.peak or 0.0):
                        best[number] = Level(self._levels[number].device, peak)
                elif item is not None and isinstance(item.what, Gone):
                    number = self._inboxes.index(inbox)
                    best.setdefault(number, Level(self._levels[number].device, None, failed=True))
        return tuple(best.get(n, level) for n, level in enumerate(self._levels))
