"""One leg being listened to, in a thread of its own: a device that goes is opened again.

Another thread looks for a better device meanwhile: listing them can take seconds on a busy machine,
and sound does not wait.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from audio.devices.choosing import find_again
from audio.devices.kinds import Device, Failure
from audio.devices.reach import listen, listing

if TYPE_CHECKING:
    from collections.abc import Callable

    from audio.devices.choosing import Wish
    from audio.devices.kinds import Mouth

AGAIN_S: Final = 0.2
"""How long to wait before a lost device is looked for again, at first."""

SELDOM_S: Final = 1.0
"""And after a while: looking costs a connection to the sound server, ten a second a tenth of a
core."""

MORE: Final = 1.2
"""Each wait is so much longer than the one before."""

LOOK_S: Final = 1.0
"""How often a leg looks whether a better device than the one it has is there."""

CLOSING_S: Final = 2.0
"""A library that does not let go by then is left behind."""


class Leg:
    """Listens until it is closed, whatever becomes of the devices; the other leg never notices."""

    def __init__(
        self, wish: Wish, device: Device, mouth: Mouth, taken: Callable[[], str | None]
    ) -> None:
        """`taken` says which device the other leg listens to, by its id."""
        self.id: str | None = device.id
        """Of the device it listens to."""
        self._wish = wish
        self._first = device
        self._mouth = mouth
        self._taken = taken
        self._over = threading.Event()
        self._heard: Device | None = None
        """What is listened to just now."""
        self._worse: Device | None = None
        """What was listened to when a better one was found."""
        name = f"leg of {mouth.speaker}"
        self._threads = (
            threading.Thread(target=self._run, name=name, daemon=True),
            threading.Thread(target=self._look, name=f"{name}, looking", daemon=True),
        )

    def start(self) -> None:
        """Listen from now on."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Listen no longer. Safe to call again."""
        self._over.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(CLOSING_S)

    def _run(self) -> None:
        device: Device | None = self._first
        again_s, why = AGAIN_S, ""
        while not self._over.is_set():
            if device is not None:
                self.id, self._heard, self._worse = device.id, device, None
                began_s = time.monotonic()
                why = listen(device, self._mouth, self._go_on)
                self._heard = None
                if self._over.is_set():
                    return
                self._mouth.gone(why)
                if time.monotonic() - began_s > LOOK_S:
                    again_s = AGAIN_S
            if device is None or why:
                self._over.wait(again_s)
                again_s = min(again_s * MORE, SELDOM_S)
            device = self._found()

    def _found(self) -> Device | None:
        devices = listing()
        if isinstance(devices, Failure):
            return None
        found = find_again(devices, self._wish, self._first, self._taken())
        return None if isinstance(found, Failure) else found

    def _look(self) -> None:
        while not self._over.wait(LOOK_S):
            heard = self._heard
            found = None if heard is None else self._found()
            if heard is not None and found is not None and found.id != heard.id:
                self._worse = heard

    def _go_on(self) -> bool:
        """False when it is to be closed, or another device is the one to listen to."""
        return not self._over.is_set() and self._worse is not self._heard
