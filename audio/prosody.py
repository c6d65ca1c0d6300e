"""How something was said, beside what: loudness, pitch, brightness, tempo, and what is usual.

Nobody's voice says anything by itself: one is loud, another high. So an utterance is measured
(`measure`), held against what that speaker's utterances were like until then (`Baseline`), and
the difference is `enthusiasm`, 0..1, 0.5 being as usual. It is None until there is something to
compare with, and never decides anything: it moves the confidence of what the words say.

The direction of each feature is the literature's and the weights are by hand; nothing was trained.
Elated joy has more energy, a higher and wider pitch, more of the energy above 1 kHz and a faster
rate (Scherer 2003, Speech Communication 40, table 3; Juslin & Laukka 2003, Psychological Bulletin
129, table 7: happiness has high intensity, high pitch, much pitch variability, much
high-frequency energy and a fast rate).
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np

from audio.types import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from swift_f0 import SwiftF0

    from audio.types import Samples
    from audio.vad import Span

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

HOP_SAMPLES: Final = 256
"""16 ms, the pitch detector's step; everything is measured on these frames ..."""

WINDOW_SAMPLES: Final = 2 * HOP_SAMPLES
"""... over 32 ms around each."""

LOWEST_HZ: Final = 60.0
HIGHEST_HZ: Final = 600.0
"""Where a voice's pitch is looked for: a low man's to an excited woman's."""

SURE: Final = 0.5
"""The pitch detector's confidence from which a frame is voiced, as its makers say."""

SPEECH_RANGE_DB: Final = 20.0
"""Frames this far below the loud ones are no speech of that speaker."""

LOUD_PERCENTILE: Final = 95.0
"""Which frame of an utterance is a loud one."""

MARGIN_SAMPLES: Final = RATE_HZ // 10
"""Sound the pitch detector gets on both sides of the speech."""

SILENCE_DB: Final = -80.0
"""Of full scale; no frame this quiet is speech."""

LOUD_DB: Final = -20.0
"""The pitch detector does not make quiet sound louder itself; the loud frames get this loud."""

LEAST_VOICED_S: Final = 0.1
"""With less voice than this (a "Yes." has twice as much) nothing is measured."""

DIP_DB: Final = 2.0
"""Between two syllables the sound gets quieter by as much (de Jong & Wempe 2009)."""

LARGEST_STEP_SEMITONES: Final = 4.0
"""From one frame to the next, a larger step is the detector's and not the voice's."""


@dataclass(frozen=True, slots=True)
class Prosody:
    """How one utterance was said."""

    speech_s: float
    """Length of its speech, without pauses, seconds."""
    voiced_s: float
    """Length of its voiced speech, seconds."""
    level_db: float
    """Mean power of its voiced speech, dB of full scale."""
    pitch_hz: float
    """Median pitch."""
    pitch_range_semitones: float
    """From the 10th to the 90th percentile of pitch."""
    pitch_movement: float
    """Semitones a second, up and down alike, while voiced."""
    brightness_db: float
    """Energy of voiced speech from 1 to 5 kHz over that from 50 Hz to 1 kHz: the alpha ratio of
    the Geneva acoustic parameter set (Eyben et al. 2016). More vocal effort, more of it."""
    tempo_hz: float
    """Syllables a second of speech, from peaks of loudness (de Jong & Wempe 2009)."""


