"""What a segmenter asks, and that it makes no difference when it is told."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from segments import (
    AT_ONCE,
    AT_THE_END,
    CONFIG,
    HANGOVER,
    LONGEST,
    LONGEST_HANGOVER,
    PAUSE,
    TAIL,
    Driver,
    driven,
    frames_of,
    run,
    told,
)

from audio.segmenter import FRAME_MS, Segmenter
from audio.stretches import SILENT_MS, Stretches
from audio.types import FRAME_SAMPLES, RATE_HZ, Pause, Resumed, Speaker, SpeechStarted, Utterance

if TYPE_CHECKING:
    from collections.abc import Callable

    from segments import Hangover

    from audio.segmenter import SegmenterConfig

    Of = Callable[[Speaker, SegmenterConfig], Segmenter | Stretches]

SHORT = dataclasses.replace(CONFIG, decided_s=1.2, long_s=2.0, longest_s=3.0)
"""Cuts come often, and many are too long for words to decide."""


@st.composite
def patterns(draw: st.DrawFn) -> tuple[str, list[float]]:
    """Which frames are voiced, and how loud each is."""
    lengths = st.integers(1, 60) | st.integers(60, 160)
    silences = st.integers(1, 45) | st.integers(40, 90)
    runs = draw(st.lists(st.tuples(lengths, silences), max_size=8))
    pattern = "." * draw(st.integers(0, 30)) + "".join("x" * on + "." * off for on, off in runs)
    pattern += "x" * draw(st.integers(0, 20))
    seed = draw(st.integers(0, 2**16))
    levels = np.random.default_rng(seed).random(len(pattern))
    if draw(st.booleans()):  # silence is quiet, as it mostly is
        levels *= [mark == "x" for mark in pattern]
    return pattern, levels.tolist()


@st.composite
def hangovers(draw: st.DrawFn) -> Hangover:
    """An answer to every question that follows from the utterance alone."""
    choices = draw(st.lists(st.integers(0, 1200), min_size=1, max_size=5))

    def hangover(utterance: Utterance) -> int:
        frames = (utterance.start_sample + 3 * len(utterance.samples)) // FRAME_SAMPLES
        return choices[frames % len(choices)]

    return hangover


delays = st.lists(
    st.just(AT_ONCE) | st.just(AT_THE_END) | st.integers(1, 60), min_size=1, max_size=6
)


@pytest.mark.parametrize("of", [Segmenter, Stretches])
@settings(deadline=None, max_examples=300)
@given(heard=patterns(), hangover=hangovers(), late=delays)
def test_what_comes_out_does_not_depend_on_when_answers_come(
    of: Of, heard: tuple[str, list[float]], hangover: Hangover, late: list[int]
) -> None:
    pattern, levels = heard
    at_once = driven(pattern, SHORT, levels, hangover)
    later = driven(pattern, SHORT, levels, hangover, late, of)
    assert [(at.frame, told(at.what)) for at in later.out] == [
        (at.frame, told(at.what)) for at in at_once.out
    ]
    assert at_once.segmenter.done
    assert later.segmenter.done


@pytest.mark.parametrize("of", [Segmenter, Stretches])
@settings(deadline=None, max_examples=200)
@given(heard=patterns(), hangover=hangovers(), late=delays)
def test_every_utterance_was_asked_about_before_and_every_other_question_taken_back(
    of: Of, heard: tuple[str, list[float]], hangover: Hangover, late: list[int]
) -> None:
    pattern, levels = heard
    driver = driven(pattern, SHORT, levels, hangover, late, of)
    open_questions: dict[int, Utterance] = {}
    numbers: set[int] = set()
    for each in driver.log:
        match each:
            case Pause(utterance):
                assert utterance.number not in numbers
                numbers.add(utterance.number)
                open_questions[utterance.number] = utterance
            case Resumed(speaker, number):
                assert speaker is Speaker.THEM
                assert not open_questions.pop(number).cut
            case Utterance():
                assert told(open_questions.pop(each.number)) == told(each)
    assert not open_questions


@pytest.mark.parametrize("of", [Segmenter, Stretches])
@settings(deadline=None, max_examples=200)
@given(heard=patterns(), hangover=hangovers(), late=delays)
def test_what_is_settled_stays_settled_and_nothing_before_it_follows(
    of: Of, heard: tuple[str, list[float]], hangover: Hangover, late: list[int]
) -> None:
    pattern, levels = heard
    driver = Driver(hangover, late, SHORT, of)
    settled = 0

    def check(before: int) -> None:
        nonlocal settled
        assert all(a <= b for a, b in pairwise([settled, *driver.known[before:]]))
        settled = driver.segmenter.known_frames

    for index in range(len(pattern)):
        calls, out = len(driver.known), len(driver.out)
        driver.push(pattern[index], levels[: index + 1])
        assert all(settled < at.frame <= index + 1 for at in driver.out[out:])
        check(calls)
    calls, out = len(driver.known), len(driver.out)
    driver.flush()
    driver.answer_everything()
    assert all(settled < at.frame <= len(pattern) + 1 for at in driver.out[out:])
    check(calls)
    assert settled == len(pattern)
    assert all(a.frame <= b.frame for a, b in pairwise(driver.out))


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


def test_it_asks_after_a_moment_of_silence_what_would_be_the_utterance() -> None:
    driver = Driver()
    driver.push("." * 20 + "x" * 10 + "." * (PAUSE - 1))
    assert driver.asks == []
    driver.push(".")
    (pause,) = driver.asks
    assert isinstance(pause, Pause)
    assert not pause.utterance.cut
    assert frames_of(pause.utterance) == range(10, 30 + TAIL)


def test_who_goes_on_takes_the_question_back() -> None:
    driver = Driver()
    driver.push("x" * 10 + "." * PAUSE + "x" * 10 + "." * PAUSE)
    first, resumed, second = driver.asks
    assert isinstance(first, Pause)
    assert resumed == Resumed(Speaker.THEM, first.utterance.number)
    assert isinstance(second, Pause)
    assert second.utterance.number != first.utterance.number
    assert frames_of(second.utterance) == range(20 + PAUSE + TAIL)


def test_without_an_answer_nothing_ends_but_what_is_sure_goes_on() -> None:
    driver = Driver(delays=[AT_THE_END])
    driver.push("x" * 10 + "." * (LONGEST_HANGOVER - 1))
    assert [type(at.what) for at in driver.out] == [SpeechStarted]
    assert driver.segmenter.known_frames == 10 + HANGOVER - 1
    # It has ended whatever the answer is, so the next is heard, and asked about.
    driver.push("." + "x" * 10 + "." * PAUSE)
    assert [type(at.what) for at in driver.out] == [SpeechStarted]
    assert [type(ask) for ask in driver.asks] == [Pause, Pause]
    driver.answer_everything()
    assert [type(at.what) for at in driver.out] == [SpeechStarted, Utterance, SpeechStarted]
    assert driver.out[1].frame == 10 + HANGOVER


@pytest.mark.parametrize("goes_on", ["x", "."])
def test_an_answer_that_comes_when_the_silence_is_long_enough_ends_it_there(goes_on: str) -> None:
    driver = Driver(delays=[AT_THE_END])
    driver.push("x" * 10 + "." * HANGOVER + goes_on * 5)
    driver.answer_everything()
    at_once = Driver()
    at_once.push("x" * 10 + "." * HANGOVER + goes_on * 5)
    assert [(at.frame, told(at.what)) for at in driver.out] == [
        (at.frame, told(at.what)) for at in at_once.out
    ]
    assert [at.frame for at in driver.out[:2]] == [CONFIG.open_voiced, 10 + HANGOVER]


@pytest.mark.parametrize("late", [AT_ONCE, AT_THE_END])
@pytest.mark.parametrize("silence", [1, PAUSE - 1, PAUSE, HANGOVER, LONGEST_HANGOVER - 1])
def test_at_the_longest_length_in_a_pause_louder_than_the_speech_it_makes_no_difference(
    late: int, silence: int
) -> None:
    speech = LONGEST - silence
    pattern = "x" * speech + "." * silence + "." * LONGEST_HANGOVER
    levels = [0.2] * speech + [0.9] * (len(pattern) - speech)
    levels[LONGEST - 40] = levels[LONGEST - 39] = 0.1

    def longest(_: Utterance) -> int:
        return CONFIG.longest_hangover_ms

    at_once = driven(pattern, CONFIG, levels, longest)
    later = driven(pattern, CONFIG, levels, longest, [late])
    for driver in (at_once, later):
        assert all(a <= b for a, b in pairwise(driver.known))
    assert [(at.frame, told(at.what)) for at in later.out] == [
        (at.frame, told(at.what)) for at in at_once.out
    ]


def test_the_end_of_the_sound_waits_for_the_answer_too() -> None:
    driver = Driver(delays=[AT_THE_END])
    driver.push("x" * 10 + "." * HANGOVER)
    driver.flush()
    assert not driver.segmenter.done
    driver.answer_everything()
    assert driver.segmenter.done
    assert [at.frame for at in driver.out] == [CONFIG.open_voiced, 10 + HANGOVER]


def test_an_answer_that_nobody_waits_for_is_ignored() -> None:
    driver = Driver(delays=[AT_THE_END])
    assert driver.segmenter.answer(1, 300) == ()
    driver.push("x" * 10 + "." * PAUSE + "x" * 10 + "." * (HANGOVER + 5))
    taken_back, _, wanted = driver.asks
    assert isinstance(taken_back, Pause)
    assert isinstance(wanted, Pause)
    for number in (taken_back.utterance.number, -1, 10**9):
        assert driver.segmenter.answer(number, 300) == ()
    assert [type(at.what) for at in driver.out] == [SpeechStarted]
    driver.answer_everything()
    assert driver.segmenter.answer(wanted.utterance.number, 300) == ()
    assert [type(at.what) for at in driver.out] == [SpeechStarted, Utterance]


def test_what_is_being_said_can_be_had_at_any_time_but_in_a_pause() -> None:
    driver = Driver(hangover=lambda _: CONFIG.longest_hangover_ms)
    segmenter = driver.segmenter
    assert (segmenter.so_far(), segmenter.open_since) == (None, None)
    driver.push("." * 20 + "x" * 10)
    so_far = segmenter.so_far()
    assert so_far is not None
    assert frames_of(so_far) == range(10, 30)
    assert segmenter.open_since == 10 * FRAME_SAMPLES
    driver.push("." * PAUSE)
    assert (segmenter.so_far(), segmenter.open_since) == (None, None)
    assert segmenter.is_open
    driver.push("x")
    so_far = segmenter.so_far()
    assert so_far is not None
    assert frames_of(so_far) == range(10, 31 + PAUSE)
    driver.push("." * LONGEST_HANGOVER)
    assert (segmenter.so_far(), segmenter.open_since) == (None, None)
    assert not segmenter.is_open


def test_a_cut_is_asked_about_under_a_number_of_its_own() -> None:
    driver = Driver(delays=[AT_THE_END])
    driver.push("x" * LONGEST)
    (pause,) = driver.asks
    assert isinstance(pause, Pause)
    assert pause.utterance.cut
    assert [type(at.what) for at in driver.out] == [SpeechStarted, SpeechStarted, Utterance]
    assert driver.out[-1].what is pause.utterance
    so_far = driver.segmenter.so_far()
    assert so_far is not None
    assert so_far.start_sample == pause.utterance.end_sample


def test_a_segmenter_that_heard_nothing_is_done_once_the_sound_is_over() -> None:
    segmenter = Segmenter(Speaker.THEM, CONFIG)
    assert not segmenter.done
    assert segmenter.flush() == ()
    assert (segmenter.done, segmenter.known_frames, segmenter.asks()) == (True, 0, ())


def test_after_a_long_silence_the_next_is_heard_though_the_one_before_waits() -> None:
    """One segmenter cannot go on: the next speaker's pause could not be asked about."""
    long_silence = "." * (LONGEST_HANGOVER + SILENT_MS // FRAME_MS + 1)
    asked = {}
    for of in (Segmenter, Stretches):
        driver = Driver(delays=[AT_THE_END], of=of)
        driver.push(
            "x" * 10 + "." * (HANGOVER + 1) + "x" + long_silence + "x" * 10 + "." * HANGOVER
        )
        asked[of] = [frames_of(a.utterance) for a in driver.asks if isinstance(a, Pause)]
        assert [type(at.what) for at in driver.out] == [SpeechStarted]
    assert len(asked[Segmenter]) == 1
    assert len(asked[Stretches]) == 2
    assert asked[Stretches][0] == asked[Segmenter][0]
    assert asked[Stretches][1].stop == 10 + HANGOVER + 2 + len(long_silence) + 10 + TAIL


def test_a_long_call_of_which_nobody_answers_anything_is_heard_to_the_end() -> None:
    phrase = "x" * 10 + "." * (HANGOVER + 1) + "x" + "." * 60
    driver = Driver(delays=[AT_THE_END], of=Stretches)
    driver.push(phrase * 20)
    assert sum(isinstance(a, Pause) for a in driver.asks) == 20
    driver.flush()
    assert not driver.segmenter.done
    driver.answer_everything()
    assert driver.segmenter.done
    at_once = driven(phrase * 20)
    assert [(at.frame, told(at.what)) for at in driver.out] == [
        (at.frame, told(at.what)) for at in at_once.out
    ]


@pytest.mark.parametrize("answer_ms", [0, CONFIG.hangover_ms, CONFIG.longest_hangover_ms])
@pytest.mark.parametrize("late", [AT_ONCE, AT_THE_END])
@pytest.mark.parametrize(
    ("length_s", "hangover_ms"),
    [
        (CONFIG.decided_s, CONFIG.hangover_decided_ms),
        (CONFIG.long_s - 0.1, CONFIG.hangover_decided_ms),
        (CONFIG.long_s, CONFIG.hangover_ms),
        (CONFIG.longest_s - 1, CONFIG.hangover_ms),
    ],
)
def test_a_long_utterance_ends_at_the_next_pause_whatever_was_said(
    length_s: float, hangover_ms: int, late: int, answer_ms: int
) -> None:
    """More would only keep its words waiting; and it waits for no answer."""
    length, silence = -(-int(length_s * 1000) // FRAME_MS), hangover_ms // FRAME_MS
    driver = Driver(lambda _: answer_ms, [late])
    driver.push("x" * length + "." * (silence - 1))
    assert [type(at.what) for at in driver.out] == [SpeechStarted]
    driver.push(".")
    assert [type(at.what) for at in driver.out] == [SpeechStarted, Utterance]
    assert driver.out[-1].frame == length + silence
