"""The application around all calls: Home, and everything one gets to from there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message
from textual.worker import WorkerState

from assistant.errors import ThatsRightError
from tui import theme
from tui.base import INTERRUPTED_STATUS, BaseApp
from tui.bin import UNDO_S, Bin
from tui.running import Running
from tui.screens.call import CallScreen
from tui.screens.checks import ChecksScreen
from tui.screens.cut_off import CutOffScreen
from tui.screens.files import FilesScreen
from tui.screens.home import HomeScreen
from tui.screens.library import LibraryScreen
from tui.screens.page import Page
from tui.screens.review import ReviewScreen
from tui.screens.settings import SettingsScreen
from tui.screens.start import StartScreen
from tui.screens.welcome import WelcomeScreen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import PurePath

    from textual.screen import Screen

    from assistant.stored import StoredCall
    from tui.desk import Desk, Ready, Wish


class _Starts(Message):
    """A live call is ready."""

    def __init__(self, ready: Ready) -> None:
        self.ready = ready
        super().__init__()


class _Wrong(Message):
    """Something that was under way without a screen of its own did not work out."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__()


class _Closed(Message):
    """A call's devices and files are let go."""

    def __init__(self, problem: str = "") -> None:
        self.problem = problem
        super().__init__()


class _Deleted(Message):
    """A call is gone, or could not be deleted."""

    def __init__(self, call_id: int, problem: str = "") -> None:
        self.call_id = call_id
        self.problem = problem
        super().__init__()


