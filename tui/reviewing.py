"""What the review of a call shows: the call as a view, its moments, where words stand. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from textual.content import Content

from assistant.calltime import clock
from assistant.model import Note, Prompt, Signal, SummaryReady, Transcript
from tui import view as state
from tui.lines import Log, Remark
from tui.words import COLOURS, OUTCOMES, SIGNALS
from tui.wrapping import wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from assistant.model import CallSummary, Event, FinishedCall, Moment
    from assistant.stored import StoredCall
    from tui.desk import Sound
    from tui.view import View

MOST_LINES: Final = 200_000
"""Entries of a transcript that is read afterwards: twenty hours of quick talk."""

AROUND_S: Final = 1.0
"""A quote is played with so much before and after it."""

BEFORE_S: Final = 4.0
"""A signal is looked at with what was said so long before it."""

_MOST_FACTS: Final = 8

_COLUMN: Final = 14
"""Cells of what a line of a moment is, before its words ..."""

_COLUMNS_FROM: Final = 56
"""... where there are so many; else the words run on from it."""


class Reviews(Protocol):
    """What the review asks of the rest of the program.

    Each may take its time and is called in a worker's thread; all raise a `ThatsRightError` whose
    message is a sentence for the user.
    """

    def load(self, call_id: int) -> FinishedCall:
        """All that is kept of a call."""

    def earlier(self, call_id: int) -> tuple[StoredCall, ...]:
        """The call itself, then those it is compared with, newest first."""

    def add_note(self, call_id: int, note: Note) -> None:
        """Keep a note with it."""

    def export(self, call_id: int, form: str) -> Path:
        """Write a report ("html", "json") where the user finds it; where it is."""

    def sound_of(self, call_id: int) -> Sound | None:
        """Its recording, while it is there."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A finished call, ready to be looked at."""

    view: View
    events: tuple[Event, ...]
    log: Log
    compared: tuple[StoredCall, ...]
    length_s: float

    @property
    def summary(self) -> CallSummary:
        """What the call came to."""
        assert self.view.summary is not None  # noqa: S101 - `reviewed` put it there
        return self.view.summary

    @property
    def signals(self) -> tuple[Signal, ...]:
        """All that stand, by time."""
        gone = {e.revises for e in self.events if isinstance(e, Signal)}
        return tuple(e for e in self.events if isinstance(e, Signal) and e.id not in gone)


def reviewed(call: FinishedCall, compared: tuple[StoredCall, ...] = ()) -> Reviewed:
    """Everything of the call that takes time to put together."""
    events = tuple(state.cleaned(event) for event in _by_time(call.events))
    view = state.begin(call.info)
    log = Log(MOST_LINES)
    for event in events:
        if not isinstance(event, SummaryReady):
            view = state.reduce(view, event)
        log.hear(event)
    view = state.reduce(view, SummaryReady(state.cleaned(call.summary)))
    return Reviewed(view, events, log, compared, max(call.summary.duration_s, view.now_s))


def _by_time(events: Sequence[Event]) -> list[Event]:
    """Notes written afterwards stand where they belong; everything else stays in its order."""
    notes = sorted((e for e in events if isinstance(e, Note)), key=lambda e: e.at_s)
    placed: list[Event] = []
    for event in (e for e in events if not isinstance(e, Note)):
        at_s = event.start_s if isinstance(event, Transcript) else None
        while notes and at_s is not None and notes[0].at_s < at_s:
            placed.append(notes.pop(0))
        placed.append(event)
    return [*placed, *notes]


def beside(signals: Sequence[Signal], here_s: float, steps: int) -> Signal | None:
    """The signal after `here_s`, or (negative) before it; None: there is no more."""
    if steps > 0:
        return next((s for s in signals if s.at_s > here_s), None)
    return next((s for s in reversed(signals) if s.at_s < here_s), None)


def entry_at(log: Log, at_s: float) -> int:
    """Index of what was being said, or was noted, at call time `at_s`: the last begun by then."""
    found = 0
    for index, entry in enumerate(log.entries):
        start_s = entry.noted_s if isinstance(entry, Remark) else entry.heard.start_s
        if start_s is None:
            continue
        if start_s > at_s:
            break
        found = index
    return found


