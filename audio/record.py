"""What each leg heard, as FLAC, written while it is heard.

A file is whole at any moment but for its last 0.1 s: when the program is killed, it plays to
there. Its header says how long it is only once it was closed; until then players find out by
playing. A power cut may cost what the system had not put on the disk yet, some 30 s.
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import av
import numpy as np

from audio.types import RATE_HZ, Speaker, seconds

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from audio.types import Block, Samples

SUFFIX: Final = ".flac"

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700

RETRY_SAMPLES: Final = RATE_HZ
"""How much is heard between two tries when writing fails."""

MOST_WAITING_BYTES: Final = 1 << 20
"""What waits for room on the disk, a leg: a minute or so. What comes then is left out."""

_STREAMINFO: Final = 8
"""Where the header's own description of the sound begins: after "fLaC" and four bytes."""

_FULL_SCALE: Final = 32767
_SILENCE_SAMPLES: Final = 10 * RATE_HZ
"""Silence in place of sound that is missing is written in pieces no longer than this."""

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_FULL: Final = (
    "There is no room left on the disk, so the sound of the call is not recorded. Free some "
    "space; recording then goes on by itself, with silence for what is missing."
)
_FAILING: Final = (
    "The disk refuses the sound of the call ({why}), so it is not recorded. Check the disk and "
    "its cable; recording then goes on by itself, with silence for what is missing."
)
_AGAIN: Final = "The sound of the call is recorded again."
_AGAIN_LESS: Final = "The sound of the call is recorded again; {lost_s:.0f} s of it are silence."


@dataclass(frozen=True, slots=True)
class Told:
    """Something the user should know about the recording."""

    message: str
    at_sample: int
    """Position in the call, samples at `RATE_HZ`."""


class Recorder:
    """Records each leg in a file of its own, `me.flac` and `them.flac`. For one thread."""

    def __init__(self, folder: Path) -> None:
        """`folder` is made private, and a leg's file when it is first heard."""
        self.folder = folder
        self._legs: dict[Speaker, _Leg] = {}
        self._closed = False

    def push(self, block: Block) -> Told | None:
        """Write what a leg heard; what the user should know, once. Never raises for the disk.

        Blocks of a leg come in order; sound that is missing between them becomes silence, and
        what was there already is left out.
        """
        if self._closed:
            return None
        at = block.start_sample + len(block.samples)
        leg = self._legs.get(block.speaker)
        if leg is None:
            leg = _Leg(self.folder / f"{block.speaker.value}{SUFFIX}")
            self._legs[block.speaker] = leg
        leg.take(block)
        if leg.failed_at is not None and 0 <= at - leg.failed_at < RETRY_SAMPLES:
            return None
        told = self._failing
        try:
            leg.write()
        except OSError as error:
            leg.failed_at = at
            full = error.errno in _NO_ROOM
            return (
                None if told else Told(_FULL if full else _FAILING.format(why=error.strerror), at)
            )
        leg.failed_at = None
        if not told or self._failing:
            return None
        lost = max(each.forget_lost() for each in self._legs.values())
        return Told(_AGAIN_LESS.format(lost_s=seconds(lost)) if lost else _AGAIN, at)

    @property
    def _failing(self) -> bool:
        return any(each.failed_at is not None for each in self._legs.values())

    def close(self) -> str | None:
        """Write what is left, and how long it is; a sentence when that fails."""
        if self._closed:
            return None
        self._closed = True
        failed: str | None = None
        for leg in self._legs.values():
            try:
                leg.close()
            except OSError as error:
                failed = (
                    f"The end of the recorded sound could not be written ({error.strerror}). "
                    "What is there can be played."
                )
        return failed


class _Leg:
    """A leg's encoder and file."""

    def __init__(self, path: Path) -> None:
        self.failed_at: int | None = None
        """Where the last try to write failed, samples; None while writing works."""
        self._path = path
        self._file: int | None = None
        codec = av.CodecContext.create("flac", "w")
        if not isinstance(codec, av.AudioCodecContext):
            raise TypeError("FLAC is sound")
        codec.rate = RATE_HZ
        codec.layout = "mono"
        codec.format = "s16"
        codec.time_base = Fraction(1, RATE_HZ)
        codec.open()
        self._codec = codec
        header = codec.extradata or b""
        self._waiting = bytearray(b"fLaC\x80" + len(header).to_bytes(3, "big") + header)
        """What the file does not have yet, and where it belongs."""
        self._at = 0
        self._heard: NDArray[np.int16] = np.zeros(0, np.int16)
        """Less than the encoder takes at a time."""
        self._position = 0
        """Samples taken, silence in place of what is missing included."""
        self._lost = 0

    def take(self, block: Block) -> None:
        """Encode what was heard; with too much waiting for the disk, it is left out."""
        if len(self._waiting) > MOST_WAITING_BYTES:
            self._lost += len(block.samples)
            return
        missing = block.start_sample - self._position
        while missing > 0:
            piece = min(missing, _SILENCE_SAMPLES)
            self._encode(np.zeros(piece, np.int16))
            missing -= piece
        self._encode(_as_whole_numbers(block.samples[max(0, -missing) :]))

    def write(self) -> None:
        """Hand to the system what waits."""
        file = self._opened()
        while self._waiting:
            written = os.pwrite(file, self._waiting, self._at)
            self._at += written
            del self._waiting[:written]

    def forget_lost(self) -> int:
        """Samples that were left out since the last time."""
        lost, self._lost = self._lost, 0
        return lost

    def close(self) -> None:
        """Write the rest, then the header anew, which now knows the length."""
        if len(self._heard):
            self._packets(self._frame(self._heard))
        self._packets(None)
        file = self._opened()
        try:
            self.write()
            os.pwrite(file, self._codec.extradata or b"", _STREAMINFO)
            os.fsync(file)
        finally:
            os.close(file)

    def _opened(self) -> int:
        if self._file is None:
            self._path.parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
            self._path.parent.chmod(FOLDER_MODE)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self._file = os.open(self._path, flags, FILE_MODE)
            os.fchmod(self._file, FILE_MODE)  # the umask may have taken the owner's rights too
        return self._file

    def _encode(self, samples: NDArray[np.int16]) -> None:
        size = self._codec.frame_size
        heard = np.concatenate([self._heard, samples])
        whole = len(heard) // size * size
        for start in range(0, whole, size):
            self._packets(self._frame(heard[start : start + size]))
        self._heard = heard[whole:]
        self._position += len(samples)

    def _frame(self, samples: NDArray[np.int16]) -> av.AudioFrame:
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples).reshape(1, -1), format="s16", layout="mono"
        )
        frame.sample_rate = RATE_HZ
        return frame

    def _packets(self, frame: av.AudioFrame | None) -> None:
        for packet in self._codec.encode(frame):
            self._waiting += bytes(packet)


def _as_whole_numbers(samples: Samples) -> NDArray[np.int16]:
    """-1..1 to 16 bits; what is beyond is clipped, what is no number is silence."""
    finite = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
    scaled = np.clip(finite, -1.0, 1.0) * np.float32(_FULL_SCALE)
    whole: NDArray[np.int16] = np.rint(scaled).astype(np.int16)
    return whole
