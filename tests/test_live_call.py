"""`thatsright live` beside a call that is really played, through a real sound server."""

from __future__ import annotations

import contextlib
import ctypes.util
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import wave
from collections import Counter
from pathlib import Path
from typing import IO, TYPE_CHECKING

import jiwer
import numpy as np
import pytest
from command import SAMPLES, Ended, families, run, started, watching
from disks import mounted
from soundserver import MINE, THEIRS, SoundServer

from audio.files import Side, open_recording
from audio.types import RATE_HZ, Block, Speaker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from audio.types import Samples

    Event = dict[str, object]

pytestmark = [
    pytest.mark.model,
    pytest.mark.slow,
]

SOON_S = 60
"""What has not come by then never will."""

STRETCH_S = 48
"""So much of the sample is played."""

TOLERANCE = 0.08
"""Word errors between live and replay: the legs begin some milliseconds apart, and the smallest
model hears a border of a pause differently now and then."""

LOUD = 0.05
"""Speech is louder than this somewhere, silence nowhere."""

DIFFERENT = 1
"""Signals that may come of such a border: one utterance or two."""

ECHO_S = 16
"""So long they talk into my microphone."""

ECHO_MS = 150

STILL_S = 8
"""So long the program is stopped, while they talk."""

CHOSEN = ("--mic", MINE, "--model", "tiny.en", "--json")


@pytest.fixture(scope="module")
def legs() -> dict[Speaker, Samples]:
    """The beginning of a sample, a speaker each."""
    parts: dict[Speaker, list[Samples]] = {Speaker.ME: [], Speaker.THEM: []}
    for item in open_recording(SAMPLES / "rent_review.ogg", Side.LEFT).items():
        if isinstance(item, Block):
            parts[item.speaker].append(item.samples)
    return {who: np.concatenate(p)[: STRETCH_S * RATE_HZ] for who, p in parts.items()}


class Lines:
    """What a process prints, as it comes."""

    def __init__(self, out: IO[str] | None) -> None:
        assert out is not None
        self.all: list[str] = []
        self._came: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._read, args=(out,), daemon=True)
        self._thread.start()

    def until(self, fits: Callable[[str], bool]) -> str:
        """The next line that fits; waits for it."""
        while True:
            line = self._came.get(timeout=SOON_S)
            assert line is not None, "it ended: " + "".join(self.all[-3:])
            if fits(line):
                return line

    def to_the_end(self) -> list[str]:
        self._thread.join(SOON_S)
        return self.all

    def _read(self, out: IO[str]) -> None:
        with contextlib.suppress(ValueError):  # closed meanwhile
            for line in out:
                self.all.append(line)
                self._came.put(line)
        self._came.put(None)


class LiveCall:
    """The command, listening."""

    def __init__(
        self,
        home: Path,
        server: SoundServer,
        *more: str,
        under: Sequence[str | Path] = (),
        them: str = THEIRS,
    ) -> None:
        with server.listened() as watch:
            seen = Lines(watch.stdout)
            self._process = started(
                home,
                "live",
                *CHOSEN,
                "--them",
                them,
                *more,
                more=server.variables,
                under=under,
            )
            self._under = bool(under)
            self.lines = Lines(self._process.stdout)
            for _ in range(2):
                seen.until(lambda line: "'new' on source-output" in line)
            watch.terminate()
            seen.to_the_end()

    def until(self, fits: Callable[[Event], bool]) -> Event:
        event: Event = json.loads(self.lines.until(lambda line: fits(json.loads(line))))
        return event

    def ended_by(self, number: int) -> Ended:
        os.kill(self._number, number)
        self._process.wait(SOON_S)
        out = "".join(self.lines.to_the_end())
        with self._process as process:
            err = process.stderr.read() if process.stderr else ""
        return Ended(process.returncode, out, err)

    @contextlib.contextmanager
    def standing_still(self) -> Iterator[None]:
        """It gets no time at all."""
        os.kill(self._number, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self._number, signal.SIGCONT)

    def leave(self) -> None:
        """Whatever became of the test, nothing of it runs on."""
        with self._process as process:
            if process.poll() is None:
                os.kill(self._number, signal.SIGKILL)

    @property
    def _number(self) -> int:
        """Of the process that listens, also when another one watches it."""
        number = self._process.pid
        if not self._under:
            return number
        return int(Path(f"/proc/{number}/task/{number}/children").read_text().split()[0])


