from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from recordings import (
    RATE,
    listen,
    noisy,
    refusal,
    shortened,
    tones,
    write,
    write_float_wav,
    write_video,
    write_wav,
)

from assistant.errors import CallFileError
from audio.files import Side, open_recording
from audio.types import RATE_HZ, Samples, Speaker

if TYPE_CHECKING:
    from collections.abc import Callable

    Voice = Callable[..., Samples]

ME, THEM, UNKNOWN = Speaker.ME, Speaker.THEM, Speaker.UNKNOWN


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mp3", "libmp3lame"), ("a.flac", "flac"), ("a.wav", "pcm_s16le"), ("a.mkv", "libopus")],
)
def test_of_a_file_that_breaks_off_the_rest_is_heard_and_said(
    tmp_path: Path, name: str, codec: str
) -> None:
    path = shortened(write(tmp_path / name, noisy(20), codec))
    heard, (note,) = listen(open_recording(path, Side.LEFT))
    assert len(heard[ME]) == pytest.approx(12 * RATE_HZ, abs=0.4 * RATE_HZ)
    assert "of 0:20.0 of" in note.message
    assert str(path) in note.message
    assert "copy" in note.message
    assert note.at_sample == len(heard[ME])


def test_an_ogg_that_breaks_off_is_told_by_its_missing_end(tmp_path: Path) -> None:
    whole = write(tmp_path / "a.ogg", noisy(20), "libopus")
    assert listen(open_recording(whole, Side.LEFT))[1] == []
    heard, (note,) = listen(open_recording(shortened(whole), Side.LEFT))
    assert len(heard[ME]) > 10 * RATE_HZ
    assert "breaks off after 0:1" in note.message


@pytest.mark.parametrize(
    ("name", "codec"), [("a.ogg", "libopus"), ("a.m4a", "aac"), ("a.mkv", "libopus")]
)
def test_over_damage_in_the_middle_later_sound_stays_at_its_time(
    tmp_path: Path, name: str, codec: str
) -> None:
    sound = noisy(20)
    sound[:, -2 * RATE :] = 0
    path = write(tmp_path / name, sound, codec)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 20_000] = np.random.default_rng(1).bytes(20_000)
    path.write_bytes(data)
    heard, (note,) = listen(open_recording(path, Side.LEFT))
    assert "of 0:20.0 of" in note.message
    assert len(heard[ME]) == pytest.approx(20 * RATE_HZ, abs=0.1 * RATE_HZ)
    loud = np.flatnonzero(np.abs(heard[THEM]) > 0.1)
    assert loud[-1] == pytest.approx(18 * RATE_HZ, abs=0.1 * RATE_HZ)


def test_samples_that_are_no_numbers_are_silent_and_counted(tmp_path: Path) -> None:
    sound = tones(4, 440)
    sound[0, 10_000:10_050] = np.nan
    sound[0, 150_000] = np.inf
    sound[0, 150_001] = -np.inf
    path = write_float_wav(tmp_path / "a.wav", sound)
    heard, (note,) = listen(open_recording(path, Side.LEFT))
    assert "52 samples that are not numbers" in note.message
    assert np.isfinite(heard[UNKNOWN]).all()
    assert np.abs(heard[UNKNOWN]).max() < 0.4


def test_samples_beyond_full_scale_are_clipped(tmp_path: Path) -> None:
    sound = tones(1, 440)
    sound[0, 1000:1100] = 1e30
    heard, notes = listen(open_recording(write_float_wav(tmp_path / "a.wav", sound), Side.LEFT))
    assert notes == []
    assert np.abs(heard[UNKNOWN]).max() < 1.5


def test_nothing_that_can_be_decoded_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "a.m4a", noisy(5), "aac")
    data = bytearray(path.read_bytes())
    begin = data.index(b"mdat") + 4
    end = data.index(b"moov") - 4
    data[begin:end] = b"\xff" * (end - begin)
    path.write_bytes(data)
    assert "damaged" in refusal(path)


def test_a_file_that_goes_away_while_it_is_open_is_an_error_not_a_traceback(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tones(1, 440))
    recording = open_recording(path, Side.LEFT)
    path.unlink()
    with pytest.raises(CallFileError, match="There is no file"):
        list(recording.items())


def test_missing(tmp_path: Path) -> None:
    assert "There is no file" in refusal(tmp_path / "none.wav")


def test_a_folder(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)


def test_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.touch()
    assert "is empty" in refusal(path)


def test_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert "is not a file" in refusal(path)


@pytest.mark.parametrize("name", ["a.wav", "a.txt", "a.mp3"])
def test_text_under_any_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("me: It seems like the date matters.\nthem: That's right.\n" * 20)
    message = refusal(path)
    assert "not a sound file" in message
    assert "date matters" not in message


def test_a_play_list_does_not_reach_out(tmp_path: Path) -> None:
    path = tmp_path / "a.m3u8"
    path.write_text("#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:5,\nhttp://127.0.0.1:9/a.ts\n")
    assert "not a sound file" in refusal(path)


def test_subtitles(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    path.write_text("1\n00:00:01,000 --> 00:00:02,000\nThat's right.\n")
    assert "has no sound in it" in refusal(path)


def test_video_without_sound(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    write_video(path, None)
    assert "pictures but no sound" in refusal(path)


def test_zero_length(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", np.zeros((1, 0)))
    assert "its length is zero" in refusal(path)


@pytest.mark.parametrize("length_s", [0.1, 0.29])
def test_too_short_to_hold_a_word(tmp_path: Path, length_s: float) -> None:
    path = write_wav(tmp_path / "a.wav", tones(length_s, 440))
    assert "too short to hold a word" in refusal(path)


def test_just_long_enough(tmp_path: Path) -> None:
    heard, _ = listen(open_recording(write_wav(tmp_path / "a.wav", tones(0.3, 440)), Side.LEFT))
    assert len(heard[UNKNOWN]) == 0.3 * RATE_HZ


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_wav(tmp_path / "a.wav", tones(1, 440))

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")  # also for root, who may read everything

    monkeypatch.setattr(Path, "open", refuse)
    assert "may not be read" in refusal(path)
