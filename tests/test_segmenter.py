from __future__ import annotations

import dataclasses
import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.segmenter import CUT_SEARCH_FRAMES, FRAME_MS, Segmenter, SegmenterConfig
from audio.types import FRAME_SAMPLES, RATE_HZ, Frame, Speaker, SpeechStarted, Utterance

CONFIG = SegmenterConfig()
PRE_ROLL = CONFIG.pre_roll_ms // FRAME_MS
HANGOVER = CONFIG.hangover_ms // FRAME_MS
TAIL = CONFIG.tail_ms // FRAME_MS


def frame(index: int, level: float | None = None) -> Frame:
    value = float(index) if level is None else level
    return Frame(index * FRAME_SAMPLES, np.full(FRAME_SAMPLES, value, dtype=np.float32))


def run(
    pattern: str, config: SegmenterConfig = CONFIG, levels: list[float] | None = None
) -> list[tuple[int, SpeechStarted | Utterance]]:
    """`x` is a voiced frame, anything else silence; with each event the frame that settled it."""
    segmenter = Segmenter(Speaker.THEM, config)
    out = []
    for i, mark in enumerate(pattern):
        level = None if levels is None else levels[i]
        out += [(i, event) for event in segmenter.push(frame(i, level), mark == "x")]
    out += [(len(pattern), event) for event in segmenter.flush()]
    return out


def frames_of(utterance: Utterance) -> range:
    begin, rest = divmod(utterance.start_sample, FRAME_SAMPLES)
    length, more = divmod(len(utterance.samples), FRAME_SAMPLES)
    assert rest == more == 0
    return range(begin, begin + length)


def test_a_yes_of_a_quarter_second_is_an_utterance() -> None:
    quiet = "." * 40
    (opened, started), (closed, utterance) = run(quiet + "x" * 8 + quiet)
    assert isinstance(started, SpeechStarted)
    assert isinstance(utterance, Utterance)
    assert opened == 40 + CONFIG.open_voiced - 1
    assert started.start_sample == 40 * FRAME_SAMPLES
    assert frames_of(utterance) == range(40 - PRE_ROLL, 48 + TAIL)
    assert closed == 47 + HANGOVER
    assert not utterance.cut


def test_it_opens_at_n_voiced_of_the_last_m_and_not_before() -> None:
    assert run("." * 9 + "xxx" + "." * 40) == []
    assert run("." * 9 + "x..x..x..x..x..x" + "." * 40) == []
    assert [type(e) for _, e in run("." * 9 + "x.xx.x" + "." * 40)] == [SpeechStarted, Utterance]


def test_sound_is_handed_on_as_it_came() -> None:
    (_, _), (_, utterance) = run("." * 20 + "x" * 10 + "." * 20)
    assert isinstance(utterance, Utterance)
    expected = np.repeat(np.arange(10, 36, dtype=np.float32), FRAME_SAMPLES)
    assert np.array_equal(utterance.samples, expected)


def test_a_pause_shorter_than_the_hangover_does_not_end_it() -> None:
    events = run("x" * 10 + "." * (HANGOVER - 1) + "x" * 10 + "." * 30)
    assert [type(e) for _, e in events] == [SpeechStarted, Utterance]
    events = run("x" * 10 + "." * HANGOVER + "x" * 10 + "." * 30)
    assert [type(e) for _, e in events] == [SpeechStarted, Utterance] * 2


def test_utterances_never_overlap_and_the_pre_roll_takes_what_the_tail_left() -> None:
    events = run("x" * 10 + "." * HANGOVER + "x" * 10 + "." * 30)
    first, second = (e for _, e in events if isinstance(e, Utterance))
    assert frames_of(first) == range(10 + TAIL)
    assert frames_of(second).start == 10 + TAIL


def test_the_end_of_the_sound_ends_the_utterance() -> None:
    (_, _), (at, utterance) = run("." * 20 + "x" * 10 + "..")
    assert isinstance(utterance, Utterance)
    assert at == 32
    assert frames_of(utterance) == range(10, 32)


def test_a_long_one_is_cut_at_the_quietest_boundary_near_its_end() -> None:
    longest = int(CONFIG.longest_s * 1000) // FRAME_MS
    levels = [0.5] * (longest + 60)
    levels[100] = levels[101] = 0.0  # quieter still, but too far from the end
    levels[longest - 30] = levels[longest - 29] = 0.1
    levels[longest - 10] = 0.2
    events = run("x" * (longest + 20) + "." * 40, levels=levels)
    kinds = [(type(e), i) for i, e in events]
    assert kinds[:3] == [
        (SpeechStarted, CONFIG.open_voiced - 1),
        (SpeechStarted, longest - 1),
        (Utterance, longest - 1),
    ]
    goes_on, cut, last = (e for _, e in events[1:])
    assert isinstance(cut, Utterance)
    assert isinstance(last, Utterance)
    assert cut.cut
    assert not last.cut
    assert frames_of(cut) == range(longest - 29)
    assert goes_on.start_sample == last.start_sample == cut.end_sample
    assert frames_of(last).stop == longest + 20 + TAIL


