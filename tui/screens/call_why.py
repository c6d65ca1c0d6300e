"""The part of the call's screen that says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Footer

from tui.footing import fitting
from tui.why import beside, keeps, opening
from tui.widgets.transcript import TranscriptPane
from tui.widgets.why import WhyPane

if TYPE_CHECKING:
    from textual.binding import ActiveBinding

    from tui.view import View

_SIGNAL: Final = Binding.Group("Signal", compact=True)
WHY_BINDINGS: Final[list[BindingType]] = [
    Binding("left,h", "beside(-1)", "Signal before", key_display="←", group=_SIGNAL),
    Binding("right,l", "beside(1)", "Signal after", key_display="→", group=_SIGNAL),
]
"""Beside what the same keys do while the panel is closed: a screen that has both lists both."""
WHY_ACTIONS: Final = frozenset({"why", "close", "beside"})
_OWN: Final = frozenset({"close", "close_before", "scroll", "leave", "hang_up"})
"""What the footer shows while a panel is open."""


class Explaining(Screen[None]):
    """Opens the panel, steps through signals, closes it."""

    RARE: ClassVar[tuple[str, ...]] = (
        "newest",
        "swap",
        "step",
        "scroll",
        "mute",
        "unmute",
        "slower",
        "faster",
        "to_signal",
        "jump",
        "note",
        "mark",
    )
    """What the footer leaves out first where there is little room; the help has all."""
    view: View
    _why: int | None = None
    """Id of the signal that is explained while the panel is open."""

    @property
    def explaining(self) -> bool:
        """The panel is open."""
        return self.has_class("-why")

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys in the footer. While a panel is open they are its own; all go on working."""
        active = super().active_bindings
        if self.explaining or self.has_class("-before"):
            active = {k: each for k, each in active.items() if self._is_own(each.binding.action)}
        compact = bool(self.query("Footer")) and self.query_one(Footer).compact
        return fitting(
            active, self.size.width, self.RARE, self.app.get_key_display, compact=compact
        )

    @staticmethod
    def _is_own(action: str) -> bool:
        return action in _OWN or action.startswith(("beside", "scroll"))

    def check_why(self, action: str) -> bool:
        """Whether a key of this part means something now."""
        return self.explaining is (action != "why")

    def action_why(self, signal: int | None = None) -> None:
        """Open the panel on a signal, or on what the prompt rests on, or on the last signal."""
        self._why = signal
        self.add_class("-why")
        self.explain()
        self.refresh_bindings()

    def action_close(self) -> None:
        """Close the panel."""
        self.remove_class("-why")
        self.query_one(WhyPane).choose(None)
        self.refresh_bindings()

    def action_beside(self, steps: int) -> None:
        """Explain the signal before or after."""
        self._why = beside(self.view, self._why, steps)
        self.explain()

    @on(TranscriptPane.Picked)
    def _picked(self, message: TranscriptPane.Picked) -> None:
        if keeps(self.view, message.signal):
            self.action_why(message.signal)

    def explain(self) -> None:
        """Stay with the signal that is explained, whatever else is heard."""
        if self.explaining:
            self._why = opening(self.view) if self._why is None else self._why
            self.query_one(WhyPane).choose(self._why)