@pytest.fixture
def listening(tmp_path: Path, server: SoundServer) -> Iterator[Callable[..., LiveCall]]:
    """Begins a call that is over when the test is."""
    calls: list[LiveCall] = []

    def begin(*more: str, under: Sequence[str | Path] = (), them: str = THEIRS) -> LiveCall:
        calls.append(LiveCall(tmp_path, server, *more, under=under, them=them))
        return calls[-1]

    yield begin
    for call in calls:
        call.leave()


def to_the_end(*players: subprocess.Popen[str]) -> None:
    for player in players:
        player.communicate(timeout=SOON_S + STRETCH_S)


def told(*words: str) -> Callable[[Event], bool]:
    return lambda e: e["type"] == "warning" and all(w in str(e["message"]) for w in words)


def says(speaker: str) -> Callable[[Event], bool]:
    return lambda e: e["type"] == "transcript" and bool(e["final"]) and e["speaker"] == speaker


def said(events: list[Event], speaker: str) -> str:
    texts = [str(e["text"]) for e in events if says(speaker)(e)]
    letters = "".join(c.lower() if c.isalnum() else " " for c in " ".join(texts))
    return " ".join(letters.split())


def faults(events: list[Event]) -> list[Event]:
    """What is wrong with the legs; how busy this machine is, is not."""
    warned = [e for e in events if e["type"] == "warning"]
    return [e for e in warned if not str(e["message"]).startswith(("This machine is", "Caught up"))]


def signals(events: list[Event]) -> list[tuple[object, object]]:
    return [(e["speaker"], e["kind"]) for e in events if e["type"] == "signal"]


def test_a_call_is_heard_as_its_recording_is(
    tmp_path: Path,
    server: SoundServer,
    listening: Callable[..., LiveCall],
    legs: dict[Speaker, Samples],
) -> None:
    recording = tmp_path / "same.wav"
    with wave.open(str(recording), "wb") as file:
        file.setparams((2, 2, RATE_HZ, 0, "NONE", ""))
        both = np.stack([legs[Speaker.ME], legs[Speaker.THEM]], axis=1)
        file.writeframes((np.clip(both, -1, 1) * 32767).astype("<i2").tobytes())
    replayed = run(tmp_path, "replay", recording, "--json", "--no-save", "--model", "tiny.en")
    call = listening("--no-save")
    to_the_end(server.play(MINE, legs[Speaker.ME]), server.play(THEIRS, legs[Speaker.THEM]))
    heard = call.ended_by(signal.SIGINT)
    assert (heard.status, heard.err) == (0, "")
    assert faults(heard.events) == []
    assert heard.events[0]["source"] == "live"
    assert heard.kinds()[-1] == "summary"
    assert [e for e in heard.events if e["type"] == "transcript" and not e["final"]]
    for speaker in ("me", "them"):
        words = said(replayed.events, speaker), said(heard.events, speaker)
        assert jiwer.wer(*words) <= TOLERANCE, words
    wanted, found = Counter(signals(replayed.events)), Counter(signals(heard.events))
    assert (wanted - found).total() + (found - wanted).total() <= DIFFERENT, (wanted, found)
    assert wanted.total() > 1 + DIFFERENT


