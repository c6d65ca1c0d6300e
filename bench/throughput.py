"""A whole two-leg call as fast as it goes: this product and two others, whole commands in turn.

    python bench/throughput.py MINE THEIRS [--runs 3] [--ctranslate2 PEERS/bin/whisper-ctranslate2]
    python bench/throughput.py samples/delivery_date.ogg

`batched` is faster-whisper's own BatchedInferencePipeline with its VAD over both legs, batch 8,
word times on, as its README shows it. `whisper-ctranslate2` is the command as it comes (from an
environment of its own), a leg after the other. Same model, int8, all cores. Word errors where a
reference lies beside the recording, speaker by speaker (`bench/replay.py`).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import av
import numpy as np
import replay

from assistant import models

SPEAKERS = ("me", "them")
PIPELINE = """
import json, sys
from faster_whisper import BatchedInferencePipeline, WhisperModel
model, *legs = sys.argv[1:]
pipeline = BatchedInferencePipeline(WhisperModel(model, device="cpu", compute_type="int8"))
for speaker, leg in zip(("me", "them"), legs):
    segments, _ = pipeline.transcribe(
        leg, language="en", beam_size=1, batch_size=8, word_timestamps=True
    )
    for s in segments:
        print(json.dumps({"type": "transcript", "speaker": speaker, "start_s": s.start,
                          "end_s": s.end, "text": s.text, "final": True}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("call", nargs="+", type=Path, help="a two-channel file, or mine and theirs")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--model", default="base")
    parser.add_argument("--ctranslate2", type=Path, help="the whisper-ctranslate2 command")
    arguments = parser.parse_args()
    print(
        f"{platform.platform()}, {os.cpu_count()} cores, {arguments.model}, {arguments.runs} run(s)"
    )
    folder = str(models.find(arguments.model).folder)
    with tempfile.TemporaryDirectory() as place:
        legs = arguments.call
        if len(legs) == 1:
            legs = split(legs[0], Path(place))
        length_s = duration(legs[0])
        ours = ["replay", "--json", "--no-save", "--model", arguments.model]
        ours += ["--me-file", str(legs[0]), "--them-file", str(legs[1])]
        commands = {
            "thatsright": [str(Path(sys.executable).with_name("thatsright")), *ours],
            "batched": [sys.executable, "-c", PIPELINE, folder, *map(str, legs)],
        }
        if arguments.ctranslate2:
            commands["whisper-ctranslate2"] = [
                str(arguments.ctranslate2), *map(str, legs), "--model_directory", folder,
                "--language", "en", "--output_format", "json", "--output_dir", place,
                "--compute_type", "int8", "--verbose", "False",
            ]  # fmt: skip
        took: dict[str, list[float]] = {name: [] for name in commands}
        heard: dict[str, list[dict[str, Any]]] = {}
        for _ in range(arguments.runs):
            for name, command in commands.items():
                seconds, heard[name] = run(command)
                took[name].append(seconds)
                if name == "whisper-ctranslate2":
                    heard[name] = written(Path(place), legs)
    reference = replay.truth(arguments.call[0]) if len(arguments.call) == 1 else None
    base = statistics.median(took["thatsright"])
    print(
        f"{length_s:.0f} s, two legs\n{'':<22}{'s':>8}{'x real time':>13}{'against us':>12}"
        f"{'WER %':>8}"
    )
    for name, seconds in took.items():
        median = statistics.median(seconds)
        rate = "-"
        if reference is not None:
            errors, words = replay.wer([(reference, heard[name], name)])
            rate = f"{100 * errors / words:.1f}"
        print(f"{name:<22}{median:>8.1f}{length_s / median:>13.1f}{median / base:>12.2f}{rate:>8}")


def split(call: Path, place: Path) -> list[Path]:
    """Each channel as a file of its own."""
    with av.open(str(call)) as container:
        resampler = av.AudioResampler("fltp", "stereo", 16_000)
        frames = [f.to_ndarray() for p in container.decode(audio=0) for f in resampler.resample(p)]
    both = np.concatenate(frames, axis=1)
    paths = []
    for speaker, samples in zip(SPEAKERS, both, strict=True):
        path = place / f"{speaker}.wav"
        with av.open(str(path), "w") as out:
            stream = out.add_stream("pcm_s16le", rate=16_000, layout="mono")
            whole = (np.clip(samples, -1, 1) * 32_767).astype(np.int16)[None]
            frame = av.AudioFrame.from_ndarray(whole, format="s16", layout="mono")
            frame.sample_rate = 16_000
            for packet in (*stream.encode(frame), *stream.encode(None)):
                out.mux(packet)
        paths.append(path)
    return paths


def duration(path: Path) -> float:
    with av.open(str(path)) as container:
        return float(container.duration or 0) / 1_000_000


def run(command: list[str]) -> tuple[float, list[dict[str, Any]]]:
    """Seconds of the whole command, and the final transcripts it printed."""
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    if done.returncode:
        sys.exit(f"{command[0]} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return seconds, [r for r in rows if r.get("type") == "transcript" and r["final"]]


def written(place: Path, legs: list[Path]) -> list[dict[str, Any]]:
    """What whisper-ctranslate2 wrote, as transcripts."""
    return [
        {"type": "transcript", "speaker": speaker, "start_s": s["start"], "text": s["text"],
         "final": True}
        for speaker, leg in zip(SPEAKERS, legs, strict=True)
        for s in json.loads((place / f"{leg.stem}.json").read_text())["segments"]
    ]  # fmt: skip


if __name__ == "__main__":
    main()
