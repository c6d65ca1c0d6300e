"""Which of two voices is mine: asked once, with what each of them says."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from recordings import write_wav
from test_apart import Remembering, legs

from assistant.apart import Mine, tell_apart
from assistant.desk import LocalDesk
from assistant.enrolment import enroll
from assistant.feeds import AudioFeed
from assistant.model import Transcript
from assistant.models import Origin, SpeechModel
from assistant.parts import Parts
from assistant.runtime import CallSession
from assistant.which_voice import ANSWERS, NO_WORDS, QUESTION, ask_which
from audio.files import Recording, Side, open_recording
from audio.types import RATE_HZ, Utterance
from tui.desk import Ready, Undecided

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.apart import Apart


class Scripted:
    """Understands what a test says."""

    name = "scripted"

    def __init__(self, *texts: str | None) -> None:
        self._texts = texts
        self.asked: list[Utterance] = []

    def recognise(self, utterances: Sequence[Utterance]) -> list[Transcript | None]:
        self.asked += utterances
        return [
            None if text is None else Transcript(u.speaker, 0.0, 1.0, text)
            for u, text in zip(utterances, self._texts, strict=True)
        ]

    def guess(self, utterance: Utterance) -> Transcript | None:
        raise AssertionError(utterance)


@pytest.fixture(scope="module")
def sides() -> dict[str, np.ndarray]:
    return legs("delivery_date.ogg", 0, 42)


@pytest.fixture(scope="module")
def recording(sides: dict[str, np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Recording:
    path = tmp_path_factory.mktemp("one") / "mixed.wav"
    return open_recording(
        write_wav(path, (sides["me"] + sides["them"])[None] / 2, RATE_HZ), Side.LEFT
    )


@pytest.fixture(scope="module")
def apart(recording: Recording) -> Apart:
    return tell_apart(recording, Remembering(), None)


def test_each_voice_is_heard_alone_in_what_it_is_known_by(
    apart: Apart, sides: dict[str, np.ndarray]
) -> None:
    assert apart.guess
    assert len(apart.heard) == 2
    for stretch, who, other in zip(apart.heard, ("me", "them"), ("them", "me"), strict=True):
        here = slice(stretch.start_sample, stretch.end_sample)
        assert RATE_HZ < stretch.end_sample - stretch.start_sample <= 8 * RATE_HZ
        assert np.square(sides[who][here]).mean() > 100 * np.square(sides[other][here]).mean()


@pytest.mark.parametrize(
    ("typed", "me_first", "asked"),
    [("\n", True, 1), ("1\n", True, 1), ("three\n3\n 2 \n", False, 3)],
)
def test_the_answer_says_who_is_me(  # noqa: PLR0913, PLR0917 - cases and fixtures
    apart: Apart,
    recording: Recording,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: str,
    me_first: bool,  # noqa: FBT001 - a case
    asked: int,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    words = Scripted("Hi Dana. \x1b[31mThanks for making " + "some more " * 9 + "time.", None)
    answered = ask_which(apart, recording, words)
    assert answered.known is not None
    assert answered.known.me_first is me_first
    assert not answered.guess
    assert "the one you chose" in answered.told
    out, err = capsys.readouterr()
    shown = out + err
    assert shown.count(ANSWERS) == asked
    assert QUESTION in shown
    assert "\x1b" not in shown
    first, second = (line for line in err.splitlines() if line.startswith("  "))
    assert first.startswith("  1  0:0")
    assert "“Hi Dana." in first
    assert first.endswith(" …”")
    assert len(first) < 80
    assert second.startswith("  2  0:0")
    assert second.endswith(NO_WORDS)
    assert [u.start_sample for u in words.asked] == [s.start_sample for s in apart.heard]
    assert [u.end_sample for u in words.asked] == [s.end_sample for s in apart.heard]


def test_the_application_asks_too_and_the_answer_is_what_is_played(
    recording: Recording, apart: Apart, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("THATSRIGHT_HOME", str(tmp_path))
    monkeypatch.setattr(Parts, "embedder", Remembering())
    monkeypatch.setattr(Parts, "recogniser", Scripted("Hi \x1b[31mDana.", None))
    monkeypatch.setattr(
        Parts, "model", SpeechModel("scripted", tmp_path, Origin.FOLDER, verified=False)
    )
    heard: list[float] = []
    made = LocalDesk().replay(Path(recording.path), None, heard.append)
    assert isinstance(made, Undecided)
    assert [v.said for v in made.voices] == ["Hi Dana.", ""]
    assert [v.at_s for v in made.voices] == [s.start_sample / RATE_HZ for s in apart.heard]
    assert heard[-1] == pytest.approx(42, abs=0.1)
    for mine, me_first, words in (
        (0, True, "you chose"),
        (1, False, "you chose"),
        (None, True, "a guess"),
    ):
        session = made.ready(mine).session
        assert isinstance(session, CallSession)
        assert isinstance(session._feed, AudioFeed)
        assert words in session._feed.told
        assert session._apart is not None
        assert session._apart.splitter._me_first is me_first
    assert apart.known is not None
    assert apart.known.voices is not None
    enroll(tmp_path / "data", apart.known.voices.middles[1])
    assert isinstance(LocalDesk().replay(Path(recording.path), None, heard.append), Ready)


def test_who_said_so_or_is_enrolled_is_not_asked(recording: Recording, apart: Apart) -> None:
    assert apart.known is not None
    assert apart.known.voices is not None
    assert not tell_apart(recording, Remembering(), Mine.SECOND).guess
    mine = apart.known.voices.middles[1]
    assert not tell_apart(recording, Remembering(), None, mine).guess
