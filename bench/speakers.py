"""Who spoke in recordings that mix both sides into one channel, against who really did.

    python bench/speakers.py calls FOLDER [--condition clean|phone] [--enrolled] [-v]
    python bench/speakers.py rttm RECORDING REFERENCE.rttm [OTHER_LEG]
    python bench/speakers.py samples [NAME ...]
    python bench/speakers.py bleed [NAME ...]
    python bench/speakers.py overlap FOLDER [--condition clean|phone]
    python bench/speakers.py --check

FOLDER is made by `bench/speak_calls.py` (or speak_dialogues). Every recording is mixed here and
goes through the product: its voices are learnt, it is heard at full speed (ears, recogniser,
engine), and what comes out is compared. With `--enrolled`, my voice is enrolled from another call
of that voice. `samples` compares signals of the mixed samples, and of the samples as they are, with
their truth. `bleed`: two channels with the other side on each (`bench/bleed.py`). `overlap`: two
channels, often both at once (`bench/overlap.py`).

The diarization error is (missed + false + confused) speech, overlap counted, nothing within
0.25 s of where a reference turn begins or ends, with the better of the two ways to name the voices
(as NIST's md-eval; worked cases in `--check`). Words count as right when the reference has their
middle in a turn of the same speaker, wrong when only in one of the other; the rest does not count.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
import wave
from collections import Counter, defaultdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import soxr
from bleed import CONDITIONS, Count, bled, truth_of
from bleed import written as two_channels
from clips import events_of, recogniser
from diarization import Score, Turn, check, parts, scored
from overlap import Found, both_speak, relaid

from assistant.apart import Mine, tell_apart
from assistant.enrolment import point_of
from assistant.feeds import AudioFeed
from assistant.model import Event, Signal, Speaker, Transcript
from assistant.overlaps import marked
from assistant.runtime import Apart
from assistant.splitting import Splitter
from audio.decode import Damage, decode, open_sound
from audio.files import Side, open_recording
from audio.speakers import CamPlus
from audio.types import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from assistant.asr import Recogniser
    from audio.speakers import Points
    from audio.types import Samples

SLACK_S: Final = 3.0
NAMES: Final = ("delivery_date", "rent_review", "look_alikes", "rent_review_phone")
SAMPLES: Final = Path(__file__).parent.parent / "samples"


# ---- one call -------------------------------------------------------------------------------


def mixed(path: Path, other: Path | None = None) -> NDArray[np.float32]:
    """All channels of a file (and another) added, float32 [n] at `RATE_HZ`, halved."""
    legs = [_read(path)] + ([_read(other)] if other else [])
    length = max(leg.shape[1] for leg in legs)
    total = np.zeros(length, np.float32)
    for leg in legs:
        total[: leg.shape[1]] += leg.sum(axis=0)
    return total / max(1, sum(leg.shape[0] for leg in legs))


def _read(path: Path) -> NDArray[np.float32]:
    """Float32 [channels, n] at `RATE_HZ`."""
    chunks = list(decode(open_sound(path), Damage()))
    sound = np.concatenate([chunk.samples for chunk in chunks], axis=1)
    return np.stack([soxr.resample(row, chunks[0].rate_hz, RATE_HZ) for row in sound])


def written(samples: NDArray[np.float32], folder: Path, name: str) -> Path:
    path = folder / f"{name}.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
    return path


class Timed:
    """An embedder that says how long it took."""

    def __init__(self, embedder: CamPlus) -> None:
        self.inner = embedder
        self.took_s = 0.0

    def embed(self, sounds: Sequence[Samples]) -> Points:
        """As the embedder does."""
        begun = time.thread_time()
        points = self.inner.embed(sounds)
        self.took_s += time.thread_time() - begun
        return points


def heard(  # noqa: PLR0913 - one way to hear a file, for every set
    path: Path,
    hear: Recogniser,
    embedder: Timed,
    *,
    me: Mine = Mine.FIRST,
    enrolled: Points | None = None,
    as_recorded: bool = False,
) -> tuple[list[Event], float, bool]:
    """Its events, processor seconds it took to tell voices apart, whether they were."""
    recording = open_recording(path, Side.LEFT)
    if as_recorded:
        recording.items = partial(recording.items, as_recorded=True)
    known = None
    took_s = 0.0
    if recording.speakers == (Speaker.UNKNOWN,):
        begun, before = time.process_time(), embedder.took_s
        known = tell_apart(
            recording, embedder, None if enrolled is not None else me, enrolled
        ).known
        took_s = time.process_time() - begun
        embedder.took_s = before
    apart = None if known is None else Apart(Splitter(known), embedder)
    before = embedder.took_s
    events = events_of(path.stem, AudioFeed(recording), recording.speakers, hear, apart)
    return events, took_s + embedder.took_s - before, known is not None


# ---- sets -----------------------------------------------------------------------------------


def calls(arguments: argparse.Namespace, hear: Recogniser, embedder: Timed) -> None:
    """Spoken dialogues, mixed."""
    lines = (arguments.folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    totals: dict[str, Score] = {}
    with tempfile.TemporaryDirectory() as temporary:
        for row in rows:
            if arguments.condition and row["condition"] != arguments.condition:
                continue
            path = arguments.folder / row["file"]
            both = mixed(path)
            mono = written(both, Path(temporary), path.stem)
            enrolled = (
                voice_elsewhere(row, rows, arguments.folder, embedder)
                if arguments.enrolled
                else None
            )
            events, took_s, _ = heard(mono, hear, embedder, enrolled=enrolled)
            reference = [
                Turn(t["speaker"], t["start_s"], t["end_s"], t["text"]) for t in row["turns"]
            ]
            clean = _read(arguments.folder / row["file"].replace("_phone", "_clean"))
            spoken = parts(reference, dict(zip(("me", "them"), clean, strict=True)))
            score = scored(path.stem, reference, events, me="me", spoken=spoken)
            score.apart_s, score.call_s = took_s, len(both) / RATE_HZ
            if arguments.v:
                print(score, "voices", *row.get("voices", ()), flush=True)
            alike = (
                "same sex" if len({v[1] for v in row.get("voices", ("xx",))}) == 1 else "other sex"
            )
            for name in (row["condition"], f"{row['condition']}, {alike}", "all"):
                totals.setdefault(name, Score(name)).add(score)
    for total in totals.values():
        print(total)


def voice_elsewhere(
    row: dict[str, Any], rows: list[dict[str, Any]], folder: Path, embedder: Timed
) -> Points | None:
    """My voice, from another call that has it, as good a microphone hears it."""
    voice = row["voices"][0]
    for other in rows:
        if other["id"] != row["id"] and voice in other["voices"] and other["condition"] == "clean":
            leg = _read(folder / other["file"])[other["voices"].index(voice)]
            return point_of(leg[: 40 * RATE_HZ], embedder.inner)
    return None


def rttm(arguments: argparse.Namespace, hear: Recogniser, embedder: Timed) -> None:
    """A recording with a reference in NIST's format."""
    reference = []
    for line in arguments.reference.read_text(encoding="utf-8").splitlines():
        _, _, _, start, length, _, _, who, *_ = line.split()
        reference.append(Turn(who, float(start), float(start) + float(length)))
    both = mixed(arguments.recording, arguments.other)
    with tempfile.TemporaryDirectory() as temporary:
        mono = written(both, Path(temporary), arguments.recording.stem)
        events, took_s, _ = heard(mono, hear, embedder)
    score = scored(arguments.recording.stem, reference, events, me=reference[0].who)
    score.apart_s, score.call_s = took_s, len(both) / RATE_HZ
    print(score)
    if arguments.v:
        for each in events:
            if isinstance(each, Transcript):
                sure = each.speaker_confidence
                print(f"  {each.start_s:7.2f} {each.end_s:7.2f} {each.speaker} {sure} {each.text}")


