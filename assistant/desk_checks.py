"""What a call needs, looked at one after another, each with what to do."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

from assistant import config, models
from assistant.errors import ThatsRightError
from assistant.paths import data_folder
from assistant.store import Library
from audio.devices import Failure, listing
from tui.desk import Check, Sureness

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOM: Final = 200_000_000
"""Free bytes below which a long call with its sound may not fit."""


def checks() -> Iterator[Check]:
    """Each as soon as it is known."""
    yield _settings()
    yield from _devices()
    yield _model()
    yield _library()
    yield _disk()


def _settings() -> Check:
    try:
        config.load()
    except ThatsRightError as error:
        return Check("Settings", Sureness.BAD, str(error))
    return Check("Settings", Sureness.GOOD, "They can be read.")


def _devices() -> Iterator[Check]:
    found = listing()
    if isinstance(found, Failure):
        yield Check("Devices", Sureness.BAD, found.reason)
        return
    mics = [d.name for d in found if not d.loopback]
    played = [d.name for d in found if d.loopback]
    if mics:
        yield Check("Microphone", Sureness.GOOD, ", ".join(mics) + ".")
    else:
        words = "None was found. Plug one in, and look whether the system's sound settings show it."
        yield Check("Microphone", Sureness.BAD, words)
    if played:
        yield Check("The other side", Sureness.GOOD, ", ".join(played) + ".")
    else:
        words = (
            "What the computer plays cannot be heard. With a microphone alone, speakers are not "
            "told apart: thatsright live --them none."
        )
        yield Check("The other side", Sureness.WARNING, words)


def _model() -> Check:
    try:
        model = models.find(config.load().model, download=False)
    except ThatsRightError as error:
        return Check("Speech model", Sureness.BAD, str(error))
    return Check("Speech model", Sureness.GOOD, f"{model.name}, in {model.folder}.")


def _library() -> Check:
    try:
        with Library.open(data_folder()) as library:
            count = library.count()
    except ThatsRightError as error:
        return Check("Library", Sureness.BAD, str(error))
    return Check("Library", Sureness.GOOD, f"{count:,} calls." if count != 1 else "1 call.")


def _disk() -> Check:
    try:
        free = shutil.disk_usage(data_folder()).free
    except OSError as error:
        return Check("Disk", Sureness.WARNING, f"Its room cannot be seen: {error.strerror}.")
    if free < _ROOM:
        words = f"{free // 1_000_000} MB are free: make room before a long call."
        return Check("Disk", Sureness.WARNING, words)
    return Check("Disk", Sureness.GOOD, f"{free / 1e9:.0f} GB are free.")
