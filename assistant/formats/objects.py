"""Transcripts as JSON: lines of this program, its JSON report, and Otter's. Pure."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final

from assistant.formats.cue import LONGEST_S, Cue, NoFitError
from assistant.safetext import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

_A_LINE: Final = (
    'A line is {"speaker": "me" or "them", "start_s": 12.3, "end_s": 14.0, "text": "..."}, '
    "in time order. Nothing was saved."
)
_OURS: Final = ("me", "them")
_HEARD: Final = (*_OURS, "unknown")

OTTER_RATE: Final = 16_000
"""Otter counts `start_offset` in samples of 16 kHz."""


def read_json_lines(lines: Sequence[str]) -> tuple[Cue, ...]:
    """What docs/commands.md calls a transcript, or what `--json` printed; with words only.

    Raises:
        NoFitError: a line does not fit.
    """
    found: list[Cue] = []
    before_s = 0.0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = _object(line)
            if row is None:
                continue
            cue = _utterance(row, before_s)
        except NoFitError as error:
            raise NoFitError(number, f"{error.problem}. {_A_LINE}") from None
        before_s = cue.start_s or 0.0
        if cue.text:
            found.append(cue)
    return tuple(sorted(found, key=lambda c: c.start_s or 0.0))


def read_json(text: str) -> tuple[Cue, ...]:
    """A JSON report of this program, or a transcript of Otter or one shaped like it.

    Times that are missing are None. The cues are in the order of the file.

    Raises:
        NoFitError: it is no JSON, or another kind of JSON.
    """
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        raise NoFitError(error.lineno, "not JSON. Export it again. Nothing was saved.") from None
    except (ValueError, RecursionError):
        raise NoFitError(None, "is not JSON. Export it again. Nothing was saved.") from None
    if isinstance(whole, dict) and isinstance(whole.get("speech"), dict):
        whole = whole["speech"]
    rows, names = _rows(whole), _otter_names(whole)
    if rows is None:
        raise NoFitError(
            None,
            "is JSON, but no transcript: a list “events”, “transcripts” or “segments” is missing. "
            "Nothing was saved.",
        )
    cues = [_cue(row, names, number) for number, row in enumerate(rows, 1)]
    return tuple(c for c in cues if c is not None and c.text)


# ---- a line of ours -------------------------------------------------------------------------


def _object(line: str) -> dict[str, Any] | None:
    """A line; None for an event that holds no words of the call."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise NoFitError(None, "not JSON") from None
    if not isinstance(row, dict):
        raise NoFitError(None, "not a JSON object")
    if isinstance(row.get("type"), str) and (
        row["type"] != "transcript" or row.get("final") is False
    ):
        return None
    return row


def _utterance(row: dict[str, Any], before_s: float) -> Cue:
    missing = [key for key in ("speaker", "start_s", "end_s", "text") if key not in row]
    if missing:
        raise NoFitError(None, f"“{missing[0]}” is missing")
    printed = row.get("type") == "transcript"
    if row["speaker"] not in (_HEARD if printed else _OURS):
        raise NoFitError(None, "“speaker” is neither “me” nor “them”")
    start_s, end_s = _time(row, "start_s"), _time(row, "end_s")
    if end_s < start_s:
        raise NoFitError(None, "“end_s” is before “start_s”")
    if not isinstance(row["text"], str):
        raise NoFitError(None, "“text” is not text")
    if start_s < before_s and not printed:
        raise NoFitError(None, f"it starts at {start_s:g} s, before the line above it")
    name = row["speaker"] if row["speaker"] in _OURS else None
    return Cue(name, clean(row["text"]), start_s, end_s)


def _time(row: dict[str, Any], key: str) -> float:
    value = row[key]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NoFitError(None, f"“{key}” is not a number")
    try:
        seconds = float(value)
    except OverflowError:
        seconds = math.inf
    if not 0 <= seconds <= LONGEST_S:
        raise NoFitError(None, f"“{key}” is not a time in seconds, from 0 to {LONGEST_S:.0f}")
    return seconds


# ---- other people's -------------------------------------------------------------------------


def _rows(whole: object) -> list[Any] | None:
    if isinstance(whole, list):
        return whole
    if isinstance(whole, dict):
        for key in ("events", "transcripts", "segments"):
            if isinstance(whole.get(key), list):
                return list(whole[key])
    return None


def _otter_names(whole: object) -> dict[object, str]:
    speakers = whole.get("speakers") if isinstance(whole, dict) else None
    return {
        str(each["id"]): each["speaker_name"]
        for each in (speakers if isinstance(speakers, list) else ())
        if isinstance(each, dict) and "id" in each and isinstance(each.get("speaker_name"), str)
    }


def _cue(row: object, names: dict[object, str], number: int) -> Cue | None:
    where = f"entry {number} of its list"
    if not isinstance(row, dict):
        raise NoFitError(
            None, f"has something that is not an object in {where}. Nothing was saved."
        )
    if isinstance(row.get("type"), str) and (
        row["type"] != "transcript" or row.get("final") is False
    ):
        return None
    text = _first(row, ("text", "transcript"), str)
    if text is None:
        raise NoFitError(None, f"has no “text” in {where}. Nothing was saved.")
    start_s = _first_time(row, ("start_s", "start_time", "start"), where)
    end_s = _first_time(row, ("end_s", "end_time", "end"), where)
    if start_s is None:
        start_s = _first_time(row, ("start_offset",), where, 1 / OTTER_RATE)
        end_s = _first_time(row, ("end_offset",), where, 1 / OTTER_RATE)
    if start_s is not None and end_s is not None and end_s < start_s:
        raise NoFitError(None, f"ends before it starts in {where}. Nothing was saved.")
    return Cue(_name(row, names), clean(text), start_s, end_s)


def _name(row: dict[str, Any], names: dict[object, str]) -> str | None:
    named = _first(row, ("speaker", "speaker_name"), str)
    if named is None and row.get("speaker_id") is not None:
        named = names.get(str(row["speaker_id"]))
    if named is None:
        label = row.get("speaker_model_label")
        named = f"Speaker {label}" if isinstance(label, str | int) and str(label) else None
    plain = clean(named or "")
    return None if plain in ("", "unknown") else plain


def _first(row: dict[str, Any], keys: Sequence[str], kind: type[str]) -> str | None:
    return next((row[key] for key in keys if isinstance(row.get(key), kind)), None)


def _first_time(
    row: dict[str, Any], keys: Sequence[str], where: str, unit_s: float = 1.0
) -> float | None:
    for value in (row[key] for key in keys if row.get(key) is not None):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise NoFitError(None, f"has a time that is no number in {where}. Nothing was saved.")
        try:
            seconds = float(value) * unit_s
        except OverflowError:
            seconds = math.inf
        if not 0 <= seconds <= LONGEST_S:
            raise NoFitError(None, f"has no time of a call in {where}. Nothing was saved.")
        return round(seconds, 3)
    return None
