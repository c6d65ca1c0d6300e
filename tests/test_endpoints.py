from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import phrases
from assistant.endpoints import EndpointPolicy
from assistant.model import Speaker, Transcript
from audio.segmenter import SegmenterConfig

BOOK = phrases.load("en")
POLICY = EndpointPolicy.of(BOOK.short, BOOK.goes_on)
SHORTEST, LONGEST = SegmenterConfig().hangover_ms, SegmenterConfig().longest_hangover_ms


def hangover_ms(text: str, length_s: float = 2.0) -> int:
    return POLICY.hangover_ms(Transcript(Speaker.THEM, 10.0, 10.0 + length_s, text))


@pytest.mark.parametrize("text", [*BOOK.short, "thats RIGHT!", "Fair enough?", "“You’re right.”"])
def test_what_people_say_in_short_is_over_soonest(text: str) -> None:
    assert hangover_ms(text) == SHORTEST


def test_a_sound_without_words_is_over_soonest() -> None:
    assert POLICY.hangover_ms(None) == SHORTEST


@pytest.mark.parametrize(
    "text",
    [
        "It sounds like the deadline is",
        "We could move it to the",
        "Yes, and",
        "Well,",
        "I was thinking...",
        "I was thinking…",
        "The price –",
        "“It is not the money,”",
        "I'm",
        "Yes,",
        "That's right, and",
        "It's because.",
        "...",
        "",
    ],
)
def test_inside_a_clause_the_longest_silence_is_waited_for(text: str) -> None:
    assert hangover_ms(text) == LONGEST


def test_a_sentence_and_what_may_be_one_lie_between() -> None:
    reply = hangover_ms("That's right.")
    sentence = hangover_ms("We could move it to May.")
    perhaps = hangover_ms("We could move it to May")
    clause = hangover_ms("We could move it to")
    assert hangover_ms("May.") == sentence
    assert SHORTEST == reply < sentence < perhaps < clause == LONGEST


@given(text=st.text(max_size=60), length_s=st.floats(0, 20))
def test_any_words_give_a_silence_that_the_segmenter_takes(text: str, length_s: float) -> None:
    assert SHORTEST <= hangover_ms(text, length_s) <= LONGEST
    assert hangover_ms(text, length_s) == hangover_ms(text, length_s)


@given(words=st.lists(st.sampled_from(["we", "move", "it", "and", "the", "may"]), max_size=12))
def test_a_full_stop_never_makes_it_wait_longer(words: list[str]) -> None:
    text = " ".join(words)
    assert hangover_ms(f"{text}.") <= hangover_ms(text)
