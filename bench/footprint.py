"""What a live call takes of the machine, with normal and with low power, side by side.

    python bench/footprint.py                      a minute of a sample, twice each, by turns
    python bench/footprint.py CALL.ogg --seconds 120 --runs 3

Starts a PulseAudio server of its own, plays both legs of a two-channel recording (reference beside
it, .jsonl) in real time and lets the real `thatsright live` hear it through the monitors. Needs
pulseaudio and pulseaudio-utils; without them bench/live.py measures a replay.

Start: from the start of the process until both devices are listened to, as the server says, with
the model in the system's cache. Processor: user and system time of the process while the call is
played, per minute of call. Memory: the most that was resident at once, start included. Delay: from
the last speech sample of an utterance, as given to the server, to the final text that covers its
end (bench/delays.py), so it holds the server's own latency. CPU share of the machine by others
during a run is printed too: on a busy machine take delays as upper bounds.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from delays import Delays, delays

from audio.files import Side, open_recording
from audio.types import RATE_HZ, Block, Speaker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from soundserver import MINE, NEEDED, THEIRS, SoundServer  # noqa: E402 - the tests' own server

POWERS = ("normal", "low")
QUIET_S = 2.0
"""After the last sample, until it is hung up."""
SOON_S = 60.0
SAME_S = 0.3
"""A text that ends this near to where an utterance does is of it."""
FIRST = 8
"""So many texts are tried to find when a leg began."""


@dataclass
class Played:
    """A call that `thatsright live` heard."""

    lines: list[tuple[float, dict[str, Any]]]
    """What it printed, and when."""
    offsets: dict[str, float]
    """When each leg began to be played."""
    start_s: float
    start_cpu_s: float
    """Processor time of the start: what it would take at least on a machine that is idle."""
    cpu_s: float
    """While it was played."""
    played_s: float
    peak_mb: float
    others: float
    """Cores that others kept busy meanwhile."""


@dataclass
class Run:
    """One call, and what came of it."""

    played: Played
    model: str
    delays: Delays
    partials: int
    smaller: bool
    """It fell behind and went on with a smaller model: no longer what was to be measured."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "call", nargs="?", type=Path, default=ROOT / "samples" / "delivery_date.ogg"
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="so much of it is played")
    parser.add_argument("--runs", type=int, default=2, help="of each power")
    arguments = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores, {arguments.call.stem}")
    runs: dict[str, list[Run]] = {power: [] for power in POWERS}
    legs = load(arguments.call, arguments.seconds)
    rows = reference(arguments.call, arguments.seconds)
    for _ in range(arguments.runs):
        for power in POWERS:
            run = one(power, legs, rows)
            runs[power].append(run)
            print(f"  {power:<7} {told([run])}")
    print(f"\nall runs (n {arguments.runs} of {arguments.seconds:g} s each)")
    for power in POWERS:
        print(f"  {power:<7} {told(runs[power])}")


@contextmanager
def sound_server(ahead_ms: int = 60) -> Iterator[SoundServer]:
    """A sound server with two things to play on; without one the program ends.

    What is played is handed on `ahead_ms` before it is due.
    """
    with tempfile.TemporaryDirectory() as folder:
        server = SoundServer(Path(folder), ahead_ms)
        try:
            server.start()
        except (FileNotFoundError, AssertionError):
            sys.exit(f"needs {', '.join(NEEDED)}, and a server that can be started")
        try:
            server.plug(MINE)
            server.plug(THEIRS)
            yield server
        finally:
            server.stop()


def listened(
    server: SoundServer,
    legs: dict[str, Any],
    model: str | None,
    *more: str,
    meanwhile: Callable[[int], None] = lambda _: None,
) -> Played:
    """Play both legs to the end and let the command hear them.

    `meanwhile` is called in a thread with the number of its process, and is left to itself.
    """
    cache = {"XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))}
    mine = os.environ | server.variables | cache | {"XDG_DATA_HOME": str(server.folder / "data")}
    mine = {k: v for k, v in mine.items() if not k.startswith("THATSRIGHT_")}
    command = [str(Path(sys.executable).with_name("thatsright")), "live", "--json", "--no-save"]
    command += ["--mic", MINE, "--them", THEIRS, *(["--model", model] if model else []), *more]
    lines: list[tuple[float, dict[str, Any]]] = []
    with server.listened() as watch:
        begun = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=mine)
        reader = threading.Thread(target=read, args=(process.stdout, lines))
        reader.start()
        deadline = threading.Timer(SOON_S, process.kill)
        deadline.start()
        left = 2
        while left and watch.stdout is not None:
            left -= "'new' on source-output" in watch.stdout.readline()
        start_s = time.monotonic() - begun
        deadline.cancel()
        watch.terminate()
    threading.Thread(target=meanwhile, args=(process.pid,), daemon=True).start()
    before_s, machine_s, at_s = cpu_s(process.pid), busy_s(), time.monotonic()
    players = {}
    offsets = {}
    for speaker, name in (("me", MINE), ("them", THEIRS)):
        offsets[speaker] = time.monotonic()
        players[speaker] = server.play(name, legs[speaker])
    for player in players.values():
        player.wait()
    time.sleep(QUIET_S)
    played_s = time.monotonic() - at_s
    own_s = cpu_s(process.pid) - before_s
    others = (busy_s() - machine_s - own_s) / played_s
    process.send_signal(signal.SIGTERM)  # a run in the background ignores Ctrl-C
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    reader.join()
    if process.returncode:
        sys.exit(f"thatsright ended with {process.returncode}")
    peak_mb = usage.ru_maxrss / 1024
    return Played(lines, offsets, start_s, before_s, own_s, played_s, peak_mb, others)


