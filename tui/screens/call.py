"""The screen beside a call. It owns the state; widgets draw it, the worker tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Footer, Input
from textual.worker import Worker, WorkerState

from assistant.model import Note, SpeechDropped, SpeechOpened
from tui import view as state
from tui.messages import CallEnded, CallFailed, Happened
from tui.screens.ask import AskScreen
from tui.screens.call_before import BEFORE_ACTIONS, BeforeTheCall
from tui.screens.call_hands import HANDS_ACTIONS, Hands
from tui.screens.call_why import WHY_ACTIONS
from tui.screens.moving import SCROLL_BINDINGS, scroll
from tui.transport import Transport
from tui.view import Phase
from tui.widgets.before import BeforePane
from tui.widgets.drawn import Drawn
from tui.widgets.glance import Gauge, Now
from tui.widgets.header import CallHeader, Pace
from tui.widgets.keys import Keys
from tui.widgets.legs import Legs
from tui.widgets.notice import Notice
from tui.widgets.pinned import Pinned
from tui.widgets.prompt import PromptPanel
from tui.widgets.strip import TimeStrip
from tui.widgets.summary import SummaryPane
from tui.widgets.transcript import TranscriptPane
from tui.widgets.why import WhyPane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.app import ComposeResult
    from textual.events import Resize
    from textual.widget import Widget

    from assistant.model import Event
    from assistant.preparing_page import Section
    from tui.desk import Sound
    from tui.running import Running

_POLL_S: Final = 0.25
"""How often the clock on the screen is looked at."""

NARROW: Final = 60
WIDE: Final = 120
TALL: Final = 18
LOW: Final = 22
"""Below this the timeline leaves its lines to the words."""
ROOMY: Final = 36


class CallScreen(BeforeTheCall, Hands):
    """Prompt, glance, transcript; at the end the summary."""

    HELP_TEXT = (
        "One look tells: are we understood, what was that, what do I say now. "
        "The large words are to be said out loud."
    )
    SHAPES = True
    AUTO_FOCUS = ""
    """The keys are the screen's, until a note is written."""
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  # as in Textual, which does not call it a ClassVar
        (0, "-narrow"),
        (NARROW, "-normal"),
        (WIDE, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012  # likewise
        (0, "-short"),
        (TALL, "-tall"),
        (ROOMY, "-roomy"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "page('transcript')", "Transcript"),
        Binding("t", "page('summary')", "Summary"),
        *SCROLL_BINDINGS,
        Binding("home", "scroll('home')", "First line", show=False),
        Binding("end", "newest", "Newest", key_display="End"),
        Binding("w", "why", "Why", tooltip="Why the screen says what it says"),
        Binding("w,escape", "close", "Close", key_display="w"),
        Binding("b", "before", "Before", tooltip="What earlier calls with them left open"),
        Binding("b,escape", "close_before", "Close", key_display="b"),
        Binding("question_mark", "app.help", "Keys", key_display="?"),
        Binding("q", "leave", "Quit"),
        Binding(
            "q", "hang_up", "Hang up", tooltip="End the call; then its summary, and it is kept"
        ),
    ]

    def __init__(
        self,
        running: Running,
        left: Callable[[], object],
        *,
        keeps: str = "",
        sound: Sound | None = None,
        before: Callable[[], tuple[Section, ...]] | None = None,
    ) -> None:
        """`left` is called once, when there is nothing more to see and nothing under way."""
        super().__init__()
        info = running.session.info
        self.running = running
        self.view = state.begin(info)
        self.transport = Transport(running.session.playback)
        self.sound = sound
        self.before = before
        self.leaving = False
        """True once the user wants to leave: what is under way is being finished."""
        self.worker: Worker[None] | None = None
        self._left = left
        self._keeps = keeps
        self._stopping = False
        self._draw_due = False
        self._phase = self.view.phase
        self._keyed = (False, False, False, False)
        """What the keys depend on: a prompt, said already, one pinned, none wanted."""

    def compose(self) -> ComposeResult:
        """Everything there is; the style sheet decides what has room."""
        yield CallHeader(self.view, self._pace(), self._keeps)
        yield PromptPanel(self.view)
        yield Pinned(self.view)
        with Container(id="body"):
            with Container(id="glance"):
                yield Gauge(self.view)
                yield Now(self.view)
                yield Legs(self.view, "" if self.running.live else self._keeps)
            yield TranscriptPane()
            yield BeforePane()
        yield TimeStrip(self.view)
        yield SummaryPane()
        yield WhyPane(self.view)
        yield Notice(self.view)
        yield Input(id="note", placeholder="A note on this moment; Enter keeps it", compact=True)
        yield Keys()

    def on_mount(self) -> None:
        """Start the call, and look at the clock from now on."""
        self.set_class(self.running.live, "-live")
        self.worker = self.run_worker(lambda: self.running.play(self), name="call", thread=True)
        self.set_interval(_POLL_S, self._poll)

    def on_unmount(self) -> None:
        """However it ends, the work does not go on unseen."""
        self.running.stop()
        if self.sound is not None:
            self.sound.stop()

    def on_resize(self, event: Resize) -> None:
        """Keep the keys in sight on a narrow screen."""
        self.query_one(Footer).compact = event.size.width < NARROW
        self.set_class(event.size.height < LOW, "-low")
        self.refresh_bindings()

    # ---- what the worker tells --------------------------------------------------------------

    @on(Happened)
    def _happened(self, message: Happened) -> None:
        self.running.took()
        event = message.event
        self.query_one(TimeStrip).hear(event)
        if self.transport.hear(event):
            self._take_in((event,))
        if isinstance(event, Note) and not self.running.over:
            self.noted = True

    @on(CallEnded)
    def _ended(self, message: CallEnded) -> None:
        if message.finished is None:
            return
        self.show_again(self.transport.seek(self.transport.front_s) or ())
        if message.save_error is not None:
            self.become(state.not_saved(self.view, str(message.save_error)))
        else:
            self.become(state.saved(self.view, message.saved_as))

    @on(CallFailed)
    def _failed(self, message: CallFailed) -> None:
        self.become(state.failed(self.view, str(message.error)))

    def _take_in(self, events: Iterable[Event]) -> None:
        view = self.view
        pane = self.query_one(TranscriptPane)
        for event in events:
            pane.hear(event)
            view = state.reduce(view, event)
        self.become(view)

    def show_again(self, events: tuple[Event, ...]) -> None:
        """Show this instead of what is there: another moment of the call."""
        if not events:
            return
        self.query_one(TranscriptPane).restart()
        kept = self.view
        self.view = state.again(kept)
        self._take_in(e for e in events if not isinstance(e, SpeechOpened | SpeechDropped))

    def _poll(self) -> None:
        due = self.transport.due()
        if due:
            self._take_in(e for e in due if not isinstance(e, SpeechOpened | SpeechDropped))
        self.become(state.tick(self.view, self.transport.position_s))
        header = self.query_one(CallHeader)
        self.query_one(Legs).show_legs(
            self.running.session.legs, off_record=self.running.session.off_record
        )
        self.query_one(TimeStrip).show_at(self.transport.front_s, self.view.now_s)
        if header.pace != self._pace():
            header.show_pace(self._pace())
            self.refresh_bindings()
        self.follow_sound()

    def become(self, view: state.View) -> None:
        """The state from now on; drawn once for all that happened meanwhile."""
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
            self.set_class(self._phase is Phase.PLAYING, "-playing")
            self.follow_sound()
            self.call_after_refresh(self.refresh_bindings)
        keyed = (bool(self.view.prompt), self.view.used, bool(self.view.pinned), self.view.muted)
        if keyed != self._keyed:
            self._keyed = keyed
            self.refresh_bindings()
        self.explain()
        for widget in self.query(Drawn):
            widget.show(self.view)
        self.query_one(TranscriptPane).settle()
        self.query_one(SummaryPane).show(self.view)

    # ---- leaving ------------------------------------------------------------------------------

    def hang_up(self) -> bool:
        """True when a live call was under way and is being brought to its end."""
        if not self.running.hang_up():
            return False
        self._say_stopping()
        return True

    def action_hang_up(self) -> None:
        """End a live call: its summary comes, and it is kept."""
        self.hang_up()

    def action_leave(self) -> None:
        """Leave; a live call is hung up first. Asked only when something would be lost."""
        if self.hang_up():
            return
        if not self.noted or self.running.over or self.leaving:
            self.leave()
            return
        question = (
            "Your notes are kept when the replay comes to its end. Leave now, and they are lost?"
        )

        def answered(yes: bool | None) -> None:  # noqa: FBT001 - Textual's callback
            if yes:
                self.leave()

        self.app.push_screen(AskScreen(question, "Leave", "Stay"), answered)

    def leave(self) -> None:
        """At once; what is under way is stopped and leaves nothing half-done."""
        self.leaving = True
        self.running.stop()
        if self.worker is None or self.worker.is_finished:
            self._left()
        else:
            self._say_stopping()

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        if event.worker is not self.worker or event.state is not WorkerState.SUCCESS:
            return
        if self.leaving or self.running.nothing_to_show:
            self._left()

    def _say_stopping(self) -> None:
        self._stopping = True
        self.query_one(CallHeader).show_pace(self._pace())

    # ---- reading ------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """False hides a key that means nothing now, None dims it."""
        if action in {"scroll", "newest"}:
            pane = self._reading_pane()
            return pane is not None and (action == "scroll" or not _follows(pane))
        if action == "page":
            other = "summary" if self.has_class("-transcript") else "transcript"
            reading = self.explaining or self.preparing
            ended = self.view.phase is Phase.ENDED and not reading
            return ended and parameters == (other,)
        if action in {"leave", "hang_up"}:
            ongoing = self.running.live and not self.running.over and not self._stopping
            return ongoing is (action == "hang_up")
        if action in WHY_ACTIONS:
            return self.check_why(action)
        if action in BEFORE_ACTIONS:
            return self.check_before(action)
        return self.check_hands(action) if action in HANDS_ACTIONS else True

    def _reading_pane(self) -> Widget | None:
        """What the scrolling keys move; None when there is nothing to read."""
        if self.explaining:
            return self.query_one(WhyPane)
        if self.preparing:
            return self.query_one(BeforePane)
        if self.view.phase is Phase.LOADING:
            return None
        panes = (self.query_one(SummaryPane), self.query_one(TranscriptPane))
        return next((pane for pane in panes if pane.display), None) if self.is_mounted else None

    def action_page(self, page: str) -> None:
        """After the end: the summary or the transcript."""
        self.set_class(page == "transcript", "-transcript")
        self.refresh_bindings()

    def action_scroll(self, way: str) -> None:
        """Read on: `up`, `down`, `page_up`, `page_down` or `home`."""
        pane = self._reading_pane()
        if pane is None:
            return
        before = _follows(pane)
        scroll(pane, way)
        if _follows(pane) is not before:
            self.refresh_bindings()

    def action_newest(self) -> None:
        """Back to the newest line, or the end of the page."""
        pane = self._reading_pane()
        if isinstance(pane, TranscriptPane):
            pane.action_newest()
        elif pane is not None:
            pane.scroll_end(animate=False)
        self.refresh_bindings()

    def _pace(self) -> Pace:
        playback = self.running.session.playback
        return Pace(
            playback.speed,
            self.transport.paused,
            self._stopping,
            off_record=self.running.session.off_record,
            claimed=self.running.session.claimed,
            looking_back=self.transport.looking_back,
            hurrying=playback.skipping,
        )


def _follows(pane: Widget) -> bool:
    """Nothing newer is out of sight."""
    return pane.follow if isinstance(pane, TranscriptPane) else pane.scroll_y >= pane.max_scroll_y