def samples(arguments: argparse.Namespace, hear: Recogniser, embedder: Timed) -> None:
    """The samples: who spoke, and what is left of the signals."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    with tempfile.TemporaryDirectory() as temporary:
        for name in arguments.names or NAMES:
            path = SAMPLES / f"{name}.ogg"
            truth = [
                json.loads(line)
                for line in (SAMPLES / f"{name.removesuffix('_phone')}.jsonl")
                .read_text(encoding="utf-8")
                .splitlines()
            ]
            reference = [Turn(t["speaker"], t["start_s"], t["end_s"], t["text"]) for t in truth]
            both = mixed(path)
            mono = written(both, Path(temporary), name)
            me = Mine.FIRST if reference[0].who == "me" else Mine.SECOND
            events, took_s, _ = heard(mono, hear, embedder, me=me)
            clean = _read(SAMPLES / f"{name.removesuffix('_phone')}.ogg")
            spoken = parts(reference, dict(zip(("me", "them"), clean, strict=True)))
            score = scored(name, reference, events, me=reference[0].who, spoken=spoken)
            score.apart_s, score.call_s = took_s, len(both) / RATE_HZ
            print(score, flush=True)
            apart, _, _ = heard(path, hear, embedder)
            for kind, heard_events in (("one channel", events), ("two channels", apart)):
                counts = held_against(truth, heard_events)
                found[kind] += counts
                print(f"  {kind:13} {f1(counts, '')}", flush=True)
    for kind, counts in found.items():
        print(f"{kind:13} all signals {f1(counts, '')}  thats_right {f1(counts, 'thats_right ')}")


def bleed(arguments: argparse.Namespace, hear: Recogniser, embedder: Timed) -> None:
    """The samples with each side on the other's channel."""
    with tempfile.TemporaryDirectory() as temporary:
        for level_db, codec in CONDITIONS:
            name = "clean" if level_db is None else f"{level_db} dB {codec}"
            counts = [Count(f"{name} as recorded"), Count(f"{name} cleaned")]
            for call in arguments.names or NAMES:
                legs = _read(SAMPLES / f"{call}.ogg")
                legs = legs if level_db is None else bled(legs, level_db)
                path = two_channels(legs, Path(temporary) / call, codec)
                truth = truth_of(SAMPLES / f"{call.removesuffix('_phone')}.jsonl")
                for count, raw in zip(counts, (True, False), strict=True):
                    events, _, _ = heard(path, hear, embedder, as_recorded=raw)
                    count.add(truth, events)
            print(*counts, sep="\n", flush=True)


