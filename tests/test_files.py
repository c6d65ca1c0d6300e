from __future__ import annotations

import gc
import os
import tracemalloc
import wave
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from assistant.errors import CallFileError
from audio.decode import _Batch
from audio.files import BLOCK_SAMPLES, Note, Recording, Side, mixed, open_legs, open_recording
from audio.types import RATE_HZ, Block, Samples, Speaker

if TYPE_CHECKING:
    from collections.abc import Callable

    Voice = Callable[..., Samples]

ME, THEM, UNKNOWN = Speaker.ME, Speaker.THEM, Speaker.UNKNOWN
RATE = 48_000


def tones(length_s: float, *pitches_hz: float, rate_hz: int = RATE) -> Samples:
    """A tone a channel, float32 [channels, n], pausing now and then but never both at once."""
    t = np.arange(round(length_s * rate_hz)) / rate_hz
    sound = [0.3 * np.sin(2 * np.pi * pitch * t) for pitch in pitches_hz]
    turns = [((t / 0.5).astype(int) % len(sound)) == i for i in range(len(sound))]
    return np.stack([s * (turn | (len(sound) == 1)) for s, turn in zip(sound, turns, strict=True)])


def write(  # noqa: PLR0913 - one place knows how to encode
    path: Path,
    sound: Samples,
    codec: str,
    rate_hz: int = RATE,
    *,
    tracks: int = 1,
    bit_rate: int = 128_000,
    created: str | None = None,
) -> Path:
    """Encode float [channels, n] with PyAV; the ending of the path chooses the container."""
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[len(sound)]
    with av.open(path, "w") as container:
        if created is not None:
            container.metadata["creation_time"] = created
        streams = [container.add_stream(codec, rate=rate_hz, layout=layout) for _ in range(tracks)]
        for stream in streams:
            stream.bit_rate = bit_rate
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(sound, dtype=np.float32), format="fltp", layout=layout
            )
            frame.sample_rate = rate_hz
            for packet in [*stream.encode(frame), *stream.encode(None)]:
                container.mux(packet)
    return path


def write_wav(path: Path, sound: Samples, rate_hz: int = RATE) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(sound))
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").T.tobytes())
    return path


def shortened(path: Path, share: float = 0.6) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def listen(recording: Recording) -> tuple[dict[Speaker, Samples], list[Note]]:
    """All there is, having checked that the blocks are as promised."""
    items = list(recording.items())
    heard: dict[Speaker, list[Samples]] = {speaker: [] for speaker in recording.speakers}
    blocks = [item for item in items if isinstance(item, Block)]
    at = 0
    for i in range(0, len(blocks), len(recording.speakers)):
        together = blocks[i : i + len(recording.speakers)]
        assert tuple(b.speaker for b in together) == recording.speakers
        assert {b.start_sample for b in together} == {at}
        assert {b.samples.dtype for b in together} == {np.dtype(np.float32)}
        (size,) = {len(b.samples) for b in together}
        assert 0 < size <= BLOCK_SAMPLES
        at += size
        for block in together:
            heard[block.speaker].append(block.samples)
    notes = [item for item in items if isinstance(item, Note)]
    assert all(note.at_sample <= at for note in notes)
    return {speaker: np.concatenate(parts) for speaker, parts in heard.items()}, notes


def pitch_hz(sound: Samples) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(sound))) * RATE_HZ / len(sound))


def refusal(path: Path) -> str:
    with pytest.raises(CallFileError) as caught:
        open_recording(path, Side.LEFT)
    message = str(caught.value)
    assert str(path) in message
    assert message.endswith(".")
    return message


# ---- whatever the format --------------------------------------------------------------------


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


# ---- two channels that are not two speakers ---------------------------------------------------


def two_voices(voice: Voice, length_s: float = 12.0) -> Samples:
    """Turns of two seconds, one voice a channel, float32 [2, n] at 16 kHz."""
    sound = np.stack([voice(length_s, 110), voice(length_s, 210)])
    turn = (np.arange(sound.shape[1]) // (2 * RATE_HZ)) % 2
    return (sound * np.stack([turn == 0, turn == 1])).astype(np.float32)


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


# ---- two files --------------------------------------------------------------------------------


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


# ---- damage -----------------------------------------------------------------------------------


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


# ---- nothing to hear --------------------------------------------------------------------------


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


# ---- resources --------------------------------------------------------------------------------


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


# ---- making files -----------------------------------------------------------------------------


def noisy(length_s: float) -> Samples:
    """Two channels whose encoded size says how much sound is in them."""
    sound = tones(length_s, 440, 1000)
    return sound + np.random.default_rng(0).standard_normal(sound.shape) * 0.05


def write_float_wav(path: Path, sound: Samples) -> Path:
    """One channel, as it is: PyAV's encoders would take offence at NaN."""
    data = sound[0].astype("<f4").tobytes()
    head = (
        b"RIFF" + (36 + len(data)).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    )
    head += b"\x03\x00\x01\x00" + RATE.to_bytes(4, "little") + (RATE * 4).to_bytes(4, "little")
    head += b"\x04\x00\x20\x00data" + len(data).to_bytes(4, "little")
    path.write_bytes(head + data)
    return path


def write_video(path: Path, sound: Samples | None) -> None:
    with av.open(path, "w") as container:
        video = container.add_stream("mpeg4", rate=10)
        video.width = video.height = 64
        video.pix_fmt = "yuv420p"
        audio = None if sound is None else container.add_stream("aac", rate=RATE, layout="mono")
        for i in range(30):
            picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            picture.pts = i
            picture.time_base = Fraction(1, 10)
            container.mux(video.encode(picture))
        container.mux(video.encode(None))
        if audio is not None and sound is not None:
            frame = av.AudioFrame.from_ndarray(sound.astype(np.float32), "fltp", "mono")
            frame.sample_rate = RATE
            container.mux(audio.encode(frame))
            container.mux(audio.encode(None))


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
