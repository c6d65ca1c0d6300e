"""What the screens ask of the rest of the program: they do no work themselves.

Every method may take its time and is called in a worker's thread, several at once at times. All
raise a `ThatsRightError` whose message is a sentence for the user.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from assistant.model import Consent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime
    from pathlib import Path

    from assistant.model import FinishedCall, Outcome
    from assistant.runtime import Session
    from assistant.stored import CallChange, StoredCall
    from tui.reviewing import Reviews


class Sound(Protocol):
    """The sound of a recording, on the default output. Never raises: what fails is silent."""

    def play(self, from_s: float, to_s: float | None = None) -> None:
        """From one moment to another (or the end), instead of what plays."""

    def stop(self) -> None:
        """Be silent."""

    @property
    def trouble(self) -> str:
        """A sentence on why nothing is heard; empty while all is well."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A call that can be started."""

    session: Session
    save: Callable[[FinishedCall], str | None]
    keeps: str
    """A few words on what of it is kept."""
    close: Callable[[], None]
    """To be called when it is over, whatever became of it."""
    sound: Sound | None = None
    """Its recording, where it can be heard."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One of two voices on one channel, by what it says."""

    at_s: float
    """Call time at which it says it."""
    said: str
    """Empty where no words were understood."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """A call that can be started once it is known which of its two voices is mine."""

    voices: tuple[Voice, Voice]
    """The one who speaks first first."""
    ready: Callable[[int | None], Ready]
    """The call when the voice of that index is mine; None when nobody said: the first, a guess."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a call that happens now is wanted."""

    consent: Consent = Consent.UNKNOWN
    """Whether they agreed to be listened to."""
    record: bool = False
    """Keep the sound too."""
    counterpart: str = ""
    """Who the other side is; empty when it is not said."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What is known of a file before it is played."""

    path: Path
    kind: str
    """In a few words: "Recording, two channels"."""
    duration_s: float | None
    size_bytes: int
    sides: tuple[str, ...] = ()
    """What my side may be: "left" and "right", or the speakers' names."""
    first_words: str = ""
    """What is said first; empty for sound."""
    problem: str = ""
    """Why it cannot be played; empty when it can."""
    known: str = ""
    """A sentence, when a call of this file is in the library already; else empty."""


@dataclass(frozen=True, slots=True)
class Find:
    """Which calls are wanted."""

    words: str = ""
    outcome: Outcome | None = None
    counterpart: str = ""
    tag: str = ""
    since: date | None = None
    """First day of them, by the clock on the wall here."""
    limit: int | None = None
    """At most so many; None for all."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Calls that were asked for."""

    calls: tuple[StoredCall, ...]
    """Newest first."""
    total: int
    """How many calls there are in all, wanted or not."""
    counterparts: tuple[str, ...] = ()
    """Everybody calls were with, in order of the alphabet."""
    tags: tuple[str, ...] = ()
    """Every tag there is, likewise."""


@dataclass(frozen=True, slots=True)
class CutOff:
    """A call whose program was killed."""

    id: str
    title: str
    started_at: datetime | None
    """UTC; None when it is not known."""
    length_s: float
    utterances: int
    problem: str = ""
    """Why it cannot be brought back; empty when it can."""


@dataclass(frozen=True, slots=True)
class Level:
    """What a device gives."""

    name: str
    loopback: bool
    """True for what the computer plays, False for a microphone."""
    default: bool
    share: float | None
    """0 for silent to 1 for as loud as it goes, by decibels; None while nothing comes."""
    words: str
    """The same in words: "-12 dB", "silent", "nothing comes", "cannot be opened"."""


class Ear(Protocol):
    """Listens to all devices at once, until it is closed."""

    def read(self) -> tuple[Level, ...]:
        """Wait for a tenth of a second; then the loudest of what came, a device each."""

    def close(self) -> None:
        """Let go of the devices."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value a setting may have."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it is now."""

    key: str
    """Its name in the file."""
    label: str
    value: str
    """As it would be written; empty for the default."""
    default: str
    """What the default means, in words."""
    about: str
    """One sentence."""
    choices: tuple[Choice, ...] = ()
    """What it may be; empty when it is free text."""
    from_file: bool = False
    """True when the file says so."""
    overridden: str = ""
    """What stands above the file, such as an environment variable with its value."""
    problem: str = ""
    """Why what the file says does not fit; empty when it does."""


class Sureness(StrEnum):
    """How a check went."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    sure: Sureness
    found: str
    """What was found and what to do, in a sentence or two."""


class Desk(Protocol):
    """Everything behind the screens."""

    def calls(self, find: Find) -> Shelf:
        """The calls wanted."""

    def cut_off(self) -> tuple[CutOff, ...]:
        """Calls that were cut off and wait to be kept or deleted, oldest first."""

    def keep_cut_off(self, name: str) -> int:
        """Bring one back; its id in the library."""

    def delete_cut_off(self, name: str) -> None:
        """Delete what is left of one."""

    def change(self, call_id: int, to: CallChange) -> None:
        """Rename, tag, say with whom."""

    def delete(self, call_id: int) -> None:
        """Delete it with all that is of it, for good."""

    @property
    def reviews(self) -> Reviews:
        """What the review of a finished call asks."""

    def preview(self, path: Path) -> Preview:
        """Look into a file."""

    def replay(
        self, path: Path, me: str | None, progress: Callable[[float], None]
    ) -> Ready | Undecided:
        """A file, to be played.

        `progress` is told how many seconds were listened to, where that has to be done before.
        """

    def consent(self) -> Consent | None:
        """What holds for the next call without asking; None when nobody was asked yet."""

    def live(self, wish: Wish) -> Ready:
        """A call that happens now; its answer about consent is kept with it."""

    def settings(self) -> tuple[Setting, ...]:
        """All settings."""

    @property
    def settings_file(self) -> str:
        """Where they are written, as people write it."""

    def set(self, key: str, value: str) -> None:
        """Write one into the file, and keep what else is in it; empty takes it out."""

    def listen(self) -> Ear:
        """Open every device, for a look at how loud each is."""

    def folder(self) -> Path:
        """Where to look for recordings first."""

    @property
    def trouble(self) -> str:
        """A sentence on what is wrong before anything was asked for; empty when all is well."""

    def checks(self) -> Iterable[Check]:
        """Look at everything a call needs, one after another."""

    @property
    def look(self) -> str:
        """dark, light, contrast or auto."""

    @property
    def first_time(self) -> bool:
        """True until `welcomed` was called once."""

    def welcomed(self) -> None:
        """The first screens were read."""
