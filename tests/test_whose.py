"""Words to voices, and one channel as if it were two."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_apart import piece, voice

from assistant.engine import Engine
from assistant.model import (
    Signal,
    SignalKind,
    Speaker,
    SpeechDropped,
    SpeechOpened,
    Tick,
    Transcript,
    Word,
)
from assistant.phrases import load
from assistant.splitting import Known, Splitter
from assistant.whose import Before, smoothed, split
from audio.apart import Piece, Voices

ME, THEM, UNKNOWN = Speaker.ME, Speaker.THEM, Speaker.UNKNOWN
A, B = voice(1), voice(2)


def voices() -> Voices:
    middles = np.stack((A, B))
    half = float(1 - A @ B)
    return Voices(middles, 0.0, half, 0.2)


def said(*parts: tuple[str, float, float]) -> Transcript:
    """Words evenly over the time of each part."""
    words: list[Word] = []
    for text, start_s, end_s in parts:
        each = text.split()
        step = (end_s - start_s) / len(each)
        words += [
            Word(w, start_s + i * step, start_s + (i + 1) * step, 0.9) for i, w in enumerate(each)
        ]
    text = " ".join(w.text for w in words)
    return Transcript(UNKNOWN, parts[0][1], parts[-1][2], text, words=tuple(words))


def heard(pattern: str, at: list[tuple[float, float]]) -> list[Piece]:
    by = {"A": A, "B": B}
    return [
        piece(by[w], 50 + i, s, e - s)
        for i, (w, (s, e)) in enumerate(zip(pattern, at, strict=True))
    ]


def test_a_short_reply_inside_the_others_turn_is_the_others() -> None:
    transcript = said(
        ("You pay that every month, right?", 0.0, 1.5),
        ("That's right.", 1.8, 2.3),
        ("So I thought.", 2.6, 3.8),
    )
    runs = split(transcript, heard("ABA", [(0, 1.5), (1.8, 2.3), (2.6, 3.8)]), voices()).runs
    assert [r.first for r in runs] == [True, False, True]
    assert " ".join(w.text for w in runs[1].words) == "That's right."
    assert (runs[1].start_s, runs[1].end_s) == pytest.approx((1.8, 2.3), abs=0.01)
    assert all(r.confidence > 0.9 for r in runs)


def test_the_voice_changes_where_a_sentence_ends() -> None:
    """The words' times are 0.3 s late: by time alone "right?" would be theirs."""
    transcript = said(("You pay that every month, right?", 0.3, 1.8), ("That's right.", 1.9, 2.5))
    runs = split(transcript, heard("AB", [(0, 1.5), (1.6, 2.4)]), voices()).runs
    assert [" ".join(w.text for w in r.words) for r in runs] == [
        "You pay that every month, right?",
        "That's right.",
    ]


def test_what_sounds_like_neither_is_who_spoke_before_and_not_sure() -> None:
    both = [Piece(0, 8_000, 8_000, inner=False, point=((A + B) / 2).astype(np.float32))]
    (run,) = split(said(("Right.", 0.0, 0.5)), both, voices(), Before(0.9, -0.1)).runs
    assert run.first
    assert 0.5 <= run.confidence < 0.9


@given(
    st.lists(st.floats(-8, 8), min_size=1, max_size=30),
    st.floats(0.01, 0.99),
    st.floats(0, 5),
)
def test_smoothing_is_a_probability_and_blind_to_which_is_first(
    odds: list[float], before: float, cost: float
) -> None:
    costs = [cost] * len(odds)
    likely = smoothed(np.array(odds), costs, before)
    other = smoothed(-np.array(odds), costs, 1 - before)
    assert ((likely >= 0) & (likely <= 1)).all()
    assert likely + other == pytest.approx(1)