def test_a_call_that_is_killed_is_brought_back_to_the_last_thing_said(
    tmp_path: Path,
    server: SoundServer,
    listening: Callable[..., LiveCall],
    legs: dict[Speaker, Samples],
) -> None:
    call = listening("--record")
    player = server.play(THEIRS, legs[Speaker.THEM])
    spoken = call.until(says("them"))
    call.ended_by(signal.SIGKILL)
    player.kill()
    player.communicate()
    assert run(tmp_path, "calls", "--json").out == ""
    assert run(tmp_path, "recover", "--keep").status == 0
    report = run(tmp_path, "report", "last", "--format", "json")
    assert str(spoken["text"]) in report.out
    for leg in ("me", "them"):
        sound = open_recording(tmp_path / "data" / "audio" / "1" / f"{leg}.flac", Side.LEFT)
        blocks = [b.samples for b in sound.items() if isinstance(b, Block)]
        length_s = sum(map(len, blocks)) / RATE_HZ
        assert length_s >= float(str(spoken["end_s"]))
        assert (max(float(np.abs(b).max()) for b in blocks) > LOUD) is (leg == "them")
    assert not [
        f for f in (tmp_path / "data" / "journal").rglob("*") if f.is_file() and f.name != ".lock"
    ]


def test_a_call_that_is_hung_up_reached_nobody_is_saved_and_can_be_deleted(
    tmp_path: Path,
    server: SoundServer,
    listening: Callable[..., LiveCall],
    legs: dict[Speaker, Samples],
) -> None:
    call = listening("--record", under=watching(tmp_path / "trace"))
    player = server.play(THEIRS, legs[Speaker.THEM][: 12 * RATE_HZ])
    spoken = call.until(says("them"))
    to_the_end(player)
    assert call.ended_by(signal.SIGTERM).status == 0
    assert families(tmp_path / "trace") == {"AF_UNIX"}  # the sound server
    assert str(spoken["text"]) in run(tmp_path, "report", "last", "--format", "json").out
    assert not [
        f for f in (tmp_path / "data" / "journal").rglob("*") if f.is_file() and f.name != ".lock"
    ]

    sound = tmp_path / "data" / "audio" / "1"
    assert [leg.name for leg in sorted(sound.iterdir())] == ["me.flac", "them.flac"]
    assert {leg.stat().st_mode & 0o777 for leg in sound.iterdir()} == {0o600}
    assert run(tmp_path, "delete", "last", "--yes").status == 0
    assert not sound.exists()
    for file in (f for f in (tmp_path / "data").rglob("*") if f.is_file()):
        assert str(spoken["text"]).encode() not in file.read_bytes(), file


def test_the_other_side_is_not_heard_as_me_without_a_headset(
    server: SoundServer, listening: Callable[..., LiveCall], legs: dict[Speaker, Samples]
) -> None:
    server.come_back(THEIRS, MINE, ECHO_MS)
    call = listening("--no-save")
    to_the_end(server.play(THEIRS, legs[Speaker.THEM][: ECHO_S * RATE_HZ]))
    heard = call.ended_by(signal.SIGINT)
    assert (heard.status, heard.err) == (0, "")
    assert len(said(heard.events, "them").split()) > ECHO_S / 2
    assert said(heard.events, "me") == ""


def test_a_device_that_goes_comes_back_and_the_other_leg_goes_on(
    tmp_path: Path,
    server: SoundServer,
    listening: Callable[..., LiveCall],
    legs: dict[Speaker, Samples],
) -> None:
    call = listening()
    mine, theirs = (server.play(MINE, legs[Speaker.ME]), server.play(THEIRS, legs[Speaker.THEM]))
    call.until(says("them"))
    theirs.terminate()
    to_the_end(theirs)
    server.unplug(THEIRS)
    gone = call.until(told("The other side is not heard", THEIRS))
    call.until(says("me"))
    server.plug(THEIRS)
    back = call.until(told("The other side is back", "was not heard for"))
    theirs = server.play(THEIRS, legs[Speaker.THEM])
    again = call.until(says("them"))
    mine.terminate()
    theirs.terminate()
    to_the_end(mine, theirs)
    ended = call.ended_by(signal.SIGTERM)
    assert ended.status == 0, ended.err
    assert ended.kinds()[-1] == "summary"
    assert [e["at_s"] for e in (gone, back)] == sorted(float(str(e["at_s"])) for e in (gone, back))
    assert float(str(again["start_s"])) >= float(str(back["at_s"])) - 0.5
    listed = run(tmp_path, "calls", "--json").events
    assert [call["source"] for call in listed if "source" in call] in ([], ["live"])
    assert len(listed) == 1


