"""The finished call on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from assistant.calltime import clock
from assistant.model import Speaker
from assistant.summary_words import TALK_SHARE_REFERENCE
from tui.words import COLOURS, GAUGE, OUTCOMES, SIGNALS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult

    from assistant.model import CallSummary, Moment
    from tui.view import View

_MOST_WARNINGS: Final = 3


class SummaryPane(VerticalScroll, can_focus=False):
    """Outcome, what to practise, measures, subjects, moments."""

    def __init__(self) -> None:
        super().__init__(id="summary")
        self._shown: CallSummary | None = None

    def compose(self) -> ComposeResult:
        """One page of text."""
        yield Static(id="page", markup=False)

    def show(self, view: View) -> None:
        """Draw the summary once there is one."""
        if view.summary is None or view.summary == self._shown:
            return
        self._shown = view.summary
        parts = list(_page(view.summary, view))
        self.query_one("#page", Static).update(Content("\n").join(parts))


def head_lines(summary: CallSummary) -> Iterator[Content]:
    """Outcome, what to practise, measures, subjects."""
    look = OUTCOMES[summary.outcome]
    yield Content.styled(f"{look.shape} {look.word}", f"bold {COLOURS[look.tone]}")
    yield Content.styled(summary.headline, "bold")
    yield Content.assemble(("Practise: ", "bold $primary"), summary.practise)
    yield Content("")
    yield from (Content.styled(line, "$text-muted") for line in _measures(summary))
    for state in summary.subjects:
        gauge = GAUGE[state.understanding]
        yield Content.assemble(
            (f"{gauge.shape} {gauge.word}  ", COLOURS[gauge.tone]), state.subject
        )


def _page(summary: CallSummary, view: View) -> Iterator[Content]:
    yield from head_lines(summary)
    for moment in summary.moments:
        yield Content("")
        yield from _moment(moment)
    if view.warnings:
        yield Content("")
    for warning in view.warnings[-_MOST_WARNINGS:]:
        yield Content.styled(f"! {warning.message}", "$text-muted")


def _measures(summary: CallSummary) -> Iterator[str]:
    if summary.talk_share_me is None:
        share = "Talk share unknown"
    else:
        me = round(summary.talk_share_me * 100)
        reference = round(TALK_SHARE_REFERENCE * 100)
        share = f"Me {me} : {100 - me} them (aim for {reference} : {100 - reference})"
    first = summary.first_thats_right_s
    heard = "No “that's right”" if first is None else f"First “that's right” at {clock(first)}"
    yield f"{share} · {heard}"
    mine = next((each for each in summary.measures if each.speaker is Speaker.ME), None)
    parts = (
        []
        if mine is None
        else [
            f"My longest turn {clock(mine.longest_turn_s)}",
            _count(mine.questions, "question"),
        ]
    )
    parts.append(f"{_count(summary.prompts_shown, 'prompt')} shown, {summary.prompts_used} used")
    yield " · ".join(parts)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _moment(moment: Moment) -> Iterator[Content]:
    look = SIGNALS[moment.kind]
    yield Content.assemble(
        (f"{clock(moment.at_s)}  ", "$text-muted"),
        (f"{look.shape} {look.word}", f"bold {COLOURS[look.tone]}"),
        f"  “{moment.quote}”",
    )
    if moment.i_said:
        yield Content.styled(f"After I said: “{moment.i_said}”", "$text-muted")
    yield Content(moment.note)
