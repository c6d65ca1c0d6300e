"""Sessions with a scripted recogniser: order, ends, errors, and who waits for whom."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from recordings import two_voices, write_wav
from scripted import (
    BLOCK_S,
    SOON_S,
    Clock,
    Made,
    Scripted,
    block,
    finals,
    no_model,
    number_of,
    played,
    running,
    session,
)
from talk import spoken

from assistant.errors import ModelError
from assistant.feeds import AudioFeed, TranscriptFeed
from assistant.model import (
    CallStarted,
    CallWarning,
    Source,
    SpeechDropped,
    SummaryReady,
    Tick,
    TimeSpan,
    Transcript,
)
from assistant.runtime import MAX_SPEED, Recognisers
from assistant.runtime.decoders import THREADS, Answer, Decoders
from assistant.runtime.ears import UNANSWERED, Ears
from assistant.runtime.session import QUEUED
from audio.files import Side, open_recording
from audio.listener import Listener
from audio.segmenter import SegmenterConfig
from audio.types import RATE_HZ, Block, Speaker, Utterance
from audio.vad import SpeechDetector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from assistant.feeds import Fed, Until
    from assistant.model import Event
    from audio.types import Samples


pytestmark = pytest.mark.usefixtures("no_thread_stays")


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

    def at(speed: float, block_samples: int) -> tuple[list[Event], object]:
        recording = open_recording(path, Side.LEFT)
        feed = AudioFeed(recording, block_samples)

        def listener() -> Listener:
            return Listener(recording.speakers, SpeechDetector, SegmenterConfig())

        return played(session(feed, Scripted(numbered), speed, listener))

    one, other = at(MAX_SPEED, 8_000), at(200.0, 640)
    assert one == other
    assert sum(isinstance(e, Transcript) for e in one[0]) > 2


def test_a_live_call_is_listened_to_while_its_model_is_loaded() -> None:
    listened_to = threading.Event()

    def feed(_: Until) -> Iterator[Fed]:
        listened_to.set()
        yield from map(block, range(4))

    def loaded() -> Scripted:
        assert listened_to.wait(SOON_S), "nobody listens"
        return Scripted(lambda heard: f"Word {number_of(heard)}.")

    made = session(Made(feed), Scripted(lambda _: None))
    made.info = replace(made.info, source=Source.LIVE)
    made._recognisers = Recognisers(loaded)
    events, _ = played(made)
    assert len(finals(events)) == 4


def test_a_live_call_without_a_model_ends_with_the_reason() -> None:
    made = session(Made(lambda _: map(block, range(4))), Scripted(lambda _: None))
    made.info = replace(made.info, source=Source.LIVE)
    made._recognisers = Recognisers(no_model)
    with pytest.raises(ModelError):
        made.run(lambda _: None)


def test_what_was_no_speech_leaves_no_words_but_the_call_goes_on() -> None:
    def odd(heard: Utterance) -> str | None:
        return "Yes." if number_of(heard) % 2 else None

    events, finished = played(session(Made(lambda _: map(block, range(4))), Scripted(odd)))
    assert [e.end_s // BLOCK_S for e in finals(events)] == [1, 3]
    assert [e.at_s // BLOCK_S for e in events if isinstance(e, SpeechDropped)] == [0, 2]
    assert finished is not None
    assert finished.info.duration_s == 4 * BLOCK_S


def test_a_warning_is_passed_on_and_kept() -> None:
    warning = CallWarning("cut short", 2.0)
    events, finished = played(session(Made(lambda _: iter((warning,)))))
    assert warning in events
    assert finished is not None
    assert finished.events == (warning,)


def test_what_is_kept_is_marked_where_both_talked_at_once() -> None:
    span = TimeSpan(2.0, 2.5)
    reply = Transcript(Speaker.THEM, 2.0, 2.5, "Right.", speech=(span,))
    around = Transcript(Speaker.ME, 1.0, 4.0, "It is.", speech=(TimeSpan(1.0, 4.0),))
    _, finished = played(session(Made(lambda _: iter((reply, around)))))
    assert finished is not None
    assert [e.overlap for e in finished.events if isinstance(e, Transcript)] == [(span,), (span,)]


def test_a_call_begins_at_its_beginning_however_long_the_model_loaded(clock: Clock) -> None:
    positions: list[float] = []

    def load() -> Scripted:
        clock.now_s += 30.0
        return Scripted()

    def items(_: Until) -> Iterator[Fed]:
        positions.append(made.playback.position_s)
        yield block(0)

    made = session(Made(items), Scripted(), speed=1.0)
    made._recognisers = Recognisers(load)
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


def test_stop_while_utterances_are_recognised(
    elsewhere: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is being worked on is finished; nothing else is begun, and no more words are told."""
    kept: list[Decoders] = []

    class Kept(Decoders):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)  # type: ignore[arg-type]  # handed through
            kept.append(self)

    monkeypatch.setattr("assistant.runtime.session.Decoders", Kept)
    busy, go_on = threading.Barrier(THREADS + 1), threading.Event()

    def says(_: Utterance) -> str:
        if not go_on.is_set():
            busy.wait(SOON_S)
            assert go_on.wait(SOON_S)
        return "Yes."

    recogniser = Scripted(says)
    made = session(Made(lambda _: map(block, itertools.count())), recogniser)
    events: list[Event] = []
    playing = elsewhere.submit(made.run, events.append)
    busy.wait(SOON_S)
    made.playback.stop()
    changed = kept[0]._changed
    with changed:
        assert changed.wait_for(lambda: kept[0]._closed, SOON_S)
    go_on.set()
    assert playing.result(SOON_S) is None
    assert len(recogniser.batches) == THREADS
    assert recogniser.heard == sum(recogniser.batches)
    assert not any(isinstance(e, Transcript) for e in events)


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
        if number_of(heard):
            raise BrokenError
        return "Yes."

    with pytest.raises(BrokenError):
        session(Made(lambda _: map(block, itertools.count())), Scripted(says)).run(lambda _: None)


