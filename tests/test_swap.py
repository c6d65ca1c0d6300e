"""A call whose speakers were taken for each other; a voice that is enrolled and forgotten."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest
from command import SAMPLES, line, run
from hypothesis import given
from hypothesis import strategies as st

from assistant.enrolment import FILE, enroll, enrolled, forget
from assistant.errors import ThatsRightError
from assistant.feeds import TranscriptFeed
from assistant.model import (
    CallInfo,
    CallWarning,
    Note,
    Signal,
    SignalKind,
    Source,
    Speaker,
    Transcript,
)
from assistant.phrases import load
from assistant.runtime import Apart, CallSession, Recognisers
from assistant.runtime.hands import Sides
from assistant.splitting import Known, Splitter
from assistant.store import Library
from assistant.swapping import SWAPPED, swapped
from audio.speakers import DIMENSIONS, unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from assistant.feeds import Fed, Until
    from assistant.model import Event, FinishedCall
    from audio.speakers import Points
    from audio.types import Samples

ME, THEM = Speaker.ME, Speaker.THEM
BOTH = (ME, THEM)

SUMMARY = "So it isn't the price, it's that nine others would want the same from you."
DIALOGUE = (
    line("me", 0.0, 5.0, SUMMARY)
    + line("them", 5.4, 6.2, "That's right.")
    + line("them", 6.6, 9.2, "And nobody has asked me about it.")
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with that dialogue as its only call."""
    (tmp_path / "call.jsonl").write_text(DIALOGUE, encoding="utf-8")
    assert run(tmp_path, "replay", tmp_path / "call.jsonl", "--json").status == 0
    return tmp_path


def kept(home: Path) -> FinishedCall:
    with Library.open(home / "data") as library:
        (only,) = library.calls()
        return library.load(only.id)


def agreed(call: FinishedCall) -> list[Signal]:
    return [e for e in call.events if isinstance(e, Signal) and e.kind is SignalKind.THATS_RIGHT]


def test_swapped_everything_is_understood_anew_under_the_same_id(home: Path) -> None:
    before = kept(home)
    assert agreed(before)
    done = run(home, "swap", "last")
    assert (done.status, done.err) == (0, "")
    assert "call 1" in done.out
    after = kept(home)
    assert not agreed(after)
    assert [e.speaker for e in after.events if isinstance(e, Transcript)] == [
        Speaker.THEM,
        Speaker.ME,
        Speaker.ME,
    ]
    assert after.info == before.info
    assert [e.message for e in after.events if isinstance(e, CallWarning)] == [SWAPPED]
    assert after.summary.talk_share_me != before.summary.talk_share_me
    with Library.open(home / "data") as library:
        assert len(library.calls("nobody asked")) == 1
    assert run(home, "swap", "1").status == 0
    assert kept(home) == before


def test_nobody_is_swapped_where_nobody_is_known(home: Path) -> None:
    call = kept(home)
    unknown = [e for e in call.events if not isinstance(e, Transcript)]
    with pytest.raises(ThatsRightError, match="Nothing was changed"):
        swapped(type(call)(call.info, tuple(unknown), call.summary), load())
    missing = run(home, "swap", "7")
    assert missing.status == 1
    assert "7" in missing.err
    assert kept(home) == call


@given(st.lists(st.floats(-10, 10, width=32), min_size=DIMENSIONS, max_size=DIMENSIONS))
def test_a_voice_comes_back_as_it_was_stored(
    tmp_path_factory: pytest.TempPathFactory, point: list[float]
) -> None:
    folder = tmp_path_factory.mktemp("voice")
    voice = unit(np.array(point, dtype=np.float32))
    if np.linalg.norm(voice) < 0.9:
        return
    enroll(folder, voice)
    back = enrolled(folder)
    assert back is not None
    assert np.abs(back - voice).max() < 1e-4


def test_a_voice_is_private_replaced_and_forgotten(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert enrolled(folder) is None
    assert not forget(folder)
    for seed in (1, 2):
        voice = unit(np.random.default_rng(seed).normal(size=DIMENSIONS).astype(np.float32))
        enroll(folder, voice)
    back = enrolled(folder)
    assert back is not None
    assert np.abs(back - voice).max() < 1e-4
    path = folder / FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in folder.iterdir()] == [FILE]
    whole = path.read_text(encoding="utf-8")
    for damaged in ("", "[]", whole[:-20], whole.replace('"model": "', '"model": "0')):
        path.write_text(damaged, encoding="utf-8")
        assert enrolled(folder) is None
    assert forget(folder)
    assert not path.exists()


