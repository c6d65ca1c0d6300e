"""Two devices as one call: blocks of both legs, equally long, in lockstep by call time.

Knows no clock and no thread: what came is pushed with the time at which it came, and `take` is told
what time it is. A leg that has nothing is silent from the moment its patience ends, so the other
goes on; what comes too late for that is dropped and told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from audio.clocks import Alignment
from audio.devices.kinds import Chunk, Gone, Opened
from audio.files import Note, mixed
from audio.health import TALKS, Health, rms
from audio.resample import Resampler
from audio.types import RATE_HZ, Block, Samples, Speaker, empty, seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audio.devices.kinds import Item
    from audio.files import Item as CallItem

BLOCK_SAMPLES: Final = RATE_HZ // 25
"""40 ms."""

WAITS_SAMPLES: Final = RATE_HZ // 2
"""How long sound of an open device may be late before silence stands in for it."""

AHEAD_SAMPLES: Final = RATE_HZ
"""No device has sound so long before it can be heard: what comes faster than time is dropped."""

BEHIND_S: Final = 0.2
"""Sound that was late comes in a burst and is soon in time again; what stays too late for this long
never will be."""

TOLD_GAP_SAMPLES: Final = RATE_HZ // 5
"""Sound that is missing for less than 0.2 s is no news."""

TOLD_EVERY_SAMPLES: Final = 10 * RATE_HZ
"""What is lost again and again is told as one."""

QUIET: Final = TALKS / 2
"""Root mean square below which a sample more or less is not heard."""

NAMES: Final = {
    Speaker.ME: "Your microphone",
    Speaker.THEM: "The other side",
    Speaker.UNKNOWN: "The microphone",
}


class _Line:
    """What one leg has and is not handed on yet; what lies between is silence."""

    def __init__(self) -> None:
        self._sound = empty()
        self.start = 0
        """Position in the call of what is handed on next."""

    @property
    def end(self) -> int:
        """First sample that is not there yet."""
        return self.start + len(self._sound)

    def put(self, at: int, samples: Samples) -> int:
        """Sound for position `at`; returns how much of it came too late or was there already."""
        gap = at - self.end
        late = min(max(0, -gap), len(samples))
        filling = np.zeros(max(0, gap), np.float32)
        self._sound = np.concatenate([self._sound, filling, samples[late:]])
        return late

    def take(self, count: int) -> Samples:
        """`count` samples, silent where nothing is."""
        part = self._sound[:count]
        self._sound = self._sound[count:].copy()
        self.start += count
        return np.pad(part, (0, count - len(part)))


@dataclass(slots=True)
class _Stream:
    """One opening of a device."""

    resampler: Resampler
    rate_hz: int
    alignment: Alignment
    at: int
    """Where its next sample belongs."""
    frames: int = 0
    """Of the device, also those that were dropped."""
    behind_s: float | None = None
    """Since when all of it comes too late."""


class _Leg:
    """One speaker's device: where its sound belongs, and what became of it."""

    def __init__(self, speaker: Speaker) -> None:
        self.speaker = speaker
        self.line = _Line()
        self.health = Health()
        self.open = False
        self.notes: list[Note] = []
        self._device = ""
        self._stream: _Stream | None = None
        self._gone_at: int | None = 0
        """Since when no device is there; None while one is."""
        self._lost_samples = 0
        self._lost_at = 0
        self._told_at: int | None = None

    def opened(self, name: str, at: int) -> None:
        """A device is there; its sound comes next."""
        was, since = self._device, self._gone_at
        self._device, self._stream, self.open = name, None, True
        if was and since is not None:
            again = "is back" if name == was else f"is heard from {name} now"
            gap_s = max(0.0, seconds(at - since))
            self._note(
                f"{NAMES[self.speaker]} {again}. It was not heard for {gap_s:.1f} s, "
                f"from {_clock(since)}.",
                at,
            )
        self._gone_at = None

    def gone(self, reason: str, at: int) -> None:
        """It is there no longer, or could not be opened."""
        if self._stream is not None:
            self.line.put(self._stream.at, self._stream.resampler.flush())
            at = min(at, self._stream.at)
        first = bool(reason) and (self._gone_at is None or not self._device)
        if self._gone_at is None:
            self._gone_at = at
        self._device = self._device or "-"
        self._stream, self.open = None, False
        if first:
            self._note(
                f"{NAMES[self.speaker]} is not heard: {reason}. It is looked for and taken up "
                "again by itself; plug it in again, or choose another in the system's settings.",
                at,
            )

    def sound(self, chunk: Chunk, at_s: float) -> None:
        """Sound whose last frame arrived at call time `at_s`."""
        frames = chunk.missed_frames + len(chunk.sound)
        stream = self._stream
        if stream is None or self._left_behind(stream, frames, at_s):
            begins_s = max(0.0, at_s - frames / chunk.rate_hz)
            at = round(begins_s * RATE_HZ)
            if stream is not None:
                self._lost(at - stream.at, stream.at)
            resampler = Resampler(chunk.rate_hz) if stream is None else stream.resampler
            stream = _Stream(resampler, chunk.rate_hz, Alignment(begins_s), at)
            self._stream = stream
        if chunk.missed_frames:
            missed = round(chunk.missed_frames * RATE_HZ / chunk.rate_hz)
            missed = min(missed, self._room(stream, at_s))
            self._lost(missed, stream.at)
            stream.at += missed
        stream.frames += frames
        stream.alignment.heard(stream.frames / chunk.rate_hz, at_s)
        samples = self._fitted(stream, stream.resampler.push(_mono(chunk)))
        self._put(stream, samples[: self._room(stream, at_s)])

    def tell_lost(self) -> None:
        """Say what was lost since the last time, once it is worth it."""
        due = self._told_at is None or self.line.end - self._told_at >= TOLD_EVERY_SAMPLES
        behind = self._stream is not None and self._stream.behind_s is not None
        if due and not behind and self._lost_samples >= TOLD_GAP_SAMPLES:
            self._told_at = self.line.end
            self._note(
                f"{NAMES[self.speaker]}: {seconds(self._lost_samples):.1f} s of sound were lost, "
                "because the device or this machine did not keep up. Close what else is running.",
                self._lost_at,
            )
            self._lost_samples = 0

    def dead(self, talk_s: float, at: int) -> None:
        """It has been silent while the other talked."""
        if self.open:
            what = (
                "Is it muted, or the wrong one? Choose another with --mic."
                if self.speaker is not Speaker.THEM
                else "Is the call's sound played on another device? Choose it with --them."
            )
            why = f"{self._device} gives only silence"
        else:
            what, why = "Plug it in again.", "no device is there"
        self._note(
            f"{NAMES[self.speaker]} was not heard during {talk_s:.0f} s of the other's talk: "
            f"{why}. {what}",
            at,
        )

    def _left_behind(self, stream: _Stream, frames: int, at_s: float) -> bool:
        """Whether sound is missing that nobody told of: what comes belongs where the call has been.

        A device that stood still, or a computer whose clock goes on while it sleeps. The alignment
        would notice too, but only seconds later.
        """
        end = stream.at + round(frames * RATE_HZ / stream.rate_hz)
        if end > self.line.start:
            stream.behind_s = None
        elif stream.behind_s is None:
            stream.behind_s = at_s
        return stream.behind_s is not None and at_s - stream.behind_s >= BEHIND_S

    @staticmethod
    def _room(stream: _Stream, at_s: float) -> int:
        """How many samples there can be of what arrived at `at_s`.

        A stream that does not wait for its device any more would fill the call with its future.
        """
        return max(0, round(at_s * RATE_HZ) + AHEAD_SAMPLES - stream.at)

    def _fitted(self, stream: _Stream, samples: Samples) -> Samples:
        """A few samples more or less, so that it stays where it belongs."""
        if not len(samples):
            return samples
        step = stream.alignment.step(quiet=rms(samples) < QUIET)
        if step >= 0:
            if step >= TOLD_GAP_SAMPLES:
                self._lost(step, stream.at)
                return np.concatenate([np.zeros(step, np.float32), samples])
            middle = len(samples) // 2
            return np.insert(samples, middle, np.full(step, samples[middle]))
        dropped = min(-step, len(samples) - 1)
        # What is more than this block has is dropped by moving what follows back over it.
        stream.at -= -step - dropped
        return samples[dropped:]

    def _put(self, stream: _Stream, samples: Samples) -> None:
        late = self.line.put(stream.at, samples)
        self._lost(late, stream.at)
        stream.at += len(samples)

    def _lost(self, samples: int, at: int) -> None:
        if samples:
            self._lost_at = at if not self._lost_samples else self._lost_at
            self._lost_samples += samples

    def _note(self, message: str, at: int) -> None:
        self.notes.append(Note(message, max(0, at)))


