"""The sound of any file PyAV reads, as it stands in the file: its own rate, all channels.

Decoding goes on over damage: what is missing in the middle is filled with silence, so that
later sound stays at its time, and `Damage` counts it.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import av
import numpy as np

from assistant.errors import CallFileError
from audio.length import mp3_has_length, ogg_breaks_off, riff_length_s

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from numpy.typing import NDArray

Channels: TypeAlias = "NDArray[np.float32]"
"""Sound of several channels, float32 of shape [channels, n], -1..1."""

CHUNK_S: Final = 0.5
"""Sound is handed on in about this length: frames of 20 ms each would cost more than decoding."""

SHORTEST_S: Final = 0.3
"""The shortest word."""

_GAP_S: Final = 0.1
"""Time stamps this far ahead of the sound mean that sound is missing; less is rounding."""

_LONGEST_GAP_S: Final = 600.0
"""A jump beyond this is a damaged time stamp, not a gap."""

_FIRST_YEAR: Final = 1990
"""Earlier dates of creation are a clock that was never set."""

_OPTIONS: Final = {"protocol_whitelist": "file"}
"""A play list that passes for a recording must not reach out to the network."""

av.logging.set_level(None)  # FFmpeg's own log lines never reach the terminal, whoever set it before


@dataclass(frozen=True, slots=True)
class SoundFile:
    """What is known of a sound file before it plays."""

    path: Path
    rate_hz: int
    channels: int
    tracks: int
    """Audio tracks in the file; the first one is heard."""
    duration_s: float | None
    """As the file says, or FFmpeg's estimate; None when neither knows."""
    promised_s: float | None
    """The length by which a broken-off file is told; None where there is no word to trust."""
    breaks_off: bool
    """True when the container lacks its end."""
    started_at: datetime
    """UTC: the container's date of creation, or else the file's last change."""


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """A stretch of decoded sound."""

    rate_hz: int
    samples: Channels


class Damage:
    """What went wrong while one file was decoded; counts up as it goes on."""

    def __init__(self) -> None:
        self.read_s = 0.0
        """Seconds decoded."""
        self.missing_s = 0.0
        """Seconds filled with silence in between."""
        self.errors = 0
        """Packets that could not be decoded, and reads that failed."""
        self.not_numbers = 0
        """Samples that were NaN or infinite."""


def open_sound(path: Path) -> SoundFile:
    """Look into a file: is there at least a word's worth of sound, and what kind?

    Raises:
        CallFileError: there is not; the message says why and what to do.
    """
    size = _size(path)
    if size == 0:
        raise CallFileError(f"{path} is empty. Copy or download it again.")
    with _opened(path) as container:
        stream = _audio_stream(path, container)
        damage = Damage()
        first: Chunk | None = None
        for chunk in _decoded(path, container, stream, damage):
            first = first or chunk
            if damage.read_s >= SHORTEST_S:
                break
        if first is None:
            raise _nothing_heard(path, damage)
        if damage.read_s < SHORTEST_S:
            raise CallFileError(
                f"{path} holds {damage.read_s:.2g} s of sound: too short to hold a word. "
                "Choose a longer recording."
            )
        duration_s = _duration_s(container, stream)
        return SoundFile(
            path=path,
            rate_hz=first.rate_hz,
            channels=len(first.samples),
            tracks=len(container.streams.audio),
            duration_s=duration_s,
            promised_s=_promised_s(path, container, duration_s),
            breaks_off=container.format.name == "ogg" and ogg_breaks_off(path),
            started_at=_started_at(path, container),
        )


def decode(file: SoundFile, damage: Damage) -> Generator[Chunk]:
    """All its sound, in chunks of about `CHUNK_S`; `damage` says what was lost on the way.

    Raises:
        CallFileError: the file has gone since it was looked into.
    """
    _size(file.path)
    with _opened(file.path) as container:
        stream = _audio_stream(file.path, container)
        yield from _decoded(file.path, container, stream, damage)


