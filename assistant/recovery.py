"""From the journal into the library: when a call ends, and when it did not get to end.

A call is in the library, whole, before its journal goes; the library knows which journal it came
from, so whatever is interrupted can be done again and nothing is there twice.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from assistant.calltime import clock
from assistant.errors import JournalError, ThatsRightError
from assistant.journal_folder import JournalFolder, LeftJournal, journals
from assistant.model import (
    CallInfo,
    CallWarning,
    FinishedCall,
    PromptUsed,
    Signal,
    Source,
    Speaker,
    Transcript,
)
from assistant.paths import private_folder
from assistant.summary import summarise

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from assistant.journal_lines import Contents
    from assistant.model import Event
    from assistant.store import Library

AUDIO: Final = "audio"
"""Folder of recorded sound below the data folder: a folder a call, by its id in the library."""

TITLE: Final = "Live call"
"""Of a call of which not even the title could be read."""


@dataclass(frozen=True, slots=True)
class Left:
    """A journal, as a list shows it."""

    id: str
    running: bool
    """True while its call runs, or somebody else is bringing it back; nothing else is known."""
    title: str = ""
    started_at: datetime | None = None
    """UTC."""
    length_s: float = 0.0
    """Call time of the last thing told."""
    utterances: int = 0
    problem: str = ""
    """Why it cannot be brought back, a sentence; empty when it can."""


def left_journals(data: Path) -> tuple[Left, ...]:
    """What there is, oldest first. One in which nothing was said and nothing recorded goes.

    Raises:
        JournalError: the folder cannot be read.
    """
    return tuple(_look(data))


def file_away(data: Path, library: Library, call: FinishedCall, journal: JournalFolder) -> int:
    """Keep a call and its sound, then delete its journal; the call's id.

    May be done again after it was interrupted anywhere: the id is the same.

    Raises:
        StoreError: the call could not be kept; the journal is as it was.
        JournalError: the call is kept, but its sound could not be moved or its journal not
            deleted; done again, it goes on from there.
    """
    number = library.save(call, journal.id)
    try:
        _move_sound(journal.sound, data / AUDIO, str(number))
    except OSError as error:
        raise JournalError(
            f"The call is kept as call {number}, but its sound could not be moved from "
            f"{journal.sound} to {data / AUDIO} ({error.strerror}). Make both writable for you; "
            "then: thatsright recover"
        ) from error
    journal.remove()
    return number


def keep(data: Path, library: Library, name: str) -> int:
    """Bring a call back whose program was killed; its id in the library.

    Raises:
        ThatsRightError: it could not be brought back; its journal is as it was.
    """
    journal = _take(data, name)
    try:
        return file_away(data, library, call_of(journal, journal.read()), journal)
    finally:
        journal.release()


def discard(data: Path, name: str) -> None:
    """Delete what a killed program left of a call, its sound too.

    Raises:
        JournalError: it is not there, its call runs, or it cannot be deleted.
    """
    _take(data, name).remove()


def delete_call(data: Path, library: Library, number: int) -> None:
    """Delete a call: what is left of its journal, its sound, and every word in the library.

    Interrupted, the call is still listed, and can be deleted again.

    Raises:
        ThatsRightError: it could not be deleted, or not all of it; the message says what.
    """
    name = library.journal_of(number)
    if name is not None and any(each.id == name for each in journals(data)):
        discard(data, name)
    folder = sound_folder(data, number)
    try:
        if folder is not None:
            shutil.rmtree(folder)
    except OSError as error:
        raise JournalError(
            f"The sound of call {number} in {folder} cannot be deleted ({error.strerror}). Make "
            "the folder writable for you and try again; the words are still in the library."
        ) from error
    library.delete(number)


def sound_folder(data: Path, number: int) -> Path | None:
    """Where the sound of a call in the library is, a FLAC file a leg; None when there is none."""
    folder = data / AUDIO / str(number)
    return folder if folder.is_dir() else None


def call_of(journal: LeftJournal, contents: Contents) -> FinishedCall:
    """The call as far as it came, with a warning that says how far."""
    info = contents.info or CallInfo(
        TITLE, "", Source.LIVE, None, None, journal.started_at, (Speaker.ME, Speaker.THEM)
    )
    length_s = _length_s(contents.events)
    info = replace(info, duration_s=length_s)
    message = f"Recovered: thatsright was ended in the middle of this call, at {clock(length_s)}."
    if contents.damaged:
        message += f" {contents.damaged} entries of the record were damaged and are missing."
    events = (*contents.events, CallWarning(message, length_s))
    return FinishedCall(info, events, summarise(info, events))


def _take(data: Path, name: str) -> LeftJournal:
    found = next((each for each in journals(data) if each.id == name), None)
    if found is None:
        raise JournalError(
            "There is no cut-off call of that name. thatsright recover lists what there is."
        )
    journal = None if found.running else LeftJournal.take(data, name)
    if journal is None:
        raise JournalError(
            f"The call {name} still runs, or another thatsright is bringing it back. End that one "
            "first, then try again."
        )
    return journal


def _look(data: Path) -> Iterator[Left]:
    for found in journals(data):
        journal = None if found.running else LeftJournal.take(data, found.id)
        if journal is None:
            yield Left(found.id, running=True)
            continue
        try:
            contents = journal.read()
            utterances = sum(isinstance(each, Transcript) for each in contents.events)
            if not utterances and not contents.damaged and not _has_sound(journal.sound):
                journal.remove()
                continue
            call = call_of(journal, contents)
            yield Left(
                found.id,
                running=False,
                title=call.info.title,
                started_at=call.info.started_at,
                length_s=call.summary.duration_s,
                utterances=utterances,
            )
        except ThatsRightError as error:
            yield Left(found.id, running=False, started_at=journal.started_at, problem=str(error))
        finally:
            journal.release()


def _has_sound(folder: Path) -> bool:
    return folder.is_dir() and any(file.stat().st_size for file in folder.iterdir())


def _length_s(events: tuple[Event, ...]) -> float:
    """Call time of the last thing that was said or told."""
    ends = [0.0]
    for event in events:
        match event:
            case Transcript():
                ends.append(event.end_s)
            case Signal() | PromptUsed() | CallWarning():
                ends.append(event.at_s)
            case _:
                pass
    return round(max(ends), 3)


def _move_sound(sound: Path, parent: Path, name: str) -> None:
    """In one step, so that there is never half of it; nothing to do when it is done."""
    if not sound.is_dir():
        return
    private_folder(parent)
    target = parent / name
    if target.exists():  # of a library that was moved away, where another call had this number
        taken = {path.name for path in parent.iterdir()}
        free = next(n for n in range(1, len(taken) + 2) if f"{name}-before-{n}" not in taken)
        target.rename(parent / f"{name}-before-{free}")
    with suppress(FileNotFoundError):
        sound.rename(target)
