"""`thatsright import`: transcripts of other programs, and recordings by the folder.

Each file goes through the same engine as a call, and into the library whole or not at all. What
is in already is known by the SHA-256 of its file, so an import that was interrupted goes on where
it was by being started again.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.errors import ConfigError, ThatsRightError, TranscriptError
from assistant.import_table import Imported, Progressing, State, json_line, table
from assistant.model import CallWarning
from assistant.parts import Parts, say
from assistant.paths import data_folder
from assistant.people import common_name, known, recall_me, remember_me
from assistant.playing import (
    INTERRUPTED,
    Call,
    ReplayOptions,
    opened,
    sound_session,
    transcript_session,
)
from assistant.runtime import MAX_SPEED
from assistant.safetext import clean
from assistant.store import Library
from assistant.transcripts import SUFFIXES, read_written
from audio.decode import open_sound

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from assistant.config import Settings
    from assistant.model import FinishedCall
    from assistant.runtime import CallSession
    from assistant.transcripts import Written

SOUND: Final = frozenset(
    {".3gp", ".aac", ".aif", ".aiff", ".amr", ".au", ".avi", ".caf", ".flac", ".m4a", ".m4v"}
    | {".mka", ".mkv", ".mov", ".mp3", ".mp4", ".oga", ".ogg", ".opus", ".wav", ".webm"}
    | {".wma", ".wmv"}
)
"""What is taken for a recording in a folder; a file named by itself may have any ending."""

_MAYBE: Final = frozenset({".txt", ".json", ".docx"})
"""In a folder, these may be anything: what is no transcript is left out and said."""

_SIDES: Final = ("left", "right")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the user asked for on the command line."""

    me: str | None
    """My name in a transcript; left or right in recordings."""
    counterpart: str
    model: str | None
    terms: str | None
    as_json: bool = False
    save: bool = True


class Import:
    """One import, of any number of files."""

    def __init__(self, settings: Settings, options: ImportOptions, *, ask: bool) -> None:
        self._options = options
        self._parts = Parts(settings, options)
        self._ask = ask
        self._side = options.me if (options.me or "").lower() in _SIDES else None
        self._name = None if self._side else options.me
        self._guess: str | None = None
        self._digests: dict[Call, str] = {}
        self._replay = ReplayOptions(
            self._side,
            MAX_SPEED,
            words=False,
            save=True,
            model=options.model,
            terms=options.terms,
            counterpart=options.counterpart,
        )

    def run(self, paths: Sequence[Path]) -> int:
        """Import them all; the command's exit status.

        Raises:
            ThatsRightError: there is nothing to import, or the library cannot be used.
        """
        self._parts.check_library()
        calls = list(find(paths))
        if not calls:
            raise ConfigError(
                "There is nothing to import: no transcript or recording in what was named."
            )
        done: list[Imported] = []
        status = 0
        progress = Progressing(len(calls), time.monotonic)
        try:
            new = list(self._new(calls, done))
            progress.plan({c: self._length_s(c) for c in new})
            for call in new:
                progress.begin(call, call.path.name)
                self._tell(done, self._one(call, progress))
        except KeyboardInterrupt:
            status = INTERRUPTED
        finally:
            progress.clear()
        if not self._options.as_json:
            sys.stdout.writelines(table(done, of=len(calls)))
        if status == INTERRUPTED:
            sys.stderr.write(
                "thatsright: Stopped. What is in the library is whole; start the same command "
                "again, and it goes on from there.\n"
            )
            return status
        return int(any(each.state is State.FAILED for each in done))

    # ---- what is new ------------------------------------------------------------------------

    def _new(self, calls: Sequence[Call], done: list[Imported]) -> Iterator[Call]:
        """The calls that are not in the library yet; the same file twice is one call."""
        seen: set[str] = set()
        names: list[tuple[str, ...]] = []
        new: list[Call] = []
        with Library.open(data_folder()) as library:
            for call in calls:
                try:
                    digest = call.digest()
                    number = library.with_digest(digest)
                    if number is not None or digest in seen:
                        self._tell(done, Imported(str(call.path), State.ALREADY, call=number))
                        continue
                    seen.add(digest)
                    if call.is_transcript:
                        names.append(read_written(call.path).names)
                    self._digests[call] = digest
                    new.append(call)
                except (ThatsRightError, OSError) as error:
                    self._tell(done, self._failed(call, error))
        self._guess = common_name(names)
        return iter(new)

    def _length_s(self, call: Call) -> float:
        """Of the sound that has to be heard; 0 for a transcript, or where it cannot be known."""
        if call.is_transcript:
            return 0.0
        try:
            return open_sound(call.path).duration_s or 0.0
        except ThatsRightError:
            return 0.0

    # ---- one file ---------------------------------------------------------------------------

    def _one(self, call: Call, progress: Progressing) -> Imported:
        try:
            session, guessed = self._session(call, progress)
            if session is None:
                return Imported(str(call.path), State.LEFT_OUT, note=guessed)
            session.playback.set_speed(MAX_SPEED)
            finished = session.run(progress.show)
            if finished is None:
                raise KeyboardInterrupt
            number = self._parts.save(finished, self._digests[call])
            if number is None:
                return Imported(
                    str(call.path), State.FAILED, note=f"{call.path}: nobody speaks in it."
                )
            return _kept(call, int(number), finished, guessed)
        except (ThatsRightError, OSError) as error:
            return self._failed(call, error)

    def _session(self, call: Call, progress: Progressing) -> tuple[CallSession | None, str]:
        if not call.is_transcript:
            recording = opened(call, self._side)
            return sound_session(self._parts, recording, self._replay), ""
        written = read_written(call.path)
        mine, note = self._mine(written, progress)
        if mine is None:
            return None, note
        session = transcript_session(self._parts, written, mine, self._options.counterpart)
        return session, note

    def _failed(self, call: Call, error: ThatsRightError | OSError) -> Imported:
        if isinstance(error, OSError):
            error = ThatsRightError(
                f"{call.path} cannot be read: {error.strerror}. Check the name and the permissions."
            )
        if call.found and call.path.suffix.lower() in _MAYBE and isinstance(error, TranscriptError):
            return Imported(str(call.path), State.LEFT_OUT, note=str(error))
        return Imported(str(call.path), State.FAILED, note=str(error))

    def _tell(self, done: list[Imported], each: Imported) -> None:
        done.append(each)
        if self._options.as_json:
            sys.stdout.write(json_line(each))
            sys.stdout.flush()
        if each.state is State.FAILED:
            say(ThatsRightError(each.note))

    # ---- who is me --------------------------------------------------------------------------

    def _mine(self, written: Written, progress: Progressing) -> tuple[tuple[str, ...] | None, str]:
        """Names that are me, and what to say about it; None to leave the file out."""
        folder = data_folder()
        try:
            mine = known(written, self._name, recall_me(folder))
        except TranscriptError:
            if self._name is not None:
                raise
            if self._ask:
                progress.clear()
                mine = ask_who(written, self._guess)
                if not mine:
                    return None, "left out as wished"
            elif self._guess in written.names:
                return (self._guess or "",), (
                    f"“{self._guess}” is taken for you: nobody else speaks in all of them. If "
                    "that is wrong, delete it and import it again with --me NAME."
                )
            else:
                raise
        if mine and not {n.casefold() for n in mine} <= {"me"}:
            remember_me(folder, mine)
        return mine, ""


