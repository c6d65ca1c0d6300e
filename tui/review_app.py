"""The application around one finished call."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tui import theme
from tui.base import BaseApp
from tui.screens.review import ReviewScreen

if TYPE_CHECKING:
    from pathlib import PurePath

    from tui.reviewing import Reviews


class ReviewApp(BaseApp[None]):
    """Shows one call of the library until the user leaves it."""

    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = ["app.tcss", "review.tcss"]

    def __init__(self, reviews: Reviews, call_id: int, *, look: str = theme.AUTO) -> None:
        """`look` is dark, light, contrast or auto."""
        super().__init__(look)
        self._review = ReviewScreen(reviews, call_id, self.exit)

    def get_default_screen(self) -> ReviewScreen:
        """The call."""
        return self._review

    async def action_quit(self) -> None:
        """As `q` does on the screen."""
        self._review.action_leave()
