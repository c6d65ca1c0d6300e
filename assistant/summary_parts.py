"""The parts of a summary that point at words: agreements, loose replies, points, moments. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from assistant.after import Agreement, LooseReply, OpenPoint
from assistant.floor import Speech
from assistant.measure_book import FOLLOW_UP_S
from assistant.model import (
    Moment,
    Prompt,
    PromptKind,
    PromptUsed,
    Signal,
    SignalKind,
    Speaker,
    StateChanged,
    Transcript,
    Understanding,
)
from assistant.summary_words import BETTER, FOLLOW_UPS, MOMENT_NOTES, WISHY_WASHY
from assistant.text import containment, stem, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from assistant.model import Event

MOST_MOMENTS: Final = 3
SAID_LETTERS: Final = 160
"""Longest of what was said before or after a moment, without the mark that it was shortened."""
SAME_MOMENT_S: Final = 0.5
"""A state that changed so close to a signal changed with it."""
WAITED_S: Final = 1.5
"""Who speaks on sooner did not wait."""
SAID_BACK: Final = 0.5
"""So much of a point's words in a label, mirror or summary of mine is the point said back."""
_LONG_WORD: Final = 4
"""Shorter words say little of what a point is about."""

_TOOLS: Final = frozenset({SignalKind.LABEL, SignalKind.SUMMARY, SignalKind.MIRROR})
_SAID_OUT_LOUD: Final = frozenset(PromptKind) - {
    PromptKind.SILENCE,
    PromptKind.SUMMARY,
    PromptKind.LET_THEM,
    PromptKind.SLOW_DOWN,
}


def agreements(signals: Iterable[Signal], events: Iterable[Event]) -> tuple[Agreement, ...]:
    """Every true "that's right", with the subjects it settled."""
    confirmed = [
        each
        for each in events
        if isinstance(each, StateChanged) and each.understanding is Understanding.CONFIRMED
    ]
    return tuple(
        Agreement(
            signal.id,
            signal.at_s,
            signal.quote,
            tuple(
                dict.fromkeys(
                    each.subject
                    for each in confirmed
                    if abs(each.at_s - signal.at_s) <= SAME_MOMENT_S
                )
            ),
        )
        for signal in signals
        if signal.kind is SignalKind.THATS_RIGHT
    )


def loose_replies(
    signals: Sequence[Signal], before: Callable[[Signal], str]
) -> tuple[LooseReply, ...]:
    """Replies that only sounded like agreement, and when I followed them up.

    `signals` are those that stand, by time; `before` tells what I said before one.
    """
    found: list[LooseReply] = []
    next_s = float("inf")
    for each in reversed(signals):
        if each.kind in FOLLOW_UPS:
            next_s = each.at_s
        elif each.kind in WISHY_WASHY:
            waited_s = next_s - each.at_s
            found.append(
                LooseReply(
                    each.id,
                    each.kind,
                    each.at_s,
                    each.quote,
                    before(each),
                    waited_s if waited_s <= FOLLOW_UP_S else None,
                )
            )
    return tuple(reversed(found))


def open_points(signals: Sequence[Signal], events: Sequence[Event]) -> tuple[OpenPoint, ...]:
    """What was passed over and not said back later either."""
    prompts = {each.signal: each for each in events if isinstance(each, Prompt)}
    used = {each.prompt for each in events if isinstance(each, PromptUsed)}
    theirs = [e for e in events if isinstance(e, Transcript) and e.speaker is Speaker.THEM]
    found: list[OpenPoint] = []
    for each in signals:
        if each.kind is not SignalKind.UNADDRESSED:
            continue
        prompt = prompts.get(each.id)
        if (prompt is not None and prompt.id in used) or _said_back(each, signals):
            continue
        said = [t for t in theirs if t.start_s <= each.at_s and each.quote in t.text]
        at_s = said[-1].start_s if said else each.start_s
        label = prompt.say if prompt is not None and prompt.kind is PromptKind.LABEL else ""
        found.append(OpenPoint(each.id, at_s, each.quote, label))
    return tuple(sorted(found, key=lambda point: (point.at_s, point.signal)))


def _said_back(point: Signal, signals: Sequence[Signal]) -> bool:
    words = _weighty(point.quote)
    return any(
        words and containment(words, _weighty(each.quote)) >= SAID_BACK
        for each in signals
        if each.kind in _TOOLS and each.at_s > point.at_s
    )


def _weighty(text: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in words_of(text) if len(word) >= _LONG_WORD)


def moments(
    signals: Sequence[Signal],
    said: Sequence[Transcript],
    events: Sequence[Event],
    before: Callable[[Signal], str],
) -> tuple[Moment, ...]:
    """The weightiest: the first of each kind as far as there are any, in call order."""
    ranks = {kind: rank for rank, kind in enumerate(MOMENT_NOTES)}
    candidates = sorted(
        (each for each in signals if each.kind in ranks),
        key=lambda each: (ranks[each.kind], each.at_s, each.id),
    )
    first_of_kind = {each.kind: each.id for each in reversed(candidates)}
    candidates.sort(key=lambda each: each.id != first_of_kind[each.kind])
    chosen = sorted(candidates[:MOST_MOMENTS], key=lambda each: (each.at_s, each.id))
    speech = Speech(said)
    prompts = {each.signal: each for each in events if isinstance(each, Prompt)}
    return tuple(_moment(each, speech, prompts.get(each.id), before(each)) for each in chosen)


def _moment(signal: Signal, speech: Speech, prompt: Prompt | None, i_said: str) -> Moment:
    theirs = speech.next_turn(Speaker.THEM, signal.end_s)
    mine = speech.next_turn(Speaker.ME, signal.end_s)
    rest = speech.rest_of_words(signal.speaker, signal.start_s, signal.quote)
    went_on = f"{rest} {speech.rest_of_turn(signal.speaker, signal.end_s)}".strip()
    they_went_on = went_on if _by_them(signal) else ""
    i_went_on = "" if _by_them(signal) else went_on
    they_went_on = they_went_on or (theirs.text if theirs is not None else "")
    i_went_on = i_went_on or (mine.text if mine is not None else "")
    return Moment(
        at_s=signal.at_s,
        signal=signal.id,
        kind=signal.kind,
        quote=signal.quote,
        i_said=i_said,
        note=MOMENT_NOTES[signal.kind],
        they_went_on=begun(they_went_on, SAID_LETTERS),
        i_went_on=begun(i_went_on, SAID_LETTERS),
        better=_better(signal, speech, prompt),
    )


def _by_them(signal: Signal) -> bool:
    return signal.speaker is Speaker.THEM


def _better(signal: Signal, speech: Speech, prompt: Prompt | None) -> str:
    """Words that would have served better; empty where it went well."""
    if signal.kind in {SignalKind.THATS_RIGHT, SignalKind.OFFER}:
        silence = speech.silence_after(signal.end_s)
        waited = silence.next is not Speaker.ME or (silence.length_s or 0.0) >= WAITED_S
        return "" if waited else BETTER[signal.kind]
    if prompt is not None and prompt.kind in _SAID_OUT_LOUD:
        return prompt.say
    return BETTER.get(signal.kind, "")


def begun(text: str, letters: int) -> str:
    """The beginning of `text`, at most `letters` of it, to a word's end where there is one."""
    if len(text) <= letters:
        return text
    head = text[:letters]
    if not text[letters].isspace():
        rest, _, _cut_word = head.rpartition(" ")
        head = rest or head
    return f"{head.strip()} …"
