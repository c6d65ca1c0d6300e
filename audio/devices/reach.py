"""By which library each system's devices are reached."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from audio.devices import portaudio, server, wasapi
from audio.devices.kinds import Device, Failure, Way

if TYPE_CHECKING:
    from collections.abc import Callable

    from audio.devices.kinds import Mouth

    Listen = Callable[[Device, Mouth, Callable[[], bool]], str]

_LISTEN: Final[dict[Way, Listen]] = {
    Way.SERVER: server.listen,
    Way.PORTAUDIO: portaudio.listen,
    Way.WASAPI: wasapi.listen,
}


@dataclass(frozen=True, slots=True)
class Ways:
    """Which of the libraries that reach devices are there."""

    portaudio: str | None
    """PortAudio's version; None when it is not installed."""
    server: bool | None
    """Whether a sound server answers; None where there is none to be asked."""


def ways() -> Ways:
    """What of PortAudio and the sound server is there on this machine."""
    linux = sys.platform.startswith("linux")
    answers = not isinstance(server.listing(), Failure) if linux else None
    return Ways(portaudio.version(), answers)


def listing() -> tuple[Device, ...] | Failure:
    """What there is to listen to on this machine.

    On Linux a sound server names every microphone and everything that is played; PortAudio
    reaches only its default microphone, so it is asked only where there is no server.
    """
    if sys.platform.startswith("linux"):
        found = server.listing()
        return portaudio.listing() if isinstance(found, Failure) else found
    inputs = portaudio.listing()
    if sys.platform != "win32":
        return inputs
    known = () if isinstance(inputs, Failure) else inputs
    first = max((d.index for d in known), default=-1) + 1
    played = wasapi.listing(first)
    if isinstance(played, Failure):
        return inputs
    return (*known, *played)


def listen(device: Device, mouth: Mouth, go_on: Callable[[], bool]) -> str:
    """Hand on what is heard until `go_on` says no or the device is lost; returns why, or ""."""
    return _LISTEN[device.way](device, mouth, go_on)
