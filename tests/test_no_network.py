"""A running call reaches nobody: not by Python's sockets, not by those of a library below it."""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import pytest
from command import COMMAND, SAMPLES, environment, families, need_tiny, watching, write_talk
from recordings import write_wav
from scripted import Scripted, finals, info, played, session

from assistant.feeds import AudioFeed
from assistant.journal import Journal
from assistant.model import Source
from assistant.recovery import file_away
from assistant.store import Library
from audio.files import Side, open_recording
from audio.listener import Listener
from audio.record import Recorder
from audio.segmenter import SegmenterConfig
from audio.types import RATE_HZ, Block, Speaker
from audio.vad import SpeechDetector

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from assistant.feeds import Fed, Until

_WATCHED: list[str] = []
"""What Python's sockets were asked for; an audit hook stays for good, so it fills a list."""


def _note(event: str, _arguments: tuple[object, ...]) -> None:
    if event.startswith("socket."):
        _WATCHED.append(event)


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every way to a socket refuses; what was asked for, even where the refusal was swallowed."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a call asked for a socket")

    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname", "socketpair"):
        monkeypatch.setattr(socket, name, refuse)
    if not hasattr(sys, "_call_sockets_watched"):
        sys.addaudithook(_note)
        sys._call_sockets_watched = True  # type: ignore[attr-defined]
    _WATCHED.clear()
    yield _WATCHED
    _WATCHED.clear()


class Recorded:
    """A recording's blocks, each recorded as it passes, as a live call does."""

    def __init__(self, feed: AudioFeed, recorder: Recorder) -> None:
        self._feed = feed
        self._recorder = recorder

    def items(self, until: Until) -> Iterator[Fed]:
        for item in self._feed.items(until):
            if isinstance(item, Block):
                self._recorder.push(item)
            yield item


def test_a_call_with_journal_and_sound_asks_for_no_socket(
    tmp_path: Path, no_sockets: list[str]
) -> None:
    recording = open_recording(SAMPLES / "delivery_date.ogg", Side.LEFT)
    journal = Journal.start(tmp_path, info(Source.LIVE))
    recorder = Recorder(journal.sound)
    made = session(
        Recorded(AudioFeed(recording), recorder),
        Scripted(),
        listener=lambda: Listener(recording.speakers, SpeechDetector, SegmenterConfig()),
    )
    made.keep_with(journal)
    events, finished = played(made)
    recorder.close()
    assert len(finals(events)) > 20
    assert finished is not None
    with Library.open(tmp_path) as library:
        number = file_away(tmp_path, library, finished, journal)
        assert library.load(number).events == finished.events
    assert no_sockets == []
    legs = sorted((tmp_path / "audio" / str(number)).iterdir())
    assert [leg.name for leg in legs] == ["me.flac", "them.flac"]


def test_the_watch_sees_a_socket(no_sockets: list[str]) -> None:
    with pytest.raises(AssertionError):
        socket.create_connection(("localhost", 9))
    import _socket  # noqa: PLC0415 - below what is refused

    _socket.socket().close()
    assert no_sockets == ["socket.__new__"]


# ---- the command, by what it asks of the system ----------------------------------------------


def reached(trace: Path, *command: str | Path, home: Path) -> tuple[set[str], str]:
    """Families of sockets a command reached out with; and what it printed."""
    done = subprocess.run(
        [*watching(trace), *command],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=environment(home),
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return families(trace), done.stdout


def test_the_command_reaches_nobody(tmp_path: Path) -> None:
    talk = write_talk(tmp_path / "talk.jsonl")
    home = tmp_path / "home"
    found, printed = reached(tmp_path / "trace", COMMAND, "replay", talk, home=home)
    assert "thats_right" in printed
    assert found <= {"AF_UNIX"}


@pytest.mark.model
@pytest.mark.slow
def test_the_command_reaches_nobody_with_a_speech_model(tmp_path: Path) -> None:
    need_tiny()
    sound = tmp_path / "short.wav"
    recording = open_recording(SAMPLES / "delivery_date.ogg", Side.LEFT)
    heard: dict[Speaker, list[np.ndarray]] = {Speaker.ME: [], Speaker.THEM: []}
    for item in recording.items():
        if isinstance(item, Block) and item.start_sample < 20 * RATE_HZ:
            heard[item.speaker].append(item.samples)

    write_wav(sound, np.stack([np.concatenate(leg) for leg in heard.values()]), RATE_HZ)
    command = (COMMAND, "replay", "--json", "--model", "tiny.en", sound)
    found, printed = reached(tmp_path / "trace", *command, home=tmp_path / "home")
    assert printed.count('"transcript"') > 2
    assert found <= {"AF_UNIX"}


def test_strace_would_see_it(tmp_path: Path) -> None:
    knock = "import socket; socket.socket(type=socket.SOCK_DGRAM).connect(('127.0.0.1', 9))"
    found, _ = reached(tmp_path / "trace", sys.executable, "-c", knock, home=tmp_path / "home")
    assert found == {"AF_INET"}
