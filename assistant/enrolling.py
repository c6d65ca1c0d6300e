"""`thatsright enroll`: my voice, from the microphone or a file, kept as 192 numbers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import numpy as np

from assistant.enrolment import enroll, point_of
from assistant.live import choose_ears
from audio.capture import Capture
from audio.files import Note, Side, open_recording
from audio.speakers import CamPlus
from audio.types import RATE_HZ, Speaker, empty

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from audio.files import Item
    from audio.types import Samples

LISTENED_S: Final = 20
"""From the microphone."""
READ_S: Final = 120
"""Of a file, its first two minutes."""


def enroll_file(folder: Path, file: Path) -> None:
    """Enroll the voice in a recording: of two channels the left one's.

    Raises:
        ThatsRightError: the file cannot be read, or there is too little speech in it.
    """
    recording = open_recording(file, Side.LEFT)
    blocks = recording.items()
    try:
        enroll(folder, point_of(_first(blocks, READ_S), CamPlus()))
    finally:
        blocks.close()


def enroll_microphone(folder: Path, mic: str | None) -> None:
    """Enroll the voice that is heard now, for 20 seconds.

    Raises:
        ThatsRightError: no such microphone, or too little speech.
    """
    embedder = CamPlus()
    (ear,) = choose_ears(mic, "none", remembered=False)
    sys.stderr.write(f"Speak for {LISTENED_S} seconds, as you do in a call. Nothing is recorded.\n")
    heard = Capture([ear]).items()
    try:
        samples = _first((item for item in heard if item is not None), LISTENED_S, told=True)
    finally:
        heard.close()
    enroll(folder, point_of(samples, embedder))


def _first(items: Iterator[Item], length_s: float, *, told: bool = False) -> Samples:
    """The first seconds of my side."""
    parts = [empty()]
    heard = 0
    for item in items:
        if isinstance(item, Note):
            if told:
                sys.stderr.write(f"\r\x1b[Kthatsright: {item.message}\n")
            continue
        if item.speaker is Speaker.THEM:
            continue
        parts.append(item.samples)
        heard += len(item.samples)
        if told and sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{max(0, LISTENED_S - heard // RATE_HZ)} s ")
            sys.stderr.flush()
        if heard >= length_s * RATE_HZ:
            break
    if told and sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    return np.concatenate(parts)
