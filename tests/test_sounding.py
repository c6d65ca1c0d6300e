"""The sound of a call, heard again: from the library's recording, or the file it came from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self

import numpy as np
import pytest
from recordings import tones, write_wav
from tui_script import INFO

from assistant.model import Source
from assistant.recovery import AUDIO
from assistant.sounding import mixed_from, sound_of
from audio.devices import Player, player
from audio.files import Side, open_recording
from audio.types import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from audio.types import Samples


class FakeOutput:
    """Stands in for sounddevice: keeps what was written."""

    class PortAudioError(Exception):
        """As there."""

    def __init__(self, *, broken: str = "") -> None:
        self.written: list[Samples] = []
        self.open = 0
        self._broken = broken

    def OutputStream(self, **how: object) -> _Stream:  # noqa: N802 - its name there
        assert how == {"samplerate": RATE_HZ, "channels": 1, "dtype": "float32"}
        if self._broken == "open":
            raise self.PortAudioError("Error querying device -1")
        return _Stream(self, broken=self._broken == "write")


class _Stream:
    def __init__(self, output: FakeOutput, *, broken: bool) -> None:
        self._output, self._broken = output, broken

    def __enter__(self) -> Self:
        self._output.open += 1
        assert self._output.open == 1  # two streams at once are too many for some devices
        return self

    def __exit__(self, *_: object) -> None:
        self._output.open -= 1

    def write(self, samples: Samples) -> None:
        assert samples.dtype == np.float32
        assert samples.ndim == 2
        if self._broken:
            raise self._output.PortAudioError("Device unavailable")
        self._output.written.append(samples[:, 0])

    def abort(self) -> None:
        pass


def player_on(monkeypatch: pytest.MonkeyPatch, output: FakeOutput | None) -> Player:
    monkeypatch.setattr(player, "_sounddevice", lambda: output)
    return Player()


def test_what_is_given_is_played(monkeypatch: pytest.MonkeyPatch) -> None:
    output = FakeOutput()
    made = player_on(monkeypatch, output)
    sound = np.linspace(-1, 1, 5_000, dtype=np.float32)
    made.play(lambda: [sound[:3_000], sound[3_000:]])
    made.wait()
    np.testing.assert_array_equal(np.concatenate(output.written), sound)
    assert (made.trouble, made.playing, output.open) == ("", False, 0)


def test_another_sound_comes_instead_of_what_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    output = FakeOutput()
    made = player_on(monkeypatch, output)

    def endless() -> Iterator[Samples]:
        while True:
            yield np.zeros(160, np.float32)

    made.play(endless)
    made.play(endless)
    assert made.playing
    made.play(lambda: [np.ones(160, np.float32)])
    made.wait()
    assert output.written[-1][0] == 1.0
    made.play(endless)
    made.stop()
    made.wait()
    assert not made.playing


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (None, "PortAudio is not installed"),
        (FakeOutput(broken="open"), "No output device was found"),
        (FakeOutput(broken="write"), "The output device failed: Device unavailable."),
    ],
)
def test_what_fails_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, output: FakeOutput | None, words: str
) -> None:
    made = player_on(monkeypatch, output)
    made.play(lambda: [np.zeros(160, np.float32)])
    made.wait()
    assert words in made.trouble


def test_a_file_that_went_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    made = player_on(monkeypatch, FakeOutput())

    def gone() -> Iterator[Samples]:
        raise FileNotFoundError(2, "No such file or directory")
        yield

    made.play(gone)
    made.wait()
    assert made.trouble == "The recording cannot be read: No such file or directory."


@pytest.mark.parametrize(("from_s", "to_s"), [(0.0, None), (0.7, 2.3), (2.9, 9.0), (5.0, 6.0)])
def test_a_stretch_holds_both_sides_and_no_more(
    tmp_path: Path, from_s: float, to_s: float | None
) -> None:
    path = write_wav(tmp_path / "call.wav", tones(3.0, 440.0, 700.0, rate_hz=RATE_HZ), RATE_HZ)
    recording = open_recording(path, Side.LEFT)
    whole = np.concatenate(list(mixed_from(recording, 0.0, None)))
    assert len(whole) == 3 * RATE_HZ
    spoken = [np.abs(whole[at : at + 4_000]).max() for at in (2_000, 10_000)]
    assert min(spoken) > 0.2  # each side in its turn
    cut = [*mixed_from(recording, from_s, to_s), np.zeros(0, np.float32)]
    last = None if to_s is None else int(to_s * RATE_HZ)
    np.testing.assert_array_equal(np.concatenate(cut), whole[int(from_s * RATE_HZ) : last])


def test_the_sound_kept_with_a_call_comes_before_its_file(tmp_path: Path) -> None:
    info = replace(INFO, path=str(tmp_path / "gone.wav"))
    assert sound_of(tmp_path, 7, info) is None
    write_wav(tmp_path / "gone.wav", tones(1.0, 440.0, rate_hz=RATE_HZ), RATE_HZ)
    assert sound_of(tmp_path, 7, info) is not None
    assert sound_of(tmp_path, 7, replace(info, source=Source.TRANSCRIPT)) is None
    (tmp_path / AUDIO / "7").mkdir(parents=True)
    assert sound_of(tmp_path, 7, info) is None  # kept, but there is nothing in it
    (tmp_path / "gone.wav").write_bytes(b"no sound")
    assert sound_of(tmp_path, 8, info) is None
