from __future__ import annotations

import gc
import os
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from recordings import (
    listen,
    noisy,
    pitch_hz,
    refusal,
    shortened,
    tones,
    two_voices,
    write,
    write_video,
    write_wav,
)

from assistant.errors import CallFileError
from audio.files import Side, mixed, open_legs, open_recording
from audio.types import RATE_HZ, Samples, Speaker

if TYPE_CHECKING:
    from collections.abc import Callable

    Voice = Callable[..., Samples]

ME, THEM, UNKNOWN = Speaker.ME, Speaker.THEM, Speaker.UNKNOWN


@pytest.mark.parametrize(
    ("name", "codec", "rate_hz"),
    [
        ("call.wav", "pcm_s16le", 8_000),
        ("call.wav", "pcm_u8", 22_050),
        ("call.wav", "pcm_s24le", 44_100),
        ("call.wav", "pcm_f32le", 16_000),
        ("call.wav", "pcm_f64le", 96_000),
        ("call.mp3", "libmp3lame", 44_100),
        ("call.flac", "flac", 44_100),
        ("call.ogg", "libopus", 48_000),
        ("call.webm", "libopus", 48_000),
        ("call.m4a", "aac", 44_100),
        ("call.mp4", "aac", 48_000),
        ("call.aiff", "pcm_s16be", 44_100),
    ],
)
def test_each_channel_is_a_speaker_in_any_format(
    tmp_path: Path, name: str, codec: str, rate_hz: int
) -> None:
    path = write(tmp_path / name, tones(6, 440, 1000, rate_hz=rate_hz), codec, rate_hz)
    recording = open_recording(path, Side.LEFT)
    assert recording.speakers == (ME, THEM)
    assert recording.notes == ()
    heard, notes = listen(recording)
    assert notes == []
    assert pitch_hz(heard[ME]) == pytest.approx(440, abs=2)
    assert pitch_hz(heard[THEM]) == pytest.approx(1000, abs=2)
    assert len(heard[ME]) == pytest.approx(6 * RATE_HZ, abs=0.1 * RATE_HZ)
    assert recording.duration_s == pytest.approx(6, abs=0.1)
    assert 0.2 < np.abs(heard[ME]).max() < 0.4
    # Each speaks at its time: me in the first half second, they in the next.
    first, second = slice(2_000, 6_000), slice(10_000, 14_000)
    assert np.abs(heard[ME][first]).mean() > 10 * np.abs(heard[ME][second]).mean()
    assert np.abs(heard[THEM][second]).mean() > 10 * np.abs(heard[THEM][first]).mean()


def test_me_may_be_on_the_right(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "call.wav", tones(6, 440, 1000))
    heard, _ = listen(open_recording(path, Side.RIGHT))
    assert pitch_hz(heard[ME]) == pytest.approx(1000, abs=2)
    assert pitch_hz(heard[THEM]) == pytest.approx(440, abs=2)


def test_one_channel_is_an_unknown_speaker_and_nothing_odd(tmp_path: Path) -> None:
    recording = open_recording(write_wav(tmp_path / "a.wav", tones(2, 440)), Side.LEFT)
    assert recording.speakers == (UNKNOWN,)
    assert recording.notes == ()
    heard, notes = listen(recording)
    assert notes == []
    assert len(heard[UNKNOWN]) == 2 * RATE_HZ


def test_six_channels_at_96_khz_are_mixed(tmp_path: Path) -> None:
    sound = tones(3, 100, 200, 300, 400, 500, 600, rate_hz=96_000)
    recording = open_recording(write_wav(tmp_path / "a.wav", sound, 96_000), Side.LEFT)
    assert recording.speakers == (UNKNOWN,)
    (note,) = recording.notes
    assert "6 channels" in note
    heard, _ = listen(recording)
    spectrum = np.abs(np.fft.rfft(heard[UNKNOWN])) * 2 / len(heard[UNKNOWN])
    # A sixth of the time at 0.3, mixed with five that are silent.
    assert spectrum[[300, 600, 900, 1200, 1500, 1800]] == pytest.approx(0.3 / 36, rel=0.05)


def test_it_can_be_listened_to_again_from_the_start(tmp_path: Path) -> None:
    recording = open_recording(write_wav(tmp_path / "a.wav", tones(5, 440, 1000)), Side.LEFT)
    half_heard = recording.items()
    next(half_heard)
    first, _ = listen(recording)
    second, _ = listen(recording)
    assert np.array_equal(first[ME], second[ME])
    assert len(first[ME]) == 5 * RATE_HZ
    half_heard.close()


def test_video_with_sound_is_heard(tmp_path: Path) -> None:
    path = tmp_path / "meeting.mp4"
    write_video(path, tones(3, 440))
    heard, _ = listen(open_recording(path, Side.LEFT))
    assert pitch_hz(heard[UNKNOWN]) == pytest.approx(440, abs=2)


def test_of_two_tracks_the_first_is_heard_and_a_note_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "two.mkv", tones(2, 440), "libopus", tracks=2)
    recording = open_recording(path, Side.LEFT)
    assert recording.speakers == (UNKNOWN,)
    (note,) = recording.notes
    assert "2 sound tracks" in note


