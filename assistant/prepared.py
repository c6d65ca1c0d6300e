"""`thatsright prepare`: the calls with a counterpart out of the library, as one page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from assistant.errors import ConfigError
from assistant.preparing import MOST_EARLIER, Page, prepare
from assistant.preparing_page import FORMATS, as_dict, as_html, as_markdown, sections
from assistant.safetext import clean
from assistant.store import Library

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from assistant.preparing_page import Section


def page_for(library: Library, name: str) -> Page:
    """The page before a call with `name`: in any case, whole or a part that fits only one.

    Somebody with whom there was no call yet gets a page too, without earlier calls.

    Raises:
        ConfigError: the name is empty, or fits several counterparts; the message lists them.
        StoreError: the library cannot be read.
    """
    wanted = clean(name)
    if not wanted:
        raise ConfigError("Say who the call is with: thatsright prepare NAME.")
    calls = [call for call in library.calls() if call.counterpart]
    who = _meant(wanted, dict.fromkeys(call.counterpart for call in calls))
    ids = [c.id for c in calls if c.counterpart.casefold() == who.casefold()][:MOST_EARLIER]
    return prepare(who, [(number, library.load(number)) for number in ids])


def before_call(data: Path, name: str | None) -> Callable[[], tuple[Section, ...]] | None:
    """What shows the page beside a call with `name`; None without one.

    It opens the library in the thread that calls it, and raises what `page_for` does.
    """
    if name is None or not clean(name):
        return None

    def read() -> tuple[Section, ...]:
        with Library.open(data) as library:
            return tuple(sections(page_for(library, name)))

    return read


def written_as(page: Page, path: Path) -> str:
    """The page in the format the file's ending names.

    Raises:
        ConfigError: there is no such format.
    """
    match path.suffix.lower():
        case ".md" | ".markdown":
            return as_markdown(page)
        case ".html" | ".htm":
            return as_html(page)
        case ".json":
            return json.dumps(as_dict(page), indent=2) + "\n"
    raise ConfigError(
        f"{path} has no ending that names a format. End it with one of: "
        f"{', '.join(f'.{each}' for each in FORMATS)}."
    )


def _meant(wanted: str, known: dict[str, None]) -> str:
    """The counterpart of that name; the name itself when there is none yet."""
    for name in known:
        if name.casefold() == wanted.casefold():
            return name
    parts = {n.casefold(): n for n in known if wanted.casefold() in n.casefold()}
    if len(parts) > 1:
        listed = ", ".join(f"“{clean(n)}”" for n in list(parts.values())[:6])
        raise ConfigError(f"“{wanted}” fits several: {listed}. Write the name out.")
    return next(iter(parts.values()), wanted)
