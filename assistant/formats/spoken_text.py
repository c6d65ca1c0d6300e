"""Transcripts as plain text, as Teams, Otter, Google Meet and Zoom write them. Pure.

Three shapes: a line with name and time above what was said (Otter, Teams, Zoom's captions), one
line with time, name and words, and "NAME: words" without times, perhaps with a time alone on a
line now and then (Google Meet).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.formats.cue import LONGEST_S, Cue, NoFitError
from assistant.safetext import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_CLOCK: Final = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:\.\d{1,3})?"
_NAME: Final = r"[^\W\d_][^:\[\]\t]{0,60}?"
_ABOVE: Final = re.compile(rf"^\**({_NAME})\**(?:[ \u00a0]{{2,}}|\t+)\**({_CLOCK})\**\s*$")
"""Otter and Teams: "Ann Berg  0:03"."""
_ABOVE_NARROW: Final = re.compile(rf"^\**({_NAME})\** ({_CLOCK})\s*$")
"""The same where a program folded the spaces."""
_ZOOM: Final = re.compile(rf"^\[({_NAME})\]\s+(\d{{1,2}}:\d{{2}}:\d{{2}})\s*$")
"""Zoom's saved captions: "[Ann Berg] 14:03:22", the time of day."""
_TIME_NAME: Final = re.compile(rf"^[\[(]?({_CLOCK})[\])]?[\s–-]+({_NAME})\s*:\s+(\S.*)$")
_NAME_TIME: Final = re.compile(rf"^({_NAME})\s*[\[(]({_CLOCK})[\])]\s*:\s*(\S.*)$")
_NAME_COLON: Final = re.compile(rf"^(?:[-*•]\s+)?\**({_NAME})\**:\**\s+(\S.*)$")
_TIME_ALONE: Final = re.compile(rf"^#*\s*\**[\[(]?({_CLOCK})[\])]?\**\s*$")
_MARK: Final = re.compile(r"^\W*(?:.* - )?transcript\W*$", re.IGNORECASE)
"""What Google Meet puts above what was said, with a picture of a book since there are notes."""
_NOT_SAID: Final = re.compile(
    r"""^\W*(?: (?:meeting|transcription|session)\ ended\ after\b
      | this\ editable\ transcript\b | people\ can\ also\ change\ the\ text\b
      | transcribed\ by\ https?:// | https://otter\.ai\b
      | [^:]{1,60}\ (?:started|stopped)\ (?:the\ )?transcription\s*$ )""",
    re.IGNORECASE | re.VERBOSE,
)
_NO_NAMES: Final = frozenset(
    {"date", "time", "duration", "title", "subject", "attendees", "participants", "notes", "note"}
    | {"summary", "keywords", "location", "meeting", "agenda", "invited", "recorded", "recording"}
    | {"speakers", "http", "https"}
)
"""What stands before a colon and is nobody."""
_MOST_WORDS: Final = 6
"""A name has no more."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that says who speaks, perhaps when, perhaps what."""

    name: str
    at_s: float | None
    text: str = ""


def read_text(lines: Sequence[str]) -> tuple[Cue, ...]:
    """The cues in the order of the file; ends are never known, starts where the file says.

    Raises:
        NoFitError: no line says who speaks, or a time does not fit.
    """
    lines = _after_mark(lines)
    for reader, enough in ((_above, 1), (_inline, 1), (_narrow, 1), (_colon, 2)):
        heads = sum(reader(lines, index) is not None for index in range(len(lines)))
        if heads >= enough and (reader is not _colon or _mostly(lines, heads)):
            cues = tuple(_cues(lines, reader))
            return _from_zero(cues) if reader is _above and _is_time_of_day(lines) else cues
    raise NoFitError(
        None,
        "has no lines that say who speaks, such as “Ann Berg  0:03” above the words or “Ann: …” "
        "before them. Export it with speakers. Nothing was saved.",
    )


