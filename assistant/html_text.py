"""HTML built of elements: text is always escaped, so no words of a call become markup. Pure."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from assistant.safetext import clean

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Html:
    """Finished markup. Made by `tag`, `joined` and `text` alone, or of our own words."""

    markup: str


Inside: TypeAlias = Html | str | None
"""What stands in an element: markup as it is, text escaped, None as nothing."""

Attribute: TypeAlias = str | int | float | bool | None
"""A value of an attribute: True stands alone, None and False leave it out."""

_VOID: Final = frozenset({"br", "hr", "meta", "link", "img"})


def text(words: str) -> Html:
    """Words as text: `clean`, and no character of them means anything."""
    return Html(html.escape(clean(words), quote=True))


def joined(parts: Iterable[Inside]) -> Html:
    """One after the other."""
    return Html("".join(_markup(each) for each in parts))


def tag(name: str, /, *inside: Inside, **attributes: Attribute) -> Html:
    """An element. Attributes: `class_` is `class`, `aria_label` is `aria-label`.

    Text in it and values of attributes are escaped; names are our own.
    """
    given = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Html(f"<{name}{given}>")
    return Html(f"<{name}{given}>{joined(inside).markup}</{name}>")


def _markup(part: Inside) -> str:
    if part is None:
        return ""
    return part.markup if isinstance(part, Html) else text(part).markup


def _attribute(key: str, value: Attribute) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    if isinstance(value, float):
        value = f"{value:.1f}".rstrip("0").rstrip(".")
    return f' {name}="{text(str(value)).markup}"'
