"""The screen beside a call. It owns the state; widgets draw it, the worker tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Footer

from assistant.model import Source
from tui import view as state
from tui.messages import CallEnded, CallFailed, Happened
from tui.view import Phase
from tui.why import beside, keeps, opening
from tui.widgets.drawn import Drawn
from tui.widgets.glance import Gauge, Now
from tui.widgets.header import CallHeader, Pace
from tui.widgets.notice import Notice
from tui.widgets.prompt import PromptPanel
from tui.widgets.summary import SummaryPane
from tui.widgets.transcript import TranscriptPane
from tui.widgets.why import WhyPane
from tui.words import faster, slower

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import ActiveBinding
    from textual.events import Resize
    from textual.widget import Widget

    from assistant.model import CallInfo
    from assistant.runtime import Playback

_POLL_S: Final = 0.25
"""How often the clock on the screen is looked at."""

_NARROW: Final = 60
_WIDE: Final = 120
_TALL: Final = 18
_ROOMY: Final = 36
_SPEED: Final = Binding.Group("Speed", compact=True)
_SIGNAL: Final = Binding.Group("Signal", compact=True)

_REPLAY_ACTIONS: Final = frozenset({"pause", "resume", "step", "slower", "faster"})
_BEHIND_PANEL: Final = _REPLAY_ACTIONS | {"newest"}
"""What the footer leaves out while the panel is open."""

_WHY_ACTIONS: Final = frozenset({"why", "close", "beside"})
_READING_ACTIONS: Final = frozenset({"scroll", "newest"})


class CallScreen(Screen[None]):
    """Prompt, glance, transcript; at the end the summary."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  # as in Textual, which does not call it a ClassVar
        (0, "-narrow"),
        (_NARROW, "-normal"),
        (_WIDE, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012  # likewise
        (0, "-short"),
        (_TALL, "-tall"),
        (_ROOMY, "-roomy"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "Pause"),
        Binding("space", "resume", "Resume"),
        Binding("left,h", "beside(-1)", "Signal before", key_display="←", group=_SIGNAL),
        Binding("right,l", "beside(1)", "Signal after", key_display="→", group=_SIGNAL),
        Binding("n,right", "step", "Step", key_display="n/→"),
        Binding("minus", "slower", "Slower", key_display="-", group=_SPEED),
        Binding("plus,equals_sign", "faster", "Faster", key_display="+", group=_SPEED),
        Binding("t", "page('transcript')", "Transcript"),
        Binding("t", "page('summary')", "Summary"),
        Binding("up", "scroll('up')", "Scroll", key_display="↑↓"),
        Binding("down", "scroll('down')", "Scroll down", show=False),
        Binding("pageup", "scroll('page_up')", "Page up", show=False),
        Binding("pagedown", "scroll('page_down')", "Page down", show=False),
        Binding("home", "scroll('home')", "First line", show=False),
        Binding("end", "newest", "Newest", key_display="End"),
        Binding("w", "why", "Why"),
        Binding("w,escape", "close", "Close", key_display="w"),
        Binding("q", "app.quit", "Quit"),
    ]

    def __init__(
        self, info: CallInfo, playback: Playback, took: Callable[[], object] = lambda: None
    ) -> None:
        """`took` is called for each `Happened` once it is taken in."""
        super().__init__()
        self.view = state.begin(info)
        self._playback = playback
        self._took = took
        self._stopping = False
        self._draw_due = False
        self._phase = self.view.phase
        self._why: int | None = None
        """Id of the signal that is explained while the panel is open."""

    def compose(self) -> ComposeResult:
        """Everything there is; the style sheet decides what has room."""
        yield CallHeader(self.view, self._pace())
        yield PromptPanel(self.view)
        with Container(id="body"):
            with Container(id="glance"):
                yield Gauge(self.view)
                yield Now(self.view)
            yield TranscriptPane()
        yield SummaryPane()
        yield WhyPane(self.view)
        yield Notice(self.view)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Look at the clock from now on."""
        self.set_interval(_POLL_S, self._poll)

    def on_resize(self, event: Resize) -> None:
        """Keep the keys in sight on a narrow screen."""
        self.query_one(Footer).compact = event.size.width < _NARROW
        self.refresh_bindings()

    def stopping(self) -> None:
        """Say that the end is near: the work in hand is being finished."""
        self._stopping = True
        self.query_one(CallHeader).show_pace(self._pace())

    # ---- what the worker tells --------------------------------------------------------------

    @on(Happened)
    def _happened(self, message: Happened) -> None:
        self._took()
        self.query_one(TranscriptPane).hear(message.event)
        self._become(state.reduce(self.view, message.event))

    @on(CallEnded)
    def _ended(self, message: CallEnded) -> None:
        if message.finished is None:
            return
        if message.save_error is not None:
            self._become(state.not_saved(self.view, str(message.save_error)))
        else:
            self._become(state.saved(self.view, message.saved_as))

    @on(CallFailed)
    def _failed(self, message: CallFailed) -> None:
        self._become(state.failed(self.view, str(message.error)))

    def _poll(self) -> None:
        self._become(state.tick(self.view, self._playback.position_s))
        header = self.query_one(CallHeader)
        if header.pace != self._pace():
            header.show_pace(self._pace())
            self.refresh_bindings()

    def _become(self, view: state.View) -> None:
        self.view = view
        if not self._draw_due:
            self._draw_due = True
            self.call_later(self._draw)

    def _draw(self) -> None:
        """Draw once for all the events taken in since the last time."""
        self._draw_due = False
        if self.view.phase is not self._phase:
            self._phase = self.view.phase
            self.set_class(self._phase is Phase.ENDED, "-ended")
            self.call_after_refresh(self.refresh_bindings)
        self._explain()
        for widget in self.query(Drawn):
            widget.show(self.view)
        self.query_one(TranscriptPane).settle()
        self.query_one(SummaryPane).show(self.view)

    # ---- keys ---------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """False hides a key that means nothing now, None dims it."""
        if action in _WHY_ACTIONS:
            return self._explaining is (action != "why")
        if action in _REPLAY_ACTIONS:
            return self._may_replay(action)
        if action in _READING_ACTIONS:
            return self._reading_pane() is not None
        if action == "page":
            other = "summary" if self.has_class("-transcript") else "transcript"
            ended = self.view.phase is Phase.ENDED and not self._explaining
            return ended and parameters == (other,)
        return True

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys in the footer. While the panel is open they are its own; all go on working."""
        active = super().active_bindings
        if not self._explaining:
            return active
        return {k: each for k, each in active.items() if each.binding.action not in _BEHIND_PANEL}

    def _may_replay(self, action: str) -> bool | None:
        if self.view.phase in (Phase.ENDED, Phase.FAILED) or self.view.info.source is Source.LIVE:
            return False
        paused = self._playback.paused
        if action == "step":
            return True if paused else None
        return paused if action == "resume" else not paused if action == "pause" else True

    def _reading_pane(self) -> Widget | None:
        """What the scrolling keys move; None when there is nothing to read."""
        if self._explaining:
            return self.query_one(WhyPane)
        if self.view.phase is Phase.LOADING:
            return None
        panes = (self.query_one(SummaryPane), self.query_one(TranscriptPane))
        return next((pane for pane in panes if pane.display), None) if self.is_mounted else None

    def action_pause(self) -> None:
        """Stand still."""
        self._playback.pause()
        self._poll()

    def action_resume(self) -> None:
        """Go on."""
        self._playback.resume()
        self._poll()

    def action_step(self) -> None:
        """Play to the next thing said."""
        self._playback.step()
        self._poll()

    def action_faster(self) -> None:
        """The next speed above."""
        self._playback.set_speed(faster(self._playback.speed))
        self._poll()

    def action_slower(self) -> None:
        """The next speed below."""
        self._playback.set_speed(slower(self._playback.speed))
        self._poll()

    def action_page(self, page: str) -> None:
        """After the end: the summary or the transcript."""
        self.set_class(page == "transcript", "-transcript")
        self.refresh_bindings()

    def action_scroll(self, way: str) -> None:
        """Read on: `up`, `down`, `page_up`, `page_down` or `home`."""
        pane = self._reading_pane()
        if pane is None:
            return
        move = {
            "up": pane.scroll_up,
            "down": pane.scroll_down,
            "page_up": pane.scroll_page_up,
            "page_down": pane.scroll_page_down,
            "home": pane.scroll_home,
        }[way]
        move(animate=False)

    def action_newest(self) -> None:
        """Back to the newest line, or the end of the page."""
        pane = self._reading_pane()
        if isinstance(pane, TranscriptPane):
            pane.action_newest()
        elif pane is not None:
            pane.scroll_end(animate=False)

    # ---- why ----------------------------------------------------------------------------------

    @property
    def _explaining(self) -> bool:
        """The panel is open."""
        return self.has_class("-why")

    def action_why(self, signal: int | None = None) -> None:
        """Open the panel on a signal, or on what the prompt rests on, or on the last signal."""
        self._why = signal
        self.add_class("-why")
        self._explain()
        self.refresh_bindings()

    def action_close(self) -> None:
        """Close the panel."""
        self.remove_class("-why")
        self.query_one(WhyPane).choose(None)
        self.refresh_bindings()

    def action_beside(self, steps: int) -> None:
        """Explain the signal before or after."""
        self._why = beside(self.view, self._why, steps)
        self._explain()

    @on(TranscriptPane.Picked)
    def _picked(self, message: TranscriptPane.Picked) -> None:
        if keeps(self.view, message.signal):
            self.action_why(message.signal)

    def _explain(self) -> None:
        """Stay with the signal that is explained, whatever else is heard."""
        if self._explaining:
            self._why = opening(self.view) if self._why is None else self._why
            self.query_one(WhyPane).choose(self._why)

    def _pace(self) -> Pace:
        return Pace(self._playback.speed, self._playback.paused, self._stopping)
