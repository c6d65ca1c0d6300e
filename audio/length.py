"""How long a file says it is, where its word can be taken: that is how a broken-off one is told.

FFmpeg reports a length for nearly everything, but some are its own estimate from the size of
what is there, and agree with a broken-off file as gladly as with a whole one.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

_UNKNOWN_SIZE: Final = 0xFFFF_FFFF
"""What a writer that streams, or a file beyond 4 GiB, puts for the size."""

_MAX_CHUNKS: Final = 64
"""RIFF chunks looked at before the sound; ordinary files have fewer than five."""

_OGG_PAGE_MAX: Final = 65_536
_OGG_LAST_PAGE: Final = 0x04
_MP3_LENGTH_TAGS: Final = (b"Xing", b"Info", b"VBRI")


def riff_length_s(path: Path) -> float | None:
    """Seconds of sound the header of a WAV file promises; None when it does not say.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            return None
        return _riff_data_s(file)


def _riff_data_s(file: BinaryIO) -> float | None:
    bytes_per_s = 0
    for _ in range(_MAX_CHUNKS):
        head = file.read(8)
        if len(head) < 8:  # noqa: PLR2004 - a chunk's name and size
            return None
        size = int(struct.unpack("<I", head[4:])[0])
        if head[:4] == b"data":
            return size / bytes_per_s if bytes_per_s and 0 < size < _UNKNOWN_SIZE else None
        if head[:4] == b"fmt ":
            format_ = file.read(min(size, 16))
            if len(format_) < 16:  # noqa: PLR2004 - the part every format chunk has
                return None
            bytes_per_s = int(struct.unpack("<I", format_[8:12])[0])
            size -= 16
        file.seek(size + size % 2, 1)
    return None


def mp3_has_length(path: Path) -> bool:
    """Whether the first frame of an mp3 says how many follow.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(10)
        if head[:3] == b"ID3":
            # Four times seven bits, and a footer that may be there or not.
            size = sum(
                (byte & 0x7F) << shift
                for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=False)
            )
            file.seek(10 + size)
        else:
            file.seek(0)
        first = file.read(4096)
    return any(tag in first for tag in _MP3_LENGTH_TAGS)


def ogg_breaks_off(path: Path) -> bool:
    """Whether an Ogg file lacks the page that ends it.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _OGG_PAGE_MAX))
        end = file.read(_OGG_PAGE_MAX)
    page = end.rfind(b"OggS")
    header = end[page : page + 27]
    if page < 0 or len(header) < 27:  # noqa: PLR2004 - length of a page's header
        return True
    sizes = end[page + 27 : page + 27 + header[26]]
    whole = len(sizes) == header[26] and len(end) - page >= 27 + len(sizes) + sum(sizes)
    return not (whole and header[5] & _OGG_LAST_PAGE)
