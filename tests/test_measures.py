from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.model import CallInfo, Source, Speaker, SpeakerMeasures, Transcript
from assistant.summary import summarise

ME, THEM = Speaker.ME, Speaker.THEM
INFO = CallInfo(
    title="a call",
    path="a call.ogg",
    source=Source.AUDIO,
    model="base",
    duration_s=200.0,
    started_at=datetime(2026, 3, 4, tzinfo=UTC),
    speakers=(ME, THEM),
)


def said(speaker: Speaker, start_s: float, end_s: float, text: str = "words") -> Transcript:
    return Transcript(speaker, start_s, end_s, text)


def test_measures_against_a_call_counted_by_hand() -> None:
    summary = summarise(
        INFO,
        (
            said(ME, 0.0, 4.0, "Hello there. How are you?"),
            said(ME, 5.0, 7.0, "What would work?!"),
            said(THEM, 8.0, 20.0, "We need it by March."),
            said(THEM, 20.5, 24.5, "Really?? Yes."),
            said(ME, 25.0, 26.0, "By March."),
        ),
    )
    assert summary.measures == (
        SpeakerMeasures(ME, 7.0, 10, 2, 7.0, 2),
        SpeakerMeasures(THEM, 16.0, 7, 1, 16.5, 1),
    )
    assert summary.talk_share_me == 7.0 / 23.0
    assert summary.duration_s == 200.0


def test_a_backchannel_inside_my_utterance_does_not_end_my_turn() -> None:
    summary = summarise(
        INFO,
        (said(ME, 0.0, 30.0), said(THEM, 10.0, 10.5, "Mhm."), said(ME, 31.0, 40.0)),
    )
    me, them = summary.measures
    assert (me.turns, me.longest_turn_s, me.speech_s) == (1, 40.0, 39.0)
    assert (them.turns, them.speech_s) == (1, 0.5)


def test_speech_between_my_utterances_ends_my_turn_even_when_it_overlaps_them() -> None:
    summary = summarise(INFO, (said(ME, 0.0, 10.0), said(THEM, 9.0, 12.0), said(ME, 11.0, 20.0)))
    me, them = summary.measures
    assert (me.turns, me.longest_turn_s) == (2, 10.0)
    assert them.turns == 1


@pytest.mark.parametrize(
    "speech",
    [
        (said(ME, 0.0, 10.0), said(THEM, 8.0, 10.0), said(ME, 11.0, 12.0)),
        (said(ME, 0.0, 30.0), said(ME, 5.0, 6.0), said(THEM, 10.0, 12.0), said(ME, 31.0, 32.0)),
    ],
    ids=["ends with mine", "inside the longer of two of mine"],
)
def test_speech_that_ends_before_the_gap_does_not_end_my_turn(
    speech: tuple[Transcript, ...],
) -> None:
    assert summarise(INFO, speech).measures[0].turns == 1


def test_speech_of_one_speaker_is_not_counted_twice() -> None:
    summary = summarise(INFO, (said(ME, 0.0, 10.0), said(ME, 4.0, 6.0), said(THEM, 20.0, 30.0)))
    assert summary.measures[0].speech_s == 10.0
    assert summary.talk_share_me == 0.5


def test_partial_transcripts_are_not_measured() -> None:
    partial = Transcript(ME, 0.0, 9.0, "So what I", final=False)
    assert summarise(INFO, (partial,)).measures[0].words == 0


def test_a_call_lasts_at_least_until_its_last_word() -> None:
    assert (
        summarise(
            replace(INFO, duration_s=5.0), (said(ME, 0.0, 10.0), said(THEM, 11.0, 20.0))
        ).duration_s
        == 20.0
    )
    assert (
        summarise(
            replace(INFO, duration_s=None), (said(ME, 0.0, 10.0), said(THEM, 11.0, 20.0))
        ).duration_s
        == 20.0
    )


SPEECH = st.lists(
    st.tuples(
        st.sampled_from(Speaker),
        st.integers(0, 60),
        st.integers(0, 20),
        st.sampled_from(["a?", "b"]),
    ).map(lambda parts: said(parts[0], parts[1], parts[1] + parts[2], parts[3])),
    max_size=25,
)


@given(SPEECH)
def test_measures_agree_with_counting_each_second(speech: list[Transcript]) -> None:
    summary = summarise(INFO, speech)
    for each in summary.measures:
        own = [t for t in speech if t.speaker is each.speaker]
        seconds = {s for t in own for s in range(int(t.start_s), int(t.end_s))}
        assert each.speech_s == len(seconds)
        assert each.words == len(own)
        assert each.turns <= len(own)
        assert (each.turns == 0) == (not own)
    share = summary.talk_share_me
    assert share is None or 0.0 <= share <= 1.0
    assert summarise(INFO, speech[::-1]) == summary
