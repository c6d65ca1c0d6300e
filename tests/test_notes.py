"""What the user says with keys while a call runs, and what they call a call afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import CallNotFoundError
from assistant.feeds import TranscriptFeed
from assistant.journal_lines import event_line, read_lines
from assistant.model import (
    CallInfo,
    CallWarning,
    FinishedCall,
    Note,
    Prompt,
    PromptDeclined,
    PromptKind,
    PromptsMuted,
    PromptUsed,
    Signal,
    SignalKind,
    Source,
    Speaker,
    SpeechDropped,
    SpeechOpened,
    Transcript,
)
from assistant.phrases import load as load_phrases
from assistant.prompts import Filling, Prompter, decline, propose
from assistant.runtime import CallSession, Recognisers
from assistant.runtime.hands import Legs, Record, Sides, silenced
from assistant.store import Library
from assistant.stored import CallChange
from assistant.wire import to_line
from audio.types import RATE_HZ, Block

if TYPE_CHECKING:
    from pathlib import Path

ME, THEM = Speaker.ME, Speaker.THEM
SAID = (
    Transcript(ME, 1.0, 4.0, "It sounds like the late truck costs you the whole line."),
    Transcript(THEM, 5.0, 6.0, "You're right."),
    Transcript(ME, 20.0, 24.0, "It sounds like the late truck costs you the whole line."),
    Transcript(THEM, 25.0, 26.0, "You're right."),
    Transcript(ME, 40.0, 44.0, "It sounds like the late truck costs you the whole line."),
    Transcript(THEM, 45.0, 46.0, "You're right."),
)


def call_of(*by_hand: object, said: tuple[Transcript, ...] = SAID) -> tuple[FinishedCall, list]:
    """The call with something done by hand at its beginning, or on the first prompt (callables)."""
    info = CallInfo(
        "t", "t.jsonl", Source.TRANSCRIPT, None, 60.0, datetime(2024, 1, 1, tzinfo=UTC), (ME, THEM)
    )
    session = CallSession(info, TranscriptFeed(said), Recognisers(lambda: None), load_phrases("en"))
    session.playback.set_speed(float("inf"))
    waiting = list(by_hand)
    for each in by_hand:
        if not callable(each):
            session.by_hand(each)
            waiting.remove(each)
    told = []

    def sink(event: object) -> None:
        told.append(event)
        if isinstance(event, Prompt) and waiting:
            for event_of in list(waiting):
                # in the session's own thread: what a key does comes before anything else heard
                session._obey(sink, _wish(event_of(event)))
            waiting.clear()

    finished = session.run(sink)
    assert finished is not None
    return finished, told


def _wish(event: object) -> object:
    from assistant.runtime.hands import ByHandWish  # noqa: PLC0415

    return ByHandWish(event)


def prompts_of(events: object) -> list[Prompt]:
    return [e for e in events if isinstance(e, Prompt)]


def test_a_note_and_a_mark_are_told_and_kept(tmp_path: Path) -> None:
    finished, told = call_of(Note(0.5, "he hesitated"), Note(0.75))
    assert [e for e in told if isinstance(e, Note)] == [Note(0.5, "he hesitated"), Note(0.75)]
    with Library.open(tmp_path) as library:
        number = library.save(finished)
        library.add_note(number, Note(9.0, "afterwards"))
        assert [e for e in library.load(number).events if isinstance(e, Note)] == [
            Note(0.5, "he hesitated"),
            Note(0.75),
            Note(9.0, "afterwards"),
        ]
        with pytest.raises(CallNotFoundError):
            library.add_note(number + 1, Note(1.0))


@given(
    at_s=st.floats(0, 1e5), text=st.text(max_size=60), number=st.integers(1, 99), less=st.booleans()
)
def test_the_journal_brings_back_what_was_said_by_hand(
    at_s: float, text: str, number: int, *, less: bool
) -> None:
    text = text.encode("utf-8", "ignore").decode()
    events = (Note(at_s, text), PromptDeclined(number, at_s, less), PromptUsed(number, at_s))
    lines = [event_line(event) for event in events]
    assert all(lines)
    assert read_lines(b"".join(lines)).events == events
    assert event_line(PromptsMuted(on=True, at_s=at_s)) is None


def test_events_out_name_what_was_done_by_hand() -> None:
    assert to_line(Note(1.0, "x")) == '{"type": "note", "text": "x", "at_s": 1.0}'
    line = to_line(PromptDeclined(3, 1.0, less=True))
    assert line == '{"type": "prompt_declined", "prompt": 3, "less": true, "at_s": 1.0}'
    assert to_line(PromptsMuted(on=True, at_s=1.0)) is None


def test_muted_no_prompt_comes_and_signals_do() -> None:
    _, told = call_of(PromptsMuted(on=True, at_s=0.0))
    assert not prompts_of(told)
    _, told = call_of(PromptsMuted(on=True, at_s=0.0), PromptsMuted(on=False, at_s=0.0))
    assert len(prompts_of(told)) == 3


def kinds_every_30_s(less: PromptKind | None = None, times: int = 1) -> list[PromptKind]:
    """What is proposed for a "you're right" every 30 s of ten minutes."""
    book, prompter = load_phrases("en"), Prompter()
    found = []
    for number in range(20):
        at_s = 5.0 + 30 * number
        signal = Signal(number, SignalKind.YOURE_RIGHT, THEM, at_s, at_s, at_s, 0.9, "q", "r")
        prompter, prompt = propose(book, prompter, (signal,), Filling("the price"), at_s)
        found.append(prompt.kind if prompt else None)
        if prompt and prompt.kind is less and times:
            times -= 1
            prompter = decline(prompter, PromptDeclined(prompt.id, at_s, less=True))
    return found


def test_less_of_a_kind_brings_another_kind_for_a_while() -> None:
    usual = kinds_every_30_s()
    kind = usual[0]
    assert kind in usual[1:7]
    once = kinds_every_30_s(kind)
    assert once[0] is kind
    assert kind not in once[1:6]
    assert kind in once[6:]
    twice = kinds_every_30_s(kind, times=2)
    again = twice.index(kind, 1)
    assert kind not in twice[again + 1 : again + 12]


def test_a_prompt_used_by_hand_counts_once() -> None:
    finished, told = call_of(lambda prompt: PromptUsed(prompt.id, prompt.at_s))
    assert finished.summary.prompts_used == 1
    assert sum(isinstance(e, PromptUsed) for e in told) == 1


def test_sides_change_hands_between_utterances_only() -> None:
    sides = Sides()
    sides.label(SpeechOpened(ME, 0.0))
    told = sides.swap()
    assert "swapped" in told
    assert sides.label(Transcript(ME, 0.0, 1.0, "so", final=False)).speaker is ME
    assert sides.label(Transcript(ME, 0.0, 2.0, "so what")).speaker is ME
    assert sides.label(SpeechOpened(ME, 3.0)).speaker is THEM
    assert sides.label(SpeechDropped(ME, 4.0)).speaker is THEM
    sides.swap()
    assert sides.label(SpeechOpened(ME, 5.0)).speaker is ME


def test_swapped_from_the_start_the_call_reads_the_other_way_round() -> None:
    info = CallInfo(
        "t", "t.jsonl", Source.TRANSCRIPT, None, 60.0, datetime(2024, 1, 1, tzinfo=UTC), (ME, THEM)
    )
    session = CallSession(info, TranscriptFeed(SAID), Recognisers(lambda: None), load_phrases("en"))
    session.playback.set_speed(float("inf"))
    session.swap_sides()
    finished = session.run(lambda _: None)
    assert finished is not None
    said = [e.speaker for e in finished.events if isinstance(e, Transcript)]
    assert said == [THEM, ME] * 3
    assert any(isinstance(e, CallWarning) and "swapped" in e.message for e in finished.events)


def test_off_the_record_is_told_once_and_says_how_long() -> None:
    record = Record()
    assert not record.off
    assert "Off the record since 1:02" in record.turn(62.0, off=True)
    assert record.off
    assert not record.turn(70.0, off=True)
    assert "0:38" in record.turn(100.0, off=False)
    assert not record.turn(101.0, off=False)


def test_off_the_record_nothing_of_the_sound_is_left() -> None:
    block = Block(ME, 0, np.ones(100, np.float32))
    quiet = silenced(block)
    assert not quiet.samples.any()
    assert (quiet.start_sample, len(quiet.samples)) == (0, 100)


def test_a_leg_tells_how_loud_it_is_and_since_when_it_is_dead() -> None:
    legs = Legs((ME, THEM))
    loud = np.full(RATE_HZ // 4, 0.5, np.float32)
    legs.heard(Block(ME, 0, loud))
    legs.heard(Block(THEM, 0, np.zeros(RATE_HZ // 4, np.float32)))
    mine, theirs = legs.states
    assert mine.peak_db == pytest.approx(-6.02, abs=0.01)
    assert mine.silent_s == 0.0
    assert theirs.peak_db == float("-inf")
    assert theirs.silent_s == 0.25
    legs.heard(Block(ME, RATE_HZ // 4, np.zeros(RATE_HZ // 4, np.float32)))
    assert legs.states[0].peak_db == pytest.approx(-12.02, abs=0.01)


def test_a_call_is_renamed_tagged_and_found_by_it(tmp_path: Path) -> None:
    finished, _ = call_of()
    with Library.open(tmp_path) as library:
        number = library.save(finished)
        library.save(finished)
        library.change(number, CallChange("Rent review", "Ms. Ödman", ("lease", " ", "Q3")))
        listed = next(c for c in library.calls() if c.id == number)
        assert (listed.title, listed.counterpart) == ("Rent review", "Ms. Ödman")
        assert listed.tags == ("lease", "Q3")
        assert library.load(number).info.title == "Rent review"
        for words in ("rent", "odman", "lease", "review ms"):
            assert [c.id for c in library.calls(words)] == [number], words
        library.change(number, CallChange(tags=()))
        assert not library.calls("lease")
        assert library.calls("rent")[0].counterpart == "Ms. Ödman"
        with pytest.raises(CallNotFoundError):
            library.change(99, CallChange("x"))


def test_a_word_is_found_while_it_is_typed(tmp_path: Path) -> None:
    finished, _ = call_of()
    with Library.open(tmp_path) as library:
        library.save(finished)
        assert len(library.calls("late tru", typing=True)) == 1
        assert not library.calls("late tru")
        assert not library.calls("tru late", typing=True)
        assert len(library.calls('tru"* OR', typing=True)) == 0
