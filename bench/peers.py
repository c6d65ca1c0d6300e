"""From speech to its final text: this product and others on the same call, at its own pace.

    python bench/peers.py --peer thatsright realtimestt --model FOLDER --python PEERS/bin/python
        samples/delivery_date.ogg

A recording has a speaker in each channel (me left, them right) and its reference beside it, as the
samples have it. FOLDER is a Whisper model for CTranslate2, the same for all. The others cannot
share our environment: --python names theirs, and --help says what to install in it.

`thatsright` is the command as users start it. Of the others each leg has a process of its own; both
start at the same moment and get 32 ms at a time, when a sound card would have them. Silence follows
the call, so that what a peer ends at a pause is ended.

utt., missed, cut, median, p95: as bench/delays.py defines delays. shown: median from the start of
an utterance to the first of its words, provisional or not. WER: as in bench/replay.py. cpu/s:
processor seconds of all legs for a second of the call, loading left out. MB: of all legs.
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
import threading
import time
import wave
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np
import replay
from delays import Delays, delays, first_partials
from peer_legs import PEERS, RATE_HZ, TAIL_S, install

LEG = Path(__file__).with_name("peer_legs.py")
SIDES = ("me", "them")


@dataclass
class Cost:
    """What a tree of processes takes from now on; read from /proc, so only on Linux."""

    roots: set[int]
    cpu_s: float = 0.0
    peak_mb: float = 0.0
    _seen: dict[int, float] = field(default_factory=dict)
    _before_s: float | None = None
    _stop: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Look again and again, in a thread of its own."""
        while not self._stop.wait(0.25):
            self.look()

    def start(self) -> None:
        """The call starts: processor time until here was spent on loading."""
        self.look()
        self._before_s = self.cpu_s

    def stop(self) -> None:
        """The call is over."""
        self._stop.set()
        self.cpu_s -= self._before_s or 0.0

    def look(self) -> None:
        """Add up the processes that are there; those that have ended count as last seen."""
        parents: dict[int, int] = {}
        used: dict[int, tuple[float, float]] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended
            pid = int(stat.parent.name)
            parents[pid] = int(fields[1])
            ticks, pages = int(fields[11]) + int(fields[12]), int(fields[21])
            used[pid] = ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE") / 1e6
        tree = self.roots & used.keys()
        while more := {pid for pid, parent in parents.items() if parent in tree} - tree:
            tree |= more
        self._seen |= {pid: used[pid][0] for pid in tree}
        self.cpu_s = sum(self._seen.values())
        self.peak_mb = max(self.peak_mb, sum(used[pid][1] for pid in tree))


@dataclass
class Call:
    """A recording, one speaker a channel, and what was said in it."""

    path: Path
    sound: Any
    """Samples by channels, 16 bit at 16 kHz."""
    rows: list[dict[str, Any]]
    sides: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.sound) / RATE_HZ

    def said_by(self, side: str) -> list[dict[str, Any]]:
        """One speaker's utterances of the reference."""
        return [row for row in self.rows if row["speaker"] == side]


def load(path: Path, legs: int, seconds: float) -> Call:
    frames = []
    with av.open(str(path)) as source:
        if source.streams.audio[0].channels != len(SIDES):
            sys.exit(f"{path} does not have a speaker in each of two channels.")
        resampler = av.AudioResampler("s16", "stereo", RATE_HZ)
        for frame in [*source.decode(audio=0), None]:
            frames += [each.to_ndarray().reshape(-1, 2) for each in resampler.resample(frame)]
    sound = np.concatenate(frames)[: int(min(seconds, 1e6) * RATE_HZ)]
    if legs == 1:
        sound[:, 0] = 0
    sides = SIDES[-legs:]
    reference = path.with_name(f"{path.stem.removesuffix('_phone')}.jsonl")
    rows = [json.loads(line) for line in reference.read_text().splitlines()]
    for row in rows:
        if row["end_s"] * RATE_HZ > len(sound):  # half an utterance has no reference
            sound[int(row["start_s"] * RATE_HZ) :, SIDES.index(row["speaker"])] = 0
    rows = [r for r in rows if r["speaker"] in sides and r["end_s"] * RATE_HZ <= len(sound)]
    return Call(path, sound, rows, sides)


