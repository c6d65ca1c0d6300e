"""Words before a sentence has ended, and what happens when the machine cannot keep up.

The feed goes on when everything it handed on was heard, so each test says what comes before what.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from loud import sound
from scripted import (
    BLOCK_S,
    BLOCK_SAMPLES,
    SOON_S,
    Clock,
    Scripted,
    block,
    finals,
    number_of,
    played,
    session,
)

from assistant.model import CallWarning, SpeechOpened, Transcript
from assistant.runtime import MAX_SPEED
from assistant.runtime.decoders import Decoders
from assistant.runtime.ears import Ears
from assistant.runtime.playback import WATCHED_SPEED
from audio.types import FRAME_SAMPLES, RATE_HZ, Block, Speaker, Utterance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from assistant.feeds import Fed, Until
    from assistant.model import Event
    from assistant.runtime import CallSession


pytestmark = pytest.mark.usefixtures("no_thread_stays")


class Steady:
    """A feed of blocks that goes on when what it handed on is heard and, if wanted, answered."""

    def __init__(self, blocks: Sequence[Block], monkeypatch: pytest.MonkeyPatch) -> None:
        self._blocks = blocks
        self.answered = True
        """Wait for the answers too."""
        self.before: dict[int, Callable[[], object]] = {}
        """What happens before a block is handed on, by its number."""
        self._changed = threading.Condition()
        self._heard = 0
        self._idle = True
        hear = Ears.hear

        def heard(ears: Ears, item: object) -> object:
            known = hear(ears, item)
            with self._changed:
                self._heard += isinstance(item, Block)
                self._idle = not (ears._hearing.unanswered or ears._guessing)
                self._changed.notify_all()
            return known

        monkeypatch.setattr(Ears, "hear", heard)

    def items(self, until: Until) -> Iterator[Fed]:
        for number, each in enumerate(self._blocks):
            self.before.get(number, lambda: None)()
            if not until((each.start_sample + len(each.samples)) / RATE_HZ):
                return
            yield each
            with self._changed:
                assert self._changed.wait_for(lambda n=number: self._ready(n + 1), SOON_S)

    def wait_for_answers(self) -> None:
        """From now on."""
        self.answered = True
        with self._changed:
            assert self._changed.wait_for(lambda: self._idle, SOON_S)

    def _ready(self, heard: int) -> bool:
        return self._heard == heard and (self._idle or not self.answered)


# ---- words in progress -----------------------------------------------------------------------

SPEECH = sound(
    (10, 0.0), (60, 0.5), (9, 0.0), (110, 0.5), (40, 0.0), (8, 0.5), (50, 0.0), (100, 0.5), (3, 0.0)
)
"""Three seconds with a pause for breath and then more, a short word, and a sentence cut short."""


def live() -> list[Block]:
    """The speech in blocks of 40 ms."""
    return [Block(Speaker.ME, at, SPEECH[at : at + 640]) for at in range(0, len(SPEECH), 640)]


def heard_in(utterance: Utterance) -> str | None:
    """Three words a second, numbered from the beginning of the call, so that all agree."""
    first, last = (-(-s * 3 // RATE_HZ) for s in (utterance.start_sample, utterance.end_sample))
    return " ".join(f"word{n}" for n in range(first, last)) or None


def at_speed(
    speed: float,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    guesses: Callable[[Utterance], str | None] = heard_in,
    *,
    sparing: bool = False,
) -> list[Event]:
    recogniser = Scripted(heard_in, guesses)
    with monkeypatch.context() as patched:
        made = session(Steady(live(), patched), recogniser, speed)
        made._recognisers = replace(made._recognisers, sparing=sparing)
        made.playback._changed = clock
        events, finished = played(made)
    assert finished is not None
    assert not [e for e in finished.events if isinstance(e, Transcript) and not e.final]
    return events


def partials(events: Sequence[Event]) -> list[Transcript]:
    return [e for e in events if isinstance(e, Transcript) and not e.final]


def whole(events: Sequence[Event]) -> list[Event]:
    """All but words in progress."""
    return [e for e in events if not isinstance(e, Transcript) or e.final]


@pytest.mark.parametrize("speed", [0.5, 1.0, WATCHED_SPEED])
def test_words_in_progress_come_at_a_pace_somebody_can_read_along_with(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, speed: float
) -> None:
    events = at_speed(speed, clock, monkeypatch)
    assert len(partials(events)) > 4 + 3  # more than what was asked at the pauses
    assert len(finals(events)) == 3
    # Each belongs to the utterance that is open, says what was said so far, and its end in time.
    opened: SpeechOpened | None = None
    before = ""
    for event in events:
        match event:
            case SpeechOpened():
                opened, before = event, ""
            case Transcript(final=False):
                assert opened is not None
                assert event.speaker is opened.speaker
                assert event.start_s <= opened.at_s < event.end_s
                assert event.text.startswith(before)
                before = event.text
            case Transcript():
                assert opened is not None
                assert event.text.startswith(before)
                opened = None


def test_low_power_guesses_nothing_and_hears_the_same(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(_: Utterance) -> str:
        raise AssertionError("a guess was asked for")

    spared = at_speed(1.0, clock, monkeypatch, nobody, sparing=True)
    assert whole(spared) == whole(at_speed(1.0, clock, monkeypatch))
    assert partials(spared)  # what was said before a breath costs nothing more


@pytest.mark.parametrize("speed", [WATCHED_SPEED + 0.1, 16.0, MAX_SPEED])
def test_words_in_progress_do_not_come_any_faster(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, speed: float
) -> None:
    def nobody(_: Utterance) -> str:
        raise AssertionError("asked for a guess")

    assert partials(at_speed(speed, clock, monkeypatch, nobody)) == []


@pytest.mark.parametrize(
    "guesses", [heard_in, lambda _: None, lambda _: "something else"], ids=["right", "none", "odd"]
)
def test_what_is_final_is_the_same_with_and_without_words_in_progress(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, guesses: Callable[[Utterance], str | None]
) -> None:
    watched = at_speed(1.0, clock, monkeypatch, guesses)
    fast = at_speed(MAX_SPEED, clock, monkeypatch, guesses)
    assert whole(watched) == fast
    assert len(finals(fast)) == 3
    assert bool(partials(watched))


def test_a_pause_for_breath_shows_what_was_decoded_there(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any guesses, what was asked at the pauses is all there is to show."""
    events = at_speed(1.0, clock, monkeypatch, lambda _: None)
    breath, *others = partials(events)
    first, *_ = finals(events)
    assert breath.start_s == first.start_s
    assert breath.end_s == pytest.approx((10 + 60 + 1 + 6) * FRAME_SAMPLES / RATE_HZ)
    assert first.text.startswith(breath.text)
    # The others are those of the pauses that turned out to be ends.
    assert [(p.text, p.end_s) for p in others] == [
        (f.text, round(f.end_s, 3)) for f in finals(events)[: len(others)]
    ]
    assert len(others) == 2


