"""The other side comes back through the microphone: how many of its words become mine?

    python bench/echo.py FOLDER [FOLDER ...] [--model base] [--calls 4] [--turns 10]

FOLDER has recordings of single sentences and their manifest.jsonl: file, text, speaker. Calls are
made of them: speakers of the second half of the names are me, the others are them. A third of my
turns begin while they talk. Rooms are simulated (bench/rooms.py; pip install pyroomacoustics): RT60
0.2 to 0.6 s, devices' delay 20 to 300 ms, echo 10, 20 and 30 dB under my voice, and a headset. My
voice and theirs are at -20 dBFS, noise of the microphone at -60 dBFS.

The same calls, a line each: as they are; with the canceller alone; with the last check alone; with
both, as `thatsright live` does it.

theirs as mine: words transcribed as me while only they talk, whatever they are, and words of theirs
among mine where both talk, of all words they say. mine lost: words of mine that were transcribed in
the same call with a headset and without canceller, and are not now. double talk: of my words
spoken over theirs, missed or wrong. WER: of all of mine; letters and digits are compared, numbers
in figures count as errors. Intervals: 95 %, bootstrap over calls.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import jiwer
import numpy as np
from clips import events_of, recogniser
from rooms import RATE_HZ, Room, Samples, echo, sounding_rms

from assistant.model import Speaker, Transcript
from audio.echo import EchoMode, EchoStage
from audio.files import Side, open_recording
from audio.types import Block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from assistant.asr import Recogniser
    from assistant.feeds import Fed
    from audio.types import Utterance

BLOCK = RATE_HZ // 25
LEVEL = 0.1
"""-20 dBFS."""
NOISE = 0.001
BEFORE_S = 0.3
"""Word times are only so good."""
STAGES = ("as it is", "canceller", "last check", "both")
BOTH = (Speaker.ME, Speaker.THEM)


@dataclass(frozen=True)
class Turn:
    """A sentence in a call."""

    speaker: Speaker
    start_s: float
    end_s: float
    words: tuple[str, ...]


@dataclass(frozen=True)
class Call:
    """Both sides, clean."""

    mine: Samples
    theirs: Samples
    turns: tuple[Turn, ...]

    def of(self, speaker: Speaker) -> list[Turn]:
        """One speaker's turns."""
        return [t for t in self.turns if t.speaker is speaker]


@dataclass
class Counts:
    """Of one call, one stage."""

    theirs: int = 0
    as_mine: int = 0
    mine: int = 0
    wrong: int = 0
    """Substituted, missed, added."""
    lost: int = 0
    doubled: int = 0
    doubled_wrong: int = 0


