"""One page before a call: what earlier calls with this counterpart left, in the method's words.

Pure and deterministic. Whatever is stated of an earlier call comes with its words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.after import EarlierCall, FactKind, OpenItem, Preparation
from assistant.kinds import SignalKind, Understanding
from assistant.model import Signal, Speaker
from assistant.subjects import WHOLE_CALL
from assistant.summary import standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assistant.model import FinishedCall

MOST_EARLIER: Final = 5
MOST_OPEN: Final = 8
MOST_PROMISED: Final = 12
MOST_LABELS: Final = 5
MOST_WORKED: Final = 5

_NOT_THERE: Final = {
    Understanding.UNHEARD: "they never heard it back",
    Understanding.SUMMARISED: "said back, never confirmed",
    Understanding.WISHY_WASHY: "they only said yes to make it stop",
}
_LOOSE: Final = {
    SignalKind.YOURE_RIGHT: "“you're right”, and you went on",
    SignalKind.BARE_YES: "a bare yes, and you went on",
    SignalKind.QUALIFIED_AGREEMENT: "yes with a but, and you went on",
}
_LABELS: Final = {
    "they never heard it back": "It seems like I missed what matters about {subject}.",
    "said back, never confirmed": "It sounds like I haven't quite got {subject} yet.",
    "they only said yes to make it stop": "It seems like something about {subject} doesn't sit "
    "right.",
}
"""Of subjects, by how they were left; they read well with one thing and with several."""
_AUDIT: Final = (
    "You probably think that I …",
    "It may seem to you as if I only …",
    "After what happened with …, you have every reason to …",
)


@dataclass(frozen=True, slots=True)
class Worked:
    """Words of mine that earned a true "that's right", or their own offer."""

    call: int
    """Id in the library."""
    at_s: float
    """When they replied."""
    kind: SignalKind
    """What I did."""
    i_said: str
    they_said: str


@dataclass(frozen=True, slots=True)
class Page:
    """The page before a call."""

    preparation: Preparation
    worked: tuple[Worked, ...]
    """Newest call first, at most `MOST_WORKED`."""


def prepare(counterpart: str, calls: Sequence[tuple[int, FinishedCall]]) -> Page:
    """The page for `counterpart` from the calls with them, by id, newest first."""
    recent = calls[:MOST_EARLIER]
    last = recent[0][1] if recent else None
    preparation = Preparation(
        counterpart=counterpart,
        earlier=tuple(_earlier(number, call) for number, call in recent),
        open_items=tuple(_once(_open(recent)))[:MOST_OPEN],
        promised=tuple(_once(_promised(recent)))[:MOST_PROMISED],
        labels=tuple(dict.fromkeys(_labels(recent)))[:MOST_LABELS],
        audit=(*_held_against_me(recent), *_AUDIT),
        practise="" if last is None else last.summary.practise,
    )
    return Page(preparation, tuple(_worked(recent))[:MOST_WORKED])


def _earlier(number: int, call: FinishedCall) -> EarlierCall:
    return EarlierCall(
        call=number,
        title=call.info.title,
        started_at=call.info.started_at,
        outcome=call.summary.outcome,
        headline=call.summary.headline,
        practise=call.summary.practise,
    )


def _open(calls: Sequence[tuple[int, FinishedCall]]) -> Iterator[OpenItem]:
    """What they said and never heard back, then subjects, then replies that meant nothing."""
    settled = _settled(calls)
    for number, call in calls:
        for point in call.summary.open_points:
            yield OpenItem(number, point.at_s, point.quote, "they never heard it back")
    for number, call in calls:
        for each in call.summary.subjects:
            if each.understanding in _NOT_THERE and each.subject not in (*settled, WHOLE_CALL):
                why = _NOT_THERE[each.understanding]
                yield OpenItem(number, each.since_s, each.subject, why)
                settled.add(each.subject)
    for number, call in calls:
        for reply in call.summary.loose:
            if reply.followed_up_s is None and reply.kind in _LOOSE:
                about = reply.about or reply.quote
                yield OpenItem(number, reply.at_s, about, _LOOSE[reply.kind])


def _settled(calls: Sequence[tuple[int, FinishedCall]]) -> set[str]:
    """Subjects on which they felt understood the last time they came up."""
    found: dict[str, bool] = {}
    for _, call in calls:
        for each in call.summary.subjects:
            found.setdefault(each.subject, each.understanding not in _NOT_THERE)
    return {subject for subject, understood in found.items() if understood}


def _promised(calls: Sequence[tuple[int, FinishedCall]]) -> Iterator[OpenItem]:
    who = {Speaker.ME: "you said so", Speaker.THEM: "they said so"}
    for number, call in calls:
        for fact in call.summary.facts:
            if fact.kind in {FactKind.COMMITMENT, FactKind.NEXT_STEP}:
                what = who.get(fact.speaker, "said so")
                yield OpenItem(number, fact.at_s, fact.quote or fact.text, what)


def _labels(calls: Sequence[tuple[int, FinishedCall]]) -> Iterator[str]:
    for _, call in calls:
        yield from (point.label for point in call.summary.open_points if point.label)
    subjects = {each.subject for _, call in calls for each in call.summary.subjects}
    for item in _open(calls):
        if item.quote in subjects:
            yield _LABELS[item.what].format(subject=item.quote)


def _held_against_me(calls: Sequence[tuple[int, FinishedCall]]) -> Iterator[str]:
    """Where they pushed back: what they may still hold against me."""
    for _, call in calls[:2]:
        signals = _standing(call)
        agreed = {s.at_s for s in signals if s.kind is SignalKind.NO_ORIENTED_AGREEMENT}
        pushed = [s for s in signals if s.kind is SignalKind.PUSHBACK and s.at_s not in agreed]
        for signal in pushed[-2:]:
            yield f"Last time you said “{signal.quote}” You may well still think that I …"


def _worked(calls: Sequence[tuple[int, FinishedCall]]) -> Iterator[Worked]:
    good = {SignalKind.THATS_RIGHT, SignalKind.OFFER, SignalKind.NO_ORIENTED_AGREEMENT}
    told: set[str] = set()
    for number, call in calls:
        signals = _standing(call)
        mine = {s.id: s for s in signals if s.speaker is Speaker.ME}
        for signal in signals:
            tool = mine.get(signal.answers or 0)
            if signal.kind in good and tool is not None and tool.quote not in told:
                told.add(tool.quote)
                yield Worked(number, signal.at_s, tool.kind, tool.quote, signal.quote)


def _standing(call: FinishedCall) -> tuple[Signal, ...]:
    return standing(e for e in call.events if isinstance(e, Signal))


def _once(items: Iterable[OpenItem]) -> Iterator[OpenItem]:
    """The same words once."""
    seen: set[tuple[str, str]] = set()
    for item in items:
        key = (item.quote.casefold(), item.what)
        if key not in seen:
            seen.add(key)
            yield item
