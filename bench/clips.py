"""What the speech benches share: the recogniser, and recordings through the ears or all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from assistant import models, phrases
from assistant.asr import Decoding, WhisperRecogniser
from assistant.endpoints import EndpointPolicy
from assistant.model import CallInfo, Event, Source, Speaker
from assistant.runtime import MAX_SPEED, CallSession, Recognisers
from audio.files import Side, open_recording
from audio.listener import Listener
from audio.segmenter import SegmenterConfig
from audio.types import Block, Pause, Utterance
from audio.vad import SpeechDetector

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from assistant.asr import Recogniser
    from assistant.feeds import Feed
    from assistant.runtime import Apart


HANGOVER_MS = 450
"""Where the words do not decide."""


@dataclass(frozen=True)
class Spoken:
    """A recording, cut up."""

    utterances: list[Utterance]
    length_s: float


def recogniser(
    name: str | None = None, *, threads: int = 0, terms: tuple[str, ...] = ()
) -> WhisperRecogniser:
    """As `thatsright replay` makes it."""
    model = models.find(name)
    return WhisperRecogniser(
        model.folder,
        model.name,
        Decoding(threads=threads, replies=phrases.load().short, terms=terms),
    )


def spoken(path: Path) -> Spoken:
    """The utterances of all legs of a recording."""
    recording = open_recording(path, Side.LEFT)
    listener = Listener(recording.speakers, SpeechDetector, SegmenterConfig())
    found: list[Utterance] = []
    length = 0
    for item in recording.items():
        if isinstance(item, Block):
            length = item.start_sample + len(item.samples)
            found += [e for e in listener.push(item) if isinstance(e, Utterance)]
            found += answered(listener)
    found += [e for e in listener.finish() if isinstance(e, Utterance)]
    found += answered(listener)
    return Spoken(found, length / 16_000)


def events_of(
    name: str, feed: Feed, legs: Sequence[Speaker], hear: Recogniser, apart: Apart | None = None
) -> list[Event]:
    """What the product tells of a call at full speed: ears, recogniser, engine.

    With `apart` its one leg is told apart into both speakers.
    """
    book = phrases.load()
    policy = EndpointPolicy.of(book.short, book.goes_on)
    speakers = tuple(legs) if apart is None else (Speaker.ME, Speaker.THEM)
    info = CallInfo(name, "", Source.AUDIO, hear.name, None, datetime.now(UTC), speakers)
    session = CallSession(
        info,
        feed,
        Recognisers(lambda: hear),
        book,
        lambda: (Listener(legs, SpeechDetector, SegmenterConfig()), policy),
    )
    if apart is not None:
        session.tell_apart_with(apart)
    session.playback.set_speed(MAX_SPEED)
    events: list[Event] = []
    session.run(events.append)
    return events


def answered(listener: Listener) -> list[Utterance]:
    """The same silence ends every utterance."""
    found: list[Utterance] = []
    while asks := listener.asks():
        for ask in asks:
            if isinstance(ask, Pause):
                settled = listener.answer(ask.utterance.speaker, ask.utterance.number, HANGOVER_MS)
                found += [e for e in settled if isinstance(e, Utterance)]
    return found
