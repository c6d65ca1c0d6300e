"""How each side is heard, and what of the call is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content

from assistant.calltime import clock
from tui.view import Phase
from tui.widgets.drawn import Drawn
from tui.words import SPEAKERS

if TYPE_CHECKING:
    from collections.abc import Hashable

    from assistant.runtime import LegState
    from tui.view import View

QUIETEST_DB: Final = -60.0
"""The meter's left end."""

TOO_LOUD_DB: Final = -0.5
"""From here on the sound is being cut off at the top."""

DEAD_AFTER_S: Final = 10.0
"""A leg from which nothing at all came for so long is told of."""

_CELLS: Final = 5


def level_cells(peak_db: float) -> int:
    """How many of the meter's cells are filled."""
    share = (peak_db - QUIETEST_DB) / -QUIETEST_DB
    return min(max(round(share * _CELLS), 0), _CELLS) if peak_db > QUIETEST_DB else 0


class Legs(Drawn):
    """One line: a meter a side, and a few words on what is kept."""

    def __init__(self, view: View, keeps: str) -> None:
        self._keeps = keeps
        self._legs: tuple[LegState, ...] = ()
        self._off = False
        super().__init__(view, id="legs")

    def face(self, view: View) -> Hashable:
        """Whether there is anything to hear."""
        return view.phase

    def show_legs(self, legs: tuple[LegState, ...], *, off_record: bool) -> None:
        """Draw them when they look different."""
        before = (self._faces(), self._off)
        self._legs, self._off = legs, off_record
        if before != (self._faces(), off_record):
            self.refresh()

    def lines(self, width: int, height: int) -> list[Content]:
        """The meters, then what is kept as far as there is room."""
        del height
        if self.view.phase is not Phase.PLAYING:
            return []
        parts = [self._leg(leg) for leg in self._legs]
        keeps = "Off the record" if self._off else self._keeps
        if keeps:
            parts.append(Content.styled(keeps, "bold $warning" if self._off else "$text-muted"))
        while len(parts) > 1 and sum(p.cell_length + 3 for p in parts) - 3 > width:
            parts.pop()
        return [Content("   ").join(parts).truncate(width, ellipsis=True)]

    def _leg(self, leg: LegState) -> Content:
        filled = level_cells(leg.peak_db)
        meter = "▮" * filled + "▯" * (_CELLS - filled)
        name = f"{SPEAKERS[leg.speaker]} "
        if leg.silent_s >= DEAD_AFTER_S:
            words = f" ▼ nothing comes {clock(leg.silent_s)}"
            return Content.assemble((name, "$text-muted"), (meter + words, "$error"))
        if leg.peak_db >= TOO_LOUD_DB:
            return Content.assemble((name, "$text-muted"), (f"{meter} ▲ too loud", "$warning"))
        return Content.assemble((name, "$text-muted"), (meter, "$success"))

    def _faces(self) -> Hashable:
        return tuple(
            (
                leg.speaker,
                level_cells(leg.peak_db),
                leg.peak_db >= TOO_LOUD_DB,
                int(leg.silent_s) if leg.silent_s >= DEAD_AFTER_S else None,
            )
            for leg in self._legs
        )