class Lockstep:
    """The legs of a call, put together."""

    def __init__(self, speakers: Sequence[Speaker], begins_s: float) -> None:
        """`begins_s`: when the call begins, by the clock that stamps what comes."""
        self._begins_s = begins_s
        self._told: list[Note] = []
        """Of no leg alone."""
        self._legs = {speaker: _Leg(speaker) for speaker in speakers}
        self._at = 0

    def push(self, item: Item) -> None:
        """What came of a leg's device."""
        leg = self._legs[item.speaker]
        match item.what:
            case Opened(device, at_s):
                leg.opened(device.name, self._samples(at_s))
            case Gone(reason, at_s):
                leg.gone(reason, self._samples(at_s))
            case Chunk() as chunk:
                leg.sound(chunk, chunk.end_s - self._begins_s)

    def stood_still(self, length_s: float, now_s: float) -> None:
        """Nothing could be heard for so long, noticed at `now_s`."""
        self._told.append(
            Note(
                f"This computer slept, or was too busy to listen, for {length_s:.0f} s. "
                "What was said meanwhile may be missing.",
                max(0, self._samples(now_s)),
            )
        )

    def caught_up(self, now_s: float) -> bool:
        """Whether every device that is open has given its sound up to about now."""
        since = self._samples(now_s) - WAITS_SAMPLES
        return all(leg.line.end >= since for leg in self._legs.values() if leg.open)

    def take(self, now_s: float) -> list[CallItem]:
        """What is due at `now_s`, once everything that came before that is pushed."""
        now = self._samples(now_s)
        items: list[CallItem] = []
        while self._due(now):
            items += self._notes()
            items += self._block(BLOCK_SAMPLES)
        return [*items, *self._notes()]

    def finish(self) -> list[CallItem]:
        """The call is over: what is left."""
        items: list[CallItem] = []
        while (left := max(leg.line.end for leg in self._legs.values()) - self._at) > 0:
            items += self._block(min(left, BLOCK_SAMPLES))
        return [*items, *self._notes()]

    def _due(self, now: int) -> bool:
        need = self._at + BLOCK_SAMPLES
        lagging = [leg for leg in self._legs.values() if leg.line.end < need]
        return all(now >= need + (WAITS_SAMPLES if leg.open else 0) for leg in lagging)

    def _block(self, count: int) -> list[CallItem]:
        sound = {speaker: leg.line.take(count) for speaker, leg in self._legs.items()}
        blocks = [Block(speaker, self._at, samples) for speaker, samples in sound.items()]
        self._at += count
        for leg in self._legs.values():
            for other, samples in sound.items():
                if other is not leg.speaker:
                    talk_s = leg.health.block(sound[leg.speaker], samples)
                    if talk_s is not None:
                        leg.dead(talk_s, self._at)
        return list(blocks)

    def _notes(self) -> list[CallItem]:
        told: list[CallItem] = [*self._told]
        self._told = []
        for leg in self._legs.values():
            leg.tell_lost()
            told += leg.notes
            leg.notes = []
        return told

    def _samples(self, at_s: float) -> int:
        return round((at_s - self._begins_s) * RATE_HZ)


def _mono(chunk: Chunk) -> Samples:
    """All channels as one, and nothing that is no number."""
    return np.nan_to_num(mixed(chunk.sound.T), nan=0.0, posinf=0.0, neginf=0.0)


def _clock(samples: int) -> str:
    """Minutes and seconds, with tenths: 3:07.5."""
    tenths = round(seconds(max(0, samples)) * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"