def _size(path: Path) -> int:
    """Bytes, having made sure that it is a file and may be read."""
    try:
        if path.is_dir():
            raise CallFileError(f"{path} is a folder. Name the recording in it.")
        if path.exists() and not path.is_file():
            raise CallFileError(f"{path} is not a file. Save the recording as one first.")
        with path.open("rb"):
            return path.stat().st_size
    except FileNotFoundError:
        raise CallFileError(f"There is no file {path}. Check the name and the folder.") from None
    except PermissionError:
        raise CallFileError(
            f"{path} may not be read. Give yourself permission to read it (chmod u+r)."
        ) from None
    except OSError as error:
        raise CallFileError(f"{path} cannot be read ({error.strerror}). Check the disk.") from None


def _opened(path: Path) -> InputContainer:
    try:
        # Absolute, or a name such as "12:30 call.wav" would be taken for a protocol.
        container = av.open(str(path.absolute()), "r", options=_OPTIONS, metadata_errors="replace")
    except av.FFmpegError:
        raise _no_sound_file(path) from None
    if container.format.name == "tty":
        # FFmpeg draws plain text as pictures.
        container.close()
        raise _no_sound_file(path)
    return container


def _no_sound_file(path: Path) -> CallFileError:
    return CallFileError(
        f"{path} is not a sound file that can be read: it is damaged, cut short, or "
        "something else under that name. Copy it again, or export it as WAV, FLAC, MP3 or M4A."
    )


def _audio_stream(path: Path, container: InputContainer) -> AudioStream:
    if not container.streams.audio:
        if container.streams.video:
            raise CallFileError(f"{path} has pictures but no sound. Export it with its sound.")
        raise CallFileError(f"{path} has no sound in it. Choose a recording.")
    stream = container.streams.audio[0]
    if stream.codec_context is None:
        raise _cannot_decode(path)
    return stream


def _cannot_decode(path: Path) -> CallFileError:
    return CallFileError(
        f"The sound of {path} is in a format that cannot be decoded here. "
        "Convert it to WAV, FLAC, MP3 or M4A."
    )


def _nothing_heard(path: Path, damage: Damage) -> CallFileError:
    if damage.errors:
        return CallFileError(
            f"{path} is damaged: none of its sound could be read. Copy or download it again."
        )
    return CallFileError(f"{path} holds no sound: its length is zero. Choose another recording.")


def _decoded(
    path: Path, container: InputContainer, stream: AudioStream, damage: Damage
) -> Iterator[Chunk]:
    batch = _Batch(damage)
    clock = _Clock()
    for frame in _frames(container, stream, damage):
        missing = clock.missing(frame)
        if missing or not batch.fits(frame):
            yield from batch.taken()
        yield from _silence(missing, frame, damage)
        try:
            batch.add(frame)
        except ValueError:
            raise _cannot_decode(path) from None
        if batch.is_full:
            yield from batch.taken()
    yield from batch.taken()


