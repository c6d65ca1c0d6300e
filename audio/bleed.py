"""Each side faintly on the other's channel: bleed-through, found and taken out. Pure.

A recorder's two channels are seldom quite apart: a cable, an analogue line, a loudspeaker that the
microphone hears. The other side is then heard twice, the second time as if I had said it.

Found once, on the first minutes: does one leg come back in the other, how much later, and coloured
how (generalized cross-correlation for the delay, then the filter of least squares between the two
where one speaks alone). Taken out in two steps: what the filter foretells is subtracted, and where
what is left is not clearly louder than that, nobody spoke on this channel, and it is silent. Who
speaks over the other is far louder than the bleed-through of the other, and stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from audio.echo import BAND_HZ, EARLIEST_SAMPLES, LATEST_SAMPLES, PRESENT, TALK, WINDOW_SAMPLES
from audio.types import RATE_HZ, empty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from audio.types import Samples

    Floats = NDArray[np.float64]

MEASURED_SAMPLES: Final = 5 * 60 * RATE_HZ
"""So much of a recording says whether there is any."""

ALONE_DB: Final = 10.0
"""In windows in which one leg is so much louder, it comes back in the other."""
FRAME_SAMPLES: Final = RATE_HZ // 50
"""Where somebody talks is looked at every 20 ms."""
NOISE_QUANTILE: Final = 0.1
ABOVE_NOISE_DB: Final = 10.0
"""Talk rises so far above what a tenth of the frames have: the line's noise."""
TALKING: Final = 0.25
"""A window is looked at when there is talk in so much of it."""

FEWEST_WINDOWS: Final = 3
"""Less talk of one side says nothing."""

ABOVE_CHANCE: Final = 4.0
"""Of n windows of two legs with nothing in common, 1 / n seems common; more than so many times
that is."""

FILTER_SAMPLES: Final = 4_096
"""Windows over which the filter is measured."""
TAPS_BEFORE: Final = RATE_HZ * 16 // 1000
TAPS_AFTER: Final = RATE_HZ * 64 // 1000
"""From so much before the delay to so much after it: a line's colour, the near walls of a room."""

FAINTEST_DB: Final = -50.0
"""Fainter than this it is not heard."""

HOP: Final = RATE_HZ // 100
"""Every 10 ms it is decided whether somebody speaks on this channel ..."""
LOUD_HOPS: Final = 5
"""... by what is heard in 50 ms around it."""
CLEAR_DB: Final = 6.0
"""Own speech is so much louder than the bleed-through foretold; that has an error of its own."""
UNHEARD: Final = 1e-9
"""Mean square below which (-90 dB) nothing is foretold."""
OPEN_HOPS: Final = 4
"""Speech lasts at least so long ..."""
AROUND_HOPS: Final = 8
"""... and begins and ends so much more softly than it is."""
CLOSED_GAIN: Final = 0.03
"""What is left of a channel on which nobody speaks."""

