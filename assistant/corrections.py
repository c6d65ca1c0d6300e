"""What the user corrected of a call, and the call derived anew from it. Pure.

Lines are the final utterances of the original, numbered from 1: their numbers never change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from assistant.engine import Engine
from assistant.feeds import TranscriptFeed
from assistant.kinds import SignalKind
from assistant.model import (
    CallWarning,
    FinishedCall,
    Note,
    Signal,
    Speaker,
    SpeechDropped,
    SpeechOpened,
    Tick,
    Transcript,
)
from assistant.summary import standing, summarise
from assistant.verdicts import Verdict, Verdicts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assistant.model import Event
    from assistant.phrases import PhraseBook

THEIRS: Final = (
    SignalKind.THATS_RIGHT,
    SignalKind.YOURE_RIGHT,
    SignalKind.BARE_YES,
    SignalKind.QUALIFIED_AGREEMENT,
    SignalKind.FACTUAL_CONFIRMATION,
    SignalKind.NO_ORIENTED_AGREEMENT,
    SignalKind.CORRECTION,
    SignalKind.DEFERRAL,
    SignalKind.OFFER,
    SignalKind.PUSHBACK,
)
"""Kinds the other side speaks."""
OF_DIALOGUE: Final = (SignalKind.STALLED, SignalKind.UNADDRESSED)
"""Kinds of no single line: they can be denied, not given."""
MINE: Final = tuple(k for k in SignalKind if k not in (*THEIRS, *OF_DIALOGUE))
"""Kinds I speak."""


class What(StrEnum):
    """What a correction is about."""

    TEXT = "text"
    """The words are these; none when empty."""
    SPEAKER = "speaker"
    """Who spoke is this one."""
    NOT = "not"
    """The line is no signal of this kind."""
    IS = "is"
    """The line is a signal of this kind."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing the user said was otherwise."""

    line: int
    """Counts from 1 in the original."""
    what: What
    value: str
    """The words, `me` or `them`, or a kind of signal."""
    step: int = 0
    """Those made together have the same number and are undone together."""


def lines_of(original: FinishedCall) -> tuple[Transcript, ...]:
    """What was said in the original, in its order."""
    return tuple(e for e in original.events if isinstance(e, Transcript) and e.final)


def corrected_lines(
    original: FinishedCall, corrections: Iterable[Correction]
) -> tuple[Transcript, ...]:
    """The lines with the words and speakers the user gave; one without words is empty."""
    found = list(lines_of(original))
    for each in corrections:
        line = found[each.line - 1]
        if each.what is What.TEXT and each.value != line.text:
            found[each.line - 1] = replace(line, text=each.value, words=())
        elif each.what is What.SPEAKER:
            found[each.line - 1] = replace(
                line, speaker=Speaker(each.value), speaker_confidence=None, overlap=()
            )
    return tuple(found)


def verdicts_of(
    lines: Sequence[Transcript], corrections: Iterable[Correction]
) -> dict[Transcript, Verdict]:
    """What holds of each line that was judged; what was said last counts."""
    found: dict[Transcript, Verdict] = {}
    for each in corrections:
        if each.what not in {What.NOT, What.IS}:
            continue
        line, kind = lines[each.line - 1], SignalKind(each.value)
        before = found.get(line, Verdict())
        denied, said = before.denied - {kind}, tuple(k for k in before.said if k is not kind)
        if each.what is What.NOT:
            found[line] = Verdict(denied | {kind}, said)
        else:
            found[line] = Verdict(denied, (*said, kind))
    return found


def derive(
    original: FinishedCall,
    corrections: Sequence[Correction],
    book: PhraseBook,
    notes: Sequence[Note] | None = None,
    *,
    judged: bool = True,
) -> FinishedCall:
    """The call as the present rules hear the corrected words.

    Warnings and `notes` (those of the original, when None) stay where they were. What was said by
    key about prompts goes: they are other prompts. Without `judged`, what the user said of signals
    is left out: what would the rules say by themselves?
    """
    lines = corrected_lines(original, corrections)
    verdicts = Verdicts(verdicts_of(lines, corrections) if judged else {})
    said = sorted((line for line in lines if line.text), key=lambda line: line.start_s)
    kept = [
        e
        for e in original.events
        if isinstance(e, CallWarning) or (notes is None and isinstance(e, Note))
    ]
    beside = sorted((*kept, *(notes or ())), key=lambda e: e.at_s)
    events = tuple(_events(Engine(book, verdicts), said, beside))
    heard = {line.speaker for line in said} | set(original.info.speakers)
    info = replace(original.info, speakers=tuple(s for s in Speaker if s in heard))
    return FinishedCall(info, events, summarise(info, events))


def _events(
    engine: Engine, said: Sequence[Transcript], beside: Sequence[CallWarning | Note]
) -> Iterator[Event]:
    """What follows from the words; what came beside them in its place by time."""
    waiting = list(beside)
    for item in TranscriptFeed(said).items(lambda _: True):
        if isinstance(item, CallWarning) or not isinstance(
            item, SpeechOpened | SpeechDropped | Transcript | Tick
        ):
            continue
        at_s = item.end_s if isinstance(item, Transcript) else item.at_s
        while waiting and waiting[0].at_s <= at_s:
            yield waiting.pop(0)
        yield from _kept(engine.step(item))
    yield from _kept(engine.finish())
    yield from waiting


def _kept(events: Iterable[Event]) -> Iterator[Event]:
    return (e for e in events if not isinstance(e, SpeechOpened | SpeechDropped))


def line_of(signal: Signal, lines: Sequence[Transcript]) -> int | None:
    """The number of the line a signal rests on; None when there is none like it."""
    fits = [
        number
        for number, line in enumerate(lines, 1)
        if (line.speaker, line.start_s, line.end_s)
        == (signal.speaker, signal.start_s, signal.end_s)
    ]
    return next((n for n in fits if signal.quote in lines[n - 1].text), fits[0] if fits else None)


# ---- corrections as test cases --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judgement:
    """One thing the user said of a line, and whether the rules say so by themselves."""

    line: int
    kind: SignalKind
    wanted: bool
    """True: the line is a signal of this kind; False: it is not."""
    met: bool
    at_s: float
    text: str
    """The line's words, as corrected."""


def judgements(
    original: FinishedCall, corrections: Sequence[Correction], book: PhraseBook
) -> tuple[Judgement, ...]:
    """Each of the user's judgements against the rules of today, by line."""
    lines = corrected_lines(original, corrections)
    wanted = verdicts_of(lines, corrections)
    if not wanted:
        return ()
    alone = derive(original, corrections, book, judged=False)
    heard = {
        (line_of(s, lines), s.kind)
        for s in standing(e for e in alone.events if isinstance(e, Signal))
    }
    found = []
    for number, line in enumerate(lines, 1):
        verdict = wanted.get(line, Verdict())
        for kind in sorted(verdict.denied):
            met = (number, kind) not in heard
            found.append(Judgement(number, kind, False, met, line.start_s, line.text))  # noqa: FBT003
        for kind in verdict.said:
            met = (number, kind) in heard
            found.append(Judgement(number, kind, True, met, line.start_s, line.text))  # noqa: FBT003
    return tuple(found)