@dataclass
class Cost:
    """Of the canceller."""

    spent_s: float = 0.0
    heard_s: float = 0.0
    marked: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--model")
    parser.add_argument("--calls", type=int, default=4, help="for each level")
    parser.add_argument("--turns", type=int, default=10)
    parser.add_argument("--echo-db", nargs="*", type=float, default=[-10.0, -20.0, -30.0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--drift-ppm", type=float, default=0.0)
    parser.add_argument("--apart-ms", type=float, default=0.0, help="their leg is late by this")
    parser.add_argument(
        "-v", action="store_true", help="show every call, and what was heard of theirs as mine"
    )
    arguments = parser.parse_args()
    hear = Remembering(recogniser(arguments.model))
    print(
        f"{platform.platform()}, {os.cpu_count()} cores, model {hear.name}, "
        f"{arguments.calls} calls of {arguments.turns} turns, seed {arguments.seed}, "
        f"drift {arguments.drift_ppm:g} ppm, legs {arguments.apart_ms:g} ms apart"
    )
    calls = list(made(arguments.folders, arguments.calls, arguments.turns, arguments.seed))
    cost = Cost()
    found: dict[tuple[str, str], list[Counts]] = defaultdict(list)
    for number, call in enumerate(calls):
        chance = np.random.default_rng([arguments.seed, number])
        room = Room(
            rt60_s=float(chance.uniform(0.2, 0.6)),
            delay_ms=float(chance.uniform(20, 300)) - arguments.apart_ms,
            level_db=None,
            seed=number,
            drift_ppm=arguments.drift_ppm,
        )
        heard_right = heard_words(mine_of(call, through(call, room, "as it is", hear, cost)))
        for level in (None, *arguments.echo_db):
            name = "headset" if level is None else f"echo {level:.0f} dB"
            for stage in STAGES if level is not None else ("as it is", "both"):
                said = through(call, replace(room, level_db=level), stage, hear, cost)
                counts = counted(call, said, heard_right, verbose=arguments.v)
                found[name, stage].append(counts)
                if arguments.v:
                    print(f"    call {number + 1}, {name}, {stage}: {counts}", flush=True)
    for (name, stage), counts in found.items():
        show(name, stage, counts)
    print(f"canceller and sense: {100 * cost.spent_s / cost.heard_s:.1f} % of one core")
    for name, marked in cost.marked.items():
        print(f"with {name} it is at work {100 * np.mean(marked):.0f} % of the call")


def made(folders: list[Path], calls: int, turns: int, seed: int) -> Iterator[Call]:
    """Calls of sentences, drawn by chance."""
    rows = [
        (folder / row["file"], row)
        for folder in folders
        for row in map(json.loads, (folder / "manifest.jsonl").read_text().splitlines())
    ]
    names = sorted({row["speaker"] for _, row in rows})
    half = set(names[len(names) // 2 :])
    chance = np.random.default_rng(seed)
    sides = {
        Speaker.ME: [r for r in rows if r[1]["speaker"] in half],
        Speaker.THEM: [r for r in rows if r[1]["speaker"] not in half],
    }
    for _ in range(calls):
        yield one_call(sides, turns, chance)


def one_call(
    sides: dict[Speaker, list[tuple[Path, dict[str, str]]]],
    turns: int,
    chance: np.random.Generator,
) -> Call:
    placed: list[tuple[Turn, Samples]] = []
    at_s = 1.0
    for number in range(turns):
        speaker = (Speaker.THEM, Speaker.ME)[number % 2]
        path, row = sides[speaker][chance.integers(len(sides[speaker]))]
        sound = sentence(path)
        length_s = len(sound) / RATE_HZ
        if speaker is Speaker.ME and chance.random() < 1 / 3:
            before = placed[-1][0]
            start_s = float(chance.uniform(before.start_s + 0.3, before.end_s - 0.3))
        else:
            start_s = at_s + float(chance.uniform(0.4, 1.2))
        turn = Turn(speaker, start_s, start_s + length_s, plain(row["text"]))
        placed.append((turn, sound))
        at_s = max(at_s, turn.end_s)
    legs = {s: np.zeros(round((at_s + 1) * RATE_HZ), np.float32) for s in BOTH}
    for turn, sound in placed:
        begin = round(turn.start_s * RATE_HZ)
        legs[turn.speaker][begin : begin + len(sound)] += sound
    return Call(legs[Speaker.ME], legs[Speaker.THEM], tuple(t for t, _ in placed))


def sentence(path: Path) -> Samples:
    """Its sound at the usual level, without the silence around it."""
    blocks = [b.samples for b in open_recording(path, Side.LEFT).items() if isinstance(b, Block)]
    sound = np.concatenate(blocks)
    loud = np.flatnonzero(np.abs(sound) > 0.05 * np.abs(sound).max())
    sound = sound[max(0, loud[0] - 800) : loud[-1] + 1600]
    sound = sound / np.abs(sound).max()
    return (sound * LEVEL / sounding_rms(sound)).astype(np.float32)


def through(call: Call, room: Room, stage: str, hear: Recogniser, cost: Cost) -> list[Transcript]:
    """What the product makes of it."""
    noise = np.random.default_rng(room.seed).standard_normal(len(call.mine)) * NOISE
    microphone = (call.mine + echo(call.theirs, room, LEVEL) + noise).astype(np.float32)
    cancelling = stage in {"canceller", "both"}
    checking = stage in {"last check", "both"}
    echo_stage = EchoStage(EchoMode.AUTO) if cancelling else None
    blocks: list[Block] = []
    begin = time.process_time()
    for at in range(0, len(microphone), BLOCK):
        pair = (
            Block(Speaker.ME, at, microphone[at : at + BLOCK], echo=True),
            Block(Speaker.THEM, at, call.theirs[at : at + BLOCK]),
        )
        if echo_stage is None:
            blocks += pair
        else:
            blocks += [each for block in pair for each in echo_stage.take(block)]
    if echo_stage is not None:
        cost.spent_s += time.process_time() - begin
        cost.heard_s += len(microphone) / RATE_HZ
        name = "headset" if room.level_db is None else "echo"
        cost.marked[name] += [float(b.echo) for b in blocks if b.speaker is Speaker.ME]
    return session([b if checking else replace(b, echo=False) for b in blocks], hear)


class Remembering:
    """The same sound is decoded once."""

    def __init__(self, hear: Recogniser) -> None:
        self._hear = hear
        self._known: dict[tuple[object, ...], Transcript | None] = {}

    @property
    def name(self) -> str:
        """What the model is called."""
        return self._hear.name

    def recognise(self, utterances: Sequence[Utterance]) -> list[Transcript | None]:
        """What was said in each."""
        keys = [(u.speaker, u.start_sample, u.samples.tobytes()) for u in utterances]
        new = [i for i, key in enumerate(keys) if key not in self._known]
        for i, said in zip(new, self._hear.recognise([utterances[i] for i in new]), strict=True):
            self._known[keys[i]] = said
        return [self._known[key] for key in keys]

    def guess(self, utterance: Utterance) -> Transcript | None:
        """Nobody watches."""
        return self._hear.guess(utterance)


@dataclass
class _Feed:
    blocks: list[Block]

    def items(self, until: Callable[[float], bool]) -> Iterator[Fed]:
        for block in self.blocks:
            if not until((block.start_sample + len(block.samples)) / RATE_HZ):
                return
            yield block


def session(blocks: list[Block], hear: Recogniser) -> list[Transcript]:
    events = events_of("echo", _Feed(blocks), BOTH, hear)
    return [e for e in events if isinstance(e, Transcript) and e.final]


def mine_of(call: Call, said: list[Transcript]) -> jiwer.WordOutput:
    """My words against what was heard of them, in the order of time."""
    wanted = [
        w for turn in sorted(call.of(Speaker.ME), key=lambda t: t.start_s) for w in turn.words
    ]
    return jiwer.process_words(" ".join(wanted), " ".join(w for w, _ in _heard(said)) or "-")


def heard_words(compared: jiwer.WordOutput) -> set[int]:
    """Which of my words were heard right."""
    return {
        chunk.ref_start_idx + i
        for chunk in compared.alignments[0]
        if chunk.type == "equal"
        for i in range(chunk.ref_end_idx - chunk.ref_start_idx)
    }


def _heard(said: list[Transcript]) -> list[tuple[str, float]]:
    """Words transcribed as me, and their middle in seconds."""
    return [
        (part, (word.start_s + word.end_s) / 2)
        for each in said
        if each.speaker is Speaker.ME
        for word in each.words
        for part in plain(word.text)
    ]


def counted(call: Call, said: list[Transcript], heard_right: set[int], *, verbose: bool) -> Counts:
    mine = sorted(call.of(Speaker.ME), key=lambda t: t.start_s)
    theirs = call.of(Speaker.THEM)
    compared = mine_of(call, said)
    right = heard_words(compared)
    matched = {
        chunk.hyp_start_idx + i
        for chunk in compared.alignments[0]
        if chunk.type == "equal"
        for i in range(chunk.hyp_end_idx - chunk.hyp_start_idx)
    }
    as_mine = 0
    for i, (word, at_s) in enumerate(_heard(said)):
        if i in matched:
            continue
        talking = [t for t in theirs if t.start_s - BEFORE_S <= at_s <= t.end_s + 2 * BEFORE_S]
        me_too = any(t.start_s - BEFORE_S <= at_s <= t.end_s + BEFORE_S for t in mine)
        if talking and (not me_too or any(word in t.words for t in talking)):
            as_mine += 1
            if verbose:
                print(f"      {at_s:6.1f} {word} {'(both talk)' if me_too else ''}")
    over = [
        any(t.start_s < o.end_s and o.start_s < t.end_s for o in theirs)
        for t in mine
        for _ in t.words
    ]
    wrong = compared.substitutions + compared.deletions + compared.insertions
    return Counts(
        theirs=sum(len(t.words) for t in theirs),
        as_mine=as_mine,
        mine=len(over),
        wrong=wrong,
        lost=len(heard_right - right),
        doubled=sum(over),
        doubled_wrong=sum(is_over and i not in right for i, is_over in enumerate(over)),
    )


def plain(text: str) -> tuple[str, ...]:
    return tuple(re.sub(r"[^\w\s]", "", text.lower().replace("-", " ")).split())


def show(name: str, stage: str, counts: list[Counts]) -> None:
    print(
        f"{name:<11} {stage:<11} theirs as mine {_share(counts, 'as_mine', 'theirs')}   "
        f"mine lost {_share(counts, 'lost', 'mine')}   "
        f"double talk wrong {_share(counts, 'doubled_wrong', 'doubled')}   "
        f"WER {_share(counts, 'wrong', 'mine')}"
    )


def _share(counts: list[Counts], part: str, whole: str) -> str:
    """Per cent with its interval, and the counts."""
    pairs = np.array([[getattr(c, part), getattr(c, whole)] for c in counts])
    chance = np.random.default_rng(0)
    drawn = pairs[chance.integers(len(pairs), size=(2000, len(pairs)))].sum(axis=1)
    shares = 100 * drawn[:, 0] / np.maximum(drawn[:, 1], 1)
    low, high = np.percentile(shares, [2.5, 97.5])
    total = pairs.sum(axis=0)
    share = 100 * total[0] / max(total[1], 1)
    return f"{share:5.1f} % ({low:.1f}-{high:.1f}; {total[0]}/{total[1]})"


if __name__ == "__main__":
    main()
