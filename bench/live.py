"""From the end of speech to its words on the screen, at the pace of a real call.

    python bench/live.py                               samples, one after another
    python bench/live.py CALL.ogg ...                  two channels, reference beside it (.jsonl)
    python bench/live.py --legs MINE THEIRS --speech SPEECH.rttm

Runs `thatsright replay --json --speed 1` as a user would and notes when each line comes out. Delay:
from the last speech sample of an utterance of the reference to the final text that covers its end
(`bench/delays.py`). Without a reference in words (--legs), stretches of speech from an RTTM file
that are followed by `APART_S` of silence stand for utterances, and the first final text of that
speaker that reaches to the end of one covers it.

The second line is of utterances up to 1.5 s long, the third from the start of speech to the first
text of it, provisional or final. CPU: of the whole process, as a share of one core of call time.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from delays import Delay, Delays, delays, first_partials, percentile

SAMPLES = Path(__file__).parent.parent / "samples"
CALLS = ("delivery_date.ogg", "rent_review.ogg", "rent_review_phone.ogg", "look_alikes.ogg")
SHORT_S = 1.5
SILENT_S = 0.6
"""Who says the next line sooner than this has not fallen silent in between."""
APART_S = 0.9
REACHES_S = 0.35
"""Text that ends so little before the end of the speech covers it."""


@dataclass
class Run:
    """One call played, and when its text came."""

    finals: dict[str, list[tuple[float, dict[str, Any]]]] = field(default_factory=dict)
    shown: dict[str, list[tuple[float, dict[str, Any]]]] = field(default_factory=dict)
    call_s: float = 0.0
    cpu_s: float = 0.0
    peak_mb: float = 0.0
    warnings: list[str] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("calls", nargs="*", type=Path)
    parser.add_argument("--legs", nargs=2, type=Path, metavar=("MINE", "THEIRS"))
    parser.add_argument("--speech", type=Path, help="RTTM of --legs, speakers me and them")
    parser.add_argument("--names", nargs=2, default=("me", "them"), help="of --legs, in the RTTM")
    parser.add_argument("--model", help="as for thatsright replay")
    arguments = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores, model {arguments.model or 'default'}")
    found = Delays()
    partials: list[float] = []
    starts: list[float] = []
    if arguments.legs:
        mine, theirs = map(str, arguments.legs)
        played = play(["--me-file", mine, "--them-file", theirs], arguments.model)
        for speaker, name in zip(("me", "them"), arguments.names, strict=True):
            found += by_time(stretches(arguments.speech, name), played.finals.get(speaker, []))
            starts += first_by_time(stretches(arguments.speech, name), played.shown[speaker])
        report(arguments.legs[0].stem, played, found, starts)
        return
    silent = Delays()
    for call in arguments.calls or [SAMPLES / name for name in CALLS]:
        played = play([str(call)], arguments.model)
        here, shown = Delays(), list[float]()
        for speaker, rows in reference(call).items():
            finals = [(at, e["text"]) for at, e in played.finals.get(speaker, [])]
            each = delays(rows, finals)
            here += each
            silent += Delays(tuple(d for d in each.each if not goes_on(d.end_s, rows)))
            shown += first_partials(rows, [(at, e["text"]) for at, e in played.shown[speaker]])
        report(call.stem, played, here, shown)
        found += here
        partials += shown
    summary("all", found, partials)
    print(f"of those after which the speaker was silent for {SILENT_S:g} s:")
    summary("silent", silent, partials)


def play(call: list[str], model: str | None) -> Run:
    """Play a call in real time and note when each line comes."""
    command = [str(Path(sys.executable).with_name("thatsright")), "replay", "--json", "--no-save"]
    command += ["--speed", "1", *(["--model", model] if model else []), *call]
    run = Run(shown={"me": [], "them": []})
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    begun = 0.0
    assert process.stdout is not None  # noqa: S101 - for the reader
    for line in process.stdout:
        at_s = time.monotonic() - begun
        event = json.loads(line)
        if event["type"] == "call":
            begun = time.monotonic()
        elif event["type"] == "transcript":
            run.shown.setdefault(event["speaker"], []).append((at_s, event))
            if event["final"]:
                run.finals.setdefault(event["speaker"], []).append((at_s, event))
        elif event["type"] == "summary":
            run.call_s = event["duration_s"]
        elif event["type"] == "warning":
            run.warnings.append(event["message"])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"thatsright ended with {process.returncode}")
    run.cpu_s = usage.ru_utime + usage.ru_stime
    run.peak_mb = usage.ru_maxrss / 1024
    return run


def goes_on(end_s: float, rows: list[dict[str, Any]]) -> bool:
    """True when the speaker's next line begins at once."""
    return any(end_s < row["start_s"] < end_s + SILENT_S for row in rows)


