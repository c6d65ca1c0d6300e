"""How short speech is heard: replies, what only sounds like one, and noise.

    python bench/replies.py FOLDER ...

A folder has recordings and a manifest.jsonl with "file", "text", "kind" and, where they differ,
"condition" a line (`bench/make_speech.py` makes them). Every recording goes through the detector,
the segmenter and the recogniser as a call does. In what has no "text" there should be no words.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from clips import recogniser, spoken

from assistant import phrases
from assistant.replies import Replies

if TYPE_CHECKING:
    from assistant.asr import WhisperRecogniser

CLASS = {
    "yep": "yeah",
    "yup": "yeah",
    "yes": "yeah",
    "ok": "okay",
    "mhm": "mmhmm",
    "hmm": "mmhmm",
    "mm": "mmhmm",
    "mhmm": "mmhmm",
}
"""Words that mean the same to the signals."""


@dataclass
class Group:
    """Recordings of one kind in one condition."""

    total: int = 0
    heard: int = 0
    right: int = 0
    as_reply: int = 0
    lost_not: int = 0
    seconds: float = 0.0
    took_s: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def plain(text: str) -> str:
    words = re.sub(r"[^\w ]", "", text.lower().replace("-", "")).split()
    return " ".join(CLASS.get(w, w) for w in words)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--model", help="as for thatsright replay")
    parser.add_argument("--every", type=int, default=1, help="only every so many recordings")
    parser.add_argument("--notes", action="store_true", help="each that is not right")
    arguments = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores")
    hear = recogniser(arguments.model)
    known = Replies(phrases.load().short)
    groups: dict[tuple[str, str, str], Group] = defaultdict(Group)
    for folder in arguments.folders:
        rows = [json.loads(line) for line in (folder / "manifest.jsonl").open(encoding="utf-8")]
        for row in rows[:: arguments.every]:
            group = groups[folder.name, row.get("kind", ""), row.get("condition", "")]
            try_one(group, row, folder / row["file"], hear, known)
    show(groups, notes=arguments.notes)


def try_one(
    group: Group, row: dict[str, Any], path: Path, hear: WhisperRecogniser, known: Replies
) -> None:
    found = spoken(path)
    began = time.perf_counter()
    said = [t for t in hear.recognise(found.utterances) if t is not None]
    group.took_s.append(time.perf_counter() - began)
    text = " ".join(t.text for t in said)
    wanted = row.get("text") or ""
    group.total += 1
    group.seconds += found.length_s
    group.heard += bool(said)
    right = plain(text) == plain(wanted)
    group.right += right
    as_reply = known.knows(text) and not right
    group.as_reply += as_reply
    negated = [bool(re.search(r"n't|\bnot\b|\bno\b", t.lower())) for t in (text, wanted)]
    lost = (
        bool(said)
        and bool(wanted)
        and negated[0] != negated[1]
        and (known.knows(text) or known.knows(wanted))
    )
    group.lost_not += lost
    if not right or lost:
        group.notes.append(f"  {wanted} ({row.get('voice', path.name)}): {text}")


def show(groups: dict[tuple[str, str, str], Group], *, notes: bool) -> None:
    print(
        f"{'folder':<12}{'kind':<11}{'condition':<10}{'n':>5}{'s':>7}{'heard':>7}{'right':>7}"
        f"{'%':>7}{'made a reply':>14}{'not lost/added':>16}{'ms median':>11}{'p95':>6}"
    )
    for (folder, kind, condition), g in groups.items():
        took = np.percentile(g.took_s, [50, 95]) * 1000
        print(
            f"{folder:<12}{kind:<11}{condition:<10}{g.total:>5}{g.seconds:>7.0f}{g.heard:>7}"
            f"{g.right:>7}{100 * g.right / g.total:>7.1f}{g.as_reply:>14}{g.lost_not:>16}"
            f"{took[0]:>11.0f}{took[1]:>6.0f}"
        )
        if notes:
            print("\n".join(g.notes))


if __name__ == "__main__":
    sys.exit(main())
