"""A call's words understood again, when it turned out that somebody else said them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.engine import Engine
from assistant.feeds import TranscriptFeed
from assistant.model import CallWarning, Note, SpeechDropped, SpeechOpened, Transcript
from audio.types import Block

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from assistant.model import Event
    from assistant.phrases import PhraseBook


def understood(
    said: Iterable[Transcript], beside: Iterable[CallWarning | Note], book: PhraseBook
) -> tuple[Event, ...]:
    """What is kept of a call in which this was said; what was told `beside` is kept, in front."""
    engine = Engine(book)
    events: list[Event] = list(beside)
    for heard in TranscriptFeed(sorted(said, key=_when)).items(lambda _: True):
        if not isinstance(heard, CallWarning | Block):
            events += [e for e in engine.step(heard) if not _passing(e)]
    return (*events, *engine.finish())


def corrected(
    events: Sequence[Event],
    instead: Mapping[Transcript, Sequence[Transcript]],
    book: PhraseBook,
) -> tuple[Event, ...]:
    """What is kept of a call, with some of its words somebody else's than was thought."""
    said = [e for e in events if isinstance(e, Transcript)]
    beside = [e for e in events if isinstance(e, CallWarning | Note)]
    return understood([n for e in said for n in instead.get(e, (e,))], beside, book)


def _passing(event: Event) -> bool:
    """Not kept."""
    return isinstance(event, SpeechOpened | SpeechDropped)


def _when(said: Transcript) -> tuple[float, float]:
    return said.start_s, said.end_s