def overlap(arguments: argparse.Namespace, hear: Recogniser, embedder: Timed) -> None:
    """Spoken dialogues with a channel a side, laid out anew so that they overlap."""
    lines = (arguments.folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    told, kept = Found(), Found()
    with tempfile.TemporaryDirectory() as temporary:
        for row in map(json.loads, lines):
            if arguments.condition and row["condition"] != arguments.condition:
                continue
            clean = _read(arguments.folder / row["file"].replace("_phone", "_clean"))
            legs, alone = relaid(row, _read(arguments.folder / row["file"]), clean)
            path = two_channels(legs, Path(temporary) / row["id"])
            events, _, _ = heard(path, hear, embedder)
            real = both_speak(alone)
            told.add(events, real)
            kept.add(marked(events), real)
            if arguments.v:
                print(row["id"], row["condition"], kept, flush=True)
    print(f"told: {told}\nkept: {kept}")


def held_against(truth: Sequence[dict[str, Any]], events: Sequence[Event]) -> Counter[str]:
    """Right, false and missed signals, also of "that's right" alone; the last revision counts."""
    signals = {e.id: e for e in events if isinstance(e, Signal)}
    for each in list(signals.values()):
        if each.revises is not None:
            signals.pop(each.revises, None)
    wanted = [(s["kind"], t["start_s"], t["end_s"]) for t in truth for s in t.get("signals", ())]
    kinds = {kind for kind, _, _ in wanted} | {"thats_right"}
    counts: Counter[str] = Counter()
    left = list(wanted)
    for signal in signals.values():
        if signal.kind.value not in kinds:
            continue
        match = next(
            (
                w
                for w in left
                if w[0] == signal.kind.value
                and w[1] - SLACK_S <= signal.end_s
                and signal.start_s <= w[2] + SLACK_S
            ),
            None,
        )
        what = "right" if match else "false"
        if match:
            left.remove(match)
        counts[what] += 1
        counts[f"{signal.kind.value} {what}"] += 1
    for kind, _, _ in left:
        counts["missed"] += 1
        counts[f"{kind} missed"] += 1
    return counts


def f1(counts: Counter[str], kind: str) -> str:
    right, false, missed = (counts[f"{kind}{what}"] for what in ("right", "false", "missed"))
    precision, recall = right / max(1, right + false), right / max(1, right + missed)
    both = 2 * precision * recall / max(1e-9, precision + recall)
    return f"F1 {both:.1%} (precision {precision:.1%}, recall {recall:.1%}, n {right + missed})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--model")
    parser.add_argument("--check", action="store_true", help="the error's worked cases")
    sets = parser.add_subparsers(dest="what")
    one = sets.add_parser("calls")
    one.add_argument("folder", type=Path)
    one.add_argument("--condition")
    one.add_argument("--enrolled", action="store_true")
    two = sets.add_parser("rttm")
    two.add_argument("recording", type=Path)
    two.add_argument("reference", type=Path)
    two.add_argument("other", type=Path, nargs="?")
    three = sets.add_parser("samples")
    three.add_argument("names", nargs="*")
    four = sets.add_parser("bleed")
    four.add_argument("names", nargs="*")
    five = sets.add_parser("overlap")
    five.add_argument("folder", type=Path)
    five.add_argument("--condition")
    for each in (one, two, three, four, five):
        each.add_argument("-v", action="store_true")
    arguments = parser.parse_args()
    if arguments.check or not arguments.what:
        check()
        return
    os.nice(10)
    hear = recogniser(arguments.model)
    print(f"{platform.platform()}, {os.cpu_count()} cores, model {hear.name}")
    what = {"calls": calls, "rttm": rttm, "samples": samples, "bleed": bleed, "overlap": overlap}
    what[arguments.what](arguments, hear, Timed(CamPlus()))


if __name__ == "__main__":
    main()
