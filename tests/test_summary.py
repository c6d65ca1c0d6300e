from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.model import (
    CallInfo,
    CallSummary,
    Event,
    Outcome,
    Prompt,
    PromptKind,
    PromptUsed,
    Signal,
    SignalCount,
    SignalKind,
    Source,
    Speaker,
    SpeakerMeasures,
    StateChanged,
    SubjectState,
    Transcript,
    Understanding,
)
from assistant.summary import shortened, summarise
from assistant.summary_parts import MOST_MOMENTS
from assistant.summary_parts import SAID_LETTERS as I_SAID_LETTERS
from assistant.summary_words import MOMENT_NOTES

ME, THEM, UNKNOWN = Speaker.ME, Speaker.THEM, Speaker.UNKNOWN
THATS_RIGHT, YOURE_RIGHT = SignalKind.THATS_RIGHT, SignalKind.YOURE_RIGHT
INFO = CallInfo(
    title="a call",
    path="a call.ogg",
    source=Source.AUDIO,
    model="base",
    duration_s=200.0,
    started_at=datetime(2026, 3, 4, tzinfo=UTC),
    speakers=(ME, THEM),
)
BY_ME = {SignalKind.SUMMARY, SignalKind.LABEL, SignalKind.PRESSURE, SignalKind.PREMATURE_MOVE}


def said(speaker: Speaker, start_s: float, end_s: float, text: str = "words") -> Transcript:
    return Transcript(speaker, start_s, end_s, text)


def heard(id_: int, kind: SignalKind, at_s: float, **changes: object) -> Signal:
    speaker = ME if kind in BY_ME else THEM
    signal = Signal(id_, kind, speaker, at_s, at_s - 1.0, at_s, 0.9, f"quote {id_}", "rule")
    return replace(signal, **changes)  # type: ignore[arg-type]  # field names are the tests' own


BOTH = (said(ME, 0.0, 10.0), said(THEM, 11.0, 20.0))


def summary_of(*signals: Signal, both: tuple[Event, ...] = BOTH) -> CallSummary:
    return summarise(INFO, (*both, *signals))


# ---- outcome ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signals", "outcome"),
    [
        ((), Outcome.NOT_YET),
        ((heard(1, SignalKind.FACTUAL_CONFIRMATION, 5.0),), Outcome.NOT_YET),
        ((heard(1, SignalKind.OFFER, 5.0),), Outcome.NOT_YET),
        ((heard(1, YOURE_RIGHT, 5.0),), Outcome.WISHY_WASHY),
        ((heard(1, SignalKind.BARE_YES, 5.0),), Outcome.WISHY_WASHY),
        ((heard(1, SignalKind.QUALIFIED_AGREEMENT, 5.0),), Outcome.WISHY_WASHY),
        ((heard(1, YOURE_RIGHT, 5.0), heard(2, THATS_RIGHT, 9.0)), Outcome.UNDERSTOOD),
        ((heard(1, THATS_RIGHT, 5.0), heard(2, YOURE_RIGHT, 9.0)), Outcome.UNDERSTOOD),
        ((heard(1, SignalKind.OFFER, 5.0), heard(2, THATS_RIGHT, 9.0)), Outcome.UNDERSTOOD),
        ((heard(1, THATS_RIGHT, 5.0), heard(2, SignalKind.OFFER, 9.0)), Outcome.WORKING_TOGETHER),
        # in one breath
        ((heard(1, THATS_RIGHT, 5.0), heard(2, SignalKind.OFFER, 5.0)), Outcome.WORKING_TOGETHER),
        # an offer counts after any real one, not only after the last
        (
            (
                heard(1, THATS_RIGHT, 5.0),
                heard(2, SignalKind.OFFER, 6.0),
                heard(3, THATS_RIGHT, 9.0),
            ),
            Outcome.WORKING_TOGETHER,
        ),
    ],
)
def test_the_outcome_by_the_method(signals: tuple[Signal, ...], outcome: Outcome) -> None:
    assert summary_of(*signals).outcome is outcome


def test_a_thats_right_that_was_revised_away_counts_as_what_it_became() -> None:
    summary = summary_of(
        heard(1, THATS_RIGHT, 5.0),
        heard(2, SignalKind.QUALIFIED_AGREEMENT, 6.0, revises=1),
    )
    assert summary.outcome is Outcome.WISHY_WASHY
    assert summary.first_thats_right_s is None
    assert summary.signals == (SignalCount(SignalKind.QUALIFIED_AGREEMENT, 1),)
    assert [moment.signal for moment in summary.moments] == [2]


