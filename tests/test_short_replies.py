"""Short speech the decoder is not sure of, held against what people say in short."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import phrases
from assistant.replies import (
    LEAST,
    LIKENESS,
    PRIORS,
    SYLLABLES_PER_S,
    Chosen,
    Replies,
    as_sentence,
    syllables,
    unrepeated,
)

SHORT = Replies(phrases.load("en").short)

WORDS = ["right", "yes", "no", "that's", "exactly", "it", "you're", "okay"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Yes.", 1),
        ("Sure.", 1),
        ("Okay.", 2),
        ("That's right.", 2),
        ("Exactly.", 3),
        ("Mm-hmm.", 2),
        ("You're right.", 2),
        ("Absolutely.", 4),
        ("Fair enough.", 3),
        ("", 0),
    ],
)
def test_syllables_are_about_as_many_as_are_said(text: str, count: int) -> None:
    assert abs(syllables(text) - count) <= (count > 2)


@given(st.lists(st.sampled_from(WORDS), max_size=10))
def test_every_word_has_a_syllable_and_they_add_up(words: list[str]) -> None:
    assert syllables(" ".join(words)) == sum(map(syllables, words)) >= len(words)


@given(st.floats(0.05, 5))
def test_what_is_possible_could_be_said_in_that_time(speech_s: float) -> None:
    slow, fast = SYLLABLES_PER_S
    possible = SHORT.possible(speech_s)
    assert set(possible) <= set(SHORT.texts)
    for text in SHORT.texts:
        fits = slow * speech_s <= syllables(text) <= fast * speech_s + 1
        assert (text in possible) is fits


@pytest.mark.parametrize(
    ("text", "speech_s", "possible"),
    [
        ("Yes.", 0.2, True),
        ("Sure.", 0.7, True),
        ("Yes.", 1.0, False),
        ("That's right.", 0.35, True),
        ("That's exactly right.", 0.2, False),
        ("That's exactly right.", 0.8, True),
    ],
)
def test_a_word_takes_its_time(text: str, speech_s: float, possible: bool) -> None:  # noqa: FBT001 - a column of the table
    assert (text in SHORT.possible(speech_s)) is possible


HEARD = st.lists(st.sampled_from(["Bats right.", "Yes", "Yeah.", "So."]), min_size=1, max_size=2)
FITS = st.floats(-40, 0)


@st.composite
def looks(draw: st.DrawFn) -> tuple[list[str], list[str], list[list[float]]]:
    """What was heard, the replies that are tried, and how well each fits at two looks."""
    heard = draw(HEARD)
    texts = draw(st.lists(st.sampled_from(SHORT.texts), max_size=6, unique=True))
    count = len(heard) + len(texts)
    fits = st.lists(FITS, min_size=count, max_size=count)
    return heard, texts, draw(st.lists(fits, min_size=2, max_size=2))


@given(looks())
def test_the_chosen_reply_is_one_of_them_with_its_last_fit_or_there_is_none(
    looked: tuple[list[str], list[str], list[list[float]]],
) -> None:
    heard, texts, fits = looked
    chosen = SHORT.chosen(heard, texts, fits)
    if chosen is None:
        return
    index = len(heard) + texts.index(chosen.text)
    assert chosen.fit == fits[-1][index]
    assert max(look[index] for look in fits) >= LEAST
    # At every look it is not further behind than is allowed to what sounds just like it.
    for look, prior in zip(fits, PRIORS, strict=True):
        assert look[index] + prior + LIKENESS / 2 >= max(look[: len(heard)])


@given(looked=looks(), better=st.floats(0, 20), which=st.integers(0, 1))
def test_the_better_what_was_heard_fits_the_less_a_reply_wins(
    looked: tuple[list[str], list[str], list[list[float]]], better: float, which: int
) -> None:
    heard, texts, fits = looked
    before = SHORT.chosen(heard, texts, fits)
    fits[which][0] += better
    after = SHORT.chosen(heard, texts, fits)
    assert after is None or (before is not None and after.fit <= before.fit)


@given(fit=st.floats(LEAST, 0), text=st.sampled_from(SHORT.texts))
def test_a_reply_that_sounds_like_what_was_heard_and_fits_as_well_is_chosen(
    fit: float, text: str
) -> None:
    assert SHORT.chosen([text], [text], [[fit, fit], [fit, fit]]) == Chosen(text, fit)


@pytest.mark.parametrize(
    ("heard", "first", "second", "chosen"),
    [
        # how well "heard", "That's right." and "Okay." fit at the first look and at the second
        ("Bats right.", (-2.0, -3.0, -9.0), (-2.0, -3.0, -9.0), "That's right."),
        ("Bats right.", (-2.0, -3.0, -9.0), (-2.0, -30.0, -9.0), None),
        ("Bats right.", (-2.0, -30.0, -9.0), (-2.0, -3.0, -9.0), None),
        ("Bats right.", (-30.0, -3.0, -9.0), (-30.0, -3.0, -2.0), "Okay."),
        ("Bats right.", (-30.0, LEAST - 1, -20.0), (-30.0, LEAST - 1, -20.0), None),
        ("Hippopotamus.", (-2.0, -4.5, -9.0), (-2.0, -4.5, -9.0), None),
    ],
)
def test_a_reply_has_to_win_at_every_look(
    heard: str, first: tuple[float, ...], second: tuple[float, ...], chosen: str | None
) -> None:
    won = SHORT.chosen([heard], ["That's right.", "Okay."], [first, second])
    assert (won and won.text) == chosen
    assert SHORT.chosen([heard], [], [first[:1], second[:1]]) is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("that's right", "That's right."), ("Yes!", "Yes."), ("no...", "No."), ("Okay, ", "Okay.")],
)
def test_what_was_heard_is_compared_as_a_sentence(text: str, sentence: str) -> None:
    assert as_sentence(text) == sentence
    assert as_sentence(sentence) == sentence


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("That's right.", True),
        ("thats RIGHT", True),
        ("Mm hmm", True),
        ("mm-hmm!", True),
        ("That's", False),
        ("That's right. Yes.", False),
        ("", False),
    ],
)
def test_a_reply_is_known_however_it_is_written(text: str, known: bool) -> None:  # noqa: FBT001 - a column of the table
    assert SHORT.knows(text) is known
    assert not Replies().knows(text)


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("Right. Right. Right.", "Right."),
        ("Right, right, ri", "Right,"),
        ("That's right. That's right.", "That's right."),
        ("That's right. That's right. That's", "That's right."),
        ("That's right. That's ri", "That's right."),
        ("You're right, you're right, yes.", "You're right, you're right, yes."),
        ("Yes.", "Yes."),
        ("No, yes.", "No, yes."),
        ("", ""),
    ],
)
def test_what_is_said_over_and_over_is_said_once(text: str, once: str) -> None:
    assert unrepeated(text) == once


TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)


@given(text=TEXTS, times=st.integers(2, 6))
def test_a_text_said_twice_or_more_is_the_text_itself_said_once(text: str, times: int) -> None:
    assert unrepeated(" ".join([text] * times)) == unrepeated(f"{text} {text}")
    assert " ".join([text] * times).startswith(unrepeated(f"{text} {text}"))


@given(text=TEXTS, times=st.integers(2, 6))
def test_a_text_that_repeats_nothing_said_many_times_is_the_text(text: str, times: int) -> None:
    words = list(dict.fromkeys(text.split()))
    assert unrepeated(" ".join(words * times)) == " ".join(words)


@given(st.text(max_size=40))
def test_what_is_left_is_how_the_text_begins(text: str) -> None:
    once = unrepeated(text)
    assert " ".join(text.split()).startswith(" ".join(once.split()))
    assert bool(once.split()) is bool(text.split())
