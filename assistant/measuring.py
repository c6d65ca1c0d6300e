"""The measures of a finished call, what followed each tool, understanding and speech over time.

Pure. Every formula is in `assistant.measure_book` and, for people, in docs/measures.md.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

from assistant.after import CurvePoint, Followed, Measured, SharePoint
from assistant.floor import Speech, gaps_before, interruptions
from assistant.measure_book import DEFINITIONS, STRESS_S, STRESS_WORDS
from assistant.measures import measure, talk_share_me
from assistant.model import Signal, SignalKind, Speaker, StateChanged, Transcript, Understanding
from assistant.signals.costs import HANDS_OVER
from assistant.summary import standing
from assistant.summary_parts import SAID_LETTERS, begun, loose_replies
from assistant.summary_words import WISHY_WASHY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assistant.model import Event, FinishedCall

_ME, _THEM = Speaker.ME, Speaker.THEM
_TOOLS: Final = (SignalKind.LABEL, SignalKind.SUMMARY, SignalKind.ACCUSATION_AUDIT)
_EARNS: Final = frozenset({SignalKind.LABEL, SignalKind.SUMMARY})
_STRESS: Final = frozenset(
    {SignalKind.PUSHBACK, SignalKind.CORRECTION, SignalKind.STALLED, SignalKind.PRESSURE}
)
_FILLER: Final = re.compile(r"\b(?:u+h+|u+m+|er+|erm+|a+h+|h+m+)\b", re.IGNORECASE)
_COUNTED: Final = {
    "questions_calibrated": SignalKind.CALIBRATED_QUESTION,
    "questions_no_oriented": SignalKind.NO_ORIENTED_QUESTION,
    "labels": SignalKind.LABEL,
    "mirrors": SignalKind.MIRROR,
    "summaries": SignalKind.SUMMARY,
    "audits": SignalKind.ACCUSATION_AUDIT,
    "resets": SignalKind.RESET,
    "thats_right": SignalKind.THATS_RIGHT,
    "offers": SignalKind.OFFER,
    "open_points": SignalKind.UNADDRESSED,
    "pressure": SignalKind.PRESSURE,
    "premature_moves": SignalKind.PREMATURE_MOVE,
    "filled_silences": SignalKind.FILLED_SILENCE,
}
_LEVELS: Final = {each: float(level) for level, each in enumerate(Understanding)}
_REPLY_S: Final = 10.0
"""Words of theirs that begin later are no reply any more."""


@dataclass(frozen=True, slots=True)
class CallMeasures:
    """What a finished call gives beside its summary."""

    measured: tuple[Measured, ...]
    """All measures, in the order of `measure_book.DEFINITIONS`."""
    followed: tuple[Followed, ...]
    """What followed each tool of the method, by time."""
    curve: tuple[CurvePoint, ...]
    """Understanding, by time."""


def measure_call(call: FinishedCall) -> CallMeasures:
    """Everything that is measured of a call."""
    said = tuple(each for each in call.events if isinstance(each, Transcript) and each.final)
    signals = tuple(each for each in _standing(call.events) if each.speaker is not Speaker.UNKNOWN)
    speech = Speech(said)
    points = curve(call.events)
    after = followed(signals, speech)
    found: dict[str, Measured] = {}
    heard = {each.speaker for each in said}
    if heard and Speaker.UNKNOWN not in heard:
        _of_speech(found, said, speech)
        _of_floor(found, speech, call.summary.duration_s)
        _of_signals(found, signals)
        _of_tools(found, after)
        _of_replies(found, signals)
        _of_stress(found, said, signals)
        _of_understanding(found, points, call.summary.duration_s)
    return CallMeasures(
        tuple(found.get(key, Measured(key, None, 0)) for key in DEFINITIONS), after, points
    )


def followed(signals: Iterable[Signal], speech: Speech) -> tuple[Followed, ...]:
    """Each use of a tool, the silence after it and their reply. `signals` are those that stand."""
    signals = tuple(signals)
    replies: dict[int, Signal] = {}
    for each in signals:
        if each.answers is not None:
            replies.setdefault(each.answers, each)
    return tuple(
        _followed(each, speech, replies.get(each.id)) for each in signals if each.kind in HANDS_OVER
    )


def _followed(tool: Signal, speech: Speech, reply: Signal | None) -> Followed:
    silence = speech.silence_after(tool.end_s)
    turn = speech.next_turn(_THEM, tool.end_s)
    mine = speech.next_turn(_ME, tool.end_s)
    late = turn is None or turn.start_s - tool.end_s > _REPLY_S
    passed = mine is not None and turn is not None and mine.start_s < turn.start_s
    text = "" if turn is None or late or passed else turn.text
    if reply is not None and not text:
        text = reply.quote
    return Followed(
        signal=tool.id,
        kind=tool.kind,
        at_s=tool.at_s,
        quote=tool.quote,
        silence_s=silence.length_s,
        i_spoke_first=silence.next is _ME,
        reply=None if reply is None else reply.kind,
        reply_signal=None if reply is None else reply.id,
        reply_quote=begun(text, SAID_LETTERS),
    )


def curve(events: Iterable[Event]) -> tuple[CurvePoint, ...]:
    """How well they feel understood, a point for each change."""
    levels: dict[str, float] = {}
    points: list[CurvePoint] = []
    for each in events:
        if isinstance(each, StateChanged):
            levels[each.subject] = _LEVELS[each.understanding]
            level = sum(levels.values()) / len(levels)
            points.append(CurvePoint(each.at_s, level, each.subject, each.understanding))
    return tuple(sorted(points, key=lambda point: point.at_s))


def share_over_time(
    said: Sequence[Transcript], duration_s: float, windows: int
) -> tuple[SharePoint, ...]:
    """My share of the speech in each of so many windows of one length, in call order.

    Speech counts in the windows it lies in; both at once count for both.
    """
    width_s = duration_s / windows if duration_s > 0 else 1.0
    mine, theirs = [0.0] * windows, [0.0] * windows
    for each in said:
        if each.speaker is Speaker.UNKNOWN:
            continue
        sums = mine if each.speaker is _ME else theirs
        at_s = each.start_s
        while at_s < each.end_s:
            index = min(int(at_s / width_s), windows - 1)
            end_s = each.end_s if index == windows - 1 else (index + 1) * width_s
            stop_s = min(each.end_s, max(end_s, at_s + width_s * 1e-6))
            sums[index] += stop_s - at_s
            at_s = stop_s
    return tuple(
        SharePoint(
            (index + 0.5) * width_s,
            mine[index] / (mine[index] + theirs[index]) if mine[index] + theirs[index] else None,
        )
        for index in range(windows)
    )


def _standing(events: Iterable[Event]) -> tuple[Signal, ...]:
    return standing(each for each in events if isinstance(each, Signal))


def _put(found: dict[str, Measured], key: str, value: float | None, cases: int) -> None:
    found[key] = Measured(key, value, cases)


def _of_speech(found: dict[str, Measured], said: Sequence[Transcript], speech: Speech) -> None:
    me, them = measure(_ME, said), measure(_THEM, said)
    _put(found, "talk_share_me", talk_share_me((me, them)), len(said))
    for each, side in ((me, "me"), (them, "them")):
        minutes = each.speech_s / 60
        lengths = [t.end_s - t.start_s for t in speech.turns if t.speaker is each.speaker]
        _put(found, f"longest_stretch_{side}", max(lengths, default=None), len(lengths))
        _put(found, f"pace_{side}", each.words / minutes if minutes else None, each.words)
    fillers = sum(len(_FILLER.findall(each.text)) for each in said if each.speaker is _ME)
    _put(found, "fillers_me", 100 * fillers / me.words if me.words else None, fillers)
    _put(found, "questions", float(me.questions), me.questions)


def _of_floor(found: dict[str, Measured], speech: Speech, duration_s: float) -> None:
    switches = sum(1 for _ in pairwise(speech.turns))
    _put(found, "switches", switches / (duration_s / 60) if duration_s else None, switches)
    for speaker, key in ((_ME, "pause_before_reply"), (_THEM, "pause_before_reply_them")):
        gaps = gaps_before(speaker, speech.turns)
        _put(found, key, median(gaps) if gaps else None, len(gaps))
        broke_in = interruptions(speaker, speech.turns)
        side = "me" if speaker is _ME else "them"
        _put(found, f"interruptions_by_{side}", float(broke_in), len(gaps))


def _of_signals(found: dict[str, Measured], signals: Sequence[Signal]) -> None:
    counts = Counter(each.kind for each in signals)
    for key, kind in _COUNTED.items():
        _put(found, key, float(counts[kind]), counts[kind])
    asked = counts[SignalKind.CALIBRATED_QUESTION] + counts[SignalKind.NO_ORIENTED_QUESTION]
    other = max(found["questions"].cases - asked, 0)
    _put(found, "questions_other", float(other), other)
    first = next((each.at_s for each in signals if each.kind is SignalKind.THATS_RIGHT), None)
    _put(found, "first_thats_right", first, counts[SignalKind.THATS_RIGHT])


def _of_tools(found: dict[str, Measured], after: Sequence[Followed]) -> None:
    tools = [each for each in after if each.kind in _TOOLS]
    silences = [each.silence_s for each in tools if each.silence_s is not None]
    _put(found, "silence_after_labels", median(silences) if silences else None, len(silences))
    kept = sum(not each.i_spoke_first and each.silence_s is not None for each in tools)
    answered = sum(each.silence_s is not None for each in tools)
    _put(found, "silence_kept", kept / answered if answered else None, answered)
    earns = [each for each in after if each.kind in _EARNS]
    earned = sum(each.reply is SignalKind.THATS_RIGHT for each in earns)
    _put(found, "thats_right_rate", earned / len(earns) if earns else None, len(earns))


def _of_replies(found: dict[str, Measured], signals: Sequence[Signal]) -> None:
    replies = sum(each.kind in WISHY_WASHY for each in signals)
    _put(found, "wishy_washy", float(replies), replies)
    loose = loose_replies(signals, lambda _: "")
    caught = sum(each.followed_up_s is not None for each in loose)
    _put(found, "followed_up", caught / len(loose) if loose else None, len(loose))


def _of_stress(
    found: dict[str, Measured], said: Sequence[Transcript], signals: Sequence[Signal]
) -> None:
    moments = [each.at_s for each in signals if each.kind in _STRESS]
    words = {True: 0, False: 0}
    seconds = {True: 0.0, False: 0.0}
    for each in said:
        if each.speaker is not _ME:
            continue
        stressed = any(at_s <= each.start_s < at_s + STRESS_S for at_s in moments)
        words[stressed] += len(each.text.split())
        seconds[stressed] += each.end_s - each.start_s
    enough = all(words[each] >= STRESS_WORDS and seconds[each] > 0 for each in (True, False))
    change = None
    if enough:
        change = (words[True] / seconds[True]) / (words[False] / seconds[False]) - 1
    _put(found, "pace_change_me", change, words[True])


def _of_understanding(
    found: dict[str, Measured], points: Sequence[CurvePoint], duration_s: float
) -> None:
    if not points:
        return
    end_s = max(duration_s, points[-1].at_s)
    ends = [*(each.at_s for each in points[1:]), end_s]
    lasted = end_s - points[0].at_s
    area = sum(p.level * (stop - p.at_s) for p, stop in zip(points, ends, strict=True))
    level = area / lasted if lasted > 0 else points[-1].level
    _put(found, "understanding", level, len(points))
    _put(found, "understanding_end", points[-1].level, len(points))
