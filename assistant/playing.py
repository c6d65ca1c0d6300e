"""Puts one replay together: which feed, which model, which front end, and into the library."""

from __future__ import annotations

import hashlib
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from assistant.apart import Mine, chosen, mine_from, tell_apart
from assistant.enrolment import enrolled
from assistant.errors import ConfigError, ThatsRightError
from assistant.feeds import LIVE_BLOCK_SAMPLES, AudioFeed, TranscriptFeed
from assistant.formats.dates import date_in
from assistant.model import CallInfo, Source, Speaker
from assistant.parts import Parts, Progress, print_event, print_plain, say, say_saved, show
from assistant.paths import data_folder
from assistant.people import known, recall_me
from assistant.runtime import MAX_SPEED
from assistant.safetext import clean
from assistant.sounding import RecordingSound
from assistant.transcripts import SUFFIXES, read_written
from assistant.which_voice import ask_which, what_each_says
from audio.files import BLOCK_SAMPLES, Side, open_legs, open_recording
from audio.types import seconds
from tui.desk import Ready, Undecided, Voice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from assistant.apart import Apart
    from assistant.config import Settings
    from assistant.model import FinishedCall
    from assistant.preparing_page import Section
    from assistant.runtime import CallSession
    from assistant.transcripts import Written
    from audio.files import Recording

INTERRUPTED: Final = 130


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """What the user asked for on the command line."""

    me: str | None
    """"left" or "right" of a two-channel file; a speaker's name in a transcript; which voice of a
    recording with both on one channel ("first", "second", "more", "less")."""
    speed: float
    """Call seconds per second; infinite for as fast as it goes."""
    words: bool
    save: bool
    model: str | None
    terms: str | None = None
    """File with names and words of this deal."""
    counterpart: str = ""
    """Who the other side is."""
    plain: bool = False
    """Lines of text instead of events, for screen readers."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call to be played: a file, or a file a side."""

    path: Path
    them_path: Path | None = None
    """The other side, when `path` is mine alone."""
    found: bool = False
    """Found in a folder, not named by the user."""

    @property
    def is_transcript(self) -> bool:
        """Words to be read, no sound to be heard."""
        return self.them_path is None and self.path.suffix.lower() in SUFFIXES

    def digest(self) -> str:
        """SHA-256 of the file in hexadecimal digits; of two files, of both digests.

        Raises:
            OSError: a file cannot be read.
        """
        each = [_digest(path) for path in (self.path, self.them_path) if path is not None]
        return each[0] if len(each) == 1 else hashlib.sha256("".join(each).encode()).hexdigest()


class Calls:
    """What to play, from the command line."""

    @staticmethod
    def files(paths: Sequence[Path]) -> tuple[Call, ...]:
        """A call a file."""
        return tuple(Call(path) for path in paths)

    @staticmethod
    def legs(mine: Path, theirs: Path) -> tuple[Call, ...]:
        """One call from two files."""
        return (Call(mine, theirs),)


class Replay:
    """Plays calls one after another, with one speech model for all of them."""

    def __init__(self, settings: Settings, options: ReplayOptions) -> None:
        self._options = options
        self._parts = Parts(settings, options)
        self._sound: RecordingSound | None = None
        """Of the call made last; a transcript has none."""

    def as_events(self, calls: Sequence[Call]) -> int:
        """Print every event as a line; a call that fails does not keep the others from playing."""
        self._parts.check_library()
        status = 0
        for call in calls:
            progress = Progress()
            try:
                session = self._session(call)
                tell = partial(print_event, progress, words=self._options.words)
                finished = session.run(print_plain if self._options.plain else tell)
                progress.clear()
                number = None if finished is None else self._save(call, finished)
                if self._options.plain:
                    say_saved(number)
            except ThatsRightError as error:
                progress.clear()
                say(error)
                status = error.exit_status
        return status

    def on_screen(
        self, calls: Sequence[Call], before: Callable[[], tuple[Section, ...]] | None = None
    ) -> int:
        """Play each call in the live screen; one that fails does not keep the others away.

        `before` reads the page before the call, to be looked at beside it.
        """
        self._parts.check_library()
        status = 0
        for call in calls:
            try:
                session = self._session(call, ask=sys.stderr.isatty())
                save = partial(self._save, call)
                look = self._parts.settings.look
                screen = show(
                    session,
                    save,
                    sound=self._sound,
                    keeps=self._keeps,
                    look=look,
                    before=before,
                )
                if screen.interrupted:
                    return INTERRUPTED
                if screen.failure is not None:
                    raise screen.failure
            except ThatsRightError as error:
                say(error)
                status = error.exit_status
        return status

    def ready(self, call: Call, progress: Callable[[float], None]) -> Ready | Undecided:
        """A call for a screen that plays it; what can fail before it begins has been tried.

        Args:
            call: what to play.
            progress: told how many seconds were listened to, where both are on one channel.

        Raises:
            ThatsRightError: it cannot be played, or not be kept.
        """
        self._parts.check_library()
        if call.is_transcript:
            return self._ready(call, self._session(call))
        recording = opened(call, self._options.me)
        apart = voices_of(self._parts, recording, self._options.me, progress)
        if apart is None or not apart.guess:
            return self._ready(call, self._heard(recording, apart))
        said = what_each_says(apart, recording, self._parts.recogniser)
        first, second = (
            Voice(seconds(stretch.start_sample), words)
            for stretch, words in zip(apart.heard, said, strict=True)
        )

        def answered(mine: int | None) -> Ready:
            whose = apart if mine is None else chosen(apart, me_first=mine == 0)
            return self._ready(call, self._heard(recording, whose))

        return Undecided((first, second), answered)

    def _ready(self, call: Call, session: CallSession) -> Ready:
        return Ready(session, partial(self._save, call), self._keeps, lambda: None, self._sound)

    @property
    def _keeps(self) -> str:
        return "words kept" if self._options.save else "nothing kept"

    def _save(self, call: Call, finished: FinishedCall) -> str | None:
        digest = None
        if self._options.save:
            with suppress(OSError):  # the file went meanwhile: then it cannot be known again
                digest = call.digest()
        return self._parts.save(finished, digest)

    def _session(self, call: Call, *, ask: bool = False) -> CallSession:
        if call.is_transcript:
            self._sound = None
            written = read_written(call.path)
            mine = known(written, self._options.me, recall_me(data_folder()))
            session = transcript_session(self._parts, written, mine, self._options.counterpart)
            session.playback.set_speed(self._options.speed)
            return session
        recording = opened(call, self._options.me)
        apart = _shown_apart(self._parts, recording, self._options.me)
        if ask and apart is not None and apart.guess:
            apart = ask_which(apart, recording, self._parts.recogniser)
        return self._heard(recording, apart)

    def _heard(self, recording: Recording, apart: Apart | None) -> CallSession:
        self._sound = RecordingSound(recording)
        session = sound_session(self._parts, recording, self._options, apart)
        session.playback.set_speed(self._options.speed)
        return session


