"""What the review of a finished call asks of the library, and the command that opens it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import platformdirs

from assistant.paths import data_folder
from assistant.report import report, write_report
from assistant.sounding import RecordingSound, sound_of
from assistant.store import Library

if TYPE_CHECKING:
    from assistant.model import FinishedCall, Note
    from assistant.stored import StoredCall

EARLIER: Final = 5
"""With so many calls before it a call is compared."""


class Reviewing:
    """The library behind the review. Every method may raise a `ThatsRightError`."""

    def __init__(self, folder: Path) -> None:
        """`folder` is where reports go."""
        self._folder = folder

    def load(self, call_id: int) -> FinishedCall:
        """All that is kept of a call."""
        with Library.open(data_folder()) as library:
            return library.load(call_id)

    def add_note(self, call_id: int, note: Note) -> None:
        """Keep a note with a call that is over."""
        with Library.open(data_folder()) as library:
            library.add_note(call_id, note)

    def export(self, call_id: int, form: str) -> Path:
        """Write a report, beside nothing it would replace; where it is."""
        call = self.load(call_id)
        path = free_path(self._folder, call.info.title, form)
        write_report(report(call, form), path)
        return path

    def earlier(self, call_id: int) -> tuple[StoredCall, ...]:
        """This call, then the newest before it: with the same counterpart when that is known."""
        with Library.open(data_folder()) as library:
            return compared(library.calls(), call_id)

    def sound_of(self, call_id: int) -> RecordingSound | None:
        """The recording, while it is there."""
        return sound_of(data_folder(), call_id, self.load(call_id).info)


def compared(
    calls: tuple[StoredCall, ...] | list[StoredCall], call_id: int
) -> tuple[StoredCall, ...]:
    """The call and at most `EARLIER` before it, newest first; empty when it is not there."""
    this = next((call for call in calls if call.id == call_id), None)
    if this is None:
        return ()
    before = [
        call
        for call in calls
        if (call.started_at, call.id) < (this.started_at, this.id)
        and (not this.counterpart or call.counterpart.casefold() == this.counterpart.casefold())
    ]
    before.sort(key=lambda call: (call.started_at, call.id), reverse=True)
    return (this, *before[:EARLIER])


def free_path(folder: Path, title: str, form: str) -> Path:
    """A path of that title that nothing stands at yet."""
    stem = "".join(c if c.isalnum() or c in " -_" else "_" for c in title).strip()[:80] or "call"
    number = 1
    while True:
        path = folder / (f"{stem}.{form}" if number == 1 else f"{stem} {number}.{form}")
        if not path.exists():
            return path
        number += 1


def documents() -> Path:
    """Where people look for what they have written out."""
    folder = platformdirs.user_documents_path()
    return folder if folder.is_dir() else Path.cwd()


def review(number: int, look: str = "auto") -> int:
    """Show a call of the library on the screen; exit status."""
    from tui.review_app import ReviewApp  # noqa: PLC0415 - only a terminal needs Textual

    screen = ReviewApp(Reviewing(documents()), number, look=look)
    screen.run()
    return screen.return_code or 0
