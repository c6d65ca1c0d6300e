"""What to do about what the doctor finds, for each operating system. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class System(StrEnum):
    """Operating systems that need advice of their own."""

    LINUX = "linux"
    MACOS = "macos"
    WINDOWS = "windows"


SOUND_SETTINGS: Final[Mapping[System, str]] = {
    System.LINUX: "the system's sound settings, or pavucontrol",
    System.MACOS: "System Settings > Sound > Input",
    System.WINDOWS: "Settings > System > Sound > Input",
}

PERMISSION: Final[Mapping[System, str]] = {
    System.LINUX: (
        "Look in the system's sound settings whether it is muted. In a Flatpak, Snap or container "
        "allow sound (PulseAudio); without a sound server your user must be in the group audio: "
        "sudo usermod -aG audio $USER, then log in again."
    ),
    System.MACOS: (
        "Allow it in System Settings > Privacy & Security > Microphone for the terminal you use, "
        "quit that terminal and start it again. If it is allowed, look whether it is muted in "
        "System Settings > Sound > Input."
    ),
    System.WINDOWS: (
        "Allow it in Settings > Privacy & security > Microphone: both “Microphone access” and "
        "“Let desktop apps access your microphone”. If it is allowed, look whether it is muted "
        "in Settings > System > Sound."
    ),
}
"""What to do when a microphone cannot be opened or gives nothing at all."""

OTHER_SIDE: Final[Mapping[System, str]] = {
    System.LINUX: (
        "Start PulseAudio or PipeWire (systemctl --user start pipewire-pulse); what is played is "
        "heard through its monitor."
    ),
    System.MACOS: (
        "Install a virtual device such as BlackHole (brew install blackhole-2ch), make a "
        "Multi-Output Device of it and your headphones in Audio MIDI Setup, and name it: "
        "thatsright live --them BlackHole."
    ),
    System.WINDOWS: (
        "Choose a device to play on in Settings > System > Sound; it is heard through WASAPI."
    ),
}
"""What to do when what the computer plays cannot be heard."""

PORTAUDIO: Final[Mapping[System, str]] = {
    System.LINUX: (
        "On Debian and Ubuntu: sudo apt install libportaudio2; on Fedora: sudo dnf install "
        "portaudio; on Arch: sudo pacman -S portaudio. Or start PulseAudio or PipeWire."
    ),
    System.MACOS: "Install it again: pip install --force-reinstall sounddevice.",
    System.WINDOWS: "Install it again: pip install --force-reinstall sounddevice.",
}

SLOW: Final = (
    "Close what else is running, plug the laptop in, or use a smaller speech model: "
    'thatsright live --low-power, or power = "low" in the settings.'
)
