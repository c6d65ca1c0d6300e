"""Words in progress: when there is a guess, at which sound, and what of it stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.guesses import EVERY_SAMPLES, FIRST_SAMPLES, TAIL_SAMPLES, Guesses
from assistant.model import Speaker, Transcript, Word
from audio.types import RATE_HZ, Utterance

if TYPE_CHECKING:
    from collections.abc import Sequence

ME, THEM = Speaker.ME, Speaker.THEM
SINCE = 5 * RATE_HZ


def sound(start: int, end: int, speaker: Speaker = THEM) -> Utterance:
    return Utterance(speaker, start, np.zeros(end - start, np.float32), cut=False)


def words(of: Utterance, texts: Sequence[str]) -> Transcript | None:
    """As a recogniser gives them, one after another for as long as the sound lasts."""
    if not texts:
        return None
    start_s, length_s = of.start_sample / RATE_HZ, len(of.samples) / RATE_HZ
    each_s = length_s / len(texts)
    said = tuple(
        Word(text, start_s + n * each_s, start_s + (n + 1) * each_s, 0.9)
        for n, text in enumerate(texts)
    )
    return Transcript(of.speaker, start_s, start_s + length_s, " ".join(texts), words=said)


def guess(guesses: Guesses, now: int, text: str, speaker: Speaker = THEM) -> Transcript | None:
    """One guess that is due, at what has not been agreed on."""
    tail = guesses.wish(speaker, SINCE, now)
    assert tail is not None
    heard = sound(tail, now, speaker)
    return guesses.guessed(heard, words(heard, text.split()))


def after_s(length_s: float) -> int:
    return SINCE + int(length_s * RATE_HZ)


def test_there_is_no_guess_before_there_is_something_to_hear() -> None:
    guesses = Guesses()
    assert guesses.wish(THEM, SINCE, SINCE) is None
    assert guesses.wish(THEM, SINCE, SINCE + FIRST_SAMPLES - 1) is None
    assert guesses.wish(THEM, SINCE, SINCE + FIRST_SAMPLES) == SINCE


def test_there_is_another_when_there_is_enough_more_to_hear() -> None:
    guesses = Guesses()
    first = SINCE + FIRST_SAMPLES + 77
    assert guesses.wish(THEM, SINCE, first) == SINCE
    assert guesses.wish(THEM, SINCE, first) is None
    assert guesses.wish(THEM, SINCE, first + EVERY_SAMPLES - 1) is None
    assert guesses.wish(THEM, SINCE, first + EVERY_SAMPLES) == SINCE


@given(steps=st.lists(st.integers(1, 3 * RATE_HZ), max_size=30))
def test_guesses_are_never_closer_than_that(steps: list[int]) -> None:
    guesses = Guesses()
    now = SINCE
    asked: list[int] = []
    for step in steps:
        now += step
        due = now - SINCE >= FIRST_SAMPLES if not asked else now - asked[-1] >= EVERY_SAMPLES
        assert (guesses.wish(THEM, SINCE, now) is not None) is due
        asked += [now] * due


def test_each_speaker_has_guesses_of_their_own() -> None:
    guesses = Guesses()
    assert guesses.wish(ME, SINCE, after_s(1)) == SINCE
    assert guesses.wish(THEM, SINCE + 100, after_s(1)) == SINCE + 100
    guesses.over(ME)
    assert guesses.guessed(sound(SINCE, after_s(1), ME), words(sound(0, 9), ["no"])) is None
    heard = sound(SINCE + 100, after_s(1))
    partial = guesses.guessed(heard, words(heard, ["yes"]))
    assert partial is not None
    assert (partial.speaker, partial.text) == (THEM, "yes")


def test_a_guess_is_a_partial_from_the_utterances_beginning() -> None:
    partial = guess(Guesses(), after_s(1.5), "it is the")
    assert partial is not None
    assert not partial.final
    assert (partial.speaker, partial.start_s, partial.end_s) == (THEM, 5.0, 6.5)
    assert partial.text == "it is the"
    assert [w.text for w in partial.words] == partial.text.split()


def test_a_guess_without_words_is_nothing() -> None:
    guesses = Guesses()
    assert guess(guesses, after_s(1), "") is None
    blank = Transcript(THEM, 5.0, 7.0, "", words=(Word("", 5.0, 7.0, 0.1),))
    later = after_s(1) + EVERY_SAMPLES
    assert guesses.wish(THEM, SINCE, later) == SINCE
    assert guesses.guessed(sound(SINCE, later), blank) is None


def test_a_guess_at_an_utterance_that_is_over_is_nothing() -> None:
    guesses = Guesses()
    heard = sound(SINCE, after_s(1))
    assert guesses.guessed(heard, words(heard, ["too", "early"])) is None
    assert guesses.wish(THEM, SINCE, after_s(1)) == SINCE
    guesses.over(THEM)
    assert guesses.guessed(heard, words(heard, ["too", "late"])) is None
    assert guesses.wish(THEM, after_s(2), after_s(3)) == after_s(2)
    assert guesses.guessed(heard, words(heard, ["too", "late"])) is None


@pytest.mark.parametrize("over", [True, False])
def test_the_next_utterance_begins_anew(over: bool) -> None:  # noqa: FBT001 - told or not
    guesses = Guesses()
    guess(guesses, after_s(1), "it is the price")
    guess(guesses, after_s(6), "it is the price that")
    if over:
        guesses.over(THEM)
    later = after_s(10)
    assert guesses.wish(THEM, later, later + FIRST_SAMPLES - 1) is None
    assert guesses.wish(THEM, later, later + FIRST_SAMPLES) == later
    heard = sound(later, later + FIRST_SAMPLES)
    partial = guesses.guessed(heard, words(heard, ["well"]))
    assert partial is not None
    assert (partial.text, partial.start_s) == ("well", later / RATE_HZ)


def test_a_long_tail_loses_what_two_guesses_agree_on_and_the_words_stay() -> None:
    guesses = Guesses()
    guess(guesses, after_s(4.5), "it is not the price")
    partial = guess(guesses, after_s(6), "It is, not the prize alone")
    assert partial is not None
    assert partial.text == "It is, not the prize alone"
    # Four of six words are agreed on: what is decoded from now on begins behind them.
    tail = guesses.wish(THEM, SINCE, after_s(7.5))
    assert tail == after_s(4)
    heard = sound(tail, after_s(7.5))
    partial = guesses.guessed(heard, words(heard, ["price", "alone", "that"]))
    assert partial is not None
    assert partial.text == "It is, not the price alone that"
    assert (partial.start_s, partial.end_s) == (5.0, 12.5)


def test_a_short_tail_is_decoded_as_a_whole() -> None:
    guesses = Guesses()
    for now in range(SINCE + FIRST_SAMPLES, SINCE + TAIL_SAMPLES + 1, EVERY_SAMPLES):
        guess(guesses, now, "it is not the price")
        tail = guesses.wish(THEM, SINCE, now)
        assert tail is None
    assert guesses.wish(THEM, SINCE, SINCE + TAIL_SAMPLES + EVERY_SAMPLES) == SINCE


def test_however_long_somebody_speaks_a_guess_costs_the_same() -> None:
    """Two words a second, and the decoder hears them right."""
    guesses = Guesses()
    longest = 0
    for count in range(LEAST_SLOTS, 120, LEAST_SLOTS):
        texts = [f"word{n}" for n in range(count)]
        now = SINCE + count * SLOT
        tail = guesses.wish(THEM, SINCE, now)
        assert tail is not None
        heard = sound(tail, now)
        longest = max(longest, len(heard.samples))
        partial = guesses.guessed(heard, decoded(heard, texts))
        assert partial is not None
        assert partial.text.split() == texts
    assert longest <= TAIL_SAMPLES + 3 * EVERY_SAMPLES


def test_after_a_pause_the_tail_starts_there() -> None:
    guesses = Guesses()
    guess(guesses, after_s(1), "it is knot the")
    asked = sound(SINCE, after_s(2))
    partial = guesses.paused(asked, words(asked, ["It", "is", "not", "the", "price."]))
    assert partial is not None
    assert not partial.final
    assert partial.text == "It is not the price."
    assert (partial.start_s, partial.end_s) == (5.0, 7.0)
    assert guesses.wish(THEM, SINCE, after_s(3.5)) == after_s(2)
    heard = sound(after_s(2), after_s(3.5))
    partial = guesses.guessed(heard, words(heard, ["Nor", "the"]))
    assert partial is not None
    assert partial.text == "It is not the price. Nor the"


def test_a_guess_from_before_a_pause_comes_too_late() -> None:
    guesses = Guesses()
    assert guesses.wish(THEM, SINCE, after_s(1)) == SINCE
    asked = sound(SINCE, after_s(2))
    guesses.paused(asked, words(asked, ["It", "is."]))
    early = sound(SINCE, after_s(1))
    assert guesses.guessed(early, words(early, ["eat"])) is None


def test_a_pause_of_what_nobody_guesses_at_shows_nothing() -> None:
    guesses = Guesses()
    asked = sound(SINCE, after_s(2))
    assert guesses.paused(asked, words(asked, ["It", "is."])) is None
    guess(guesses, after_s(3), "it is")
    before = sound(SINCE - RATE_HZ, SINCE - 1)
    assert guesses.paused(before, words(before, ["Old."])) is None
    assert guesses.paused(asked, None) is None


def test_a_pause_that_is_answered_after_a_later_one_takes_nothing_back() -> None:
    """Two decode at once, and the later may be quicker."""
    guesses = Guesses()
    guess(guesses, after_s(1), "it is")
    early, late = sound(SINCE, after_s(2)), sound(SINCE, after_s(4))
    guesses.paused(late, words(late, ["It", "is", "not", "the", "price."]))
    assert guesses.paused(early, words(early, ["It", "is."])) is None
    assert guesses.wish(THEM, SINCE, after_s(5)) == after_s(4)


SLOT = RATE_HZ // 2
"""Two words a second."""

LEAST_SLOTS = -(-EVERY_SAMPLES // SLOT)
"""Words between two guesses."""


@st.composite
def decodes(draw: st.DrawFn) -> list[tuple[int, bool, list[str]]]:
    """How many words are said by when, whether there is a pause, and what each is taken for."""
    last = 0
    made: list[tuple[int, bool, list[str]]] = []
    for _ in range(draw(st.integers(0, 12))):
        last += draw(st.integers(LEAST_SLOTS, 6))
        wrong = draw(st.dictionaries(st.integers(0, last - 1), st.sampled_from(["a", "b"])))
        texts = [wrong.get(slot, f"word{slot}") for slot in range(last)]
        made.append((last, draw(st.booleans()), texts))
    return made


def decoded(heard: Utterance, texts: Sequence[str]) -> Transcript:
    """Of the words of the whole utterance, those in the sound, where they were said."""
    first = (heard.start_sample - SINCE) // SLOT
    said = tuple(
        Word(text, (SINCE + slot * SLOT) / RATE_HZ, (SINCE + (slot + 1) * SLOT) / RATE_HZ, 0.9)
        for slot, text in enumerate(texts)
        if slot >= first
    )
    return Transcript(heard.speaker, said[0].start_s, said[-1].end_s, "text", words=said)


def agreement(one: Sequence[str], other: Sequence[str]) -> list[str]:
    same = [a == b for a, b in zip(one, other, strict=False)]
    return list(one[: (*same, False).index(False)])


@settings(max_examples=300)
@given(speech=decodes(), pauses=st.booleans())
def test_words_that_two_guesses_agree_on_are_never_taken_back_while_the_utterance_lasts(
    speech: list[tuple[int, bool, list[str]]],
    pauses: bool,  # noqa: FBT001 - drawn
) -> None:
    """Nor what a pause answered; and only such words are not decoded again."""
    guesses = Guesses()
    agreed: list[str] = []
    guess: list[str] = []
    shown: list[str] = []
    stays = 0  # words that did not change on the screen
    for count, paused, texts in speech:
        now = SINCE + count * SLOT
        if pauses and paused:
            heard = sound(SINCE, now)
            partial = guesses.paused(heard, decoded(heard, texts))
            if partial is not None:
                assert partial.text.split() == texts
                agreed = guess = shown = texts
                stays = len(texts)
            continue
        tail = guesses.wish(THEM, SINCE, now)
        assert tail is not None
        first = (tail - SINCE) // SLOT
        assert first <= stays
        heard = sound(tail, now)
        partial = guesses.guessed(heard, decoded(heard, texts))
        assert partial is not None
        shown_before, shown = shown, partial.text.split()
        assert len(shown) == count
        assert shown[: len(agreed)] == agreed
        before, guess = guess, shown[:first] + texts[first:]
        unchanged = agreement(shown_before, shown)
        # Agreed on is what both guesses said and both times was shown.
        agreed = max(agreed, agreement(agreement(before, guess), unchanged), key=len)
        stays = max(len(agreed), len(unchanged))
