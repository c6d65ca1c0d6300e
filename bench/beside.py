"""A live call through a real sound server, beside a replay of the same file.

    python bench/beside.py                              every sample with two channels
    python bench/beside.py CALL.ogg ... [--model tiny.en]

Each call (two channels, reference beside it, .jsonl) is replayed at its own pace, and played into a
PulseAudio server whose monitors the real `thatsright live` hears (bench/footprint.py). Printed for
both: word errors against the reference, signals that only one of the two raised, what was told of
devices and lost sound, and seconds from the end of their speech, as it came out of the server, to
the prompt it caused. A prompt of mine, and one that waits for a silence on purpose, is none of
those.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import footprint
import jiwer
from delays import percentile
from whisper_normalizer.english import EnglishTextNormalizer

SAMPLES = Path(__file__).parent.parent / "samples"
CALLS = ("delivery_date.ogg", "rent_review.ogg", "look_alikes.ogg", "rent_review_phone.ogg")
LULL = {"calibrated_question"}
"""Prompts that come after a silence of theirs, on purpose."""
WITHIN_S = 8.0
"""A prompt that comes later after their words than this was not caused by them."""
BUSY = ("This machine is", "Caught up")
"""Warnings about the machine, not about a leg."""
plain = EnglishTextNormalizer()


@dataclass
class Heard:
    """One call, one way."""

    events: list[dict[str, Any]]
    prompts_s: list[float]

    def words(self, speaker: str) -> str:
        """All final words of one speaker, normalised."""
        said = [
            e["text"]
            for e in self.events
            if e["type"] == "transcript" and e["final"] and e["speaker"] == speaker
        ]
        return plain(" ".join(said))

    def signals(self) -> Counter[tuple[str, str]]:
        """Kinds by speaker, without those that were revised."""
        found = [e for e in self.events if e["type"] == "signal"]
        gone = {e["revises"] for e in found}
        return Counter((e["speaker"], e["kind"]) for e in found if e["id"] not in gone)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("calls", nargs="*", type=Path)
    parser.add_argument("--model", default=None)
    arguments = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores")
    everything: list[float] = []
    for call in arguments.calls or [SAMPLES / name for name in CALLS]:
        rows = footprint.reference(call, float("inf"))
        replayed = Heard(replay(call, arguments.model), [])
        live = beside(call, rows, arguments.model)
        print(call.stem)
        for name, heard in (("replay", replayed), ("live", live)):
            print(f"  {name:<7} word errors {errors(rows, heard)}")
        only = replayed.signals() - live.signals(), live.signals() - replayed.signals()
        for name, kinds in zip(("replay", "live"), only, strict=True):
            print(f"  signals only in {name}: {told(kinds)} (of {replayed.signals().total()})")
        faults = [
            e["message"]
            for e in live.events
            if e["type"] == "warning" and not e["message"].startswith(BUSY)
        ]
        busy = sum(e["type"] == "warning" for e in live.events) - len(faults)
        print(f"  told of legs: {faults or 'nothing'}; of a busy machine: {busy}")
        print(f"  their words to the prompt: {spread(live.prompts_s)}")
        everything += live.prompts_s
    print(f"their words to the prompt, all calls: {spread(everything)}")


def errors(rows: dict[str, list[dict[str, Any]]], heard: Heard) -> str:
    """Of both speakers together."""
    wrong = total = 0
    for speaker, said in rows.items():
        wanted = plain(" ".join(row["text"] for row in said))
        found = jiwer.process_words(wanted, heard.words(speaker))
        wrong += found.substitutions + found.deletions + found.insertions
        total += len(wanted.split())
    return f"{wrong / total:.1%} of {total}"


def replay(call: Path, model: str | None) -> list[dict[str, Any]]:
    """Its events, at the pace of a call."""
    command = [str(Path(sys.executable).with_name("thatsright")), "replay", str(call), "--json"]
    command += ["--no-save", "--speed", "1", *(["--model", model] if model else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def beside(call: Path, rows: dict[str, list[dict[str, Any]]], model: str | None) -> Heard:
    """The same call through the sound server."""
    legs = footprint.load(call, 1e6)
    with footprint.sound_server() as server:
        played = footprint.listened(server, legs, model)
    events = [event for _, event in played.lines]
    theirs = {e["id"] for e in events if e["type"] == "signal" and e["speaker"] == "them"}
    ends = [row["end_s"] for row in rows.get("them", ())]
    late = []
    since_s = footprint.heard_since(played, "them", rows.get("them", []))
    for at_s, event in played.lines:
        if event["type"] != "prompt" or event["signal"] not in theirs or event["kind"] in LULL:
            continue
        played_s = at_s - since_s
        before = [end for end in ends if 0 < played_s - end < WITHIN_S]
        if before:
            late.append(played_s - max(before))
    return Heard(events, late)


def spread(found: list[float]) -> str:
    if not found:
        return "n 0"
    return (
        f"n {len(found)}, median {statistics.median(found):.2f} s, "
        f"p95 {percentile(sorted(found), 95):.2f} s"
    )


def told(kinds: Counter[tuple[str, str]]) -> str:
    return ", ".join(f"{who} {kind} {n}" for (who, kind), n in sorted(kinds.items())) or "none"


if __name__ == "__main__":
    main()
