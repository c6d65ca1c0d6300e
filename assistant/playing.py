"""Puts one replay together: which feed, which model, which front end, and into the library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from assistant.errors import ConfigError, ThatsRightError
from assistant.feeds import LIVE_BLOCK_SAMPLES, AudioFeed, TranscriptFeed
from assistant.model import CallInfo, Source, Speaker
from assistant.parts import Parts, Progress, print_event, say, show
from assistant.runtime import MAX_SPEED
from assistant.safetext import clean
from assistant.sounding import RecordingSound
from assistant.transcripts import SUFFIXES, read_transcript
from audio.files import BLOCK_SAMPLES, Side, open_legs, open_recording
from tui.desk import Ready

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from assistant.config import Settings
    from assistant.model import Transcript
    from assistant.runtime import CallSession
    from audio.files import Recording

INTERRUPTED: Final = 130


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """What the user asked for on the command line."""

    me: str | None
    """"left" or "right" of a two-channel file; a speaker's name in a transcript."""
    speed: float
    """Call seconds per second; infinite for as fast as it goes."""
    words: bool
    save: bool
    model: str | None
    terms: str | None = None
    """File with names and words of this deal."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call to be played: a file, or a file a side."""

    path: Path
    them_path: Path | None = None
    """The other side, when `path` is mine alone."""


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
                finished = session.run(partial(print_event, progress, words=self._options.words))
                progress.clear()
                if finished is not None:
                    self._parts.save(finished)
            except ThatsRightError as error:
                progress.clear()
                say(error)
                status = error.exit_status
        return status

    def on_screen(self, calls: Sequence[Call]) -> int:
        """Play each call in the live screen; one that fails does not keep the others away."""
        self._parts.check_library()
        status = 0
        for call in calls:
            try:
                session = self._session(call)
                screen = show(
                    session,
                    self._parts.save,
                    sound=self._sound,
                    keeps=self._keeps,
                    look=self._parts.settings.look,
                )
                if screen.interrupted:
                    return INTERRUPTED
                if screen.failure is not None:
                    raise screen.failure
            except ThatsRightError as error:
                say(error)
                status = error.exit_status
        return status

    def ready(self, call: Call) -> Ready:
        """A call for a screen that plays it; what can fail before it begins has been tried.

        Raises:
            ThatsRightError: it cannot be played, or not be kept.
        """
        self._parts.check_library()
        session = self._session(call)
        return Ready(session, self._parts.save, self._keeps, lambda: None, self._sound)

    @property
    def _keeps(self) -> str:
        return "words kept" if self._options.save else "nothing kept"

    def _session(self, call: Call) -> CallSession:
        self._sound = None
        if call.them_path is None and call.path.suffix.lower() in SUFFIXES:
            utterances = read_transcript(call.path, self._options.me)
            info = _transcript_info(call.path, utterances)
            session = self._parts.session(info, TranscriptFeed(utterances))
        else:
            recording = self._recording(call)
            self._sound = RecordingSound(recording)
            info = _audio_info(recording, self._parts.model.name)
            paced = self._options.speed < MAX_SPEED
            feed = AudioFeed(recording, LIVE_BLOCK_SAMPLES if paced else BLOCK_SAMPLES)
            session = self._parts.listening(info, feed)
        session.playback.set_speed(self._options.speed)
        return session

    def _recording(self, call: Call) -> Recording:
        if call.them_path is not None:
            return open_legs(call.path, call.them_path)
        try:
            side = Side(self._options.me or "left")
        except ValueError:
            raise ConfigError(
                f"--me {self._options.me!r} does not fit a recording: give left or right."
            ) from None
        return open_recording(call.path, side)


def _audio_info(recording: Recording, model: str) -> CallInfo:
    return CallInfo(
        title=clean(recording.title),
        path=recording.path,
        source=Source.AUDIO,
        model=model,
        duration_s=recording.duration_s,
        started_at=recording.started_at,
        speakers=recording.speakers,
    )


def _transcript_info(path: Path, utterances: Sequence[Transcript]) -> CallInfo:
    heard = {u.speaker for u in utterances}
    return CallInfo(
        title=clean(path.stem),
        path=str(path),
        source=Source.TRANSCRIPT,
        model=None,
        duration_s=max(u.end_s for u in utterances),
        started_at=datetime.fromtimestamp(path.stat().st_mtime, tz=UTC),
        speakers=tuple(s for s in Speaker if s in heard),
    )
