"""A finished call as a report: a page, text, subtitles, or data for programs.

Words of a call are data in all of them: nothing in them is read as markup or as a number.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Final

from assistant.errors import ReportError
from assistant.report_csv import measures_csv
from assistant.report_html import html_page
from assistant.report_json import json_report
from assistant.report_markdown import markdown
from assistant.report_subtitles import srt, vtt
from assistant.whole_files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from assistant.model import FinishedCall


def report(call: FinishedCall, fmt: str, clips: Mapping[int, str] | None = None) -> str:
    """The report of a call in one of `FORMATS`, ending with a line end.

    `clips`: sound for the moments of an HTML page, a data URI by the id of the moment's signal.

    Raises:
        ReportError: there is no such format.
    """
    write = _WRITERS.get(fmt)
    if write is None:
        raise ReportError(f"'{fmt}' is not a report format. Choose one of: {', '.join(FORMATS)}.")
    return html_page(call, clips) if clips and fmt == "html" else write(call)


def write_report(text: str, path: Path) -> None:
    """Put a report into a file that only its owner can read, whole or not at all.

    A file that was there is replaced when the new one is complete.

    Raises:
        ReportError: the folder is missing, may not be written, or the disk is full.
    """
    try:
        if path.exists() and not path.is_file():
            raise ReportError(
                f"{path} is not a file that can be replaced. Name another one with -o, or leave "
                "-o out to print the report."
            )
        write_whole(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise ReportError(_what_to_do(path, error)) from error


def _what_to_do(path: Path, error: OSError) -> str:
    folder = path.parent
    match error.errno:
        case errno.ENOENT | errno.ENOTDIR:
            return f"The folder {folder} for the report does not exist. Make it, or name another."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return (
                f"The report cannot be written to {path}: there is no permission to write in "
                f"{folder}. Name a file in a folder of yours with -o."
            )
        case errno.ENOSPC | errno.EDQUOT:
            return f"There is no room left on the disk for {path}. Free some space and try again."
        case _:
            return (
                f"The report cannot be written to {path} ({error.strerror}). "
                "Name another file with -o."
            )


_WRITERS: Final[Mapping[str, Callable[[FinishedCall], str]]] = {
    "html": html_page,
    "md": markdown,
    "json": json_report,
    "vtt": vtt,
    "srt": srt,
    "csv": measures_csv,
}

FORMATS: Final = tuple(_WRITERS)
"""What `report` can make."""

_ENDINGS: Final[Mapping[str, str]] = {"htm": "html", "markdown": "md"}
"""Endings of files that are not the format's own name."""


def format_of(path: Path) -> str | None:
    """The format a file's ending asks for; None when it asks for none of `FORMATS`."""
    ending = path.suffix.lstrip(".").lower()
    ending = _ENDINGS.get(ending, ending)
    return ending if ending in FORMATS else None
