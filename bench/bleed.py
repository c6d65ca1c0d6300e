"""Two channels on which each side is faintly heard on the other's: what is taken for whose.

Used by `bench/speakers.py bleed`. The samples, each leg with the other on it: coloured by a line
(no lows, no highs), 5 ms later, so many dB fainter; the last one coded as opus as well. Heard as
recorded, and cleaned.
"""

from __future__ import annotations

import json
import re
import wave
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import av
import numpy as np
import soxr

from assistant.model import Transcript
from audio.types import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from assistant.model import Event

    Word = tuple[str, float, float]

DELAY_S: Final = 0.005
LINE_HZ: Final = (150.0, 5_000.0)
NEAR_S: Final = 0.3
"""Times of words are good to that."""
CONDITIONS: Final = ((None, ""), (-15, ""), (-20, ""), (-30, ""), (-20, "opus"))


def bled(legs: NDArray[np.float32], level_db: float) -> NDArray[np.float32]:
    """Float32 [2, n], each with the other on it."""
    n = legs.shape[1]
    size = 1 << (n + RATE_HZ).bit_length()
    hz = np.fft.rfftfreq(size, 1 / RATE_HZ)
    low, high = LINE_HZ
    line = 1 / np.sqrt(1 + (low / np.maximum(hz, 1)) ** 4) / np.sqrt(1 + (hz / high) ** 4)
    line = line * np.exp(-2j * np.pi * hz * DELAY_S) * 10 ** (level_db / 20)
    other = np.fft.irfft(np.fft.rfft(legs[::-1], size) * line, size)[:, :n]
    return np.clip(legs + other, -1, 1).astype(np.float32)


def written(legs: NDArray[np.float32], path: Path, codec: str = "") -> Path:
    """Both legs in one file: WAV, or opus at 32 kbit/s."""
    if not codec:
        path = path.with_suffix(".wav")
        with wave.open(str(path), "wb") as out:
            out.setnchannels(2)
            out.setsampwidth(2)
            out.setframerate(RATE_HZ)
            out.writeframes((legs.T * 32_767).astype("<i2").tobytes())
        return path
    path = path.with_suffix(".opus")
    sound = np.stack([soxr.resample(leg, RATE_HZ, 48_000) for leg in legs]).astype(np.float32)
    with av.open(path, "w") as container:
        stream = container.add_stream("libopus", rate=48_000, layout="stereo")
        stream.bit_rate = 32_000
        packed = np.ascontiguousarray(sound.T.reshape(1, -1))
        frame = av.AudioFrame.from_ndarray(packed, format="flt", layout="stereo")
        frame.sample_rate = 48_000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return path


@dataclass
class Count:
    """What was heard of one condition."""

    name: str
    words: int = 0
    wrong: int = 0
    """Words substituted, left out or put in, of `words`."""
    strangers: int = 0
    """Words given to one side while only the other spoke."""
    heard: int = 0
    by_side: dict[str, list[int]] = field(default_factory=dict)

    def add(self, truth: Sequence[dict[str, Any]], events: Sequence[Event]) -> None:
        """Hold what was heard against what was said."""
        said = {who: [] for who in ("me", "them")}
        for row in truth:
            said[row["speaker"]] += [
                _plain(w["text"], w["start_s"], w["end_s"]) for w in row["words"]
            ]
        for who, wanted in said.items():
            other = said["them" if who == "me" else "me"]
            found = [
                _plain(w.text, w.start_s, w.end_s)
                for e in events
                if isinstance(e, Transcript) and e.speaker.value == who
                for w in e.words
            ]
            errors = edits([w for w, *_ in wanted], [w for w, *_ in found])
            strangers = sum(_near(w, other) and not _near(w, wanted) for w in found)
            self.words += len(wanted)
            self.wrong += errors
            self.heard += len(found)
            self.strangers += strangers
            side = self.by_side.setdefault(who, [0, 0, 0])
            for i, n in enumerate((len(wanted), errors, strangers)):
                side[i] += n

    def __str__(self) -> str:
        sides = "; ".join(
            f"{who} WER {wrong / max(1, n):.1%} of {n}, {strangers} of the other's"
            for who, (n, wrong, strangers) in self.by_side.items()
        )
        return f"{self.name:28} {sides}"


def truth_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def edits(wanted: Sequence[str], found: Sequence[str]) -> int:
    """Levenshtein's distance."""
    row = np.arange(len(found) + 1)
    for i, word in enumerate(wanted, 1):
        last, row[0] = row.copy(), i
        for j, other in enumerate(found, 1):
            row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (word != other))
    return int(row[-1])


def _plain(text: str, start_s: float, end_s: float) -> Word:
    return re.sub(r"[^\w']", "", text.lower()), start_s, end_s


def _near(word: Word, said: Sequence[Word]) -> bool:
    middle = (word[1] + word[2]) / 2
    return any(start - NEAR_S <= middle <= end + NEAR_S for _, start, end in said)
