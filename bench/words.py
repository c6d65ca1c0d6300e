"""How exact the times of words are: against the reference beside a recording.

    python bench/words.py [CALL.ogg ...]

The reference of the samples has times for every word, made by alignment on the clean line before
it was mixed (samples/PROVENANCE.md; good to about 0.1 s, and with the same kind of attention
weights, so this shows what segmenting, short context and the phone line add, not the error of the
method itself). Only words that both have, in the same order, count.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np

SAMPLES = Path(__file__).parent.parent / "samples"
CALLS = ("delivery_date.ogg", "rent_review.ogg", "rent_review_phone.ogg", "look_alikes.ogg")
GOOD_S = 0.15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("calls", nargs="*", type=Path)
    arguments = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores")
    for call in arguments.calls or [SAMPLES / name for name in CALLS]:
        apart = np.array([gap for speaker in ("me", "them") for gap in gaps(call, speaker)])
        low, high = np.percentile(apart, [50, 95])
        print(
            f"{call.stem:<20} {len(apart):>4} words: start and end within {GOOD_S:g} s "
            f"{100 * (apart <= GOOD_S).mean():.1f} %, median {low:.2f} s, p95 {high:.2f} s"
        )


def gaps(call: Path, speaker: str) -> list[float]:
    """Seconds by which a word's start or end is off, the larger of both."""
    wanted = reference(call, speaker)
    found = heard(call, speaker)
    match = SequenceMatcher(None, [w[0] for w in wanted], [w[0] for w in found], autojunk=False)
    return [
        max(abs(wanted[a + n][1] - found[b + n][1]), abs(wanted[a + n][2] - found[b + n][2]))
        for a, b, size in match.get_matching_blocks()
        for n in range(size)
    ]


def reference(call: Path, speaker: str) -> list[tuple[str, float, float]]:
    path = call.with_name(f"{call.stem.removesuffix('_phone')}.jsonl")
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [plain(w) for row in rows if row["speaker"] == speaker for w in row["words"]]


def heard(call: Path, speaker: str) -> list[tuple[str, float, float]]:
    command = [str(Path(sys.executable).with_name("thatsright")), "replay", "--json", "--no-save"]
    done = subprocess.run([*command, "--words", str(call)], capture_output=True, check=True)
    events = map(json.loads, done.stdout.decode().splitlines())
    return [
        plain(word)
        for event in events
        if event["type"] == "transcript" and event["speaker"] == speaker
        for word in event["words"]
    ]


def plain(word: dict[str, Any]) -> tuple[str, float, float]:
    return re.sub(r"[^\w']", "", word["text"].lower()), word["start_s"], word["end_s"]


if __name__ == "__main__":
    main()
