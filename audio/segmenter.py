"""Frames and speech decisions in, utterances out. A pure state machine, one per speaker.

Closed, it remembers the last frames. It opens when enough of them are voiced, and hands on the
sound from a little before the first voiced one. Open, it collects frames. When the speaker has been
silent for a moment it asks what was said so far (`Pause`); from the answer somebody tells it how
long a silence ends this utterance (`answer`): a short one after a complete reply, a longer one
inside a clause. There is no shortest utterance: a "Yes." of a quarter of a second counts as much as
a speech.

What comes out does not depend on when the answer comes. Until it is there, frames that need it
wait; those behind a silence that ends the utterance whatever the answer is go on being heard.

Order of what comes out, which users of it rely on:

* every `Utterance` has one `SpeechStarted` and one `Pause` of the same number before it;
* a `Pause` that did not end its utterance is taken back by a `Resumed`;
* at the longest length, the `SpeechStarted` of the part that goes on comes *before* the cut
  `Utterance`, so that nobody takes the speaker for silent in between.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from audio.types import FRAME_SAMPLES, RATE_HZ, Pause, Resumed, SpeechStarted, Utterance

if TYPE_CHECKING:
    from audio.types import Frame, Speaker

FRAME_MS: Final = FRAME_SAMPLES * 1000 // RATE_HZ
CUT_SEARCH_FRAMES: Final = 2_000 // FRAME_MS
"""How far back from the longest length a quiet place to cut is looked for."""


@dataclass(frozen=True, slots=True)
class SegmenterConfig:
    """When an utterance begins and ends. Durations are rounded down to whole frames.

    Raises:
        ValueError: a value that cannot work; the message names it and says what would.
    """

    pre_roll_ms: int = 300
    """Sound kept from before the first voiced frame: soft beginnings are not voiced yet."""
    open_voiced: int = 3
    """It opens when at least so many frames ..."""
    open_window: int = 6
    """... of the last so many are voiced."""
    pause_ms: int = 180
    """Silence after which it asks what was said so far."""
    hangover_ms: int = 300
    """Shortest silence that may end an utterance."""
    longest_hangover_ms: int = 810
    """Silence that ends an utterance whatever was said."""
    decided_s: float = 2.5
    """From this length on words do not decide: `hangover_decided_ms` of silence end it, ..."""
    hangover_decided_ms: int = 420
    long_s: float = 6.5
    """... and from this length on `hangover_ms`: more would only keep the words waiting."""
    tail_ms: int = 180
    """How much of that silence stays with the utterance."""
    longest_s: float = 10.0
    """Longest utterance; it is cut at a quiet place in its last two seconds."""

    def __post_init__(self) -> None:
        if self.pre_roll_ms < 0:
            raise ValueError(f"pre_roll_ms is {self.pre_roll_ms}; it must be 0 or more")
        if not 1 <= self.open_voiced <= self.open_window:
            raise ValueError(
                f"open_voiced is {self.open_voiced}; it must be from 1 to open_window "
                f"({self.open_window})"
            )
        # A pause that began before the stretch searched for a place to cut would leave nothing to
        # cut at; and what follows the longest hangover must not depend on what came before it.
        at_most_ms = CUT_SEARCH_FRAMES * FRAME_MS // 2
        at_least_ms = self.pre_roll_ms + self.tail_ms + (self.open_window + 1) * FRAME_MS
        self._check("longest_hangover_ms", at_least_ms, at_most_ms)
        self._check("hangover_ms", FRAME_MS, self.longest_hangover_ms)
        self._check("hangover_decided_ms", self.hangover_ms, self.longest_hangover_ms)
        self._check("pause_ms", FRAME_MS, self.hangover_ms)
        self._check("tail_ms", 0, self.pause_ms)
        shortest_s = self._shortest_longest_s()
        if not self.longest_s >= shortest_s:
            raise ValueError(f"longest_s is {self.longest_s}; it must be {shortest_s:g} or more")

    @property
    def frames_before(self) -> int:
        """Frames that are remembered while nobody speaks."""
        return self.pre_roll_ms // FRAME_MS + self.open_window

    def _check(self, name: str, least: int, most: int) -> None:
        value = getattr(self, name)
        if not least <= value <= most:
            raise ValueError(f"{name} is {value}; it must be from {least} to {most}")

    def _shortest_longest_s(self) -> float:
        # Room for what comes before the opening, and for the stretch searched for a cut.
        before_ms = self.pre_roll_ms + (self.open_window + 1) * FRAME_MS
        return (before_ms + CUT_SEARCH_FRAMES * FRAME_MS) / 1000


What: TypeAlias = SpeechStarted | Utterance


@dataclass(frozen=True, slots=True)
class At:
    """Something that was settled by a frame."""

    frame: int
    """Frames heard when it was settled, counted from the first ever pushed."""
    what: What


@dataclass(slots=True)
class _Open:
    """What may still wait for an answer, in order."""

    frame: int | None
    """None: an utterance that has ended, only the moment is not known yet."""
    what: What
    last_voiced: int = 0
    """Of an ended one: frames heard when it was last voiced."""
    earliest: int = 0
    latest: int = 0
    """Of an ended one: frames heard when it was asked about, and when it ended at the latest."""


class Segmenter:
    """Cuts one speaker's frames into utterances. Holds `longest_s` of sound, and what waits."""

    def __init__(
        self,
        speaker: Speaker,
        config: SegmenterConfig,
        heard: int = 0,
        before: tuple[Frame, ...] = (),
    ) -> None:
        """One that goes on where another stopped has `heard` so many frames, the last `before`."""
        self._speaker = speaker
        self._config = config
        self._pre_roll = config.pre_roll_ms // FRAME_MS
        self._pause = config.pause_ms // FRAME_MS
        self._shortest = config.hangover_ms // FRAME_MS
        self._longest_hangover = config.longest_hangover_ms // FRAME_MS
        self._tail = config.tail_ms // FRAME_MS
        self._longest = int(config.longest_s * 1000) // FRAME_MS
        self._decided = int(config.decided_s * 1000) // FRAME_MS
        self._long = int(config.long_s * 1000) // FRAME_MS
        self._before: deque[tuple[Frame, bool]] = deque(
            ((frame, False) for frame in before), maxlen=config.frames_before
        )
        """Closed: the last frames and whether each was voiced."""
        self._frames: list[Frame] = []
        """Open: the utterance so far. Empty while closed."""
        self._last_voiced = 0
        """Open: index in `_frames` of the last voiced one."""
        self._buffer: deque[tuple[Frame, bool]] = deque()
        """Frames that wait for an answer."""
        self._heard = heard
        """Frames taken out of the buffer so far."""
        self._asked: Utterance | None = None
        """What the pause that lasts asked about."""
        self._hangover: int | None = None
        """The answer to it, frames."""
        self._ended = False
        self._out: deque[_Open] = deque()
        self._asks: list[Pause | Resumed] = []
        self._next_sample = before[-1].start_sample + FRAME_SAMPLES if before else None

    @property
    def waits(self) -> bool:
        """True while something waits for an answer."""
        return bool(self._buffer or self._out)

    @property
    def is_open(self) -> bool:
        """True between a `SpeechStarted` and its `Utterance`."""
        return bool(self._frames)

    @property
    def known_frames(self) -> int:
        """Frames heard up to which everything is settled."""
        undecided = next((o.earliest for o in self._out if o.frame is None), None)
        if undecided is not None:
            return undecided - 1
        return self._heard - self._blocked

    @property
    def done(self) -> bool:
        """True when the sound is over and nothing waits for an answer."""
        return self._ended and not self._frames and not self._buffer and not self._out

    def push(self, frame: Frame, voiced: bool) -> tuple[At, ...]:  # noqa: FBT001 - a decision per frame is what it takes
        """Take the next frame and the detector's word on it; return what that settled.

        Raises:
            ValueError: the frame does not follow the one before it.
        """
        if self._next_sample is not None and frame.start_sample != self._next_sample:
            raise ValueError(f"frame at {frame.start_sample}, expected {self._next_sample}")
        self._next_sample = frame.start_sample + FRAME_SAMPLES
        self._buffer.append((frame, voiced))
        return self._advance()

    def answer(self, number: int, hangover_ms: int) -> tuple[At, ...]:
        """How long a silence ends the utterance that `Pause` number asked about, while it is short.

        It is taken to lie between the shortest and the longest hangover. An answer that nobody
        waits for any more is ignored.
        """
        frames = min(max(hangover_ms // FRAME_MS, self._shortest), self._longest_hangover)
        if self._asked is not None and self._asked.number == number:
            self._hangover = self._hangover or frames
            if self._silence >= self._hangover:  # it has just come to where this ends it
                self._close(self._heard)
            return self._advance()
        for entry in self._out:
            if entry.frame is not None or not isinstance(entry.what, Utterance):
                continue
            if entry.what.number == number:
                entry.frame = min(max(entry.last_voiced + frames, entry.earliest), entry.latest)
        return self._advance()

    def flush(self) -> tuple[At, ...]:
        """The sound is over: what is open ends, as soon as nothing waits for an answer."""
        self._ended = True
        return self._advance()

    def asks(self) -> tuple[Pause | Resumed, ...]:
        """What was asked, and what needs no answer any more, since the last time."""
        asks, self._asks = tuple(self._asks), []
        return asks

    @property
    def open_since(self) -> int | None:
        """First sample of what is open; None in a pause and while closed."""
        if not self._frames or self._asked is not None:
            return None
        return self._frames[0].start_sample

    def so_far(self) -> Utterance | None:
        """What is open, as if it ended now; nobody asked about it, so it has no number."""
        if not self._frames or self._asked is not None:
            return None
        return replace(self._utterance(self._frames, cut=False), number=0)

    # ---- frame by frame -----------------------------------------------------------------------

    def _advance(self) -> tuple[At, ...]:
        while self._buffer:
            if self._blocked and not self._run_ahead():
                break
            if self._buffer:
                self._take(*self._buffer.popleft())
        if self._ended and not self._buffer and self._frames:
            undecided = self._blocked
            self._close(None if undecided else self._heard + 1, self._heard, self._heard + 1)
        settled = []
        while self._out and (frame := self._out[0].frame) is not None:
            settled.append(At(frame, self._out.popleft().what))
        return tuple(settled)

    @property
    def _silence(self) -> int:
        return len(self._frames) - 1 - self._last_voiced

    @property
    def _last_voiced_at(self) -> int:
        return self._heard - self._silence

    @property
    def _blocked(self) -> bool:
        """The pause has come to where it could end the utterance, and nobody has said yet."""
        return (
            self._asked is not None and self._hangover is None and self._silence >= self._shortest
        )

    def _run_ahead(self) -> bool:
        """Go on without the answer where it makes no difference; False where it does.

        It makes none when nothing but silence follows for the longest hangover, or to the end.
        """
        room = self._longest_hangover - self._silence
        quiet = list(islice(self._buffer, room))
        over = self._ended and len(quiet) < room
        if (
            any(voiced for _, voiced in quiet)
            or (len(quiet) < room and not over)
            or len(self._frames) + room >= self._longest
        ):
            return False
        asked_at = self._heard
        for _ in quiet:
            self._frames.append(self._buffer.popleft()[0])
        self._heard += len(quiet)
        self._close(None, asked_at, self._heard + over)
        return True

    def _take(self, frame: Frame, voiced: bool) -> None:  # noqa: FBT001 - as above
        self._heard += 1
        if not self._frames:
            self._before.append((frame, voiced))
            self._try_to_open()
            return
        self._frames.append(frame)
        if voiced:
            self._last_voiced = len(self._frames) - 1
            self._resume()
        elif self._asked is None and self._silence >= self._pause:
            self._ask(self._utterance(self._frames[: self._end], cut=False))
        if self._hangover is not None and self._silence >= self._hangover:
            self._close(self._heard)
        elif len(self._frames) >= self._longest:
            self._cut()

    def _try_to_open(self) -> None:
        window = max(0, len(self._before) - self._config.open_window)
        voiced = [i for i, (_, is_voiced) in enumerate(self._before) if is_voiced and i >= window]
        if len(voiced) < self._config.open_voiced:
            return
        first = voiced[0]
        begin = max(0, first - self._pre_roll)
        self._tell(SpeechStarted(self._speaker, self._before[first][0].start_sample))
        self._frames = [frame for frame, _ in self._before][begin:]
        self._last_voiced = voiced[-1] - begin
        self._before.clear()

    # ---- asking -------------------------------------------------------------------------------

    def _ask(self, utterance: Utterance) -> None:
        self._asked = utterance
        length = self._last_voiced + 1
        if length >= self._long:
            self._hangover = self._shortest
        elif length >= self._decided:
            self._hangover = self._config.hangover_decided_ms // FRAME_MS
        self._asks.append(Pause(utterance))

    def _resume(self) -> None:
        if self._asked is not None:
            self._asks.append(Resumed(self._speaker, self._asked.number))
        self._asked = self._hangover = None

    # ---- ending -------------------------------------------------------------------------------

    @property
    def _end(self) -> int:
        """Index in `_frames` after the tail."""
        return min(len(self._frames), self._last_voiced + 1 + self._tail)

    def _close(self, at_frame: int | None, earliest: int = 0, latest: int = 0) -> None:
        """End after the tail; what is left of the silence is the next utterance's pre-roll.

        With `at_frame` None the moment follows from an answer, and lies between the two.
        """
        if self._asked is None:
            self._ask(self._utterance(self._frames[: self._end], cut=False))
        assert self._asked is not None  # noqa: S101 - for the type checker
        self._out.append(_Open(at_frame, self._asked, self._last_voiced_at, earliest, latest))
        self._before.extend((frame, False) for frame in self._frames[self._end :])
        self._frames = []
        self._asked = self._hangover = None

    def _cut(self) -> None:
        at = _quietest_boundary(self._frames, len(self._frames) - CUT_SEARCH_FRAMES)
        if at > self._last_voiced:
            # The speaker paused just here: an end like any other, only a little early.
            self._close(self._heard)
            return
        self._resume()
        utterance = self._utterance(self._frames[:at], cut=True)
        self._ask(utterance)
        self._asked = self._hangover = None
        self._frames = self._frames[at:]
        self._last_voiced -= at
        self._tell(SpeechStarted(self._speaker, self._frames[0].start_sample))
        self._tell(utterance)

    def _tell(self, what: What) -> None:
        self._out.append(_Open(self._heard, what))

    def _utterance(self, frames: list[Frame], *, cut: bool) -> Utterance:
        samples = np.concatenate([frame.samples for frame in frames])
        # By when it is asked about; a cut may come with the frame that also asked.
        number = 2 * self._heard + cut
        return Utterance(self._speaker, frames[0].start_sample, samples, cut, number)


def _quietest_boundary(frames: list[Frame], first: int) -> int:
    """Index i >= first such that the frames on both sides of the cut before `frames[i]` are quiet.

    Of equally quiet boundaries the last one: the shorter the rest, the less is said twice late.
    """
    power = [
        float(np.mean(np.square(frame.samples, dtype=np.float64))) for frame in frames[first - 1 :]
    ]
    around = [before + after for before, after in pairwise(power)]
    quietest = min(around)
    return first + max(i for i, both in enumerate(around) if both == quietest)
