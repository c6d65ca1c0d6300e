"""The recording of a call, to be heard again: what the library kept, or the file it came from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from assistant.errors import ThatsRightError
from assistant.model import Source
from assistant.recovery import sound_folder
from audio.devices import Player
from audio.files import Note, Side, open_legs, open_recording
from audio.types import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.model import CallInfo
    from audio.files import Recording
    from audio.types import Samples

_TWO_FILES: Final = " + "
"""Between the paths of a call from two files, as `Recording.path` has it."""


class RecordingSound:
    """Both sides of a recording on the default output. Never raises."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._player = Player()

    def play(self, from_s: float, to_s: float | None = None) -> None:
        """From one moment to another (or the end), call time, instead of what plays."""
        self._player.play(lambda: mixed_from(self._recording, from_s, to_s))

    def stop(self) -> None:
        """Be silent."""
        self._player.stop()

    @property
    def playing(self) -> bool:
        """True while something is to be heard."""
        return self._player.playing

    @property
    def trouble(self) -> str:
        """A sentence on why nothing is heard; empty while all is well."""
        return self._player.trouble


def sound_of(data: Path, number: int, info: CallInfo) -> RecordingSound | None:
    """The sound of a call in the library; None when there is none any more."""
    try:
        kept = sound_folder(data, number)
        if kept is not None:
            return _of_paths(sorted(kept.glob("*.flac"), key=lambda path: path.stem != "me"))
        if info.source is Source.AUDIO:
            whole = Path(info.path)
            parts = [whole] if whole.is_file() else map(Path, info.path.split(_TWO_FILES))
            return _of_paths([path for path in parts if path.is_file()])
    except (ThatsRightError, OSError):  # it cannot be heard: that is all there is to say of it
        return None
    return None


def mixed_from(recording: Recording, from_s: float, to_s: float | None) -> Iterator[Samples]:
    """Both sides together, block by block, float32 within -1..1."""
    first = max(int(from_s * RATE_HZ), 0)
    last = None if to_s is None else int(to_s * RATE_HZ)
    sides = len(recording.speakers)
    at, together = 0, []
    for item in recording.items(as_recorded=True):
        if isinstance(item, Note):
            continue
        together.append(item.samples)
        if len(together) < sides:
            continue
        mixed = np.clip(np.sum(together, axis=0, dtype=np.float32), -1.0, 1.0)
        together = []
        end = at + len(mixed)
        if last is not None and at >= last:
            return
        if end > first:
            yield mixed[max(first - at, 0) : None if last is None else max(last - at, 0)]
        at = end


def _of_paths(paths: list[Path]) -> RecordingSound | None:
    match paths:
        case [one]:
            return RecordingSound(open_recording(one, Side.LEFT))
        case [mine, theirs]:
            return RecordingSound(open_legs(mine, theirs))
    return None
