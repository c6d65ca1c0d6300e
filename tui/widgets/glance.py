"""Are we understood, what was that, who talks how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content

from assistant.calltime import clock
from assistant.summary_words import TALK_SHARE_REFERENCE
from tui.view import Phase
from tui.widgets.drawn import Drawn, between
from tui.words import COLOURS, GAUGE, SIGNALS

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from textual.geometry import Size

    from assistant.model import Signal, SubjectState
    from tui.view import View

MOST_SUBJECTS: Final = 10
"""How many the gauge shows where it has a column of its own."""

STRETCH_FROM_S: Final = 10.0
"""A shorter stretch of mine is not worth a look, seconds."""

LONG_STRETCH_S: Final = 45.0
"""From here on I had better stop, seconds."""

FAST_WPM: Final = 180.0
"""Words a minute, pauses left out, that are hard to follow: conversation is at 120 to 160."""

PACE_STEP: Final = 5
"""The pace is shown in steps of so many words a minute, so that it does not flicker."""

_TALL: Final = 8
"""Height from which there is room for more than the last signal, lines."""


class Gauge(Drawn):
    """Understanding by subject, the last changed first."""

    def __init__(self, view: View) -> None:
        super().__init__(view, id="gauge")
        self._laid_out = 0

    def face(self, view: View) -> Hashable:
        """The subjects."""
        return view.subjects, view.phase

    def changed(self) -> None:
        """In a column the gauge is as high as there are subjects."""
        self.refresh(layout=len(self.view.subjects) != self._laid_out)
        self._laid_out = len(self.view.subjects)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A line a subject, up to `MOST_SUBJECTS`."""
        del container, viewport, width
        return min(max(len(self.view.subjects), 1), MOST_SUBJECTS)

    def lines(self, width: int, height: int) -> list[Content]:
        """A line a subject; the last line counts those there is no room for."""
        subjects = self.view.subjects
        if not subjects and self.view.phase is not Phase.PLAYING:
            return []
        if not subjects:
            return [Content.styled("○┄┄○┄┄○ No subject yet", "$text-muted")]
        column = max(len(GAUGE[state.understanding].word) for state in subjects[:height])
        shown = [
            _subject(state, column, first=not i).truncate(width, ellipsis=True)
            for i, state in enumerate(subjects[:height])
        ]
        hidden = len(subjects) - len(shown)
        if hidden and height > 1:
            shown[-1] = Content.styled(f"and {hidden + 1} more", "$text-muted")
        return shown


def _subject(state: SubjectState, column: int, *, first: bool) -> Content:
    look = GAUGE[state.understanding]
    weight = "bold " if first else ""
    return Content.assemble(
        (f"{look.shape} {look.word:<{column}}  ", weight + COLOURS[look.tone]),
        (state.subject, "" if first else "$text-muted"),
    )


class Now(Drawn):
    """The last signal, the talk share and, with room for it, the signals before."""

    def __init__(self, view: View) -> None:
        super().__init__(view, id="now")

    def face(self, view: View) -> Hashable:
        """Signals, share, and how I speak."""
        share, pace = view.share_me, view.pace_wpm
        return (
            view.signals,
            None if share is None else round(share, 3),
            None if view.stretch_s is None else int(view.stretch_s),
            None if pace is None else round(pace / PACE_STEP) * PACE_STEP,
            view.phase,
        )

    def lines(self, width: int, height: int) -> list[Content]:
        """Two lines, or a column."""
        signals = self.view.signals
        if not signals and self.view.phase is not Phase.PLAYING:
            return []
        last = (
            _signal(signals[-1], width, first=True)
            if signals
            else Content.styled("No signal yet", "$text-muted")
        )
        share = _share(self.view.share_me, width)
        mine = _mine(self.view, width)
        if height < _TALL:
            return [last, share, mine][:height]
        before = [_signal(signal, width, first=False) for signal in signals[-2::-1]]
        return [share, mine, Content(""), last, *before][:height]


def _mine(view: View, width: int) -> Content:
    """How long I have had the floor, and how fast I speak."""
    long, short = (list(_mine_parts(view, short=each)) for each in (False, True))
    line = Content("  ").join(long)
    return line if line.cell_length <= width else Content("  ").join(short)


def _mine_parts(view: View, *, short: bool) -> Iterator[Content]:
    stretch_s, pace = view.stretch_s, view.pace_wpm
    if stretch_s is not None and stretch_s >= STRETCH_FROM_S:
        long = stretch_s >= LONG_STRETCH_S
        name = "My turn" if short else "I hold the floor" if long else "My floor"
        words = f"{'▼ ' if long else ''}{name} {clock(stretch_s)}"
        yield Content.styled(words, "bold $error" if long else "$primary")
    if pace is not None:
        fast = pace >= FAST_WPM
        words = f"{round(pace / PACE_STEP) * PACE_STEP}{'/min' if short else ' words/min'}"
        if fast:
            words = f"▲ {words}" if short else f"▲ fast, {words}"
        yield Content.styled(words, "$warning" if fast else "$text-muted")


def _signal(signal: Signal, width: int, *, first: bool) -> Content:
    look = SIGNALS[signal.kind]
    left = Content.assemble(
        (f"{look.shape} {look.word}", ("bold " if first else "") + COLOURS[look.tone]),
        (f"  “{signal.quote}”", "$text-muted"),
    )
    return between(left, Content.styled(clock(signal.at_s), "$text-muted"), width)


def _share(share_me: float | None, width: int) -> Content:
    """A heavy line for my share, a light one for theirs, a post at the reference."""
    if share_me is None:
        return Content("")
    me = round(share_me * 100)
    left, right = f"Me {me:>2} ", f" {100 - me:<2} Them"
    room = max(width - len(left) - len(right), 1)
    post = min(round(TALK_SHARE_REFERENCE * room), room - 1)
    mine = round(share_me * room)
    bar = "".join("┃" if i == post else "━" if i < mine else "─" for i in range(room))
    return Content.assemble(
        (left, "$primary"),
        (bar[: min(mine, post)], "$primary"),
        (bar[min(mine, post) : post], "$text-muted"),
        (bar[post], "bold"),
        (bar[post + 1 : max(mine, post + 1)], "$primary"),
        (bar[max(mine, post + 1) :], "$text-muted"),
        right,
    )
