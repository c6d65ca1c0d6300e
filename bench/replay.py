"""How fast, how large and how right `thatsright replay --speed max` is.

    python bench/replay.py                      the samples
    python bench/replay.py FILE|FOLDER ...      other recordings; a folder is one command
    python bench/replay.py --legs MINE THEIRS   a call in two files

Seconds are those of the whole command, start and model included. A reference beside a recording
(NAME.jsonl as the samples have it, NAME.json with "text" or "turns", or manifest.jsonl with "file"
and "text") gives the word error rate; signals are compared where the reference has them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jiwer
from whisper_normalizer.english import EnglishTextNormalizer

SAMPLES = Path(__file__).parent.parent / "samples"
SOUND = {".ogg", ".opus", ".flac", ".wav", ".mp3", ".m4a", ".mp4", ".webm", ".mkv"}
VARIANTS = ("_mono", "_phone")
"""Other recordings of the same call share its reference."""

HEARD = (
    "thats_right", "youre_right", "bare_yes", "factual_confirmation", "qualified_agreement",
    "correction", "no_oriented_agreement", "offer", "deferral", "pushback",
    "summary", "label", "mirror", "calibrated_question", "no_oriented_question",
    "accusation_audit", "reset", "pressure",
)  # fmt: skip
"""Kinds this version listens for; a reference may have more."""

# A reset asked as a no-oriented question is both; a reference marks it as a reset.

SLACK_S = 3.0
"""A signal belongs to an utterance of the reference when it is no further away."""

SPOKEN = EnglishTextNormalizer()
"""Whisper's own normaliser: numbers, contractions, fillers, punctuation."""


@dataclass
class Run:
    """One command and what came of it."""

    name: str
    call_s: float = 0.0
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_mb: float = 0.0
    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """By the path of the call."""


@dataclass
class Truth:
    """What a recording holds, and who said it."""

    words: dict[str, str]
    in_order: str
    """All words by time, for recordings that do not tell speakers apart."""
    signals: list[tuple[str, str, float, float]]
    """Kind, speaker, start and end of the utterance."""


def main() -> None:
    arguments = parse()
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"model {arguments.model or 'default'}, {arguments.runs} run(s), median\n")
    print(
        f"{'call':<28}{'min':>6}{'s':>8}{'s/min':>8}{'cpu s':>8}{'MB':>6}{'WER %':>8}{'words':>7}"
    )
    compared: list[tuple[Truth, list[dict[str, Any]], str]] = []
    for name, options in commands(arguments):
        runs = [run(name, options, arguments.model) for _ in range(arguments.runs)]
        compared += show(runs)
    show_signals(compared)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("paths", nargs="*", type=Path, help="recordings or folders of them")
    parser.add_argument(
        "--legs", nargs=2, type=Path, metavar=("MINE", "THEIRS"), action="append", default=[]
    )
    parser.add_argument("--model", help="as for thatsright replay")
    parser.add_argument("--runs", type=int, default=1, help="times each command is run")
    return parser.parse_args()


def commands(arguments: argparse.Namespace) -> list[tuple[str, list[str]]]:
    """Name and arguments of each command to be timed."""
    found: list[tuple[str, list[str]]] = [
        (f"{mine.stem} + {theirs.stem}", ["--me-file", str(mine), "--them-file", str(theirs)])
        for mine, theirs in arguments.legs
    ]
    paths = arguments.paths or ([] if arguments.legs else sorted(SAMPLES.glob("*.ogg")))
    for path in paths:
        if path.is_dir():
            files = sorted(str(p) for p in path.iterdir() if p.suffix.lower() in SOUND)
            if not files:
                sys.exit(f"{path} has no recordings in it.")
            found.append((f"{path.name}/ ({len(files)} files)", files))
        elif path.is_file():
            found.append((path.name, [str(path)]))
        else:
            sys.exit(f"There is no {path}.")
    return found


