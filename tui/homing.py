"""What the screens around the calls ask of the application they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from assistant.stored import StoredCall
    from tui.bin import Bin
    from tui.desk import Ready, Wish


class Home(Protocol):
    """The application, as its screens see it."""

    bin: Bin

    @property
    def starting(self) -> bool:
        """True while a call that happens now is being got ready."""

    def ask_live(self) -> None:
        """What has to be said and known before a call that happens now."""

    def start_live(self, wish: Wish) -> None:
        """Get a call ready that happens now, and show it."""

    def play(self, ready: Ready) -> None:
        """Show a call that is ready."""

    def open_call(self, call: StoredCall) -> None:
        """Look at a finished call."""

    def open_files(self) -> None:
        """Choose a file to replay."""

    def open_library(self) -> None:
        """All calls."""

    def open_settings(self) -> None:
        """All settings."""

    def open_checks(self) -> None:
        """Whether all is ready for a call."""

    def open_cut_off(self) -> None:
        """Calls that were cut off."""

    def open_welcome(self) -> None:
        """What it does, consent, sound."""

    def delete_later(self, call: StoredCall) -> None:
        """Delete a call when the time to change one's mind is over."""

    def welcomed(self) -> None:
        """The first screens need not come again."""

    def put_on_look(self, look: str) -> None:
        """Colours: auto, dark, light or contrast."""


class Homing:
    """A screen that reaches its application."""

    @property
    def home(self) -> Home:
        """The application."""
        return cast("Home", self.app)  # type: ignore[attr-defined]  # of every screen