def test_a_sound_server_that_dies_and_comes_back_is_heard_again(
    server: SoundServer,
    listening: Callable[..., LiveCall],
    legs: dict[Speaker, Samples],
) -> None:
    call = listening("--no-save")
    to_the_end(server.play(THEIRS, legs[Speaker.THEM][: STILL_S * RATE_HZ]))
    call.until(says("them"))
    server.stop()
    call.until(told("The other side is not heard"))
    server.start()
    server.plug(MINE)
    server.plug(THEIRS)
    back = call.until(told("The other side is back"))
    player = server.play(THEIRS, legs[Speaker.THEM])
    heard = call.until(says("them"))
    player.terminate()
    to_the_end(player)
    ended = call.ended_by(signal.SIGINT)
    assert ended.status == 0, ended.err
    assert float(str(heard["start_s"])) >= float(str(back["at_s"])) - 0.5
    mine = [e for e in faults(ended.events) if "our microphone" in str(e["message"])]
    assert "is not heard" in str(mine[0]["message"])
    # Without a server, for a moment, there may be ALSA's default.
    last = str(mine[-1]["message"])
    assert "is back" in last or MINE in last
    assert len(mine) <= 3, mine


def test_a_program_that_stood_still_hears_what_the_server_kept_and_goes_on(
    server: SoundServer,
    listening: Callable[..., LiveCall],
    legs: dict[Speaker, Samples],
) -> None:
    """As far as a test can put a computer to sleep."""
    call = listening("--no-save")
    turn = legs[Speaker.THEM][: STILL_S * RATE_HZ]
    to_the_end(server.play(THEIRS, turn))
    call.until(says("them"))
    with call.standing_still():
        to_the_end(server.play(THEIRS, turn))
    call.until(told("slept", "may be missing"))
    to_the_end(server.play(THEIRS, turn))
    ended = call.ended_by(signal.SIGINT)
    assert ended.status == 0, ended.err
    assert said(ended.events, "them").split().count("ahead") == 3


def test_a_disk_that_fills_up_loses_nothing_that_was_said(
    tmp_path: Path,
    server: SoundServer,
    listening: Callable[..., LiveCall],
    legs: dict[Speaker, Samples],
) -> None:
    data = tmp_path / "data"
    with mounted(data, f"size=2m,mode=700,uid={os.getuid()}"):
        call = listening()
        try:
            player = server.play(THEIRS, np.tile(legs[Speaker.THEM], 4))
            before = call.until(says("them"))
            filler = data / "filler"
            with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(512))
            warned = call.until(told("There is no room left on the disk"))
            full = call.until(says("them"))
            filler.unlink()
            player.terminate()
            to_the_end(player)
            ended = call.ended_by(signal.SIGTERM)
        finally:
            call.leave()
        assert ended.status == 0, ended.err
        report = run(tmp_path, "report", "last", "--format", "json").out
    assert float(str(warned["at_s"])) <= float(str(full["end_s"]))
    for spoken in (before, full):
        assert str(spoken["text"]) in report


def test_the_default_is_followed_when_it_changes(
    server: SoundServer,
    listening: Callable[..., LiveCall],
    legs: dict[Speaker, Samples],
) -> None:
    """Somebody plugs in a headset, and the call program goes there by itself."""
    server.choose(THEIRS)
    call = listening("--no-save", them="default")
    server.plug("Earphones")
    server.choose("Earphones")
    moved = call.until(told("The other side is heard from Monitor of Earphones now"))
    player = server.play("Earphones", legs[Speaker.THEM])
    heard = call.until(says("them"))
    player.terminate()
    to_the_end(player)
    ended = call.ended_by(signal.SIGINT)
    assert ended.status == 0, ended.err
    assert faults(ended.events) == [moved]
    assert float(str(heard["start_s"])) >= float(str(moved["at_s"]))