def measure(samples: Samples, speech: Sequence[Span] | None = None) -> Prosody | None:
    """How an utterance, float32 [n] at `RATE_HZ`, was said; None where there is too little voice.

    `speech` says where in it there is speech (`audio.vad.second_look`); without, what is not much
    quieter than its loud parts is speech.
    """
    sound = samples.astype(np.float64)
    if not np.isfinite(sound).all():
        return None
    frames = _frames(sound)
    level_db = 10 * np.log10(np.maximum(np.mean(frames**2, axis=1), 1e-12))
    active = _active(level_db, speech)
    if not active.any():
        return None
    where = np.flatnonzero(active)
    first = max(0, int(where[0]) - MARGIN_SAMPLES // HOP_SAMPLES)
    last = min(len(frames), int(where[-1]) + 1 + MARGIN_SAMPLES // HOP_SAMPLES)
    frames, level_db, active = frames[first:last], level_db[first:last], active[first:last]
    louder = 10 ** ((LOUD_DB - np.percentile(level_db[active], LOUD_PERCENTILE)) / 20)
    pitch, certain = _pitch(sound[first * HOP_SAMPLES : last * HOP_SAMPLES] * louder)
    voiced = active & certain
    frame_s = HOP_SAMPLES / RATE_HZ
    if voiced.sum() * frame_s < LEAST_VOICED_S:
        return None
    low, middle, high = np.percentile(pitch[voiced], (10, 50, 90))
    steps = np.abs(np.diff(pitch)[voiced[1:] & voiced[:-1]])
    steps = steps[steps < LARGEST_STEP_SEMITONES]
    return Prosody(
        speech_s=float(active.sum()) * frame_s,
        voiced_s=float(voiced.sum()) * frame_s,
        level_db=float(10 * np.log10(np.mean(10 ** (level_db[voiced] / 10)))),
        pitch_hz=float(2 ** (middle / 12)),
        pitch_range_semitones=float(high - low),
        pitch_movement=float(np.mean(steps)) / frame_s if len(steps) else 0.0,
        brightness_db=_brightness_db(frames[voiced]),
        tempo_hz=_syllables(level_db, voiced) / (float(active.sum()) * frame_s),
    )


def _frames(sound: Floats) -> Floats:
    """[frames, `WINDOW_SAMPLES`] of float64 [n], the middle of each `HOP_SAMPLES` on."""
    padded = np.pad(sound, HOP_SAMPLES)
    every = np.lib.stride_tricks.sliding_window_view(padded, WINDOW_SAMPLES)[::HOP_SAMPLES]
    return every[: len(sound) // HOP_SAMPLES]


def _active(level_db: Floats, speech: Sequence[Span] | None) -> Flags:
    """Which frames are speech."""
    inside = np.ones(len(level_db), dtype=np.bool_)
    if speech is not None:
        inside[:] = False
        for span in speech:
            inside[span.start // HOP_SAMPLES : -(-span.end // HOP_SAMPLES)] = True
    if not inside.any():
        return inside
    loud = np.percentile(level_db[inside], LOUD_PERCENTILE)
    active: Flags = inside & (level_db > max(loud - SPEECH_RANGE_DB, SILENCE_DB))
    return active


def _pitch(sound: Floats) -> tuple[Floats, Flags]:
    """The pitch of every frame in semitones over 1 Hz, and which frames surely have one."""
    clipped = np.clip(sound, -1.0, 1.0).astype(np.float32)
    found = _detector().detect(clipped, RATE_HZ, fmin=LOWEST_HZ, fmax=HIGHEST_HZ)
    certain: Flags = found.confidence >= SURE
    return 12 * np.log2(found.pitch_hz), certain


@functools.cache
def _detector() -> SwiftF0:
    # It loads its network, and only what listens needs it.
    from swift_f0 import SwiftF0  # noqa: PLC0415

    return SwiftF0(threads=1, spin=False)


def _brightness_db(frames: Floats) -> float:
    """Of voiced [frames, `WINDOW_SAMPLES`]."""
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW_SAMPLES))) ** 2
    bins_hz = np.fft.rfftfreq(WINDOW_SAMPLES, 1 / RATE_HZ)
    total = power.sum(axis=0)
    low = total[(bins_hz >= 50) & (bins_hz < 1_000)].sum()  # noqa: PLR2004 - the definition's
    high = total[(bins_hz >= 1_000) & (bins_hz < 5_000)].sum()  # noqa: PLR2004 - likewise
    return float(10 * np.log10(high / low))


def _syllables(level_db: Floats, voiced: Flags) -> int:
    """Voiced peaks of loudness with a dip between each and the next."""
    smooth = np.convolve(np.pad(level_db, 2, mode="edge"), np.full(5, 0.2), mode="valid")
    count, dip, top = 0, -math.inf, -math.inf
    inside = False
    for level, voice in zip(smooth.tolist(), voiced.tolist(), strict=True):
        if inside:
            top = max(top, level)
            if level <= top - DIP_DB:
                inside, dip = False, level
        else:
            dip = min(dip, level)
            if voice and level >= dip + DIP_DB:
                inside, top, count = True, level, count + 1
    return count


@dataclass(frozen=True, slots=True)
class Features:
    """What is compared, one number each: values of an utterance, or something about each."""

    level_db: float
    pitch_semitones: float
    range_semitones: float
    movement: float
    brightness_db: float
    tempo_hz: float


WEIGHTS: Final = Features(
    level_db=1.0,
    pitch_semitones=1.0,
    range_semitones=0.5,
    movement=0.5,
    brightness_db=1.0,
    tempo_hz=0.25,
)
"""Loudness, pitch and brightness agree best across studies and are measured well in half a second;
how far and how much pitch moves needs more sound, and syllables are only estimated."""

LEAST_SPREAD: Final = Features(
    level_db=3.0,
    pitch_semitones=1.5,
    range_semitones=2.0,
    movement=6.0,
    brightness_db=2.0,
    tempo_hz=0.8,
)
"""How much an utterance differs from another of the same speaker for no reason at all. However
even somebody spoke so far, less is nothing unusual."""

SHORT_S: Final = 0.5
"""With as much voice, what is measured differs for no reason twice as much in square."""

FARTHEST: Final = 3.0
"""No feature counts as more unusual than this many spreads, up or down."""

HALF_LIFE_S: Final = 90.0
"""After this much more speech of a speaker, what was before counts half."""

ENOUGH_UTTERANCES: Final = 4
ENOUGH_SPEECH_S: Final = 6.0
"""From when on a speaker has a baseline; both."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is usual for a speaker, from what they said so far. A value: `with_` makes the next."""

    utterances: int = 0
    speech_s: float = 0.0
    """Length of all speech in it, seconds."""
    weight_s: float = 0.0
    """Length of speech in it, as far as it is not forgotten, seconds."""
    mean: Features | None = None
    variance: Features | None = None

    @property
    def ready(self) -> bool:
        """Whether there is enough to compare with."""
        return self.utterances >= ENOUGH_UTTERANCES and self.speech_s >= ENOUGH_SPEECH_S

    def with_(self, prosody: Prosody) -> Baseline:
        """With one more utterance, which counts by the length of its speech.

        Exponentially forgetting mean and variance (West 1979). Once there is a baseline, an
        utterance counts as no more unusual than `FARTHEST`: a laugh does not move it.
        """
        kept = self.weight_s * 0.5 ** (prosody.speech_s / HALF_LIFE_S)
        weight = kept + prosody.speech_s
        share = prosody.speech_s / weight
        new = _features(prosody)
        if self.mean is None or self.variance is None:
            mean, variance = new, _each(lambda _: 0.0, new)
        else:
            if self.ready:
                new = _each(_no_farther, new, self.mean, self.variance, LEAST_SPREAD)
            mean = _each(lambda m, x: m + share * (x - m), self.mean, new)
            variance = _each(
                lambda v, m, x: (1 - share) * (v + share * (x - m) ** 2),
                self.variance,
                self.mean,
                new,
            )
        return Baseline(
            self.utterances + 1, self.speech_s + prosody.speech_s, weight, mean, variance
        )


def unusual(prosody: Prosody, baseline: Baseline) -> Features | None:
    """By how many spreads each feature is above (or below) usual; None without a baseline."""
    if baseline.mean is None or baseline.variance is None or not baseline.ready:
        return None
    doubt = 1 + SHORT_S / prosody.voiced_s

    def spreads(value: float, mean: float, variance: float, least: float) -> float:
        far = (value - mean) / math.sqrt(variance + doubt * least**2)
        return max(-FARTHEST, min(FARTHEST, far))

    return _each(spreads, _features(prosody), baseline.mean, baseline.variance, LEAST_SPREAD)


def enthusiasm(prosody: Prosody, baseline: Baseline) -> float | None:
    """How much livelier than usual for its speaker, 0..1, 0.5 as usual; None without a baseline.

    The weighted mean of what `unusual` says, through the logistic function.
    """
    far = unusual(prosody, baseline)
    if far is None:
        return None
    weighted = _values(_each(lambda z, weight: z * weight, far, WEIGHTS))
    return 1 / (1 + math.exp(-sum(weighted) / sum(_values(WEIGHTS))))


def _features(prosody: Prosody) -> Features:
    return Features(
        level_db=prosody.level_db,
        pitch_semitones=12 * math.log2(prosody.pitch_hz),
        range_semitones=prosody.pitch_range_semitones,
        movement=prosody.pitch_movement,
        brightness_db=prosody.brightness_db,
        tempo_hz=prosody.tempo_hz,
    )


def _no_farther(value: float, mean: float, variance: float, least: float) -> float:
    most = FARTHEST * math.sqrt(variance + least**2)
    return max(mean - most, min(mean + most, value))


def _values(features: Features) -> tuple[float, ...]:
    return tuple(getattr(features, field.name) for field in fields(Features))


def _each(function: Callable[..., float], *features: Features) -> Features:
    """`function` of each feature of all of them."""
    return Features(*map(function, *map(_values, features)))
