"""A third voice among two: found where it is clearly there, and which pieces are its. Pure.

Three middles always fit better than two. By how much says whether there is anybody: a third voice
of other timbre gains far more than what the moods of two do. One that is close to either of the two
(on a bad line most are) is not found, and stays theirs or mine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from audio.apart import CLOSEST, LONG_S, WINDOW_S, held_against, learn, tightest, two
from audio.types import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audio.apart import Floats, Piece, Voices
    from audio.speakers import Points

GAINED: Final = 0.025
"""A third middle must bring long pieces so much nearer to their middle (mean cosine). On 8 spoken
calls of two, clean and on a phone line, it was 0.007 to 0.020; with a third voice put in 0.030 to
0.125 when clean, and 0.012 to 0.052 on the phone line."""

LEAST_S: Final = 6.0
"""So much speech of its own in long pieces, at least: of two people in half a minute, three pieces
that are a little alike gain as much as a third voice."""

MOST_HEARD: Final = 300
"""Of more long pieces every second, third, ... one is looked at."""

STARTS: Final = 60
"""So many pieces are tried as the beginning of the third."""


@dataclass(frozen=True, slots=True, eq=False)
class Third:
    """A third voice."""

    against: tuple[Voices, Voices]
    """It, as the first, and one of the two each."""

    def odds(self, pieces: Sequence[Piece]) -> Floats:
        """For each piece the natural logarithm of the odds that it is this voice's, not theirs."""
        one, other = (voices.odds(pieces) for voices in self.against)
        return np.asarray(np.minimum(one, other))


def with_third(
    pieces: Sequence[Piece], voices: Voices, mine: Points | None = None
) -> tuple[Voices, Third | None]:
    """The two voices, and the third if there is one: then the two are learnt without it.

    Of three, the third is the one who speaks least, and never the one nearest to `mine`, float32
    [d], if that is known.
    """
    lengths = np.array([p.heard_samples for p in pieces]) / RATE_HZ
    some = np.flatnonzero(lengths >= LONG_S)
    some = some[:: 1 + len(some) // MOST_HEARD]
    if len(some) <= len(voices.middles):
        return voices, None
    points = np.stack([pieces[int(i)].point for i in some])
    weights = np.minimum(lengths[some], WINDOW_S)
    middles = _three(points, weights, voices.middles)
    before, after = (
        float(np.average((points @ m.T).max(axis=1), weights=weights))
        for m in (voices.middles, middles)
    )
    if after - before < GAINED:
        return voices, None
    every = np.stack([p.point for p in pieces])
    nearest = (every @ middles.T).argmax(axis=1)
    spoken_s = [lengths[(nearest == k) & (lengths >= LONG_S)].sum() for k in range(3)]
    others = [k for k in range(3) if mine is None or k != int(np.argmax(middles @ mine))]
    least = min(others, key=lambda k: float(spoken_s[k]))
    rest = [p for p, k in zip(pieces, nearest, strict=True) if k != least]
    left = learn(rest)
    if spoken_s[least] < LEAST_S or left is None or not two(left):
        return voices, None
    third = middles[least]
    if max(left.middles @ third) > CLOSEST:
        return voices, None
    against = [held_against(np.stack([third, m]), points) for m in left.middles]
    if against[0] is None or against[1] is None:
        return voices, None
    return left, Third((against[0], against[1]))


def _three(points: Points, weights: Floats, middles: Points) -> Points:
    """Three middles, float32 [3, d]: spherical k-means from two and each of some pieces."""
    some = range(0, len(points), 1 + len(points) // STARTS)
    return tightest(points, weights, (np.vstack([middles, points[at : at + 1]]) for at in some))