def test_a_leg_that_is_dead_while_the_other_talks_is_warned_once(
    server: SoundServer,
    listening: Callable[..., LiveCall],
    legs: dict[Speaker, Samples],
) -> None:
    frames = legs[Speaker.ME][: len(legs[Speaker.ME]) // 480 * 480].reshape(-1, 480)
    talk = frames[np.sqrt(np.square(frames).mean(axis=1)) > 0.02].ravel()
    call = listening("--no-save")
    player = server.play(MINE, np.tile(talk, 1 + 22 * RATE_HZ // len(talk)))
    warning = call.until(told("The other side was not heard during", "--them"))
    to_the_end(player)
    ended = call.ended_by(signal.SIGHUP)
    assert ended.status == 0, ended.err
    assert faults(ended.events) == [warning]


def test_what_there_is_to_hear_is_listed_with_how_loud_it_is(
    tmp_path: Path, server: SoundServer
) -> None:
    tone = 0.5 * np.sin(np.arange(20 * RATE_HZ) * 0.2).astype(np.float32)
    with server.play(THEIRS, tone):
        server.playing()
        listed = run(tmp_path, "devices", "--json", more=server.variables)
        table = run(tmp_path, "devices", more=server.variables)
    assert listed.status == 0, listed.err
    levels = {str(d["name"]): d["peak_db"] for d in listed.events}
    assert set(levels) == {f"Monitor of {MINE}", f"Monitor of {THEIRS}"}
    assert levels[f"Monitor of {MINE}"] == -60.0
    assert float(str(levels[f"Monitor of {THEIRS}"])) == pytest.approx(-6.0, abs=1.0)
    assert "silent" in table.out
    assert "-6 dB" in table.out


def test_a_name_that_fits_two_or_none_is_refused_with_what_there_is(
    tmp_path: Path, server: SoundServer
) -> None:
    two = run(tmp_path, "live", "--mic", "monitor", "--json", more=server.variables)
    assert two.status == 1
    assert "0 “Monitor of Headset”, 1 “Monitor of Loudspeaker”" in two.err
    none = run(tmp_path, "live", "--mic", "trumpet", "--json", more=server.variables)
    assert none.status == 1
    assert "thatsright devices" in none.err


PORTAUDIO = """
import sys
from audio.devices import Chunk, Failure, Inbox, portaudio
from audio.types import Speaker
import time
found = portaudio.listing()
if isinstance(found, Failure):
    sys.exit(found.reason)
pulse = [d for d in found if d.name == "pulse"]
if not pulse:
    sys.exit("no pulse in " + ", ".join(d.name for d in found))
inbox = Inbox(time.monotonic)
peaks = []
def go_on():
    while (item := inbox.take(0)) is not None:
        if isinstance(item.what, Chunk):
            peaks.append(abs(item.what.sound).max())
    return max(peaks, default=0) < 0.1
print(repr(portaudio.listen(pulse[0], inbox.mouth(Speaker.ME), go_on)), max(peaks))
"""


def test_portaudio_hears_what_is_played(server: SoundServer) -> None:
    if ctypes.util.find_library("portaudio") is None:
        pytest.skip("not installed: libportaudio2")
    tone = 0.5 * np.sin(np.arange(20 * RATE_HZ) * 0.2).astype(np.float32)
    with server.play(THEIRS, tone):
        server.playing()
        done = subprocess.run(
            [sys.executable, "-c", PORTAUDIO],
            env=os.environ | server.variables | {"PULSE_SOURCE": f"{THEIRS}.monitor"},
            capture_output=True,
            text=True,
            check=False,
            timeout=SOON_S,
        )
    if "no pulse" in done.stderr:
        pytest.skip("not installed: libasound2-plugins")
    assert done.returncode == 0, done.stderr
    why, peak = done.stdout.split()
    assert why == "''"
    assert float(peak) == pytest.approx(0.5, abs=0.05)


def test_without_devices_it_says_what_to_do(tmp_path: Path) -> None:
    nowhere = {"PULSE_SERVER": "unix:/nowhere", "XDG_RUNTIME_DIR": str(tmp_path)}
    result = run(tmp_path, "live", "--json", "--mic", "no such", more=nowhere)
    assert result.status == 1
    assert result.err.startswith("thatsright: ")
    assert result.err.count("\n") == 1
