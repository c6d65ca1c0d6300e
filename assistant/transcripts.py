"""Transcripts as input: `.jsonl` (docs/commands.md), WebVTT and SubRip.

Either the whole file fits or nothing of it is used: the first line that does not fit is named.
"""

from __future__ import annotations

import html
import json
import math
import re
import shlex
import stat
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from assistant.errors import TranscriptError
from assistant.model import Speaker, Transcript
from assistant.safetext import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

SUFFIXES: Final = frozenset({".jsonl", ".vtt", ".srt"})

LARGEST_BYTES: Final = 64 << 20
"""A transcript of a day of talk has about 1 MB; more than this is another kind of file."""

LONGEST_S: Final = 24 * 3600.0
"""No call lasts longer than a day; a time beyond it is in milliseconds, or no time at all."""

_LINE_END: Final = re.compile(r"\r\n|\n|\r")
"""Of all three formats. Not `str.splitlines`, which also breaks at characters JSON may hold."""

_TIME: Final = r"(?:(\d{1,9}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_CUE: Final = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?$")
_VOICE: Final = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>]+)>", re.IGNORECASE)
_NAMED: Final = re.compile(r"^([^\W\d][\w .'’()-]{0,40}?)\s*:\s+(?=\S)")
_TAG: Final = re.compile(r"</?[a-z][^<>]*>|<\d[\d:.]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Cue:
    """One subtitle before it is known who is me."""

    start_s: float
    end_s: float
    name: str | None
    text: str


def read_transcript(path: Path, me: str | None = None) -> tuple[Transcript, ...]:
    """The utterances of a transcript file, in time order; at least one.

    `me` names the speaker who is me in a file that has names of its own.

    Raises:
        TranscriptError: the file cannot be read, or a line does not fit; it says which.
    """
    lines = _lines(path)
    if path.suffix.lower() == ".jsonl":
        found = tuple(_jsonl(path, lines))
    else:
        found = _spoken(path, tuple(_cues(path, lines)), me)
    if not found:
        raise TranscriptError(f"{path} holds no words. Export the transcript again.")
    return found


def names_in(path: Path) -> tuple[str, ...]:
    """Speakers of whom one must be said to be me, in the order they speak.

    There are none where the file says so itself, or names nobody.

    Raises:
        TranscriptError: the file cannot be read, or a line does not fit.
    """
    if path.suffix.lower() == ".jsonl":
        return ()
    cues = sorted(_cues(path, _lines(path)), key=lambda c: c.start_s)
    named = cues if any(c.name for c in cues) else _named(cues)
    names = tuple(dict.fromkeys(c.name for c in named if c.name))
    plain = {name.casefold() for name in names}
    return () if "me" in plain or plain == {"them"} else names


def _lines(path: Path) -> list[str]:
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            raise TranscriptError(f"{path} is a folder. Give a transcript file.")
        if not stat.S_ISREG(facts.st_mode):
            raise TranscriptError(f"{path} is not a file. Give a transcript file.")
        if facts.st_size > LARGEST_BYTES:
            raise TranscriptError(f"{path} is too large for a transcript. Check the name.")
        data = path.read_bytes()
    except FileNotFoundError:
        raise TranscriptError(f"There is no file {path}. Check the name.") from None
    except OSError as error:
        raise TranscriptError(f"{path} cannot be read: {error.strerror}.") from None
    try:
        return _LINE_END.split(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        number = data[: error.start].count(b"\n") + 1
        raise TranscriptError(
            f"{path}, line {number}: not UTF-8 text. Save the file as UTF-8 and try again."
        ) from None


# ---- jsonl ----------------------------------------------------------------------------------


def _jsonl(path: Path, lines: Iterable[str]) -> Iterator[Transcript]:
    before_s = 0.0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            heard = _utterance(line, before_s)
        except _NoFitError as problem:
            raise TranscriptError(
                f"{path}, line {number}: {problem}. A line is "
                '{"speaker": "me" or "them", "start_s": 12.3, "end_s": 14.0, "text": "..."}, '
                "in time order. Nothing was saved."
            ) from None
        before_s = heard.start_s
        if heard.text:
            yield heard


class _NoFitError(Exception):
    """What is wrong with a line."""


def _utterance(line: str, before_s: float) -> Transcript:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise _NoFitError("not JSON") from None
    if not isinstance(row, dict):
        raise _NoFitError("not a JSON object")
    missing = [key for key in ("speaker", "start_s", "end_s", "text") if key not in row]
    if missing:
        raise _NoFitError(f"“{missing[0]}” is missing")
    if row["speaker"] not in (Speaker.ME, Speaker.THEM):
        raise _NoFitError("“speaker” is neither “me” nor “them”")
    speaker = Speaker(row["speaker"])
    start_s, end_s = _time(row, "start_s"), _time(row, "end_s")
    if end_s < start_s:
        raise _NoFitError("“end_s” is before “start_s”")
    if not isinstance(row["text"], str):
        raise _NoFitError("“text” is not text")
    if start_s < before_s:
        raise _NoFitError(f"it starts at {start_s:g} s, before the line above it")
    return Transcript(speaker, start_s, end_s, clean(row["text"]))


def _time(row: dict[str, object], key: str) -> float:
    value = row[key]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _NoFitError(f"“{key}” is not a number")
    try:
        seconds = float(value)
    except OverflowError:
        seconds = math.inf
    if not 0 <= seconds <= LONGEST_S:
        raise _NoFitError(f"“{key}” is not a time in seconds, from 0 to {LONGEST_S:.0f}")
    return seconds


# ---- WebVTT and SubRip ----------------------------------------------------------------------


def _cues(path: Path, lines: list[str]) -> Iterator[_Cue]:
    index, seen = 0, False
    while index < len(lines):
        match = _CUE.match(lines[index])
        index += 1
        if match is None:
            if "-->" in lines[index - 1]:
                raise TranscriptError(
                    f"{path}, line {index}: not a time like 00:01:02.500 --> 00:01:04.000. "
                    "Nothing was saved."
                )
            continue
        seen = True
        start_s, end_s = _stamp(match.groups()[:4]), _stamp(match.groups()[4:])
        if end_s > LONGEST_S:
            raise TranscriptError(
                f"{path}, line {index}: after more than a day. No call is that long; export the "
                "transcript again. Nothing was saved."
            )
        if end_s < start_s:
            raise TranscriptError(
                f"{path}, line {index}: ends before it starts. Nothing was saved."
            )
        text: list[str] = []
        while index < len(lines) and lines[index].strip() and "-->" not in lines[index]:
            text.append(lines[index])
            index += 1
        yield from _said(start_s, end_s, " ".join(text))
    if not seen:
        raise TranscriptError(f"{path} has no subtitle in it. Check that it is the right file.")


def _stamp(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole + int((fraction or "0").ljust(3, "0")) / 1000


def _said(start_s: float, end_s: float, text: str) -> Iterator[_Cue]:
    """What one subtitle says; more than one cue when it has several `<v NAME>`."""
    before, *voices = _VOICE.split(text)
    names = (None, *voices[::2])
    for name, said in zip(names, (before, *voices[1::2]), strict=True):
        plain = clean(html.unescape(_TAG.sub("", said)))
        if plain:
            yield _Cue(start_s, end_s, clean(html.unescape(name)) if name else None, plain)


def _spoken(path: Path, cues: tuple[_Cue, ...], me: str | None) -> tuple[Transcript, ...]:
    """Cues in time order, with speakers; one without a name belongs to the speaker before it."""
    ordered = sorted(cues, key=lambda c: c.start_s)
    if not any(c.name for c in ordered):
        ordered = _named(ordered)
    names = list(dict.fromkeys(c.name for c in ordered if c.name))
    speakers = _who(path, names, me)
    said, speaker = [], Speaker.UNKNOWN
    for cue in ordered:
        speaker = speakers[cue.name] if cue.name else speaker
        said.append(Transcript(speaker, cue.start_s, cue.end_s, cue.text))
    return tuple(said)


def _named(cues: list[_Cue]) -> list[_Cue]:
    """Cues that begin with "NAME:", where most do: in the others a colon is a colon."""
    matches = [_NAMED.match(c.text) for c in cues]
    if 2 * sum(m is not None for m in matches) <= len(cues):
        return cues
    return [
        replace(c, name=m.group(1), text=c.text[m.end() :]) if m else c
        for c, m in zip(cues, matches, strict=True)
    ]


def _who(path: Path, names: list[str], me: str | None) -> dict[str, Speaker]:
    if not names:
        return {}
    mine = [n for n in names if n.casefold() == (me or "me").casefold()]
    if not mine:
        if me is None and {n.casefold() for n in names} == {"them"}:
            return dict.fromkeys(names, Speaker.THEM)
        listed = ", ".join(f"“{n}”" for n in names[:6]) + (" and more" if names[6:] else "")
        raise TranscriptError(
            f"{path} has these speakers: {listed}. Say which one is you: --me "
            f"{shlex.quote(names[0])}"
        )
    return {n: Speaker.ME if n in mine else Speaker.THEM for n in names}
