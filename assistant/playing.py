"""Puts one replay together: which feed, which model, which front end, and into the library."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from assistant.apart import Mine, mine_from, tell_apart
from assistant.enrolment import enrolled
from assistant.errors import ConfigError, ThatsRightError
from assistant.feeds import LIVE_BLOCK_SAMPLES, AudioFeed, TranscriptFeed
from assistant.model import CallInfo, Source, Speaker
from assistant.parts import Parts, Progress, print_event, say, show
from assistant.paths import data_folder
from assistant.runtime import MAX_SPEED
from assistant.safetext import clean
from assistant.transcripts import SUFFIXES, read_transcript
from audio.files import BLOCK_SAMPLES, Side, open_legs, open_recording

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from assistant.apart import Apart
    from assistant.config import Settings
    from assistant.model import Transcript
    from assistant.runtime import CallSession
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
                screen = show(self._session(call), self._parts.save)
                if screen.interrupted:
                    return INTERRUPTED
                if screen.failure is not None:
                    raise screen.failure
            except ThatsRightError as error:
                say(error)
                status = error.exit_status
        return status

    def _session(self, call: Call) -> CallSession:
        if call.them_path is None and call.path.suffix.lower() in SUFFIXES:
            utterances = read_transcript(call.path, self._options.me)
            info = _transcript_info(call.path, utterances)
            session = self._parts.session(info, TranscriptFeed(utterances))
        else:
            recording = self._recording(call)
            info = _audio_info(recording, self._parts.model.name)
            paced = self._options.speed < MAX_SPEED
            feed = AudioFeed(recording, LIVE_BLOCK_SAMPLES if paced else BLOCK_SAMPLES)
            known = None
            if recording.speakers == (Speaker.UNKNOWN,):
                apart = self._apart(recording)
                known = apart.known
                feed = replace(feed, told=apart.told)
                if known is not None:
                    info = replace(info, speakers=(Speaker.ME, Speaker.THEM))
            session = self._parts.listening(info, feed, known)
        session.playback.set_speed(self._options.speed)
        return session

    def _recording(self, call: Call) -> Recording:
        if call.them_path is not None:
            return open_legs(call.path, call.them_path)
        me = self._options.me
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

    def _apart(self, recording: Recording) -> Apart:
        """The voices of a recording with both sides on one channel."""
        me = self._options.me
        mine = None if me is None or me in {*Side} else mine_from(me)
        progress = Progress("listened to, to tell the voices apart", recording.duration_s)
        try:
            return tell_apart(
                recording, self._parts.embedder, mine, enrolled(data_folder()), progress.at
            )
        finally:
            progress.clear()


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