def one(power: str, legs: dict[str, Any], rows: dict[str, list[dict[str, Any]]]) -> Run:
    """Play the call once."""
    with sound_server() as server:
        played = listened(server, legs, None, *(["--low-power"] if power == "low" else []))
    lines = played.lines
    found = Delays()
    texts = [(at, e) for at, e in lines if e["type"] == "transcript"]
    for speaker, said in rows.items():
        since_s = heard_since(played, speaker, said)
        finals = [
            (at - since_s, e["text"]) for at, e in texts if e["final"] and e["speaker"] == speaker
        ]
        found += delays(said, finals)
    partials = sum(not e["final"] for _, e in texts)
    model = next(e["model"] for _, e in lines if e["type"] == "call")
    messages = [e["message"] for _, e in lines if e["type"] == "warning"]
    smaller = any("smaller speech model" in message for message in messages)
    return Run(played, model, found, partials, smaller)


def heard_since(played: Played, speaker: str, said: list[dict[str, Any]]) -> float:
    """When a leg came out of the sound server: its player takes a while to begin."""
    texts = [e for _, e in played.lines if e["type"] == "transcript" and e["final"]]
    found = [e["end_s"] for e in texts if e["speaker"] == speaker]
    if not found:
        return played.offsets[speaker]
    began_s = next(at for at, e in played.lines if e["type"] == "call")
    return began_s + begun(found, said)


def begun(found: list[float], said: list[dict[str, Any]]) -> float:
    """When it began to be heard, in call time: what makes most of the first texts fit."""

    def fits(shift: float) -> tuple[int, float]:
        off = [min(abs(f - row["end_s"] - shift) for f in found) for row in said]
        return sum(each < SAME_S for each in off), -sum(min(each, SAME_S) for each in off)

    tried = (f - row["end_s"] for f in found[:FIRST] for row in said[:FIRST])
    return max((shift for shift in tried if shift >= 0), key=fits, default=0.0)


def read(out: Iterable[str], lines: list[tuple[float, dict[str, Any]]]) -> None:
    """Each line as it comes, with when it came."""
    lines.extend((time.monotonic(), json.loads(line)) for line in out)


def cpu_s(number: int) -> float:
    """User and system time of a process, all its threads."""
    fields = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def busy_s() -> float:
    """Processor time of the whole machine since it was started, idle and waiting left out."""
    fields = Path("/proc/stat").read_text(encoding="utf-8").splitlines()[0].split()[1:9]
    user, nice, system, _idle, _wait, irq, soft, _steal = map(int, fields)
    return (user + nice + system + irq + soft) / os.sysconf("SC_CLK_TCK")


def load(call: Path, length_s: float) -> dict[str, Any]:
    """The beginning of a recording, a speaker each."""
    parts: dict[Speaker, list[Any]] = {Speaker.ME: [], Speaker.THEM: []}
    for item in open_recording(call, Side.LEFT).items():
        if isinstance(item, Block):
            parts[item.speaker].append(item.samples)
    return {
        who.value: np.concatenate(some)[: int(length_s * RATE_HZ)] for who, some in parts.items()
    }


def reference(call: Path, length_s: float) -> dict[str, list[dict[str, Any]]]:
    """Utterances that were played whole, by speaker."""
    rows: dict[str, list[dict[str, Any]]] = {}
    stem = call.stem.removesuffix("_phone")
    for line in call.with_name(f"{stem}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["end_s"] <= length_s:
            rows.setdefault(row["speaker"], []).append(row)
    return rows


def told(runs: list[Run]) -> str:
    found = Delays(tuple(each for run in runs for each in run.delays.each))
    calls = [run.played for run in runs]
    starts = [call.start_s for call in calls]
    minutes = sum(c.played_s for c in calls) / 60
    cpu = sum(c.cpu_s for c in calls) / minutes
    return (
        f"model {runs[0].model}: start {statistics.median(starts):.2f} s (longest "
        f"{max(starts):.2f}; processor "
        f"{statistics.median(c.start_cpu_s for c in calls):.2f} s), processor {cpu:.1f} s a minute "
        f"({cpu / 60 * 100:.0f} % of a core), memory {max(c.peak_mb for c in calls):.0f} MB, delay "
        f"n {len(found.known)}, missed {found.missed}, median {found.median_s:.2f} s, p95 "
        f"{found.p95_s:.2f} s; {sum(r.partials for r in runs) / minutes:.0f} words in progress a "
        f"minute; others kept {statistics.mean(c.others for c in calls):.1f} cores busy"
        f"; fell back to a smaller model in {sum(r.smaller for r in runs)} of {len(runs)}"
    )


if __name__ == "__main__":
    main()
