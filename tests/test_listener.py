from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loud import CONFIG, ME, THEM, Loud, legs, sound

from audio.listener import Listener
from audio.types import (
    FRAME_SAMPLES,
    Block,
    Passed,
    Pause,
    Resumed,
    Speaker,
    SpeechStarted,
    Utterance,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from audio.listener import Settled
    from audio.types import Samples


class Ears:
    """A listener whose questions are answered after so many further calls, in turn."""

    def __init__(self, hangovers: Sequence[int] = (300,), delays: Sequence[int] = (0,)) -> None:
        self.listener = Listener((ME, THEM), Loud, CONFIG)
        self._hangovers = hangovers
        self._delays = delays
        self._due: list[tuple[int, Utterance]] = []
        self._calls = 0
        self.asked: list[Pause | Resumed] = []

    def push(self, block: Block) -> list[Settled]:
        return self._answered(self.listener.push(block))

    def end(self, speaker: Speaker) -> list[Settled]:
        return self._answered(self.listener.end(speaker))

    def finish(self) -> list[Settled]:
        events = self._answered(self.listener.finish())
        while self._due:  # the last question's first
            events += self._answer(self._due.pop()[1])
        return events

    def _answered(self, events: tuple[Settled, ...]) -> list[Settled]:
        self._calls += 1
        self._ask()
        told = list(events)
        while due := [d for d in self._due if d[0] <= self._calls]:
            self._due.remove(due[0])
            told += self._answer(due[0][1])
        return told

    def _answer(self, utterance: Utterance) -> tuple[Settled, ...]:
        """What follows from the sound alone."""
        frames = (utterance.start_sample + len(utterance.samples)) // FRAME_SAMPLES
        hangover_ms = self._hangovers[frames % len(self._hangovers)]
        events = self.listener.answer(utterance.speaker, utterance.number, hangover_ms)
        self._ask()
        return events

    def _ask(self) -> None:
        for ask in self.listener.asks():
            self.asked.append(ask)
            if isinstance(ask, Pause):
                delay = self._delays[len(self.asked) % len(self._delays)]
                self._due.append((self._calls + delay, ask.utterance))


def told(events: list[Settled]) -> list[tuple[object, ...]]:
    return [
        ("Passed", e.at_sample)
        if isinstance(e, Passed)
        else (type(e).__name__, e.speaker, e.start_sample)
        + ((e.samples.tobytes(), e.cut, e.number) if isinstance(e, Utterance) else ())
        for e in events
    ]


def said(events: Iterable[Settled]) -> list[type]:
    return [type(e) for e in events if not isinstance(e, Passed)]


def whole(
    legs: dict[Speaker, Samples], hangovers: Sequence[int] = (300,)
) -> list[tuple[object, ...]]:
    """At one go, and answered at once."""
    ears = Ears(hangovers)
    events: list[Settled] = []
    for speaker, samples in legs.items():
        events += ears.push(Block(speaker, 0, samples))
    return told([*events, *ears.finish()])


@settings(deadline=None, max_examples=150)
@given(
    legs=legs(),
    hangovers=st.lists(st.integers(200, 900), min_size=1, max_size=4),
    delays=st.lists(st.integers(0, 30), min_size=1, max_size=4),
    data=st.data(),
)
def test_same_events_at_any_block_size_and_interleaving_and_whenever_answers_come(
    legs: dict[Speaker, Samples], hangovers: list[int], delays: list[int], data: st.DataObject
) -> None:
    expected = whole(legs, hangovers)
    assert expected == whole({THEM: legs[THEM], ME: legs[ME]}, hangovers)

    ears = Ears(hangovers, delays)
    events: list[Settled] = []
    at = {ME: 0, THEM: 0}
    open_legs = {ME, THEM}
    for _ in range(data.draw(st.integers(0, 30))):
        speaker = data.draw(st.sampled_from([ME, THEM]))
        if speaker not in open_legs:
            continue
        size = data.draw(st.integers(0, 9_000))
        samples = legs[speaker][at[speaker] : at[speaker] + size]
        events += ears.push(Block(speaker, at[speaker], samples))
        at[speaker] += len(samples)
        if at[speaker] == len(legs[speaker]) and data.draw(st.booleans()):
            events += ears.end(speaker)
            open_legs.remove(speaker)
    for speaker in sorted(open_legs):
        events += ears.push(Block(speaker, at[speaker], legs[speaker][at[speaker] :]))
    events += ears.finish()
    assert told(events) == expected
    assert ears.listener.done
    # Whatever was said was asked about before, by number, and nothing else was left open.
    taken_back = {(a.speaker, a.number) for a in ears.asked if isinstance(a, Resumed)}
    open_questions = {
        (a.utterance.speaker, a.utterance.number): a.utterance
        for a in ears.asked
        if isinstance(a, Pause)
    }
    ended = {(e.speaker, e.number): e for e in events if isinstance(e, Utterance)}
    assert open_questions.keys() - taken_back == ended.keys()
    assert all(
        np.array_equal(open_questions[key].samples, said.samples) for key, said in ended.items()
    )


def test_both_legs_come_out_in_call_order_and_me_first_on_ties() -> None:
    a = sound((40, 0.0), (20, 0.5), (40, 0.0), (20, 0.5), (60, 0.0))
    b = sound((40, 0.0), (20, 0.5), (20, 0.0), (40, 0.5), (60, 0.0))
    told_of = [what for what in whole({THEM: b, ME: a}) if what[0] != "Passed"]
    order = [(name, speaker) for name, speaker, *_ in told_of]
    assert order == [
        ("SpeechStarted", ME),
        ("SpeechStarted", THEM),
        ("Utterance", ME),
        ("Utterance", THEM),
        ("SpeechStarted", THEM),
        ("SpeechStarted", ME),
        ("Utterance", ME),
        ("Utterance", THEM),
    ]


def test_a_leg_that_is_ahead_waits_for_the_other() -> None:
    ears = Ears()
    speech = sound((10, 0.0), (20, 0.5), (40, 0.0))
    assert ears.push(Block(ME, 0, speech)) == []
    assert said(ears.push(Block(THEM, 0, np.zeros_like(speech)))) == [SpeechStarted, Utterance]


def test_time_passes_in_order_with_what_is_settled() -> None:
    ears = Ears()
    speech = sound((10, 0.0), (20, 0.5), (40, 0.0))
    ears.push(Block(ME, 0, speech))
    events = ears.push(Block(THEM, 0, speech))
    passed = [e.at_sample // FRAME_SAMPLES for e in events if isinstance(e, Passed)]
    assert passed == [8, 16, 24, 32, 40, 48, 56, 64]
    names = ["P" if isinstance(e, Passed) else type(e).__name__[0] for e in events]
    # Opened 3 voiced frames after frame 10, closed 10 quiet ones after frame 31 (one of memory).
    assert "".join(names) == "PSSPPPPUUPPP"


def test_a_leg_that_ended_holds_nobody_up() -> None:
    ears = Ears()
    speech = sound((10, 0.0), (20, 0.5), (40, 0.0))
    ears.push(Block(THEM, 0, speech[:FRAME_SAMPLES]))
    ears.end(THEM)
    assert said(ears.push(Block(ME, 0, speech))) == [SpeechStarted, Utterance]
    with pytest.raises(ValueError, match="after that leg ended"):
        ears.push(Block(THEM, FRAME_SAMPLES, speech))


def test_what_the_end_of_a_leg_settles_comes_after_the_last_frame_of_all() -> None:
    mine = sound((3, 0.0), (7, 0.5))
    theirs = sound((6, 0.0), (20, 0.5))  # opens with frame 10, the last of mine
    orders = []
    for end_me_first in (True, False):
        ears = Ears()
        events = list(ears.push(Block(ME, 0, mine)))
        events += ears.end(ME) if end_me_first else ()
        events += ears.push(Block(THEM, 0, theirs))
        events += ears.finish()
        orders.append(told(events))
    assert orders[0] == orders[1]
    assert [what[:2] for what in orders[0] if what[0] != "Passed"] == [
        ("SpeechStarted", ME),
        ("SpeechStarted", THEM),
        ("Utterance", ME),
        ("Utterance", THEM),
    ]


def test_gaps_are_silence_and_what_was_heard_already_is_dropped() -> None:
    speech = sound((20, 0.5))
    gap = 100 * FRAME_SAMPLES + 123
    quiet = np.zeros(gap, dtype=np.float32)
    filled = np.concatenate([speech, quiet, speech])
    ears = Ears()
    events = list(ears.push(Block(ME, 0, speech)))
    events += ears.push(Block(ME, 0, speech))
    events += ears.push(Block(ME, FRAME_SAMPLES, speech[FRAME_SAMPLES:]))
    events += ears.push(Block(ME, len(speech) + gap, speech))
    events += ears.finish()
    assert told(events) == whole({ME: filled})
    assert [e.start_sample // FRAME_SAMPLES for e in events if isinstance(e, SpeechStarted)] == [
        0,
        (len(speech) + gap) // FRAME_SAMPLES,
    ]


def test_a_speaker_the_call_does_not_have_is_refused() -> None:
    with pytest.raises(KeyError):
        Ears().push(Block(Speaker.UNKNOWN, 0, sound((1, 0.0))))


def test_each_leg_has_a_detector_of_its_own() -> None:
    made: list[Loud] = []

    def make() -> Loud:
        made.append(Loud())
        return made[-1]

    Listener((ME, THEM), make, CONFIG)
    assert len(made) == 2


def test_questions_come_at_once_though_what_was_settled_waits_for_the_other_leg() -> None:
    ears = Ears().listener
    speech = sound((10, 0.0), (20, 0.5), (7, 0.0), (1, 0.0))
    assert ears.push(Block(ME, 0, speech)) == ()
    (pause,) = ears.asks()
    assert isinstance(pause, Pause)
    assert pause.utterance.speaker is ME
    assert ears.asks() == ()
    ears.push(Block(ME, len(speech), sound((5, 0.5))))
    assert ears.asks() == (Resumed(ME, pause.utterance.number),)


def test_what_waits_for_an_answer_holds_up_the_other_leg_and_the_time() -> None:
    ears = Ears().listener
    mine = sound((10, 0.0), (20, 0.5), (40, 0.0))
    theirs = sound((35, 0.0), (20, 0.5), (15, 0.0))
    ears.push(Block(ME, 0, mine))
    events = ears.push(Block(THEM, 0, theirs))
    # My leg is silent since frame 31; whether it ended with frame 41, nobody knows yet.
    assert told(events)[-1] == ("Passed", 40 * FRAME_SAMPLES)
    assert said(events) == [SpeechStarted, SpeechStarted]
    asked = [a.utterance for a in ears.asks() if isinstance(a, Pause)]
    assert [u.speaker for u in asked] == [ME, THEM]
    mine_asked, theirs_asked = asked
    assert ears.answer(THEM, theirs_asked.number, 300) == ()
    events = ears.answer(ME, mine_asked.number, 600)
    assert [t[:2] for t in told(events)] == [
        ("Passed", 48 * FRAME_SAMPLES),
        ("Utterance", ME),
        ("Passed", 56 * FRAME_SAMPLES),
        ("Passed", 64 * FRAME_SAMPLES),
        ("Utterance", THEM),
    ]


def test_how_far_the_call_was_heard_is_what_every_leg_that_goes_on_has_heard() -> None:
    ears = Ears().listener
    assert ears.speakers == (ME, THEM)
    assert ears.heard_samples == 0
    ears.push(Block(ME, 0, sound((10, 0.0), extra=7)))
    assert ears.heard_samples == 0
    ears.push(Block(THEM, 0, sound((3, 0.0))))
    assert ears.heard_samples == 3 * FRAME_SAMPLES
    ears.end(THEM)
    assert ears.heard_samples == 10 * FRAME_SAMPLES + 7
    assert not ears.done
    ears.end(ME)
    assert ears.heard_samples == 10 * FRAME_SAMPLES + 7
    assert ears.done


def test_what_a_speaker_is_saying_is_known_while_it_is_said() -> None:
    ears = Ears().listener
    ears.push(Block(THEM, 0, sound((15, 0.0), (10, 0.5))))
    assert (ears.open_since(ME), ears.so_far(ME)) == (None, None)
    assert ears.open_since(THEM) == 5 * FRAME_SAMPLES
    so_far = ears.so_far(THEM)
    assert so_far is not None
    assert (so_far.start_sample, so_far.end_sample) == (5 * FRAME_SAMPLES, 25 * FRAME_SAMPLES)
    ears.push(Block(THEM, 25 * FRAME_SAMPLES, sound((10, 0.0))))
    assert (ears.open_since(THEM), ears.so_far(THEM)) == (None, None)


def test_the_call_is_over_when_the_last_question_is_answered() -> None:
    ears = Ears().listener
    ears.push(Block(ME, 0, sound((10, 0.0), (20, 0.5), (15, 0.0))))
    ears.push(Block(THEM, 0, sound((45, 0.0))))
    ears.finish()
    assert not ears.done
    (pause,) = ears.asks()
    assert isinstance(pause, Pause)
    assert said(ears.answer(ME, pause.utterance.number, 300)) == [Utterance]
    assert ears.done
