"""Two voices in one channel: speech cut into pieces, and which of the two each piece is. Pure.

A piece is as long as a voice can be recognised by, and no longer: a stretch between two pauses, or
a window in a longer one. What counts is where its point (`audio.speakers`) lies on the way from one
voice's middle to the other's: -1 at the second, 1 at the first. How much that says depends on the
piece's length and on how widely the long pieces of this call scatter: a phone line presses all
voices together, and what is left of the difference is then as telling as a larger one elsewhere.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from audio.speakers import LONGEST_SAMPLES, unit
from audio.types import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from audio.speakers import Embedder, Points
    from audio.types import Samples
    from audio.vad import Span

    Floats = NDArray[np.float64]

WINDOW_S: Final = 1.2
HOP_S: Final = 0.7
WHOLE_S: Final = 1.6
"""A stretch of up to this length is one piece; a longer one is cut into windows."""

LEAST_SPEECH_S: Final = 4.0
"""With less there are no two voices to be told apart yet."""

LONG_S: Final = 1.0
"""Pieces from this length on say where the voices are."""
FEWEST_LONG: Final = 8
"""With fewer long pieces the longest there are must do."""

MOST_CLUSTERED: Final = 600
"""Of more long pieces every second, third, ... one is clustered; all say where the middles are."""

STARTS: Final = 24
"""Pairs of unlike pieces from which clustering starts; the tightest clusters win."""
ROUNDS: Final = 20

NARROWEST: Final = 0.15
"""Long pieces of one voice scatter at least so much, with 1 from the middle to a voice."""
SHORT_MORE: Final = 0.04
"""What the variance of a short piece has on top."""
SLOPE: Final = 0.85
OFFSET: Final = 0.10
"""A piece of s seconds lies at `OFFSET + SLOPE * s`, at most 1: the mean place of the pieces of 8
dialogues by offline voices (clean and on a phone line), 4 samples and 2 calls was 0.37 at 0.3 s,
0.48 at 0.4 s, 0.65 at 0.6 s, 0.78 at 0.9 s and 0.98 at 1.2 s."""

MOST_ODDS: Final = 8.0
"""No single piece says more than this (natural logarithm of the odds)."""

CLOSEST: Final = 0.82
"""Cosine between the middles of two voices, at most. 22 dialogues of two had up to 0.78; of 25
recordings of one voice, taken for two, 3 had less, and the others up to 0.91."""

CLEARLY: Final = 0.3
"""Pieces nearer to the middle than this move no voice's middle."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A piece of speech and its point."""

    start_sample: int
    """In the call; what lies between `start_sample` and `end_sample` is this piece's alone ..."""
    end_sample: int
    heard_samples: int
    """... and so much was heard of it and around it."""
    inner: bool
    """True when it goes on from the piece before without a pause."""
    point: Points
    """float32 [d], of length 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Voices:
    """Two voices of a call."""

    middles: Points
    """float32 [2, d], of length 1 each."""
    centre: float
    """Halfway on the way from the second to the first ..."""
    half: float
    """... and how far it is from there to either."""
    scatter: float
    """Standard deviation of long pieces around their voice, in `half`."""

    def places(self, points: Points) -> Floats:
        """Of points, float32 [n, d]: float64 [n], -1 at the second voice, 1 at the first."""
        along = (points @ (self.middles[0] - self.middles[1])).astype(np.float64)
        return np.asarray((along - self.centre) / self.half)

    def odds(self, pieces: Sequence[Piece]) -> Floats:
        """For each piece the natural logarithm of the odds that it is the first voice.

        Of two normal distributions with means `mean` and -`mean` and the same variance, it is
        2 mean place / variance.
        """
        if not pieces:
            return np.zeros(0)
        places = self.places(np.stack([piece.point for piece in pieces]))
        lengths = np.array([piece.heard_samples / RATE_HZ for piece in pieces])
        mean = np.minimum(1.0, OFFSET + SLOPE * lengths)
        variance = self.scatter**2 + np.where(lengths < LONG_S, SHORT_MORE, 0.0)
        return np.clip(2 * mean * places / variance, -MOST_ODDS, MOST_ODDS)

    def swapped(self) -> Voices:
        """The same two, the other first."""
        return Voices(self.middles[::-1].copy(), -self.centre, self.half, self.scatter)


def cut(spans: Sequence[Span], start_sample: int) -> list[tuple[Span, Piece]]:
    """What to listen to in stretches of speech, and the pieces it makes, still without a point.

    `spans` in samples from `start_sample` on, in order, not overlapping.
    """
    from audio.vad import Span as Heard  # noqa: PLC0415 - brings a library along, needed only here

    found: list[tuple[Span, Piece]] = []
    window = round(WINDOW_S * RATE_HZ)
    nothing = np.zeros(0, np.float32)
    for span in spans:
        length = span.end - span.start
        if length <= 0:
            continue
        if length <= WHOLE_S * RATE_HZ:
            begin, end = start_sample + span.start, start_sample + span.end
            found.append((span, Piece(begin, end, length, inner=False, point=nothing)))
            continue
        count = int(np.ceil((length - window) / (HOP_S * RATE_HZ))) + 1
        starts = [round(s) for s in np.linspace(span.start, span.end - window, count)]
        edges = [span.start]
        edges += [(a + b + window) // 2 for a, b in itertools.pairwise(starts)]
        edges.append(span.end)
        for index, (begin, a, b) in enumerate(zip(starts, edges, edges[1:], strict=False)):
            first, after = start_sample + a, start_sample + b
            piece = Piece(first, after, window, inner=index > 0, point=nothing)
            found.append((Heard(begin, begin + window), piece))
    return found


def pieces_of(
    samples: Samples, spans: Sequence[Span], start_sample: int, embedder: Embedder
) -> tuple[Piece, ...]:
    """The pieces of speech in float32 [n] at `RATE_HZ` from `start_sample` of the call on."""
    found = cut(spans, start_sample)
    if not found:
        return ()
    points = embedder.embed([samples[s.start : s.end][:LONGEST_SAMPLES] for s, _ in found])
    return tuple(
        Piece(p.start_sample, p.end_sample, p.heard_samples, p.inner, point)
        for (_, p), point in zip(found, points, strict=True)
    )


def learn(pieces: Sequence[Piece]) -> Voices | None:
    """The two voices of these pieces; which is the first is left to chance.

    None while there is too little speech. Two are found in one voice too: see `two`.
    """
    lengths = np.array([p.heard_samples for p in pieces]) / RATE_HZ
    if lengths.sum() < LEAST_SPEECH_S or len(pieces) < 3:  # noqa: PLR2004 - two and something to hold them against
        return None
    points = np.stack([p.point for p in pieces])
    long = lengths >= min(LONG_S, np.sort(lengths)[-min(len(lengths), FEWEST_LONG)])
    some = np.flatnonzero(long)[:: 1 + int(long.sum()) // MOST_CLUSTERED]
    middles = _clustered(points[some], np.minimum(lengths[some], WINDOW_S))
    voices = held_against(middles, points[long])
    for _ in range(3):
        if voices is None:
            return None
        places = voices.places(points)
        clear = long & (np.abs(places) > CLEARLY)
        sides = [clear & (places > 0), clear & (places < 0)]
        if not all(side.any() for side in sides):
            return voices
        middles = unit(np.stack([points[side].sum(axis=0) for side in sides]))
        voices = held_against(middles, points[long]) or voices
    return voices


def held_against(middles: Points, points: Points) -> Voices | None:
    """Two voices with these middles, float32 [2, d], as far as points [n, d] lie between them."""
    along = (points @ (middles[0] - middles[1])).astype(np.float64)
    first, second = along[along > 0], along[along <= 0]
    if not len(first) or not len(second):
        return None
    centre = float(np.median(first) + np.median(second)) / 2
    half = float(np.median(first) - np.median(second)) / 2
    if half <= 0:
        return None
    off = np.abs((along - centre) / half) - 1
    return Voices(middles, centre, half, max(float(np.sqrt(np.mean(off**2))), NARROWEST))


def _clustered(points: Points, weights: Floats) -> Points:
    """Two middles, float32 [2, d]: spherical k-means from the most unlike pairs of pieces."""
    alike = points @ points.T
    rows, columns = np.triu_indices(len(points), 1)
    unlike = np.argsort(alike[rows, columns], kind="stable")
    spread = (
        unlike[: STARTS * STARTS : STARTS] if len(unlike) > STARTS * STARTS else unlike[:STARTS]
    )
    return tightest(
        points, weights, (np.stack((points[rows[at]], points[columns[at]])) for at in spread)
    )


def tightest(points: Points, weights: Floats, starts: Iterable[Points]) -> Points:
    """Middles, float32 [k, d], of points [n, d]: spherical k-means from each start, the tightest.

    Raises:
        ValueError: there is no start.
    """
    found = [_settled(points, weights, start) for start in starts]
    return max(found, key=lambda middles: ((points @ middles.T).max(axis=1) * weights).sum())


def _settled(points: Points, weights: Floats, middles: Points) -> Points:
    for _ in range(ROUNDS):
        nearest = (points @ middles.T).argmax(axis=1)
        sums = [
            (points[nearest == k] * weights[nearest == k, None]).sum(axis=0)
            if (nearest == k).any()
            else middles[k]
            for k in range(len(middles))
        ]
        moved = unit(np.stack(sums))
        if np.allclose(moved, middles):
            break
        middles = moved
    return middles


def two(voices: Voices) -> bool:
    """Whether these are two people, and not one heard twice."""
    return float(voices.middles[0] @ voices.middles[1]) <= CLOSEST
