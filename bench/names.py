"""What --terms does: names heard, names invented, and everything else.

    python bench/names.py FOLDER      with manifest.jsonl and terms.txt (`bench/make_speech.py`)

Each recording is recognised without and with the terms. Kind "without" holds none of them: a term
in what was heard of it was invented. WER is of all words, as in bench/replay.py.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections import defaultdict
from pathlib import Path

import jiwer
from clips import recogniser, spoken
from whisper_normalizer.english import EnglishTextNormalizer

from assistant.terms import read_terms

SPOKEN = EnglishTextNormalizer()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", help="as for thatsright replay")
    parser.add_argument("--every", type=int, default=1, help="only every so many recordings")
    parser.add_argument("--notes", action="store_true", help="each name that is not right")
    arguments = parser.parse_args()
    terms = read_terms(arguments.folder / "terms.txt")
    print(f"{platform.platform()}, {os.cpu_count()} cores, {len(terms)} terms")
    rows = [json.loads(line) for line in (arguments.folder / "manifest.jsonl").open()]
    rows = rows[:: arguments.every]
    print(
        f"{'':<10}{'kind':<10}{'condition':<10}{'n':>4}{'names':>7}{'heard':>7}{'invented':>10}"
        f"{'WER %':>8}{'s':>7}"
    )
    for label, given in (("without", ()), ("with", terms)):
        hear = recogniser(arguments.model, terms=given)
        groups = defaultdict(lambda: [0, 0, 0, 0, 0, 0, 0.0])
        for row in rows:
            utterances = spoken(arguments.folder / row["file"]).utterances
            began = time.perf_counter()
            said = " ".join(t.text for t in hear.recognise(utterances) if t)
            group = groups[row["kind"], row["condition"]]
            group[6] += time.perf_counter() - began
            here = {t for t in terms if t.lower() in row["text"].lower()}
            heard = {t for t in terms if t.lower() in said.lower()}
            errors = jiwer.process_words(SPOKEN(row["text"]), SPOKEN(said) or "-")
            group[0] += 1
            group[1] += len(here)
            group[2] += len(here & heard)
            group[3] += len(heard - here)
            group[4] += errors.substitutions + errors.deletions + errors.insertions
            group[5] += errors.hits + errors.substitutions + errors.deletions
            if arguments.notes and given and here ^ heard:
                print(f"  {row['text']} | {said}")
        for (kind, condition), g in groups.items():
            print(
                f"{label:<10}{kind:<10}{condition:<10}{g[0]:>4}{g[1]:>7}{g[2]:>7}{g[3]:>10}"
                f"{100 * g[4] / g[5]:>8.1f}{g[6]:>7.1f}"
            )


if __name__ == "__main__":
    main()
