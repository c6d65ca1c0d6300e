"""Levels, edges, room tone, the phone line, and writing Opus. Sound is float32, nominally -1..1."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import av
import numpy as np
import soxr
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pathlib import Path

Samples: TypeAlias = NDArray[np.float32]
"""Mono sound, shape [n]."""

RATE_HZ = 24_000
"""Rate of everything until a file is written."""
PHONE_HZ = 8_000
SPEECH_DBFS = -20.0
"""Level of speech, root mean square over the frames that carry sound."""
ROOM_DBFS = -65.0
RUMBLE_HZ = 60.0
"""Room tone has nothing below this."""
FLOOR_DBFS = -50.0
"""A frame louder than this carries sound: it decides where an utterance starts and ends."""
FRAME_S = 0.01
EDGE_S = (0.03, 0.06)
"""What is kept, faded, before the first and after the last frame that carries sound."""
BREATH_S = (0.32, 0.75)
"""Pauses between the sentences of one line."""
PEAK = 0.85
PHONE_BAND_HZ = (300.0, 3_400.0)
PHONE_SNR_DB = 25.0


@dataclass(frozen=True, slots=True)
class Coding:
    """How a file is written as Opus."""

    rate_hz: int
    bits_per_channel: int
    """A second."""
    application: str
    """libopus' name for what it shall be good at."""


CALL = Coding(RATE_HZ, 24_000, "voip")
PHONE = Coding(PHONE_HZ, 16_000, "lowdelay")
"""The speech modes take 3 dB of the line noise away; this one leaves it as loud as it was made."""


def amplitude(level_db: float) -> float:
    """Factor of a level in dB."""
    return float(10.0 ** (level_db / 20.0))


def rms(sound: Samples) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))


