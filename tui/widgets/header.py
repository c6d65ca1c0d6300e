"""The first line: is it playing, what, who speaks, how far."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from textual.content import Content

from assistant.calltime import clock
from assistant.model import Source
from tui.view import Phase, View
from tui.widgets.drawn import Drawn, between
from tui.words import SOUND_KEPT, SPEAKERS, SPEAKING, speed_name

if TYPE_CHECKING:
    from collections.abc import Hashable

_FULL_PATH_FROM = 100
"""Width from which the whole path is shown, cells."""

_SENTENCE_FROM = 56
"""Width from which the file is named and a sentence says who speaks, cells."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How it is being played."""

    speed: float
    """Call seconds per second."""
    paused: bool
    stopping: bool = False
    """True between the wish to quit and the end of the work in hand."""
    off_record: bool = False
    """True while a live call is not heard."""
    claimed: bool = False
    """True while what one microphone hears is taken to be me, because I said so."""
    looking_back: bool = False
    """True while a replay shows what was heard before."""
    hurrying: bool = False
    """True while a replay hurries to where it was sent."""


class CallHeader(Drawn):
    """One line."""

    def __init__(self, view: View, pace: Pace, keeps: str = "") -> None:
        """`keeps` says what of a live call is kept: that is to be seen all the time."""
        self.pace = pace
        self._keeps = keeps
        super().__init__(view, id="header")

    def show_pace(self, pace: Pace) -> None:
        """Draw another pace."""
        if pace != self.pace:
            self.pace = pace
            self.refresh()

    def face(self, view: View) -> Hashable:
        """The call, how far it is, who speaks."""
        return view.info, view.phase, int(view.now_s), view.speaking

    def lines(self, width: int, height: int) -> list[Content]:
        """State and name at the left, time at the right."""
        del height
        info = self.view.info
        time = clock(self.view.now_s)
        if info.duration_s is not None and self.view.phase is not Phase.ENDED:
            time += f" / {clock(info.duration_s)}"
        path = info.path if width >= _FULL_PATH_FROM else PurePath(info.path).name
        short = width < _SENTENCE_FROM
        live = info.source is Source.LIVE and self.view.phase is Phase.PLAYING
        name = "" if short else path
        if live and self._keeps:
            name = self._keeps.partition(",")[0] if short else self._keeps
        tone = "bold $warning" if live and self._keeps == SOUND_KEPT else "$text-muted"
        left = Content.assemble(self._state(), "  ", (name, tone))
        right = Content.assemble(self._speaking(short=short), (time, "bold"))
        return [between(left, right, width)]

    def _state(self) -> Content:
        if self.view.phase is Phase.ENDED:
            return Content.styled("■ Ended", "bold")
        if self.pace.stopping:
            return Content.styled("Stopping …", "bold")
        if self.view.phase is Phase.FAILED:
            return Content.styled("■ Not played", "bold $error")
        if self.view.info.source is Source.LIVE:
            if self.pace.off_record:
                return Content.styled("‖ Off the record", "bold $warning")
            if self.pace.claimed:
                return Content.assemble(
                    ("● Live", "bold $success"), ("  you speak", "bold $primary")
                )
            return Content.styled("● Live", "bold $success")
        if self.pace.hurrying:
            return Content.styled("► Listening ahead …", "bold $primary")
        speed = speed_name(self.pace.speed)
        if self.pace.paused:
            back = "  ◄ heard before" if self.pace.looking_back else ""
            return Content.assemble(("‖ Paused", "bold $warning"), f" {speed}", back)
        if self.pace.looking_back:
            return Content.styled(f"◄ Again {speed}", "bold $primary")
        return Content.styled(f"► Replay {speed}", "bold")

    def _speaking(self, *, short: bool) -> Content:
        names = sorted(self.view.speaking)
        if not names:
            return Content("")
        if short:
            words = " + ".join(SPEAKERS[name] for name in names)
        else:
            words = SPEAKING[names[0]] if len(names) == 1 else "Both are speaking"
        return Content.styled(f"• {words}   ", "$text-muted")
