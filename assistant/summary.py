"""A finished call by the method: outcome, measures, moments, one thing to practise.

Pure and deterministic. A signal that was revised counts as what it became.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.facts import facts_of
from assistant.measures import measure, talk_share_me, turns_of
from assistant.model import (
    CallSummary,
    LooseReply,
    Outcome,
    Prompt,
    PromptUsed,
    Signal,
    SignalCount,
    SignalKind,
    Source,
    Speaker,
    StateChanged,
    SubjectState,
    Technique,
    Transcript,
)
from assistant.signals.costs import HANDS_OVER
from assistant.summary_parts import (
    SAID_LETTERS,
    agreements,
    loose_replies,
    moments,
    open_points,
)
from assistant.summary_words import (
    WISHY_WASHY,
    Judged,
    headline,
    headline_kinds,
    practise,
    practise_kinds,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assistant.model import CallInfo, Event


def summarise(info: CallInfo, events: Iterable[Event]) -> CallSummary:
    """The summary of a call. `events` in the order they came; partial transcripts are skipped."""
    events = tuple(events)
    said = tuple(each for each in events if isinstance(each, Transcript) and each.final)
    signals = standing(each for each in events if isinstance(each, Signal))
    heard = frozenset(each.speaker for each in said)
    measures = tuple(
        measure(speaker, said)
        for speaker in Speaker
        if speaker in heard or speaker in info.speakers
    )
    spoken = _with_speaker(signals)
    before = _MySpeech(said)
    loose = loose_replies(spoken, before.before)
    judged = replace(
        _judge(spoken, heard, talk_share_me(measures), loose), live=info.source is Source.LIVE
    )
    counts = Counter(each.kind for each in signals)
    return CallSummary(
        outcome=judged.outcome,
        headline=headline(judged),
        duration_s=max((info.duration_s or 0.0, *(each.end_s for each in said))),
        measures=measures,
        talk_share_me=judged.talk_share_me,
        signals=_counts(counts),
        subjects=_subjects(each for each in events if isinstance(each, StateChanged)),
        first_thats_right_s=judged.first_thats_right_s,
        moments=moments(spoken, said, events, before.before),
        prompts_shown=len({each.id for each in events if isinstance(each, Prompt)}),
        prompts_used=len({each.prompt for each in events if isinstance(each, PromptUsed)}),
        practise=practise(judged),
        techniques=_techniques(signals),
        headline_signals=_ids(spoken, headline_kinds(judged)),
        practise_signals=_practise_signals(spoken, judged, loose),
        agreements=agreements(spoken, events),
        offers=_ids(spoken, frozenset({SignalKind.OFFER})),
        loose=loose,
        open_points=open_points(spoken, events),
        facts=facts_of(said),
    )


def _ids(signals: Iterable[Signal], kinds: frozenset[SignalKind]) -> tuple[int, ...]:
    return tuple(each.id for each in signals if each.kind in kinds)


def _practise_signals(
    signals: Iterable[Signal], judged: Judged, loose: Iterable[LooseReply]
) -> tuple[int, ...]:
    """What to practise rests on these; of wishy-washy replies on those that went by."""
    kinds = practise_kinds(judged)
    if kinds == WISHY_WASHY and judged.missed_replies:
        return tuple(each.signal for each in loose if each.followed_up_s is None)
    return _ids(signals, kinds)


def standing(signals: Iterable[Signal]) -> tuple[Signal, ...]:
    """The signals that no later one replaced, by time."""
    signals = tuple(signals)
    replaced = {each.revises for each in signals}
    return tuple(
        sorted(
            (each for each in signals if each.id not in replaced),
            key=lambda each: (each.at_s, each.id),
        )
    )


def _techniques(signals: tuple[Signal, ...]) -> tuple[Technique, ...]:
    """Each tool I used, with the replies that were credited to it."""
    used = Counter(each.kind for each in signals if each.kind in HANDS_OVER)
    mine = {each.id: each.kind for each in signals if each.kind in HANDS_OVER}
    followed: dict[SignalKind, Counter[SignalKind]] = {kind: Counter() for kind in used}
    for each in signals:
        kind = mine.get(each.answers or 0)
        if kind is not None:
            followed[kind][each.kind] += 1
    return tuple(
        Technique(kind, used[kind], _counts(followed[kind])) for kind in SignalKind if used[kind]
    )


def _counts(counts: Counter[SignalKind]) -> tuple[SignalCount, ...]:
    return tuple(SignalCount(kind, counts[kind]) for kind in SignalKind if counts[kind])


def _with_speaker(signals: Iterable[Signal]) -> tuple[Signal, ...]:
    """Those that can be judged: it is known who spoke."""
    return tuple(each for each in signals if each.speaker is not Speaker.UNKNOWN)


def _judge(
    signals: tuple[Signal, ...],
    heard: frozenset[Speaker],
    share: float | None,
    loose: tuple[LooseReply, ...],
) -> Judged:
    kinds = [each.kind for each in signals]
    first = kinds.index(SignalKind.THATS_RIGHT) if SignalKind.THATS_RIGHT in kinds else None
    if first is not None:
        offered = SignalKind.OFFER in kinds[first:]
        outcome = Outcome.WORKING_TOGETHER if offered else Outcome.UNDERSTOOD
    else:
        outcome = Outcome.NOT_YET if WISHY_WASHY.isdisjoint(kinds) else Outcome.WISHY_WASHY
    return Judged(
        outcome=outcome,
        heard=heard,
        counts=Counter(kinds),
        talk_share_me=share,
        first_thats_right_s=None if first is None else signals[first].at_s,
        missed_replies=sum(each.followed_up_s is None for each in loose),
    )


def _subjects(changes: Iterable[StateChanged]) -> tuple[SubjectState, ...]:
    """Where each subject ended, in the order they came up."""
    ended: dict[str, SubjectState] = {}
    for each in changes:
        before = ended.get(each.subject)
        if before is None or before.understanding is not each.understanding:
            ended[each.subject] = SubjectState(each.subject, each.understanding, each.at_s)
    return tuple(ended.values())


class _MySpeech:
    """My utterances, to look up what I said before a moment."""

    def __init__(self, said: Sequence[Transcript]) -> None:
        turns = turns_of(Speaker.ME, said)
        self._said = [each for turn in turns for each in turn.utterances]
        self._turns = [number for number, turn in enumerate(turns) for _ in turn.utterances]
        self._starts = [each.start_s for each in self._said]

    def before(self, signal: Signal) -> str:
        """The end of my turn before the signal's words; empty when there was none."""
        last = bisect_left(self._starts, signal.start_s) - 1
        while (
            last >= 0 and signal.speaker is Speaker.ME and (self._said[last].end_s > signal.start_s)
        ):
            last -= 1
        text = ""
        turn = self._turns[last] if last >= 0 else None
        while last >= 0 and self._turns[last] == turn and len(text) <= SAID_LETTERS:
            text = f"{self._said[last].text} {text}".strip()
            last -= 1
        return shortened(text, SAID_LETTERS)


def shortened(text: str, letters: int) -> str:
    """The end of `text`, at most `letters` of it, from a word's beginning where there is one."""
    if len(text) <= letters:
        return text
    tail = text[-letters:]
    if not text[-letters - 1].isspace():
        _cut_word, _, rest = tail.partition(" ")
        tail = rest or tail
    return f"… {tail.strip()}"
