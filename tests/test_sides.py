from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from recordings import listen, two_voices, write, write_wav

from audio.decode import _Batch
from audio.files import Side, open_recording
from audio.sides import Sides, SidesScan
from audio.types import RATE_HZ, Samples, Speaker

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import av

    Voice = Callable[..., Samples]

ME, THEM, UNKNOWN = Speaker.ME, Speaker.THEM, Speaker.UNKNOWN


@pytest.mark.parametrize(
    "to_right",
    [lambda mix: mix, lambda mix: -mix, lambda mix: 0.2 * mix, lambda mix: -0.1 * mix],
    ids=["same", "inverted", "quieter", "inverted and quieter"],
)
@pytest.mark.parametrize("ending", ["wav", "mp3"])
def test_the_same_mix_on_both_sides_is_one_channel(
    tmp_path: Path, voice: Voice, to_right: Callable[[Samples], Samples], ending: str
) -> None:
    mix = two_voices(voice).sum(axis=0)
    sound = np.stack([mix, to_right(mix)])
    path = tmp_path / f"call.{ending}"
    if ending == "wav":
        write_wav(path, sound, RATE_HZ)
    else:
        write(path, sound, "libmp3lame", RATE_HZ, bit_rate=32_000)
    recording = open_recording(path, Side.LEFT)
    assert recording.speakers == (UNKNOWN,)
    (note,) = recording.notes
    assert "same sound" in note
    assert str(path) in note
    heard, _ = listen(recording)
    assert np.abs(heard[UNKNOWN]).max() > 0.8 * np.abs(mix).max()


def test_hiss_on_both_sides_makes_no_two_speakers_of_one_mix(tmp_path: Path, voice: Voice) -> None:
    mix = np.tile(two_voices(voice).sum(axis=0), 10)
    loudness = np.geomspace(0.1, 1, len(mix))  # as faint as the hiss, and everything above it
    hiss = np.random.default_rng(0).standard_normal((2, len(mix))) * 0.01
    path = write_wav(tmp_path / "a.wav", mix * loudness + hiss, RATE_HZ)
    assert open_recording(path, Side.LEFT).speakers == (UNKNOWN,)


@pytest.mark.parametrize(("silent", "side"), [(0, "left"), (1, "right")])
@pytest.mark.parametrize("hiss", [0.0, 0.003])
def test_a_silent_side_is_said_and_the_other_one_heard(
    tmp_path: Path, voice: Voice, silent: int, side: str, hiss: float
) -> None:
    sound = np.random.default_rng(0).standard_normal((2, 12 * RATE_HZ)) * hiss
    sound[1 - silent] += two_voices(voice).sum(axis=0)
    recording = open_recording(write_wav(tmp_path / "a.wav", sound, RATE_HZ), Side.LEFT)
    assert recording.speakers == (UNKNOWN,)
    (note,) = recording.notes
    assert f"The {side} side of" in note
    assert "is silent" in note
    heard, _ = listen(recording)
    assert np.abs(heard[UNKNOWN] - sound[1 - silent]).max() < 0.001


def test_two_silent_sides_are_said(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", np.zeros((2, RATE_HZ)), RATE_HZ)
    (note,) = open_recording(path, Side.LEFT).notes
    assert "Both sides" in note


@pytest.mark.parametrize("case", ["late", "bleed", "echo", "faint and noisy", "short"])
def test_two_legs_stay_two_legs(tmp_path: Path, voice: Voice, case: str) -> None:
    sound = two_voices(voice)
    if case == "late":
        early = np.stack([np.tile(voice(12.0), 5), np.zeros(60 * RATE_HZ)])
        sound = np.concatenate([early, sound], axis=1)
    elif case == "bleed":
        sound = sound + 0.15 * sound[::-1]
    elif case == "echo":
        sound = sound + 0.2 * np.roll(sound[::-1], RATE_HZ // 8, axis=1)
    elif case == "faint and noisy":
        sound[1] *= 0.05
        sound = sound + np.random.default_rng(0).standard_normal(sound.shape) * [[0.003], [0.001]]
    else:
        sound = np.concatenate([sound[:, :RATE_HZ], sound[:, 2 * RATE_HZ :][:, :RATE_HZ]], axis=1)
    recording = open_recording(write_wav(tmp_path / "a.wav", sound, RATE_HZ), Side.LEFT)
    assert recording.speakers == (ME, THEM)
    assert recording.notes == ()


def test_two_microphones_of_one_recorder_are_no_two_legs(tmp_path: Path, voice: Voice) -> None:
    mine, theirs = two_voices(voice)
    apart = 8  # samples, 0.5 ms
    sound = np.stack([mine + 0.8 * np.roll(theirs, apart), 0.8 * np.roll(mine, apart) + theirs])
    recording = open_recording(write_wav(tmp_path / "a.wav", sound, RATE_HZ), Side.LEFT)
    assert recording.speakers == (UNKNOWN,)


def test_an_ordinary_file_is_not_read_whole_to_find_out(
    tmp_path: Path, voice: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = np.tile(two_voices(voice), 10)
    path = write_wav(tmp_path / "a.wav", sound, RATE_HZ)
    decoded_s = []
    add = _Batch.add

    def counted(batch: _Batch, frame: av.AudioFrame) -> None:
        decoded_s.append(frame.samples / frame.sample_rate)
        add(batch, frame)

    monkeypatch.setattr(_Batch, "add", counted)
    open_recording(path, Side.LEFT)
    assert sum(decoded_s) < 10


def test_gusts_of_wind_make_no_two_speakers_of_one_mix(voice: Voice) -> None:
    mix = np.tile(two_voices(voice).sum(axis=0), 5)
    gusts = np.random.default_rng(0).standard_normal((2, len(mix))) * 0.3
    gusts *= np.arange(len(mix)) // RATE_HZ % 20 == 10
    scan = SidesScan(RATE_HZ)
    for at in range(0, len(mix), RATE_HZ):
        scan.push((0.3 * mix + gusts)[:, at : at + RATE_HZ].astype(np.float32))
        assert not scan.conclusive
    assert scan.verdict() is Sides.SAME
