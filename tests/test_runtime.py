"""Threads: pacing against a clock of the test's own, then a session with a scripted recogniser."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import pytest
from recordings import two_voices, write_wav
from talk import spoken

from assistant import phrases, runtime
from assistant.errors import ModelError
from assistant.feeds import AudioFeed, TranscriptFeed
from assistant.model import (
    CallInfo,
    CallStarted,
    CallWarning,
    Source,
    Speaker,
    SummaryReady,
    Tick,
    Transcript,
)
from assistant.runtime import LONGEST_WAIT_S, MAX_SPEED, QUEUED, CallSession, Playback
from audio.files import Side, open_recording
from audio.types import RATE_HZ, Utterance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from assistant.feeds import Fed, Feed, Until
    from assistant.model import Event, FinishedCall
    from audio.types import Samples

SOON_S = 20
"""What has not happened by then never will; nothing waits so long unless it is broken."""

ROUNDING_S = 1e-6
"""What is left of a wait after adding and subtracting."""


# ---- pacing ----------------------------------------------------------------------------------


class Clock(threading.Condition):
    """Stands in for the condition a playback waits on: waiting moves time, nobody sleeps."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 1000.0
        self.waited: list[float | None] = []
        self.meanwhile: dict[int, Callable[[], None]] = {}
        """What somebody does during a wait, by its number; it then ends halfway."""

    def monotonic(self) -> float:
        return self.now_s

    def wait(self, timeout: float | None = None) -> bool:
        number = len(self.waited)
        if timeout is None or timeout > ROUNDING_S:
            self.waited.append(timeout)
        act = self.meanwhile.get(number)
        if timeout is None:
            assert act is not None, "would wait for ever"
            self.now_s += 100
        else:
            self.now_s += timeout / 2 if act else max(timeout, ROUNDING_S)
        if act:
            act()
        return act is not None


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(runtime, "time", SimpleNamespace(monotonic=made.monotonic))
    return made


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


# ---- sessions --------------------------------------------------------------------------------


class Scripted:
    """A recogniser that says what it was told to say, or nothing."""

    name = "scripted"

    def __init__(self, says: Callable[[Utterance], str | None] = lambda _: "Yes.") -> None:
        self.says = says
        self.heard = 0

    def recognise(self, utterance: Utterance) -> Transcript | None:
        text = self.says(utterance)
        self.heard += 1
        start_s, end_s = utterance.start_sample / RATE_HZ, utterance.end_sample / RATE_HZ
        return None if text is None else Transcript(utterance.speaker, start_s, end_s, text)


class Made:
    """A feed of the test's own making."""

    def __init__(self, make: Callable[[Until], Iterator[Fed]]) -> None:
        self.items = make


