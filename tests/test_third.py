"""A third voice among two: found where there is one, and nobody's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_apart import dialogue, piece, voice
from test_whose import said

from assistant.engine import Engine
from assistant.model import Signal, Speaker, Tick, Transcript
from assistant.phrases import load
from assistant.splitting import Known, Splitter
from assistant.whose import split
from audio.apart import Piece, learn
from audio.speakers import unit
from audio.third import with_third

ME, THEM, UNKNOWN = Speaker.ME, Speaker.THEM, Speaker.UNKNOWN
VOICES = {"A": voice(1), "B": voice(2), "C": voice(3)}


def three(pattern: str, noise: float = 0.05) -> list[Piece]:
    return [piece(VOICES[w], 90 + i, i * 2.0, noise=noise) for i, w in enumerate(pattern)]


@given(st.permutations("AAAAAAAABBBBBBBCCCCCC"))
def test_a_third_voice_is_found_and_its_pieces_are_its_own(order: list[str]) -> None:
    pieces = three("".join(order))
    voices = learn(pieces)
    assert voices is not None
    voices, third = with_third(pieces, voices)
    assert third is not None
    assert [odds > 0 for odds in third.odds(pieces)] == [w == "C" for w in order]
    first = voices.odds(pieces) > 0
    assert len({bool(f) for f, w in zip(first, order, strict=True) if w == "A"}) == 1
    assert {bool(f) for f, w in zip(first, order, strict=True) if w != "C"} == {True, False}


@given(st.text("AB", min_size=8, max_size=24).filter(lambda p: 3 < p.count("A") < len(p) - 3))
def test_two_voices_are_no_three(pattern: str) -> None:
    pieces = dialogue(pattern)
    voices = learn(pieces)
    assert voices is not None
    assert with_third(pieces, voices) == (voices, None)


def test_i_am_never_the_third_though_i_speak_least() -> None:
    pieces = three("AAAAAAAABBBBBBBCCCCCC")
    voices = learn(pieces)
    assert voices is not None
    third = with_third(pieces, voices, VOICES["C"])[1]
    assert third is not None
    assert [odds > 0 for odds in third.odds(pieces)] == [w == "B" for w in "AAAAAAAABBBBBBBCCCCCC"]


def test_one_odd_sound_is_no_voice() -> None:
    pieces = [*three("AABBABABAB"), piece(VOICES["C"], 5, 40.0)]
    voices = learn(pieces)
    assert voices is not None
    assert with_third(pieces, voices)[1] is None


def known(pattern: str = "AAAAAAAABBBBBBBCCCCCC") -> Known:
    pieces = three(pattern)
    voices = learn(pieces)
    assert voices is not None
    voices, third = with_third(pieces, voices)
    assert third is not None
    swap = voices.odds([piece(VOICES["A"], 1, 0.0)])[0] < 0
    return Known(voices.swapped() if swap else voices, third=third)


def test_words_of_the_third_are_a_run_of_their_own() -> None:
    call = known()
    words = said(("How long is it?", 0, 1.2), ("Two years.", 1.5, 2.7), ("Fine by me.", 3.0, 4.2))
    at = [(0, 1.2), (1.5, 1.2), (3.0, 1.2)]
    pieces = [piece(VOICES[w], 7, s, n) for w, (s, n) in zip("ACB", at, strict=True)]
    assert call.voices is not None
    runs = split(words, pieces, call.voices, third=call.third).runs
    assert [(r.third, r.first) for r in runs] == [(False, True), (True, False), (False, False)]
    assert " ".join(w.text for w in runs[1].words) == "Two years."
    assert all(r.confidence > 0.9 for r in runs)


def test_what_may_be_the_thirds_is_not_surely_anybodys() -> None:
    call = known()
    assert call.voices is not None
    between = unit(0.52 * VOICES["A"] + 0.48 * VOICES["C"])
    words = said(("That's right.", 0, 0.5))
    (run,) = split(words, [piece(between, 3, 0, 0.5, 0)], call.voices, third=call.third).runs
    assert run.confidence < 0.9


@pytest.mark.parametrize(("who", "raised"), [("B", True), ("C", False)])
def test_a_third_voice_raises_no_signals(who: str, raised: bool) -> None:  # noqa: FBT001 - a case
    engine, splitter = Engine(load()), Splitter(known())
    turns = [
        ("It sounds like you've been burned by late deliveries before.", "A", 0.0, 3.0),
        ("That's right.", who, 3.5, 4.3),
    ]
    events = []
    for text, voice_of, start_s, end_s in turns:
        pieces = [piece(VOICES[voice_of], 2, start_s, end_s - start_s)]
        for heard in splitter.pass_on(said((text, start_s, end_s)), pieces):
            events += engine.step(heard)
    events += engine.step(Tick(20.0))
    events += engine.finish()
    spoken = [e for e in events if isinstance(e, Transcript)]
    assert [e.speaker for e in spoken] == [ME, THEM if raised else UNKNOWN]
    assert (spoken[1].speaker_confidence is None) is not raised
    assert any(isinstance(e, Signal) and e.speaker is THEM for e in events) is raised


def test_what_is_said_after_the_third_is_understood_as_ever() -> None:
    engine, splitter = Engine(load()), Splitter(known())
    turns = [
        ("Sorry, I joined late.", "C", 0.0, 1.5),
        ("It sounds like you've been burned by late deliveries before.", "A", 2.0, 5.0),
        ("That's right.", "B", 5.5, 6.3),
    ]
    kinds = []
    for text, voice_of, start_s, end_s in turns:
        pieces = [piece(VOICES[voice_of], 2, start_s, end_s - start_s)]
        for heard in splitter.pass_on(said((text, start_s, end_s)), pieces):
            kinds += [e.kind for e in engine.step(heard) if isinstance(e, Signal)]
    assert kinds
    assert "thats_right" in kinds
