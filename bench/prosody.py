"""How well enthusiasm tells happy speech from neutral, calm and sad, and what it costs.

    python bench/prosody.py FOLDER

The folder has recordings of acted speech, an utterance each, and a manifest.jsonl with "file",
"speaker" and "emotion" a line. The formula was looked at on the first half of the speakers; the
other half is what counts. Everything is relative to the speaker, so each clip is judged against
a baseline from other clips of the same speaker:

  calm   the neutral and calm ones, as if the call had been calm until then
  all    all others, the happy and the sad ones among them
  live   all 28 in a random order, each judged by the ones before it, 20 orders; the first ones
         are not judged (no baseline yet), the AUC is the mean over the orders

Two conditions: as recorded; and "phone": 300 to 3400 Hz at 8 kHz, back at 16 kHz, and every clip
made equally loud (the same `level_db`), so that loudness says nothing. "0.5 s" are stretches cut
out of a clip's speech, judged against whole clips. Intervals are 95 % bootstrap over clips; the
clips of a speaker are alike, so the true ones are wider.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections import defaultdict
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import soxr

from audio.files import Side, open_recording
from audio.prosody import Baseline, Features, Prosody, enthusiasm, measure, unusual
from audio.types import RATE_HZ, Block
from audio.vad import second_look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from audio.types import Samples

    Score = Callable[[Prosody, Baseline], float | None]
    Usual = Callable[[Sequence["Clip"], int], Baseline]
    """A baseline for the clip of that index."""

HAPPY = "happy"
OTHERS = ("neutral", "calm", "sad")
USUAL = ("neutral", "calm")
LEVEL_DB = -26.0
"""Of every clip in the phone condition."""
ORDERS = 20
RESAMPLED = 2_000
SHORT_S = 0.5
PHONE_HZ = (300, 3_400)
"""What a telephone lets through."""


@dataclass
class Clip:
    """A recording, in one condition."""

    speaker: str
    emotion: str
    strong: bool
    """Acted with "strong" intensity."""
    samples: Samples
    prosody: Prosody | None

    @property
    def happy(self) -> bool:
        """Whether it is what is looked for."""
        return self.emotion == HAPPY


@dataclass
class Judged:
    """Scores of happy clips and of the others; clips without one are counted."""

    happy: list[float]
    other: list[float]
    abstained: int = 0

    def add(self, clip: Clip, value: float | None) -> None:
        """Take the clip's score."""
        if value is None:
            self.abstained += 1
        else:
            (self.happy if clip.happy else self.other).append(value)

    def auc(self) -> float:
        """Of all of them."""
        return auc(np.array(self.happy), np.array(self.other))

    def told(self) -> str:
        """For people."""
        n = f"n {len(self.happy)}+{len(self.other)}"
        silent = f", {self.abstained} without" if self.abstained else ""
        low, high = self.interval()
        return f"AUC {self.auc():.3f} [{low:.3f}, {high:.3f}] ({n}{silent})"

    def interval(self) -> tuple[float, float]:
        """95 % by resampling the clips."""
        random = np.random.default_rng(0)
        happy, other = np.array(self.happy), np.array(self.other)
        found = [
            auc(random.choice(happy, len(happy)), random.choice(other, len(other)))
            for _ in range(RESAMPLED)
        ]
        low, high = np.percentile(found, [2.5, 97.5])
        return float(low), float(high)