def _frames(container: InputContainer, stream: AudioStream, damage: Damage) -> Iterator[AudioFrame]:
    """Every frame that can be decoded; what cannot is counted and skipped."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except av.FFmpegError:
            # What follows a place where the container itself is broken is out of reach.
            damage.errors += 1
            return
        if packet is None:
            return
        try:
            yield from stream.decode(packet if packet.size else None)
        except av.EOFError:
            return
        except av.FFmpegError:
            damage.errors += 1


class _Clock:
    """Compares time stamps with the sound there was, to find what is missing in between."""

    def __init__(self) -> None:
        self._at_s: float | None = None

    def missing(self, frame: AudioFrame) -> int:
        """Samples missing before this frame, at its rate."""
        length_s = frame.samples / frame.sample_rate
        stamp_s = frame.time
        if stamp_s is None:
            if self._at_s is not None:
                self._at_s += length_s
            return 0
        expected_s = stamp_s if self._at_s is None else self._at_s
        gap_s = stamp_s - expected_s
        # By the count of samples as long as it fits, so that small gaps add up and are seen.
        self._at_s = (stamp_s if abs(gap_s) > _GAP_S else expected_s) + length_s
        return round(gap_s * frame.sample_rate) if _GAP_S < gap_s <= _LONGEST_GAP_S else 0


def _silence(missing: int, frame: AudioFrame, damage: Damage) -> Iterator[Chunk]:
    rate_hz, channels = frame.sample_rate, frame.layout.nb_channels
    damage.missing_s += missing / rate_hz
    while missing > 0:
        piece = min(missing, round(rate_hz * CHUNK_S))
        yield Chunk(rate_hz, np.zeros((channels, piece), dtype=np.float32))
        missing -= piece


class _Batch:
    """Frames of one kind, gathered until they make a chunk."""

    def __init__(self, damage: Damage) -> None:
        self._damage = damage
        self._arrays: list[NDArray[Any]] = []
        self._kind: tuple[int, int, str] | None = None
        self._count = 0

    @property
    def is_full(self) -> bool:
        return self._kind is not None and self._count >= self._kind[0] * CHUNK_S

    def fits(self, frame: AudioFrame) -> bool:
        """Whether the frame has the rate, channels and format of those before it."""
        return self._kind is None or self._kind == _kind(frame)

    def add(self, frame: AudioFrame) -> None:
        """Raises ValueError for a format numpy has no type for."""
        channels = frame.layout.nb_channels
        array = frame.to_ndarray()
        self._arrays.append(array if len(array) == channels else array.reshape(-1, channels).T)
        self._kind = _kind(frame)
        self._count += frame.samples

    def taken(self) -> Iterator[Chunk]:
        """The chunk so far, if any; leaves the batch empty."""
        if self._kind is not None and self._count:
            samples = self._as_float(np.concatenate(self._arrays, axis=1))
            self._damage.read_s += self._count / self._kind[0]
            rate_hz = self._kind[0]
            self._arrays, self._kind, self._count = [], None, 0
            yield Chunk(rate_hz, samples)

    def _as_float(self, samples: NDArray[Any]) -> Channels:
        """Whole numbers to -1..1; of floats, what is no number to silence, the rest clipped."""
        if samples.dtype == np.uint8:
            return (samples.astype(np.float32) - np.float32(128)) / np.float32(128)
        if samples.dtype.kind == "i":
            full_scale = -float(np.iinfo(samples.dtype).min)
            return samples.astype(np.float32) / np.float32(full_scale)
        not_numbers = ~np.isfinite(samples)
        count = int(np.count_nonzero(not_numbers))
        if count:
            self._damage.not_numbers += count
            samples = np.where(not_numbers, 0, samples)
        clipped: Channels = np.clip(samples, -1, 1).astype(np.float32)
        return clipped


def _kind(frame: AudioFrame) -> tuple[int, int, str]:
    return frame.sample_rate, frame.layout.nb_channels, frame.format.name


def _duration_s(container: InputContainer, stream: AudioStream) -> float | None:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return None if container.duration is None else container.duration / av.time_base


def _promised_s(path: Path, container: InputContainer, duration_s: float | None) -> float | None:
    """The length to hold the file to: only from a header that was written for that purpose."""
    names = set(container.format.name.split(","))
    if "wav" in names:
        return riff_length_s(path)
    if "mp3" in names:
        return duration_s if mp3_has_length(path) else None
    if names & {"flac", "mov"}:
        return duration_s
    if "matroska" in names and not container.streams.video:
        # With video, the length is that of the pictures.
        return duration_s
    return None


def _started_at(path: Path, container: InputContainer) -> datetime:
    with contextlib.suppress(KeyError, ValueError):
        created = datetime.fromisoformat(container.metadata["creation_time"])
        if created.tzinfo is None:
            created = created.replace(tzinfo=UTC)
        if created.year >= _FIRST_YEAR:
            return created.astimezone(UTC)
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
