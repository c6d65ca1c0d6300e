"""What the screen knows after each event. No application, no terminal."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce as fold

import pytest
from tui_script import FIRST_HALF, INFO, ME, SECOND_HALF, SUMMARY, THEM, WARNING, Mark

from assistant.model import (
    Event,
    Prompt,
    PromptKind,
    PromptUsed,
    Signal,
    SignalKind,
    Speaker,
    SpeechDropped,
    SpeechOpened,
    StateChanged,
    Transcript,
    Understanding,
    Word,
)
from assistant.runtime import MAX_SPEED
from tui import view as state
from tui.view import Phase, View
from tui.words import GAUGE, LISTENING, OUTCOMES, PROMPTS, SIGNALS, faster, slower


def after(*events: Event) -> View:
    return fold(state.reduce, events, state.begin(INFO))


PROMPT = Prompt(1, PromptKind.LABEL, "Say this.", "Because.", 1, 10.0, 22.0)


def test_it_loads_until_something_comes() -> None:
    assert state.begin(INFO).phase is Phase.LOADING
    assert after(FIRST_HALF[0]).phase is Phase.PLAYING


def test_a_whole_call_ends_with_its_summary_and_without_a_prompt() -> None:
    view = after(*FIRST_HALF, *SECOND_HALF)
    assert view.phase is Phase.ENDED
    assert view.summary == SUMMARY
    assert view.prompt is None
    assert view.now_s == SUMMARY.duration_s
    assert view.understanding is Understanding.WORKING_TOGETHER
    assert [s.subject for s in view.subjects] == ["the delivery date", "penalties"]


def test_share_counts_final_words_of_known_speakers_only() -> None:
    view = after(
        Transcript(ME, 0.0, 3.0, "a"),
        Transcript(THEM, 3.0, 4.0, "b"),
        Transcript(THEM, 4.0, 9.0, "c", final=False),
        Transcript(Speaker.UNKNOWN, 4.0, 90.0, "d"),
    )
    assert view.share_me == pytest.approx(0.75)


def test_there_is_no_share_before_anybody_spoke() -> None:
    assert after(Transcript(Speaker.UNKNOWN, 0.0, 3.0, "a")).share_me is None


@pytest.mark.parametrize(
    "closing",
    [SpeechDropped(THEM, 3.0), Transcript(THEM, 1.0, 3.0, "Yes.")],
    ids=["noise", "words"],
)
def test_somebody_speaks_until_it_is_words_or_noise(closing: Event) -> None:
    opened = after(SpeechOpened(THEM, 1.0), SpeechOpened(ME, 1.5))
    assert opened.speaking == {THEM, ME}
    assert state.reduce(opened, closing).speaking == {ME}
    partial = Transcript(THEM, 1.0, 2.0, "Ye", final=False)
    assert state.reduce(opened, partial).speaking == {THEM, ME}


def test_a_prompt_stays_to_its_last_moment_and_brings_its_cause() -> None:
    signal = Mark(1, 8.0, 10.0).of(SignalKind.YOURE_RIGHT, THEM, "you're right")
    view = after(signal, PROMPT)
    assert (view.prompt, view.cause) == (PROMPT, signal)
    assert state.tick(view, 22.0).prompt == PROMPT
    gone = state.tick(view, 22.1)
    assert (gone.prompt, gone.cause) == (None, None)


def test_a_prompt_expires_by_the_time_of_events_too() -> None:
    assert after(PROMPT, Transcript(THEM, 20.0, 30.0, "Words.")).prompt is None


def test_a_newer_prompt_takes_the_place() -> None:
    newer = replace(PROMPT, id=2, at_s=12.0, expires_s=24.0)
    view = after(PROMPT, PromptUsed(1, 11.0), newer)
    assert view.prompt == newer
    assert not view.used


def test_only_the_prompt_shown_is_marked_as_used() -> None:
    assert after(PROMPT, PromptUsed(1, 12.0)).used
    assert not after(PROMPT, PromptUsed(7, 12.0)).used


def test_time_never_runs_backwards() -> None:
    view = state.tick(after(FIRST_HALF[0]), 9.0)
    assert state.tick(view, 3.0).now_s == 9.0


def test_time_stands_still_at_the_end() -> None:
    view = after(*FIRST_HALF, *SECOND_HALF)
    assert state.tick(view, 9999.0) == view


def test_time_stands_still_until_the_call_begins() -> None:
    loading = state.begin(INFO)
    assert state.tick(loading, 4.0) == loading


def test_a_revision_replaces_the_signal() -> None:
    first = Mark(1, 1.0, 2.0).of(SignalKind.THATS_RIGHT, THEM, "that's right")
    second = Mark(2, 1.0, 3.0).of(
        SignalKind.QUALIFIED_AGREEMENT, THEM, "that's right, but", revises=1
    )
    assert after(first, second).signals == (second,)


@pytest.mark.parametrize(
    ("was", "became", "stays"),
    [
        (SignalKind.THATS_RIGHT, SignalKind.QUALIFIED_AGREEMENT, False),
        (SignalKind.YOURE_RIGHT, SignalKind.THATS_RIGHT, False),
        (SignalKind.YOURE_RIGHT, SignalKind.FACTUAL_CONFIRMATION, False),
        (SignalKind.YOURE_RIGHT, SignalKind.QUALIFIED_AGREEMENT, True),
    ],
)
def test_a_prompt_goes_with_the_signal_it_rests_on(
    was: SignalKind,
    became: SignalKind,
    stays: bool,  # noqa: FBT001 - the expected value
) -> None:
    first = Mark(PROMPT.signal, 9.0, 10.0).of(was, THEM, "right")
    second = Mark(99, 9.0, 11.0).of(became, THEM, "right, but", revises=PROMPT.signal)
    other = Mark(100, 9.0, 11.0).of(became, THEM, "right, but", revises=98)
    view = after(first, PROMPT, second)
    assert (view.prompt, view.cause) == ((PROMPT, second) if stays else (None, None))
    assert after(first, PROMPT, other).prompt == PROMPT


def test_signals_warnings_and_subjects_are_bounded() -> None:
    events: list[Event] = []
    for i in range(1, 200):
        events.append(Mark(i, i, i + 0.5).of(SignalKind.BARE_YES, THEM, "yes"))
        events.append(replace(WARNING, at_s=float(i)))
        events.append(StateChanged(f"subject {i}", Understanding.UNHEARD, float(i)))
    view = after(*events)
    assert [len(view.signals), len(view.warnings), len(view.subjects)] == [
        state.KEPT_SIGNALS,
        state.KEPT_WARNINGS,
        state.KEPT_SUBJECTS,
    ]
    assert view.last_signal == events[-3]
    assert view.subjects[0].subject == "subject 199"


def test_a_warning_is_noticed_for_a_while() -> None:
    view = after(WARNING)
    assert view.notice == WARNING.message
    assert state.tick(view, WARNING.at_s + state.NOTICE_S + 1).notice == ""


def test_a_failure_takes_the_prompt_away() -> None:
    view = state.failed(after(PROMPT), "The file\x1b[2J is empty.")
    assert (view.phase, view.prompt, view.failure) == (Phase.FAILED, None, "The file is empty.")


def test_saved_not_saved_and_not_wanted_are_sentences() -> None:
    view = after(*FIRST_HALF, *SECOND_HALF)
    assert state.saved(view, "7").saved.startswith("Saved in the library as 7.")
    assert state.saved(view, None).saved == "Not saved."
    failed = state.not_saved(view, "The disk is full.")
    assert (failed.saved, failed.save_failed) == ("The disk is full.", True)


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("[red]x[/red]", "[red]x[/red]"),
        ("a\x1b[31mb", "ab"),
        ("a\x9b2Jb", "ab"),
        ("a\u202eb", "ab"),
        ("a\nb", "a b"),
        ("plain", "plain"),
    ],
)
def test_every_text_of_an_event_is_cleaned(dirty: str, clean: str) -> None:
    word = Word(dirty, 0.0, 1.0, 0.5)
    event = Transcript(THEM, 0.0, 1.0, dirty, words=(word,))
    assert state.cleaned(event) == replace(event, text=clean, words=(replace(word, text=clean),))
    signal = Mark(1, 0.0, 1.0).of(SignalKind.BARE_YES, THEM, dirty)
    cleaned = state.cleaned(signal)
    assert isinstance(cleaned, Signal)
    assert cleaned.quote == clean
    assert type(cleaned.kind) is SignalKind
    assert state.begin(replace(INFO, path=dirty)).info.path == clean


def test_a_clean_event_is_the_same_event() -> None:
    assert state.cleaned(FIRST_HALF[1]) is FIRST_HALF[1]


def test_everything_has_a_shape_and_a_word_that_tell_it_from_the_rest() -> None:
    assert set(SIGNALS) == set(SignalKind)
    assert len({look.word for look in SIGNALS.values()}) == len(SignalKind)
    assert set(GAUGE) == set(LISTENING) == set(Understanding)
    assert len({look.shape for look in GAUGE.values()}) == len(Understanding)
    assert len({look.shape for look in OUTCOMES.values()}) == len(OUTCOMES)
    assert set(PROMPTS) == set(PromptKind)
    real, hollow = SIGNALS[SignalKind.THATS_RIGHT], SIGNALS[SignalKind.YOURE_RIGHT]
    assert (real.shape, real.tone) != (hollow.shape, hollow.tone)
    assert real.shape != hollow.shape


def test_speeds_between_the_steps_go_to_the_next_step() -> None:
    assert (faster(1.2), slower(1.2)) == (1.5, 1.0)
    assert (faster(100.0), slower(100.0)) == (MAX_SPEED, 8.0)
