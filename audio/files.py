"""Recorded calls: a file, or one a side, as blocks for each speaker. Streams, never loads whole."""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from assistant.errors import CallFileError
from audio.bleed import MEASURED_SAMPLES, Bleeds, Cleaner, measured
from audio.decode import Damage, SoundFile, decode, open_sound
from audio.file_notes import bleed_note, damage_notes, sides_note, track_notes
from audio.resample import Resampler
from audio.sides import Sides, SidesScan
from audio.types import RATE_HZ, Block, Samples, Speaker, empty

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from datetime import datetime
    from pathlib import Path

    from audio.decode import Channels, Chunk

BLOCK_SAMPLES: Final = RATE_HZ // 2
"""Length of all blocks but the last, unless somebody wants others."""

_STRETCH_SAMPLES: Final = 20 * RATE_HZ
"""What both sides are held against each other over, to find bleed-through."""

_TWO: Final = 2
"""Channels that may be two speakers."""


class Side(StrEnum):
    """A channel of a two-channel recording."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Note:
    """Something the user should know about the recording, found while it was read."""

    message: str
    at_sample: int
    """Position in the call, samples at `RATE_HZ`."""


Item: TypeAlias = Block | Note


@dataclass(frozen=True, slots=True)
class _Pick:
    """Whose voice is on which channel."""

    speaker: Speaker
    channel: int | None
    """None: all channels mixed."""


@dataclass(frozen=True, slots=True)
class _Source:
    """One file and what is heard of it."""

    file: SoundFile
    picks: tuple[_Pick, ...]


class Recording:
    """A recorded call that can be listened to, any number of times."""

    def __init__(
        self, path: str, title: str, sources: tuple[_Source, ...], notes: tuple[str, ...]
    ) -> None:
        self.path = path
        """As the user gave it; two files joined with " + "."""
        self.title = title
        """The file's name without its ending."""
        self.notes = notes
        """Plain sentences on what is odd about it, known on opening."""
        self._sources = sources
        self.speakers: tuple[Speaker, ...] = tuple(
            pick.speaker for source in sources for pick in source.picks
        )
        """Me, then them; or unknown alone."""
        self._bleeds: Bleeds | None = None
        """What of either side is on the other's channel; None: not measured yet."""

    @property
    def duration_s(self) -> float | None:
        """Seconds, of the longer file; None when a file does not say."""
        durations = [source.file.duration_s for source in self._sources]
        return max((d for d in durations if d is not None), default=None)

    @property
    def started_at(self) -> datetime:
        """When the call began, UTC, as far as the files know: see `SoundFile.started_at`."""
        return min(source.file.started_at for source in self._sources)

    def items(
        self, block_samples: int = BLOCK_SAMPLES, *, as_recorded: bool = False
    ) -> Generator[Item]:
        """The call from its beginning: for each stretch a block per speaker, all equally long.

        Blocks are `block_samples` long, the last ones shorter. Notes come where they are known,
        at the latest at the end. A file that ends before the other is silent from then on. Where
        each side is faintly on the other's channel, it is taken out, unless `as_recorded`.

        Raises:
            CallFileError: the file has gone since it was opened.
        """
        if as_recorded or len(self.speakers) < _TWO:
            yield from self._as_recorded(block_samples)
            return
        if self._bleeds is None:
            self._bleeds = measured(self._first_minutes)
        if not self._bleeds:
            yield from self._as_recorded(block_samples)
            return
        yield Note(bleed_note(self.path, self._bleeds), 0)
        recorded = self._as_recorded(BLOCK_SAMPLES)
        try:
            yield from _cleaned(recorded, Cleaner(self._bleeds), block_samples)
        finally:
            recorded.close()

    def _first_minutes(self) -> Iterator[tuple[Samples, Samples]]:
        """Both sides as recorded, a stretch at a time."""
        recorded = self._as_recorded(_STRETCH_SAMPLES)
        mine = empty()
        try:
            for item in recorded:
                if isinstance(item, Note) or item.start_sample >= MEASURED_SAMPLES:
                    break
                if item.speaker is Speaker.ME:
                    mine = item.samples
                else:
                    yield mine, item.samples
        finally:
            recorded.close()

    def _as_recorded(self, block_samples: int) -> Generator[Item]:
        readers = [_Reader(source) for source in self._sources]
        try:
            yield from _lockstep(readers, block_samples)
        finally:
            for reader in readers:
                reader.close()