def run(name: str, options: list[str], model: str | None) -> Run:
    """Time one command; its events go to a file, so that reading them costs it nothing."""
    command = [str(Path(sys.executable).with_name("thatsright")), "replay", "--json", "--no-save"]
    command += ["--model", model] if model else []
    with tempfile.TemporaryFile("w+") as out:
        began = time.monotonic()
        process = subprocess.Popen([*command, *options], stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        result = Run(name, wall_s=time.monotonic() - began)
        if process.returncode:
            sys.exit(f"{name}: thatsright ended with {process.returncode}")
        result.cpu_s = usage.ru_utime + usage.ru_stime
        result.peak_mb = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
        out.seek(0)
        events: list[dict[str, Any]] = []
        for event in map(json.loads, out):
            if event["type"] == "call":
                events = result.events.setdefault(event["call"], [])
                result.call_s += event["duration_s"] or 0
            events.append(event)
    return result


def show(runs: list[Run]) -> list[tuple[Truth, list[dict[str, Any]], str]]:
    """Print a command's row; return what can be compared with a reference."""
    first = runs[0]
    wall = statistics.median(r.wall_s for r in runs)
    cpu = statistics.median(r.cpu_s for r in runs)
    peak = max(r.peak_mb for r in runs)
    minutes = first.call_s / 60
    references = [(truth(Path(call)), events, call) for call, events in first.events.items()]
    known = [(t, events, call) for t, events, call in references if t is not None]
    errors, words = wer(known)
    rate = f"{100 * errors / words:.1f}" if words else "-"
    per_minute = wall / minutes if minutes else float("nan")
    print(
        f"{first.name:<28}{minutes:>6.1f}{wall:>8.1f}{per_minute:>8.2f}{cpu:>8.1f}{peak:>6.0f}"
        f"{rate:>8}{words or '-':>7}"
    )
    return [k for k in known if k[0].signals]


def truth(call: Path) -> Truth | None:
    """The reference of a recording, if it has one beside it."""
    stem = call.stem
    for variant in VARIANTS:
        stem = stem.removesuffix(variant)
    if (rows := call.with_name(f"{stem}.jsonl")).is_file():
        return labelled([json.loads(line) for line in rows.read_text().splitlines()])
    if (whole := call.with_suffix(".json")).is_file():
        text = json.loads(whole.read_text())["text"]
        return Truth({}, text, [])
    if (manifest := call.with_name("manifest.jsonl")).is_file():
        texts = {r["file"]: r.get("text") for r in map(json.loads, manifest.open())}
        return Truth({}, texts[call.name], []) if texts.get(call.name) else None
    return None


def labelled(rows: list[dict[str, Any]]) -> Truth:
    words: dict[str, str] = {}
    signals: list[tuple[str, str, float, float]] = []
    for index, row in enumerate(rows):
        words[row["speaker"]] = f"{words.get(row['speaker'], '')} {row['text']}"
        signals += [
            (s["kind"], row["speaker"], turn_start(rows, index), row["end_s"])
            for s in row.get("signals", ())
        ]
    return Truth(words, " ".join(row["text"] for row in rows), signals)


def turn_start(rows: list[dict[str, Any]], index: int) -> float:
    """When the turn of an utterance began: a summary over several is marked on its last one."""
    speaker, start_s = rows[index]["speaker"], rows[index]["start_s"]
    for row in reversed(rows[:index]):
        if row["speaker"] != speaker:
            break
        start_s = row["start_s"]
    return float(start_s)


def wer(known: list[tuple[Truth, list[dict[str, Any]], str]]) -> tuple[int, int]:
    """Word errors and words of the reference, speaker by speaker where both know who spoke."""
    errors = total = 0
    for reference, events, _ in known:
        heard = [e for e in events if e["type"] == "transcript" and e["final"]]
        by_speaker = reference.words and {e["speaker"] for e in heard} != {"unknown"}
        if by_speaker:
            pairs = [
                (text, " ".join(e["text"] for e in heard if e["speaker"] == speaker))
                for speaker, text in reference.words.items()
            ]
        else:
            ordered = sorted(heard, key=lambda e: e["start_s"])
            pairs = [(reference.in_order, " ".join(e["text"] for e in ordered))]
        for text, hypothesis in pairs:
            if not re.search(r"\w", hypothesis):
                errors += len(text.split())
                total += len(text.split())
                continue
            out = jiwer.process_words(SPOKEN(text), SPOKEN(hypothesis))
            errors += out.substitutions + out.deletions + out.insertions
            total += out.hits + out.substitutions + out.deletions
    return errors, total


def show_signals(compared: list[tuple[Truth, list[dict[str, Any]], str]]) -> None:
    """Right, wrong and missed signals, and each that is not right."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    notes: list[str] = []
    for reference, events, call in compared:
        if all(e["speaker"] == "unknown" for e in events if e["type"] == "transcript"):
            continue
        revised = {e["revises"] for e in events if e["type"] == "signal"}
        heard = [
            e
            for e in events
            if e["type"] == "signal" and e["kind"] in HEARD and e["id"] not in revised
        ]
        resets = [e["quote"] for e in heard if e["kind"] == "reset"]
        heard = [
            e for e in heard if e["kind"] != "no_oriented_question" or e["quote"] not in resets
        ]
        for kind, speaker, start_s, end_s in reference.signals:
            if kind not in HEARD:
                continue
            match = next(
                (
                    e
                    for e in heard
                    if (e["kind"], e["speaker"]) == (kind, speaker)
                    and e["start_s"] < end_s + SLACK_S
                    and e["end_s"] > start_s - SLACK_S
                ),
                None,
            )
            if match is None:
                missed[kind] += 1
                notes.append(f"  missed {kind} at {start_s:.1f} s of {Path(call).name}")
            else:
                right[kind] += 1
                heard.remove(match)
        for event in heard:
            wrong[event["kind"]] += 1
            notes.append(f"  extra  {event['kind']} at {event['at_s']:.1f} s of {Path(call).name}")
    if not right and not missed:
        return
    print(f"\n{'signal':<24}{'right':>7}{'extra':>7}{'missed':>8}")
    for kind in HEARD:
        if right[kind] + wrong[kind] + missed[kind]:
            print(f"{kind:<24}{right[kind]:>7}{wrong[kind]:>7}{missed[kind]:>8}")
    print("\n".join(notes))


if __name__ == "__main__":
    main()
