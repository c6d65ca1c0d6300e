"""Sounds of a call that are no speech: noise, hum, ringing, typing, breathing, music.

Each function gives mono sound of shape [n] at `RATE_HZ`, the same for the same seed; its level is
set by the caller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import soundfile
import soxr
from sound import Samples, amplitude

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RATE_HZ = 16_000
RINGS: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "ring us": ((440.0, 480.0), (2.0, 4.0)),
    "ring eu": ((425.0,), (1.0, 4.0)),
    "ring uk": ((400.0, 450.0), (0.4, 0.2, 0.4, 2.0)),
    "busy us": ((480.0, 620.0), (0.5, 0.5)),
    "busy eu": ((425.0,), (0.5, 0.5)),
}
"""Frequencies of a tone of the exchange, and seconds on, off, on, off."""
KEYPAD = ((697.0, 770.0, 852.0, 941.0), (1209.0, 1336.0, 1477.0))
CHORDS = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14))
"""Semitones above the root: the four chords of the music made here."""
MUSIC_S = 60.0
"""Anything shorter in a folder of music is a jingle or a beep."""


def shaped(
    white: Samples, rate_hz: int, low_hz: float, high_hz: float, tilt: float = 0.0
) -> Samples:
    """Keeps a band, with edges of 60 Hz or less and no delay; `tilt` is in powers of frequency."""
    hz = np.fft.rfftfreq(len(white), 1.0 / rate_hz)
    edge = min(60.0, low_hz) or 1.0
    keep = np.clip((hz - low_hz) / edge + 0.5, 0.0, 1.0)
    keep *= np.clip((high_hz - hz) / edge + 0.5, 0.0, 1.0)
    keep[1:] *= hz[1:] ** tilt
    return np.fft.irfft(np.fft.rfft(white) * keep, len(white)).astype(np.float32)


def noise(colour: str, length: int, seed: int) -> Samples:
    """White, pink, or line noise: what is left of white noise in the band of a telephone."""
    white = np.random.default_rng(seed).standard_normal(length).astype(np.float32)
    low, high, tilt = {
        "white": (20.0, 8_000.0, 0.0),
        "pink": (20.0, 8_000.0, -0.5),
        "line": (300.0, 3_400.0, 0.0),
    }[colour]
    return shaped(white, RATE_HZ, low, high, tilt)


def hum(mains_hz: float, length: int, seed: int) -> Samples:
    """Mains hum: the odd harmonics strongest, the mains wandering by a twentieth of a hertz."""
    chance = np.random.default_rng(seed)
    drift = np.interp(np.arange(length), *_wander(chance, length, RATE_HZ, 0.05))
    turns = np.cumsum(mains_hz + drift) / RATE_HZ
    parts = [
        chance.uniform(0.5, 1.0)
        / order ** (0.7 if order % 2 else 1.2)
        * np.sin(2.0 * np.pi * (order * turns + chance.random()))
        for order in range(1, 16)
    ]
    return np.sum(parts, axis=0).astype(np.float32)


def ringing(what: str, length: int, seed: int) -> Samples:
    """A tone of `RINGS` in its cadence, or "keypad": digits dialled by hand."""
    if what == "keypad":
        return _keypad(length, np.random.default_rng(seed))
    tones, cadence = RINGS[what]
    seconds = np.arange(length) / RATE_HZ
    inside = seconds % sum(cadence)
    step = np.searchsorted(np.cumsum(cadence), inside, side="right")
    heard = shaped((step % 2 == 0).astype(np.float32), RATE_HZ, 0.0, 200.0)
    return (heard * sum(np.sin(2.0 * np.pi * hz * seconds) for hz in tones)).astype(np.float32)


def _keypad(length: int, chance: np.random.Generator) -> Samples:
    dialled = np.zeros(length, dtype=np.float32)
    at = 0
    while at < length:
        seconds = np.arange(round(chance.uniform(0.08, 0.25) * RATE_HZ)) / RATE_HZ
        key = sum(np.sin(2.0 * np.pi * chance.choice(hz) * seconds) for hz in KEYPAD)
        _add(dialled, at, key)
        at += len(seconds) + round(chance.uniform(0.06, 0.5) * RATE_HZ)
    return dialled


def typing(thud: float, length: int, seed: int) -> Samples:
    """Keys struck and let go at a person's uneven pace, in words and bursts, in a small room.

    Args:
        thud: how much of the desk is heard under the click of a key.
        length: samples.
        seed: of the typist.
    """
    chance = np.random.default_rng(seed)
    struck = np.zeros(length, dtype=np.float32)
    for at_s in _strokes(chance, length / RATE_HZ):
        loud = chance.uniform(0.5, 1.0)
        held_s = chance.uniform(0.06, 0.11)
        _add(struck, round(at_s * RATE_HZ), loud * _click(chance, thud))
        _add(struck, round((at_s + held_s) * RATE_HZ), 0.35 * loud * _click(chance, thud / 3.0))
    seconds = np.arange(round(0.12 * RATE_HZ)) / RATE_HZ
    room = chance.standard_normal(len(seconds)) * np.exp(-seconds / 0.025) * 0.06
    room[0] = 1.0
    size = 1 << (length + len(room)).bit_length()
    echo = np.fft.irfft(np.fft.rfft(struck, size) * np.fft.rfft(room, size), size)
    return echo[:length].astype(np.float32)


def _strokes(chance: np.random.Generator, until_s: float) -> Iterator[float]:
    at_s = chance.uniform(0.2, 0.8)
    while at_s < until_s:
        for _ in range(chance.integers(2, 10)):
            yield at_s
            at_s += float(np.clip(chance.lognormal(np.log(0.15), 0.4), 0.05, 0.6))
        at_s += chance.uniform(1.0, 3.0) if chance.random() < 0.15 else chance.uniform(0.1, 0.35)  # noqa: PLR2004 # one word in seven is thought about


def _click(chance: np.random.Generator, thud: float) -> Samples:
    seconds = np.arange(round(0.06 * RATE_HZ)) / RATE_HZ
    snap = shaped(
        chance.standard_normal(len(seconds)).astype(np.float32), RATE_HZ, 1_200.0, 6_500.0
    ) * np.exp(-seconds / chance.uniform(0.002, 0.005))
    desk_hz = chance.uniform(180.0, 420.0)
    desk = np.sin(2.0 * np.pi * desk_hz * seconds) * np.exp(-seconds / 0.012)
    return (snap + thud * desk).astype(np.float32)


def breathing(puffs: bool, length: int, seed: int) -> Samples:  # noqa: FBT001 # the one choice there is
    """Someone breathing into the microphone three times in ten seconds, with or without puffs.

    A breath in is thinner than a breath out; a puff is a burst of wind on the microphone.
    """
    chance = np.random.default_rng(seed)
    air = np.zeros(length, dtype=np.float32)
    at_s = 0.4
    while at_s < length / RATE_HZ:
        for formants, share, loud in (
            ((900.0, 1_900.0, 3_200.0), 0.36, 0.5),
            ((550.0, 1_450.0, 2_500.0), 0.5, 1.0),
        ):
            lasts = round(share * chance.uniform(2.8, 3.8) * RATE_HZ)
            _add(air, round(at_s * RATE_HZ), loud * _breath(chance, formants, lasts))
            at_s += lasts / RATE_HZ + chance.uniform(0.05, 0.3)
        if puffs and chance.random() < 0.7:  # noqa: PLR2004 # most breaths
            _add(air, round((at_s - 0.5) * RATE_HZ), chance.uniform(3.0, 8.0) * _puff(chance))
        at_s += chance.uniform(0.0, 0.5)
    return air


def _breath(chance: np.random.Generator, formants: tuple[float, ...], length: int) -> Samples:
    hz = np.fft.rfftfreq(length, 1.0 / RATE_HZ)
    mouth = sum(1.0 / (1.0 + ((hz - f * chance.uniform(0.9, 1.1)) / 220.0) ** 2) for f in formants)
    white = chance.standard_normal(length)
    blown = np.fft.irfft(np.fft.rfft(white) * (mouth + 0.03) * (hz > 80.0), length)  # noqa: PLR2004 # no rumble
    flutter = np.interp(np.arange(length), *_wander(chance, length, RATE_HZ // 8, 0.25))
    swell = np.sin(np.linspace(0.0, np.pi, length)) ** 1.3
    return (blown * swell * (1.0 + flutter) / (np.std(blown) or 1.0)).astype(np.float32)


def _puff(chance: np.random.Generator) -> Samples:
    length = round(chance.uniform(0.08, 0.25) * RATE_HZ)
    wind = shaped(chance.standard_normal(length).astype(np.float32), RATE_HZ, 40.0, 4_000.0, -0.8)
    swell = np.sin(np.linspace(0.0, np.pi, length)) ** 0.5
    return (wind * swell / (np.std(wind) or 1.0)).astype(np.float32)


def _wander(
    chance: np.random.Generator, length: int, every: int, much: float
) -> tuple[np.ndarray, np.ndarray]:
    """Knots of a slow random movement: where, and how far from the middle."""
    where = np.arange(0, length + every, every)
    return where, chance.uniform(-much, much, len(where))


def music(folder: Path | None, number: int, length: int, seed: int) -> Samples:
    """A stretch of the folder's recordings of music in turn; without a folder, music made here."""
    pieces = sorted(folder.rglob("*")) if folder else []
    long = [piece for piece in pieces if piece.is_file() and _lasts(piece) >= MUSIC_S]
    if not long:
        return _tune(length, np.random.default_rng(seed))
    piece = long[number % len(long)]
    rate_hz = soundfile.info(piece).samplerate
    wanted = round(length / RATE_HZ * rate_hz)
    spare = soundfile.info(piece).frames - wanted
    first = round(spare * np.random.default_rng(seed).uniform(0.1, 0.9))
    played, _ = soundfile.read(piece, wanted, first, dtype="float32", always_2d=True)
    return soxr.resample(played.mean(axis=1), rate_hz, RATE_HZ, quality="VHQ")[:length]


