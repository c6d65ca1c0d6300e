"""One utterance decoded by us and by `WhisperModel.transcribe`: time and words.

    python bench/decode.py RECORDING ...      a speaker a channel, or one speaker
    python bench/decode.py FOLDER ...         with manifest.jsonl ("file", "text"); gives the WER

Same model, same beam, same number of threads, the same utterances (as the segmenter cuts them), one
after the other in turn, both in this process. Ours includes every second look. "phone" is the same
sound cut to 300..3400 Hz at 8 kHz with noise 15 dB below the speech.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jiwer
import numpy as np
import soxr
from clips import recogniser, spoken
from whisper_normalizer.english import EnglishTextNormalizer

from audio.types import RATE_HZ, Utterance

if TYPE_CHECKING:
    from assistant.asr import WhisperRecogniser
    from audio.types import Samples

SPOKEN = EnglishTextNormalizer()
NOISE_DB = 15.0
BAND_HZ = (300.0, 3400.0)
SOUND = {".ogg", ".flac", ".wav", ".mp3"}


@dataclass
class Side2:
    """What one of the two took and heard."""

    took_s: list[float] = field(default_factory=list)
    errors: int = 0


@dataclass
class Compared:
    """Both, over the same utterances."""

    ours: Side2 = field(default_factory=Side2)
    stock: Side2 = field(default_factory=Side2)
    words: int = 0
    speech_s: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--model", help="as for thatsright replay")
    parser.add_argument("--every", type=int, default=1, help="only every so many of a folder")
    parser.add_argument("--phone", action="store_true", help="make a phone line of it first")
    arguments = parser.parse_args()
    hear = recogniser(arguments.model, threads=1)  # one thread for both: no turns to take
    print(
        f"{platform.platform()}, {os.cpu_count()} cores, model {hear.name}, 1 thread, int8, beam 1"
    )
    for path in arguments.paths:
        compared = Compared()
        if path.is_dir():
            rows = [json.loads(line) for line in (path / "manifest.jsonl").open()]
            for row in rows[:: arguments.every]:
                compare(
                    compared, hear, cut_up(path / row["file"], phone=arguments.phone), row["text"]
                )
        else:
            compare(compared, hear, cut_up(path, phone=arguments.phone), None)
        show(path.name + (" (phone)" if arguments.phone else ""), compared)


def cut_up(path: Path, *, phone: bool) -> list[Utterance]:
    """All utterances of a recording."""
    found = spoken(path).utterances
    return [on_the_phone(u) for u in found] if phone else found


def on_the_phone(utterance: Utterance) -> Utterance:
    """The same words over a telephone."""
    sound = utterance.samples
    spectrum = np.fft.rfft(sound)
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
    band = (hertz >= BAND_HZ[0]) & (hertz <= BAND_HZ[1])
    narrow = np.fft.irfft(spectrum * band, len(sound))
    noise = np.random.default_rng(utterance.start_sample).standard_normal(len(sound))
    noise = np.fft.irfft(np.fft.rfft(noise) * band, len(sound))
    level = np.sqrt(np.mean(narrow**2) / np.mean(noise**2)) * 10 ** (-NOISE_DB / 20)
    low = soxr.resample((narrow + level * noise).astype(np.float32), RATE_HZ, RATE_HZ // 2)
    samples: Samples = soxr.resample(low, RATE_HZ // 2, RATE_HZ).astype(np.float32)
    return Utterance(utterance.speaker, utterance.start_sample, samples, utterance.cut)


def compare(
    compared: Compared, hear: WhisperRecogniser, utterances: list[Utterance], text: str | None
) -> None:
    """Both on the same utterances, in turn."""
    ours, stock = [], []
    for utterance in utterances:
        began = time.perf_counter()
        (said,) = hear.recognise([utterance])
        compared.ours.took_s.append(time.perf_counter() - began)
        ours.append(said.text if said else "")
        began = time.perf_counter()
        stock.append(as_it_comes(hear._model, utterance.samples))  # noqa: SLF001 - the same weights
        compared.stock.took_s.append(time.perf_counter() - began)
        compared.speech_s += len(utterance.samples) / RATE_HZ
    if text is None:
        return
    for side, heard in ((compared.ours, ours), (compared.stock, stock)):
        out = jiwer.process_words(SPOKEN(text) or "-", SPOKEN(" ".join(heard)) or "-")
        side.errors += out.substitutions + out.deletions + out.insertions
    compared.words += len(SPOKEN(text).split())


def as_it_comes(model: Any, samples: Samples) -> str:  # noqa: ANN401 - faster-whisper ships no types
    """`transcribe` with its defaults, but for the beam and the language, which are ours."""
    segments, _ = model.transcribe(
        samples, language="en", beam_size=1, word_timestamps=True, condition_on_previous_text=False
    )
    return " ".join(s.text for s in segments)


def show(name: str, compared: Compared) -> None:
    ours, stock = (np.array(side.took_s) for side in (compared.ours, compared.stock))
    print(f"\n{name}: {len(ours)} utterances, {compared.speech_s:.0f} s")
    for label, took in (("ours", ours), ("stock", stock)):
        low, high = np.percentile(took, [50, 95])
        print(f"  {label:<8} median {low:.3f} s  p95 {high:.3f} s  sum {took.sum():.1f} s")
    ratios = [
        *(np.percentile(ours, [50, 95]) / np.percentile(stock, [50, 95])),
        ours.sum() / stock.sum(),
    ]
    print("  ours/stock: median {:.2f}  p95 {:.2f}  sum {:.2f}".format(*ratios))
    if compared.words:
        rates = [100 * side.errors / compared.words for side in (compared.ours, compared.stock)]
        print(f"  WER: ours {rates[0]:.1f} %, stock {rates[1]:.1f} % of {compared.words} words")


if __name__ == "__main__":
    main()
