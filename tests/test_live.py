from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.devices import Chunk, Device, Gone, Inbox, Item, Opened, Way
from audio.devices.kinds import MOST_WAITING_S
from audio.files import Note
from audio.live import BEHIND_S, BLOCK_SAMPLES, WAITS_SAMPLES, Lockstep
from audio.types import RATE_HZ, Block, Samples, Speaker

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from audio.files import Item as CallItem

ME, THEM = Speaker.ME, Speaker.THEM
WAITS_S = WAITS_SAMPLES / RATE_HZ


def device(name: str, rate_hz: int = RATE_HZ, channels: int = 1) -> Device:
    return Device(
        0, name, name, rate_hz, channels, loopback=False, default=False, way=Way.PORTAUDIO
    )


class Call:
    """Two legs fed by hand; what came out of it."""

    def __init__(self, speakers: Sequence[Speaker] = (ME, THEM), begins_s: float = 0.0) -> None:
        self.lockstep = Lockstep(speakers, begins_s)
        self.sound: dict[Speaker, list[Samples]] = {s: [] for s in speakers}
        self.notes: list[Note] = []
        self._at = 0

    def opened(self, who: Speaker, at_s: float, name: str = "Headset", rate: int = RATE_HZ) -> None:
        self.lockstep.push(Item(who, Opened(device(name, rate), at_s)))

    def gone(self, who: Speaker, at_s: float, reason: str = "Headset has gone") -> None:
        self.lockstep.push(Item(who, Gone(reason, at_s)))

    def chunk(
        self, who: Speaker, sound: Samples, at_s: float, rate: int = RATE_HZ, missed: int = 0
    ) -> None:
        frames = sound[:, None] if sound.ndim == 1 else sound
        self.lockstep.push(Item(who, Chunk(frames.astype(np.float32), rate, at_s, missed)))

    def now(self, now_s: float) -> None:
        self._take(self.lockstep.take(now_s))

    def finish(self) -> None:
        self._take(self.lockstep.finish())

    def heard(self, who: Speaker) -> Samples:
        return np.concatenate([*self.sound[who], np.zeros(0, np.float32)])

    def _take(self, items: Iterable[CallItem]) -> None:
        at: dict[Speaker, int] = {}
        for item in items:
            if isinstance(item, Note):
                self.notes.append(item)
                continue
            assert isinstance(item, Block)
            have = sum(map(len, self.sound[item.speaker]))
            assert item.start_sample == have
            self.sound[item.speaker].append(item.samples)
            at[item.speaker] = have + len(item.samples)
        assert len(set(at.values())) <= 1


def steady(seconds: float, value: float = 0.25) -> Samples:
    return np.full(round(seconds * RATE_HZ), value, np.float32)


def test_both_legs_come_in_lockstep_as_soon_as_both_are_there() -> None:
    call = Call()
    call.opened(ME, 0.0)
    call.opened(THEM, 0.0)
    call.chunk(ME, steady(0.04), 0.04)
    call.now(0.04)
    assert len(call.heard(ME)) == 0
    call.chunk(THEM, steady(0.04, 0.5), 0.04)
    call.now(0.041)
    assert len(call.heard(ME)) == len(call.heard(THEM)) == BLOCK_SAMPLES
    assert call.heard(THEM)[0] == 0.5
    assert call.notes == []


def test_an_open_leg_that_gives_nothing_is_waited_for_and_then_silent() -> None:
    call = Call()
    call.opened(ME, 0.0)
    call.opened(THEM, 0.0)
    call.chunk(ME, steady(2.0), 2.0)
    call.now(WAITS_S - 0.01)
    assert len(call.heard(ME)) == 0
    call.now(2.0)
    assert len(call.heard(ME)) == pytest.approx((2.0 - WAITS_S) * RATE_HZ, abs=BLOCK_SAMPLES)
    assert not call.heard(THEM).any()


def test_a_leg_that_is_gone_holds_nobody_up_and_the_gap_is_told_with_its_length() -> None:
    call = Call()
    for who in (ME, THEM):
        call.opened(who, 0.0)
        call.chunk(who, steady(1.0), 1.0)
    call.gone(THEM, 1.1)
    call.chunk(ME, steady(3.0), 4.0)
    call.now(4.0)
    assert len(call.heard(ME)) == 4 * RATE_HZ
    call.opened(THEM, 4.0)
    call.chunk(THEM, steady(1.0, 0.5), 5.0)
    call.chunk(ME, steady(1.0), 5.0)
    call.now(5.0)
    theirs = call.heard(THEM)
    assert not theirs[RATE_HZ : 4 * RATE_HZ].any()
    assert (theirs[: RATE_HZ - 1] == 0.25).all()
    assert (theirs[4 * RATE_HZ + 1 :] == 0.5).all()
    first, second = (note.message for note in call.notes)
    assert first.startswith("The other side is not heard: Headset has gone.")
    assert second.startswith("The other side is back. It was not heard for 3.0 s, from 0:01.0.")


