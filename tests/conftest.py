from __future__ import annotations

import functools
import signal
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import hypothesis
import numpy as np
import pytest
from command import need_tiny, write_talk
from scripted import Clock, running
from soundserver import serving

from audio.types import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from soundserver import SoundServer

    from audio.types import Samples

# How long an example takes is no property: speed belongs in the benches.
hypothesis.settings.register_profile("any pace", deadline=None)
hypothesis.settings.load_profile("any pace")

# Run by nohup or in a script's background, the commands under test would ignore what ends them.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

FORMANTS = ((600, 250, 3.0, 90, 1.0), (1400, 500, 2.0, 150, 0.6), (2500, 0, 1.0, 180, 0.3))
"""Centre Hz, how far it wanders, how fast, width Hz, strength."""


@functools.cache
def _voice(length_s: float, pitch_hz: float = 120.0) -> Samples:
    t = np.arange(int(length_s * RATE_HZ)) / RATE_HZ
    pitch = pitch_hz * (1 + 0.15 * np.sin(2 * np.pi * 2.2 * t))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE_HZ
    sound = np.zeros(len(t))
    for k in range(1, 40):
        for centre, wander, per_s, width, strength in FORMANTS:
            peak = centre + wander * np.sin(2 * np.pi * per_s * t)
            gain = strength / (1 + ((k * pitch - peak) / width) ** 2)
            sound += gain * np.sin(k * phase) * (k * pitch < 7_000)
    syllables = np.clip(0.55 + 0.5 * np.sin(2 * np.pi * 4 * t - 1), 0.05, 1)
    voice: Samples = (sound * syllables * 0.5 / np.abs(sound).max()).astype(np.float32)
    voice.flags.writeable = False  # tests share it
    return voice


@pytest.fixture(scope="session")
def voice() -> Callable[..., Samples]:
    """Makes a babbling voice of some seconds and pitch, 16 kHz; both detectors take it for one."""
    return _voice


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock of the test's own, for every playback."""
    made = Clock()
    monkeypatch.setattr(
        "assistant.runtime.playback.time", SimpleNamespace(monotonic=made.monotonic)
    )
    return made


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where a user's folders are; not made yet."""
    return tmp_path / "home"


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    """A short transcript."""
    return write_talk(tmp_path / "talk.jsonl")


@pytest.fixture
def server() -> Iterator[SoundServer]:
    """A sound server, for a call with the smallest model; skips where one of them is missing."""
    need_tiny()
    with tempfile.TemporaryDirectory() as folder:  # sockets need a short path
        yield from serving(Path(folder))


@pytest.fixture
def no_thread_stays() -> Iterator[None]:
    """Whatever the test did, no thread of a session outlives it."""
    yield
    assert running("reader", "decoder") == []