def _lasts(piece: Path) -> float:
    try:
        return float(soundfile.info(piece).duration)
    except soundfile.LibsndfileError:
        return 0.0


def _tune(length: int, chance: np.random.Generator) -> Samples:
    """Chords picked one note after the other over a bass and a soft beat."""
    played = np.zeros(length, dtype=np.float32)
    beat = round(60.0 / chance.uniform(80.0, 120.0) * RATE_HZ / 2.0)
    root_hz = chance.uniform(180.0, 260.0)
    for number, at in enumerate(range(0, length, beat)):
        chord = CHORDS[number // 8 % len(CHORDS)]
        step = chord[int(chance.integers(len(chord)))] + 12 * int(chance.integers(2))
        _add(played, at, _note(root_hz * 2.0 ** (step / 12.0), beat * 3))
        if number % 4 == 0:
            _add(played, at, 1.5 * _note(root_hz / 2.0 * 2.0 ** (chord[0] / 12.0), beat * 4))
        if number % 2:
            _add(played, at, 0.5 * _click(chance, 0.0))
    return played


def _note(hz: float, length: int) -> Samples:
    seconds = np.arange(length) / RATE_HZ
    parts = [
        np.sin(2.0 * np.pi * hz * order * seconds) * np.exp(-seconds * order * 2.5) / order
        for order in range(1, 7)
    ]
    return (np.sum(parts, axis=0) * np.minimum(seconds / 0.005, 1.0)).astype(np.float32)


def _add(whole: Samples, at: int, part: Samples) -> None:
    """Lays a sound over another, as far as there is room."""
    room = max(0, len(whole) - at)
    whole[at : at + len(part)] += part[:room]


def at_rms(heard: Samples, level_dbfs: float) -> Samples:
    """Brought to a level, root mean square where it is loud; clipped as a microphone would."""
    power = np.square(heard.astype(np.float64))
    frames = power[: len(power) // 160 * 160].reshape(-1, 160).mean(axis=1)
    loud = frames[frames > frames.max() / 100.0]
    gain = amplitude(level_dbfs) / float(np.sqrt(loud.mean()))
    return np.clip(heard * gain, -1.0, 1.0).astype(np.float32)
