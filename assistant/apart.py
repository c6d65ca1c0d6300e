"""A recording with both sides on one channel: its two voices, and which of them is mine.

The recording is listened to once before it is played: where there is speech, and whose voice it may
be. What is said is not looked at here.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from assistant.errors import ConfigError
from assistant.splitting import Known
from assistant.whose import LONG_PAUSE_S, handover_cost, smoothed
from audio.apart import learn, pieces_of, two
from audio.third import with_third
from audio.types import RATE_HZ, Block
from audio.vad import second_look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from audio.apart import Piece, Voices
    from audio.files import Recording
    from audio.speakers import Embedder, Points
    from audio.types import Samples

CHUNK_SAMPLES: Final = 20 * RATE_HZ
"""What is looked at at once, so that the longest recording costs no memory."""

ALL_CHUNKS: Final = 30
"""Of the first ten minutes everything is heard ..."""
EVERY: Final = 4
"""... and of what follows one chunk in so many: by then the voices are known."""

KNOWN_BY_S: Final = 2.5
"""A voice is known by so much speech, or by the words in it ..."""
GOES_ON_S: Final = 0.8
"""... with pauses of up to so long in it; of longer speech ..."""
SHOWN_S: Final = 8.0
"""... the first so many seconds."""

FIRST_PIECES: Final = 2
"""The longer one of so many says whose voice the first is."""

ENROLLED_FROM: Final = 0.12
"""An enrolled voice must be so much nearer to one of the two than to the other (cosine)."""

ONE_VOICE: Final = (
    "Both sides are on one channel, and no two voices could be told apart in it, so who spoke is "
    "not known and no signals are raised. Use a recording with one channel a speaker, or one file "
    "a speaker (--me-file, --them-file)."
)

THIRD_VOICE: Final = (
    "There is a third voice in it: what it says is given to nobody (speaker unknown), and no "
    "signals are raised on it."
)


class Mine(StrEnum):
    """Which of two voices is mine."""

    FIRST = "first"
    SECOND = "second"
    MORE = "more"
    LESS = "less"


_WHO: Final = {
    Mine.FIRST: "the one who speaks first",
    Mine.SECOND: "the one who speaks second",
    Mine.MORE: "the one who speaks more",
    Mine.LESS: "the one who speaks less",
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where a voice is heard alone."""

    start_sample: int
    end_sample: int


@dataclass(frozen=True, slots=True)
class Apart:
    """What came of it."""

    known: Known | None
    """None: there are no two voices in it."""
    told: str
    """What to tell the user."""
    guess: bool = False
    """True when nobody said which voice is mine."""
    heard: tuple[Stretch, ...] = ()
    """A stretch of the first voice and one of the second, to know them by."""


def mine_from(text: str) -> Mine:
    """Which voice `--me` names.

    Raises:
        ConfigError: none.
    """
    try:
        return Mine(text)
    except ValueError:
        raise ConfigError(
            f"--me {text!r} does not fit a recording with both sides on one channel: give first, "
            "second, more or less."
        ) from None


