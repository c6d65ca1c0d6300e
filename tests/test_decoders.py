"""Two threads that decode: every step is held until the test lets it go."""

from __future__ import annotations

import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from scripted import SOON_S, Call, Calls, Held, transcript, utterance

from assistant.runtime.decoders import THREADS, TOGETHER, Answer, Decoders
from audio.types import Speaker

if TYPE_CHECKING:
    from collections.abc import Iterator


class Bench:
    """Decoders, what they are asked, and what they tell."""

    def __init__(self) -> None:
        self.calls = Calls()
        self.told: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self.decoders = Decoders(Held(self.calls), self.told.put)

    def taken(self) -> Call:
        """The next that a thread has begun to work on."""
        return self.calls.taken()

    def answers(self, count: int) -> list[Answer]:
        return [self.told.get(timeout=SOON_S) for _ in range(count)]

    def busy(self) -> tuple[Call, ...]:
        """Give both threads something to do: numbers 1 and 2."""
        both = []
        for number in range(1, THREADS + 1):
            self.decoders.ask(utterance(number))
            both.append(self.taken())
        return tuple(both)

    def close(self) -> None:
        """Close it, and once it is about to be, let go what is being worked on."""
        with ThreadPoolExecutor(1) as pool:
            closing = pool.submit(self.decoders.close)
            changed = self.decoders._changed
            with changed:
                assert changed.wait_for(lambda: self.decoders._closed, SOON_S)
            self.calls.let_go()
            closing.result(SOON_S)
        assert decoders_running() == 0


def decoders_running() -> int:
    return sum(thread.name.startswith("decoder") for thread in threading.enumerate())


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.close()


def numbers(answers: list[Answer]) -> list[int]:
    return [each.utterance.number for each in answers]


def test_every_question_is_answered(bench: Bench) -> None:
    bench.decoders.ask(utterance(1))
    bench.taken().go.set()
    (answer,) = bench.answers(1)
    assert answer.utterance.number == 1
    assert answer.said == transcript(utterance(1), "number 1")
    assert (answer.guess, answer.error) == (False, None)


def test_questions_are_taken_up_in_the_order_in_which_they_were_asked(bench: Bench) -> None:
    first, second = bench.busy()
    assert (first.numbers, second.numbers) == ((1,), (2,))
    for number in range(3, 9):
        bench.decoders.ask(utterance(number))
    order: list[int] = []
    first.go.set()
    while len(order) < 6:
        call = bench.taken()
        order += call.numbers
        call.go.set()
    assert order == [3, 4, 5, 6, 7, 8]
    assert numbers(bench.answers(7)) == [1, 3, 4, 5, 6, 7, 8]  # the other thread is still at 2
    second.go.set()
    assert numbers(bench.answers(1)) == [2]


def test_both_threads_work_at_once(bench: Bench) -> None:
    first, second = bench.busy()
    second.go.set()
    assert numbers(bench.answers(1)) == [2]
    first.go.set()
    assert numbers(bench.answers(1)) == [1]


def test_those_that_wait_are_handed_over_together_a_share_for_each_thread(bench: Bench) -> None:
    first, _ = bench.busy()
    for number in range(3, 8):
        bench.decoders.ask(utterance(number))
    first.go.set()
    assert bench.taken().numbers == (3, 4, 5)


def test_never_are_so_many_handed_over_that_the_others_wait_for_long(bench: Bench) -> None:
    first, _ = bench.busy()
    for number in range(3, 4 * TOGETHER):
        bench.decoders.ask(utterance(number))
    first.go.set()
    call = bench.taken()
    assert call.numbers == tuple(range(3, 3 + TOGETHER))
    call.go.set()
    assert numbers(bench.answers(1 + TOGETHER)) == [1, *call.numbers]


def test_a_guess_is_taken_up_when_nothing_else_is(bench: Bench) -> None:
    bench.decoders.guess(utterance(7))
    call = bench.taken()
    assert (call.asked, call.numbers) == ("held guess", (7,))
    call.go.set()
    (answer,) = bench.answers(1)
    assert answer.guess
    assert answer.said == transcript(utterance(7), "number 7")
    assert not bench.decoders.drop_guess()


def test_a_guess_leaves_one_thread_free(bench: Bench) -> None:
    bench.decoders.ask(utterance(1))
    first = bench.taken()
    bench.decoders.guess(utterance(7))
    bench.decoders.ask(utterance(2))
    second = bench.taken()
    assert (second.asked, second.numbers) == ("held recognise", (2,))
    first.go.set()
    assert numbers(bench.answers(1)) == [1]
    bench.decoders.ask(utterance(3))
    third = bench.taken()
    assert (third.asked, third.numbers) == ("held recognise", (3,))
    second.go.set()
    third.go.set()
    assert (bench.taken().asked, sorted(numbers(bench.answers(2)))) == ("held guess", [2, 3])


def test_one_thread_takes_one_after_another_and_guesses_nothing() -> None:
    calls, told = Calls(), queue.SimpleQueue[Answer]()
    decoders = Decoders(Held(calls), told.put, threads=1)
    decoders.guess(utterance(9))
    decoders.ask(utterance(1))
    first = calls.taken()
    for number in (2, 3):
        decoders.ask(utterance(number))
    assert calls.none
    first.go.set()
    told.get(timeout=SOON_S)
    both = calls.taken()
    assert both.numbers == (2, 3)
    assert calls.none
    both.go.set()
    assert [told.get(timeout=SOON_S).utterance.number for _ in range(2)] == [2, 3]
    assert decoders.drop_guess()
    decoders.close()