def test_of_equally_quiet_places_the_last_is_cut() -> None:
    longest = int(CONFIG.longest_s * 1000) // FRAME_MS
    events = run("x" * (longest + 20) + "." * 40, levels=[0.5] * (longest + 60))
    (cut,) = (e for _, e in events if isinstance(e, Utterance) and e.cut)
    assert frames_of(cut) == range(longest - 1)


def test_at_the_longest_length_a_pause_that_just_began_ends_it() -> None:
    longest = int(CONFIG.longest_s * 1000) // FRAME_MS
    voiced = longest - 10
    levels = [0.5] * voiced + [0.0] * 60
    events = run("x" * voiced + "." * 60, levels=levels)
    assert [type(e) for _, e in events] == [SpeechStarted, Utterance]
    utterance = events[1][1]
    assert isinstance(utterance, Utterance)
    assert not utterance.cut
    assert events[1][0] == longest - 1
    assert frames_of(utterance) == range(voiced + TAIL)


@settings(deadline=None, max_examples=150)
@given(
    runs=st.lists(st.tuples(st.booleans(), st.integers(1, 160)), max_size=12),
    seed=st.integers(0, 2**16),
)
def test_every_start_has_its_utterance_and_nothing_is_heard_twice(
    runs: list[tuple[bool, int]], seed: int
) -> None:
    config = dataclasses.replace(CONFIG, longest_s=4.0)
    pattern = "".join(("x" if voiced else ".") * count for voiced, count in runs)
    levels = np.random.default_rng(seed).random(len(pattern)).tolist()
    events = [e for _, e in run(pattern, config, levels)]
    starts = [e for e in events if isinstance(e, SpeechStarted)]
    utterances = [e for e in events if isinstance(e, Utterance)]
    assert len(starts) == len(utterances)
    begun = 0
    ended = 0
    cut_before = False
    for event in events:
        begun += isinstance(event, SpeechStarted)
        ended += isinstance(event, Utterance)
        assert ended <= begun
        if isinstance(event, Utterance):
            # Someone who goes on after a cut has already begun again.
            assert begun - ended == (1 if event.cut else 0)
    for start, utterance in zip(starts, utterances, strict=True):
        assert utterance.start_sample <= start.start_sample < utterance.end_sample
        assert len(utterance.samples) <= 4 * RATE_HZ
        heard = frames_of(utterance)
        assert any(pattern[i] == "x" for i in heard)
        if cut_before:
            assert utterance.start_sample == start.start_sample
        cut_before = utterance.cut
    for first, second in pairwise(utterances):
        assert first.end_sample <= second.start_sample
        if first.cut:
            assert first.end_sample == second.start_sample
    heard_frames = {i for u in utterances for i in frames_of(u)}
    for i in range(len(pattern) - CONFIG.open_voiced + 1):
        if pattern[i : i + CONFIG.open_voiced] == "x" * CONFIG.open_voiced:
            assert heard_frames >= set(range(i, i + CONFIG.open_voiced))


def test_frames_out_of_order_are_refused() -> None:
    segmenter = Segmenter(Speaker.ME, CONFIG)
    segmenter.push(frame(0), voiced=False)
    with pytest.raises(ValueError, match="frame at 960, expected 480"):
        segmenter.push(frame(2), voiced=False)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("pre_roll_ms", -1),
        ("open_voiced", 0),
        ("open_voiced", 7),
        ("hangover_ms", 29),
        ("hangover_ms", CUT_SEARCH_FRAMES * FRAME_MS),
        ("tail_ms", -1),
        ("tail_ms", 451),
        ("longest_s", 2.0),
        ("longest_s", float("nan")),
    ],
)
def test_a_setting_that_cannot_work_is_refused_by_name(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"^{field} is "):
        dataclasses.replace(CONFIG, **{field: value})


def test_an_hour_of_speech_without_a_pause_takes_no_more_memory_than_a_minute() -> None:
    segmenter = Segmenter(Speaker.ME, CONFIG)
    tracemalloc.start()
    try:
        for i in range(60_000 // FRAME_MS):
            segmenter.push(frame(i, 0.5), voiced=True)
        _, minute = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        for i in range(60_000 // FRAME_MS, 600_000 // FRAME_MS):
            segmenter.push(frame(i, 0.5), voiced=True)
        _, longer = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert longer < minute * 1.5