def open_recording(path: Path, me: Side) -> Recording:
    """Open a call in one file. Two channels are a speaker each, `me` on the side given.

    When the two channels do not carry two speakers, or there are more or fewer, there is one
    speaker, unknown. To find out, the file is read until both were heard; a file in which that
    never happens is read whole.

    Raises:
        CallFileError: no such file, or nothing to hear in it; the message says what to do.
    """
    file = open_sound(path)
    notes = track_notes(file)
    picks: tuple[_Pick, ...] = (_Pick(Speaker.UNKNOWN, None),)
    if file.channels == _TWO:
        scan = _scan(file)
        sides = scan.verdict()
        if sides is Sides.TWO_SPEAKERS:
            mine = 0 if me is Side.LEFT else 1
            picks = (_Pick(Speaker.ME, mine), _Pick(Speaker.THEM, 1 - mine))
        else:
            picks = (_Pick(Speaker.UNKNOWN, scan.louder),)
            notes.append(sides_note(path, sides))
    elif file.channels > _TWO:
        notes.append(
            f"{path} has {file.channels} channels. They are mixed to one. For a "
            "speaker a channel, export it with two channels."
        )
    return Recording(str(path), path.stem, (_Source(file, picks),), tuple(notes))


def open_legs(me_path: Path, them_path: Path) -> Recording:
    """Open a call in two files, one a speaker, that begin at the same moment.

    Raises:
        CallFileError: a file is missing or holds nothing to hear, or both are the same one.
    """
    mine, theirs = open_sound(me_path), open_sound(them_path)
    if me_path.samefile(them_path):
        raise CallFileError(
            f"{me_path} was given for both sides. Give each side its own file, or the one file "
            "alone when both sides are in it."
        )
    sources = (
        _Source(mine, (_Pick(Speaker.ME, None),)),
        _Source(theirs, (_Pick(Speaker.THEM, None),)),
    )
    notes = tuple(track_notes(mine) + track_notes(theirs))
    title = _common_title(me_path.stem, them_path.stem)
    return Recording(f"{me_path} + {them_path}", title, sources, notes)


def mixed(channels: Channels) -> Samples:
    """One channel of several: float32 [channels, n] to float32 [n].

    The mean, unless channels cancel each other out (one was recorded with inverted polarity):
    then the loudest of them.
    """
    mean: Samples = channels.mean(axis=0, dtype=np.float32)
    powers = np.square(channels, dtype=np.float64).mean(axis=1)
    # The mean of unrelated channels keeps 1/n of their power each; this is far below that.
    if np.square(mean, dtype=np.float64).mean() < powers.max() / (5 * len(channels) ** 2):
        loudest: Samples = channels[int(powers.argmax())]
        return loudest
    return mean


def _common_title(me: str, them: str) -> str:
    """What the names of both legs begin with: "monday" of "monday-me" and "monday-them"."""
    alike = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(me, them, strict=False))
    return "".join(letter for letter, _ in alike).rstrip(" -_.") or me


def _scan(file: SoundFile) -> SidesScan:
    """Listen until there are certainly two speakers, or to the end."""
    scan = SidesScan(file.rate_hz)
    chunks = decode(file, Damage())
    for chunk in chunks:
        if chunk.rate_hz == file.rate_hz and len(chunk.samples) == _TWO:
            scan.push(chunk.samples)
        if scan.conclusive:
            break
    chunks.close()
    return scan