def ask_who(written: Written, guess: str | None) -> tuple[str, ...]:
    """The names that are me, asked in a terminal, on stderr; none to leave the file out."""
    names = written.names
    lines = [sum(c.name == name for c in written.cues) for name in names]
    sys.stderr.write(f"{clean(str(written.path))}: which one is you?\n")
    for number, (name, count) in enumerate(zip(names, lines, strict=True), 1):
        sys.stderr.write(f"  {number}  {clean(name)} ({count} times)\n")
    default = names.index(guess) + 1 if guess in names else None
    enter = f"Enter for {default}" if default else "Enter to leave this file out"
    while True:
        sys.stderr.write(f"Number, or several with spaces; {enter}; 0 leaves it out: ")
        sys.stderr.flush()
        answer = sys.stdin.readline()
        if not answer.strip():
            return (names[default - 1],) if default and answer else ()
        chosen = answer.split()
        if chosen == ["0"]:
            return ()
        if all(c.isascii() and c.isdecimal() and 1 <= int(c) <= len(names) for c in chosen):
            return tuple(names[int(c) - 1] for c in chosen)


def find(paths: Sequence[Path]) -> Iterator[Call]:
    """The calls in files and folders, in order of their names.

    In a folder, hidden files are left out, and two files that differ by "me" and "them" at the
    end of their names are one call.

    Raises:
        ConfigError: there is no file or folder of that name.
    """
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path)
        elif path.exists():
            yield Call(path)
        else:
            raise ConfigError(f"There is no file or folder {path}. Check the name.")


def _in_folder(folder: Path) -> Iterator[Call]:
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SOUND | SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.is_file()
    )
    there = frozenset(files)
    theirs: set[Path] = set()
    calls: list[Call] = []
    for path in files:
        other = _their_leg(path)
        if other is not None and other in there and path.suffix.lower() in SOUND:
            theirs.add(other)
            calls.append(Call(path, other, found=True))
        else:
            calls.append(Call(path, found=True))
    yield from (call for call in calls if call.path not in theirs)


def _their_leg(path: Path) -> Path | None:
    """The name of the other side's file, where `path` is named as mine."""
    stem = path.stem
    if stem.lower() == "me" or (stem.lower().endswith("me") and stem[-3] in " -_."):
        return path.with_name(f"{stem[:-2]}{'THEM' if stem.isupper() else 'them'}{path.suffix}")
    return None


def _kept(call: Call, number: int, finished: FinishedCall, guessed: str) -> Imported:
    """A call that is in; what was told of it at its beginning is what matters of its file."""
    told = [e.message for e in finished.events if isinstance(e, CallWarning) and e.at_s <= 0]
    return Imported(
        str(call.path),
        State.IN,
        call=number,
        length_s=finished.summary.duration_s,
        outcome=finished.summary.outcome,
        note=" ".join(filter(None, (guessed, *dict.fromkeys(told)))),
    )
