"""Who spoke in recordings that mix both sides into one channel, against who really did.

    python bench/speakers.py calls FOLDER [--condition clean|phone] [--enrolled] [-v]
    python bench/speakers.py rttm RECORDING REFERENCE.rttm [OTHER_LEG]
    python bench/speakers.py samples
    python bench/speakers.py --check

FOLDER is made by `bench/speak_calls.py` (or speak_dialogues). Every recording is mixed here and
goes through the product: its voices are learnt, it is heard at full speed (ears, recogniser,
engine), and what comes out is compared. With `--enrolled`, my voice is enrolled from another call
of that voice. `samples` compares signals of the mixed samples, and of the samples as they are, with
their truth.

The diarization error is (missed + false + confused) speech, overlap counted, nothing within
0.25 s of where a reference turn begins or ends, with the better of the two ways to name the voices
(as NIST's md-eval; worked cases in `--check`). Words count as right when the reference has their
middle in a turn of the same speaker, wrong when only in one of the other; the rest does not count.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import sys
import tempfile
import time
import wave
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import soxr
from clips import recogniser

from assistant import phrases
from assistant.apart import Mine, tell_apart
from assistant.endpoints import EndpointPolicy
from assistant.enrolment import point_of
from assistant.feeds import AudioFeed
from assistant.model import CallInfo, Event, Signal, Source, Speaker, Transcript
from assistant.runtime import Apart, CallSession, Recognisers
from assistant.runtime.playback import MAX_SPEED
from assistant.splitting import Splitter
from audio.decode import Damage, decode, open_sound
from audio.files import Side, open_recording
from audio.listener import Listener
from audio.segmenter import SegmenterConfig
from audio.speakers import CamPlus
from audio.types import RATE_HZ
from audio.vad import SpeechDetector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from assistant.asr import Recogniser
    from audio.speakers import Points
    from audio.types import Samples

COLLAR_S: Final = 0.25
STEP_S: Final = 0.01
SHORT_S: Final = 1.0
NEAR_S: Final = 0.1
SLACK_S: Final = 3.0
PAUSE_S: Final = 0.5
"""A pause of this length inside a turn is no speech, in the reference and in what was found."""
SPEECH_RANGE_DB: Final = 40.0
"""Speech in a clean leg is at most so far under its loudest hundredth."""
SAMPLES: Final = Path(__file__).parent.parent / "samples"


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody speaks."""

    who: str
    start_s: float
    end_s: float
    text: str = ""


