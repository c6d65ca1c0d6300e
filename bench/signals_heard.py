"""The same dialogues in writing and from sound: what do recognition and line noise cost?

    python bench/signals_heard.py FOLDER [-v]     FOLDER: made by bench/speak_dialogues.py

Each dialogue is played through the whole product at full speed (`CallSession`: ears, recogniser,
engine), clean and over a phone line, and judged as `bench/signals.py` judges it in writing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clips import events_of, recogniser
from signals import Outcome, judged, judged_events, show

from assistant.feeds import AudioFeed
from assistant.model import Speaker, Transcript
from audio.files import Side, open_recording

if TYPE_CHECKING:
    from assistant.asr import Recogniser

BLOCK_SAMPLES = 16_000
BEFORE_S = 0.6
"""What was heard begins so much earlier than what was spoken, at most."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model")
    parser.add_argument("-v", action="store_true", help="show each dialogue that is not right")
    arguments = parser.parse_args()
    hear = recogniser(arguments.model)
    print(f"{platform.platform()}, {os.cpu_count()} cores, model {hear.name}")
    lines = (arguments.folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    done: dict[str, list[Outcome]] = defaultdict(list)
    for row in map(json.loads, lines):
        if row["condition"] == "clean":
            done["in writing"].append(judged(row))
        done[row["condition"]].append(heard(row, arguments.folder / row["file"], hear))
    for condition, outcomes in done.items():
        show(condition, outcomes, verbose=arguments.v)


def heard(row: dict[str, Any], file: Path, hear: Recogniser) -> Outcome:
    """One dialogue from its recording."""
    recording = open_recording(file, Side.LEFT)
    feed = AudioFeed(recording, BLOCK_SAMPLES)
    events = events_of(file.stem, feed, recording.speakers, hear)
    turns = row["turns"]
    last = len(turns)
    while last and turns[last - 1]["speaker"] == turns[-1]["speaker"]:
        last -= 1
    said = [e for e in events if isinstance(e, Transcript) and e.final]
    heard_row = {**row, "turns": [_turn(e) for e in said] or turns}
    since_s = turns[last]["start_s"] - BEFORE_S
    return judged_events(heard_row, events, Speaker(turns[-1]["speaker"]), since_s)


def _turn(said: Transcript) -> dict[str, Any]:
    return {
        "speaker": said.speaker.value,
        "start_s": said.start_s,
        "end_s": said.end_s,
        "text": said.text,
    }


if __name__ == "__main__":
    main()
