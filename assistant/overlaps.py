"""Where both talk at once. Pure.

Each side has a channel of its own, so when it speaks is known. What somebody said is held against
what the other said meanwhile; where the other still speaks, against when that was. What is kept of
a call is marked once more when all of it is known: what sounded like speech may have held no words.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from assistant.model import Speaker, SpeechDropped, SpeechOpened, TimeSpan, Transcript

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assistant.model import Event, Heard

LEAST_S: Final = 0.2
"""Who takes over as the other stops touches the other's last sound: shorter is no overlap."""

JOIN_S: Final = 0.1
"""Speech on both sides of a shorter pause is one stretch."""

KEPT_S: Final = 30.0
"""What was said is remembered for so long; an utterance is at most 10 s."""

_OTHER: Final = {Speaker.ME: Speaker.THEM, Speaker.THEM: Speaker.ME}


class Sounding(Protocol):
    """When a speaker made speech-like sounds, whether or not the words are known."""

    def __call__(self, speaker: Speaker, start_s: float, end_s: float) -> tuple[TimeSpan, ...]:
        """Those from one moment to another, in order; none where they may be somebody else's."""


class Overlaps:
    """One call's two legs. What is heard goes through it, in call order."""

    def __init__(self, sounding: Sounding) -> None:
        self._sounding = sounding
        self._open: dict[Speaker, deque[float]] = {speaker: deque() for speaker in _OTHER}
        """Starts of what is being said and is not known yet."""
        self._spoke: dict[Speaker, deque[TimeSpan]] = {speaker: deque() for speaker in _OTHER}

    def pass_on(self, heard: Heard) -> Heard:
        """The same, with where the other talked too."""
        match heard:
            case SpeechOpened(speaker, at_s) if speaker in _OTHER:
                self._open[speaker].append(at_s)
            case SpeechDropped(speaker) if speaker in _OTHER:
                self._known(speaker)
            case Transcript(speaker) if heard.final and speaker in _OTHER:
                self._known(speaker)
                return self._said(heard)
        return heard

    def _known(self, speaker: Speaker) -> None:
        if self._open[speaker]:
            self._open[speaker].popleft()

    def _said(self, heard: Transcript) -> Transcript:
        other = _OTHER[heard.speaker]
        theirs = list(self._spoke[other])
        if self._open[other]:
            since_s = max(self._open[other][0], heard.start_s)
            theirs += self._sounding(other, since_s, heard.end_s)
        mine = _speech(heard)
        self._spoke[heard.speaker].extend(mine)
        for spoke in self._spoke.values():
            while spoke and spoke[0].end_s < heard.end_s - KEPT_S:
                spoke.popleft()
        return replace(heard, overlap=both(_joined(mine), _joined(theirs)))


def marked(events: Iterable[Event]) -> tuple[Event, ...]:
    """What is kept of a call, with every overlap as it is known in the end."""
    events = tuple(events)
    said = [e for e in events if isinstance(e, Transcript)]
    spoke = {
        speaker: _joined(span for e in said if e.speaker is speaker for span in _speech(e))
        for speaker in _OTHER
    }
    return tuple(
        replace(e, overlap=both(_joined(_speech(e)), spoke[_OTHER[e.speaker]]))
        if isinstance(e, Transcript) and e.speech and e.speaker in _OTHER
        else e
        for e in events
    )


def both(mine: Sequence[TimeSpan], theirs: Sequence[TimeSpan]) -> tuple[TimeSpan, ...]:
    """Where both are, at least `LEAST_S` long, in order.

    Each of `mine` and of `theirs` is apart from the ones before it and after it, and in order.
    """
    ends = [span.end_s for span in theirs]
    found: list[TimeSpan] = []
    for span in mine:
        for other in theirs[bisect_right(ends, span.start_s) :]:
            if other.start_s >= span.end_s:
                break
            start_s, end_s = max(span.start_s, other.start_s), min(span.end_s, other.end_s)
            if end_s - start_s >= LEAST_S:
                found.append(TimeSpan(start_s, end_s))
    return tuple(found)


def _joined(spans: Iterable[TimeSpan]) -> tuple[TimeSpan, ...]:
    """In order, without the shortest of pauses."""
    joined: list[TimeSpan] = []
    for span in sorted(spans, key=lambda each: (each.start_s, each.end_s)):
        if joined and span.start_s < joined[-1].end_s + JOIN_S:
            joined[-1] = TimeSpan(joined[-1].start_s, max(joined[-1].end_s, span.end_s))
        else:
            joined.append(span)
    return tuple(joined)


def _speech(said: Transcript) -> tuple[TimeSpan, ...]:
    """Where in it there is speech, within what is left of it."""
    return tuple(
        TimeSpan(max(span.start_s, said.start_s), min(span.end_s, said.end_s))
        for span in said.speech
        if span.start_s < said.end_s and said.start_s < span.end_s
    )
