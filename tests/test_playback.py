"""Pacing, against a clock of the test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant.runtime import MAX_SPEED, Playback
from assistant.runtime.playback import LONGEST_WAIT_S, WATCHED_SPEED

if TYPE_CHECKING:
    from scripted import Clock


def playback(clock: Clock, speed: float) -> Playback:
    made = Playback(speed)
    made._changed = clock
    return made


@pytest.mark.parametrize("speed", [0.5, 1.0, 3.0])
def test_waiting_takes_call_time_by_speed(clock: Clock, speed: float) -> None:
    playing = playback(clock, speed)
    assert playing.wait_until(6.0)
    assert sum(w for w in clock.waited if w) == pytest.approx(6.0 / speed)
    assert playing.position_s == pytest.approx(6.0)
    assert playing.wait_until(5.0)  # what is past is not waited for
    assert len(clock.waited) == 1


def test_at_most_speed_nothing_waits_and_the_position_follows(clock: Clock) -> None:
    playing = playback(clock, MAX_SPEED)
    assert playing.wait_until(3600.0)
    assert playing.wait_until(10.0)
    assert (playing.position_s, clock.waited) == (3600.0, [])
    playing.set_speed(1.0)
    assert playing.wait_until(3602.0)
    assert clock.waited == [pytest.approx(2.0)]


def test_another_speed_counts_from_where_it_stands(clock: Clock) -> None:
    playing = playback(clock, 1.0)
    clock.meanwhile[0] = lambda: playing.set_speed(10.0)
    assert playing.wait_until(8.0)
    assert clock.waited == [pytest.approx(8.0), pytest.approx(0.4)]
    assert playing.speed == 10.0


def test_time_stands_still_while_paused(clock: Clock) -> None:
    playing = playback(clock, 1.0)
    clock.meanwhile = {0: playing.pause, 1: playing.resume}
    assert playing.wait_until(8.0)
    assert clock.waited == [pytest.approx(8.0), None, pytest.approx(4.0)]
    assert playing.position_s == pytest.approx(8.0)
    assert not playing.paused


@pytest.mark.parametrize("speed", [1.0, MAX_SPEED])
def test_a_step_runs_until_something_was_said(clock: Clock, speed: float) -> None:
    playing = playback(clock, speed)
    playing.pause()
    clock.meanwhile[0] = playing.step
    assert playing.wait_until(4.0)
    assert (playing.paused, playing.position_s) == (False, pytest.approx(4.0))
    playing.said()
    assert playing.paused
    clock.now_s += 50
    assert playing.position_s == pytest.approx(4.0)
    playing.resume()
    playing.said()  # nobody steps any more
    assert not playing.paused


def test_a_step_while_it_plays_does_nothing(clock: Clock) -> None:
    playing = playback(clock, 1.0)
    playing.step()
    playing.said()
    assert not playing.paused


@pytest.mark.parametrize("paused", ["playing", "paused"])
def test_stop_ends_a_wait(clock: Clock, paused: str) -> None:
    playing = playback(clock, 1.0)
    if paused == "paused":
        playing.pause()
    clock.meanwhile[0] = playing.stop
    assert not playing.wait_until(8.0)
    assert playing.stopped
    assert not playing.wait_until(0.0)
    assert len(clock.waited) == 1


def test_hanging_up_ends_a_wait_and_is_no_stop(clock: Clock) -> None:
    playing = playback(clock, 1.0)
    clock.meanwhile[0] = playing.finish
    assert not playing.wait_until(8.0)
    assert (playing.finishing, playing.stopped) == (True, False)
    assert not playing.wait_until(0.0)
    assert len(clock.waited) == 1


def test_a_very_long_wait_is_taken_in_parts(clock: Clock) -> None:
    playing = playback(clock, 1e-9)
    clock.meanwhile[2] = playing.stop
    assert not playing.wait_until(1e5)
    assert clock.waited == [LONGEST_WAIT_S] * 3


def test_time_spent_loading_is_no_call_time(clock: Clock) -> None:
    playing = playback(clock, 1.0)
    clock.now_s += 30.0
    playing.begin()
    assert playing.position_s == 0.0
    assert playing.wait_until(2.0)
    assert sum(w for w in clock.waited if w) == pytest.approx(2.0)


def test_a_pause_asked_for_while_loading_holds(clock: Clock) -> None:
    playing = playback(clock, 1.0)
    playing.pause()
    playing.begin()
    clock.meanwhile = {0: playing.stop}
    assert not playing.wait_until(2.0)
    assert playing.position_s == 0.0


@pytest.mark.parametrize(
    ("speed", "watched"),
    [(0.5, True), (1.0, True), (WATCHED_SPEED, True), (2.1, False), (MAX_SPEED, False)],
)
def test_who_plays_faster_than_anybody_reads_is_not_watched(
    clock: Clock,
    speed: float,
    watched: bool,  # noqa: FBT001 - a column of the table
) -> None:
    playing = playback(clock, 1.0)
    playing.set_speed(speed)
    assert playing.watched is watched
