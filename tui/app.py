"""The application around a call: starts it, shows it, ends it cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, ClassVar, Final

from rich.traceback import Traceback
from textual import on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.worker import Worker, WorkerState

from assistant.errors import ThatsRightError
from assistant.model import Source
from tui import theme
from tui.messages import CallEnded, CallFailed, Happened
from tui.screens.call import CallScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.model import Event, FinishedCall
    from assistant.runtime import Session

_UNSEEN: Final = 256
"""Events the worker may be ahead of the screen; then it waits. Nothing is dropped."""

_LOOK_AGAIN_S: Final = 0.1
"""How often a waiting worker looks whether the call was stopped."""

_INTERRUPTED_STATUS: Final = 130


class CallApp(App["FinishedCall | None"]):
    """Plays one call on the screen.

    Its result is the finished call, None when it was left before the end. `return_code` is 0,
    1 after a failure, 130 after an interrupt.
    """

    CSS_PATH = "app.tcss"
    TITLE = "thatsright"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", "Quit", show=False, priority=True),
    ]

    def __init__(self, session: Session, save: Callable[[FinishedCall], str | None]) -> None:
        """Ready to run.

        Args:
            session: the call; it is run in a thread of its own.
            save: keeps a finished call and gives its id, None when it is not to be kept. Called
                in that thread; its `ThatsRightError` is shown beside the summary.
        """
        super().__init__()
        self.failure: ThatsRightError | None = None
        """Why the call could not be played or kept; None when all went well."""
        self.interrupted = False
        """True when the user pressed Ctrl-C or the process was told to end."""
        self._session = session
        self._save = save
        self._finished: FinishedCall | None = None
        self._room = BoundedSemaphore(_UNSEEN)
        self._leaving = False
        self._worker: Worker[None] | None = None
        self._call = CallScreen(session.info, session.playback, took=self._room.release)
        self.register_theme(theme.DARK)
        self.register_theme(theme.LIGHT)
        self.theme = theme.fitting(os.environ).name

    def get_default_screen(self) -> CallScreen:
        """The screen beside the call."""
        return self._call

    def on_mount(self) -> None:
        """Start the call."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Not every platform and thread has these; Ctrl-C as a key works everywhere.
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                asyncio.get_running_loop().add_signal_handler(number, self._told_to_end)
        self._worker = self.run_worker(self._play, name="call", thread=True)

    def on_unmount(self) -> None:
        """However it ends, the worker does not stay behind."""
        self._session.playback.stop()

    def _fatal_error(self) -> None:
        """A defect of ours: Textual's trace, but without values, which may be words of a call."""
        self._exit_renderables.append(Traceback(show_locals=False))
        self._close_messages_no_wait()

    # ---- in the worker's thread -------------------------------------------------------------

    def _play(self) -> None:
        try:
            finished = self._session.run(self._tell)
        except ThatsRightError as error:
            self.failure = error
            self._call.post_message(CallFailed(error))
            return
        if finished is None:
            self._call.post_message(CallEnded(None))
            return
        self._finished = finished
        try:
            saved_as = self._save(finished)
        except ThatsRightError as error:
            self.failure = error
            self._call.post_message(CallEnded(finished, save_error=error))
        else:
            self._call.post_message(CallEnded(finished, saved_as))

    def _tell(self, event: Event) -> None:
        while not self._room.acquire(timeout=_LOOK_AGAIN_S):
            if self._session.playback.stopped:
                return
        self._call.post_message(Happened(event))

    # ---- leaving ------------------------------------------------------------------------------

    async def action_quit(self) -> None:
        """Leave; a call that still plays is stopped first and leaves nothing half-done.

        A live call is hung up, and its summary shown; the second time it is left.
        """
        if not self._hang_up():
            self._leave()

    def action_interrupt(self) -> None:
        """Leave, and say that it was by Ctrl-C; a live call as with `action_quit`."""
        if self._hang_up():
            return
        self.interrupted = True
        self._leave()

    def _told_to_end(self) -> None:
        """By a signal, when nobody may be there any more to read a summary."""
        self._leaving = True
        self.action_interrupt()

    def _hang_up(self) -> bool:
        """True when a live call was under way and is being brought to its end."""
        playback = self._session.playback
        live = self._session.info.source is Source.LIVE
        over = self._worker is None or self._worker.is_finished
        if not live or over or playback.finishing:
            return False
        playback.finish()
        self._call.stopping()
        return True

    def _leave(self) -> None:
        self._leaving = True
        self._session.playback.stop()
        if self._worker is None or self._worker.is_finished:
            self._go()
        else:
            self._call.stopping()

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        if event.worker is not self._worker or event.state is not WorkerState.SUCCESS:
            return
        nothing_to_show = self._finished is None and self.failure is None
        if self._leaving or nothing_to_show:
            self._go()

    def _go(self) -> None:
        status = _INTERRUPTED_STATUS if self.interrupted else 1 if self.failure else 0
        self.exit(self._finished, return_code=status)
