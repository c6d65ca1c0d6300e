"""What costs me, and what shows only over several turns; and what must be left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from talk import events_of, signals_of, spoken

from assistant import phrases
from assistant.model import Prompt, Signal, SignalKind, Speaker, Transcript
from assistant.signals.costs import SHARE_OVER_S, Holding
from assistant.summary import standing

LIMITS = phrases.load().limits
LABEL = "m: It sounds like the delivery date worries you more than the price."
OURS = {
    SignalKind.PREMATURE_MOVE,
    SignalKind.FILLED_SILENCE,
    SignalKind.MONOLOGUE,
    SignalKind.STALLED,
    SignalKind.UNADDRESSED,
}


def costs(said: tuple[Transcript, ...]) -> list[str]:
    return [s.kind.value for s in signals_of(said) if s.kind in OURS]


@pytest.mark.parametrize(
    ("reply", "costly"),
    [
        ("t: Yeah.", True),
        ("t: I guess you're right.", True),
        ("t: That's right. We lost a customer over it.", False),
        ("t: Sure. What would it cost us?", False),
        ("t: What if we moved the date and paid in two parts?", False),
    ],
)
def test_going_to_terms_is_too_early_until_they_feel_understood_or_ask(
    reply: str,
    costly: bool,  # noqa: FBT001 - a column of the table
) -> None:
    said = spoken(LABEL, reply, "m: Great, then I'll send the contract over today.")
    assert (SignalKind.PREMATURE_MOVE in costs(said)) is costly


@pytest.mark.parametrize(
    ("gap_s", "costly"), [(0.2, False), (0.9, True), (1.4, True), (1.6, False)]
)
def test_a_silence_is_filled_within_a_second_and_a_half(
    gap_s: float,
    costly: bool,  # noqa: FBT001 - a column of the table
) -> None:
    (label,) = spoken(LABEL)
    start_s = label.end_s + gap_s
    more = Transcript(Speaker.ME, start_s, start_s + 2, "I mean, we could also lower the price.")
    assert (SignalKind.FILLED_SILENCE in costs((label, more))) is costly


def test_their_words_between_are_no_silence() -> None:
    label, reply = spoken(LABEL, "t: Well.")
    more = Transcript(Speaker.ME, reply.end_s + 0.5, reply.end_s + 3, "We could lower the price.")
    assert SignalKind.FILLED_SILENCE not in costs((label, reply, more))


def talk(speaker: Speaker, start_s: float, end_s: float) -> Transcript:
    return Transcript(speaker, start_s, end_s, "And then we went on about the second building.")


@pytest.mark.parametrize(("seconds", "costly"), [(55, False), (65, True)])
def test_holding_the_floor_for_a_minute_is_a_monologue_told_once(
    seconds: int,
    costly: bool,  # noqa: FBT001 - a column of the table
) -> None:
    parts = [talk(Speaker.ME, s, s + 4.6) for s in range(1, seconds, 5)]
    assert costs(tuple(parts)).count("monologue") == int(costly)


def test_their_answer_begins_the_minute_anew() -> None:
    mine = [talk(Speaker.ME, s, s + 4.6) for s in range(1, 40, 5)]
    theirs = Transcript(Speaker.THEM, 42, 45, "We had the same with the old firm.")
    more = [talk(Speaker.ME, s, s + 4.6) for s in range(46, 90, 5)]
    assert "monologue" not in costs((*mine, theirs, *more))


@given(st.lists(st.tuples(st.booleans(), st.floats(0.5, 9)), max_size=150))
def test_only_the_last_five_minutes_are_remembered(turns: list[tuple[bool, float]]) -> None:
    holding, at_s = Holding(), 0.0
    for mine, length_s in turns:
        heard = talk(Speaker.ME if mine else Speaker.THEM, at_s, at_s + length_s)
        holding, _ = holding.after(heard, LIMITS, listening=False)
        at_s += length_s
        assert all(end > at_s - SHARE_OVER_S for _, end, _ in holding.spans)


def test_two_hollow_replies_in_a_row_stall_and_a_true_one_between_does_not() -> None:
    hollow = (LABEL, "t: You're right.", "m: It seems like the board is on your back.", "t: Yeah.")
    assert "stalled" in costs(spoken(*hollow))
    true = (*hollow[:2], "m: It seems like you can't lose another one.", "t: That's exactly it.")
    assert "stalled" not in costs(spoken(*true, *hollow[2:]))


FEAR = "t: I'm worried about the second winter in that building."


@pytest.mark.parametrize(
    ("turns", "costly"),
    [
        (
            ("m: The lift was new last year.", "t: Fine.", "m: And the hall gets painted in May."),
            True,
        ),
        (("m: What about the second winter?", "t: It's cold.", "m: The hall gets painted."), False),
        (("m: The lift was new last year.",), False),
    ],
    ids=["passed over twice", "taken up", "one turn only"],
)
def test_a_fear_that_two_turns_pass_over_is_unaddressed(
    turns: tuple[str, ...],
    costly: bool,  # noqa: FBT001 - a column of the table
) -> None:
    said = spoken(FEAR, *turns)
    assert ("unaddressed" in costs(said)) is costly
    labels = [e.say for e in events_of(said) if isinstance(e, Prompt)]
    if costly:
        assert any("second winter" in say for say in labels)


def test_what_they_did_is_credited_to_what_i_did() -> None:
    found = signals_of(spoken(LABEL, "t: That's right.", "m: How would you like to go on?",
                              "t: What if we moved the date?"))  # fmt: skip
    by_id = {s.id: s for s in found}
    pairs = {(by_id[s.answers].kind.value, s.kind.value) for s in found if s.answers is not None}
    assert ("label", "thats_right") in pairs
    assert ("calibrated_question", "offer") in pairs


def test_a_yes_that_becomes_more_keeps_its_credit() -> None:
    label, reply = spoken(LABEL, "t: Yeah.")
    more = replace(
        reply, start_s=reply.end_s + 1.0, end_s=reply.end_s + 2.5, text="But not the price."
    )
    found: list[Signal] = signals_of((label, reply, more))
    (last,) = [s for s in standing(found) if s.speaker is Speaker.THEM]
    assert last.kind is SignalKind.QUALIFIED_AGREEMENT
    assert last.answers == found[0].id