@given(st.text("AB", min_size=1, max_size=8), st.data())
def test_no_word_is_lost_or_said_twice(pattern: str, data: st.DataObject) -> None:
    at = [(i * 1.5, i * 1.5 + 1.2) for i in range(len(pattern))]
    words = data.draw(
        st.lists(
            st.sampled_from(("Yes.", "well", "right?", "Nobody", "40")), min_size=1, max_size=30
        )
    )
    transcript = said((" ".join(words), 0.0, at[-1][1]))
    runs = split(transcript, heard(pattern, at), voices()).runs
    assert [w for r in runs for w in r.words] == list(transcript.words)
    assert all(a.first != b.first for a, b in pairwise(runs))


# ---- one channel as two ----------------------------------------------------------------------


def told(splitter: Splitter, transcript: Transcript, pieces: list[Piece]) -> list[object]:
    ticks = [Tick(round(0.24 * i, 2)) for i in range(1, 17)]
    before = [t for t in ticks if t.at_s <= transcript.end_s]
    out: list[object] = [*splitter.pass_on(SpeechOpened(UNKNOWN, transcript.start_s))]
    for tick in before:
        out += splitter.pass_on(tick)
    assert out == []
    return [*splitter.pass_on(transcript, pieces), *splitter.pass_on(Tick(transcript.end_s + 0.24))]


def test_what_comes_out_is_in_call_order_and_what_two_channels_would_tell() -> None:
    transcript = said(
        ("You pay that every month, right?", 0.0, 1.5),
        ("That's right.", 1.8, 2.3),
        ("So I thought.", 2.6, 3.8),
    )
    splitter = Splitter(Known(voices()))
    out = told(splitter, transcript, heard("ABA", [(0, 1.5), (1.8, 2.3), (2.6, 3.8)]))
    times = [getattr(h, "end_s", None) or h.at_s for h in out]
    assert times == sorted(times)
    assert [(h.speaker, h.text) for h in out if isinstance(h, Transcript)] == [
        (ME, "You pay that every month, right?"),
        (THEM, "That's right."),
        (ME, "So I thought."),
    ]
    assert [h.speaker for h in out if isinstance(h, SpeechOpened)] == [ME, THEM, ME]
    assert len([h for h in out if isinstance(h, Tick)]) == 16
    other = told(Splitter(Known(voices(), me_first=False)), transcript, heard("A", [(0, 3.8)]))
    assert {h.speaker for h in other if isinstance(h, Transcript)} == {THEM}


def test_what_turns_out_to_hold_no_words_lets_time_pass() -> None:
    splitter = Splitter(Known(voices()))
    assert splitter.pass_on(SpeechOpened(UNKNOWN, 1.0)) == ()
    assert splitter.pass_on(Tick(1.2)) == ()
    assert splitter.pass_on(SpeechDropped(UNKNOWN, 1.4)) == (Tick(1.2),)
    assert splitter.pass_on(Tick(1.44)) == (Tick(1.44),)


def test_while_a_call_runs_the_voices_are_learnt_and_nobody_is_named_before() -> None:
    splitter = Splitter(Known(None, mine=B))
    speakers: list[Speaker] = []
    for i in range(14):
        at_s = i * 4.0
        pieces = [piece((A, B)[i % 2], 100 + i, at_s + k * 1.3, 1.2) for k in range(2)]
        transcript = said(("so it goes", at_s, at_s + 2.5))
        out = splitter.pass_on(transcript, pieces)
        speakers += [h.speaker for h in out if isinstance(h, Transcript)]
    named = [s for s in speakers if s is not UNKNOWN]
    assert speakers[0] is UNKNOWN
    assert speakers == [UNKNOWN] * (14 - len(named)) + named
    assert len(named) >= 8
    before = [h for told in splitter.corrections().values() for h in told]
    assert [h.speaker for h in before] == [[THEM, ME][i % 2] for i in range(14 - len(named))]
    # B is enrolled, and speaks second, fourth, ...
    assert named == [[THEM, ME][i % 2] for i in range(14)][-len(named) :]


