"""Send these, expect those: turns, overlap, revision, prompts, subjects."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from talk import events_of, signals_of, spoken

from assistant import phrases
from assistant.engine import Engine
from assistant.model import (
    Prompt,
    PromptUsed,
    Signal,
    SignalKind,
    Speaker,
    SpeechDropped,
    SpeechOpened,
    StateChanged,
    Tick,
    Transcript,
    Understanding,
)

ME, THEM = Speaker.ME, Speaker.THEM
LABEL = "m: It sounds like the delivery date worries you more than the price."


def said(speaker: Speaker, start_s: float, end_s: float, text: str) -> Transcript:
    return Transcript(speaker, start_s, end_s, text)


def kinds(signals: list[Signal]) -> list[str]:
    return [s.kind.value for s in signals]


def test_a_signal_carries_its_evidence() -> None:
    label, reply = spoken(LABEL, "t: Yeah. That's right. We lost a customer.")
    signal = signals_of((label, reply))[-1]
    assert signal == Signal(
        id=2,
        kind=SignalKind.THATS_RIGHT,
        speaker=THEM,
        at_s=reply.end_s,
        start_s=reply.start_s,
        end_s=reply.end_s,
        confidence=signal.confidence,
        quote="Yeah. That's right.",
        rule="thats-right",
        after=SignalKind.LABEL,
        answers=1,
    )
    assert 0.9 <= signal.confidence <= 1


def test_a_backchannel_while_i_speak_is_no_signal_and_splits_no_turn() -> None:
    mine = said(ME, 1, 9, "So you've been let down twice, and now everybody is watching you.")
    quiet = said(THEM, 4, 4.4, "Yeah.")
    reply = said(THEM, 9.6, 10.3, "That's right.")
    assert kinds(signals_of((mine, quiet, reply))) == ["thats_right"]


@pytest.mark.parametrize(
    ("ends_s", "heard"),
    [(5.5, ["label", "thats_right"]), (9.0, ["label"])],
    ids=["I stop", "I go on"],
)
def test_words_over_mine_count_when_i_stop_for_them(ends_s: float, heard: list[str]) -> None:
    mine = said(ME, 1, ends_s, "It sounds like the delivery date worries you.")
    over = said(THEM, 4.9, 5.4, "That's right.")
    assert kinds(signals_of((mine, over))) == heard


def test_an_objection_thrown_in_while_i_speak_is_heard() -> None:
    mine = said(ME, 1, 9, "It sounds like the delivery date worries you.")
    over = said(THEM, 4, 6, "That's way too much.")
    assert kinds(signals_of((mine, over))) == ["label", "pushback"]


def test_noise_on_my_side_holds_a_reply_no_longer_than_itself() -> None:
    engine = Engine(phrases.load())
    label, reply = spoken(LABEL, "t: That's right.")
    engine.step(SpeechOpened(ME, label.start_s))
    engine.step(label)
    engine.step(SpeechOpened(ME, label.end_s + 0.1))
    engine.step(SpeechOpened(THEM, reply.start_s))
    assert not [e for e in engine.step(reply) if isinstance(e, Signal)]
    heard = engine.step(SpeechDropped(ME, reply.end_s + 1))
    assert [e.kind for e in heard if isinstance(e, Signal)] == [SignalKind.THATS_RIGHT]


def test_a_yes_into_a_long_turn_that_was_cut_is_still_a_backchannel() -> None:
    engine = Engine(phrases.load())
    first = said(ME, 1, 16, "I can do forty two thousand if we sign this month.")
    rest = said(ME, 16, 19, "And we would start in May.")
    quiet = said(THEM, 15.8, 16.2, "Right.")
    fed = [
        SpeechOpened(ME, 1),
        SpeechOpened(THEM, 15.8),
        SpeechOpened(ME, 16),
        first,
        quiet,
        rest,
        Tick(25),
    ]
    events = [e for heard in fed for e in engine.step(heard)]
    assert not [e for e in events if isinstance(e, Signal) and e.speaker is THEM]


def test_steady_noise_on_my_side_does_not_silence_them() -> None:
    engine = Engine(phrases.load())
    label, reply = spoken(LABEL, "t: That's right.")
    noise = SpeechOpened(ME, label.end_s + 0.1)
    for heard in (SpeechOpened(ME, 1), label, noise, SpeechOpened(THEM, reply.start_s), reply):
        assert not [
            e
            for e in engine.step(heard)
            if getattr(e, "speaker", ME) is THEM and isinstance(e, Signal)
        ]
    engine.step(SpeechOpened(ME, 21))
    heard = engine.step(SpeechDropped(ME, 21))
    assert [e.kind for e in heard if isinstance(e, Signal)] == [SignalKind.THATS_RIGHT]


def test_an_offer_is_told_once_a_turn() -> None:
    more = said(THEM, 9, 12, "What if we put it into the contract?")
    offer = said(THEM, 6, 8, "Okay. Here's a thought.")
    heard = signals_of((*spoken("m: How would you go on from here?"), offer, more))
    assert kinds(heard) == ["calibrated_question", "offer"]


def test_but_within_three_seconds_revises() -> None:
    label, reply = spoken(LABEL, "t: That's right.")
    more = said(THEM, reply.end_s + 1, reply.end_s + 3, "But there is more to it.")
    first, second = signals_of((label, reply, more))[1:]
    assert (first.kind, first.revises) == (SignalKind.THATS_RIGHT, None)
    assert (second.kind, second.revises) == (SignalKind.QUALIFIED_AGREEMENT, first.id)


def test_but_after_three_seconds_is_another_thought() -> None:
    label, reply = spoken(LABEL, "t: That's right.")
    more = said(THEM, reply.end_s + 3.5, reply.end_s + 5, "But there is more to it.")
    assert kinds(signals_of((label, reply, more))) == ["label", "thats_right"]


def test_but_revises_also_late_in_a_long_turn() -> None:
    long = [f"t: Then we moved box number {n} back." for n in range(20)]
    *before, reply = spoken(LABEL, *long, "t: You're right.", *long, "t: You're right.")
    more = said(THEM, reply.end_s + 1, reply.end_s + 3, "But there is more to it.")
    heard = [s for s in signals_of((*before, reply, more)) if s.kind is not SignalKind.STALLED]
    first, second = heard[-2:]
    assert (first.start_s, first.kind) == (reply.start_s, SignalKind.YOURE_RIGHT)
    assert (second.kind, second.revises) == (SignalKind.QUALIFIED_AGREEMENT, first.id)


@pytest.mark.parametrize(
    ("goes_on", "prompts", "states"),
    [
        ("But there is more to it.", ["silence", "no_oriented_question"], ["wishy_washy"]),
        ("No, actually that's not it.", ["silence", "label"], ["unheard"]),
        ("But the price is what matters.", ["silence", "no_oriented_question"], ["wishy_washy"]),
    ],
)
def test_a_revision_takes_back_what_the_first_hearing_did(
    goes_on: str, prompts: list[str], states: list[str]
) -> None:
    label, reply = spoken(LABEL, "t: That's right.")
    more = said(THEM, reply.end_s + 1, reply.end_s + 3, goes_on)
    events = events_of((label, reply, more))
    assert [e.kind.value for e in events if isinstance(e, Prompt)] == prompts
    changed = [e for e in events if isinstance(e, StateChanged)]
    assert {e.subject for e in changed} == {"the delivery date"}
    assert [e.understanding.value for e in changed] == ["summarised", "confirmed", *states]


def test_a_revision_that_asks_for_the_same_leaves_the_prompt_alone() -> None:
    label, reply = spoken(LABEL, "t: You're right.")
    more = said(THEM, reply.end_s + 1, reply.end_s + 3, "But there is more to it.")
    events = events_of((label, reply, more))
    assert [e.revises for e in events if isinstance(e, Signal)] == [None, None, 2]
    assert [e.kind.value for e in events if isinstance(e, Prompt)] == ["label"]


@pytest.mark.parametrize(("i_end_s", "prompts"), [(15.0, ["reset"]), (40.0, [])])
def test_what_was_held_too_long_is_not_prompted_for(i_end_s: float, prompts: list[str]) -> None:
    mine = said(ME, 2, i_end_s, "So we looked at all of the lorries, one after another.")
    events = events_of((mine, said(THEM, 5, 7, "That doesn't work for us.")))
    assert "pushback" in kinds([e for e in events if isinstance(e, Signal)])
    assert [e.kind.value for e in events if isinstance(e, Prompt)] == prompts


def test_a_reply_in_two_utterances_is_one_reply() -> None:
    label, reply = spoken(LABEL, "t: That's")
    rest = said(THEM, reply.end_s + 0.5, reply.end_s + 0.9, "right.")
    assert kinds(signals_of((label, reply, rest))) == ["label", "thats_right"]


def test_a_yes_is_bare_only_when_nothing_follows() -> None:
    label, reply = spoken(LABEL, "t: Yes.")
    more = said(THEM, reply.end_s + 0.5, reply.end_s + 3, "We have waited for eleven weeks now.")
    assert kinds(signals_of((label, reply, more))) == ["label"]
    assert kinds(signals_of((label, reply))) == ["label", "bare_yes"]


def test_a_bare_yes_is_told_within_a_second() -> None:
    engine = Engine(phrases.load())
    label, reply = spoken(LABEL, "t: Yes.")
    for heard in (label, SpeechOpened(THEM, reply.start_s), reply, Tick(reply.end_s + 0.5)):
        assert not [e for e in engine.step(heard) if getattr(e, "kind", None) == "bare_yes"]
    told = engine.step(Tick(reply.end_s + 0.75))
    assert [e.kind for e in told if isinstance(e, Signal)] == [SignalKind.BARE_YES]


def test_an_answer_that_comes_too_late_answers_nothing() -> None:
    label, reply = spoken(LABEL, "t: That's right.")
    late = replace(reply, start_s=reply.start_s + 60, end_s=reply.end_s + 60)
    assert kinds(signals_of((label, late))) == ["label"]


def test_two_wishy_washy_replies_stall_and_a_reset_clears() -> None:
    turns = (LABEL, "t: Yes.", LABEL, "t: You're right.")
    assert kinds(signals_of(spoken(*turns))).count("stalled") == 1
    reset = "m: Would you be offended if we restarted that part of our conversation?"
    cleared = (LABEL, "t: Yes.", reset, "t: No.", LABEL, "t: You're right.")
    assert "stalled" not in kinds(signals_of(spoken(*cleared)))


def test_prompts_are_paced_ranked_and_never_repeated() -> None:
    turns = (LABEL, "t: You're right.") * 12
    shown = [e for e in events_of(spoken(*turns)) if isinstance(e, Prompt)]
    assert len(shown) >= 4
    signals = {s.id: s for s in signals_of(spoken(*turns))}
    for before, after in pairwise(shown):
        outranks = signals[after.signal].kind is SignalKind.STALLED
        assert after.at_s - before.at_s >= 12 or outranks
    for i, prompt in enumerate(shown):
        within = [p for p in shown[:i] if prompt.at_s - p.at_s < 120]
        assert prompt.say not in [p.say for p in within]
        assert prompt.expires_s > prompt.at_s
        assert len(prompt.say.split()) <= 14
        assert len(prompt.why.split()) <= 10


def test_after_youre_right_the_article_speaks_first() -> None:
    shown = [e for e in events_of(spoken(LABEL, "t: You're right.")) if isinstance(e, Prompt)]
    assert [p.say for p in shown] == ["It seems like there's something I missed."]


def test_after_a_true_one_be_silent() -> None:
    shown = [e for e in events_of(spoken(LABEL, "t: That's right.")) if isinstance(e, Prompt)]
    assert [(p.kind.value, p.say) for p in shown] == [
        ("silence", "That's a real one. Stop. Let them go on.")
    ]


def test_saying_the_prompt_nearly_is_using_it() -> None:
    used = "m: Um, it seems like there's something that I missed here."
    turns = (LABEL, "t: You're right.", used)
    assert [e.prompt for e in events_of(spoken(*turns)) if isinstance(e, PromptUsed)] == [1]
    other = (LABEL, "t: You're right.", "m: Great, then let's talk about the contract.")
    assert not [e for e in events_of(spoken(*other)) if isinstance(e, PromptUsed)]


def test_understanding_moves_with_the_signals() -> None:
    turns = (LABEL, "t: Yes.", LABEL, "t: That's right.", "m: Hm.", "t: What if we split it?")
    states = [e for e in events_of(spoken(*turns)) if isinstance(e, StateChanged)]
    assert {s.subject for s in states} == {"the delivery date"}
    assert [s.understanding for s in states] == [
        Understanding.SUMMARISED,
        Understanding.WISHY_WASHY,
        Understanding.CONFIRMED,
        Understanding.WORKING_TOGETHER,
    ]


def test_who_is_not_known_is_not_judged() -> None:
    label, reply = spoken(LABEL, "t: That's right.")
    unknown = [replace(t, speaker=Speaker.UNKNOWN) for t in (label, reply)]
    assert signals_of(unknown) == []


texts = st.sampled_from(
    [
        "That's right.",
        "yeah",
        "You're right.",
        "It sounds like the price is hard for you.",
        "Would you disagree?",
        "no not at all",
        "but it is late",
        "So that's Tuesday at nine?",
        "...",
        "",
    ]
)


@given(
    st.lists(
        st.tuples(st.sampled_from([ME, THEM]), st.integers(0, 20), st.integers(1, 30), texts),
        max_size=25,
    )
)
def test_any_dialogue_gives_well_formed_events(
    rows: list[tuple[Speaker, int, int, str]],
) -> None:
    utterances: list[Transcript] = []
    at_s = 0.0
    for speaker, gap, length, text in rows:
        at_s += gap / 10
        utterances.append(said(speaker, round(at_s, 2), round(at_s + length / 10, 2), text))
    events = events_of(utterances)
    signals = [e for e in events if isinstance(e, Signal)]
    assert [s.id for s in signals] == list(range(1, len(signals) + 1))
    assert all(0.6 <= s.confidence <= 1 and s.quote for s in signals)
    assert all(s.revises is None or s.revises < s.id for s in signals)
    shown = [e for e in events if isinstance(e, Prompt)]
    assert [p.id for p in shown] == list(range(1, len(shown) + 1))
    assert {p.signal for p in shown} <= {s.id for s in signals}
    assert events == events_of(utterances)
