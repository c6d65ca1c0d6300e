"""The application around one call: shows it, ends cleanly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import theme
from tui.base import INTERRUPTED_STATUS, BaseApp
from tui.running import Running
from tui.screens.call import CallScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.errors import ThatsRightError
    from assistant.model import FinishedCall
    from assistant.preparing_page import Section
    from assistant.runtime import Session
    from tui.desk import Sound


class CallApp(BaseApp["FinishedCall | None"]):
    """Plays one call on the screen.

    Its result is the finished call, None when it was left before the end. `return_code` is 0,
    1 after a failure, 130 after an interrupt.
    """

    def __init__(  # noqa: PLR0913 - one argument for each thing beside the call
        self,
        session: Session,
        save: Callable[[FinishedCall], str | None],
        *,
        keeps: str = "",
        look: str = theme.AUTO,
        sound: Sound | None = None,
        before: Callable[[], tuple[Section, ...]] | None = None,
    ) -> None:
        """Ready to run.

        Args:
            session: the call; it is run in a thread of its own.
            save: keeps a finished call and gives its id, None when it is not to be kept. Called
                in that thread; its `ThatsRightError` is shown beside the summary.
            keeps: a few words on what of the call is kept, for the user to see.
            look: dark, light, contrast or auto.
            sound: plays the recording along; None where there is none to play.
            before: reads the page before the call, in a thread; None where there is none.
        """
        super().__init__(look)
        self._played = Running(session, save)
        self._call = CallScreen(self._played, self._left, keeps=keeps, sound=sound, before=before)

    @property
    def failure(self) -> ThatsRightError | None:
        """Why the call could not be played or kept; None when all went well."""
        return self._played.failure

    def get_default_screen(self) -> CallScreen:
        """The screen beside the call."""
        return self._call

    def on_unmount(self) -> None:
        """However it ends, the worker does not stay behind."""
        self._played.stop()

    async def action_quit(self) -> None:
        """As `q` does on the screen."""
        self._call.action_leave()

    def action_interrupt(self) -> None:
        """Leave, and say that it was by Ctrl-C; a live call is hung up first, as with `q`."""
        if self._call.hang_up():
            return
        self.interrupted = True
        self._call.leave()

    def _told_to_end(self) -> None:
        """By a signal, when nobody may be there any more to read a summary."""
        self._call.leaving = True
        self.action_interrupt()

    def _left(self) -> None:
        failed = self._played.failure is not None
        status = INTERRUPTED_STATUS if self.interrupted else 1 if failed else 0
        self.exit(self._played.finished, return_code=status)
