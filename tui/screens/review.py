"""A finished call: what it came to, its moments, every word of it, and what to do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.widgets import Footer, Input, Static

from assistant.calltime import clock
from assistant.model import Note
from tui.messages import Loaded, Told
from tui.reviewing import BEFORE_S, beside, entry_at, reviewed
from tui.screens.call_why import WHY_ACTIONS, WHY_BINDINGS
from tui.screens.moving import SCROLL_BINDINGS, SIGNAL_BINDINGS, scroll
from tui.screens.review_hands import ReviewHands
from tui.widgets.drawn import between
from tui.widgets.keys import Keys
from tui.widgets.moments import MomentsPane
from tui.widgets.reading import ReadingPane
from tui.widgets.strip import TimeStrip
from tui.widgets.why import WhyPane

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import PurePath

    from textual.app import ComposeResult
    from textual.events import Resize
    from textual.widget import Widget

    from tui.reviewing import Reviews

NARROW: Final = 60
WIDE: Final = 120

_MOMENT: Final = Binding.Group("Moment", compact=True)


class ReviewScreen(ReviewHands):
    """Summary with its moments, and the transcript; side by side where there is room."""

    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = "../review.tcss"
    HELP_TEXT = (
        "What the call came to, and the moments that mattered: what you said, what they said, "
        "what would have served better. The strip shows who spoke when; a click goes there."
    )
    SHAPES = True
    AUTO_FOCUS = ""
    RARE: ClassVar[tuple[str, ...]] = (
        "scroll",
        "to_signal",
        "note",
        "export",
        "why",
        "moment",
        "play",
        "find",
    )
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  # as in Textual, which does not call it a ClassVar
        (0, "-narrow"),
        (NARROW, "-normal"),
        (WIDE, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall"), (36, "-roomy")]  # noqa: RUF012  # likewise
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "page('transcript')", "Transcript"),
        Binding("t", "page('summary')", "Summary"),
        Binding("left", "moment(-1)", "Moment before", key_display="←", group=_MOMENT),
        Binding("right", "moment(1)", "Moment after", key_display="→", group=_MOMENT),
        *SIGNAL_BINDINGS,
        Binding("enter", "read_here", "Read there", key_display="Enter", show=False),
        Binding("slash", "find", "Find", key_display="/", tooltip="Find words in the transcript"),
        Binding("space", "play", "Play", tooltip="Hear what was said at this moment"),
        Binding("space", "silence", "Stop"),
        Binding("n", "note", "Note", tooltip="Write a note on this moment"),
        Binding("e", "export('html')", "Export", tooltip="Write a page about it (HTML)"),
        Binding(
            "E,shift+e",
            "export('json')",
            "Export data",
            key_display="E",
            show=False,
            tooltip="Write all that is known of it (JSON)",
        ),
        Binding("c", "copy", "Copy", show=False, tooltip="Copy the moment's words"),
        *SCROLL_BINDINGS,
        Binding("home", "scroll('home')", "Beginning", show=False),
        Binding("end", "scroll('end')", "End", show=False),
        Binding("w", "why", "Why", tooltip="Why a signal was heard there"),
        Binding("w,escape", "close", "Close", key_display="w"),
        Binding("question_mark", "app.help", "Keys", key_display="?"),
        Binding("q,escape", "leave", "Back", key_display="q"),
        *WHY_BINDINGS,
    ]

    def __init__(self, reviews: Reviews, call_id: int, left: Callable[[], object]) -> None:
        """`left` is called when the user is done."""
        super().__init__()
        self._reviews = reviews
        self._call_id = call_id
        self._left = left

    def compose(self) -> ComposeResult:
        """Everything there is; the style sheet decides what has room."""
        yield Static(id="title", markup=False)
        yield Container(Static("Opening the call …", id="opening", markup=False), id="review")
        yield Static(id="said", markup=False)
        yield Input(id="note", placeholder="A note on this moment; Enter keeps it", compact=True)
        yield Input(id="find", placeholder="Find in the transcript", compact=True)
        yield Keys()

    def on_mount(self) -> None:
        """Read the call; this may take a moment for a long one."""
        self._do(self._loaded)

    def on_unmount(self) -> None:
        """Nothing sounds after it."""
        if self._sound is not None:
            self._sound.stop()

    def on_resize(self, event: Resize) -> None:
        """Keep the keys in sight on a narrow screen."""
        self.query_one(Footer).compact = event.size.width < NARROW
        self._title()
        self.refresh_bindings()

    # ---- what workers do and tell ----------------------------------------------------------------

    def _loaded(self) -> Loaded:
        call = self._reviews.load(self._call_id)
        made = reviewed(call, self._reviews.earlier(self._call_id))
        return Loaded(made, self._reviews.sound_of(self._call_id))

    @on(Loaded)
    async def _show(self, message: Loaded) -> None:
        first = self._call is None
        self._call, self._sound = message.call, message.sound
        self.view = message.call.view
        if first:
            body = self.query_one("#review")
            await body.query("*").remove()
            strip = TimeStrip(self.view)
            for event in message.call.events:
                strip.hear(event)
            await body.mount(
                strip,
                Container(MomentsPane(message.call), ReadingPane(message.call.log), id="pages"),
                WhyPane(self.view),
            )
            moments = message.call.summary.moments
            self.here_s = moments[0].at_s if moments else 0.0
        else:
            self.query_one(ReadingPane).read(message.call.log)
            notes = [e for e in message.call.events if isinstance(e, Note)]
            self.query_one(TimeStrip).noted(notes)
        self._title()
        self._look_at(self.here_s, scroll=not first)

    @on(Told)
    def _told(self, message: Told) -> None:
        self.say(message.sentence, wrong=message.wrong)
        if self._call is None:
            self.query_one("#opening", Static).update(
                Content.styled("This call cannot be shown.", "$text-muted")
            )
        if message.reload:
            self._do(self._loaded)

    def _title(self) -> None:
        if self._call is None:
            return
        info = self._call.view.info
        left = Content.assemble(("■ ", "bold"), (info.title, "bold"))
        when = f"{info.started_at.astimezone():%Y-%m-%d %H:%M}"
        right = f"{clock(self.here_s)} / {clock(self._call.length_s)}"
        if self.size.width >= NARROW:
            right = f"{when}   {right}"
        room = max(self.size.width - (4 if self.size.width >= NARROW else 2), 1)
        self.query_one("#title", Static).update(between(left, Content(right), room))

    # ---- where one is ----------------------------------------------------------------------------

    def _look_at(self, at_s: float, *, scroll: bool = True) -> None:
        """Go to a moment: strip, transcript and moments show it."""
        call = self._call
        if call is None:
            return
        self.here_s = min(max(at_s, 0.0), call.length_s)
        self._title()
        self.query_one(TimeStrip).show_at(call.length_s, self.here_s)
        self.query_one(MomentsPane).choose(self.here_s, scroll=scroll)
        entry = entry_at(call.log, max(self.here_s - BEFORE_S, 0.0))
        pane = self.query_one(ReadingPane)
        if scroll:
            self.call_after_refresh(lambda: pane.go_to(entry))
        self.refresh_bindings()

    def action_moment(self, steps: int) -> None:
        """The moment before or after."""
        if self._call is None:
            return
        times = [moment.at_s for moment in self._call.summary.moments]
        later = [t for t in times if t > self.here_s]
        before = [t for t in times if t < self.here_s]
        if steps > 0 and later:
            self._look_at(later[0])
        elif steps < 0 and before:
            self._look_at(before[-1])

    def action_to_signal(self, steps: int) -> None:
        """The signal before or after."""
        if self._call is None:
            return
        signal = beside(self._call.signals, self.here_s, steps)
        if signal is None:
            self.say(f"There is no signal {'after' if steps > 0 else 'before'} this moment.")
        else:
            self.say("")
            self._look_at(signal.at_s)

    @on(TimeStrip.Seek)
    def _clicked(self, message: TimeStrip.Seek) -> None:
        self._look_at(message.at_s)

    @on(MomentsPane.Chosen)
    def _chosen(self, message: MomentsPane.Chosen) -> None:
        self._look_at(message.at_s)

    def action_read_here(self) -> None:
        """The transcript at this moment."""
        self.action_page("transcript")
        self.call_after_refresh(lambda: self._look_at(self.here_s))

    def action_why(self, signal: int | None = None) -> None:
        """Explain the signal looked at, unless another was clicked."""
        if self._call is None:
            return
        if signal is None:
            at = beside(self._call.signals, self.here_s + 0.001, -1)
            signal = None if at is None else at.id
        super().action_why(signal)

    # ---- keys ------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """False hides a key that means nothing now."""
        if self._call is None:
            return action not in {*WHY_ACTIONS, *_OF_A_CALL}
        if action in {"leave", "scroll"} and self.writing:
            return False  # the line has the keys
        if action in WHY_ACTIONS:
            return self.check_why(action)
        if action == "leave":
            return not self.explaining
        if action in {"moment", "to_signal"}:
            return not self.explaining
        if action == "page":
            other = "summary" if self.has_class("-transcript") else "transcript"
            return not self.has_class("-wide") and parameters == (other,)
        if action == "play":
            return self._sound is not None
        return action != "silence"

    def action_scroll(self, way: str) -> None:
        """Read on: `up`, `down`, `page_up`, `page_down`, `home` or `end`."""
        pane = self._reading()
        if pane is not None:
            scroll(pane, way)

    def _reading(self) -> Widget | None:
        if self._call is None:
            return None
        if self.explaining:
            return self.query_one(WhyPane)
        reading = self.query_one(ReadingPane)
        return reading if reading.display else self.query_one(MomentsPane)

    def action_leave(self) -> None:
        """Done; everything is kept already."""
        self._left()

    def explain(self) -> None:
        """The panel knows this call from the start."""
        super().explain()
        if self.explaining:
            self.query_one("#explanation").show(self.view)  # type: ignore[attr-defined]


_OF_A_CALL: Final = frozenset(
    {
        "page",
        "moment",
        "to_signal",
        "read_here",
        "find",
        "play",
        "silence",
        "note",
        "export",
        "copy",
        "scroll",
    }
)
"""What needs a call to be there."""
