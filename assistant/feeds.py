"""Where a call comes from, as a stream of what was heard, in call order.

A feed asks `until` before it hands on anything that belongs to a later moment: that is all the
pacing there is, so a feed neither knows a clock nor a thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from assistant.model import CallWarning, Heard, Speaker, SpeechOpened, Tick, Transcript
from audio.files import BLOCK_SAMPLES, Note
from audio.types import RATE_HZ, Block, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from audio.capture import Capture
    from audio.echo import EchoStage
    from audio.files import Recording
    from audio.record import Recorder

    Until = Callable[[float], bool]

Fed: TypeAlias = Heard | Block | CallWarning
"""What a feed hands on; a `Block` has to be listened to first."""

LIVE_BLOCK_SAMPLES: Final = RATE_HZ // 25
"""40 ms: what a device would hand on."""

TICK_S: Final = 0.24
"""How often a transcript says that time passes: as often as sound does."""

ONE_CHANNEL: Final = (
    "Both sides are on one channel, so who spoke is not known and no signals are raised. Use a "
    "recording with one channel a speaker, or one file a speaker (--me-file, --them-file)."
)


class Feed(Protocol):
    """A call being read."""

    def items(self, until: Until) -> Iterator[Fed]:
        """What is heard, in call order; ends early when `until` answers False."""


@dataclass(frozen=True, slots=True)
class AudioFeed:
    """The sound of a recording, a block of each side in turn."""

    recording: Recording
    block_samples: int = BLOCK_SAMPLES
    """A block is handed on when its end has come: in real time, short ones come sooner."""
    told: str = ONE_CHANNEL
    """What to tell of a recording with both sides on one channel."""

    def items(self, until: Until) -> Iterator[Fed]:
        """What there is to hear, in call order; ends early when `until` answers False."""
        for note in self.recording.notes:
            yield CallWarning(note, 0.0)
        if self.recording.speakers == (Speaker.UNKNOWN,):
            yield CallWarning(self.told, 0.0)
        blocks = self.recording.items(self.block_samples)
        try:
            for item in blocks:
                if isinstance(item, Note):
                    yield CallWarning(item.message, round(seconds(item.at_sample), 3))
                    continue
                if not until(seconds(item.start_sample + len(item.samples))):
                    return
                yield item
        finally:
            blocks.close()


ONE_MICROPHONE: Final = (
    "One microphone hears both sides. Who speaks is told apart once each has spoken for a few "
    "seconds; no signals are raised before, and what was said till then is put right at the end. "
    "Better: let the call play on this computer and choose it with --them."
)


@dataclass(frozen=True, slots=True)
class LiveFeed:
    """Devices, a block of each side in turn, until somebody hangs up."""

    capture: Capture
    recorder: Recorder | None = None
    """Keeps the sound as it was heard, when the user asked for it."""
    echo: EchoStage | None = None
    """Takes the other side out of my microphone; the sound is kept without it."""

    def items(self, until: Until) -> Iterator[Fed]:
        """What there is to hear, in call order; what is left once `until` answers False."""
        if self.capture.speakers == (Speaker.UNKNOWN,):
            yield CallWarning(ONE_MICROPHONE, 0.0)
        heard = self.capture.items()
        try:
            for item in heard:
                if item is not None:
                    for each in self._without_echo(item):
                        yield from self._recorded(each)
                if not until(0.0):
                    break
            for item in self.capture.rest():
                for each in self._without_echo(item):
                    yield from self._recorded(each)
        finally:
            heard.close()

    def _without_echo(self, item: Block | Note) -> tuple[Block | Note, ...]:
        return (item,) if self.echo is None or isinstance(item, Note) else self.echo.take(item)

    def _recorded(self, item: Block | Note) -> Iterator[Fed]:
        if isinstance(item, Note):
            yield CallWarning(item.message, round(seconds(item.at_sample), 3))
            return
        if self.recorder is not None and (told := self.recorder.push(item)) is not None:
            yield CallWarning(told.message, round(seconds(told.at_sample), 3))
        yield item


@dataclass(frozen=True, slots=True)
class TranscriptFeed:
    """A transcript, as if it were spoken: opened at its start, heard at its end."""

    utterances: Sequence[Transcript]
    notes: tuple[str, ...] = ()
    """Plain sentences on what is odd about it."""

    def items(self, until: Until) -> Iterator[Fed]:
        """What is heard, in call order; ends early when `until` answers False."""
        for note in self.notes:
            yield CallWarning(note, 0.0)
        if any(u.speaker is Speaker.UNKNOWN for u in self.utterances):
            yield CallWarning(
                "The transcript does not say who spoke, so no signals are raised. Add speakers "
                "to it (<v NAME> or NAME: in front of the words).",
                0.0,
            )
        ticks = 0
        for at_s, heard in _in_call_order(self.utterances):
            while (ticks + 1) * TICK_S <= at_s:
                ticks += 1
                if not until(ticks * TICK_S):
                    return
                yield Tick(round(ticks * TICK_S, 3))
            if not until(at_s):
                return
            yield heard


def _in_call_order(utterances: Sequence[Transcript]) -> list[tuple[float, Heard]]:
    """Openings and words by time; at the same moment what ends comes before what begins."""
    moments: list[tuple[float, int, int, Heard]] = []
    for index, said in enumerate(utterances):
        opens = 1 if said.end_s > said.start_s else -1
        moments.append((said.start_s, opens, index, SpeechOpened(said.speaker, said.start_s)))
        moments.append((said.end_s, 0, index, said))
    moments.sort(key=lambda m: m[:3])
    return [(at_s, heard) for at_s, _, _, heard in moments]
