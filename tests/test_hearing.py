"""Questions out, answers in: what is known, and in which order."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from loud import CONFIG, ME, THEM, Loud, legs, sound

from assistant.endpoints import EndpointPolicy
from assistant.hearing import Hearing
from assistant.model import Heard, SpeechDropped, SpeechOpened, Tick, TimeSpan, Transcript
from audio.listener import Listener
from audio.types import FRAME_SAMPLES, RATE_HZ, Block, Pause, Resumed, Speaker, Utterance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audio.types import Samples

POLICY = EndpointPolicy.of(("Yes.",), ("and",))

SAYS = ("Yes.", None, "It is the price and", "That is one thing we have to talk about.", "maybe")
"""From what is heard: at once, at once, late, a little later, later."""


def said(utterance: Utterance) -> Transcript | None:
    """What follows from the sound alone."""
    frames = (utterance.start_sample + 3 * len(utterance.samples)) // FRAME_SAMPLES
    text = SAYS[frames % len(SAYS)]
    start_s, end_s = utterance.start_sample / RATE_HZ, utterance.end_sample / RATE_HZ
    speech = (TimeSpan(start_s, end_s),)
    return (
        None if text is None else Transcript(utterance.speaker, start_s, end_s, text, speech=speech)
    )


class Conversation:
    """A hearing whose questions are answered after so many further calls, in turn."""

    def __init__(self, delays: Sequence[int]) -> None:
        self.hearing = Hearing(Listener((ME, THEM), Loud, CONFIG), POLICY)
        self._delays = delays
        self._due: list[tuple[int, Utterance]] = []
        self._calls = self._asked = 0
        self._open: set[tuple[Speaker, int]] = set()
        self.known: list[Heard] = []

    def hear(self, block: Block) -> None:
        self._take(self.hearing.push(block))
        self._calls += 1
        for due in [d for d in self._due if d[0] <= self._calls]:
            self._due.remove(due)
            self._answer(due[1])

    def finish(self) -> None:
        self._take(self.hearing.finish())
        while self._due:  # the last question's first
            self._answer(self._due.pop()[1])

    def _answer(self, utterance: Utterance) -> None:
        wanted = (utterance.speaker, utterance.number) in self._open
        self._open.discard((utterance.speaker, utterance.number))
        known = self.hearing.answer(utterance, said(utterance))
        assert wanted or known == ()
        self._take(known)

    def _take(self, known: tuple[Heard, ...]) -> None:
        self.known += known
        for ask in self.hearing.asks():
            match ask:
                case Pause(utterance):
                    self._asked += 1
                    delay = self._delays[self._asked % len(self._delays)]
                    self._due.append((self._calls + delay, utterance))
                    self._open.add((utterance.speaker, utterance.number))
                case Resumed(speaker, number):
                    self._open.discard((speaker, number))
        assert self.hearing.unanswered == len(self._open)


def conversation(
    sounds: dict[Speaker, Samples], block_samples: int, delays: Sequence[int] = (0,)
) -> Conversation:
    made = Conversation(delays)
    for at in range(0, max(map(len, sounds.values())), block_samples):
        for speaker, samples in sounds.items():
            if at < len(samples):
                made.hear(Block(speaker, at, samples[at : at + block_samples]))
    made.finish()
    return made


@settings(deadline=None, max_examples=150)
@given(
    sounds=legs(),
    block_samples=st.integers(100, 20_000),
    delays=st.lists(st.integers(0, 60), min_size=1, max_size=5),
)
def test_what_is_known_and_its_order_do_not_depend_on_when_answers_come(
    sounds: dict[Speaker, Samples], block_samples: int, delays: list[int]
) -> None:
    at_once = conversation(sounds, 4_000)
    later = conversation(sounds, block_samples, delays)
    assert later.known == at_once.known
    for made in (at_once, later):
        assert made.hearing.done
        assert made.hearing.unanswered == 0


@settings(deadline=None, max_examples=100)
@given(sounds=legs(), delays=st.lists(st.integers(0, 60), min_size=1, max_size=5))
def test_every_opening_has_an_end_and_time_goes_forward(
    sounds: dict[Speaker, Samples], delays: list[int]
) -> None:
    known = conversation(sounds, 640, delays).known
    for speaker in (ME, THEM):
        opened = ended = 0
        for each in known:
            opened += isinstance(each, SpeechOpened) and each.speaker is speaker
            ended += isinstance(each, Transcript | SpeechDropped) and each.speaker is speaker
            assert ended <= opened
        assert ended == opened
    ticks = [each.at_s for each in known if isinstance(each, Tick)]
    assert all(a < b for a, b in pairwise(ticks))


def test_an_answer_that_was_taken_back_is_ignored_though_it_comes() -> None:
    hearing = Hearing(Listener((ME,), Loud, CONFIG), POLICY)
    hearing.push(Block(ME, 0, sound((5, 0.0), (10, 0.5), (8, 0.0))))
    (pause,) = hearing.asks()
    assert isinstance(pause, Pause)
    hearing.push(Block(ME, 23 * FRAME_SAMPLES, sound((10, 0.5), (8, 0.0))))
    assert hearing.unanswered == 1
    (resumed, second) = hearing.asks()
    assert resumed == Resumed(ME, pause.utterance.number)
    assert isinstance(second, Pause)
    assert hearing.unanswered == 1
    assert hearing.answer(pause.utterance, Transcript(ME, 0.0, 1.0, "Wrong.")) == ()
    known = [*hearing.finish(), *hearing.answer(second.utterance, Transcript(ME, 0.0, 1.2, "Yes."))]
    assert [each for each in known if isinstance(each, Transcript)] == [
        Transcript(ME, 0.0, 1.2, "Yes.")
    ]
    assert hearing.answer(second.utterance, Transcript(ME, 0.0, 1.2, "Again.")) == ()
    assert hearing.done


def test_what_was_no_speech_is_dropped_at_its_end() -> None:
    hearing = Hearing(Listener((ME,), Loud, CONFIG), POLICY)
    known = [*hearing.push(Block(ME, 0, sound((5, 0.0), (10, 0.5), (20, 0.0))))]
    (pause,) = hearing.asks()
    assert isinstance(pause, Pause)
    known += hearing.answer(pause.utterance, None)
    dropped = SpeechDropped(ME, round(pause.utterance.end_sample / RATE_HZ, 3))
    assert [each for each in known if not isinstance(each, Tick)] == [
        SpeechOpened(ME, 5 * FRAME_SAMPLES / RATE_HZ),
        dropped,
    ]


def test_the_words_decide_how_long_a_silence_is_waited_for() -> None:
    def ends_after(text: str | None) -> int:
        """Frames of silence."""
        hearing = Hearing(Listener((ME,), Loud, CONFIG), POLICY)
        speech = sound((5, 0.0), (10, 0.5))
        hearing.push(Block(ME, 0, speech))
        for frames in range(1, 60):
            at = len(speech) + (frames - 1) * FRAME_SAMPLES
            known = [*hearing.push(Block(ME, at, sound((1, 0.0))))]
            for ask in hearing.asks():
                assert isinstance(ask, Pause)
                words = None if text is None else Transcript(ME, 0.1, 0.5, text)
                known += hearing.answer(ask.utterance, words)
            if any(isinstance(each, Transcript | SpeechDropped) for each in known):
                return frames
        raise AssertionError("never")

    # One frame more than the silence is long: the detector of the test has a memory of one.
    assert ends_after("Yes.") == ends_after(None) == 300 // 30 + 1
    assert ends_after("It is the price, and") == 810 // 30 + 1
