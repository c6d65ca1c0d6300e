"""How long the library takes: an hour's transcript in, a correction of it, a backup, a page.

    .venv/bin/python bench/library.py samples/delivery_date.jsonl --hours 1 --runs 5 --calls 200

The transcript is said over and over until it is as long as asked. Times are wall seconds in one
process, the start of Python left out; the library lies in a folder of its own that is deleted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from pathlib import Path


def long_one(source: Path, target: Path, hours: float, number: int) -> None:
    rows = [json.loads(line) for line in source.read_text().splitlines() if line.strip()]
    length_s = rows[-1]["end_s"] + 2.0
    with target.open("w") as out:
        start_s = 0.0
        while start_s < hours * 3600 - length_s:
            for row in rows:
                moved = {key: row[key] for key in ("speaker", "text")}
                times = {key: round(row[key] + start_s, 3) for key in ("start_s", "end_s")}
                out.write(json.dumps(moved | times) + "\n")
            start_s += length_s
        out.write(
            json.dumps(
                {"speaker": "me", "start_s": start_s, "end_s": start_s + 1, "text": str(number)}
            )
            + "\n"
        )


def said(what: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    print(
        f"{what:<52} n={len(ordered)}  median {statistics.median(ordered):.3f} s  p95 {p95:.3f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("transcript", type=Path)
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--calls", type=int, default=200)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["THATSRIGHT_HOME"] = folder
        measure(asked.transcript, Path(folder), asked.hours, asked.runs, asked.calls)


def measure(source: Path, folder: Path, hours: float, runs: int, calls: int) -> None:
    from assistant import config, phrases  # noqa: PLC0415 - after the library's place is set
    from assistant.backup import back_up, restore  # noqa: PLC0415
    from assistant.correcting import Wish, correct, undo  # noqa: PLC0415
    from assistant.importing import Import, ImportOptions  # noqa: PLC0415
    from assistant.paths import data_folder  # noqa: PLC0415
    from assistant.prepared import page_for  # noqa: PLC0415
    from assistant.store import Library  # noqa: PLC0415

    book = phrases.load()
    long_files = [folder / f"{number}.jsonl" for number in range(runs)]
    for number, path in enumerate(long_files):
        long_one(source, path, hours, number)
    options = ImportOptions(None, "Ben", None, None, as_json=True)
    took = []
    for path in long_files:
        began = time.perf_counter()
        Import(config.load(), options, ask=False).run([path])
        took.append(time.perf_counter() - began)
    with Library.open(data_folder()) as library:
        correcting, undoing = [], []
        for call in library.calls():
            began = time.perf_counter()
            correct(library, call.id, Wish(line=2, text="That's right."), book)
            correcting.append(time.perf_counter() - began)
            began = time.perf_counter()
            undo(library, call.id, book, everything=True)
            undoing.append(time.perf_counter() - began)
        lines = library.calls()[0].utterances
        one = library.load(library.calls()[-1].id)
        for _ in range(calls - runs):
            library.save(one)
        preparing = []
        for _ in range(runs):
            began = time.perf_counter()
            page_for(library, "ben")
            preparing.append(time.perf_counter() - began)
    print()
    said(f"a transcript of {hours:g} h ({lines} lines) imported", took)
    said("one of its lines corrected, all derived anew", correcting)
    said("the original put back", undoing)
    said(f"prepare, {calls} calls of {hours:g} h with them", preparing)
    backing, restoring = [], []
    for number in range(runs):
        target = folder / f"{number}.zip"
        began = time.perf_counter()
        back_up(data_folder(), target, replace=False)
        backing.append(time.perf_counter() - began)
        began = time.perf_counter()
        restore(folder / f"fresh-{number}", target, replace=False)
        restoring.append(time.perf_counter() - began)
    size_mb = (data_folder() / "library.db").stat().st_size / 1e6
    said(f"backup of {calls} calls ({size_mb:.0f} MB)", backing)
    said("restore of it, checked", restoring)


if __name__ == "__main__":
    main()