def test_questions_come_before_a_guess(bench: Bench) -> None:
    first, second = bench.busy()
    bench.decoders.guess(utterance(7))
    for number in (3, 4):
        bench.decoders.ask(utterance(number))
    first.go.set()
    third = bench.taken()
    second.go.set()
    fourth = bench.taken()
    assert [c.asked for c in (third, fourth)] == ["held recognise"] * 2
    third.go.set()
    fourth.go.set()
    assert bench.taken().asked == "held guess"


def test_a_question_does_not_wait_for_a_guess(bench: Bench) -> None:
    bench.decoders.guess(utterance(7))
    guess = bench.taken()
    bench.decoders.ask(utterance(1))
    bench.taken().go.set()
    assert numbers(bench.answers(1)) == [1]
    guess.go.set()
    assert numbers(bench.answers(1)) == [7]


def test_of_two_guesses_that_wait_the_newer_is_made(bench: Bench) -> None:
    first, second = bench.busy()
    bench.decoders.guess(utterance(7))
    bench.decoders.guess(utterance(8))
    first.go.set()
    second.go.set()
    assert bench.taken().numbers == (8,)


def test_a_guess_that_waits_can_be_dropped(bench: Bench) -> None:
    first, second = bench.busy()
    assert not bench.decoders.drop_guess()
    bench.decoders.guess(utterance(7))
    assert bench.decoders.drop_guess()
    assert not bench.decoders.drop_guess()
    first.go.set()
    second.go.set()
    assert sorted(numbers(bench.answers(2))) == [1, 2]
    bench.decoders.ask(utterance(3))
    assert bench.taken().asked == "held recognise"


def test_a_question_that_was_withdrawn_is_not_decoded(bench: Bench) -> None:
    first, second = bench.busy()
    for number in (3, 4, 5):
        bench.decoders.ask(utterance(number))
    bench.decoders.ask(utterance(4, Speaker.THEM))
    assert bench.decoders.withdraw(Speaker.ME, 4)
    assert not bench.decoders.withdraw(Speaker.ME, 4)
    assert not bench.decoders.withdraw(Speaker.ME, 99)
    first.go.set()
    third = bench.taken()
    second.go.set()
    third.go.set()
    order = [*third.numbers, *bench.taken().numbers]
    assert order == [3, 5, 4]  # the last is the other speaker's
    bench.calls.let_go()
    answers = bench.answers(5)
    assert sorted(numbers(answers)) == [1, 2, 3, 4, 5]
    assert {a.utterance.speaker for a in answers if a.utterance.number == 4} == {Speaker.THEM}


def test_a_question_that_is_being_worked_on_is_answered_though_withdrawn(bench: Bench) -> None:
    bench.decoders.ask(utterance(1))
    call = bench.taken()
    assert not bench.decoders.withdraw(Speaker.ME, 1)
    call.go.set()
    assert numbers(bench.answers(1)) == [1]


class BrokenError(Exception):
    """Stands for whatever nobody expected."""


@pytest.mark.parametrize("error", [BrokenError(), KeyboardInterrupt()])
@pytest.mark.parametrize("what", ["recognise", "guess"])
def test_an_error_is_told_and_the_other_thread_goes_on(
    bench: Bench, what: str, error: BaseException
) -> None:
    ask = bench.decoders.ask if what == "recognise" else bench.decoders.guess
    ask(utterance(1))
    call = bench.taken()
    assert call.asked == f"held {what}"
    call.error = error
    call.go.set()
    (answer,) = bench.answers(1)
    assert answer.error is error
    assert (answer.said, answer.guess) == (None, what == "guess")
    assert bench.decoders.waiting_since() is None
    bench.decoders.ask(utterance(2))
    bench.taken().go.set()
    assert numbers(bench.answers(1)) == [2]


def test_a_recogniser_that_leaves_answers_out_is_an_error(bench: Bench) -> None:
    bench.decoders.ask(utterance(1))
    call = bench.taken()
    call.missing = 1
    call.go.set()
    (answer,) = bench.answers(1)
    assert isinstance(answer.error, ValueError)


def test_another_recogniser_is_asked_from_now_on(bench: Bench) -> None:
    first, second = bench.busy()
    bench.decoders.ask(utterance(3))
    other = Held(bench.calls, "other")
    bench.decoders.use(other)
    assert bench.decoders.recogniser is other
    first.go.set()
    call = bench.taken()
    assert (first.asked, call.asked) == ("held recognise", "other recognise")
    call.go.set()
    second.go.set()
    bench.decoders.guess(utterance(7))
    assert bench.taken().asked == "other guess"


def test_the_oldest_unanswered_question_says_how_far_behind_it_is(bench: Bench) -> None:
    assert bench.decoders.waiting_since() is None
    first, second = bench.busy()
    bench.decoders.ask(utterance(3))
    bench.decoders.guess(utterance(0))
    assert bench.decoders.waiting_since() == utterance(1).end_sample
    first.go.set()
    third = bench.taken()
    assert bench.decoders.waiting_since() == utterance(2).end_sample
    second.go.set()
    bench.answers(2)
    assert bench.decoders.waiting_since() == utterance(3).end_sample
    third.go.set()
    bench.answers(1)
    assert bench.decoders.waiting_since() is None


def test_closing_finishes_what_is_being_worked_on_and_leaves_the_rest() -> None:
    bench = Bench()
    bench.busy()
    bench.decoders.ask(utterance(3))
    bench.decoders.guess(utterance(7))
    bench.close()
    assert sorted(numbers(bench.answers(2))) == [1, 2]
    assert bench.told.empty()
    assert bench.calls.none


def test_closing_idle_threads_ends_them() -> None:
    bench = Bench()
    assert decoders_running() == THREADS
    bench.close()
    assert decoders_running() == 0
