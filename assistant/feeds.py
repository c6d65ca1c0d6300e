"""Where a call comes from, as a stream of what was heard, in call order.

A feed asks `until` before it hands on anything that belongs to a later moment: that is all the
pacing there is, so a feed neither knows a clock nor a thread.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from assistant.model import CallWarning, Heard, Speaker, SpeechOpened, Tick, Transcript
from audio.files import Note
from audio.listener import Listener
from audio.segmenter import SegmenterConfig
from audio.types import Passed, SpeechStarted, Utterance, seconds
from audio.vad import WebRtcDetector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from audio.files import Recording
    from audio.listener import Settled

    Until = Callable[[float], bool]

Fed: TypeAlias = Heard | Utterance | CallWarning
"""What a feed hands on; an `Utterance` has to be recognised first."""

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
    """A recording through frames, voice activity and segments."""

    recording: Recording
    segments: SegmenterConfig = field(default_factory=SegmenterConfig)
    vad_level: int = 2

    def items(self, until: Until) -> Iterator[Fed]:
        """What is heard, in call order; ends early when `until` answers False."""
        speakers = self.recording.speakers
        for note in self.recording.notes:
            yield CallWarning(note, 0.0)
        if speakers == (Speaker.UNKNOWN,):
            yield CallWarning(ONE_CHANNEL, 0.0)
        listener = Listener(speakers, lambda: WebRtcDetector(self.vad_level), self.segments)
        blocks = self.recording.items()
        try:
            for item in blocks:
                if isinstance(item, Note):
                    yield CallWarning(item.message, round(seconds(item.at_sample), 3))
                    continue
                if not until(seconds(item.start_sample + len(item.samples))):
                    return
                yield from map(_heard, listener.push(item))
            yield from map(_heard, listener.finish())
        finally:
            blocks.close()


def _heard(settled: Settled) -> Fed:
    match settled:
        case SpeechStarted(speaker, start):
            return SpeechOpened(speaker, round(seconds(start), 3))
        case Passed(at_sample):
            return Tick(round(seconds(at_sample), 3))
        case Utterance():
            return settled


@dataclass(frozen=True, slots=True)
class TranscriptFeed:
    """A transcript, as if it were spoken: opened at its start, heard at its end."""

    utterances: Sequence[Transcript]

    def items(self, until: Until) -> Iterator[Fed]:
        """What is heard, in call order; ends early when `until` answers False."""
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