def opened(call: Call, me: str | None) -> Recording:
    """A recording; `me` is left or right, or which of two voices on one channel; None for left.

    Raises:
        ThatsRightError: it cannot be heard, or `me` is no side and no voice of it.
    """
    if call.them_path is not None:
        return open_legs(call.path, call.them_path)
    one = me in {*Mine}
    try:
        side = Side.LEFT if me is None or one else Side(me)
    except ValueError:
        raise ConfigError(
            f"--me {me!r} does not fit a recording: give left or right; where both sides are "
            "on one channel first, second, more or less."
        ) from None
    recording = open_recording(call.path, side)
    if one and recording.speakers != (Speaker.UNKNOWN,):
        raise ConfigError(
            f"--me {me} does not fit {call.path}, which has a channel a speaker: give left or "
            "right."
        )
    return recording


def voices_of(
    parts: Parts, recording: Recording, me: str | None, progress: Callable[[float], None]
) -> Apart | None:
    """The voices of a recording with both sides on one channel; None where each has its own.

    `progress` is told how many seconds were listened to.
    """
    if recording.speakers != (Speaker.UNKNOWN,):
        return None
    mine = None if me is None or me in {*Side} else mine_from(me)
    return tell_apart(recording, parts.embedder, mine, enrolled(data_folder()), progress)


def _shown_apart(parts: Parts, recording: Recording, me: str | None) -> Apart | None:
    """The same, with its progress on stderr."""
    progress = Progress("listened to, to tell the voices apart", recording.duration_s)
    try:
        return voices_of(parts, recording, me, progress.at)
    finally:
        progress.clear()


def sound_session(
    parts: Parts, recording: Recording, options: ReplayOptions, apart: Apart | None = None
) -> CallSession:
    """A recording, not begun yet; `apart` are its voices, where they were told apart before.

    Raises:
        ModelError: there is no speech model.
    """
    info = CallInfo(
        title=clean(recording.title),
        path=recording.path,
        source=Source.AUDIO,
        model=parts.model.name,
        duration_s=recording.duration_s,
        started_at=recording.started_at,
        speakers=recording.speakers,
        counterpart=clean(options.counterpart),
    )
    paced = options.speed < MAX_SPEED
    feed = AudioFeed(recording, LIVE_BLOCK_SAMPLES if paced else BLOCK_SAMPLES)
    apart = apart or _shown_apart(parts, recording, options.me)
    if apart is None:
        return parts.listening(info, feed)
    if apart.known is not None:
        info = replace(info, speakers=(Speaker.ME, Speaker.THEM))
    return parts.listening(info, replace(feed, told=apart.told), apart.known)


def transcript_session(
    parts: Parts, written: Written, mine: Sequence[str], counterpart: str = ""
) -> CallSession:
    """A transcript whose names in `mine` are me, not begun yet.

    The counterpart, when not given, is the only other speaker.
    """
    path, said = written.path, written.said(mine)
    heard = {u.speaker for u in said}
    others = [n for n in written.names if n not in mine and n.casefold() != Speaker.THEM]
    info = CallInfo(
        title=clean(path.stem),
        path=str(path),
        source=Source.TRANSCRIPT,
        model=None,
        duration_s=max(u.end_s for u in said),
        started_at=date_in(path.name) or datetime.fromtimestamp(path.stat().st_mtime, tz=UTC),
        speakers=tuple(s for s in Speaker if s in heard),
        counterpart=clean(counterpart or (others[0] if len(others) == 1 else "")),
    )
    return parts.session(info, TranscriptFeed(said, written.notes))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
