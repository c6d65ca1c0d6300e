"""Text broken into lines of so many cells. Pure."""

from __future__ import annotations

from rich.cells import cell_len, get_character_cell_size


def wrap(text: str, width: int) -> list[tuple[int, int]]:
    """Where lines of at most `width` cells begin and end (characters), broken at spaces.

    At least one line; a word longer than a line is cut.
    """
    if len(text) <= width and text.isascii():
        return [(0, len(text))]
    plain = text.isascii() or cell_len(text) == len(text)
    spans = []
    start = 0
    while True:
        limit = start + width if plain else _reach(text, start, width)
        if limit >= len(text):
            spans.append((start, len(text)))
            return spans
        space = text.rfind(" ", start + 1, limit + 1)
        end = space if space > start else limit
        spans.append((start, end))
        start = end
        while start < len(text) and text[start] == " ":
            start += 1
        if start == len(text):
            return spans


def _reach(text: str, start: int, width: int) -> int:
    """How far from `start` fits into `width` cells; at least one character."""
    cells = 0
    for index in range(start, len(text)):
        cells += get_character_cell_size(text[index])
        if cells > width:
            return max(index, start + 1)
    return len(text)
