"""What the worker tells the screen. Texts are made safe to show on the way in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from tui.view import cleaned

if TYPE_CHECKING:
    from assistant.errors import ThatsRightError
    from assistant.model import Event, FinishedCall
    from assistant.preparing_page import Section
    from tui.desk import Sound
    from tui.reviewing import Reviewed


class Happened(Message):
    """The session told an event."""

    def __init__(self, event: Event) -> None:
        self.event: Event = cleaned(event)
        """With nothing in its texts that a terminal would obey."""
        super().__init__()


class CallEnded(Message):
    """The session returned."""

    def __init__(
        self,
        finished: FinishedCall | None,
        saved_as: str | None = None,
        save_error: ThatsRightError | None = None,
    ) -> None:
        self.finished = finished
        """None when it was stopped early."""
        self.saved_as = saved_as
        """Id in the library; None when it was not saved."""
        self.save_error = save_error
        """Why saving failed; None when it did not."""
        super().__init__()


class CallFailed(Message):
    """The call could not be processed; nothing was saved."""

    def __init__(self, error: ThatsRightError) -> None:
        self.error = error
        super().__init__()


class Loaded(Message):
    """A finished call is ready to be looked at."""

    def __init__(self, call: Reviewed, sound: Sound | None) -> None:
        self.call = call
        self.sound = sound
        """Its recording; None where it cannot be heard."""
        super().__init__()


class Told(Message):
    """Something asked for was done, or could not be."""

    def __init__(self, sentence: str, *, wrong: bool = False, reload: bool = False) -> None:
        self.sentence = sentence
        self.wrong = wrong
        self.reload = reload
        """True when the call is another now."""
        super().__init__()


class PageRead(Message):
    """The page from before the call, or why there is none."""

    def __init__(self, sections: tuple[Section, ...], trouble: str = "") -> None:
        self.sections = sections
        self.trouble = trouble
        """A sentence; empty when all went well."""
        super().__init__()