def tell_apart(
    recording: Recording,
    embedder: Embedder,
    me: Mine | None,
    enrolled: Points | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> Apart:
    """The two voices of a recording with one channel, the one who speaks first first.

    Args:
        recording: one leg, whose speaker is unknown.
        embedder: what hears voices.
        me: which of them is mine, if the user said.
        enrolled: my voice, float32 [d], if I am enrolled.
        progress: told how many seconds have been heard.

    Raises:
        CallFileError: the file has gone.
    """
    pieces: list[Piece] = []
    for number, (start, chunk) in enumerate(_chunks(recording)):
        if number < ALL_CHUNKS or number % EVERY == 0:
            pieces += pieces_of(chunk, second_look(chunk).spans, start, embedder)
        progress((start + len(chunk)) / RATE_HZ)
    voices = learn(pieces)
    if voices is None or not two(voices):
        return Apart(None, ONE_VOICE)
    voices, third = with_third(pieces, voices, _mine(pieces, me, enrolled))
    if third is not None:
        spoken = third.odds(pieces) > 0
        pieces = [p for p, other in zip(pieces, spoken, strict=True) if not other]
    told = "" if third is None else f" {THIRD_VOICE}"
    first = _sides(voices, pieces)
    if not first[0]:
        voices, first = voices.swapped(), ~first
    if me is None and enrolled is not None:
        near = voices.middles @ enrolled
        if abs(float(near[0] - near[1])) >= ENROLLED_FROM:
            known = Known(voices, me_first=bool(near[0] > near[1]), third=third)
            return Apart(known, _told("the one whose voice is enrolled") + told)
    known = Known(voices, _is_first(me or Mine.FIRST, first, pieces), third=third)
    if me is not None:
        return Apart(known, _told_of(me) + told)
    heard = tuple(_stretch(pieces, side) for side in (first, ~first))
    return Apart(known, _told_of(me) + told, guess=True, heard=heard)


def chosen(apart: Apart, *, me_first: bool) -> Apart:
    """The same, now that the user said which voice is theirs."""
    if apart.known is None:
        return apart
    third = "" if apart.known.third is None else f" {THIRD_VOICE}"
    known = replace(apart.known, me_first=me_first)
    return Apart(known, _told("the one you chose") + third)


def _stretch(pieces: Sequence[Piece], its: np.ndarray) -> Stretch:
    """The first stretch of a voice that is long enough to be known by, else the longest."""
    found: list[Stretch] = []
    before = False
    for piece, same in zip(pieces, its, strict=True):
        if same and before and piece.start_sample - found[-1].end_sample <= GOES_ON_S * RATE_HZ:
            found[-1] = replace(found[-1], end_sample=piece.end_sample)
        elif same:
            found.append(Stretch(piece.start_sample, piece.end_sample))
        before = bool(same)
    long = (s for s in found if s.end_sample - s.start_sample >= KNOWN_BY_S * RATE_HZ)
    longest = max(found, key=lambda s: s.end_sample - s.start_sample)
    best = next(long, longest)
    most = best.start_sample + round(SHOWN_S * RATE_HZ)
    return replace(best, end_sample=min(best.end_sample, most))


def _mine(pieces: Sequence[Piece], me: Mine | None, enrolled: Points | None) -> Points | None:
    """My voice, roughly, as far as it is known before voices are told apart, float32 [d]."""
    if me is None and enrolled is not None:
        return enrolled
    if me in {None, Mine.FIRST}:
        return max(pieces[:FIRST_PIECES], key=lambda p: p.heard_samples).point
    return None


def _told_of(me: Mine | None) -> str:
    if me is not None:
        return _told(_WHO[me])
    return (
        f"{_told(_WHO[Mine.FIRST])} That is a guess: when it is wrong, play it with --me second, "
        "or swap the saved call (thatsright swap). Enrolled (thatsright enroll), your voice is "
        "known."
    )


def _told(who: str) -> str:
    return f"Both sides are on one channel; two voices were told apart. You are taken to be {who}."


def _sides(voices: Voices, pieces: Sequence[Piece]) -> np.ndarray:
    """For each piece whether it is the first voice's; bool [n]."""
    gaps = [LONG_PAUSE_S]
    gaps += [(b.start_sample - a.end_sample) / RATE_HZ for a, b in itertools.pairwise(pieces)]
    costs = [handover_cost(gap, inner=p.inner) for p, gap in zip(pieces, gaps, strict=True)]
    return np.asarray(smoothed(voices.odds(pieces), costs) >= 0.5)  # noqa: PLR2004 - more likely than not


def _is_first(me: Mine, first: np.ndarray, pieces: Sequence[Piece]) -> bool:
    lengths = np.array([p.end_sample - p.start_sample for p in pieces])
    more = bool(lengths[first].sum() >= lengths[~first].sum())
    return {Mine.FIRST: True, Mine.SECOND: False, Mine.MORE: more, Mine.LESS: not more}[me]


def _chunks(recording: Recording) -> Iterator[tuple[int, Samples]]:
    """The recording in long blocks, each with its first sample."""
    blocks = recording.items(CHUNK_SAMPLES)
    try:
        for item in blocks:
            if isinstance(item, Block) and len(item.samples):
                yield item.start_sample, item.samples
    finally:
        blocks.close()