def ours(call: Call, arguments: argparse.Namespace, folder: Path) -> tuple[list[Any], Cost]:
    """The command itself; the call starts when it says so."""
    path = call.path
    if arguments.legs == 1 or arguments.seconds < float("inf"):
        path = folder / f"{call.path.stem}.wav"
        with wave.open(str(path), "wb") as out:
            out.setparams((2, 2, RATE_HZ, 0, "NONE", ""))
            out.writeframes(call.sound.tobytes())
    command = [str(Path(sys.executable).with_name("thatsright")), "replay", "--json", "--no-save"]
    command += ["--speed", "1", "--model", arguments.model, str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    cost = Cost({process.pid})
    threading.Thread(target=cost.watch, daemon=True).start()
    t0, events = 0.0, []
    for line in process.stdout or ():
        now, event = time.monotonic(), json.loads(line)
        if event["type"] == "call":
            t0 = now
            cost.start()
        elif event["type"] == "transcript":
            speaker = call.sides[-1] if event["speaker"] == "unknown" else event["speaker"]
            events.append(event | {"at_s": now - t0, "speaker": speaker})  # unknown: only one leg
    cost.stop()
    if process.wait():
        sys.exit(f"thatsright ended with {process.returncode}")
    return events, cost


def theirs(
    peer: str, call: Call, arguments: argparse.Namespace, folder: Path
) -> tuple[list[Any], Cost]:
    """A process for each leg, started together once all have loaded."""
    environment = os.environ | {"OMP_NUM_THREADS": str(arguments.threads), "HF_HUB_OFFLINE": "1"}
    log = (arguments.keep or folder) / f"{peer}.log"
    processes = []
    for side in call.sides:
        pcm = folder / f"{side}.pcm"
        pcm.write_bytes(call.sound[:, SIDES.index(side)].tobytes())
        command = [arguments.python, str(LEG), peer, str(pcm), "--model", arguments.model]
        command += ["--compute", arguments.compute]
        command += ["--partials"] if arguments.partials else []
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log.open("a"),
            env=environment,
            text=True,
        )
        processes.append(process)
    cost = Cost({process.pid for process in processes})
    threading.Thread(target=cost.watch, daemon=True).start()
    for process in processes:
        if not process.stdout.readline():
            for each in processes:
                each.kill()
            sys.exit(f"{peer} did not start.\n{log.read_text()[-2000:]}")
    cost.start()
    t0 = time.monotonic() + 0.2
    events: list[Any] = []

    def read(side: str, process: subprocess.Popen[str]) -> None:
        process.stdin.write(f"{t0}\n")
        process.stdin.flush()
        events.extend(json.loads(line) | {"speaker": side} for line in process.stdout)

    readers = [
        threading.Thread(target=read, args=pair) for pair in zip(call.sides, processes, strict=True)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    cost.stop()
    if any(process.wait() for process in processes):
        sys.exit(f"{peer} failed.\n{log.read_text()[-2000:]}")
    return sorted(events, key=lambda event: event["at_s"]), cost


def measure(peer: str, calls: list[Call], arguments: argparse.Namespace) -> None:
    """Play every call to one peer and print its row."""
    found, partials, known = Delays(), [], []
    cpu_s = peak_mb = fed_s = 0.0
    for call in calls:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            if peer == "thatsright":
                events, cost = ours(call, arguments, folder)
                fed_s += call.seconds
            else:
                events, cost = theirs(peer, call, arguments, folder)
                fed_s += call.seconds + TAIL_S
        cpu_s, peak_mb = cpu_s + cost.cpu_s, max(peak_mb, cost.peak_mb)
        for side in call.sides:
            heard = [e for e in events if e["speaker"] == side]
            rows = call.said_by(side)
            found += delays(rows, [(e["at_s"], e["text"]) for e in heard if e["final"]])
            partials += first_partials(rows, [(e["at_s"], e["text"]) for e in heard])
        transcripts = [{"type": "transcript", **e, "start_s": 0.0} for e in events]
        known.append((replay.labelled(call.rows), transcripts, ""))
        if arguments.keep:
            lines = "".join(json.dumps(event) + "\n" for event in events)
            (arguments.keep / f"{peer}-{call.path.stem}.jsonl").write_text(lines)
    errors, words = replay.wer(known)
    print(
        f"{peer:<18}{len(found.each):>5}{found.missed:>8}{found.cut:>5}{found.median_s:>9.2f}"
        f"{found.p95_s:>8.2f}{statistics.median(partials or [float('nan')]):>9.2f}"
        f"{100 * errors / words:>8.1f}{cpu_s / fed_s:>8.2f}{peak_mb:>7.0f}",
        flush=True,
    )


def main() -> None:
    arguments = parse()
    if arguments.keep:
        arguments.keep.mkdir(parents=True, exist_ok=True)
    calls = [load(path, arguments.legs, arguments.seconds) for path in arguments.recordings]
    model = Path(arguments.model)
    processor = next(
        (
            line.partition(": ")[2]
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    print(f"{platform.platform()}, {os.cpu_count()} x {processor}, load {os.getloadavg()[0]:.1f}")
    print(
        f"model {model.name} ({(model / 'model.bin').stat().st_size / 1e6:.0f} MB, "
        f"{arguments.compute}), {arguments.threads} thread(s) a leg, {arguments.legs} leg(s), "
        f"{sum(call.seconds for call in calls) / 60:.1f} min\n"
    )
    print(
        f"{'':<18}{'utt.':>5}{'missed':>8}{'cut':>5}{'median s':>9}{'p95 s':>8}{'shown s':>9}"
        f"{'WER %':>8}{'cpu/s':>8}{'MB':>7}"
    )
    for peer in arguments.peer:
        measure(peer, calls, arguments)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="\n".join(f"{peer}: {install(peer)}" for peer in PEERS),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("recordings", nargs="+", type=Path, help="two-channel calls")
    parser.add_argument("--peer", nargs="+", choices=["thatsright", *PEERS], required=True)
    parser.add_argument("--model", required=True, help="folder of a model for CTranslate2")
    parser.add_argument("--python", default=sys.executable, help="of the others' environment")
    parser.add_argument("--compute", default="int8", help="number format, where a peer has it")
    parser.add_argument("--threads", type=int, default=1, help="for each leg of a peer")
    parser.add_argument("--legs", type=int, choices=(1, 2), default=2, help="1: only them")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="of each call")
    parser.add_argument("--partials", action="store_true", help="also where off by default")
    parser.add_argument("--keep", type=Path, help="folder for all that was handed out, and when")
    return parser.parse_args()


if __name__ == "__main__":
    main()