def _after_mark(lines: Sequence[str]) -> list[str]:
    """Without what Google Meet puts before the transcript, nor what is not said."""
    kept = list(lines)
    marks = [index for index, line in enumerate(kept) if _MARK.match(line)]
    if marks:
        # Blank lines stand for what is left out, so that line numbers are those of the file.
        kept[: marks[-1] + 1] = [""] * (marks[-1] + 1)
    return ["" if _NOT_SAID.match(line) else line for line in kept]


def _mostly(lines: Sequence[str], heads: int) -> bool:
    """With names and colons alone, most lines have them; in other text a colon is a colon."""
    return 2 * heads >= sum(bool(line.strip()) and not _TIME_ALONE.match(line) for line in lines)


def _above(lines: Sequence[str], index: int) -> _Line | None:
    match = _ABOVE.match(lines[index]) or _ZOOM.match(lines[index])
    return _head(match.group(1), match.group(2), index) if match else None


def _narrow(lines: Sequence[str], index: int) -> _Line | None:
    """Only where a name can be meant: after an empty line, before words, in capitals."""
    match = _ABOVE_NARROW.match(lines[index])
    if match is None or (index and lines[index - 1].strip()):
        return None
    if index + 1 >= len(lines) or not lines[index + 1].strip():
        return None
    name = match.group(1)
    return _head(name, match.group(2), index) if name == name.title() or name.isupper() else None


def _inline(lines: Sequence[str], index: int) -> _Line | None:
    match = _TIME_NAME.match(lines[index])
    if match:
        return _head(match.group(2), match.group(1), index, match.group(3))
    match = _NAME_TIME.match(lines[index])
    return _head(match.group(1), match.group(2), index, match.group(3)) if match else None


def _colon(lines: Sequence[str], index: int) -> _Line | None:
    match = _NAME_COLON.match(lines[index])
    return _head(match.group(1), None, index, match.group(2)) if match else None


def _head(name: str, at: str | None, index: int, text: str = "") -> _Line | None:
    name = clean(name.strip("* "))
    if not name or len(name.split()) > _MOST_WORDS or name.casefold() in _NO_NAMES:
        return None
    return _Line(name, None if at is None else _seconds(at, index), text)


def _seconds(at: str, index: int) -> float:
    seconds = 0.0
    for part in at.split(":"):
        seconds = seconds * 60 + float(part)
    if seconds > LONGEST_S:
        raise NoFitError(
            index + 1, "after more than a day. No call is that long. Nothing was saved."
        )
    return round(seconds, 3)


def _cues(
    lines: Sequence[str], reader: Callable[[Sequence[str], int], _Line | None]
) -> Iterator[Cue]:
    """Each line that says who speaks, with what follows until the next."""
    open_line: _Line | None = None
    said: list[str] = []
    due_s: float | None = None
    for index, line in enumerate(lines):
        head = reader(lines, index)
        alone = _TIME_ALONE.match(line) if head is None else None
        if head is None and alone is None:
            said.append(line)
            continue
        if open_line is not None:
            yield from _said(open_line, said)
            open_line = None
        said = []
        if alone is not None:
            due_s = _seconds(alone.group(1), index)
            continue
        if head is not None:
            at_s = head.at_s if head.at_s is not None else due_s
            open_line, due_s = _Line(head.name, at_s, head.text), None
    if open_line is not None:
        yield from _said(open_line, said)


def _said(line: _Line, more: Sequence[str]) -> Iterator[Cue]:
    text = clean(" ".join((line.text, *more)))
    if text:
        yield Cue(line.name, text, line.at_s)


def _is_time_of_day(lines: Sequence[str]) -> bool:
    return any(_ZOOM.match(line) for line in lines)


def _from_zero(cues: tuple[Cue, ...]) -> tuple[Cue, ...]:
    """Times of day, from the first; past midnight the day goes on."""
    found, days_s, before_s = [], 0.0, None
    for cue in cues:
        at_s = cue.start_s or 0.0
        if before_s is not None and at_s + days_s < before_s - LONGEST_S / 2:
            days_s += LONGEST_S
        before_s = at_s + days_s
        found.append(before_s)
    first_s = found[0] if found else 0.0
    return tuple(
        Cue(c.name, c.text, min(max(0.0, at_s - first_s), LONGEST_S))
        for c, at_s in zip(cues, found, strict=True)
    )