def test_a_chain_of_revisions_leaves_only_its_end() -> None:
    summary = summary_of(
        heard(1, SignalKind.BARE_YES, 5.0),
        heard(2, YOURE_RIGHT, 6.0, revises=1),
        heard(3, THATS_RIGHT, 7.0, revises=2),
    )
    assert summary.signals == (SignalCount(THATS_RIGHT, 1),)
    assert summary.first_thats_right_s == 7.0


def test_the_headline_says_when_and_what_came_of_it() -> None:
    understood = summary_of(heard(1, THATS_RIGHT, 151.9))
    assert understood.headline == (
        'You earned a "that\'s right" at 2:31; '
        "they have not offered a way forward of their own yet."
    )
    together = summary_of(heard(1, THATS_RIGHT, 61.0), heard(2, SignalKind.OFFER, 70.0))
    assert together.headline.startswith('You earned a "that\'s right" at 1:01, and after it they')
    wishy = summary_of(heard(1, YOURE_RIGHT, 5.0), heard(2, SignalKind.BARE_YES, 8.0))
    assert wishy.headline.startswith('They agreed twice without a "that\'s right"')
    often = summary_of(*(heard(n, YOURE_RIGHT, n * 1.0) for n in (1, 2, 3)))
    assert often.headline.startswith("They agreed 3 times without")
    once = summary_of(heard(1, YOURE_RIGHT, 5.0))
    assert once.headline.startswith("They agreed once without")
    tried = summary_of(heard(1, SignalKind.LABEL, 5.0), heard(2, SignalKind.SUMMARY, 8.0))
    assert tried.headline.startswith("You summed up or labelled twice")
    assert summary_of().headline.startswith("No summary or label of yours was heard")


# ---- calls that cannot be judged -------------------------------------------------------------


def test_an_empty_call() -> None:
    summary = summarise(replace(INFO, duration_s=None), ())
    assert summary == CallSummary(
        outcome=Outcome.NOT_YET,
        headline="Nothing was said in this call, so there is nothing to judge.",
        duration_s=0.0,
        measures=(SpeakerMeasures(ME, 0.0, 0, 0, 0.0, 0), SpeakerMeasures(THEM, 0.0, 0, 0, 0.0, 0)),
        talk_share_me=None,
        signals=(),
        subjects=(),
        first_thats_right_s=None,
        moments=(),
        prompts_shown=0,
        prompts_used=0,
        practise="Record each side on a channel of its own, so that the next call can be judged.",
    )


@pytest.mark.parametrize(
    ("heard_of", "words"),
    [
        ((), ("microphone and the other side",)),
        ((ME,), ("--them",)),
        ((THEM,), ("--mic",)),
        ((UNKNOWN,), ("--them", "told apart")),
    ],
)
def test_a_live_call_that_cannot_be_judged_points_to_the_devices(
    heard_of: tuple[Speaker, ...], words: tuple[str, ...]
) -> None:
    info = replace(INFO, source=Source.LIVE)
    summary = summarise(info, [said(who, 0.0, 4.0, "So that is it.") for who in heard_of])
    assert not [word for word in ("thatsright devices", *words) if word not in summary.practise]


def test_when_who_spoke_is_not_known_nothing_is_judged_and_that_is_said() -> None:
    info = replace(INFO, speakers=(UNKNOWN,))
    summary = summarise(
        info,
        (
            said(UNKNOWN, 0.0, 4.0, "So that's it?"),
            said(UNKNOWN, 5.0, 6.0, "That's right."),
            heard(1, THATS_RIGHT, 6.0, speaker=UNKNOWN),
        ),
    )
    assert summary.outcome is Outcome.NOT_YET
    assert summary.headline.startswith("Who spoke is not known")
    assert summary.moments == ()
    assert summary.talk_share_me is None
    assert summary.first_thats_right_s is None
    assert summary.measures == (SpeakerMeasures(UNKNOWN, 5.0, 5, 1, 6.0, 1),)
    assert summary.practise.startswith("Record each side")


@pytest.mark.parametrize(
    ("only", "beginning"),
    [(ME, "Your counterpart was not heard"), (THEM, "You were not heard")],
)
def test_only_one_side_was_heard(only: Speaker, beginning: str) -> None:
    summary = summarise(INFO, (said(only, 0.0, 4.0),))
    assert summary.headline.startswith(beginning)
    assert summary.practise.startswith("Record each side")


# ---- subjects, prompts -----------------------------------------------------------------------


