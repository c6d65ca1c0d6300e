"""Speaks written dialogues with offline voices, for `bench/signals_heard.py`.

    python bench/speak_dialogues.py OUT --voices VOICES.npz DIALOGUES.jsonl ... [--most N]

Needs the environment of `bench/make_speech.py`. Of the dialogues only those in written style (a
recogniser's mistakes cannot be spoken), each by two voices, one a channel: me left, them right. The
gaps and overlaps between utterances are those of the dialogue; their lengths are the voices'. OUT
gets each twice, clean at 16 kHz and as a bad phone line at 8 kHz, and a manifest.jsonl with the
dialogue and the times as spoken.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import tomllib
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import make_speech as voices
import numpy as np
import sound
import soundfile
import soxr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sound import Samples

LEAD_S, TAIL_S = 0.5, 1.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("out", type=Path)
    parser.add_argument("dialogues", type=Path, nargs="+")
    parser.add_argument("--voices", type=Path, required=True)
    parser.add_argument("--most", type=int, default=0, help="so many, evenly over the files")
    arguments = parser.parse_args()
    rows = [r for file in arguments.dialogues for r in written(file)]
    if arguments.most and len(rows) > arguments.most:
        rows = [rows[i * len(rows) // arguments.most] for i in range(arguments.most)]
    speak(rows, arguments.out, arguments.voices)


def speak(rows: Iterable[dict[str, Any]], out: Path, model: Path) -> None:
    """Speak each, clean and over the phone, and write the manifest; `model` is the voices' file."""
    os.nice(10)
    texts = tomllib.loads((voices.HERE / "speech_texts.toml").read_text(encoding="utf-8"))
    out.mkdir(parents=True, exist_ok=True)
    speaker = voices.Speaker(model, out / "spoken", texts)
    with (out / "manifest.jsonl").open("w", encoding="utf-8") as manifest:
        for row in rows:
            turns, legs, talking = laid_out(row, speaker)
            for condition in ("clean", "phone"):
                name = f"{row['id']}_{condition}.flac"
                write(out / name, legs, talking, condition, seed(row))
                line = {**row, "turns": turns, "file": name, "condition": condition}
                manifest.write(json.dumps(line, ensure_ascii=False) + "\n")
            manifest.flush()


def written(file: Path) -> Iterator[dict[str, Any]]:
    """What can be spoken as it is written."""
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["style"] == "written":
            yield row


def seed(row: dict[str, Any]) -> int:
    return zlib.crc32(row["id"].encode())


def laid_out(
    row: dict[str, Any], speaker: voices.Speaker
) -> tuple[list[dict[str, Any]], dict[str, Samples], dict[str, np.ndarray]]:
    """The turns with their times as spoken, the two legs, and where each talks.

    "voices" of the row are mine and theirs; without them its id says whose.
    """
    number = seed(row)
    mine = number % len(voices.VOICES)
    theirs = (mine + 1 + number // 8 % (len(voices.VOICES) - 1)) % len(voices.VOICES)
    pair = row.get("voices", (voices.VOICES[mine], voices.VOICES[theirs]))
    by = dict(zip(("me", "them"), pair, strict=True))
    placed: list[tuple[float, str, Samples, int, int]] = []
    turns: list[dict[str, Any]] = []
    end_s = LEAD_S
    before_s = row["turns"][0]["start_s"]
    for turn in row["turns"]:
        text = re.sub(r"\s*\u2014\s*|\s*\u2026\s*|\.\.\.", ", ", turn["text"]).strip(" ,")
        said, first, length = voices.trimmed(speaker(text, by[turn["speaker"]], 1.0))
        start_s = max(LEAD_S, end_s + turn["start_s"] - before_s)
        length_s = length / sound.RATE_HZ
        placed.append((start_s, turn["speaker"], said, first, length))
        turns.append({**turn, "start_s": round(start_s, 3), "end_s": round(start_s + length_s, 3)})
        end_s, before_s = max(end_s, start_s + length_s), max(before_s, turn["end_s"])
    total = round((end_s + TAIL_S) * sound.RATE_HZ) + sound.RATE_HZ
    legs = {who: np.zeros(total, dtype=np.float32) for who in by}
    talking = {who: np.zeros(total, dtype=np.bool_) for who in by}
    for start_s, who, said, first, length in placed:
        at = round(start_s * sound.RATE_HZ)
        begin = max(0, at - first)
        legs[who][begin : begin + len(said)] += said
        talking[who][at : at + length] = True
    return turns, legs, talking


def write(
    path: Path,
    legs: dict[str, Samples],
    talking: dict[str, np.ndarray],
    condition: str,
    number: int,
) -> None:
    """Both channels as two good microphones hear them, or over a bad phone line."""
    sides = []
    rate_hz = voices.CLEAN_HZ
    for who in ("me", "them"):
        leg = legs[who]
        loud = leg if not talking[who].any() else sound.at_level(leg, 0.0)
        leg = loud + sound.room_tone(len(leg), number + (who == "me"))
        if condition == "clean":
            sides.append(soxr.resample(leg, sound.RATE_HZ, rate_hz, quality="VHQ"))
            continue
        rate_hz = sound.PHONE_HZ
        narrow = voices.phone_band(soxr.resample(leg, sound.RATE_HZ, rate_hz, quality="VHQ"))
        spoken = talking[who][:: sound.RATE_HZ // rate_hz][: len(narrow)]
        level = sound.rms(narrow[: len(spoken)][spoken]) if spoken.any() else 0.05
        hiss = voices.line_noise(
            len(narrow), number + 7 * (who == "me"), level * sound.amplitude(-voices.PHONE_SNR_DB)
        )
        sides.append(sound.mu_law(np.clip(narrow + hiss, -1.0, 1.0)))
    soundfile.write(path, np.stack(sides, axis=1), rate_hz, subtype="PCM_16")


if __name__ == "__main__":
    main()
