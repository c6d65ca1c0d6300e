"""Simulated rooms: what the other side sounds like when it comes back through a microphone.

A loudspeaker of a laptop (nothing below 250 Hz, clipped softly when loud), the way through a room
by the image method (pyroomacoustics: pip install pyroomacoustics), and the delay of the devices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

RATE_HZ = 16_000
SOUNDING = 0.01
"""Root mean square of 30 ms above which something sounds, at a speech level of -20 dBFS."""
MOST_ORDER = 40


@dataclass(frozen=True)
class Room:
    """One desk in one room."""

    rt60_s: float
    delay_ms: float
    """Of the devices; below 0, the legs are that far apart on the call's clock."""
    level_db: float | None
    """Echo against my voice, both while sounding; None: a headset."""
    seed: int
    drift_ppm: float = 0.0
    """How much slower the loudspeaker's clock goes than the microphone's."""


def echo(theirs: Samples, room: Room, my_rms: float) -> Samples:
    """What of their leg reaches my microphone, float32 [n] as `theirs`."""
    if room.level_db is None:
        return np.zeros_like(theirs)
    played = theirs / max(float(np.abs(theirs).max()), 1e-9)
    played = np.tanh(2 * played) / 2
    heard = _convolved(_loudspeaker(played), _response(room))
    if room.drift_ppm:
        at = np.arange(len(heard)) * (1 + room.drift_ppm * 1e-6)
        heard = np.interp(at, np.arange(len(heard)), heard)
    shift = round(room.delay_ms * RATE_HZ / 1000)
    heard = np.roll(heard, shift)
    if shift:
        heard[: max(shift, 0)] = 0
        heard[len(heard) + min(shift, 0) :] = 0
    loud = sounding_rms(heard / np.abs(heard).max() / 2) * np.abs(heard).max() * 2
    return (heard * my_rms * 10 ** (room.level_db / 20) / loud).astype(np.float32)


def sounding_rms(sound: Samples) -> float:
    """Root mean square of the 30 ms in which something sounds."""
    pieces = sound[: len(sound) // 480 * 480].reshape(-1, 480)
    each = np.sqrt((pieces**2).mean(axis=1))
    return float(np.sqrt((each[each > SOUNDING] ** 2).mean()))


def _response(room: Room) -> Samples:
    import pyroomacoustics  # noqa: PLC0415 - only with echo

    chance = np.random.default_rng(room.seed)
    size = np.array([chance.uniform(3, 6), chance.uniform(2.5, 5), chance.uniform(2.4, 3)])
    absorbing, order = pyroomacoustics.inverse_sabine(room.rt60_s, size)
    box = pyroomacoustics.ShoeBox(
        size,
        fs=RATE_HZ,
        materials=pyroomacoustics.Material(absorbing),
        max_order=min(order, MOST_ORDER),
    )
    desk = np.array([size[0] * chance.uniform(0.3, 0.7), size[1] * chance.uniform(0.3, 0.7), 0.9])
    way, far_m = chance.uniform(0, 2 * np.pi), chance.uniform(0.2, 0.7)
    box.add_source(desk + far_m * np.array([np.cos(way), np.sin(way), 0.05]))
    box.add_microphone(desk)
    box.compute_rir()
    return np.asarray(box.rir[0][0], np.float32)


def _loudspeaker(sound: Samples) -> Samples:
    hz = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
    gain = 1 / (1 + (250 / np.maximum(hz, 1)) ** 4) / (1 + (hz / 7000) ** 8)
    return np.fft.irfft(np.fft.rfft(sound) * gain, len(sound))


def _convolved(sound: Samples, response: Samples) -> Samples:
    n = 1 << (len(sound) + len(response)).bit_length()
    return np.fft.irfft(np.fft.rfft(sound, n) * np.fft.rfft(response, n), n)[: len(sound)]
