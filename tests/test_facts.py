"""What is written down of what was said, and what is left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.after import FactKind
from assistant.facts import facts_of
from assistant.model import Speaker, Transcript

K = FactKind


def facts(*said: str) -> list[tuple[str, str]]:
    heard = [Transcript(Speaker.THEM, 5.0 * n, 5.0 * n + 4, each) for n, each in enumerate(said)]
    return [(each.kind.value, each.text) for each in facts_of(heard)]


def kinds(text: str) -> set[str]:
    return {kind for kind, _ in facts(text)}


@pytest.mark.parametrize(
    "promise",
    [
        "I'll send you the papers.",
        "We will ship it.",
        "ill email it tonight",
        "well sell the boat",
        "You'll have it by six.",
        "As I said, I'll call him.",
        "I can get you the figures by Friday.",
    ],
)
def test_a_promise_is_a_commitment(promise: str) -> None:
    assert "commitment" in kinds(promise)


@pytest.mark.parametrize(
    "no_promise",
    [
        "If I send it, they'll laugh.",
        "I won't send it.",
        "He said I'll get back to you, and never did.",
        'Every time it was "I\'ll call you".',
        "Fine, I'll give you that one.",
        "yeah well i guess youre right",
        "something about it doesn't sit well with me",
        "he's ill and they need it",
        "Will I send it?",
    ],
)
def test_what_is_none_is_no_commitment(no_promise: str) -> None:
    assert "commitment" not in kinds(no_promise)


@pytest.mark.parametrize(
    "step",
    [
        "Let's meet on Tuesday.",
        "Send me the draft.",
        "Call me back in an hour.",
        "Let's do two calls a week.",
        "Call whoever is in charge.",
        "Let's go at ten.",
    ],
)
def test_what_is_asked_or_agreed_is_a_next_step(step: str) -> None:
    assert "next_step" in kinds(step)


@pytest.mark.parametrize(
    "none",
    [
        "Would you be offended if we started over?",
        "How can we put our name to it?",
        "You're right, we should have upgraded.",
        "Let's take it again from the top.",
        "Can we make it two-ten a unit?",
        "Let's make it twelve hundred and be done.",
        "Can we get it any cheaper?",
        "Pay is the problem.",
        "Call volume has doubled.",
        "Ask anyone on the floor.",
        "Put simply, they're tired.",
    ],
)
def test_what_goes_on_in_this_talk_is_no_next_step(none: str) -> None:
    assert "next_step" not in kinds(none)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("It costs 200 dollars.", ("number", "200 dollars")),
        ("They pay $48,000.", ("number", "$48,000")),
        ("We lost twelve percent.", ("number", "twelve percent")),
        ("It took nine weeks.", ("number", "nine weeks")),
        ("Come on the 14th.", ("date", "the 14th")),
        ("We open at nine.", ("date", "nine")),
        ("Please ask Marianne.", ("name", "Marianne")),
    ],
)
def test_numbers_dates_and_names_are_found(said: str, found: tuple[str, str]) -> None:
    assert found in facts(said)


@pytest.mark.parametrize("said", ["One of them left.", "You're right on that one.", "One by one."])
def test_a_small_word_is_no_number_and_no_time(said: str) -> None:
    assert kinds(said).isdisjoint({"number", "date"})


def test_a_fact_is_told_once_with_who_said_it_first() -> None:
    said = (
        Transcript(Speaker.ME, 0.0, 2.0, "Six weeks?"),
        Transcript(Speaker.THEM, 3.0, 5.0, "Yes. It was six weeks."),
    )
    (fact,) = facts_of(said)
    assert (fact.kind, fact.speaker, fact.at_s, fact.quote) == (
        K.NUMBER,
        Speaker.ME,
        0.0,
        "Six weeks?",
    )


@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=60), max_size=3))
def test_every_fact_stands_in_what_was_said(texts: list[str]) -> None:
    said = [Transcript(Speaker.ME, float(n), n + 1.0, each) for n, each in enumerate(texts)]
    for fact in facts_of(said):
        assert fact.text in fact.quote
        assert any(fact.quote in each for each in texts)
