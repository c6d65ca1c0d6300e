"""Why the screen says what it says: one signal with all that it rests on. Pure.

`explain` picks what belongs to a signal out of the view, `lines` writes it down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual.content import Content

from assistant.calltime import clock
from tui.rules import reading
from tui.widgets.drawn import between
from tui.words import COLOURS, PROMPTS, SIGNALS, SPEAKERS
from tui.wrapping import wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.model import Prompt, Signal, SignalKind
    from tui.view import View

NOTHING: Final = "Nothing has been heard so far that would need a reason."
"""What stands there while there is no signal."""

_WIDE: Final = 56
"""From this width on, the names of the lines have a column of their own, cells."""

_COLUMN: Final = 14
"""Cells of that column: a time with hours, a speaker, and a space more."""

_LONGEST: Final = 92
"""Longest line, cells: longer ones are hard to read."""

_MUTED: Final = "$text-muted"


@dataclass(frozen=True, slots=True)
class Why:
    """A signal, and everything the view knows about it."""

    signal: Signal
    number: int
    """Which it is of those the view keeps, from 1."""
    count: int
    """How many the view keeps."""
    was: SignalKind | None
    """What it was first heard as; None when it revises nothing, or nothing still known."""
    answered: Signal | None
    """My signal it answers, while it is known."""
    prompt: Prompt | None
    """What was suggested on it."""
    shown: bool
    """True while that prompt is on the screen."""


def opening(view: View) -> int | None:
    """Id of the signal to begin with: the one the prompt rests on, else the last one."""
    if view.prompt is not None:
        at = _find(view, view.prompt.signal)
        if at is not None:
            return view.signals[at].id
    return view.last_signal.id if view.last_signal else None


def beside(view: View, chosen: int | None, steps: int) -> int | None:
    """Id of the signal `steps` after (or, negative, before) the chosen one, or of the outermost."""
    if chosen is None or not view.signals:
        return chosen
    return view.signals[max(0, min(_at(view, chosen) + steps, len(view.signals) - 1))].id


def explain(view: View, chosen: int | None) -> Why | None:
    """What is known of the signal with the id `chosen`; None when there is none.

    One that was revised is the one it became; one no longer kept is the oldest that is.
    """
    if chosen is None or not view.signals:
        return None
    at = _at(view, chosen)
    signal = view.signals[at]
    known = {each.id: each for each in (*view.replaced, *view.signals)}
    was = known.get(signal.revises) if signal.revises is not None else None
    prompt = next(
        (each for each in reversed(view.prompts) if each.signal in {signal.id, signal.revises}),
        None,
    )
    return Why(
        signal=signal,
        number=at + 1,
        count=len(view.signals),
        was=was.kind if was else None,
        answered=known.get(signal.answers) if signal.answers is not None else None,
        prompt=prompt,
        shown=prompt is not None and prompt == view.prompt and not view.used,
    )


def keeps(view: View, chosen: int) -> bool:
    """Whether the view still has that signal, or what it became."""
    return _find(view, chosen) is not None


def _at(view: View, chosen: int) -> int:
    return _find(view, chosen) or 0


def _find(view: View, chosen: int) -> int | None:
    """Where that signal, or the one that revised it, stands among those kept."""
    for at, signal in enumerate(view.signals):
        if chosen in {signal.id, signal.revises}:
            return at
    return None


def lines(why: Why | None, width: int) -> list[Content]:
    """The explanation in lines of at most `width` cells."""
    room = max(min(width, _LONGEST), 1)
    if why is None:
        return [Content.styled(NOTHING[a:b], _MUTED) for a, b in wrap(NOTHING, room)]
    written = [_title(why, room)]
    for name, words in _rows(why):
        written += _beside(name, words, room) if room >= _WIDE else _below(name, words, room)
    return written


def _title(why: Why, room: int) -> Content:
    lead = f"{'Why':<{_COLUMN}}" if room >= _WIDE else ""
    kind = Content.assemble((lead, _MUTED), _kind(why.signal.kind, "bold "))
    return between(kind, Content.styled(f"{why.number} of {why.count}", _MUTED), room)


def _rows(why: Why) -> Iterator[tuple[str, Content]]:
    """Every line by its name; one without a name goes on with what stands above it."""
    signal = why.signal
    yield (
        f"{clock(signal.at_s)} {SPEAKERS[signal.speaker]}",
        Content(f"“{signal.quote}”"),
    )
    if why.was is not None:
        yield "At first", Content.assemble("heard as ", _kind(why.was))
    if why.answered is not None:
        quote = Content.styled(f"  “{why.answered.quote}”", _MUTED)
        yield "Answers", Content.assemble(_kind(why.answered.kind), quote)
    elif signal.after is not None:
        yield "Answers", _kind(signal.after)
    yield "Rule", Content(reading(signal.rule))
    yield "Sure", Content(f"{round(signal.confidence * 100)} %")
    for reason in signal.reasons:
        yield "", Content(reason)
    if why.prompt is not None:
        name, tone = PROMPTS[why.prompt.kind]
        yield (
            "Suggests" if why.shown else "Suggested",
            Content.assemble((name, f"bold {COLOURS[tone]}"), f"  “{why.prompt.say}”"),
        )
        yield "Because", Content(why.prompt.why)


def _kind(kind: SignalKind, weight: str = "") -> Content:
    look = SIGNALS[kind]
    return Content.styled(f"{look.shape} {look.word}", weight + COLOURS[look.tone])


def _beside(name: str, words: Content, room: int) -> Iterator[Content]:
    """The name at the left, the words in a column of their own."""
    lead = Content.styled(f"{name:<{_COLUMN}}", _MUTED)
    for start, end in wrap(words.plain, room - _COLUMN):
        yield Content.assemble(lead, words[start:end])
        lead = Content.styled(" " * _COLUMN, _MUTED)


def _below(name: str, words: Content, room: int) -> Iterator[Content]:
    """The name run into the words, which have the whole width."""
    if name:
        whole = Content.assemble((f"{name}: ", _MUTED), words)
        yield from (whole[start:end] for start, end in wrap(whole.plain, room))
        return
    for start, end in wrap(words.plain, max(room - 2, 1)):
        yield Content.assemble(("  ", _MUTED), words[start:end])
