"""Makes recordings of every kind, and listens to them; shared by the tests of recorded calls."""

from __future__ import annotations

import wave
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from assistant.errors import CallFileError
from audio.files import BLOCK_SAMPLES, Note, Recording, Side, open_recording
from audio.types import RATE_HZ, Block, Samples, Speaker

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Voice = Callable[..., Samples]

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


def two_voices(voice: Voice, length_s: float = 12.0) -> Samples:
    """Turns of two seconds, one voice a channel, float32 [2, n] at 16 kHz."""
    sound = np.stack([voice(length_s, 110), voice(length_s, 210)])
    turn = (np.arange(sound.shape[1]) // (2 * RATE_HZ)) % 2
    return (sound * np.stack([turn == 0, turn == 1])).astype(np.float32)