def frames_with_sound(sound: Samples, rate_hz: int = RATE_HZ) -> NDArray[np.bool_]:
    """For each whole frame of `FRAME_S`, whether it is above `FLOOR_DBFS`. Shape [frames]."""
    width = round(rate_hz * FRAME_S)
    cut = sound[: len(sound) // width * width].reshape(-1, width)
    return np.sqrt(np.mean(np.square(cut, dtype=np.float64), axis=1)) > amplitude(FLOOR_DBFS)


def at_level(sound: Samples, level_db: float) -> Samples:
    """Speech brought to `SPEECH_DBFS` plus `level_db`, and never near clipping."""
    width = round(RATE_HZ * 0.02)
    frames = sound[: len(sound) // width * width].reshape(-1, width)
    power = np.mean(np.square(frames, dtype=np.float64), axis=1)
    loud = power > power.max() * amplitude(-35.0) ** 2
    gain = amplitude(SPEECH_DBFS + level_db) / float(np.sqrt(power[loud].mean()))
    gain = min(gain, PEAK / float(np.abs(sound).max()))
    return (sound * gain).astype(np.float32)


def breathing(sound: Samples, seed: int) -> Samples:
    """The silences between sentences, which the voices leave all alike, cut to uneven lengths."""
    width = round(RATE_HZ * FRAME_S)
    heard = frames_with_sound(sound)
    edges = np.flatnonzero(np.diff(heard.astype(np.int8)))
    chance = np.random.default_rng(seed)
    parts, taken = [], 0
    for last, first in pairwise(edges):
        pause = int(first - last)
        keep = round(float(chance.uniform(*BREATH_S)) / FRAME_S)
        if heard[last] and pause > keep:
            middle = int(last) + 1 + keep // 2
            parts.append(_faded(sound[taken : middle * width], (0, width)))
            taken = (middle + pause - keep) * width
    return np.concatenate([*parts, _faded(sound[taken:], (width if parts else 0, 0))])


def _faded(sound: Samples, lengths: tuple[int, int]) -> Samples:
    """A copy that rises from and falls to silence within so many samples at its two ends."""
    faded = sound.copy()
    rise, fall = (np.sin(np.linspace(0.0, np.pi / 2.0, n, dtype=np.float32)) ** 2 for n in lengths)
    faded[: len(rise)] *= rise
    faded[len(faded) - len(fall) :] *= fall[::-1]
    return faded


def trimmed(sound: Samples) -> tuple[Samples, int, int]:
    """The sound without the silence around it, edges faded; first and end sample of its speech."""
    width = round(RATE_HZ * FRAME_S)
    heard = np.flatnonzero(frames_with_sound(sound))
    first, end = int(heard[0]) * width, (int(heard[-1]) + 1) * width
    start = max(0, first - round(EDGE_S[0] * RATE_HZ))
    stop = min(len(sound), end + round(EDGE_S[1] * RATE_HZ))
    kept = _faded(sound[start:stop], (max(first - start, 48), max(stop - end, 48)))
    return kept, first - start, end - start


def room_tone(samples: int, seed: int) -> Samples:
    """Soft, dull noise at `ROOM_DBFS`, so that a pause is quiet and not digitally silent."""
    white = np.random.default_rng(seed).standard_normal(samples)
    spectrum = np.fft.rfft(white)
    hz = np.fft.rfftfreq(samples, 1.0 / RATE_HZ)
    spectrum *= np.where(hz < RUMBLE_HZ, 0.0, 1.0 / np.sqrt(1.0 + (hz / 400.0) ** 2))
    tone = np.fft.irfft(spectrum, samples).astype(np.float32)
    return (tone * (amplitude(ROOM_DBFS) / rms(tone))).astype(np.float32)


def phone_line(leg: Samples, speech: NDArray[np.bool_], seed: int) -> Samples:
    """One leg as a telephone carries it, at `PHONE_HZ`: band, line noise, G.711 mu-law and back.

    Args:
        leg: at `RATE_HZ`, shape [n].
        speech: True where this leg's speaker talks, at `RATE_HZ`, shape [n].
        seed: of the noise, whose level is `PHONE_SNR_DB` under that of the speech.
    """
    narrow = _band(soxr.resample(leg, RATE_HZ, PHONE_HZ, quality="VHQ"))
    talking = speech[:: RATE_HZ // PHONE_HZ][: len(narrow)]
    noise = _band(np.random.default_rng(seed).standard_normal(len(narrow)).astype(np.float32))
    noise *= rms(narrow[: len(talking)][talking]) * amplitude(-PHONE_SNR_DB) / rms(noise)
    return mu_law(np.clip(narrow + noise, -PEAK, PEAK))


def _band(sound: Samples) -> Samples:
    """Keeps `PHONE_BAND_HZ`, with edges 60 Hz wide and no delay."""
    hz = np.fft.rfftfreq(len(sound), 1.0 / PHONE_HZ)
    low, high = PHONE_BAND_HZ
    keep = np.clip((hz - low) / 60.0 + 0.5, 0.0, 1.0) * np.clip((high - hz) / 60.0 + 0.5, 0.0, 1.0)
    return np.fft.irfft(np.fft.rfft(sound) * keep, len(sound)).astype(np.float32)


def mu_law(sound: Samples) -> Samples:
    """Through G.711 mu-law and back: 8 bits a sample."""
    magnitude = np.minimum(np.abs(sound) * 32_768.0, 32_635.0) + 132.0
    exponent = np.floor(np.log2(magnitude)).astype(np.int64) - 7
    mantissa = np.floor(magnitude / 2.0 ** (exponent + 3)) - 16.0
    decoded = (2.0 * mantissa + 33.0) * 2.0 ** (exponent + 2) - 132.0
    return (np.copysign(decoded, sound) / 32_768.0).astype(np.float32)


def write_opus(path: Path, channels: list[Samples], coding: Coding) -> None:
    """Writes an Opus file whose channels know nothing of each other.

    Stereo Opus codes what the two sides have in common and lets one leak into the other at low
    rates; channel mapping family 255 codes each side alone.
    """
    layout = "stereo" if len(channels) == 2 else "mono"  # noqa: PLR2004 # two sides
    pcm = np.stack([np.round(np.clip(c, -1.0, 1.0) * 32_767.0).astype(np.int16) for c in channels])
    with av.open(str(path), "w", format="ogg", options={"fflags": "+bitexact"}) as out:
        stream = out.add_stream("libopus", rate=coding.rate_hz)
        stream.layout = layout
        stream.bit_rate = coding.bits_per_channel * len(channels)
        family = {"mapping_family": "255"} if len(channels) > 1 else {}
        stream.codec_context.options = {
            "application": coding.application,
            "flags": "+bitexact",
            **family,
        }
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(pcm.T.reshape(1, -1)), format="s16", layout=layout
        )
        frame.sample_rate, frame.pts = coding.rate_hz, 0
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            out.mux(packet)
