"""Who said how much: turns and measures from what was heard. Pure.

A turn is one or more utterances of one speaker with no speech of another between them. Speech
of another inside an utterance ("mhm") does not end the turn.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.model import Speaker, SpeakerMeasures

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assistant.model import Transcript

_QUESTION: Final = re.compile(r"[?!]*\?[?!]*")
"""One question, however many marks it ends with."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said until another spoke."""

    speaker: Speaker
    utterances: tuple[Transcript, ...]
    """In time order, at least one."""

    @property
    def length_s(self) -> float:
        """From its first word to its last, seconds."""
        return max(each.end_s for each in self.utterances) - self.utterances[0].start_s


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch of call time, seconds."""

    start_s: float
    end_s: float


def turns_of(speaker: Speaker, transcripts: Iterable[Transcript]) -> tuple[Turn, ...]:
    """The turns of one speaker, in time order. `transcripts` are everybody's."""
    said = sorted(transcripts, key=lambda each: (each.start_s, each.end_s))
    others = _merged([each for each in said if each.speaker is not speaker])
    found: list[list[Transcript]] = []
    end_s = 0.0
    nearest = 0
    for each in said:
        if each.speaker is not speaker:
            continue
        while nearest < len(others) and others[nearest].end_s <= end_s:
            nearest += 1
        spoken_between = nearest < len(others) and others[nearest].start_s < each.start_s
        if found and not spoken_between:
            found[-1].append(each)
        else:
            found.append([each])
        end_s = max(end_s, each.end_s)
    return tuple(Turn(speaker, tuple(utterances)) for utterances in found)


def measure(speaker: Speaker, transcripts: Sequence[Transcript]) -> SpeakerMeasures:
    """What one speaker did. `transcripts` are everybody's."""
    own = [each for each in transcripts if each.speaker is speaker]
    turns = turns_of(speaker, transcripts)
    spans = _merged(sorted(own, key=lambda each: each.start_s))
    return SpeakerMeasures(
        speaker=speaker,
        speech_s=sum(each.end_s - each.start_s for each in spans),
        words=sum(len(each.text.split()) for each in own),
        turns=len(turns),
        longest_turn_s=max((each.length_s for each in turns), default=0.0),
        questions=sum(len(_QUESTION.findall(each.text)) for each in own),
    )


def talk_share_me(measures: Iterable[SpeakerMeasures]) -> float | None:
    """My share of the speech, 0..1; None when nobody spoke or not all of it has a speaker."""
    speech_s = {each.speaker: each.speech_s for each in measures}
    total_s = sum(speech_s.values())
    if not total_s or speech_s.get(Speaker.UNKNOWN):
        return None
    return speech_s.get(Speaker.ME, 0.0) / total_s


def _merged(said: Iterable[Transcript]) -> tuple[_Span, ...]:
    """The stretches with speech in them; `said` is sorted by start."""
    spans: list[_Span] = []
    for each in said:
        if spans and each.start_s <= spans[-1].end_s:
            spans[-1] = _Span(spans[-1].start_s, max(spans[-1].end_s, each.end_s))
        else:
            spans.append(_Span(each.start_s, max(each.start_s, each.end_s)))
    return tuple(spans)
