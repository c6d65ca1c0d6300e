"""What a feed hands on, in which order, and what it asks before it does."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recordings import two_voices, write_wav
from talk import spoken

from assistant.feeds import LIVE_BLOCK_SAMPLES, ONE_CHANNEL, TICK_S, AudioFeed, TranscriptFeed
from assistant.model import CallWarning, Speaker, SpeechOpened, Tick, Transcript
from audio.files import BLOCK_SAMPLES, Side, open_recording
from audio.types import RATE_HZ, Block

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from assistant.feeds import Fed, Feed
    from audio.files import Recording
    from audio.types import Samples

TIMES = st.integers(0, 400).map(lambda n: n / 20)


@st.composite
def utterances(draw: st.DrawFn) -> tuple[Transcript, ...]:
    """A transcript in time order, with overlaps and utterances of no length."""
    spans = draw(st.lists(st.tuples(TIMES, TIMES, st.sampled_from(["me", "them"])), max_size=8))
    ordered = sorted((min(a, b), max(a, b), who) for a, b, who in spans)
    return tuple(
        Transcript(Speaker(who), start, end, f"words {n}")
        for n, (start, end, who) in enumerate(ordered)
    )


def moment(item: Fed) -> float:
    """When it happens, seconds of call time."""
    match item:
        case Transcript():
            return item.end_s
        case Block():
            return (item.start_sample + len(item.samples)) / RATE_HZ
        case _:
            return item.at_s


def everything(feed: Feed) -> list[Fed]:
    return list(feed.items(lambda _: True))


def recorded(feed: Feed) -> tuple[list[Fed], list[float]]:
    """What it hands on, and the moments it asked for."""
    asked: list[float] = []

    def until(at_s: float) -> bool:
        asked.append(at_s)
        return True

    return list(feed.items(until)), asked


# ---- transcripts -----------------------------------------------------------------------------


@given(said=utterances())
def test_a_transcript_is_handed_on_as_if_it_were_spoken(said: tuple[Transcript, ...]) -> None:
    items, asked = recorded(TranscriptFeed(said))
    assert [i for i in items if isinstance(i, Transcript)] == sorted(said, key=lambda u: u.end_s)
    opened = [(i.at_s, i.speaker) for i in items if isinstance(i, SpeechOpened)]
    assert sorted(opened) == sorted((u.start_s, u.speaker) for u in said)
    moments = [moment(item) for item in items]
    assert moments == sorted(moments)
    assert asked == sorted(asked)
    last = max((u.end_s for u in said), default=0)
    ticks = [i.at_s for i in items if isinstance(i, Tick)]
    assert ticks == [round(n * TICK_S, 3) for n in range(1, math.floor(last / TICK_S + 1e-9) + 1)]


@given(said=utterances(), patience=st.integers(0, 200))
def test_nothing_is_handed_on_before_its_moment_was_asked_for(
    said: tuple[Transcript, ...], patience: int
) -> None:
    """Asked-for moments say how far the call may go; the first no ends the feed."""
    asked: list[float] = []

    def until(at_s: float) -> bool:
        asked.append(at_s)
        return len(asked) <= patience

    items = []
    for item in TranscriptFeed(said).items(until):
        assert moment(item) <= asked[-1] + 1e-3  # ticks are rounded to milliseconds
        items.append(item)
    everything_there_is = everything(TranscriptFeed(said))
    assert items == everything_there_is[: len(items)]
    assert len(asked) <= patience + 1
    assert (len(items) == len(everything_there_is)) is (len(asked) <= patience)


def test_at_the_same_moment_what_ends_comes_before_what_begins() -> None:
    said = (
        Transcript(Speaker.ME, 0.0, 1.0, "one"),
        Transcript(Speaker.THEM, 1.0, 1.0, "two"),
        Transcript(Speaker.ME, 1.0, 2.0, "three"),
    )
    items = [i for i in everything(TranscriptFeed(said)) if not isinstance(i, Tick)]
    assert [(type(i).__name__, i.speaker.value) for i in items] == [  # type: ignore[union-attr]  # all have
        ("SpeechOpened", "me"),
        ("SpeechOpened", "them"),
        ("Transcript", "me"),
        ("Transcript", "them"),
        ("SpeechOpened", "me"),
        ("Transcript", "me"),
    ]


def test_a_transcript_that_does_not_say_who_spoke_warns_first() -> None:
    said = tuple(replace(u, speaker=Speaker.UNKNOWN) for u in spoken("m: Hello there."))
    first = everything(TranscriptFeed(said))[0]
    assert isinstance(first, CallWarning)
    assert "who spoke" in first.message
    assert not any(isinstance(i, CallWarning) for i in everything(TranscriptFeed(spoken("m: Hi"))))


# ---- recordings ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def recording(voice: Callable[..., Samples], tmp_path_factory: pytest.TempPathFactory) -> Recording:
    path = tmp_path_factory.mktemp("calls") / "two.wav"
    return open_recording(write_wav(path, two_voices(voice), RATE_HZ), Side.LEFT)


def same(one: list[Fed], other: list[Fed]) -> bool:
    """Equal, sound included."""
    return len(one) == len(other) and all(
        np.array_equal(a.samples, b.samples)
        and (a.speaker, a.start_sample) == (b.speaker, b.start_sample)
        if isinstance(a, Block) and isinstance(b, Block)
        else a == b
        for a, b in zip(one, other, strict=True)
    )


def sounds(items: list[Fed]) -> dict[Speaker, Samples]:
    """What is heard of each side, having checked that nothing is missing or comes twice."""
    heard: dict[Speaker, list[Samples]] = {}
    for block in (i for i in items if isinstance(i, Block)):
        parts = heard.setdefault(block.speaker, [])
        assert block.start_sample == sum(map(len, parts))
        parts.append(block.samples)
    return {speaker: np.concatenate(parts) for speaker, parts in heard.items()}


@pytest.mark.parametrize("block_samples", [LIVE_BLOCK_SAMPLES, BLOCK_SAMPLES])
def test_a_recording_gives_each_side_its_sound(
    recording: Recording, voice: Callable[..., Samples], block_samples: int
) -> None:
    items, asked = recorded(AudioFeed(recording, block_samples))
    assert not any(isinstance(i, CallWarning) for i in items)
    assert asked == sorted(asked)
    assert asked[-1] == pytest.approx(recording.duration_s)
    assert max(len(i.samples) for i in items if isinstance(i, Block)) == block_samples
    heard = sounds(items)
    mine, theirs = two_voices(voice)
    assert heard[Speaker.ME] == pytest.approx(mine, abs=1e-3)
    assert heard[Speaker.THEM] == pytest.approx(theirs, abs=1e-3)
    # Both sides are read side by side, so that neither waits for the other.
    positions = [i.start_sample for i in items if isinstance(i, Block)]
    assert positions == sorted(positions)


def test_a_block_is_handed_on_when_its_end_has_come(recording: Recording) -> None:
    asked: list[float] = []
    feed = AudioFeed(recording, LIVE_BLOCK_SAMPLES)
    for item in feed.items(lambda at_s: asked.append(at_s) is None):
        assert moment(item) == asked[-1]
    assert len(asked) > 500


def test_a_recording_gives_the_same_every_time(recording: Recording) -> None:
    first = everything(AudioFeed(recording))
    assert any(isinstance(i, Block) for i in first)
    assert same(everything(AudioFeed(recording)), first)
    in_small_parts = sounds(everything(AudioFeed(recording, LIVE_BLOCK_SAMPLES)))
    for speaker, sound in sounds(first).items():
        assert np.array_equal(sound, in_small_parts[speaker])


@pytest.mark.parametrize("patience", [0, 1, 7])
def test_a_recording_that_is_stopped_has_handed_on_a_beginning(
    recording: Recording, patience: int
) -> None:
    asked: list[float] = []

    def until(at_s: float) -> bool:
        asked.append(at_s)
        return len(asked) <= patience

    items = list(AudioFeed(recording).items(until))
    assert len(asked) == patience + 1
    assert all(moment(i) <= asked[-1] for i in items)
    assert same(items, everything(AudioFeed(recording))[: len(items)])


def test_one_channel_is_warned_of_first(voice: Callable[..., Samples], tmp_path: Path) -> None:
    mono = two_voices(voice, 4.0).sum(axis=0, keepdims=True)
    path = write_wav(tmp_path / "mono.wav", mono, RATE_HZ)
    items = everything(AudioFeed(open_recording(path, Side.LEFT)))
    assert items[0] == CallWarning(ONE_CHANNEL, 0.0)
    assert {i.speaker for i in items if isinstance(i, Block)} == {Speaker.UNKNOWN}


def test_what_is_odd_about_a_recording_is_told_where_it_was_found(
    voice: Callable[..., Samples], tmp_path: Path
) -> None:
    path = write_wav(tmp_path / "cut.wav", two_voices(voice, 8.0), RATE_HZ)
    path.write_bytes(path.read_bytes()[:-100_000])
    items = everything(AudioFeed(open_recording(path, Side.LEFT)))
    (warning,) = [i for i in items if isinstance(i, CallWarning)]
    assert "could be read" in warning.message
    assert warning.at_s == pytest.approx(8.0 - 100_000 / 4 / RATE_HZ, abs=0.1)