CHUNK_SAMPLES: Final = RATE_HZ // 2
"""What is cleaned at once ..."""
_MARGIN: Final = (LOUD_HOPS + OPEN_HOPS + AROUND_HOPS + 2) * HOP
"""... needs so much before and after it for what is decided, and before that:"""
_PAST: Final = -(-(LATEST_SAMPLES + TAPS_AFTER + _MARGIN) // HOP) * HOP
_FUTURE: Final = -(-(TAPS_BEFORE - EARLIEST_SAMPLES + _MARGIN) // HOP) * HOP


@dataclass(frozen=True, slots=True, eq=False)
class Bleed:
    """How one leg comes back in the other."""

    lag_samples: int
    """How much later."""
    taps: Samples
    """The filter, float32 [`TAPS_BEFORE` + 1 + `TAPS_AFTER`], its moment 0 at `TAPS_BEFORE`."""
    level_db: float
    """How loud it is against the leg it comes from; below 0."""


@dataclass(frozen=True, slots=True)
class Bleeds:
    """What of either leg comes back in the other; None: nothing."""

    in_mine: Bleed | None
    in_theirs: Bleed | None

    def __bool__(self) -> bool:
        """True when there is something to take out."""
        return self.in_mine is not None or self.in_theirs is not None


def measured(stretches: Callable[[], Iterable[tuple[Samples, Samples]]]) -> Bleeds:
    """What of either leg is on the other.

    `stretches` are both legs, float32 [n] at `RATE_HZ` of the same time, n of some seconds. They
    are gone through twice where something is found.
    """
    senses = [_Sense(), _Sense()]
    for mine, theirs in stretches():
        senses[0].push(theirs, mine)
        senses[1].push(mine, theirs)
    lags = [sense.lag for sense in senses]
    if lags == [None, None]:
        return Bleeds(None, None)
    filters = [None if lag is None else _Filter(lag) for lag in lags]
    for mine, theirs in stretches():
        if filters[0] is not None:
            filters[0].push(theirs, mine)
        if filters[1] is not None:
            filters[1].push(mine, theirs)
    return Bleeds(*(None if each is None else each.bleed for each in filters))


class _Sense:
    """Does a source come back in a leg, and when?"""

    def __init__(self) -> None:
        hz = np.fft.rfftfreq(WINDOW_SAMPLES, 1 / RATE_HZ)
        self._band = (hz >= BAND_HZ[0]) & (hz <= BAND_HZ[1])
        self._shape = np.hanning(WINDOW_SAMPLES)
        self._total = np.zeros(len(hz), np.complex128)
        self._windows = 0

    def push(self, source: Samples, leg: Samples) -> None:
        for one, other in _windows(source, leg, WINDOW_SAMPLES):
            self._windows += 1
            cross = np.fft.rfft(other * self._shape) * np.conj(np.fft.rfft(one * self._shape))
            self._total += np.where(self._band, cross / np.maximum(np.abs(cross), 1e-12), 0)

    @property
    def lag(self) -> int | None:
        """How much later it comes back, in samples; None when it does not."""
        if self._windows < FEWEST_WINDOWS:
            return None
        likeness = np.abs(np.fft.irfft(self._total))
        likeness = np.concatenate([likeness[EARLIEST_SAMPLES:], likeness[: LATEST_SAMPLES + 1]])
        at = int(likeness.argmax())
        spread = max(float(np.sqrt(np.mean(likeness**2))), 1e-12)
        return at + EARLIEST_SAMPLES if likeness[at] / spread >= PRESENT else None


class _Filter:
    """The filter of least squares (Wiener) from a source to a leg, so much later.

    Noise that is on both legs, such as hum, is no bleed-through: what they have in common while
    nobody talks is taken off.
    """

    def __init__(self, lag: int) -> None:
        self._lag = lag
        self._shape = np.hanning(FILTER_SAMPLES)
        self._talk = _Spectra()
        self._quiet = _Spectra()

    def push(self, source: Samples, leg: Samples) -> None:
        for one, other in _windows(source, leg, FILTER_SAMPLES, self._lag):
            self._talk.add(one * self._shape, other * self._shape)
        for one, other in _quiet(source, leg, FILTER_SAMPLES, self._lag):
            self._quiet.add(one * self._shape, other * self._shape)

    @property
    def bleed(self) -> Bleed | None:
        """None when it may be chance, or is too faint to be heard."""
        talk = self._talk.less(self._quiet)
        if not talk.count or talk.likeness < ABOVE_CHANCE / talk.count:
            return None
        power = np.maximum(talk.source, 0)
        whole = np.fft.irfft(talk.cross / (power + 1e-4 * power.mean()))
        taps = np.concatenate([whole[-TAPS_BEFORE:], whole[: TAPS_AFTER + 1]]).astype(np.float32)
        response = np.abs(np.fft.rfft(taps, FILTER_SAMPLES)) ** 2
        share = float((response * power).sum() / power.sum())
        level_db = 10 * float(np.log10(max(share, 1e-12)))
        return Bleed(self._lag, taps, level_db) if level_db >= FAINTEST_DB else None


class _Spectra:
    """Of windows of a source and of a leg: power of either, and what they have in common."""

    def __init__(self) -> None:
        self.cross = np.zeros(FILTER_SAMPLES // 2 + 1, np.complex128)
        self.source = np.zeros(FILTER_SAMPLES // 2 + 1)
        self.leg = np.zeros(FILTER_SAMPLES // 2 + 1)
        self.count = 0

    def add(self, source: Floats, leg: Floats) -> None:
        one, other = np.fft.rfft(source), np.fft.rfft(leg)
        self.cross += other * np.conj(one)
        self.source += np.abs(one) ** 2
        self.leg += np.abs(other) ** 2
        self.count += 1

    def less(self, noise: _Spectra) -> _Spectra:
        """The same without what is there in other windows as well."""
        rest = _Spectra()
        share = self.count / max(noise.count, 1)
        rest.cross = self.cross - share * noise.cross
        rest.source = self.source - share * noise.source
        rest.leg, rest.count = self.leg, self.count
        return rest

    @property
    def likeness(self) -> float:
        """Share of the leg's power that the source explains, 0..1 (mean squared coherence)."""
        explained = np.abs(self.cross) ** 2 / np.maximum(self.source, 1e-12)
        explained = np.where(self.source > 0, explained, 0)
        hz = np.fft.rfftfreq(FILTER_SAMPLES, 1 / RATE_HZ)
        band = (hz >= BAND_HZ[0]) & (hz <= BAND_HZ[1])
        explained = np.minimum(explained, self.leg)
        return float(explained[band].sum() / max(float(self.leg[band].sum()), 1e-12))


def _quiet(source: Samples, leg: Samples, size: int, lag: int) -> Iterator[tuple[Samples, Samples]]:
    """Stretches in which nobody talks; of the leg so much later."""
    talk = _talk(_powers(source)) | _talk(_powers(leg))
    for start in range(max(0, -lag), len(source) - size - max(lag, 0) + 1, size // 2):
        until = -(-(start + size + max(lag, 0)) // FRAME_SAMPLES)
        if not talk[(start + min(lag, 0)) // FRAME_SAMPLES : until].any():
            yield source[start : start + size], leg[start + lag : start + lag + size]


def _talk(powers: Floats) -> NDArray[np.bool_]:
    """Which frames are louder than silence, and than this line's noise."""
    if not len(powers):
        return np.zeros(0, np.bool_)
    noise = float(np.quantile(powers, NOISE_QUANTILE)) * 10 ** (ABOVE_NOISE_DB / 10)
    return np.asarray(powers > max(TALK**2, noise))


def _powers(samples: Samples) -> Floats:
    whole = len(samples) // FRAME_SAMPLES * FRAME_SAMPLES
    frames = samples[:whole].reshape(-1, FRAME_SAMPLES).astype(np.float64)
    return np.asarray(np.square(frames).mean(axis=1))


def _windows(
    source: Samples, leg: Samples, size: int, lag: int = 0
) -> list[tuple[Samples, Samples]]:
    """Stretches in which the source talks and is far louder; of the leg so much later."""
    talk = _talk(_powers(source))
    found = []
    for start in range(max(0, -lag), len(source) - size + 1, size // 2):
        frames = talk[start // FRAME_SAMPLES : (start + size) // FRAME_SAMPLES]
        one, other = source[start : start + size], leg[start + lag : start + lag + size]
        if len(other) < size or not other.any() or frames.mean() < TALKING:
            continue
        if np.square(other).mean() < np.square(one).mean() * 10 ** (-ALONE_DB / 10):
            found.append((one, other))
    return found


class Cleaner:
    """Takes it out of both legs as they come. Keeps state; one for each time they are heard."""

    def __init__(self, bleeds: Bleeds) -> None:
        self._bleeds = bleeds
        self._mine = np.zeros(_PAST, np.float32)
        self._theirs = np.zeros(_PAST, np.float32)
        """From `_PAST` before what is cleaned next."""

    def push(self, mine: Samples, theirs: Samples) -> tuple[Samples, Samples]:
        """The next sound of both, float32 [n] each; what is clean by now, likewise.

        What comes out is later than what goes in, and as much in the end: see `finish`.
        """
        self._mine = np.concatenate([self._mine, mine])
        self._theirs = np.concatenate([self._theirs, theirs])
        found: list[tuple[Samples, Samples]] = []
        while len(self._mine) >= _PAST + CHUNK_SAMPLES + _FUTURE:
            found.append(self._next(CHUNK_SAMPLES))
        return _joined(found)

    def finish(self) -> tuple[Samples, Samples]:
        """What is left."""
        left = len(self._mine) - _PAST
        nothing = np.zeros(CHUNK_SAMPLES + _FUTURE, np.float32)
        found = [self.push(nothing, nothing)]
        while sum(len(mine) for mine, _ in found) < left:
            found.append(self.push(nothing, nothing))
        mine, theirs = _joined(found)
        return mine[:left], theirs[:left]

    def _next(self, count: int) -> tuple[Samples, Samples]:
        size = _PAST + count + _FUTURE
        mine, theirs = self._mine[:size], self._theirs[:size]
        self._mine, self._theirs = self._mine[count:], self._theirs[count:]
        return (
            _without(mine, theirs, self._bleeds.in_mine),
            _without(theirs, mine, self._bleeds.in_theirs),
        )


def _joined(found: list[tuple[Samples, Samples]]) -> tuple[Samples, Samples]:
    mine, theirs = [m for m, _ in found], [t for _, t in found]
    return np.concatenate([*mine, empty()]), np.concatenate([*theirs, empty()])


def _without(leg: Samples, source: Samples, bleed: Bleed | None) -> Samples:
    """Of a stretch with what is around it (`_PAST`, `_FUTURE`): the stretch, clean."""
    if bleed is None:
        return leg[_PAST : len(leg) - _FUTURE].copy()
    foretold = _foretold(source, bleed)
    begin, end = _PAST - _MARGIN, len(leg) - _FUTURE + _MARGIN
    left, foretold = (leg - foretold)[begin:end], foretold[begin:end]
    gain = _gain(left, foretold)
    return np.asarray((left * gain)[_MARGIN : len(left) - _MARGIN], dtype=np.float32)


def _foretold(source: Samples, bleed: Bleed) -> Samples:
    """What of the source will be in the leg, float32 [n], right but near both ends."""
    size = 1 << (len(source) + len(bleed.taps)).bit_length()
    both = np.fft.irfft(np.fft.rfft(source, size) * np.fft.rfft(bleed.taps, size), size)
    moved = np.roll(both, bleed.lag_samples - TAPS_BEFORE)
    return np.asarray(moved[: len(source)], dtype=np.float32)


def _gain(left: Samples, foretold: Samples) -> Samples:
    """How much is let through, 0..1, float32 [n]; n a multiple of `HOP`, but for the last."""
    count = -(-len(left) // HOP)
    mine, theirs = _loud(left, count), _loud(foretold, count)
    opened = (mine > theirs * 10 ** (CLEAR_DB / 10)) | (theirs < UNHEARD)
    lasting = _wider(_narrower(opened, OPEN_HOPS), OPEN_HOPS + AROUND_HOPS)
    wanted = np.where(lasting, 1.0, CLOSED_GAIN)
    at = np.arange(count) * HOP + HOP / 2
    return np.interp(np.arange(len(left)), at, wanted).astype(np.float32)


def _loud(samples: Samples, count: int) -> Floats:
    """Mean square around each hop, float64 [count]."""
    padded = np.pad(samples.astype(np.float64), (0, count * HOP - len(samples)))
    each = np.square(padded).reshape(count, HOP).mean(axis=1)
    return np.convolve(each, np.full(LOUD_HOPS, 1 / LOUD_HOPS), mode="same")


def _narrower(mask: NDArray[np.bool_], hops: int) -> NDArray[np.bool_]:
    """Middles of where it is true for `hops` on end."""
    run = np.convolve(mask, np.ones(hops), mode="same")
    return np.asarray(run >= hops - 0.5)


def _wider(mask: NDArray[np.bool_], hops: int) -> NDArray[np.bool_]:
    """True also `hops` before and after."""
    return np.asarray(np.convolve(mask, np.ones(2 * hops + 1), mode="same") > 0)