def confidence_of_the_reply(sure: float | None) -> tuple[float, tuple[str, ...]]:
    engine = Engine(load())
    summary = "So it isn't the price for you, it's that nine others would want the same."
    label = Transcript(ME, 0.0, 4.0, summary)
    reply = Transcript(THEM, 4.4, 5.2, "That's right.", speaker_confidence=sure)
    events = [e for h in (label, reply, Tick(9.0)) for e in engine.step(h)]
    found = [e for e in events if isinstance(e, Signal) and e.kind is SignalKind.THATS_RIGHT]
    return (found[0].confidence, found[0].reasons) if found else (0.0, ())


def test_a_signal_is_no_surer_than_who_spoke() -> None:
    usual, reasons = confidence_of_the_reply(None)
    assert usual > 0.8
    assert confidence_of_the_reply(1.0) == (usual, reasons)
    less, more_reasons = confidence_of_the_reply(0.8)
    assert less == pytest.approx(usual * 0.8, abs=0.001)
    assert more_reasons == (*reasons, "who spoke is 0.80 of 1 sure")
    assert confidence_of_the_reply(0.5) == (0.0, ())


# ---- the user says who speaks ------------------------------------------------------------------


def test_what_i_claim_is_mine_until_the_utterance_ends() -> None:
    splitter = Splitter(Known(voices()))
    transcript = said(("Two years.", 0.0, 1.2), ("That's right.", 1.6, 2.8))
    at = [(0, 1.2), (1.6, 2.8)]
    splitter.claim(2.0)
    assert splitter.claimed
    out = splitter.pass_on(transcript, heard("BB", at))
    spoken = [(h.speaker, h.text) for h in out if isinstance(h, Transcript)]
    assert spoken == [(THEM, "Two years."), (ME, "That's right.")]
    assert not splitter.claimed
    later = splitter.pass_on(said(("Fine.", 4.0, 5.2)), heard("B", [(4.0, 5.2)]))
    assert [h.speaker for h in later if isinstance(h, Transcript)] == [THEM]


def test_a_claim_waits_for_what_is_said_after_it_and_can_be_let_go() -> None:
    splitter = Splitter(Known(voices(), me_first=False))
    splitter.claim(3.0)
    before = splitter.pass_on(said(("Yes.", 0.0, 1.2)), heard("A", [(0, 1.2)]))
    assert [h.speaker for h in before if isinstance(h, Transcript)] == [THEM]
    assert splitter.claimed
    splitter.let_go(3.5)
    assert not splitter.claimed
    after = splitter.pass_on(said(("Well.", 5.0, 6.2)), heard("A", [(5.0, 6.2)]))
    assert [h.speaker for h in after if isinstance(h, Transcript)] == [THEM]


@pytest.mark.parametrize("mine", [True, False])
def test_a_claim_counts_before_voices_are_known_and_tells_mine_from_theirs(mine: bool) -> None:  # noqa: FBT001 - a case
    splitter = Splitter(Known(None))
    splitter.claim(0.3, mine=mine)
    first = splitter.pass_on(said(("Hello there.", 0.0, 2.5)), heard("BB", [(0, 1.2), (1.3, 2.5)]))
    (named,) = [h for h in first if isinstance(h, Transcript)]
    assert (named.speaker, named.speaker_confidence) == (ME if mine else THEM, 1.0)
    speakers: list[Speaker] = []
    for i in range(1, 14):
        at_s = i * 4.0
        pieces = [piece((B, A)[i % 2], 100 + i, at_s + k * 1.3, 1.2) for k in range(2)]
        out = splitter.pass_on(said(("so it goes", at_s, at_s + 2.5)), pieces)
        speakers += [h.speaker for h in out if isinstance(h, Transcript)]
    if mine:
        named_as = dict(zip(range(1, 14), speakers, strict=True))
        assert all(s in {UNKNOWN, (ME, THEM)[i % 2]} for i, s in named_as.items())
    assert speakers[-1] is not UNKNOWN
