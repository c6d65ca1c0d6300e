"""What the commands `report`, `trends` and `calls --signal` do."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.insights import insights
from assistant.recovery import sound_folder
from assistant.report import report, write_report
from assistant.report_clips import clips
from assistant.trends import (
    signal_lines,
    signals_table,
    trends_json,
    trends_page,
    trends_table,
)

if TYPE_CHECKING:
    from assistant.kinds import SignalKind
    from assistant.store import Library


def show_report(
    library: Library, call: str, fmt: str, output: Path | None, audio_in: Path | None
) -> None:
    """Print the report of a call, or put it into a file.

    `audio_in`: the data folder, when the sound of moments is wanted; None without it.

    Raises:
        ThatsRightError: there is no such call or sound, or the file cannot be written.
    """
    number = library.resolve(call)
    finished = library.load(number)
    recording = Path(finished.info.path)
    sound = None
    if audio_in is not None:
        sound = clips(finished, sound_folder(audio_in, number), recording)
    _out(report(finished, fmt, sound), output)


def show_trends(library: Library, counterpart: str, output: Path | None, *, as_json: bool) -> None:
    """Print the library over time, or put it into a file as a page.

    Raises:
        ThatsRightError: the library cannot be read, or the file not be written.
    """
    found = insights(library, counterpart)
    if output is not None:
        _out(trends_page(found), output)
    elif as_json:
        _out(trends_json(found), None)
    else:
        sys.stdout.writelines(trends_table(found))


def show_signals(
    library: Library, kind: SignalKind, after: str, limit: int | None, *, as_json: bool
) -> None:
    """Print signals of a kind in all calls.

    Raises:
        StoreError: the library cannot be read.
    """
    found = library.signals(kind, after, limit)
    lines = signal_lines(found) if as_json else signals_table(found, after=bool(after))
    sys.stdout.writelines(lines)


def _out(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
    else:
        write_report(text, output)