@dataclass
class Score:
    """What came of a recording, or of several."""

    name: str
    speech_s: float = 0.0
    missed_s: float = 0.0
    false_s: float = 0.0
    confused_s: float = 0.0
    words: list[int] = field(default_factory=lambda: [0, 0])
    short: list[int] = field(default_factory=lambda: [0, 0])
    """Replies under a second that nobody spoke over: on the right speaker, of those heard."""
    unheard: int = 0
    over: list[int] = field(default_factory=lambda: [0, 0])
    """Likewise those within the other's speech."""
    mine: list[int] = field(default_factory=lambda: [0, 0])
    apart_s: float = 0.0
    call_s: float = 0.0

    @property
    def error(self) -> float:
        """The diarization error."""
        return (self.missed_s + self.false_s + self.confused_s) / max(self.speech_s, 1e-9)

    def add(self, other: Score) -> None:
        """Count another in."""
        for name in ("speech_s", "missed_s", "false_s", "confused_s", "apart_s", "call_s"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.unheard += other.unheard
        for name in ("words", "short", "over", "mine"):
            mine, theirs = getattr(self, name), getattr(other, name)
            setattr(self, name, [mine[0] + theirs[0], mine[1] + theirs[1]])

    def __str__(self) -> str:
        return (
            f"{self.name:28} DER {self.error:6.1%} (missed {self.missed_s / self.speech_s:.1%}, "
            f"false {self.false_s / self.speech_s:.1%}, "
            f"confused {self.confused_s / self.speech_s:.1%})  "
            f"words {share(self.words)}  short {share(self.short)} (+{self.unheard} unheard)  "
            f"within the other's {share(self.over)}  me {share(self.mine)}  "
            f"cost {self.apart_s / self.call_s:.3f} x"
        )


def share(counts: Sequence[int]) -> str:
    return f"{counts[0]}/{counts[1]}" + (f" {counts[0] / counts[1]:.1%}" if counts[1] else "")


# ---- diarization error ----------------------------------------------------------------------


def error_of(reference: Sequence[Turn], found: Sequence[Turn]) -> tuple[Score, dict[str, str]]:
    """The parts of the diarization error, and which of the reference each found voice is."""
    steps = int(max(t.end_s for t in (*reference, *found)) / STEP_S) + 2
    theirs, ours = _rows(reference, steps), _rows(found, steps)
    counted = np.ones(steps, np.bool_)
    for turn in reference:
        for at_s in (turn.start_s, turn.end_s):
            counted[
                max(0, round((at_s - COLLAR_S) / STEP_S)) : round((at_s + COLLAR_S) / STEP_S)
            ] = False
    names = list(ours)
    best: tuple[int, dict[str, str]] = (-1, {})
    wanted = [*theirs, *[""] * max(0, len(names) - len(theirs))]
    for order in itertools.permutations(wanted, len(names)):
        both = sum(
            int((ours[n] & theirs[w] & counted).sum())
            for n, w in zip(names, order, strict=True)
            if w
        )
        if both > best[0]:
            best = both, dict(zip(names, order, strict=True))
    said = sum(r[counted].astype(int) for r in theirs.values())
    heard = sum((r[counted].astype(int) for r in ours.values()), np.zeros(int(counted.sum()), int))
    right = best[0]
    score = Score("", speech_s=float(said.sum()) * STEP_S)
    score.missed_s = float(np.maximum(said - heard, 0).sum()) * STEP_S
    score.false_s = float(np.maximum(heard - said, 0).sum()) * STEP_S
    score.confused_s = float(np.minimum(said, heard).sum() - right) * STEP_S
    return score, best[1]


def _rows(turns: Sequence[Turn], steps: int) -> dict[str, NDArray[np.bool_]]:
    rows: dict[str, NDArray[np.bool_]] = {}
    for turn in turns:
        row = rows.setdefault(turn.who, np.zeros(steps, np.bool_))
        row[round(turn.start_s / STEP_S) : round(turn.end_s / STEP_S)] = True
    return rows


def check() -> None:
    """Cases worked by hand."""
    two = [Turn("a", 0, 10), Turn("b", 10, 20)]
    cases = [
        # as it is, named otherwise: nothing wrong
        ([Turn("x", 0, 10), Turn("y", 10, 20)], 0.0),
        # one voice for both: 9.5 of 19 s counted are confused
        ([Turn("x", 0, 20)], 0.5),
        # b's second half missing: 15 to 19.75 of 19
        ([Turn("x", 0, 10), Turn("y", 10, 15)], 4.75 / 19),
        # 5 s too much of y over a, from 2 to 7
        ([Turn("x", 0, 10), Turn("y", 2, 7), Turn("y", 10, 20)], 5 / 19),
        # 0.2 s late at the change: inside the collar
        ([Turn("x", 0, 10.2), Turn("y", 10.2, 20)], 0.0),
    ]
    for found, wanted in cases:
        score, _ = error_of(two, found)
        if abs(score.error - wanted) > 0.005:  # noqa: PLR2004 - steps of 10 ms
            sys.exit(f"{found}: {score.error:.4f} instead of {wanted:.4f}")
    overlap = [Turn("a", 0, 10), Turn("b", 4, 6)]
    score, _ = error_of(overlap, [Turn("x", 0, 10)])
    # counted: 0.25-3.75, 4.25-5.75 (two speak), 6.25-9.75 -> 7 + 3 s of speech, 1.5 missed
    if abs(score.error - 1.5 / 10) > 0.005:  # noqa: PLR2004 - as above
        sys.exit(f"overlap: {score.error:.4f}")
    print(f"{len(cases) + 1} cases right")


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


def heard(
    path: Path,
    hear: Recogniser,
    embedder: Timed,
    *,
    me: Mine = Mine.FIRST,
    enrolled: Points | None = None,
) -> tuple[list[Event], float, bool]:
    """Its events, processor seconds it took to tell voices apart, whether they were."""
    recording = open_recording(path, Side.LEFT)
    book = phrases.load()
    policy = EndpointPolicy.of(book.short, book.goes_on)
    legs = recording.speakers
    info = CallInfo(path.stem, str(path), Source.AUDIO, hear.name, None, datetime.now(UTC), legs)
    known = None
    took_s = 0.0
    if legs == (Speaker.UNKNOWN,):
        begun, before = time.process_time(), embedder.took_s
        known = tell_apart(
            recording, embedder, None if enrolled is not None else me, enrolled
        ).known
        took_s = time.process_time() - begun
        embedder.took_s = before
        if known is not None:
            info = replace(info, speakers=(Speaker.ME, Speaker.THEM))
    session = CallSession(
        info,
        AudioFeed(recording),
        Recognisers(lambda: hear),
        book,
        lambda: (Listener(legs, SpeechDetector, SegmenterConfig()), policy),
    )
    if known is not None:
        session.tell_apart_with(Apart(Splitter(known), embedder))
    session.playback.set_speed(MAX_SPEED)
    events: list[Event] = []
    before = embedder.took_s
    session.run(events.append)
    return events, took_s + embedder.took_s - before, known is not None


def parts(turns: Sequence[Turn], legs: dict[str, NDArray[np.float32]]) -> list[Turn]:
    """Where in their turns people speak: without pauses of `PAUSE_S` and more, by clean legs."""
    found: list[Turn] = []
    hop = round(STEP_S * RATE_HZ)
    for turn in turns:
        leg = legs[turn.who]
        power = np.mean(np.square(leg[: len(leg) // hop * hop].reshape(-1, hop)), axis=1)
        loud = power > np.percentile(power, 99) * 10 ** (-SPEECH_RANGE_DB / 10)
        begin, end = round(turn.start_s / STEP_S), round(turn.end_s / STEP_S)
        at = begin + np.flatnonzero(loud[begin:end])
        if not len(at):
            found.append(turn)
            continue
        gaps = np.flatnonzero(np.diff(at) > PAUSE_S / STEP_S)
        starts, ends = [at[0], *at[gaps + 1]], [*at[gaps], at[-1]]
        found += [
            Turn(turn.who, float(a) * STEP_S, float(b + 1) * STEP_S)
            for a, b in zip(starts, ends, strict=True)
        ]
    return found


def bridged(turns: Sequence[Turn]) -> list[Turn]:
    """Turns in order, those of one voice joined over pauses shorter than `PAUSE_S`."""
    joined: list[Turn] = []
    for turn in turns:
        last = joined[-1] if joined else None
        if last is not None and last.who == turn.who and turn.start_s - last.end_s < PAUSE_S:
            joined[-1] = Turn(last.who, last.start_s, max(last.end_s, turn.end_s))
        else:
            joined.append(turn)
    return joined


def scored(
    name: str,
    reference: Sequence[Turn],
    events: Sequence[Event],
    *,
    me: str,
    spoken: Sequence[Turn] | None = None,
) -> Score:
    """What came of a recording; `spoken` is where in the turns somebody speaks."""
    said = [e for e in events if isinstance(e, Transcript) and e.final]
    found = [Turn(e.speaker.value, e.start_s, e.end_s, e.text) for e in said]
    score, is_who = error_of(spoken or reference, bridged(found))
    score.name = name
    score.mine = [int(is_who.get("me") == me), 1]
    for each in said:
        who = is_who[each.speaker.value]
        for word in each.words:
            at_s = (word.start_s + word.end_s) / 2
            there = {t.who for t in reference if t.start_s - NEAR_S <= at_s <= t.end_s + NEAR_S}
            if there:
                score.words[0] += who in there
                score.words[1] += 1
    for turn in reference:
        if turn.end_s - turn.start_s >= SHORT_S:
            continue
        heard_as: Counter[str] = Counter()
        for each in said:
            over_s = min(turn.end_s, each.end_s) - max(turn.start_s, each.start_s)
            if over_s > 0:
                heard_as[is_who[each.speaker.value]] += round(over_s * 1000)
        others = [t for t in reference if t.who != turn.who]
        within = any(t.start_s < turn.end_s - 0.1 and t.end_s > turn.start_s + 0.1 for t in others)
        if not heard_as:
            score.unheard += 1
            continue
        counts = score.over if within else score.short
        counts[0] += heard_as.most_common(1)[0][0] == turn.who
        counts[1] += 1
    return score


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


def samples(_: argparse.Namespace, hear: Recogniser, embedder: Timed) -> None:
    """The samples: who spoke, and what is left of the signals."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    with tempfile.TemporaryDirectory() as temporary:
        for name in ("delivery_date", "rent_review", "look_alikes", "rent_review_phone"):
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
                for outcome, count in held_against(truth, heard_events).items():
                    found[kind][outcome] += count
    for kind, counts in found.items():
        print(f"{kind:13} all signals {f1(counts, '')}  thats_right {f1(counts, 'thats_right ')}")


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
    for each in (one, two, three):
        each.add_argument("-v", action="store_true")
    arguments = parser.parse_args()
    if arguments.check or not arguments.what:
        check()
        return
    os.nice(10)
    hear = recogniser(arguments.model)
    print(f"{platform.platform()}, {os.cpu_count()} cores, model {hear.name}")
    {"calls": calls, "rttm": rttm, "samples": samples}[arguments.what](
        arguments, hear, Timed(CamPlus())
    )


if __name__ == "__main__":
    main()
