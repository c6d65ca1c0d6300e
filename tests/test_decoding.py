"""What is wrong with a decode, told from its words. No model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.decoding import LEAST_LOGPROB, Decoded, Flaw, _flaws, repeats
from assistant.model import Word


def said(text: str) -> tuple[str, ...]:
    return tuple(text.split())


@pytest.mark.parametrize(
    ("text", "sound_s"),
    [
        ("its uh its uh fine", 2.0),
        ("no no", 0.6),
        ("no no no", 1.0),
        ("thats thats right", 1.2),
        ("i mean i mean it", 1.5),
        ("we could move it to may", 1.4),
        ("you know you know i think so", 2.0),
        ("yes", 0.2),
        ("", 0.0),
    ],
)
def test_what_people_repeat_is_no_flaw(text: str, sound_s: float) -> None:
    assert not repeats(said(text), sound_s)


@pytest.mark.parametrize(
    ("text", "sound_s"),
    [
        ("no no no no", 3.0),
        ("right right right right right", 2.0),
        ("thank you thank you thank you thank you", 4.0),
        ("two weeks ago two weeks ago", 5.0),
        ("we could move it to may we could move it to may", 8.0),
        ("well it is the it is the price", 6.0),
        ("thats right thats right", 0.5),
        ("yes yes", 0.2),
    ],
)
def test_loops_are(text: str, sound_s: float) -> None:
    assert repeats(said(text), sound_s)


@given(
    words=st.lists(st.sampled_from("abcdef"), max_size=12, unique=True),
    sound_s=st.floats(0, 10),
)
def test_words_that_all_differ_never_repeat(words: list[str], sound_s: float) -> None:
    assert not repeats(tuple(words), sound_s)


@given(
    before=st.lists(st.sampled_from("abc"), max_size=4),
    clause=st.lists(st.sampled_from("defg"), min_size=3, max_size=6),
    after=st.lists(st.sampled_from("abc"), max_size=4),
    sound_s=st.floats(0, 30),
)
def test_a_clause_that_is_said_twice_in_a_row_is_a_loop_wherever_it_stands(
    before: list[str], clause: list[str], after: list[str], sound_s: float
) -> None:
    assert repeats((*before, *clause, *clause, *after), sound_s)


@given(words=st.lists(st.sampled_from("ab"), max_size=8), shorter_s=st.floats(0, 5))
def test_the_less_time_there_was_the_likelier_it_is_a_loop(
    words: list[str], shorter_s: float
) -> None:
    if repeats(tuple(words), shorter_s + 1):
        assert repeats(tuple(words), shorter_s)
    assert not repeats((), shorter_s)


def decoded(text: str, logprob: float = -0.2) -> Decoded:
    words = tuple(
        Word(f" {word}", n * 0.4, n * 0.4 + 0.3, 0.9) for n, word in enumerate(text.split())
    )
    return Decoded(words, logprob, 0.0, frozenset())


@pytest.mark.parametrize(
    ("text", "logprob", "closed", "flaws"),
    [
        ("It's, uh, it's uh... No, no.", -0.2, True, set()),
        ("That's right.", LEAST_LOGPROB, True, set()),
        ("That's right.", LEAST_LOGPROB - 0.01, True, {Flaw.DOUBTFUL}),
        ("That's right.", -0.2, False, {Flaw.NO_END}),
        ("That's what I said. That's what I said!", -0.2, True, {Flaw.REPEATS}),
        ("Thank you. Thank you. Thank you. Thank", -1.2, False, {Flaw.DOUBTFUL, Flaw.NO_END}),
        ("No. No, no... NO!", -0.2, True, {Flaw.REPEATS}),
        ("", -0.2, True, {Flaw.EMPTY}),
        ("", -2.0, False, {Flaw.EMPTY, Flaw.NO_END, Flaw.DOUBTFUL}),
    ],
)
def test_each_flaw_is_found_and_no_other(
    text: str,
    logprob: float,
    closed: bool,  # noqa: FBT001 - a column of the table
    flaws: set[Flaw],
) -> None:
    assert _flaws(decoded(text, logprob), closed=closed, sound_s=5.0) == flaws


def test_what_was_said_is_told_without_case_and_punctuation() -> None:
    some = decoded("It's, uh... RIGHT!")
    assert some.text == "It's, uh... RIGHT!"
    assert some.said == ("its", "uh", "right")
