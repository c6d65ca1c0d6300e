"""A call in a thread of its own: what it tells goes to a screen, and it ends cleanly."""

from __future__ import annotations

from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Final

from assistant.errors import ThatsRightError
from assistant.model import Source
from tui.messages import CallEnded, CallFailed, Happened

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message_pump import MessagePump

    from assistant.model import Event, FinishedCall
    from assistant.runtime import Session

_UNSEEN: Final = 256
"""Events the worker may be ahead of the screen; then it waits. Nothing is dropped."""

_LOOK_AGAIN_S: Final = 0.1
"""How often a waiting worker looks whether the call was stopped."""


class Running:
    """One call from its start to where it was kept."""

    def __init__(self, session: Session, save: Callable[[FinishedCall], str | None]) -> None:
        """Ready to run.

        Args:
            session: the call; `play` runs it.
            save: keeps a finished call and gives its id, None when it is not to be kept. Called
                in the thread of `play`; its `ThatsRightError` is shown beside the summary.
        """
        self.session = session
        self.failure: ThatsRightError | None = None
        """Why the call could not be played or kept; None when all went well."""
        self.finished: FinishedCall | None = None
        self.saved_as: str | None = None
        """Its id in the library, once it is kept."""
        self.over = False
        """True once nothing more comes."""
        self._save = save
        self._room = BoundedSemaphore(_UNSEEN)

    @property
    def live(self) -> bool:
        """True for a call that is happening now."""
        return self.session.info.source is Source.LIVE

    @property
    def nothing_to_show(self) -> bool:
        """True when it was stopped early: there is neither a summary nor a failure."""
        return self.finished is None and self.failure is None

    def took(self) -> None:
        """The screen took one event in: there is room for another."""
        self._room.release()

    def play(self, screen: MessagePump) -> None:
        """Run the call in the calling thread, keep it, and tell the screen everything."""
        try:
            finished = self.session.run(lambda event: self._tell(screen, event))
        except ThatsRightError as error:
            self.failure = error
            screen.post_message(CallFailed(error))
            return
        finally:
            self.over = True
        if finished is None:
            screen.post_message(CallEnded(None))
            return
        self.finished = finished
        try:
            self.saved_as = self._save(finished)
        except ThatsRightError as error:
            self.failure = error
            screen.post_message(CallEnded(finished, save_error=error))
        else:
            screen.post_message(CallEnded(finished, self.saved_as))

    def hang_up(self) -> bool:
        """True when a live call was under way and is being brought to its end."""
        playback = self.session.playback
        if not self.live or self.over or playback.finishing:
            return False
        playback.finish()
        return True

    def stop(self) -> None:
        """End it at once."""
        self.session.playback.stop()

    def _tell(self, screen: MessagePump, event: Event) -> None:
        while not self._room.acquire(timeout=_LOOK_AGAIN_S):
            if self.session.playback.stopped:
                return
        screen.post_message(Happened(event))