def test_subjects_end_where_they_were_last_and_since_when() -> None:
    summary = summarise(
        INFO,
        (
            StateChanged("the price", Understanding.SUMMARISED, 10.0),
            StateChanged("the date", Understanding.CONFIRMED, 20.0),
            StateChanged("the price", Understanding.WISHY_WASHY, 30.0),
            StateChanged("the price", Understanding.WISHY_WASHY, 40.0),
        ),
    )
    assert summary.subjects == (
        SubjectState("the price", Understanding.WISHY_WASHY, 30.0),
        SubjectState("the date", Understanding.CONFIRMED, 20.0),
    )


def test_a_prompt_used_twice_counts_once() -> None:
    shown = [Prompt(n, PromptKind.LABEL, "say", "why", 1, 1.0, 9.0) for n in (1, 2, 3)]
    summary = summarise(INFO, (*shown, PromptUsed(2, 5.0), PromptUsed(2, 6.0)))
    assert (summary.prompts_shown, summary.prompts_used) == (3, 1)


# ---- moments ---------------------------------------------------------------------------------


def test_the_three_that_matter_most_in_call_order_each_of_another_kind() -> None:
    summary = summary_of(
        heard(1, SignalKind.BARE_YES, 5.0),
        heard(2, YOURE_RIGHT, 10.0),
        heard(3, YOURE_RIGHT, 20.0, confidence=0.99),
        heard(4, THATS_RIGHT, 30.0),
        heard(5, SignalKind.OFFER, 40.0),
        heard(6, SignalKind.FACTUAL_CONFIRMATION, 50.0),
    )
    assert [(m.signal, m.kind, m.at_s) for m in summary.moments] == [
        (2, YOURE_RIGHT, 10.0),
        (4, THATS_RIGHT, 30.0),
        (5, SignalKind.OFFER, 40.0),
    ]
    assert summary.moments[0].quote == "quote 2"
    assert "something I missed" in summary.moments[0].note


def test_another_kind_comes_before_more_of_the_same() -> None:
    signals = [heard(n, THATS_RIGHT, n * 10.0) for n in (1, 2, 3)]
    later = (heard(4, SignalKind.MONOLOGUE, 40.0), heard(5, SignalKind.DEFERRAL, 50.0))
    assert [m.signal for m in summary_of(*signals, *later).moments] == [1, 4, 5]


def test_moments_of_one_kind_fill_up_when_there_is_no_other() -> None:
    signals = [heard(n, YOURE_RIGHT, n * 10.0) for n in range(1, 6)]
    assert [m.signal for m in summary_of(*signals).moments] == [1, 2, 3]


def test_a_moment_tells_what_i_said_before_it_and_not_after() -> None:
    both = (
        said(ME, 0.0, 2.0, "An earlier turn."),
        said(THEM, 3.0, 4.0, "Go on."),
        said(ME, 5.0, 9.0, "It sounds like March matters."),
        said(ME, 9.5, 12.0, "And the price less."),
        said(THEM, 13.0, 14.0, "You're right."),
        said(ME, 15.0, 16.0, "So we sign?"),
    )
    reply = heard(1, YOURE_RIGHT, 14.0, start_s=13.0)
    summary = summary_of(reply, both=both)
    assert summary.moments[0].i_said == "It sounds like March matters. And the price less."


def test_before_a_moment_of_mine_stands_my_turn_before_it() -> None:
    both = (
        said(ME, 0.0, 2.0, "We can do ten."),
        said(THEM, 3.0, 4.0, "No."),
        said(ME, 5.0, 9.0, "Take it or leave it."),
    )
    pressure = heard(1, SignalKind.PRESSURE, 9.0, start_s=5.5)
    assert summary_of(pressure, both=both).moments[0].i_said == "We can do ten."
    assert summary_of(replace(pressure, start_s=0.5), both=both).moments[0].i_said == ""


def test_what_i_said_keeps_its_end_and_whole_words() -> None:
    long = " ".join(f"word{n}" for n in range(100))
    both = (said(ME, 0.0, 2.0, long), said(THEM, 3.0, 4.0))
    i_said = summary_of(heard(1, YOURE_RIGHT, 4.0), both=both).moments[0].i_said
    assert i_said.startswith("… word")
    assert i_said.endswith("word98 word99")
    assert set(i_said.removeprefix("… ").split()) <= set(long.split())


@given(st.text("ab ", max_size=60), st.integers(1, 40))
def test_shortened_is_an_end_of_the_text_within_the_limit(text: str, letters: int) -> None:
    result = shortened(text, letters)
    kept = result.removeprefix("… ")
    assert len(kept) <= letters
    assert text.rstrip().endswith(kept.rstrip())
    assert (result == text) == (len(text) <= letters)