@pytest.mark.parametrize("error", [BrokenError, KeyboardInterrupt, BrokenPipeError])
def test_an_error_of_the_listener_surfaces_and_ends_an_endless_feed(
    error: type[BaseException],
) -> None:
    def sink(event: Event) -> None:
        if isinstance(event, Transcript):
            raise error

    made = session(Made(lambda _: map(block, itertools.count())), Scripted())
    with pytest.raises(error):
        made.run(sink)
    assert made.playback.stopped


def test_without_a_model_nothing_starts() -> None:
    made = session(Made(lambda _: map(block, itertools.count())), Scripted())
    made._recognisers = Recognisers(no_model)
    events: list[Event] = []
    with pytest.raises(ModelError):
        made.run(events.append)
    assert events == []


def test_sound_in_a_transcript_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="a transcript holds no sound"):
        played(session(Made(lambda _: iter((block(0),)))))


# ---- the queue -------------------------------------------------------------------------------


def test_a_reader_that_is_ahead_of_the_listener_waits() -> None:
    """It reads on while something is told, but never more than the queue holds."""
    full = threading.Event()
    read = heard = 0
    total = 5 * QUEUED
    most = QUEUED + 2  # in the queue, one being told, one waiting for room
    leads: list[int] = []

    def items(_: Until) -> Iterator[Fed]:
        nonlocal read
        for number in range(total):
            read += 1
            leads.append(read - heard)
            if leads[-1] == most:
                full.set()
            yield CallWarning("odd", float(number))

    def sink(event: Event) -> None:
        nonlocal heard
        if isinstance(event, CallWarning):
            if heard == 0:
                assert full.wait(SOON_S)
            heard += 1

    assert session(Made(items)).run(sink) is not None
    assert heard == read == total
    assert max(leads) == most


@pytest.mark.parametrize("end", ["error", "stop"])
def test_a_reader_that_waits_for_room_ends_with_the_call(end: str) -> None:
    full = threading.Event()

    def items(_: Until) -> Iterator[Fed]:
        for number in itertools.count():
            if number == QUEUED + 1:
                full.set()
            yield CallWarning("odd", float(number))

    def sink(event: Event) -> None:
        if isinstance(event, CallWarning):
            assert full.wait(SOON_S)
            made.playback.stop()
            if end == "error":
                raise BrokenError

    made = session(Made(items))
    if end == "error":
        with pytest.raises(BrokenError):
            made.run(sink)
    else:
        assert made.run(sink) is None
    assert running("reader") == []


def test_a_reader_that_is_ahead_of_the_recogniser_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads on while utterances are recognised, as long as not too many wait for it."""
    full = threading.Event()
    read, total = 0, 3 * UNANSWERED
    most = UNANSWERED + QUEUED  # waiting for words or in the queue, and one waiting for room
    leads: list[int] = []

    def items(_: Until) -> Iterator[Fed]:
        nonlocal read
        for number in range(total):
            read += 1
            leads.append(read - recogniser.heard)
            yield block(number)

    heard = 0
    hear = Ears.hear

    def counted(ears: Ears, item: Block | Answer) -> object:
        nonlocal heard
        if isinstance(item, Block):
            heard += 1
            if heard == most - 1:  # all but the one that there is no room for
                rooms.append(made._room.acquire(blocking=False))
                full.set()
        return hear(ears, item)

    def says(_: Utterance) -> str | None:
        assert full.wait(SOON_S)
        return "Yes."

    monkeypatch.setattr(Ears, "hear", counted)
    rooms: list[bool] = []
    recogniser = Scripted(says)
    made = session(Made(items), recogniser)
    events, finished = played(made)
    assert finished is not None
    assert rooms == [False]
    assert recogniser.heard == read == total
    assert max(leads) <= most
    assert [e.end_s // BLOCK_S for e in finals(events)] == list(range(total))


def test_a_step_goes_over_noise_to_the_next_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def third(heard: Utterance) -> str | None:
        return "Yes." if number_of(heard) % 3 == 2 else None

    made = session(Made(lambda _: map(block, range(6))), Scripted(third))
    events: list[Event] = []
    ended: list[tuple[int, int]] = []

    def said() -> None:
        dropped = sum(isinstance(e, SpeechDropped) for e in events)
        ended.append((dropped, len(finals(events))))

    monkeypatch.setattr(made.playback, "said", said)
    made.run(events.append)
    assert ended == [(2, 1), (4, 2)]
