"""Plays sound on the system's default output, through PortAudio. Never raises: what fails is told.

Tried on Linux (ALSA and PulseAudio's ALSA plug-in). On Windows and macOS this has not been run yet.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from audio.devices.portaudio import NO_LIBRARY, holding
from audio.types import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType

    from audio.types import Samples

WRITTEN_S: Final = 0.1
"""So much is handed to the device at a time; a stop waits no longer than that."""

NO_OUTPUT: Final = "No output device was found, so the recording cannot be heard."


class Player:
    """One sound at a time. Its methods return at once and may be called from any thread."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.trouble = ""
        """A sentence on why nothing is heard; empty while all is well."""

    def play(self, sound: Callable[[], Iterable[Samples]]) -> None:
        """Play what `sound` gives, float32 in one channel at `RATE_HZ`, instead of what plays.

        It is called in the player's own thread. An `OSError` of it is told as trouble.
        """
        with self._turn:
            self._stop.set()
            stop = self._stop = threading.Event()
            self._thread = threading.Thread(
                target=self._run, args=(sound, stop, self._thread), name="player", daemon=True
            )
            self.trouble = ""
            self._thread.start()

    def stop(self) -> None:
        """Be silent."""
        with self._turn:
            self._stop.set()

    @property
    def playing(self) -> bool:
        """True while something is to be heard."""
        with self._turn:
            return self._thread is not None and self._thread.is_alive() and not self._stop.is_set()

    def wait(self) -> None:
        """Until nothing plays any more."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def _run(
        self,
        sound: Callable[[], Iterable[Samples]],
        stop: threading.Event,
        before: threading.Thread | None,
    ) -> None:
        if before is not None:
            before.join()  # two streams at once are too many for some devices
        sd = _sounddevice()
        if sd is None:
            self.trouble = NO_LIBRARY.reason
            return
        with holding("output"):
            self._sound(sd, sound, stop)

    def _sound(
        self, sd: ModuleType, sound: Callable[[], Iterable[Samples]], stop: threading.Event
    ) -> None:
        try:
            stream = sd.OutputStream(samplerate=RATE_HZ, channels=1, dtype="float32")
        except (sd.PortAudioError, ValueError):  # ValueError: no default device at all
            self.trouble = NO_OUTPUT
            return
        try:
            with stream:
                _write(stream, sound(), stop)
        except sd.PortAudioError as error:
            self.trouble = f"The output device failed: {error.args[0]}."
        except OSError as error:
            self.trouble = f"The recording cannot be read: {error.strerror or error}."


def _write(stream: Any, sound: Iterable[Samples], stop: threading.Event) -> None:  # noqa: ANN401 - sounddevice has no types
    step = int(WRITTEN_S * RATE_HZ)
    for block in sound:
        for at in range(0, len(block), step):
            if stop.is_set():
                stream.abort()
                return
            stream.write(np.ascontiguousarray(block[at : at + step, np.newaxis]))


def _sounddevice() -> ModuleType | None:
    try:
        import sounddevice  # noqa: PLC0415 - fails where PortAudio is missing
    except (ImportError, OSError):
        return None
    module: ModuleType = sounddevice
    return module
