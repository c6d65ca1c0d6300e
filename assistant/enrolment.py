"""My voice, so that it is known in any call: a point of 192 numbers, and no sound."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import numpy as np

from assistant.errors import ThatsRightError
from assistant.whole_files import write_private
from audio.apart import pieces_of
from audio.speakers import DIMENSIONS, SHA256, unit
from audio.types import RATE_HZ
from audio.vad import second_look

if TYPE_CHECKING:
    from pathlib import Path

    from audio.speakers import Embedder, Points
    from audio.types import Samples

FILE: Final = "voice.json"

ENOUGH_S: Final = 8.0
"""So much speech it takes."""


def point_of(samples: Samples, embedder: Embedder) -> Points:
    """The voice in float32 [n] at `RATE_HZ`: float32 [d], of length 1.

    Raises:
        ThatsRightError: there is too little speech in it.
    """
    pieces = pieces_of(samples, second_look(samples).spans, 0, embedder)
    heard_s = sum(p.end_sample - p.start_sample for p in pieces) / RATE_HZ
    if heard_s < ENOUGH_S:
        raise ThatsRightError(
            f"Only {heard_s:.0f} s of speech were heard, {ENOUGH_S:.0f} are needed. Nothing was "
            "stored. Speak on for 20 seconds, near the microphone, and alone."
        )
    points = np.stack([p.point * min(p.heard_samples, RATE_HZ) for p in pieces])
    return unit(points.sum(axis=0))


def enrolled(folder: Path) -> Points | None:
    """The voice that is enrolled, float32 [d]; None when none is, or it is of another model."""
    try:
        kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
        point = np.array(kept["point"], dtype=np.float32)
        if kept["model"] != SHA256 or point.shape != (DIMENSIONS,) or not np.isfinite(point).all():
            return None
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return unit(point)


def enroll(folder: Path, point: Points) -> None:
    """Keep it, instead of another; written beside and moved into place.

    Raises:
        ThatsRightError: it cannot be written.
    """
    rounded = [round(float(x), 6) for x in point]
    write_private(folder / FILE, {"model": SHA256, "point": rounded}, "your voice is not enrolled")


def forget(folder: Path) -> bool:
    """Delete it; False when none was enrolled.

    Raises:
        ThatsRightError: it cannot be deleted.
    """
    path = folder / FILE
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise ThatsRightError(
            f"{path} cannot be deleted ({error.strerror}). Delete that file by hand."
        ) from error
    return True