class _Reader:
    """One file being read: what it has for each of its speakers and is not handed on yet."""

    def __init__(self, source: _Source) -> None:
        self._source = source
        self._damage = Damage()
        self._chunks = decode(source.file, self._damage)
        self._rate_hz = source.file.rate_hz
        self._resamplers = self._new_resamplers()
        self.lines = {pick.speaker: _Line() for pick in source.picks}
        self.ended = False

    @property
    def ready(self) -> int:
        """Samples at `RATE_HZ` that every line has."""
        return min(line.length for line in self.lines.values())

    def read(self) -> None:
        """Decode a little more, or find the end."""
        chunk = next(self._chunks, None)
        if chunk is None:
            self._flush()
            self.ended = True
            return
        if chunk.rate_hz != self._rate_hz:
            self._flush()
            self._rate_hz = chunk.rate_hz
            self._resamplers = self._new_resamplers()
        for pick, resampler in zip(self._source.picks, self._resamplers, strict=True):
            self.lines[pick.speaker].put(resampler.push(self._picked(chunk, pick)))

    def notes(self) -> list[str]:
        """What went wrong, once it has ended."""
        return damage_notes(self._source.file, self._damage)

    def close(self) -> None:
        """Let go of the file."""
        self._chunks.close()

    def _picked(self, chunk: Chunk, pick: _Pick) -> Samples:
        if pick.channel is None or len(chunk.samples) != self._source.file.channels:
            return mixed(chunk.samples)
        samples: Samples = chunk.samples[pick.channel]
        return samples

    def _flush(self) -> None:
        for line, resampler in zip(self.lines.values(), self._resamplers, strict=True):
            line.put(resampler.flush())

    def _new_resamplers(self) -> list[Resampler]:
        return [Resampler(self._rate_hz) for _ in self._source.picks]


class _Line:
    """Samples in, samples out, first in first out."""

    def __init__(self) -> None:
        self._parts: deque[Samples] = deque()
        self.length = 0

    def put(self, samples: Samples) -> None:
        self._parts.append(samples)
        self.length += len(samples)

    def take(self, count: int) -> Samples:
        """`count` samples, with silence for what is not there."""
        sound = np.concatenate([*self._parts, empty()])
        self._parts = deque([sound[count:].copy()])
        self.length = max(0, len(sound) - count)
        return np.pad(sound[:count], (0, max(0, count - len(sound))))


def _lockstep(readers: list[_Reader], block_samples: int) -> Iterator[Item]:
    at = 0
    while True:
        for reader in readers:
            while not reader.ended and reader.ready < block_samples:
                reader.read()
        left = max(line.length for reader in readers for line in reader.lines.values())
        count = min(left, block_samples)
        if not count:
            break
        for reader in readers:
            for speaker, line in reader.lines.items():
                yield Block(speaker, at, line.take(count))
        at += count
    for reader in readers:
        for message in reader.notes():
            yield Note(message, at)


def _cleaned(items: Iterator[Item], cleaner: Cleaner, block_samples: int) -> Iterator[Item]:
    """Blocks of both sides, without what each has of the other, in blocks of another length."""
    lines = {Speaker.ME: _Line(), Speaker.THEM: _Line()}
    at = 0

    def put(both: tuple[Samples, Samples]) -> None:
        for line, samples in zip(lines.values(), both, strict=True):
            line.put(samples)

    def take(least: int) -> Iterator[Item]:
        nonlocal at
        while (count := min(block_samples, lines[Speaker.ME].length)) >= least:
            for speaker, line in lines.items():
                yield Block(speaker, at, line.take(count))
            at += count

    mine = empty()
    notes: list[Note] = []
    for item in items:
        if isinstance(item, Note):
            notes.append(item)
        elif item.speaker is Speaker.ME:
            mine = item.samples
        else:
            put(cleaner.push(mine, item.samples))
            yield from take(block_samples)
    put(cleaner.finish())
    yield from take(1)
    yield from notes
