"""The line of keys: Textual's footer, made anew only when other keys are to be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Footer

if TYPE_CHECKING:
    from collections.abc import Hashable

    from textual.screen import Screen


class Keys(Footer):
    """The keys of a screen.

    A footer keeps every key it ever showed (Textual's issue 6666, in 8.2 too), and is told to
    make them anew far more often than they change: both cost much over a long call.
    """

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)
        self._face: Hashable = None

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Make them anew when they look different."""
        face = tuple(
            (each.binding, each.enabled)
            for each in screen.active_bindings.values()
            if each.binding.show
        )
        if face != self._face and screen.app.app_focus:
            self._face = face
            super().bindings_changed(screen)

    async def recompose(self) -> None:
        """And let go of those that are no more."""
        await super().recompose()
        for watchers in getattr(self, "__watchers", {}).values():
            watchers[:] = [each for each in watchers if not each[0]._closing]  # noqa: SLF001 - as Textual's own pruning does