def test_another_device_is_named_and_a_change_for_the_better_is_told_once() -> None:
    call = Call((ME,))
    call.opened(ME, 0.0)
    call.chunk(ME, steady(1.0), 1.0)
    call.gone(ME, 1.0, "")
    call.opened(ME, 1.2, "Webcam")
    call.now(1.2)
    (note,) = call.notes
    assert note.message == (
        "Your microphone is heard from Webcam now. It was not heard for 0.2 s, from 0:01.0."
    )


def test_a_device_that_never_opens_is_told_once_however_often_it_is_tried() -> None:
    call = Call()
    call.opened(ME, 0.0)
    for attempt in range(20):
        call.gone(THEM, attempt * 0.2, "Loudspeaker cannot be opened")
        call.now(attempt * 0.2)
    (note,) = call.notes
    assert "Loudspeaker cannot be opened" in note.message


def test_what_was_dropped_is_silent_stays_in_place_and_is_told() -> None:
    call = Call((ME,))
    call.opened(ME, 0.0)
    call.chunk(ME, steady(1.0), 1.0)
    call.chunk(ME, steady(1.0, 0.5), 4.0, missed=2 * RATE_HZ)
    call.now(4.0)
    mine = call.heard(ME)
    assert len(mine) == 4 * RATE_HZ
    assert not mine[RATE_HZ : 3 * RATE_HZ].any()
    assert (mine[3 * RATE_HZ :] == 0.5).all()
    (note,) = call.notes
    assert note.message.startswith("Your microphone: 2.0 s of sound were lost")


def test_a_burst_after_silence_stood_in_is_cut_to_where_it_belongs() -> None:
    call = Call()
    for who in (ME, THEM):
        call.opened(who, 0.0)
        call.chunk(who, steady(1.0), 1.0)
    call.chunk(ME, steady(2.0), 3.0)
    call.now(3.0)
    handed = len(call.heard(THEM))
    assert handed == pytest.approx((3.0 - WAITS_S) * RATE_HZ, abs=BLOCK_SAMPLES)
    call.chunk(THEM, np.linspace(0.1, 0.9, 2 * RATE_HZ, dtype=np.float32), 3.0)
    call.now(3.0)
    theirs = call.heard(THEM)
    assert len(theirs) == 3 * RATE_HZ
    assert theirs[-1] == pytest.approx(0.9, abs=1e-3)  # not shifted
    assert not theirs[RATE_HZ:handed].any()
    assert "1.5 s of sound were lost" in call.notes[0].message


def test_a_leg_dead_for_15_s_of_the_others_talk_is_told_once_and_not_in_a_quiet_call() -> None:
    quiet, talked = Call(), Call()
    for call, level in ((quiet, 0.001), (talked, 0.2)):
        for who in (ME, THEM):
            call.opened(who, 0.0)
        for second in range(1, 41):
            call.chunk(ME, steady(1.0, level), second)
            call.chunk(THEM, steady(1.0, 0.0), second)
            call.now(second)
    assert quiet.notes == []
    (note,) = talked.notes
    assert note.at_sample == pytest.approx(15 * RATE_HZ, abs=RATE_HZ)
    assert "was not heard during 15 s of the other's talk: Headset gives only silence" in (
        note.message
    )


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(220, 4000), min_size=1, max_size=30))
def test_the_same_sound_comes_out_however_it_was_chopped(cuts: list[int]) -> None:
    # from 5 ms on: over a few frames, channels of noise may seem to cancel each other out
    sound = np.random.default_rng(7).normal(0, 0.1, (44_100, 2)).astype(np.float32)

    def through(pieces: list[int]) -> Samples:
        call = Call((ME,))
        call.opened(ME, 0.0, rate=44_100)
        at = 0
        for piece in [*pieces, len(sound)]:
            part = sound[at : at + piece]
            at += len(part)
            if len(part):
                call.chunk(ME, part, at / 44_100, rate=44_100)
        call.now(1.0)
        call.finish()
        return call.heard(ME)

    np.testing.assert_allclose(through(cuts), through([]), atol=1e-5)


