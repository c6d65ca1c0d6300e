"""What Windows plays, through soundcard's WASAPI loopback. This code has not been run yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from audio.devices.kinds import Device, Failure, Way

if TYPE_CHECKING:
    from collections.abc import Callable

    from audio.devices.kinds import Mouth

RATE_HZ: Final = 48_000
"""WASAPI converts; soundcard does not say what the device's own rate is."""

PIECE_FRAMES: Final = RATE_HZ // 50


def listing(first: int) -> tuple[Device, ...] | Failure:
    """The loopback of every speaker, numbered from `first`."""
    try:
        import soundcard  # noqa: PLC0415 - starts COM when imported

        speaker = soundcard.default_speaker()
        found = [m for m in soundcard.all_microphones(include_loopback=True) if m.isloopback]
    except (ImportError, OSError, RuntimeError, AssertionError) as error:
        return Failure(f"Windows does not list its speakers ({type(error).__name__}).")
    return tuple(
        Device(
            index=first + number,
            name=str(each.name),
            id=str(each.id),
            rate_hz=RATE_HZ,
            channels=int(each.channels),
            loopback=True,
            default=each.id == speaker.id,
            way=Way.WASAPI,
        )
        for number, each in enumerate(found)
    )


def listen(device: Device, mouth: Mouth, go_on: Callable[[], bool]) -> str:
    """Hand on what is heard until `go_on` says no or the device is lost; returns why, or ""."""
    try:
        import soundcard  # noqa: PLC0415 - starts COM when imported

        microphone = soundcard.get_microphone(device.id, include_loopback=True)
        with microphone.recorder(
            RATE_HZ, channels=device.channels, blocksize=PIECE_FRAMES
        ) as recorder:
            mouth.opened(device)
            while go_on():
                mouth.sound(recorder.record(PIECE_FRAMES).astype("float32"))
    except (ImportError, OSError, RuntimeError, AssertionError, IndexError, ValueError):
        return f"{device.name} has gone"
    return ""