def reference(call: Path) -> dict[str, list[dict[str, Any]]]:
    """Utterances by speaker."""
    stem = call.stem.removesuffix("_phone")
    rows: dict[str, list[dict[str, Any]]] = {}
    for line in call.with_name(f"{stem}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows.setdefault(row["speaker"], []).append(row)
    return rows


def stretches(path: Path, name: str) -> list[tuple[float, float]]:
    """Speech of one speaker that is followed by silence: start and end, seconds."""
    found: list[tuple[float, float]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        parts = line.split()
        if parts[0] != "SPEAKER" or parts[7] != name:
            continue
        start_s = float(parts[3])
        end_s = start_s + float(parts[4])
        if found and start_s - found[-1][1] < APART_S:
            found[-1] = (found[-1][0], end_s)
        else:
            found.append((start_s, end_s))
    return found


def by_time(
    speech: list[tuple[float, float]], finals: list[tuple[float, dict[str, Any]]]
) -> Delays:
    """When the first final text came that reaches to the end of each stretch."""
    each: list[Delay] = []
    for start_s, end_s in speech:
        covers = (
            at
            for at, event in finals
            if event["end_s"] >= end_s - REACHES_S and event["start_s"] < end_s
        )
        at_s = next(covers, None)
        each.append(Delay(start_s, end_s, at_s, whole=True))
    return Delays(tuple(each))


def first_by_time(
    speech: list[tuple[float, float]], shown: list[tuple[float, dict[str, Any]]]
) -> list[float]:
    """Seconds from the start of each stretch to the first text within it."""
    found: list[float] = []
    for start_s, end_s in speech:
        first = next(
            (
                at
                for at, e in shown
                if e["end_s"] > start_s and e["start_s"] < end_s and at > start_s
            ),
            None,
        )
        found += [] if first is None else [first - start_s]
    return found


def report(name: str, run: Run, found: Delays, partials: list[float]) -> None:
    print(
        f"\n{name}: {run.call_s:.0f} s, {run.cpu_s / run.call_s * 100:.0f} % of one core (start "
        f"included), {run.peak_mb:.0f} MB"
    )
    for warning in run.warnings:
        print(f"  warning: {warning}")
    summary(name, found, partials)


def summary(name: str, found: Delays, partials: list[float]) -> None:
    short = Delays(tuple(d for d in found.each if d.end_s - d.start_s <= SHORT_S))
    for what, some in (("end of speech to final", found), (f"  up to {SHORT_S} s long", short)):
        print(
            f"  {what:<28} n {len(some.known):>3}, missed {some.missed}, median "
            f"{some.median_s:.2f} s, p95 {some.p95_s:.2f} s, longest "
            f"{max(some.known, default=float('nan')):.2f} s"
        )
    print(
        f"  {'start of speech to first text':<28} n {len(partials):>3}, median "
        f"{percentile(partials, 50):.2f} s, p95 {percentile(partials, 95):.2f} s   [{name}]"
    )


if __name__ == "__main__":
    main()