def test_two_devices_whose_clocks_run_apart_are_heard_at_the_same_time() -> None:
    """Clicks at the same moments, for a minute; left alone they would end up 240 ms apart."""
    call = Call()
    rates = {ME: 48_000 * 1.002, THEM: 44_100 * 0.998}
    named = {ME: 48_000, THEM: 44_100}
    moments = np.arange(1, 60) + 0.123
    chunk_s = 0.05
    for who, rate in rates.items():
        call.opened(who, 0.0, rate=named[who])
        sound = np.zeros(round(61 * rate), np.float32)
        for moment in moments:
            at = round(moment * rate)
            sound[at : at + 200] = 0.9
        size = round(chunk_s * rate)
        for start in range(0, len(sound), size):
            part = sound[start : start + size]
            call.chunk(who, part, (start + len(part)) / rate, rate=named[who])
    call.now(61.0)
    call.finish()
    found = []
    for who in (ME, THEM):
        loud = np.flatnonzero(np.abs(call.heard(who)) > 0.4)
        found.append(loud[np.diff(loud, prepend=-RATE_HZ) > RATE_HZ // 2] / RATE_HZ)
    assert len(found[0]) == len(found[1]) == len(moments)
    assert np.abs(found[0] - found[1]).max() < 0.05
    assert np.abs(found[0] - moments).max() < 0.05


def test_what_nobody_fetches_is_dropped_and_counted_without_waiting() -> None:
    inbox = Inbox(lambda: 5.0)
    mouth = inbox.mouth(ME)
    mouth.opened(device("Headset"))
    second = np.zeros((RATE_HZ, 1), np.float32)
    for _ in range(int(MOST_WAITING_S) + 7):
        mouth.sound(second)
    item = inbox.take(0.0)
    assert item is not None
    assert isinstance(item.what, Opened)
    kept = 0
    while (item := inbox.take(0.0)) is not None:
        assert isinstance(item.what, Chunk)
        assert item.what.missed_frames == 0
        kept += 1
    assert kept == MOST_WAITING_S
    mouth.sound(second)
    item = inbox.take(0.0)
    assert item is not None
    assert isinstance(item.what, Chunk)
    assert item.what.missed_frames == 7 * RATE_HZ


def test_a_stream_that_does_not_wait_for_its_device_does_not_run_ahead_of_the_call() -> None:
    """Nor do frames that were dropped on the way: counted by the million, they are no time."""
    call = Call()
    for who in (ME, THEM):
        call.opened(who, 0.0)
    for round_ in range(200):
        for who in (ME, THEM):
            call.chunk(who, steady(0.5), 3.0, missed=round_ * RATE_HZ)
    call.now(3.0)
    call.finish()
    assert len(call.heard(THEM)) <= (3.0 + 1.0) * RATE_HZ
    assert len(call.heard(ME)) == len(call.heard(THEM))


@pytest.mark.parametrize("still_s", [0.8, 20.0])
def test_after_sound_that_was_missing_untold_the_leg_is_heard_again_at_once(still_s: float) -> None:
    """As a device that stood still, or a computer whose clock went on while it slept."""
    call = Call((ME,))
    call.opened(ME, 0.0)
    begins_s, step_s, goes_on_s = 5.0, 0.02, 3.0
    for at_s in (
        *np.arange(0, begins_s, step_s),
        *np.arange(0, goes_on_s, step_s) + begins_s + still_s,
    ):
        call.chunk(ME, steady(step_s), at_s + step_s)
        call.now(at_s + step_s)
    call.finish()
    heard = call.heard(ME)
    assert len(heard) == pytest.approx(
        (begins_s + still_s + goes_on_s) * RATE_HZ, abs=BLOCK_SAMPLES
    )
    after = heard[round((begins_s + still_s) * RATE_HZ) :]
    assert after.astype(bool).sum() > (goes_on_s - 2 * BEHIND_S) * RATE_HZ
    (note,) = call.notes
    assert f"{still_s + BEHIND_S:.1f} s of sound were lost" in note.message


def test_sound_that_is_only_late_stays_where_it_belongs() -> None:
    """It comes in a burst, after silence stood in for its beginning."""
    call = Call((ME,))
    call.opened(ME, 0.0)
    call.chunk(ME, steady(1.0), 1.0)
    call.now(1.0)
    late_s = 2.0
    call.now(1.0 + late_s)
    for _ in range(100):
        call.chunk(ME, steady(late_s / 100), 1.0 + late_s)
    call.chunk(ME, steady(1.0, 0.5), 2.0 + late_s)
    call.now(2.0 + late_s)
    heard = call.heard(ME)
    assert (heard[round((1.0 + late_s) * RATE_HZ) :] == 0.5).all()
    assert (heard[round((1.0 + late_s - WAITS_S) * RATE_HZ) + BLOCK_SAMPLES :] > 0).all()
