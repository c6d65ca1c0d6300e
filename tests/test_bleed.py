"""Each side faintly on the other's channel: found, taken out, and nothing else touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from command import SAMPLES
from hypothesis import given, settings
from hypothesis import strategies as st
from recordings import write_wav

from audio import bleed
from audio.bleed import Bleeds, Cleaner
from audio.files import Note, Side, open_recording
from audio.types import RATE_HZ, Block, Samples, Speaker

if TYPE_CHECKING:
    from pathlib import Path

ME, THEM = Speaker.ME, Speaker.THEM
FRAME = RATE_HZ // 20


@pytest.fixture(scope="module")
def legs() -> tuple[Samples, Samples]:
    """Both sides of the first minute of a sample, as with headsets."""
    recording = open_recording(SAMPLES / "rent_review.ogg", Side.LEFT)
    mine, theirs = heard(list(recording.items(as_recorded=True)))
    return mine[: 60 * RATE_HZ], theirs[: 60 * RATE_HZ]


def heard(items: list[Block | Note]) -> tuple[Samples, Samples]:
    mine, theirs = (
        np.concatenate([b.samples for b in items if isinstance(b, Block) and b.speaker is who])
        for who in (ME, THEM)
    )
    return mine, theirs


def on(leg: Samples, other: Samples, level_db: float, delay: int = 0) -> Samples:
    """The leg with the other on it, so much later; without highs."""
    soft = np.convolve(other, np.full(3, 1 / 3), mode="same").astype(np.float32)
    later = np.pad(soft, (delay, 0))[: len(leg)]
    return (leg + later * np.float32(10 ** (level_db / 20))).astype(np.float32)


def measured(mine: Samples, theirs: Samples) -> Bleeds:
    size = 20 * RATE_HZ
    return bleed.measured(
        lambda: ((mine[i : i + size], theirs[i : i + size]) for i in range(0, len(mine), size))
    )


def power_db(sound: Samples) -> float:
    return float(10 * np.log10(max(float(np.mean(np.square(sound, dtype=np.float64))), 1e-12)))


def alone(who: Samples, other: Samples) -> np.ndarray:
    """Samples at which one speaks and the other is silent."""
    count = len(who) // FRAME
    here, there = (
        np.square(x[: count * FRAME].reshape(count, FRAME)).mean(axis=1) for x in (who, other)
    )
    return np.repeat((here > 1e-4) & (there < 3e-6), FRAME)


@pytest.mark.parametrize("delay", [0, 80, 2_400])
@pytest.mark.parametrize("level_db", [-15, -30])
def test_what_comes_back_is_found_with_its_delay_and_level(
    legs: tuple[Samples, Samples], level_db: float, delay: int
) -> None:
    mine, theirs = legs
    found = measured(on(mine, theirs, level_db, delay), theirs)
    assert found.in_theirs is None
    assert found.in_mine is not None
    assert abs(found.in_mine.lag_samples - delay) <= 2
    assert found.in_mine.level_db == pytest.approx(level_db, abs=1.5)


@pytest.mark.parametrize("name", ["look_alikes", "rent_review_phone"])
def test_legs_that_are_apart_are_left_as_they_are(name: str) -> None:
    recording = open_recording(SAMPLES / f"{name}.ogg", Side.LEFT)
    items = list(recording.items())
    assert not [item for item in items if isinstance(item, Note)]
    raw = heard(list(recording.items(as_recorded=True)))
    assert all(np.array_equal(a, b) for a, b in zip(heard(items), raw, strict=True))


@pytest.mark.parametrize("level_db", [-15, -30])
def test_it_is_silent_where_the_other_speaks_and_own_speech_is_whole(
    legs: tuple[Samples, Samples], level_db: float
) -> None:
    mine, theirs = legs
    both = on(mine, theirs, level_db, 80), on(theirs, mine, level_db, 80)
    cleaner = Cleaner(measured(*both))
    parts = [cleaner.push(*both), cleaner.finish()]
    for own, other, before, after in zip(
        (mine, theirs),
        (theirs, mine),
        both,
        (np.concatenate(p) for p in zip(*parts, strict=True)),
        strict=True,
    ):
        assert len(after) == len(own)
        there = alone(other, own)
        there = np.pad(there, (0, len(own) - len(there)))
        assert power_db(after[there]) < power_db(before[there]) - 15
        here = alone(own, other)
        here = np.pad(here, (0, len(own) - len(here)))
        assert power_db((after - own)[here]) < power_db(own[here]) - 25


def test_who_speaks_over_the_other_is_heard() -> None:
    recording = open_recording(SAMPLES / "rent_review.ogg", Side.LEFT)
    mine, theirs = heard(list(recording.items(as_recorded=True)))
    mine, theirs = mine[: 60 * RATE_HZ].copy(), theirs[: 60 * RATE_HZ]
    found = measured(on(mine, theirs, -15), theirs)
    talk = np.flatnonzero(alone(theirs, mine))
    begin = int(talk[len(talk) // 2])
    word = np.flatnonzero(np.abs(mine) > 0.05)[0]
    reply = mine[word : word + RATE_HZ // 2] * 0.5
    mine[begin : begin + len(reply)] += reply
    cleaner = Cleaner(Bleeds(found.in_mine, None))
    both = on(mine, theirs, -15), theirs
    after = np.concatenate([cleaner.push(*both)[0], cleaner.finish()[0]])
    over = slice(begin, begin + len(reply))
    assert power_db((after - mine)[over]) < power_db(mine[over]) - 10


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(1, 3 * RATE_HZ), min_size=1, max_size=8))
def test_what_is_cleaned_does_not_depend_on_how_it_comes(sizes: list[int]) -> None:
    chance = np.random.default_rng(4)
    length = sum(sizes)
    theirs = (chance.standard_normal(length) * 0.1).astype(np.float32)
    mine = (theirs * 0.1).astype(np.float32)
    bursts = np.repeat(np.arange(16) % 2, RATE_HZ // 2)
    talk = (chance.standard_normal(8 * RATE_HZ) * 0.1 * bursts).astype(np.float32)
    bleeds = measured(talk * np.float32(0.1), talk)
    assert bleeds.in_mine is not None
    whole, cut = Cleaner(bleeds), Cleaner(bleeds)
    one = np.concatenate([whole.push(mine, theirs)[0], whole.finish()[0]])
    parts, at = [], 0
    for size in sizes:
        parts.append(cut.push(mine[at : at + size], theirs[at : at + size])[0])
        at += size
    other = np.concatenate([*parts, cut.finish()[0]])
    assert len(one) == len(other) == length
    assert np.allclose(one, other, atol=1e-6)
    assert power_db(one) < power_db(mine) - 20


@pytest.mark.parametrize("block", [640, 8_000])
def test_a_file_with_it_is_cleaned_and_the_user_is_told(
    legs: tuple[Samples, Samples], tmp_path: Path, block: int
) -> None:
    mine, theirs = legs
    both = np.stack([on(mine, theirs, -20, 80), on(theirs, mine, -25, 80)])
    recording = open_recording(write_wav(tmp_path / "call.wav", both, RATE_HZ), Side.LEFT)
    items = list(recording.items(block))
    (note,) = [item for item in items if isinstance(item, Note)]
    assert "faintly on the other's channel" in note.message
    assert "they on yours (20 dB fainter)" in note.message or "(21 dB" in note.message
    blocks = [item for item in items if isinstance(item, Block)]
    assert [b.speaker for b in blocks[:4]] == [ME, THEM, ME, THEM]
    assert [b.start_sample for b in blocks[::2]] == list(range(0, len(mine), block))
    cleaned = heard(items)
    assert len(cleaned[0]) == len(mine)
    there = alone(theirs, mine)
    assert power_db(cleaned[0][: len(there)][there]) < power_db(both[0][: len(there)][there]) - 15


def test_noise_that_both_legs_have_is_no_bleed_through(legs: tuple[Samples, Samples]) -> None:
    chance = np.random.default_rng(7)
    noise = (chance.standard_normal(len(legs[0])) * 0.01).astype(np.float32)
    assert not measured(legs[0] + noise, legs[1] + noise)