def test_enroll_takes_a_file_and_says_when_it_holds_too_little_speech(tmp_path: Path) -> None:
    done = run(tmp_path, "enroll", "--file", SAMPLES / "rent_review_phone.ogg")
    assert (done.status, done.err) == (0, "")
    assert "--forget" in done.out
    assert enrolled(tmp_path / "data") is not None
    wrong = run(tmp_path, "enroll", "--file", SAMPLES / "PROVENANCE.md")
    assert wrong.status == 1
    assert "sound file" in wrong.err
    assert "forgotten" in run(tmp_path, "enroll", "--forget").out
    assert enrolled(tmp_path / "data") is None
    assert run(tmp_path, "enroll", "--forget", "--file", "x").status == 2


# ---- while one channel is played ---------------------------------------------------------------


@given(st.lists(st.sampled_from(("said", "swap")), max_size=12))
def test_however_often_voices_are_swapped_in_the_end_all_is_as_said_last(steps: list[str]) -> None:
    sides, kept = Sides(all_along=True), []
    for i, step in enumerate(steps):
        if step == "swap":
            assert "put right" in sides.swap()
        else:
            kept.append(sides.label(Transcript(ME if i % 2 else THEM, i, i + 1, "so")))
    right = sides.mistaken()
    now = [right.get(each, each).speaker for each in kept]
    as_heard = [ME if i % 2 else THEM for i, step in enumerate(steps) if step == "said"]
    assert now == [sides.named(who) for who in as_heard]


def test_swapped_while_it_plays_what_was_said_before_is_understood_anew_at_the_end() -> None:
    info = CallInfo("t", "t", Source.TRANSCRIPT, None, 60.0, datetime(2024, 1, 1, tzinfo=UTC), BOTH)
    said = (
        Transcript(THEM, 0.0, 5.0, SUMMARY),
        Transcript(ME, 5.4, 6.2, "That's right."),
        Transcript(ME, 6.6, 9.2, "And nobody has asked me about it."),
    )

    class Feed:
        """The user writes a note and swaps after the first words."""

        @staticmethod
        def items(until: Until) -> Iterator[Fed]:
            for number, item in enumerate(TranscriptFeed(said).items(until)):
                if number == first_words + 1:
                    session.by_hand(Note(1.0, "ask again"))
                    session.swap_sides()
                yield item

    fed = list(TranscriptFeed(said).items(lambda _: True))
    first_words = fed.index(said[0])
    session = CallSession(info, Feed(), Recognisers(lambda: None), load())
    session.tell_apart_with(Apart(Splitter(Known(None)), NoVoices()))
    session.playback.set_speed(float("inf"))
    told: list[Event] = []
    finished = session.run(told.append)
    assert finished is not None
    assert [e.speaker for e in finished.events if isinstance(e, Transcript)] == [ME, THEM, THEM]
    assert len(agreed(finished)) == 1
    assert [e.text for e in finished.events if isinstance(e, Note)] == ["ask again"]
    assert any(isinstance(e, CallWarning) and "Voices swapped" in e.message for e in told)


@pytest.mark.parametrize("turned", [False, True])
def test_a_key_says_that_i_speak_whichever_way_sides_are_turned(turned: bool) -> None:  # noqa: FBT001 - a case
    info = CallInfo("t", "t", Source.LIVE, None, 60.0, datetime(2024, 1, 1, tzinfo=UTC), BOTH)
    session = CallSession(info, TranscriptFeed(()), Recognisers(lambda: None), load())
    assert not session.one_microphone
    splitter = Splitter(Known(None))
    session.tell_apart_with(Apart(splitter, NoVoices()))
    assert session.one_microphone
    if turned:
        session.swap_sides()
    session.i_speak(on=True)
    states: list[bool] = []
    session.run(lambda _: states.append(session.claimed))
    assert session.claimed
    heard = Transcript(Speaker.UNKNOWN, 0.5, 1.0, "Right.")
    (said,) = (h for h in splitter.pass_on(heard) if isinstance(h, Transcript))
    assert session._sides.label(said).speaker is ME
    assert not session.claimed


class NoVoices:
    """Hears no voices: words come from a transcript."""

    def embed(self, sounds: Sequence[Samples]) -> Points:
        raise AssertionError(len(sounds))
