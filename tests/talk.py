"""Short dialogues as tests write them: "m: what I say", "t: what they say"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant import phrases
from assistant.engine import Engine
from assistant.feeds import TranscriptFeed
from assistant.model import CallWarning, Event, Signal, Speaker, Transcript

if TYPE_CHECKING:
    from collections.abc import Iterable

WORD_S = 0.35
GAP_S = 0.6


def spoken(*turns: str) -> tuple[Transcript, ...]:
    """Turns one after another, at an ordinary pace."""
    said: list[Transcript] = []
    at_s = 1.0
    for turn in turns:
        who, _, text = turn.partition(": ")
        length_s = max(0.4, len(text.split()) * WORD_S)
        speaker = Speaker.ME if who == "m" else Speaker.THEM
        said.append(Transcript(speaker, round(at_s, 2), round(at_s + length_s, 2), text))
        at_s += length_s + GAP_S
    return tuple(said)


def events_of(said: Iterable[Transcript]) -> list[Event]:
    """Everything the engine makes of it."""
    engine = Engine(phrases.load())
    events: list[Event] = []
    for heard in TranscriptFeed(tuple(said)).items(lambda _at_s: True):
        if not isinstance(heard, CallWarning):
            events.extend(engine.step(heard))
    return [*events, *engine.finish()]


def signals_of(said: Iterable[Transcript]) -> list[Signal]:
    """The signals alone."""
    return [e for e in events_of(said) if isinstance(e, Signal)]


def replies_to_last(*turns: str) -> set[str]:
    """Kinds of the signals on the last turn, as revised, without those of the dialogue."""
    said = spoken(*turns)
    found = [s for s in signals_of(said) if s.start_s == said[-1].start_s and s.kind != "stalled"]
    revised = {s.revises for s in found}
    return {s.kind.value for s in found if s.id not in revised}