def auc(happy: np.ndarray, other: np.ndarray) -> float:
    """How often a happy clip scores higher than another, ties half."""
    more = happy[:, None] > other[None]
    same = happy[:, None] == other[None]
    return float(np.mean(more + same / 2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", type=int, choices=(1, 2), help="only these speakers")
    arguments = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores")
    rows = [json.loads(line) for line in (arguments.folder / "manifest.jsonl").open()]
    rows = [row for row in rows if row["emotion"] in (HAPPY, *OTHERS)]
    speakers = sorted({row["speaker"] for row in rows})
    cut = len(speakers) // 2
    halves = {1: speakers[:cut], 2: speakers[cut:]}
    for half, named in halves.items():
        if arguments.half in (None, half):
            print(f"\n=== {'looked at' if half == 1 else 'held out'}: {', '.join(named)}")
            clips = [as_told(row, arguments.folder) for row in rows if row["speaker"] in named]
            show("as recorded", [as_recorded(clip) for clip in clips])
            show("phone", [by_phone(clip) for clip in clips])
            cost(clips)


def as_told(row: dict[str, Any], folder: Path) -> Clip:
    strong = row.get("intensity") == "strong"
    return Clip(row["speaker"], row["emotion"], strong, sound(folder / row["file"]), None)


def sound(path: Path) -> Samples:
    recording = open_recording(path, Side.LEFT)
    return np.concatenate([b.samples for b in recording.items() if isinstance(b, Block)])


def as_recorded(clip: Clip) -> Clip:
    return replace(clip, prosody=measured(clip.samples))


def by_phone(clip: Clip) -> Clip:
    narrow = soxr.resample(clip.samples.astype(np.float64), RATE_HZ, 8_000)
    spectrum = np.fft.rfft(narrow)
    at_hz = np.fft.rfftfreq(len(narrow), 1 / 8_000)
    spectrum[(at_hz < PHONE_HZ[0]) | (at_hz > PHONE_HZ[1])] = 0
    narrow = np.fft.irfft(spectrum, len(narrow))
    samples = soxr.resample(narrow, 8_000, RATE_HZ).astype(np.float32)
    prosody = measured(samples)
    for _ in range(3):  # where Silero finds speech depends on the level
        if prosody is not None:
            samples = samples * np.float32(10 ** ((LEVEL_DB - prosody.level_db) / 20))
            prosody = measured(samples)
    return replace(clip, samples=samples, prosody=prosody)


def measured(samples: Samples) -> Prosody | None:
    return measure(samples, second_look(samples).spans or None)


def show(condition: str, clips: list[Clip]) -> None:
    print(f"\n{condition}: {len(clips)} clips, {sum(c.prosody is None for c in clips)} unmeasured")
    for name, others in (("calm", calm_of), ("all", all_of)):
        print(f"  {name:<5} {judged(clips, clips, others, enthusiasm).told()}")
        print(f"        mean by emotion: {by_emotion(clips, clips, others)}")
        mild = judged(clips, clips, others, enthusiasm, strong=False)
        print(f"        without strong ones: {mild.told()}")
        each = {c.speaker: [o for o in clips if o.speaker == c.speaker] for c in clips}
        apart = [f"{judged(own, own, others, enthusiasm).auc():.2f}" for own in each.values()]
        print(f"        each speaker alone: {' '.join(apart)}")
        single = [
            f"{field.name} {judged(clips, clips, others, one(field.name)).auc():.2f}"
            for field in fields(Features)
        ]
        print(f"        single features: {', '.join(single)}")
    print(f"  live  {live(clips)}")
    for part in ("first", "middle", "last"):
        short = [shortened(clip, part) for clip in clips]
        for name, others in (("calm", calm_of), ("all", all_of)):
            told = judged(short, clips, others, enthusiasm).told()
            print(
                f"  {part} {SHORT_S} s, {name:<4} {told}; mean {by_emotion(short, clips, others)}"
            )


def calm_of(clips: Sequence[Clip], but: int) -> Baseline:
    return of(
        c
        for i, c in enumerate(clips)
        if i != but and c.speaker == clips[but].speaker and c.emotion in USUAL
    )


def all_of(clips: Sequence[Clip], but: int) -> Baseline:
    return of(c for i, c in enumerate(clips) if i != but and c.speaker == clips[but].speaker)


def of(clips: Iterable[Clip]) -> Baseline:
    """In a random order, the same every time: a baseline forgets."""
    baseline = Baseline()
    found = [clip.prosody for clip in clips if clip.prosody is not None]
    for index in np.random.default_rng(0).permutation(len(found)):
        baseline = baseline.with_(found[index])
    return baseline


def judged(
    clips: Sequence[Clip],
    whole: Sequence[Clip],
    usual: Usual,
    score: Score,
    *,
    strong: bool = True,
) -> Judged:
    """Each clip held against a baseline from the whole ones, but the one it is.

    Without `strong`, clips of strong intensity are in baselines only.
    """
    result = Judged([], [])
    for index, clip in enumerate(clips):
        if clip.strong and not strong:
            continue
        value = None
        if clip.prosody is not None:
            value = score(clip.prosody, usual(whole, index))
        result.add(clip, value)
    return result


def live(clips: Sequence[Clip]) -> str:
    orders: list[Judged] = []
    for order in range(ORDERS):
        random = np.random.default_rng(order)
        result = Judged([], [])
        baselines: dict[str, Baseline] = defaultdict(Baseline)
        for index in random.permutation(len(clips)):
            clip = clips[index]
            before = baselines[clip.speaker]
            if clip.prosody is None:
                result.add(clip, None)
                continue
            result.add(clip, enthusiasm(clip.prosody, before))
            baselines[clip.speaker] = before.with_(clip.prosody)
        orders.append(result)
    aucs = [order.auc() for order in orders]
    without = np.mean([order.abstained for order in orders])
    return (
        f"AUC {np.mean(aucs):.3f} ({min(aucs):.3f} to {max(aucs):.3f} by order; "
        f"of {len(clips)} clips {without:.0f} not judged)"
    )


def by_emotion(clips: Sequence[Clip], whole: Sequence[Clip], usual: Usual) -> str:
    told: list[str] = []
    for emotion in (HAPPY, *OTHERS):
        values = [
            enthusiasm(clip.prosody, usual(whole, index))
            for index, clip in enumerate(clips)
            if clip.emotion == emotion and clip.prosody is not None
        ]
        told.append(f"{emotion} {np.mean([v for v in values if v is not None]):.2f}")
    return ", ".join(told)


def one(name: str) -> Score:
    def score(prosody: Prosody, baseline: Baseline) -> float | None:
        far = unusual(prosody, baseline)
        return None if far is None else float(getattr(far, name))

    return score


def shortened(clip: Clip, part: str) -> Clip:
    """`SHORT_S` of the clip's speech."""
    spans = second_look(clip.samples).spans
    start, end = (spans[0].start, spans[-1].end) if spans else (0, len(clip.samples))
    length = int(SHORT_S * RATE_HZ)
    at = {"first": start, "middle": (start + end - length) // 2, "last": end - length}[part]
    samples = clip.samples[max(0, at) :][:length]
    return replace(clip, samples=samples, prosody=measure(samples))


def cost(clips: Sequence[Clip]) -> None:
    """What measuring takes, without finding the speech (the recogniser has done that)."""
    looks = [second_look(clip.samples).spans for clip in clips]
    took_s = 0.0
    for clip, spans in zip(clips, looks, strict=True):
        began = time.perf_counter()
        measure(clip.samples, spans)
        took_s += time.perf_counter() - began
    length_s = sum(len(clip.samples) for clip in clips) / RATE_HZ
    speech_s = sum(s.end - s.start for spans in looks for s in spans) / RATE_HZ
    print(
        f"\ncost: {took_s / length_s * 1000:.1f} ms a second of sound, "
        f"{took_s / speech_s * 1000:.1f} ms a second of speech"
    )
    loud = max(clips, key=lambda clip: len(clip.samples)).samples
    start = second_look(loud).spans[0].start
    for wanted_s in (0.5, 1.0, 2.0):
        piece = loud[start:][: int(wanted_s * RATE_HZ)]
        found = [timed(piece) for _ in range(30)]
        print(f"  {wanted_s} s of speech: {np.median(found) * 1000:.1f} ms (median of 30)")


def timed(samples: Samples) -> float:
    began = time.perf_counter()
    measure(samples)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
