"""The page from before the call, to be read beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from assistant.safetext import clean
from tui.wrapping import wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.geometry import Size

    from assistant.preparing_page import Section

_LONGEST: Final = 96
"""Cells of a line, where there is more room."""
_MUTED: Final = "$text-muted"
_LOOKING: Final = "Looking at earlier calls …"


class BeforePane(VerticalScroll, can_focus=False):
    """Scrolls where it is longer than the panel."""

    def __init__(self) -> None:
        super().__init__(id="before")
        self._paper = _Paper()

    def compose(self) -> ComposeResult:
        """One page of text."""
        yield self._paper

    def show(self, sections: tuple[Section, ...], trouble: str) -> None:
        """Show this page, or why there is none."""
        self._paper.show(sections, trouble)


class _Paper(Widget, can_focus=False):
    """The text of the page."""

    ALLOW_SELECT: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__(id="paper")
        self._sections: tuple[Section, ...] = ()
        self._trouble = _LOOKING

    def show(self, sections: tuple[Section, ...], trouble: str) -> None:
        self._sections, self._trouble = sections, trouble
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As high as the text."""
        del container, viewport
        return len(self._lines(width))

    def render(self) -> Content:
        """All of it; the panel scrolls."""
        return Content("\n").join(self._lines(max(self.content_size.width, 1)))

    def _lines(self, width: int) -> list[Content]:
        room = max(min(width, _LONGEST), 4)
        if self._trouble:
            text = clean(self._trouble)
            return [Content.styled(text[a:b], _MUTED) for a, b in wrap(text, room)]
        return list(paper(self._sections, room))


def paper(sections: tuple[Section, ...], width: int) -> Iterator[Content]:
    """The page in lines of at most `width` cells, at least 4: sections apart, points hanging."""
    for number, section in enumerate(sections):
        if number:
            yield Content("")
        title = clean(section.title)
        for start, end in wrap(title, width):
            yield Content.styled(title[start:end], "bold $primary")
        for line in section.lines:
            words, lead = clean(line.words), "· "
            for start, end in wrap(words, width - 2):
                yield Content(lead + words[start:end])
                lead = "  "
            note = clean(line.note)
            if note:
                for start, end in wrap(note, width - 2):
                    yield Content.styled("  " + note[start:end], _MUTED)
