"""Where both talk at once: exact where each has a channel, told everywhere, kept."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loud import CONFIG, ME, THEM, Loud, sound
from tui_script import INFO, SUMMARY

from assistant import phrases
from assistant.corrections import Correction, What, corrected_lines
from assistant.endpoints import EndpointPolicy
from assistant.hearing import Hearing
from assistant.model import (
    FinishedCall,
    Speaker,
    SpeechDropped,
    SpeechOpened,
    Tick,
    TimeSpan,
    Transcript,
)
from assistant.overlaps import LEAST_S, Overlaps, both, marked
from assistant.report import report
from assistant.store import Library
from assistant.swapping import swapped
from assistant.wire import to_dict
from audio.listener import Listener
from audio.types import FRAME_SAMPLES, RATE_HZ, Block, Pause, seconds
from audio.voiced import Voiced
from tui.plain import plain_lines

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.model import Heard


def said(speaker: Speaker, *spans: tuple[float, float], text: str = "Words.") -> Transcript:
    speech = tuple(TimeSpan(*span) for span in spans)
    return Transcript(speaker, spans[0][0], spans[-1][1], text, speech=speech)


def silent(speaker: Speaker, start_s: float, end_s: float) -> tuple[TimeSpan, ...]:
    del speaker, start_s, end_s
    return ()


def told(overlaps: Overlaps, *heard: Heard) -> list[Transcript]:
    passed = [overlaps.pass_on(each) for each in heard]
    return [each for each in passed if isinstance(each, Transcript)]


# ---- what is at the same time ----------------------------------------------------------------

spans = st.lists(st.integers(0, 400), max_size=12, unique=True).map(
    lambda times: [
        TimeSpan(a / 10, b / 10)
        for a, b in zip(sorted(times)[::2], sorted(times)[1::2], strict=False)
    ]
)


@given(mine=spans, theirs=spans)
def test_both_speak_where_each_of_them_does(mine: list[TimeSpan], theirs: list[TimeSpan]) -> None:
    found = both(mine, theirs)
    assert found == both(theirs, mine)
    for tenth in range(400):
        at_s = tenth / 10 + 0.05
        each = [
            next((s for s in side if s.start_s < at_s < s.end_s), None) for side in (mine, theirs)
        ]
        one, two = each
        long = (
            one is not None
            and two is not None
            and min(one.end_s, two.end_s) - max(one.start_s, two.start_s) >= LEAST_S
        )
        assert any(s.start_s < at_s < s.end_s for s in found) is long


def test_who_takes_over_as_the_other_stops_does_not_talk_over_it() -> None:
    spans = [TimeSpan(1.0, 3.0)]
    assert both(spans, [TimeSpan(2.85, 5.0)]) == ()
    assert both(spans, [TimeSpan(2.75, 5.0)]) == (TimeSpan(2.75, 3.0),)


def test_a_reply_in_a_pause_is_not_at_the_same_time() -> None:
    overlaps = Overlaps(silent)
    reply = said(THEM, (2.1, 2.5))
    long = said(ME, (1.0, 2.0), (2.6, 4.0))
    assert all(not each.overlap for each in told(overlaps, reply, long))
    assert all(not e.overlap for e in marked((reply, long)) if isinstance(e, Transcript))


def test_what_is_known_of_both_is_told_of_the_one_that_ends_later() -> None:
    inside, around = told(Overlaps(silent), said(THEM, (2.0, 2.5)), said(ME, (1.0, 4.0)))
    assert inside.overlap == ()
    assert around.overlap == (TimeSpan(2.0, 2.5),)
    assert not around.over


def test_who_still_speaks_counts_as_far_as_it_sounds_like_speech() -> None:
    asked: list[tuple[Speaker, float, float]] = []

    def sounding(speaker: Speaker, start_s: float, end_s: float) -> tuple[TimeSpan, ...]:
        asked.append((speaker, start_s, end_s))
        return (TimeSpan(2.0, 2.2), TimeSpan(2.25, 2.5))

    overlaps = Overlaps(sounding)
    (reply,) = told(
        overlaps, SpeechOpened(ME, 1.0), SpeechOpened(THEM, 2.0), said(THEM, (2.0, 2.8))
    )
    assert asked == [(ME, 2.0, 2.8)]
    assert reply.overlap == (TimeSpan(2.0, 2.5),)
    assert reply.over
    (mine,) = told(overlaps, said(ME, (1.0, 4.0)))
    assert mine.overlap == (TimeSpan(2.0, 2.8),)
    assert len(asked) == 1


def test_what_was_dropped_is_no_speech_in_what_is_kept() -> None:
    overlaps = Overlaps(lambda _, start_s, end_s: (TimeSpan(start_s, end_s),))
    heard = (SpeechOpened(ME, 1.0), SpeechOpened(THEM, 2.0), said(THEM, (2.0, 2.8)))
    (reply,) = told(overlaps, *heard)
    assert reply.overlap == (TimeSpan(2.0, 2.8),)
    (after,) = told(overlaps, SpeechDropped(ME, 3.0), SpeechOpened(THEM, 3.1), said(THEM, (3.1, 4)))
    assert after.overlap == ()
    assert [e.overlap for e in marked((reply, after)) if isinstance(e, Transcript)] == [(), ()]


def test_words_whose_times_alone_are_known_are_not_marked() -> None:
    read = Transcript(ME, 1.0, 4.0, "Words."), Transcript(THEM, 2.0, 3.0, "More.")
    assert marked(read) == read
    kept = replace(read[0], overlap=(TimeSpan(2.0, 3.0),))
    assert marked((kept,)) == (kept,)
    nobody = Transcript(Speaker.UNKNOWN, 1.0, 2.0, "Hm.", speech=(TimeSpan(1.0, 2.0),))
    assert told(Overlaps(silent), SpeechOpened(Speaker.UNKNOWN, 1.0), nobody) == [nobody]


def test_what_an_echo_took_away_is_no_speech() -> None:
    cut = replace(said(ME, (1.0, 2.0), (3.0, 5.0)), start_s=3.5)
    (_, mine) = told(Overlaps(silent), said(THEM, (1.0, 4.0)), cut)
    assert mine.overlap == (TimeSpan(3.5, 4.0),)


# ---- from sound ------------------------------------------------------------------------------


def heard_of(legs: dict[Speaker, tuple[tuple[int, float], ...]], *, echo: bool) -> list[Transcript]:
    """Both legs, answered as soon as they ask; speech is what is loud."""
    hearing = Hearing(Listener((ME, THEM), Loud, CONFIG), EndpointPolicy.of(("Yes.",), ()))
    known: list[Heard] = []

    def answered() -> None:
        for ask in hearing.asks():
            if isinstance(ask, Pause):
                utterance = ask.utterance
                loud = abs(utterance.samples) > 0.25
                first = utterance.start_sample + int(loud.argmax())
                last = utterance.end_sample - int(loud[::-1].argmax())
                span = TimeSpan(round(seconds(first), 3), round(seconds(last), 3))
                words = Transcript(
                    utterance.speaker, span.start_s, span.end_s, "Words.", speech=(span,)
                )
                known.extend(hearing.answer(utterance, words))
                answered()

    sounds = {speaker: sound(*runs) for speaker, runs in legs.items()}
    for at in range(0, max(map(len, sounds.values())), 10 * FRAME_SAMPLES):
        for speaker, samples in sounds.items():
            if at < len(samples):
                part = samples[at : at + 10 * FRAME_SAMPLES]
                known += hearing.push(Block(speaker, at, part, echo=echo and speaker is ME))
                answered()
    known += hearing.finish()
    answered()
    assert hearing.done
    return [each for each in known if isinstance(each, Transcript)]


LEGS = {ME: ((10, 0.0), (80, 0.5), (60, 0.0)), THEM: ((40, 0.0), (20, 0.5), (90, 0.0))}


def test_a_reply_over_the_others_words_is_marked_when_it_is_told() -> None:
    reply, mine = heard_of(LEGS, echo=False)
    assert (reply.speaker, mine.speaker) == (THEM, ME)
    assert reply.over
    assert not mine.over
    for each in (reply, mine):
        (span,) = each.overlap
        assert span.start_s == pytest.approx(1.2, abs=0.04)
        assert span.end_s == pytest.approx(1.8, abs=0.04)


def test_what_may_be_an_echo_is_not_counted_before_its_words_are_known() -> None:
    said = {each.speaker: each for each in heard_of(LEGS, echo=True)}
    assert said[THEM].overlap == ()
    assert said[ME].overlap


def test_who_has_fallen_silent_is_not_speaking_though_nobody_knows_yet_that_it_ended() -> None:
    legs = {ME: ((10, 0.0), (30, 0.5), (60, 0.0)), THEM: ((44, 0.0), (12, 0.5), (44, 0.0))}
    assert all(not each.overlap for each in heard_of(legs, echo=False))


def test_runs_of_speech_are_remembered_until_nobody_asks() -> None:
    voiced = Voiced()
    for frame, loud in enumerate((0, 1, 1, 0, 1, 0)):
        voiced.push(frame * FRAME_SAMPLES, bool(loud))
    assert voiced.between(0, RATE_HZ) == ((480, 1_440), (1_920, 2_400))
    assert voiced.between(500, 2_000) == ((500, 1_440), (1_920, 2_000))
    assert voiced.between(1_440, 1_920) == ()
    voiced.forget(1_440)
    assert voiced.between(0, RATE_HZ) == ((1_920, 2_400),)


def test_a_long_call_is_not_remembered_whole() -> None:
    hearing = Hearing(Listener((ME, THEM), Loud, CONFIG), EndpointPolicy.of(("Yes.",), ()))
    known: list[Heard] = []
    for second in range(90):
        for speaker in (ME, THEM):
            block = Block(speaker, second * RATE_HZ, sound((1, 0.5), (32, 0.0), extra=0)[:RATE_HZ])
            known += hearing.push(block)
    assert any(isinstance(each, Tick) for each in known)
    assert not hearing.listener.voiced(ME, 0, 50 * RATE_HZ)
    assert hearing.listener.voiced(ME, 70 * RATE_HZ, 90 * RATE_HZ)


# ---- told and kept ---------------------------------------------------------------------------

OVER = Transcript(THEM, 2.0, 2.8, "That's right.", overlap=(TimeSpan(2.0, 2.5), TimeSpan(2.6, 2.8)))
UNDER = Transcript(ME, 1.0, 2.8, "It sounds hard.", overlap=(TimeSpan(2.0, 2.8),))
CALL = FinishedCall(INFO, (OVER, UNDER), SUMMARY)


def test_an_event_says_where() -> None:
    event = to_dict(OVER, words=False)
    assert event is not None
    assert event["overlap"] == [{"start_s": 2.0, "end_s": 2.5}, {"start_s": 2.6, "end_s": 2.8}]
    alone = to_dict(replace(OVER, overlap=()), words=False)
    assert alone is not None
    assert "overlap" not in alone


def test_it_is_kept_with_the_call_also_when_its_sides_are_swapped(tmp_path: Path) -> None:
    with Library.open(tmp_path) as library:
        number = library.save(CALL)
        assert library.load(number).events == CALL.events
    turned = [e for e in swapped(CALL, phrases.load()).events if isinstance(e, Transcript)]
    assert {each.overlap for each in turned} == {OVER.overlap, UNDER.overlap}


def test_a_line_that_was_the_others_after_all_is_over_nobody() -> None:
    theirs, mine = corrected_lines(CALL, [Correction(1, What.SPEAKER, "me")])
    assert (theirs.speaker, theirs.overlap) == (ME, ())
    assert mine == UNDER


def test_plain_lines_and_reports_say_it_in_words() -> None:
    assert plain_lines(OVER) == ("0:02 Them, at the same time: That's right.",)
    assert plain_lines(UNDER) == ("0:01 Me: It sounds hard.",)
    markdown = report(CALL, "md")
    assert "- **0:02 Them, at the same time:** That's right." in markdown
    assert "- **0:01 Me:** It sounds hard." in markdown
    page = report(CALL, "html")
    assert page.count("at the same time</span> ") == 1
    events = json.loads(report(CALL, "json"))["events"]
    assert [len(e["overlap"]) for e in events if e["type"] == "transcript"] == [2, 1]