# ---- keeping up ------------------------------------------------------------------------------


def silence(number: int) -> Block:
    return Block(Speaker.ME, number * BLOCK_SAMPLES, np.zeros(BLOCK_SAMPLES, np.float32))


SPOKEN, STUCK, SILENT = 7, 4, 10
"""Blocks with words, those of them that come while the recogniser is stuck, and blocks after."""


class Overload:
    """A recogniser that is stuck from the beginning, and let go after some blocks."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        blocks = [*map(block, range(SPOKEN)), *map(silence, range(SPOKEN, SPOKEN + SILENT))]
        self.feed = Steady(blocks, monkeypatch)
        self.feed.answered = False
        self._stuck = threading.Semaphore(0)
        self._go_on = threading.Event()
        # Both threads are stuck before more has to wait.
        self.feed.before = {1: self._one_is_stuck, 2: self._one_is_stuck, STUCK: self._let_go}
        self.big = Scripted(self._says, name="big")
        self.small = Scripted(name="small")
        self.made_smaller = 0

    def session(self, speed: float, clock: Clock) -> CallSession:
        made = session(self.feed, self.big, speed, smaller=self._smaller)
        made.playback._changed = clock
        return made

    def _smaller(self) -> Scripted:
        self.made_smaller += 1
        return self.small

    def _says(self, _: Utterance) -> str:
        self._stuck.release()
        assert self._go_on.wait(SOON_S)
        return "Yes."

    def _one_is_stuck(self) -> None:
        assert self._stuck.acquire(timeout=SOON_S)

    def _let_go(self) -> None:
        self._go_on.set()
        self.feed.wait_for_answers()


def warnings(events: Sequence[Event]) -> list[CallWarning]:
    return [e for e in events if isinstance(e, CallWarning)]


def test_a_machine_that_cannot_keep_up_says_by_how_much_and_takes_a_smaller_model(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    overload = Overload(monkeypatch)
    events, finished = played(overload.session(1.0, clock))
    told = warnings(events)
    # The first words end 0.6 s into the first block, and nobody knows them.
    assert [w.at_s for w in told[:2]] == [3 * BLOCK_S, 4 * BLOCK_S]
    assert "4 s behind" in told[0].message
    assert "small takes over" in told[1].message
    assert [w.message for w in told[2:]] == ["Caught up."]
    assert overload.made_smaller == 1
    assert overload.big.heard == 2
    assert overload.small.heard == SPOKEN - 2
    assert finished is not None
    assert warnings(finished.events) == told
    assert [e.end_s // BLOCK_S for e in finals(events)] == list(range(SPOKEN))


def test_without_a_smaller_model_the_words_come_late_but_all_of_them(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    overload = Overload(monkeypatch)
    made = session(overload.feed, overload.big, 1.0)
    made.playback._changed = clock
    events, _ = played(made)
    assert len(warnings(events)) == 2
    assert overload.big.heard == SPOKEN
    assert [e.end_s // BLOCK_S for e in finals(events)] == list(range(SPOKEN))


@pytest.mark.parametrize("speed", [4.0, MAX_SPEED])
def test_a_replay_that_nobody_reads_along_with_is_never_behind(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, speed: float
) -> None:
    """It reads ahead of the recogniser on purpose; and its events do not depend on the machine."""
    overload = Overload(monkeypatch)
    events, _ = played(overload.session(speed, clock))
    assert warnings(events) == []
    assert overload.made_smaller == 0
    assert [e.end_s // BLOCK_S for e in finals(events)] == list(range(SPOKEN))


def test_who_is_behind_leaves_words_in_progress_out(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first words are stuck while somebody speaks on."""
    more = sound((40, 0.0), (170, 0.5), (40, 0.0))
    blocks = [block(0)]
    blocks += [
        Block(Speaker.ME, BLOCK_SAMPLES + at, more[at : at + 640])
        for at in range(0, len(more), 640)
    ]
    feed = Steady(blocks, monkeypatch)
    feed.answered = False
    go_on = threading.Event()

    def says(utterance: Utterance) -> str:
        assert number_of(utterance) or go_on.wait(SOON_S)
        return "Yes."

    def let_go() -> None:
        go_on.set()
        feed.wait_for_answers()

    feed.before[len(blocks) - 1] = let_go
    guessed: list[float] = []
    monkeypatch.setattr(
        Decoders, "guess", lambda _, heard: guessed.append(heard.end_sample / RATE_HZ)
    )
    made = session(feed, Scripted(says), 1.0)
    made.playback._changed = clock
    events, _ = played(made)
    assert len(finals(events)) == 2
    # By the time a first guess is due (3.2 s), words that ended at 0.6 s are still missing.
    assert guessed == []
