"""The other side taken out of the microphone: real voices, an artificial room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from command import SAMPLES
from hypothesis import given
from hypothesis import strategies as st

from assistant.feeds import LiveFeed
from audio.echo import ABSENT_WINDOWS, LEAD_SAMPLES, EchoMode, EchoStage
from audio.files import Note, Side, open_recording
from audio.types import RATE_HZ, Block, Samples, Speaker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audio.capture import Capture
    from audio.files import Item

ME, THEM = Speaker.ME, Speaker.THEM
BLOCK = RATE_HZ // 25
LENGTH_S = 28
LEARNS_S = 4
SOUNDS = 0.01
FRAME = 480
TAKEN_OUT_DB = 20
KEPT_DB = 1


@pytest.fixture(scope="module")
def legs() -> dict[Speaker, Samples]:
    """Both sides of a sample, as with headsets, with the noise of a microphone on mine."""
    parts: dict[Speaker, list[Samples]] = {ME: [], THEM: []}
    for item in open_recording(SAMPLES / "rent_review.ogg", Side.LEFT).items():
        if isinstance(item, Block):
            parts[item.speaker].append(item.samples)
    both = {who: np.concatenate(p)[: LENGTH_S * RATE_HZ] for who, p in parts.items()}
    both[ME] = both[ME] + noise(len(both[ME]), 1) * 0.001
    return both


def noise(length: int, seed: int) -> Samples:
    return np.random.default_rng(seed).standard_normal(length).astype(np.float32)


def echo(theirs: Samples, delay_ms: float, gain: float = 0.2) -> Samples:
    """What comes back from a room of 0.3 s; before it was played when `delay_ms` is negative."""
    length = int(0.3 * RATE_HZ)
    fading = np.exp(-6.9 * np.arange(length) / length)
    response = 0.02 * noise(length, 2) * fading
    response[0] = 1.0
    n = 1 << (len(theirs) + length).bit_length()
    heard = np.fft.irfft(np.fft.rfft(theirs, n) * np.fft.rfft(response, n), n)[: len(theirs)]
    shift = round(delay_ms * RATE_HZ / 1000)
    heard = np.roll(heard, shift)
    heard[: max(shift, 0)] = 0
    heard[len(heard) + min(shift, 0) :] = 0
    return (gain * heard).astype(np.float32)


def blocks(mine: Samples, theirs: Samples) -> Iterator[Block]:
    for at in range(0, len(mine), BLOCK):
        yield Block(ME, at, mine[at : at + BLOCK])
        yield Block(THEM, at, theirs[at : at + BLOCK])


def through(stage: EchoStage, mine: Samples, theirs: Samples) -> list[Block]:
    """My leg's blocks as they are handed on."""
    items = [each for block in blocks(mine, theirs) for each in stage.take(block)]
    assert [b.speaker for b in items] == [ME, THEM] * (len(items) // 2)
    assert np.array_equal(sound([b for b in items if b.speaker is THEM]), theirs)
    return [b for b in items if b.speaker is ME]


def sound(heard: list[Block]) -> Samples:
    return np.concatenate([block.samples for block in heard])


def level_db(samples: Samples, only: Samples) -> float:
    """Of the 30 ms in which `only` sounds, once there was time to learn."""
    frames = [x[LEARNS_S * RATE_HZ :] for x in (samples, only)]
    frames = [x[: len(x) // FRAME * FRAME].reshape(-1, FRAME) for x in frames]
    sounding = np.sqrt((frames[1] ** 2).mean(axis=1)) > SOUNDS
    assert sounding.sum() > RATE_HZ // FRAME
    return 20 * float(np.log10(np.sqrt((frames[0][sounding] ** 2).mean())))


def silent_where(samples: Samples, other: Samples) -> Samples:
    """`samples` where `other` is silent for a while: only one of them talks."""
    loud = np.convolve(np.abs(other) > SOUNDS, np.ones(RATE_HZ // 2), "same") > 0
    return np.where(loud, 0, samples).astype(np.float32)


@pytest.mark.parametrize("delay_ms", [0, 250])
def test_an_echo_is_taken_out_and_my_voice_stays(
    legs: dict[Speaker, Samples], delay_ms: float
) -> None:
    back = echo(legs[THEM], delay_ms)
    stage = EchoStage(EchoMode.AUTO)
    heard = through(stage, legs[ME] + back, legs[THEM])
    they_alone = silent_where(back, legs[ME])
    assert level_db(back, they_alone) - level_db(sound(heard), they_alone) > TAKEN_OUT_DB
    i_alone = silent_where(legs[ME], legs[THEM])
    assert abs(level_db(sound(heard), i_alone) - level_db(legs[ME], i_alone)) < KEPT_DB
    assert stage.taken_out
    assert all(block.echo for block in heard)


def test_an_echo_before_its_sound_shows_that_my_leg_is_early_and_moves_it(
    legs: dict[Speaker, Samples],
) -> None:
    back = echo(legs[THEM], -40)
    stage = EchoStage(EchoMode.AUTO)
    heard = sound(through(stage, legs[ME] + back, legs[THEM]))
    late = stage.late_samples
    assert late >= 40 * RATE_HZ // 1000 + LEAD_SAMPLES
    moved = np.concatenate([np.zeros(late, np.float32), back])[: len(back)]
    they_alone = silent_where(moved, legs[ME])
    assert level_db(moved, they_alone) - level_db(heard, they_alone) > TAKEN_OUT_DB


def test_with_a_headset_my_voice_is_handed_on_as_it_is(legs: dict[Speaker, Samples]) -> None:
    stage = EchoStage(EchoMode.AUTO)
    heard = through(stage, legs[ME], legs[THEM])
    assert not stage.taken_out
    assert stage.late_samples == 0
    since = next(i for i, block in enumerate(heard) if not block.echo)
    assert since * BLOCK < (ABSENT_WINDOWS + 9) * RATE_HZ
    assert not any(block.echo for block in heard[since:])
    assert np.array_equal(sound(heard[since:]), legs[ME][since * BLOCK :])


def test_a_headset_taken_off_in_the_call_is_noticed(legs: dict[Speaker, Samples]) -> None:
    stage = EchoStage(EchoMode.AUTO)
    through(stage, legs[ME], legs[THEM])
    assert not stage.taken_out
    back = echo(legs[THEM], 80)
    heard = through(stage, legs[ME] + back, legs[THEM])
    since = next(i for i, block in enumerate(heard) if block.echo)
    begins = int(np.flatnonzero(np.abs(back) > SOUNDS)[0])
    assert since * BLOCK - begins < LEARNS_S * RATE_HZ
    assert stage.taken_out


def test_on_takes_out_always_and_off_never(legs: dict[Speaker, Samples]) -> None:
    assert all(b.echo for b in through(EchoStage(EchoMode.ON), legs[ME], legs[THEM]))
    off = through(EchoStage(EchoMode.OFF), legs[ME], legs[THEM])
    assert np.array_equal(sound(off), legs[ME])
    assert not any(block.echo for block in off)


def test_before_they_said_anything_nothing_is_decided(legs: dict[Speaker, Samples]) -> None:
    stage = EchoStage(EchoMode.AUTO)
    through(stage, legs[ME], np.zeros_like(legs[ME]))
    assert stage.taken_out


class Nothing:
    """Takes nothing out."""

    def cancel(self, mine: Samples, theirs: Samples) -> Samples:
        assert len(mine) == len(theirs)
        return mine


@given(lengths=st.lists(st.integers(1, 2000), max_size=8), mode=st.sampled_from(EchoMode))
def test_every_block_stays_where_it_is(lengths: list[int], mode: EchoMode) -> None:
    stage = EchoStage(mode, Nothing())
    at = 0
    for length in lengths:
        mine, theirs = Block(ME, at, noise(length, at)), Block(THEM, at, noise(length, at + 1))
        assert stage.take(mine) == ()
        heard, same = stage.take(theirs)
        assert same is theirs
        assert (heard.speaker, heard.start_sample) == (ME, at)
        assert np.array_equal(heard.samples, mine.samples)
        at += length


class Devices:
    """A capture of what is given."""

    speakers = (ME, THEM)

    def __init__(self, heard: list[Item], left: list[Item]) -> None:
        self._heard, self._left = heard, left

    def items(self) -> Iterator[Item | None]:
        for item in self._heard:
            yield item
            yield None

    def rest(self) -> Iterator[Item]:
        yield from self._left


def test_a_live_call_is_heard_without_echo_also_when_hung_up_between_its_legs(
    legs: dict[Speaker, Samples],
) -> None:
    mine = legs[ME] + echo(legs[THEM], 60)
    items: list[Item] = [Note("a note", 0), *blocks(mine, legs[THEM])]
    devices: Capture = Devices(items[:500], items[500:])  # type: ignore[assignment]
    feed = LiveFeed(devices, None, EchoStage(EchoMode.AUTO))
    fed = list(feed.items(lambda _at_s: True))
    heard = [each for each in fed if isinstance(each, Block)]
    assert [(b.speaker, b.start_sample) for b in heard] == [
        (b.speaker, b.start_sample) for b in items if isinstance(b, Block)
    ]
    wanted = through(EchoStage(EchoMode.AUTO), mine, legs[THEM])
    assert np.array_equal(sound([b for b in heard if b.speaker is ME]), sound(wanted))


def test_without_the_stage_a_live_call_is_heard_as_it_comes(legs: dict[Speaker, Samples]) -> None:
    items: list[Item] = list(blocks(legs[ME], legs[THEM]))
    devices: Capture = Devices(items, [])  # type: ignore[assignment]
    assert list(LiveFeed(devices).items(lambda _at_s: True)) == items
