"""The last check: what is an echo of theirs, and what I said myself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.echoes import EARLY_S, KEPT_S, LATE_S, LEAST_RUN, Echoes, without_echo
from assistant.model import Heard, Speaker, SpeechDropped, SpeechOpened, Tick, Transcript, Word

ME, THEM = Speaker.ME, Speaker.THEM
WORD_S = 0.3
VOCABULARY = (
    "delivery price Friday warehouse quality contract yes right no okay and the we can of to "
    "question holiday invoice budget trust seventeen really think"
)

sentences = st.lists(st.sampled_from(VOCABULARY.split()), min_size=1, max_size=12)
delays_s = st.floats(-EARLY_S + 0.01, LATE_S - 0.01)


def said(speaker: Speaker, start_s: float, *texts: str) -> Transcript:
    words = " ".join(texts).split()
    times = [start_s + n * WORD_S for n in range(len(words) + 1)]
    return Transcript(
        speaker,
        start_s,
        times[-1],
        " ".join(words),
        words=tuple(
            Word(f" {word}", begin, end, 0.9)
            for word, begin, end in zip(words, times[:-1], times[1:], strict=True)
        ),
    )


def text(transcript: Transcript | None) -> str | None:
    return None if transcript is None else transcript.text


# ---- one utterance ---------------------------------------------------------------------------


@given(words=sentences, delay_s=delays_s)
def test_what_they_say_at_the_time_is_an_echo(words: list[str], delay_s: float) -> None:
    theirs = said(THEM, 10.0, *words)
    assert without_echo(said(ME, 10.0 + delay_s, *words), [theirs]) is None


@given(words=sentences, begin=st.integers(0, 11), delay_s=delays_s)
def test_a_part_of_what_they_say_is_one_too(words: list[str], begin: int, delay_s: float) -> None:
    part = words[begin:] or words
    start_s = 10.0 + (len(words) - len(part)) * WORD_S
    assert without_echo(said(ME, start_s + delay_s, *part), [said(THEM, 10.0, *words)]) is None


@given(words=sentences, last=st.integers(1, 4), pause_s=st.floats(0.2, 5.0))
def test_a_mirror_is_never_one(words: list[str], last: int, pause_s: float) -> None:
    """It comes once they are done; the shortest pause is one a person can keep."""
    theirs = said(THEM, 10.0, *dict.fromkeys(words))
    mirror = said(ME, theirs.end_s + pause_s, *[w.text.strip() for w in theirs.words[-last:]])
    assert without_echo(mirror, [theirs]) is mirror


@given(
    words=sentences,
    reply=st.sampled_from(["Yes.", "Right.", "No.", "Okay.", "Really?"]),
    at_s=st.floats(0.0, 20.0),
)
def test_a_reply_is_only_one_when_they_say_it_just_then(
    words: list[str], reply: str, at_s: float
) -> None:
    theirs = said(THEM, 10.0, *words)
    mine = said(ME, at_s, reply)
    theirs_then = [
        w
        for w in theirs.words
        if w.text.strip() == reply.strip(".?").lower() and -EARLY_S <= at_s - w.start_s <= LATE_S
    ]
    assert (without_echo(mine, [theirs]) is None) is bool(theirs_then)


@given(words=sentences, other=sentences, at_s=st.floats(0.0, 20.0))
def test_what_is_left_are_words_of_mine_in_their_order(
    words: list[str], other: list[str], at_s: float
) -> None:
    mine = said(ME, at_s, *other)
    left = without_echo(mine, [said(THEM, 10.0, *words)])
    if left is None or left is mine:
        return
    rest = iter(mine.words)
    assert all(word in rest for word in left.words)
    assert len(mine.words) - len(left.words) >= LEAST_RUN or len(words) < LEAST_RUN
    assert left.text == " ".join(w.text.strip() for w in left.words)
    assert mine.start_s <= left.start_s <= left.end_s <= mine.end_s


def test_what_i_say_before_their_echo_stays_and_the_echo_goes() -> None:
    theirs = said(THEM, 12.0, "the", "warehouse", "is", "full", "until", "Friday")
    mine = said(ME, 12.0 - 5 * WORD_S, "So", "what", "is", "it", "about?", theirs.text)
    left = without_echo(mine, [theirs])
    assert left is not None
    assert left.text == "So what is it about?"
    assert (left.start_s, left.end_s) == (mine.start_s, pytest.approx(12.0))


def test_my_yes_before_their_echo_stays() -> None:
    theirs = said(THEM, 12.0, "we can deliver that on Friday")
    mine = said(ME, 11.3, "Yes.")
    both = replace(said(ME, 12.1, theirs.text), start_s=11.3, words=(*mine.words, *theirs.words))
    assert text(without_echo(both, [theirs])) == "Yes."


def test_a_call_goes_on_with_what_is_left_of_mine() -> None:
    theirs = said(THEM, 12.0, "we can deliver that on Friday")
    mine = said(ME, 10.5, "and what do you think we can deliver that on Friday")
    echoes = Echoes()
    echoes.possible(0.0, 20.0)
    left = without_echo(mine, [theirs])
    assert text(left) == "and what do you think"
    assert echoes.push([theirs, mine]) == (theirs, left)


def test_words_of_an_echo_that_were_misheard_go_with_it() -> None:
    theirs = said(THEM, 12.0, "we can deliver the parcel on Friday")
    heard = said(ME, 12.1, "he can deliver a parcel on Friday")
    assert without_echo(heard, [theirs]) is None


def test_a_few_words_both_use_are_no_echo() -> None:
    theirs = said(THEM, 12.0, "I think the price is too high for us")
    mine = said(ME, 12.0, "But I think the quality speaks for itself here")
    assert without_echo(mine, [theirs]) is mine


def test_words_without_times_say_nothing() -> None:
    mine = Transcript(ME, 1.0, 2.0, "the price")
    assert without_echo(mine, [said(THEM, 1.0, "the", "price")]) is mine


# ---- a call ----------------------------------------------------------------------------------

moments = st.lists(
    st.tuples(st.sampled_from([ME, THEM]), st.floats(0, 60), sentences, st.booleans()), max_size=8
)


def call(spoken: list[tuple[Speaker, float, list[str], bool]]) -> list[Heard]:
    """What is heard, in call order; each speaker one thing after the other."""
    heard: list[tuple[float, Heard]] = []
    free = {ME: 0.0, THEM: 0.0}
    for speaker, at_s, words, dropped in sorted(spoken, key=lambda each: each[1]):
        transcript = said(speaker, max(at_s, free[speaker] + 0.1), *words)
        free[speaker] = transcript.end_s
        heard.append((transcript.start_s, SpeechOpened(speaker, transcript.start_s)))
        end = SpeechDropped(speaker, transcript.end_s) if dropped else transcript
        heard.append((transcript.end_s, end))
    return [each for _, each in sorted(heard, key=lambda each: each[0])]


@given(spoken=moments)
def test_where_no_echo_can_be_everything_passes_at_once(
    spoken: list[tuple[Speaker, float, list[str], bool]],
) -> None:
    echoes = Echoes()
    for each in call(spoken):
        assert echoes.push([each]) == (each,)


@given(spoken=moments, batch=st.integers(1, 5))
def test_where_one_can_be_nothing_is_lost_or_moved(
    spoken: list[tuple[Speaker, float, list[str], bool]], batch: int
) -> None:
    heard = call(spoken)
    echoes = Echoes()
    echoes.possible(0.0, 100.0)
    passed: list[Heard] = []
    for at in range(0, len(heard), batch):
        passed += echoes.push(heard[at : at + batch])
    assert echoes.finish() == ()  # everything they said is known by then
    theirs = [each for each in heard if isinstance(each, Transcript) and each.speaker is THEM]
    assert len(passed) == len(heard)
    for before, after in zip(heard, passed, strict=True):
        if isinstance(before, Transcript) and before.speaker is ME:
            left = without_echo(before, theirs)
            assert after == (SpeechDropped(ME, before.end_s) if left is None else left)
        else:
            assert after is before


def test_mine_waits_until_what_they_say_over_it_is_known() -> None:
    echoes = Echoes()
    echoes.possible(0.0, 20.0)
    theirs = said(THEM, 10.0, "we can deliver that on Friday")
    mine = said(ME, 10.1, "we", "can", "deliver")
    opened = SpeechOpened(THEM, 10.0), SpeechOpened(ME, 10.1)
    assert echoes.push(opened) == opened
    assert echoes.push([mine]) == ()
    assert echoes.push([Tick(11.5)]) == ()
    dropped = SpeechDropped(ME, mine.end_s)
    assert echoes.push([theirs]) == (dropped, Tick(11.5), theirs)


def test_what_waits_comes_with_the_end_of_the_call() -> None:
    echoes = Echoes()
    echoes.possible(0.0, 20.0)
    mine = said(ME, 10.1, "Yes.")
    assert echoes.push([SpeechOpened(THEM, 10.0), mine]) == (SpeechOpened(THEM, 10.0),)
    assert echoes.finish() == (mine,)


def test_an_echo_heard_before_it_was_noticed_goes_too_and_one_long_before_not() -> None:
    theirs, mine = said(THEM, 10.0, "the", "price"), said(ME, 10.1, "the", "price")
    for since_s, kept in ((13.0, False), (40.0, True)):
        echoes = Echoes()
        echoes.possible(since_s, since_s + 1)
        assert (echoes.push([theirs, mine])[-1] is mine) is kept


def test_what_they_said_long_ago_is_forgotten() -> None:
    echoes = Echoes()
    echoes.push(said(THEM, 10.0 * n, "the", "price") for n in range(100))
    assert len(echoes._theirs) <= KEPT_S / 10 + 1
