from __future__ import annotations

import dataclasses
import tracemalloc

import numpy as np
import pytest
from segments import (
    CONFIG,
    HANGOVER,
    LONGEST,
    LONGEST_HANGOVER,
    PRE_ROLL,
    TAIL,
    frame,
    frames_of,
    run,
)

from audio.segmenter import CUT_SEARCH_FRAMES, FRAME_MS, Segmenter
from audio.types import FRAME_SAMPLES, Speaker, SpeechStarted, Utterance


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
    assert run("." * 9 + "xx" + "." * 40) == []
    assert run("." * 9 + "x..x..x..x..x..x" + "." * 40) == []
    assert run("." * 9 + "xx....x" + "." * 40) == []
    assert [type(e) for _, e in run("." * 9 + "xx...x" + "." * 40)] == [SpeechStarted, Utterance]


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


@pytest.mark.parametrize(
    ("hangover_ms", "frames"),
    [
        (0, HANGOVER),
        (CONFIG.hangover_ms, HANGOVER),
        (CONFIG.hangover_ms + FRAME_MS, HANGOVER + 1),
        (600, 600 // FRAME_MS),
        (CONFIG.longest_hangover_ms, LONGEST_HANGOVER),
        (10_000, LONGEST_HANGOVER),
    ],
)
def test_the_answer_says_how_long_a_silence_ends_it(hangover_ms: int, frames: int) -> None:
    speech = "x" * 10
    events = run(speech + "." * (frames - 1) + speech + "." * 40, hangover=lambda _: hangover_ms)
    assert [type(e) for _, e in events] == [SpeechStarted, Utterance]
    events = run(speech + "." * frames + speech + "." * 40, hangover=lambda _: hangover_ms)
    assert [type(e) for _, e in events] == [SpeechStarted, Utterance] * 2
    assert events[1][0] == 10 + frames - 1


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
    levels = [0.5] * (LONGEST + 60)
    levels[100] = levels[101] = 0.0  # quieter still, but too far from the end
    levels[LONGEST - 30] = levels[LONGEST - 29] = 0.1
    levels[LONGEST - 10] = 0.2
    events = run("x" * (LONGEST + 20) + "." * 40, levels=levels)
    kinds = [(type(e), i) for i, e in events]
    assert kinds[:3] == [
        (SpeechStarted, CONFIG.open_voiced - 1),
        (SpeechStarted, LONGEST - 1),
        (Utterance, LONGEST - 1),
    ]
    goes_on, cut, last = (e for _, e in events[1:])
    assert isinstance(cut, Utterance)
    assert isinstance(last, Utterance)
    assert cut.cut
    assert not last.cut
    assert frames_of(cut) == range(LONGEST - 29)
    assert goes_on.start_sample == last.start_sample == cut.end_sample
    assert frames_of(last).stop == LONGEST + 20 + TAIL


def test_of_equally_quiet_places_the_last_is_cut() -> None:
    events = run("x" * (LONGEST + 20) + "." * 40, levels=[0.5] * (LONGEST + 60))
    (cut,) = (e for _, e in events if isinstance(e, Utterance) and e.cut)
    assert frames_of(cut) == range(LONGEST - 1)


def test_at_the_longest_length_a_pause_that_just_began_ends_it() -> None:
    voiced = LONGEST - 10
    levels = [0.5] * voiced + [0.0] * 60
    events = run("x" * voiced + "." * 60, levels=levels)
    assert [type(e) for _, e in events] == [SpeechStarted, Utterance]
    utterance = events[1][1]
    assert isinstance(utterance, Utterance)
    assert not utterance.cut
    assert events[1][0] == LONGEST - 1
    assert frames_of(utterance) == range(voiced + TAIL)


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
        ("hangover_ms", CONFIG.longest_hangover_ms + 1),
        ("longest_hangover_ms", CONFIG.hangover_ms - 1),
        ("longest_hangover_ms", 689),
        ("longest_hangover_ms", 991),
        ("hangover_decided_ms", CONFIG.hangover_ms - 1),
        ("hangover_decided_ms", CONFIG.longest_hangover_ms + 1),
        ("pause_ms", 29),
        ("pause_ms", CONFIG.hangover_ms + 1),
        ("tail_ms", -1),
        ("tail_ms", CONFIG.pause_ms + 1),
        ("longest_s", 2.0),
        ("longest_s", float("nan")),
    ],
)
def test_a_setting_that_cannot_work_is_refused_by_name(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"^{field} is "):
        dataclasses.replace(CONFIG, **{field: value})


def test_an_hour_of_speech_without_a_pause_takes_no_more_memory_than_a_minute() -> None:
    segmenter = Segmenter(Speaker.ME, CONFIG)

    def hear(frames: range) -> int:
        asked = 0
        for i in frames:
            segmenter.push(frame(i, 0.5), voiced=True)
            asked += len(segmenter.asks())
        return asked

    tracemalloc.start()
    try:
        assert hear(range(60_000 // FRAME_MS)) > 2
        _, minute = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        assert hear(range(60_000 // FRAME_MS, 600_000 // FRAME_MS)) > 20
        _, longer = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert longer < minute * 1.5
