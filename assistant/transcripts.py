"""Transcripts as input: files of meeting programs, subtitles, and this program's own.

Either the whole file fits or nothing of it is used: the first line that does not fit is named.
`assistant.formats` knows what each looks like; here they are read, and who is me is settled.
"""

from __future__ import annotations

import codecs
import re
import shlex
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.errors import TranscriptError
from assistant.formats.captions import is_captions, read_captions
from assistant.formats.cue import LONGEST_S, NoFitError
from assistant.formats.objects import read_json, read_json_lines
from assistant.formats.spoken_text import read_text
from assistant.formats.timing import in_pieces, timed
from assistant.formats.word import word_lines
from assistant.model import Speaker, Transcript

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from assistant.formats.cue import Cue

__all__ = [
    "LARGEST_BYTES",
    "LONGEST_S",
    "SUFFIXES",
    "Written",
    "mine_among",
    "read_transcript",
    "read_written",
]

CAPTIONS: Final = frozenset({".vtt", ".srt", ".sbv"})
SUFFIXES: Final = CAPTIONS | {".jsonl", ".json", ".txt", ".docx"}

LARGEST_BYTES: Final = 64 << 20
"""A transcript of a day of talk has about 1 MB; more than this is another kind of file."""

NO_TIMES: Final = (
    "The transcript has no times: all are estimated from the number of words, so pauses, pace and "
    "silences say nothing."
)
SOME_TIMES: Final = (
    "The transcript has times for {known} of {of} lines: the others are estimated from the number "
    "of words."
)
NO_ENDS: Final = (
    "The transcript says when somebody began and not when they ended: ends are estimated from the "
    "number of words, so pauses say little."
)

_OURS: Final = frozenset({"me", "them"})
"""What this program calls the two sides; nobody needs to say who is who."""

_LINE_END: Final = re.compile(r"\r\n|\n|\r")
"""Of all formats. Not `str.splitlines`, which also breaks at characters JSON may hold."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a transcript file says, before it is known who is me."""

    path: Path
    cues: tuple[Cue, ...]
    """In time order, each with both times and words."""
    notes: tuple[str, ...]
    """Plain sentences on what is estimated."""

    @property
    def names(self) -> tuple[str, ...]:
        """The speakers, in the order in which they come up."""
        return tuple(dict.fromkeys(c.name for c in self.cues if c.name))

    def said(self, mine: Collection[str]) -> tuple[Transcript, ...]:
        """The utterances in time order. Names in `mine` are me, all others are them.

        A line without a name belongs to the speaker before it.
        """
        found, speaker = [], Speaker.UNKNOWN
        for cue in self.cues:
            if cue.name:
                speaker = Speaker.ME if cue.name in mine else Speaker.THEM
            found.append(Transcript(speaker, cue.start_s or 0.0, cue.end_s or 0.0, cue.text))
        return tuple(found)


def read_transcript(path: Path, me: str | None = None) -> tuple[Transcript, ...]:
    """The utterances of a transcript file, in time order; at least one.

    `me` names the speaker who is me in a file that has names of its own.

    Raises:
        TranscriptError: the file cannot be read, or a line does not fit; it says which.
    """
    written = read_written(path)
    return written.said(mine_among(written, me))


def read_written(path: Path) -> Written:
    """What a transcript file says; at least one cue.

    Raises:
        TranscriptError: the file cannot be read, or a line does not fit; it says which.
    """
    try:
        cues = _cues(path)
    except NoFitError as error:
        where = f"{path}" if error.line is None else f"{path}, line {error.line}:"
        raise TranscriptError(f"{where} {error.problem}") from None
    if not cues:
        raise TranscriptError(f"{path} holds no words. Export the transcript again.")
    notes = _notes(cues)
    return Written(path, in_pieces(timed(cues)) if notes else timed(cues), notes)


def names_in(path: Path) -> tuple[str, ...]:
    """Speakers of whom one must be said to be me, in the order they speak.

    There are none where the file says so itself, or names nobody.

    Raises:
        TranscriptError: the file cannot be read, or a line does not fit.
    """
    if path.suffix.lower() == ".jsonl":
        return ()
    names = read_written(path).names
    plain = {name.casefold() for name in names}
    return () if "me" in plain or plain <= {"them"} else names


def mine_among(written: Written, me: str | None) -> tuple[str, ...]:
    """The names of the file that are me: `me`, in any case, whole or the part that fits only one.

    Without `me`, a speaker called "me", or none where everybody is called "them".

    Raises:
        TranscriptError: none of the names fits; the message lists them.
    """
    names = written.names
    if {n.casefold() for n in names} <= _OURS:
        return tuple(n for n in names if n.casefold() == "me")
    mine = tuple(n for n in names if n.casefold() == (me or "me").casefold())
    if mine:
        return mine
    if me and me.strip():
        parts = tuple(n for n in names if me.casefold().split() == _shared(n, me))
        if len(parts) == 1:
            return parts
    listed = ", ".join(f"“{n}”" for n in names[:6]) + (" and more" if names[6:] else "")
    raise TranscriptError(
        f"{written.path} has these speakers: {listed}. Say which one is you: --me "
        f"{shlex.quote(names[0])}"
    )


def _shared(name: str, me: str) -> list[str]:
    """The words of `me` that `name` has too."""
    words = name.casefold().split()
    return [word for word in me.casefold().split() if word in words]


def _cues(path: Path) -> tuple[Cue, ...]:
    suffix = path.suffix.lower()
    data = _bytes(path)
    lines = word_lines(data) if suffix == ".docx" else _lines(path, data)
    match suffix:
        case ".jsonl":
            return read_json_lines(lines)
        case ".json":
            return read_json("\n".join(lines))
    if suffix in CAPTIONS or is_captions(lines):
        return read_captions(lines)
    return read_text(lines)


def _notes(cues: Sequence[Cue]) -> tuple[str, ...]:
    known = sum(c.start_s is not None for c in cues)
    if not known:
        return (NO_TIMES,)
    if known < len(cues):
        return (SOME_TIMES.format(known=known, of=len(cues)),)
    return () if all(c.end_s is not None for c in cues) else (NO_ENDS,)


def _bytes(path: Path) -> bytes:
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            raise TranscriptError(f"{path} is a folder. Give a transcript file.")
        if not stat.S_ISREG(facts.st_mode):
            raise TranscriptError(f"{path} is not a file. Give a transcript file.")
        if facts.st_size > LARGEST_BYTES:
            raise TranscriptError(f"{path} is too large for a transcript. Check the name.")
        return path.read_bytes()
    except FileNotFoundError:
        raise TranscriptError(f"There is no file {path}. Check the name.") from None
    except OSError as error:
        raise TranscriptError(f"{path} cannot be read: {error.strerror}.") from None


def _lines(path: Path, data: bytes) -> list[str]:
    plain = path.suffix.lower() == ".txt"
    try:
        wide = plain and data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return _LINE_END.split(data.decode("utf-16" if wide else "utf-8-sig"))
    except UnicodeDecodeError as error:
        if plain:  # what Word on Windows writes, unless told otherwise
            return _LINE_END.split(data.decode("cp1252", "replace"))
        number = data[: error.start].count(b"\n") + 1
        raise TranscriptError(
            f"{path}, line {number}: not UTF-8 text. Save the file as UTF-8 and try again."
        ) from None