def utterance(number: int) -> Utterance:
    start = number * RATE_HZ
    return Utterance(Speaker.ME, start, np.zeros(RATE_HZ // 2, np.float32), cut=False)


def session(
    feed: Feed, recogniser: Scripted | None = None, speed: float = MAX_SPEED
) -> CallSession:
    source = Source.AUDIO if recogniser else Source.TRANSCRIPT
    started = datetime(2026, 3, 4, tzinfo=UTC)
    info = CallInfo("a call", "a.wav", source, None, None, started, (Speaker.ME, Speaker.THEM))
    made = CallSession(info, feed, lambda: recogniser or no_model(), phrases.load())
    made.playback.set_speed(speed)
    return made


def no_model() -> NoReturn:
    raise ModelError("There is no speech model.")


@pytest.fixture(autouse=True)
def no_thread_stays() -> Iterator[None]:
    yield
    assert [t.name for t in threading.enumerate() if t.name == "reader"] == []


@pytest.fixture
def elsewhere() -> Iterator[ThreadPoolExecutor]:
    """Another thread to play in, while the test turns the handles."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


TALK = spoken(
    "m: It sounds like the deadline is what worries you, not the price.",
    "t: That's right.",
    "t: Yes. We could move it to May.",
)


def played(made: CallSession) -> tuple[list[Event], FinishedCall | None]:
    events: list[Event] = []
    finished = made.run(events.append)
    return events, finished


def test_events_come_in_order_and_the_summary_last() -> None:
    events, finished = played(session(TranscriptFeed(TALK)))
    assert isinstance(events[0], CallStarted)
    assert isinstance(events[-1], SummaryReady)
    assert sum(isinstance(e, CallStarted | SummaryReady) for e in events) == 2
    assert [e.text for e in events if isinstance(e, Transcript)] == [t.text for t in TALK]
    assert finished is not None
    assert finished.summary == events[-1].summary
    assert finished.info.duration_s == TALK[-1].end_s
    kept = [e for e in events if e in finished.events]
    assert list(finished.events) == kept
    assert {type(e).__name__ for e in kept} >= {"Transcript", "Signal", "StateChanged"}


@pytest.mark.parametrize("speed", [300.0, 1e5])
def test_a_transcript_gives_the_same_events_at_any_speed(speed: float) -> None:
    assert played(session(TranscriptFeed(TALK), speed=speed)) == played(
        session(TranscriptFeed(TALK))
    )


def test_a_recording_gives_the_same_events_at_any_speed(
    voice: Callable[..., Samples], tmp_path: Path
) -> None:
    path = write_wav(tmp_path / "two.wav", two_voices(voice, 8.0), RATE_HZ)

    def numbered(heard: Utterance) -> str:
        return f"It seems like {heard.start_sample} matters."

    one, other = (
        played(session(AudioFeed(open_recording(path, Side.LEFT)), Scripted(numbered), speed))
        for speed in (MAX_SPEED, 200.0)
    )
    assert one == other
    assert sum(isinstance(e, Transcript) for e in one[0]) > 2


def test_what_was_no_speech_leaves_no_words_but_the_call_goes_on() -> None:
    def items(_: Until) -> Iterator[Fed]:
        yield from map(utterance, range(4))

    def odd(heard: Utterance) -> str | None:
        return "Yes." if heard.start_sample // RATE_HZ % 2 else None

    events, finished = played(session(Made(items), Scripted(odd)))
    assert [e.start_s for e in events if isinstance(e, Transcript)] == [1.0, 3.0]
    assert finished is not None
    assert finished.info.duration_s == 3.5


def test_a_warning_is_passed_on_and_kept() -> None:
    warning = CallWarning("cut short", 2.0)
    events, finished = played(session(Made(lambda _: iter((warning,)))))
    assert warning in events
    assert finished is not None
    assert finished.events == (warning,)


def test_a_call_begins_at_its_beginning_however_long_the_model_loaded(clock: Clock) -> None:
    positions: list[float] = []

    def load() -> Scripted:
        clock.now_s += 30.0
        return Scripted()

    def items(_: Until) -> Iterator[Fed]:
        positions.append(made.playback.position_s)
        yield utterance(0)

    made = session(Made(items), Scripted(), speed=1.0)
    made._make_recogniser = load
    played(made)
    assert positions == [0.0]


# ---- stopped, or broken ----------------------------------------------------------------------


@pytest.mark.parametrize("paused", ["playing", "paused"])
def test_stop_from_another_thread_while_the_feed_waits(
    elsewhere: ThreadPoolExecutor, paused: str
) -> None:
    waits = threading.Event()

    def items(until: Until) -> Iterator[Fed]:
        yield Tick(0.0)
        waits.set()
        if until(1e6):
            yield Tick(1e6)

    made = session(Made(items), speed=1.0)
    events: list[Event] = []
    running = elsewhere.submit(made.run, events.append)
    assert waits.wait(SOON_S)
    if paused == "paused":
        made.playback.pause()
    made.playback.stop()
    assert running.result(SOON_S) is None
    assert not any(isinstance(e, SummaryReady) for e in events)


def test_stop_while_an_utterance_is_recognised(elsewhere: ThreadPoolExecutor) -> None:
    busy, go_on = threading.Event(), threading.Event()

    def says(_: Utterance) -> str:
        busy.set()
        assert go_on.wait(SOON_S)
        return "Yes."

    recogniser = Scripted(says)
    made = session(Made(lambda _: map(utterance, itertools.count())), recogniser)
    running = elsewhere.submit(made.run, lambda _: None)
    assert busy.wait(SOON_S)
    made.playback.stop()
    go_on.set()
    assert running.result(SOON_S) is None
    assert recogniser.heard == 1


def test_stop_before_it_starts() -> None:
    made = session(TranscriptFeed(TALK))
    made.playback.stop()
    events, finished = played(made)
    assert finished is None
    assert not any(isinstance(e, Transcript) for e in events)


class BrokenError(Exception):
    """Stands for whatever nobody expected."""


def test_an_error_of_the_feed_surfaces_after_what_came_before() -> None:
    def items(_: Until) -> Iterator[Fed]:
        yield TALK[0]
        raise BrokenError

    events: list[Event] = []
    with pytest.raises(BrokenError):
        session(Made(items)).run(events.append)
    assert TALK[0] in events
    assert not any(isinstance(e, SummaryReady) for e in events)


def test_an_error_of_the_recogniser_surfaces_and_ends_an_endless_feed() -> None:
    def says(heard: Utterance) -> str:
        if heard.start_sample:
            raise BrokenError
        return "Yes."

    with pytest.raises(BrokenError):
        session(Made(lambda _: map(utterance, itertools.count())), Scripted(says)).run(
            lambda _: None
        )


@pytest.mark.parametrize("error", [BrokenError, KeyboardInterrupt, BrokenPipeError])
def test_an_error_of_the_listener_surfaces_and_ends_an_endless_feed(
    error: type[BaseException],
) -> None:
    def sink(event: Event) -> None:
        if isinstance(event, Transcript):
            raise error

    made = session(Made(lambda _: map(utterance, itertools.count())), Scripted())
    with pytest.raises(error):
        made.run(sink)
    assert made.playback.stopped


def test_without_a_model_nothing_starts() -> None:
    made = session(Made(lambda _: map(utterance, itertools.count())))
    made.info = made.info.__class__(
        "a call", "a.wav", Source.AUDIO, None, None, made.info.started_at, (Speaker.ME,)
    )
    events: list[Event] = []
    with pytest.raises(ModelError):
        made.run(events.append)
    assert events == []


# ---- the queue -------------------------------------------------------------------------------


def test_a_reader_that_is_ahead_waits() -> None:
    """It reads on while an utterance is recognised, but never more than the queue holds."""
    full = threading.Event()
    read, total = 0, 5 * QUEUED
    most = QUEUED + 2  # in the queue, one being recognised, one waiting for room
    leads: list[int] = []

    def items(_: Until) -> Iterator[Fed]:
        nonlocal read
        for number in range(total):
            read += 1
            leads.append(read - recogniser.heard)
            if leads[-1] == most:
                full.set()
            yield utterance(number)

    def says(heard: Utterance) -> str | None:
        if heard.start_sample == 0:
            assert full.wait(SOON_S)
        return None

    recogniser = Scripted(says)
    assert played(session(Made(items), recogniser))[1] is not None
    assert recogniser.heard == read == total
    assert max(leads) == most


def test_a_step_goes_over_noise_to_the_next_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def third(heard: Utterance) -> str | None:
        return "Yes." if heard.start_sample // RATE_HZ % 3 == 2 else None

    recogniser = Scripted(third)
    made = session(Made(lambda _: map(utterance, range(6))), recogniser)
    ended: list[int] = []
    monkeypatch.setattr(made.playback, "said", lambda: ended.append(recogniser.heard))
    played(made)
    assert ended == [3, 6]
