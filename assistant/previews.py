"""What a file is, before it is played: a recording or a transcript, how long, which sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from assistant.errors import ThatsRightError
from assistant.transcripts import SUFFIXES, names_in, read_transcript
from audio.decode import open_sound
from tui.desk import Preview

if TYPE_CHECKING:
    from pathlib import Path

    from audio.decode import SoundFile

_WORDS: Final = 18
_TWO: Final = 2


def preview(path: Path) -> Preview:
    """Look into a file. What is wrong with it is said in it, not raised."""
    try:
        size = path.stat().st_size
        if path.is_dir():
            return Preview(path, "A folder", None, 0, problem=f"{path} is a folder.")
        if path.suffix.lower() in SUFFIXES:
            return _transcript(path, size)
        return _sound(open_sound(path), path, size)
    except ThatsRightError as error:
        return Preview(path, "", None, 0, problem=str(error))
    except OSError as error:
        return Preview(path, "", None, 0, problem=f"{path} cannot be read: {error.strerror}.")


def _sound(file: SoundFile, path: Path, size: int) -> Preview:
    kind = {1: "One channel", _TWO: "Two channels"}.get(
        file.channels, f"{file.channels} channels, mixed to one"
    )
    sides = ("left", "right") if file.channels == _TWO else ()
    return Preview(path, kind, file.duration_s, size, sides)


def _transcript(path: Path, size: int) -> Preview:
    names = names_in(path)
    said = read_transcript(path, names[0] if names else None)
    words = " ".join(u.text for u in said[:4]).split()
    first = " ".join(words[:_WORDS]) + (" …" if len(words) > _WORDS else "")
    return Preview(path, "Transcript", max(u.end_s for u in said), size, names, first)
