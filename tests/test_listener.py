from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.listener import Listener
from audio.segmenter import SegmenterConfig
from audio.types import FRAME_SAMPLES, Block, Passed, Speaker, SpeechStarted, Utterance

if TYPE_CHECKING:
    from audio.listener import Settled
    from audio.types import Samples

ME, THEM = Speaker.ME, Speaker.THEM
CONFIG = SegmenterConfig(longest_s=3.0)


class Loud:
    """Speech is what is loud, with a memory of one frame, as real detectors have one."""

    def __init__(self) -> None:
        self._before = False

    def is_speech(self, samples: Samples) -> bool:
        assert samples.shape == (FRAME_SAMPLES,)
        loud = bool(np.abs(samples).mean() > 0.25)
        answer = loud or self._before
        self._before = loud
        return answer


def listener() -> Listener:
    return Listener((ME, THEM), Loud, CONFIG)


def sound(*runs: tuple[int, float], extra: int = 0) -> Samples:
    """Runs of (frames, level), and `extra` samples more, not all the same."""
    levels = np.concatenate([np.full(n * FRAME_SAMPLES, level) for n, level in runs])
    levels = np.concatenate([levels, np.full(extra, 0.5)])
    wobble = 1 + 0.1 * np.sin(np.arange(len(levels)) / 700)
    return (levels * wobble).astype(np.float32)


def told(events: list[Settled]) -> list[tuple[object, ...]]:
    return [
        ("Passed", e.at_sample)
        if isinstance(e, Passed)
        else (type(e).__name__, e.speaker, e.start_sample)
        + ((e.samples.tobytes(), e.cut) if isinstance(e, Utterance) else ())
        for e in events
    ]


def said(events: tuple[Settled, ...]) -> list[type]:
    return [type(e) for e in events if not isinstance(e, Passed)]


def whole(legs: dict[Speaker, Samples]) -> list[tuple[object, ...]]:
    ears = listener()
    events: list[Settled] = []
    for speaker, samples in legs.items():
        events += ears.push(Block(speaker, 0, samples))
    return told([*events, *ears.finish()])


runs = st.lists(st.tuples(st.integers(1, 40), st.sampled_from([0.0, 0.5])), min_size=1, max_size=7)


@settings(deadline=None, max_examples=120)
@given(
    mine=runs,
    theirs=runs,
    extra=st.tuples(st.integers(0, 479), st.integers(0, 479)),
    data=st.data(),
)
def test_same_events_at_any_block_size_and_interleaving(
    mine: list[tuple[int, float]],
    theirs: list[tuple[int, float]],
    extra: tuple[int, int],
    data: st.DataObject,
) -> None:
    legs = {ME: sound(*mine, extra=extra[0]), THEM: sound(*theirs, extra=extra[1])}
    expected = whole(legs)
    assert expected == whole({THEM: legs[THEM], ME: legs[ME]})

    ears = listener()
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
    ears = listener()
    speech = sound((10, 0.0), (20, 0.5), (40, 0.0))
    assert ears.push(Block(ME, 0, speech)) == ()
    assert said(ears.push(Block(THEM, 0, np.zeros_like(speech)))) == [SpeechStarted, Utterance]


def test_time_passes_in_order_with_what_is_settled() -> None:
    ears = listener()
    speech = sound((10, 0.0), (20, 0.5), (40, 0.0))
    ears.push(Block(ME, 0, speech))
    events = ears.push(Block(THEM, 0, speech))
    passed = [e.at_sample // FRAME_SAMPLES for e in events if isinstance(e, Passed)]
    assert passed == [8, 16, 24, 32, 40, 48, 56, 64]
    names = ["P" if isinstance(e, Passed) else type(e).__name__[0] for e in events]
    # Opened 4 voiced frames after frame 10, closed 15 quiet ones after frame 31 (one of memory).
    assert "".join(names) == "PSSPPPPUUPPP"


def test_a_leg_that_ended_holds_nobody_up() -> None:
    ears = listener()
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
        ears = listener()
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
    ears = listener()
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
        listener().push(Block(Speaker.UNKNOWN, 0, sound((1, 0.0))))


def test_each_leg_has_a_detector_of_its_own() -> None:
    made: list[Loud] = []

    def make() -> Loud:
        made.append(Loud())
        return made[-1]

    Listener((ME, THEM), make, CONFIG)
    assert len(made) == 2
