"""A PulseAudio server of the test's own, with two things that sound is played on."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest

from audio.types import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from audio.types import Samples

MINE: Final = "Headset"
THEIRS: Final = "Loudspeaker"
"""Names under which the system shows what is played on; what is heard are their monitors."""

GIVE_UP_S: Final = 20

NEEDED: Final = ("pulseaudio", "pactl", "pacat")


class _Ending(subprocess.Popen[str]):
    """As a context manager it is ended at the end, not waited for."""

    def __exit__(self, *why: object) -> None:
        self.terminate()
        super().__exit__(None, None, None)


@dataclass(frozen=True, slots=True)
class SoundServer:
    """Runs until it is ended."""

    folder: Path
    ahead_ms: int = 60
    """What is played is handed on so long before; a busy machine cuts into less."""

    @property
    def variables(self) -> dict[str, str]:
        """What leads to this server, and to no other."""
        return {
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder),
            "PULSE_RUNTIME_PATH": str(self.folder),
            "PULSE_SERVER": f"unix:{self.folder}/native",
        }

    def start(self) -> None:
        """Returns once it answers."""
        self._run(
            "pulseaudio",
            *("-n", "--daemonize=yes", "--exit-idle-time=-1", "--log-target=null"),
            *("-L", f"module-native-protocol-unix socket={self.folder}/native auth-anonymous=1"),
        )

    def stop(self) -> None:
        """End it, by the number in its own folder."""
        self._run("pulseaudio", "--kill")

    def plug(self, name: str) -> None:
        """Something to play on appears."""
        self._run("pactl", "load-module", *_sink(name))

    def unplug(self, name: str) -> None:
        """And goes."""
        listed = self._run("pactl", "list", "short", "modules")
        (number,) = [row.split()[0] for row in listed.splitlines() if f"sink_name={name}" in row]
        self._run("pactl", "unload-module", number)

    def come_back(self, played: str, heard: str, delay_ms: int) -> None:
        """What is played on one is heard on the other too, later: no headset."""
        self._run(
            *("pactl", "load-module", "module-loopback", f"source={played}.monitor"),
            *(f"sink={heard}", f"latency_msec={delay_ms}", "rate=48000"),
        )

    def choose(self, name: str) -> None:
        """The user chooses another thing to play on."""
        self._run("pactl", "set-default-sink", name)

    def playing(self) -> None:
        """Returns once something is played."""
        end = time.monotonic() + GIVE_UP_S
        while not self._run("pactl", "list", "short", "sink-inputs").strip():
            assert time.monotonic() < end, "nothing came to be played"

    def listened(self) -> subprocess.Popen[str]:
        """Says in a line whenever somebody begins or ceases to listen."""
        return self._started("pactl", "subscribe")

    def play(self, name: str, sound: Samples) -> subprocess.Popen[str]:
        """Play in real time, to the end."""
        file = self.folder / f"{name}.raw"
        file.write_bytes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
        return self._started(
            "pacat",
            *("--playback", f"--device={name}", f"--rate={RATE_HZ}", "--channels=1"),
            *("--format=s16le", "--raw", f"--latency-msec={self.ahead_ms}", str(file)),
        )

    def _started(self, *command: str) -> subprocess.Popen[str]:
        return _Ending(
            command,
            env=os.environ | self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command,
            env=os.environ | self.variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def need_server() -> None:
    """Skips where it is not installed."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (pulseaudio, pulseaudio-utils)")


def serving(folder: Path) -> Iterator[SoundServer]:
    """A server with a headset and a loudspeaker; ended afterwards."""
    need_server()
    server = SoundServer(folder)
    server.start()
    try:
        server.plug(MINE)
        server.plug(THEIRS)
        yield server
    finally:
        server.stop()


def _sink(name: str) -> tuple[str, ...]:
    return "module-null-sink", f"sink_name={name}", f"sink_properties=device.description={name}"