def test_shortened_cuts_a_word_only_when_there_is_no_other_way() -> None:
    assert shortened("abcdef", 3) == "… def"
    assert shortened("abc def", 3) == "… def"
    assert shortened("ab cd ef", 5) == "… cd ef"
    assert shortened("abc def", 5) == "… def"
    assert shortened("abc def", 7) == "abc def"


# ---- practise --------------------------------------------------------------------------------

SUMMED_UP = heard(90, SignalKind.SUMMARY, 1.0)


@pytest.mark.parametrize(
    ("signals", "words"),
    [
        ((heard(1, SignalKind.PRESSURE, 5.0), heard(2, YOURE_RIGHT, 6.0)), "restarted that part"),
        ((heard(1, SignalKind.PREMATURE_MOVE, 5.0),), "Sum up before terms"),
        ((heard(1, YOURE_RIGHT, 5.0), heard(2, SignalKind.BARE_YES, 80.0)), "2 of 2 wishy-washy"),
        ((heard(1, YOURE_RIGHT, 5.0), heard(2, SignalKind.LABEL, 35.1)), "1 of 1 wishy-washy"),
        ((heard(1, YOURE_RIGHT, 5.0), heard(2, SignalKind.LABEL, 35.0)), "Sum up their side once"),
        ((), "Sum up their side once"),
        ((SUMMED_UP, heard(2, SignalKind.FILLED_SILENCE, 5.0)), "count to three"),
        ((SUMMED_UP, heard(2, SignalKind.MONOLOGUE, 5.0)), "Leave them more room"),
        ((SUMMED_UP,), "Go on summing up"),
        ((SUMMED_UP, heard(2, THATS_RIGHT, 5.0)), "ask how they would make it work"),
        (
            (SUMMED_UP, heard(2, THATS_RIGHT, 5.0), heard(3, SignalKind.OFFER, 6.0)),
            "until they have laid it all out",
        ),
    ],
)
def test_one_thing_to_practise_follows_from_what_happened(
    signals: tuple[Signal, ...], words: str
) -> None:
    assert words in summary_of(*signals).practise


def test_talking_too_much_is_worth_practising_without_any_signal_of_it() -> None:
    both = (said(ME, 0.0, 90.0), said(THEM, 91.0, 100.0))
    assert "Leave them more room" in summary_of(SUMMED_UP, both=both).practise


# ---- always ----------------------------------------------------------------------------------

SPEECH = st.lists(
    st.tuples(
        st.sampled_from(Speaker),
        st.integers(0, 60),
        st.integers(0, 20),
        st.sampled_from(["a?", "b"]),
    ).map(lambda parts: said(parts[0], parts[1], parts[1] + parts[2], parts[3])),
    max_size=25,
)


SIGNALS = st.lists(
    st.tuples(
        st.sampled_from(SignalKind),
        st.sampled_from(Speaker),
        st.floats(0, 300),
        st.floats(0, 1),
        st.none() | st.integers(1, 12),
    ),
    max_size=12,
).map(
    lambda rows: [
        Signal(n, kind, who, at, at, at, sure, f"q{n}", "r", revises=of if of and of < n else None)
        for n, (kind, who, at, sure, of) in enumerate(rows, 1)
    ]
)


@given(SIGNALS, SPEECH)
def test_every_statement_rests_on_a_signal_that_stands(
    signals: list[Signal], speech: list[Transcript]
) -> None:
    summary = summarise(INFO, [*speech, *signals])
    replaced = {signal.revises for signal in signals}
    standing = {s.id: s for s in signals if s.id not in replaced}
    assert sum(each.count for each in summary.signals) == len(standing)
    assert len(summary.moments) <= MOST_MOMENTS
    for moment in summary.moments:
        cause = standing[moment.signal]
        assert (cause.kind, cause.at_s, cause.quote) == (moment.kind, moment.at_s, moment.quote)
        assert moment.note == MOMENT_NOTES[moment.kind]
        assert len(moment.i_said) <= I_SAID_LETTERS + 2
    assert [m.at_s for m in summary.moments] == sorted(m.at_s for m in summary.moments)
    real = [s.at_s for s in standing.values() if s.kind is THATS_RIGHT and s.speaker is not UNKNOWN]
    assert summary.first_thats_right_s == min(real, default=None)
    for sentence in (summary.headline, summary.practise):
        assert sentence[0].isupper()
        assert sentence.rstrip('"')[-1] in ".?"


def test_notes_are_one_sentence_of_the_method() -> None:
    for note in MOMENT_NOTES.values():
        assert note.rstrip('"')[-1] in ".?"
        assert len(note) <= 120