def test_what_it_is_called_and_when_it_was(tmp_path: Path) -> None:
    dated = write(tmp_path / "12:30 call.m4a", tones(1, 440), "aac", created="2024-05-01T10:30:00Z")
    recording = open_recording(dated, Side.LEFT)
    assert recording.title == "12:30 call"
    assert recording.path == str(dated)
    assert recording.started_at == datetime(2024, 5, 1, 10, 30, tzinfo=UTC)

    undated = write_wav(tmp_path / "b.wav", tones(1, 440))
    os.utime(undated, (1_600_000_000, 1_600_000_000))
    assert open_recording(undated, Side.LEFT).started_at.timestamp() == 1_600_000_000

    unset = write(tmp_path / "c.mkv", tones(1, 440), "libopus", created="1970-01-01T00:00:00Z")
    os.utime(unset, (1_600_000_000, 1_600_000_000))
    assert open_recording(unset, Side.LEFT).started_at.timestamp() == 1_600_000_000


def test_a_title_tag_in_an_old_encoding_is_no_reason_to_refuse_it(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tones(1, 440))
    title = b"INAM\x06\x00\x00\x00Gespr\xe4"
    path.write_bytes(path.read_bytes() + b"LIST\x12\x00\x00\x00INFO" + title)
    heard, notes = listen(open_recording(path, Side.LEFT))
    assert notes == []
    assert len(heard[UNKNOWN]) == RATE_HZ


def test_two_files_are_two_legs_of_equal_length(tmp_path: Path) -> None:
    mine = write_wav(tmp_path / "monday_me.wav", tones(3, 440, rate_hz=8_000), 8_000)
    theirs = write(tmp_path / "monday_them.mp3", tones(4, 1000), "libmp3lame")
    recording = open_legs(mine, theirs)
    assert recording.speakers == (ME, THEM)
    assert recording.title == "monday"
    assert recording.duration_s == pytest.approx(4, abs=0.1)
    heard, notes = listen(recording)
    assert notes == []
    assert len(heard[ME]) == len(heard[THEM])
    assert pitch_hz(heard[ME]) == pytest.approx(440, abs=2)
    assert pitch_hz(heard[THEM]) == pytest.approx(1000, abs=2)
    assert not heard[ME][3 * RATE_HZ + 10 :].any()


def test_the_same_file_for_both_sides_is_refused(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tones(1, 440))
    link = tmp_path / "b.wav"
    link.symlink_to(path)
    with pytest.raises(CallFileError, match="both sides"):
        open_legs(path, link)


def test_a_leg_in_stereo_is_mixed_even_when_its_sides_are_inverted(tmp_path: Path) -> None:
    (sound,) = tones(2, 440)
    mine = write_wav(tmp_path / "me.wav", np.stack([sound, -sound]))
    theirs = write_wav(tmp_path / "them.wav", np.stack([sound, sound]))
    heard, _ = listen(open_legs(mine, theirs))
    assert np.abs(heard[ME]).max() == pytest.approx(0.3, abs=0.02)
    assert np.abs(heard[THEM]).max() == pytest.approx(0.3, abs=0.02)


def test_a_mix_is_the_mean_unless_the_channels_cancel_out() -> None:
    one = np.array([[0.2, -0.4], [0.4, 0.2]], dtype=np.float32)
    assert mixed(one) == pytest.approx([0.3, -0.1])
    opposite = np.array([[0.2, -0.4], [-0.19, 0.38]], dtype=np.float32)
    assert mixed(opposite) == pytest.approx([0.2, -0.4])
    assert not mixed(np.zeros((3, 4), dtype=np.float32)).any()


def test_the_file_is_closed_when_nobody_listens_any_more(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tones(20, 440, 1000))
    recording = open_recording(path, Side.LEFT)
    gc.collect()
    before = open_files(path)
    items = recording.items()
    next(items)
    during = open_files(path)
    items.close()
    assert (before, open_files(path)) == (0, 0)
    assert during == 1
    next(recording.items())
    gc.collect()
    assert open_files(path) == 0
    refused = write_wav(tmp_path / "short.wav", tones(0.1, 440))
    refusal(refused)
    assert open_files(refused) == 0


def test_nothing_is_printed_by_the_decoder(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = shortened(write(tmp_path / "a.mp3", noisy(5), "libmp3lame"))
    listen(open_recording(path, Side.LEFT))
    assert capfd.readouterr() == ("", "")


def test_a_longer_file_takes_no_more_memory(tmp_path: Path, voice: Voice) -> None:
    sound = two_voices(voice)
    peaks = []
    for times in (2, 12):
        path = write_wav(tmp_path / f"{times}.wav", np.tile(sound, times), RATE_HZ)
        recording = open_recording(path, Side.LEFT)
        tracemalloc.start()
        try:
            for _ in recording.items():
                pass
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0]


def open_files(path: Path) -> int:
    """How often this process has the file open; by /proc where there is one."""
    folder = Path("/proc/self/fd")
    if not folder.is_dir():
        pytest.skip("needs /proc to see open files")
    count = 0
    for entry in folder.iterdir():
        try:
            count += entry.readlink() == path
        except OSError:  # closed while we looked, as the folder's own is
            continue
    return count
