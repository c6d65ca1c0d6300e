"""Which keys the footer shows: all there is room for, the rarest left out first. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.binding import ActiveBinding, Binding

_AROUND = 3
"""Cells around a key and its word."""

_AROUND_COMPACT = 2


def fitting(
    active: Mapping[str, ActiveBinding],
    width: int,
    rare: Sequence[str],
    shown: Callable[[Binding], str],
    *,
    compact: bool,
) -> dict[str, ActiveBinding]:
    """The same keys; those the footer has no room for no longer ask to be shown.

    Args:
        active: the keys of a screen.
        width: cells of the footer.
        rare: actions without their arguments, the first to go first.
        shown: how a key is written.
        compact: whether the footer is.
    """
    kept = dict(active)
    for action in (*rare, None):
        if action is None or _cells(kept, shown, compact=compact) <= width:
            break
        for key, each in kept.items():
            if each.binding.action.partition("(")[0] == action:
                hidden = replace(each.binding, show=False)
                kept[key] = each._replace(binding=hidden)
    return kept


def _cells(
    active: Mapping[str, ActiveBinding], shown: Callable[[Binding], str], *, compact: bool
) -> int:
    around = _AROUND_COMPACT if compact else _AROUND
    groups: set[str] = set()
    actions: set[str] = set()
    cells = 2
    for each in active.values():
        binding = each.binding
        if not binding.show or binding.action in actions:
            continue
        actions.add(binding.action)
        cells += cell_len(shown(binding))
        if binding.group is None:
            cells += cell_len(binding.description) + around
        elif binding.group.description not in groups:
            groups.add(binding.group.description)
            cells += around + (0 if compact else cell_len(binding.group.description))
    return cells
