"""PortAudio, through sounddevice: microphones everywhere, and virtual devices on macOS.

Tried on Linux (ALSA). On Windows and macOS this code has not been run yet.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from audio.devices.kinds import Device, Failure, Way

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    import numpy as np
    from numpy.typing import NDArray

    from audio.devices.kinds import Mouth

VIRTUAL: Final = ("blackhole", "soundflower", "loopback", "vb-cable", "cable output", "vb-audio")
"""Parts of the names of devices that carry what the computer plays."""

MOST_CHANNELS: Final = 2
"""ALSA offers 32 of a device that has one or two."""

LOOK_S: Final = 0.1
DEAF_S: Final = 1.0
"""A stream that gives nothing for so long is lost ..."""

WAKING_S: Final = 5.0
"""... but the first sound may take this long: Bluetooth, and servers that sleep."""

NO_LIBRARY: Final = Failure(
    "PortAudio is not installed, so no microphone can be opened. On Debian and Ubuntu: "
    "sudo apt install libportaudio2."
)

_lock: Final = threading.Lock()
_open: Final[list[str]] = []
"""Ids of what is listened to: PortAudio lists anew only when nothing is."""


def listing() -> tuple[Device, ...] | Failure:
    """Every input PortAudio knows; on Windows those of WASAPI, since others repeat them."""
    sd = _sounddevice()
    if sd is None:
        return NO_LIBRARY
    try:
        with _lock:
            if not _open:
                sd._terminate()  # noqa: SLF001 - the documented way to notice what was plugged in
                sd._initialize()  # noqa: SLF001
        apis = sd.query_hostapis()
        wanted = [a for a in apis if sys.platform != "win32" or "WASAPI" in a["name"]]
        inputs = [
            (number, sd.query_devices(number), number == api["default_input_device"])
            for api in wanted
            for number in api["devices"]
        ]
    except sd.PortAudioError as error:
        return Failure(f"PortAudio cannot list the devices: {error.args[0]}.")
    return tuple(_device(number, info, default=d) for number, info, d in inputs if _hears(info))


def _hears(info: dict[str, Any]) -> bool:
    return int(info["max_input_channels"]) > 0


def _device(number: int, info: dict[str, Any], *, default: bool) -> Device:
    name = str(info["name"])
    virtual = any(part in name.casefold() for part in VIRTUAL)
    return Device(
        index=number,
        name=name,
        id=f"{number}:{name}",
        rate_hz=int(info["default_samplerate"]),
        channels=min(int(info["max_input_channels"]), MOST_CHANNELS),
        loopback=virtual,
        default=default and not virtual,
        way=Way.PORTAUDIO,
    )


def listen(device: Device, mouth: Mouth, go_on: Callable[[], bool]) -> str:
    """Hand on what is heard until `go_on` says no or the device is lost; returns why, or ""."""
    sd = _sounddevice()
    if sd is None:
        return NO_LIBRARY.reason

    awake = threading.Event()

    def heard(sound: NDArray[np.float32], _frames: int, _time: object, _flags: object) -> None:
        mouth.sound(sound.copy())
        awake.set()

    with _lock:
        _open.append(device.id)
    try:
        with sd.InputStream(
            device=int(device.id.partition(":")[0]),
            samplerate=device.rate_hz,
            channels=device.channels,
            dtype="float32",
            latency="low",
            callback=heard,
        ) as stream:
            mouth.opened(device)
            lost = False
            while go_on() and not lost:
                time.sleep(LOOK_S)
                silent_s = time.monotonic() - mouth.last_s
                lost = not stream.active or silent_s > (DEAF_S if awake.is_set() else WAKING_S)
            stream.abort()  # what is on the way is not waited for
            if lost:
                return f"{device.name} has gone"
    except (sd.PortAudioError, ValueError, OSError):
        return f"{device.name} cannot be opened"
    finally:
        with _lock:
            _open.remove(device.id)
    return ""


@contextlib.contextmanager
def holding(stream: str) -> Iterator[None]:
    """While this lasts PortAudio does not list anew: that would end what is open."""
    with _lock:
        _open.append(stream)
    try:
        yield
    finally:
        with _lock:
            _open.remove(stream)


def _sounddevice() -> ModuleType | None:
    try:
        import sounddevice  # noqa: PLC0415 - loads PortAudio when imported
    except (ImportError, OSError):
        return None
    return sounddevice  # type: ignore[no-any-return]