def entries_with(log: Log, words: str) -> tuple[int, ...]:
    """Indices of the entries that hold the words, whatever their case; none for no words."""
    wanted = words.casefold().strip()
    if not wanted:
        return ()
    return tuple(
        index
        for index, entry in enumerate(log.entries)
        if wanted in (entry.text if isinstance(entry, Remark) else entry.heard.text).casefold()
    )


def could_say(moment: Moment, events: Sequence[Event]) -> str:
    """Words that would have served better: as the summary has them, or the prompt of then."""
    if moment.better:
        return moment.better
    prompts = (e for e in events if isinstance(e, Prompt) and e.signal == moment.signal)
    return next((f"“{prompt.say}”" for prompt in prompts), "")


def moment_lines(moment: Moment, events: Sequence[Event], width: int) -> Iterator[Content]:
    """What I said, what they said, what I could have said; lines of at most `width` cells."""
    look = SIGNALS[moment.kind]
    yield Content.assemble(
        (f"{clock(moment.at_s)}  ", "$text-muted"),
        (f"{look.shape} {look.word}", f"bold {COLOURS[look.tone]}"),
    )
    rows = (
        ("I said", _quoted(moment.i_said), "$primary"),
        ("They said", _quoted(moment.quote), "$foreground"),
        ("They went on", _quoted(moment.they_went_on), "$foreground"),
        ("I went on", _quoted(moment.i_went_on), "$primary"),
        ("Better", could_say(moment, events), "bold"),
    )
    column = _COLUMN if width >= _COLUMNS_FROM else 0
    for name, words, style in rows:
        lead = f"{name:<{column}}" if column else f"{name}: "
        for start, end in wrap(words, width - column) if column and words else ():
            yield Content.assemble((lead, "$text-muted"), (words[start:end], style))
            lead = " " * column
        if words and not column:
            line = Content.assemble((lead, "$text-muted"), (words, style))
            yield from (line[start:end] for start, end in wrap(line.plain, width))
    for start, end in wrap(moment.note, width):
        yield Content.styled(moment.note[start:end], "$text-muted")


def _quoted(words: str) -> str:
    return f"“{words}”" if words else ""


def rest_lines(summary: CallSummary) -> Iterator[Content]:
    """What was never said back, and what is to be remembered."""
    if summary.open_points:
        yield Content("")
        yield Content.styled("Never said back", "bold")
    for point in summary.open_points:
        yield Content.assemble((f"{clock(point.at_s):>7}  ", "$text-muted"), f"“{point.quote}”")
    if summary.facts:
        yield Content("")
        yield Content.styled("To remember", "bold")
    for fact in summary.facts[:_MOST_FACTS]:
        kind = fact.kind.value.replace("_", " ").capitalize()
        yield Content.assemble((f"{clock(fact.at_s):>7}  {kind:<11} ", "$text-muted"), fact.text)
    if len(summary.facts) > _MOST_FACTS:
        more = len(summary.facts) - _MOST_FACTS
        yield Content.styled(f"         and {more} more in the report", "$text-muted")


def compared_lines(calls: Sequence[StoredCall]) -> Iterator[Content]:
    """This call and those before it, a line each; nothing when there is none before."""
    if len(calls) < 2:  # noqa: PLR2004 - itself and another
        return
    yield Content("")
    with_whom = f" with {state.cleaned(calls[0].counterpart)}" if calls[0].counterpart else ""
    yield Content.styled(f"Beside the calls before it{with_whom}", "bold")
    for call in calls:
        look = OUTCOMES[call.outcome]
        share = "   ?" if call.talk_share_me is None else f"{round(call.talk_share_me * 100):>3}%"
        yield Content.assemble(
            (f"{call.started_at.astimezone():%Y-%m-%d}  ", "bold" if call is calls[0] else ""),
            (f"{look.shape} {look.word:<17}", COLOURS[look.tone]),
            (f" me {share}   ", "$text-muted"),
            (f"◆ {call.thats_right}", "$success"),
            "  ",
            (f"◇ {call.youre_right}", "$warning"),
        )
