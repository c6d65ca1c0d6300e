"""A finished call as a report: Markdown for people, JSON for programs.

Words of a call are data in both: nothing in them is read as Markdown, HTML or JSON.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assistant.errors import ReportError
from assistant.model import SummaryReady
from assistant.report_markdown import markdown
from assistant.wire import summary_dict, to_dict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from assistant.model import CallInfo, FinishedCall


def report(call: FinishedCall, fmt: str) -> str:
    """The report of a call in one of `FORMATS`, ending with a line end.

    Raises:
        ReportError: there is no such format.
    """
    write = _WRITERS.get(fmt)
    if write is None:
        raise ReportError(f"'{fmt}' is not a report format. Choose one of: {', '.join(FORMATS)}.")
    return write(call)


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
        _replace(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise ReportError(_what_to_do(path, error)) from error


def _replace(path: Path, content: bytes) -> None:
    made, name = tempfile.mkstemp(dir=path.parent, prefix=".thatsright-", suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(made, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


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


def _json(call: FinishedCall) -> str:
    """The call, its events as `--json` prints them (with words), and its summary."""
    fields = {
        "call": _call(call.info),
        "events": [
            fields
            for each in call.events
            if not isinstance(each, SummaryReady)
            and (fields := to_dict(each, words=True)) is not None
        ],
        "summary": summary_dict(call.summary),
    }
    return json.dumps(fields, indent=2, allow_nan=False) + "\n"


def _call(info: CallInfo) -> dict[str, object]:
    return {
        "title": info.title,
        "path": info.path,
        "source": info.source.value,
        "model": info.model,
        "duration_s": None if info.duration_s is None else round(info.duration_s, 3),
        "started_at": info.started_at.isoformat(),
        "speakers": [each.value for each in info.speakers],
        "consent": info.consent.value,
    }


_WRITERS: Final[Mapping[str, Callable[[FinishedCall], str]]] = {"md": markdown, "json": _json}

FORMATS: Final = tuple(_WRITERS)
"""What `report` can make."""