class HomeApp(BaseApp[None]):
    """Runs until the user quits; then `empty_bin` is to be called."""

    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = [
        "app.tcss",
        "review.tcss",
        "home.tcss",
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.look)
        self.desk = desk
        self.bin = Bin()
        self._playing: Ready | None = None
        self._call: CallScreen | None = None
        self._ending = False

    def get_default_screen(self) -> Screen[None]:
        """Home."""
        return HomeScreen(self.desk)

    def on_mount(self) -> None:
        """Begin with the introduction, once."""
        super().on_mount()
        if self.desk.first_time:
            self.open_welcome()

    def on_unmount(self) -> None:
        """However it ends, no call goes on unseen."""
        if self._call is not None:
            self._call.running.stop()

    def empty_bin(self) -> tuple[str, ...]:
        """Delete what was deleted, after the application has ended; sentences on what failed."""
        problems = []
        for call in self.bin.rest():
            try:
                self.desk.delete(call.id)
            except ThatsRightError as error:
                problems.append(str(error))
        return tuple(problems)

    # ---- screens ------------------------------------------------------------------------------

    def open_files(self) -> None:
        """Choose a file to replay."""
        self.push_screen(FilesScreen(self.desk))

    def open_library(self) -> None:
        """All calls."""
        self.push_screen(LibraryScreen(self.desk))

    def open_settings(self) -> None:
        """All settings."""
        self.push_screen(SettingsScreen(self.desk))

    def open_checks(self) -> None:
        """Whether all is ready for a call."""
        self.push_screen(ChecksScreen(self.desk))

    def open_cut_off(self) -> None:
        """Calls that were cut off."""
        self.push_screen(CutOffScreen(self.desk))

    def open_welcome(self) -> None:
        """What it does, consent, sound."""
        self.push_screen(WelcomeScreen(self.desk))

    def open_call(self, call: StoredCall) -> None:
        """A finished call."""
        self.push_screen(ReviewScreen(self.desk.reviews, call.id, self.pop_screen))

    def put_on_look(self, look: str) -> None:
        """As the settings say."""
        self.theme = theme.chosen(look or theme.AUTO, os.environ).name

    def welcomed(self) -> None:
        """The first screens need not come again."""
        self._do(self.desk.welcomed, lambda _: None)

    # ---- a call -------------------------------------------------------------------------------

    def ask_live(self) -> None:
        """Consent, sound, with whom: asked before anything listens."""
        if self._call is None and not self.starting:
            self.push_screen(StartScreen(self.desk))

    def start_live(self, wish: Wish) -> None:
        """Get one ready in a thread; it is shown when it is."""
        if self._call is not None or self.starting:
            return
        self._tell("Getting the devices and the speech model ready …")
        self._do(lambda: self.desk.live(wish), _Starts, group="live")

    @property
    def starting(self) -> bool:
        """True while one is being got ready."""
        return any(w.group == "live" and w.state is WorkerState.RUNNING for w in self.workers)

    def on__starts(self, message: _Starts) -> None:
        """Show it, in the place of the questions before it."""
        while any(isinstance(screen, StartScreen) for screen in self.screen_stack):
            self.pop_screen()
        self._tell("")
        self.play(message.ready)

    def on__wrong(self, message: _Wrong) -> None:
        """Say it where the user is."""
        self._tell(message.sentence, wrong=True)

    def play(self, ready: Ready) -> None:
        """Show a call; when it is left, its devices and files are let go."""
        if self._call is not None:
            self._do(ready.close, lambda _: None)
            return
        self._playing = ready
        running = Running(ready.session, ready.save)
        self._call = CallScreen(running, self._left, keeps=ready.keeps, sound=ready.sound)
        self.push_screen(self._call)

    def _left(self) -> None:
        call, ready = self._call, self._playing
        if call is None or ready is None:
            return
        self._call = self._playing = None
        self._do(lambda: self._close(ready), lambda message: message, group="close")
        if self._ending:
            return  # when its files are let go
        while self.screen is not call:  # help, or a question, over it
            self.pop_screen()
        self.pop_screen()

    @staticmethod
    def _close(ready: Ready) -> _Closed:
        try:
            ready.close()
        except ThatsRightError as error:
            return _Closed(str(error))
        return _Closed()

    def on__closed(self, message: _Closed) -> None:
        """Nothing of the call is open any more."""
        if self._ending:
            self.exit(return_code=INTERRUPTED_STATUS if self.interrupted else 0)
        elif message.problem:
            self._tell(message.problem, wrong=True)

    # ---- deleting -----------------------------------------------------------------------------

    def delete_later(self, call: StoredCall) -> None:
        """Out of sight now; deleted when its time is over, or when the application ends."""
        self.bin.put(call)
        self.set_timer(UNDO_S, lambda: self._delete(call.id))

    def _delete(self, call_id: int) -> None:
        if not self.bin.let_go(call_id):
            return

        def job() -> _Deleted:
            try:
                self.desk.delete(call_id)
            except ThatsRightError as error:
                return _Deleted(call_id, str(error))
            return _Deleted(call_id)

        self._do(job, lambda message: message, group=f"delete {call_id}")

    def on__deleted(self, message: _Deleted) -> None:
        """It is gone, or the user is told why not."""
        self.bin.gone(message.call_id)
        for screen in self.screen_stack:
            look = getattr(screen, "look", None)
            if callable(look):
                look()
        if message.problem:
            self._tell(message.problem, wrong=True)

    # ---- leaving ------------------------------------------------------------------------------

    def action_leave(self) -> None:
        """Quit: nothing is lost here, so nothing is asked."""
        self.exit()

    async def action_quit(self) -> None:
        """Ctrl-Q: as `q` on the screen one is on; Home ends it."""
        if self._call is not None:
            self._call.action_leave()
        else:
            self.exit()

    def action_interrupt(self) -> None:
        """Ctrl-C: a live call is hung up first, anything else is left."""
        if self._call is None:
            super().action_interrupt()
            return
        if self._call.hang_up():
            return
        self.interrupted = self._ending = True
        self._call.leave()

    def _told_to_end(self) -> None:
        """By a signal: a call is brought to its end and kept, and nobody reads its summary."""
        self._ending = True
        if self._call is not None:
            self._call.leaving = True
        self.action_interrupt()

    # ---- work ---------------------------------------------------------------------------------

    def _do(
        self, job: Callable[[], object], told: Callable[..., Message | None], group: str = "do"
    ) -> None:
        """Do it in a thread; what it gives is told to the application as a message."""

        def run() -> None:
            try:
                message = told(job())
            except ThatsRightError as error:
                message = _Wrong(str(error))
            if message is not None:
                self.post_message(message)

        self.run_worker(run, thread=True, group=group)

    def _tell(self, sentence: str, *, wrong: bool = False) -> None:
        if isinstance(self.screen, Page):
            self.screen.say(sentence, wrong=wrong)
        elif sentence:
            self.notify(sentence, severity="error" if wrong else "information", markup=False)
