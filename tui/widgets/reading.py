"""The transcript of a call that is over: goes to a moment, shows where words were found."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.strip import Strip

from tui.widgets.transcript import TranscriptPane

if TYPE_CHECKING:
    from rich.style import Style

    from tui.lines import Line, Log


class ReadingPane(TranscriptPane):
    """A transcript that does not grow."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*TranscriptPane.COMPONENT_CLASSES, "line--found"}

    def __init__(self, log: Log | None = None) -> None:
        super().__init__(log)
        self.follow = False
        self._words = ""
        self._wanted: int | None = None
        """Entry to be brought into sight once there is room to lay it out."""

    @property
    def log_shown(self) -> Log:
        """What is shown."""
        return self._log

    def read(self, log: Log) -> None:
        """Show this; the line at the top stays where it is."""
        top = self._sheet.entry_at(self.scroll_offset.y)
        self.show_log(log)
        self.settle()
        self.scroll_to(y=self._sheet.start_of(top), animate=False)
        self.follow = False

    def go_to(self, entry: int) -> None:
        """Bring an entry into sight, a little below the top."""
        width = self.scrollable_content_region.width
        self._wanted = None if width else entry
        if not width:
            return
        if width != self._sheet.width:
            self.fit()  # asked where it is, Textual may tell of its first size no more
        above = max(self.size.height // 4, 1)
        y = max(self._sheet.start_of(entry) - above, 0)
        self.scroll_to(y=y, animate=False, force=True)
        self.follow = False

    def fit(self) -> None:
        """Lay out anew, then go where one wanted to be."""
        super().fit()
        if self._wanted is not None and self.scrollable_content_region.width:
            self.go_to(self._wanted)

    def mark(self, words: str) -> None:
        """Show where these words stand; none for nothing."""
        self._words = words.casefold().strip()
        self._strips.clear()
        self.refresh()

    def _strip(self, line: Line, width: int) -> Strip:
        strip = super()._strip(line, width)
        text = "".join(segment.text for segment in strip)
        low = text.casefold()
        if not self._words or len(low) != len(text):
            return strip
        style = self.get_component_rich_style("line--found", partial=True)
        cuts, at = [], low.find(self._words)
        while at >= 0:
            cuts.append((at, at + len(self._words)))
            at = low.find(self._words, at + len(self._words))
        return Strip(list(_styled(strip, cuts, style)), strip.cell_length) if cuts else strip


def _styled(strip: Strip, cuts: list[tuple[int, int]], style: Style) -> list[Segment]:
    """The same text with the stretches between `cuts` (characters) in another style too."""
    made: list[Segment] = []
    start = 0
    for segment in strip:
        end = start + len(segment.text)
        edges = sorted({start, end, *(e for cut in cuts for e in cut if start < e < end)})
        for a, b in pairwise(edges):
            inside = any(first <= a and b <= last for first, last in cuts)
            base = segment.style
            new = style if base is None else base + style
            made.append(Segment(segment.text[a - start : b - start], new if inside else base))
        start = end
    return made
