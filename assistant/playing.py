"""Puts one replay together: which feed, which model, which front end, and into the library."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assistant import models, phrases, wire
from assistant.asr import Decoding, WhisperRecogniser, device_for
from assistant.calltime import clock
from assistant.endpoints import EndpointPolicy
from assistant.errors import ConfigError, StoreError, ThatsRightError
from assistant.feeds import LIVE_BLOCK_SAMPLES, AudioFeed, TranscriptFeed
from assistant.model import CallInfo, CallStarted, Source, Speaker, Transcript
from assistant.paths import config_folder, data_folder
from assistant.runtime import MAX_SPEED, CallSession, Recognisers
from assistant.safetext import clean
from assistant.store import Library
from assistant.terms import read_terms
from assistant.transcripts import SUFFIXES, read_transcript
from audio.files import BLOCK_SAMPLES, Side, open_legs, open_recording
from audio.listener import Listener
from audio.segmenter import SegmenterConfig
from audio.vad import SpeechDetector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.config import Settings
    from assistant.model import Event, FinishedCall
    from audio.files import Recording

INTERRUPTED: Final = 130

OWN_PHRASES: Final = "phrases.toml"
"""The user's own phrases, beside the settings."""


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
        self._settings = settings
        self._options = options

    def as_events(self, calls: Sequence[Call]) -> int:
        """Print every event as a line; a call that fails does not keep the others from playing."""
        self._check_library()
        status = 0
        for call in calls:
            progress = _Progress()
            try:
                session = self._session(call)
                finished = session.run(partial(self._print, progress))
                progress.clear()
                if finished is not None:
                    self._save(finished)
            except ThatsRightError as error:
                progress.clear()
                _say(error)
                status = error.exit_status
        return status

    def on_screen(self, calls: Sequence[Call]) -> int:
        """Play each call in the live screen; one that fails does not keep the others away."""
        from tui.app import CallApp  # noqa: PLC0415 - only a terminal needs Textual

        self._check_library()
        status = 0
        for call in calls:
            try:
                kept: list[str] = []
                screen = CallApp(self._session(call), partial(self._keep, kept))
                screen.run()
                for number in kept:  # what stays in the terminal
                    sys.stdout.write(f"Saved as call {number}: thatsright report {number}\n")
                if screen.interrupted:
                    return INTERRUPTED
                if screen.failure is not None:
                    raise screen.failure
            except ThatsRightError as error:
                _say(error)
                status = error.exit_status
        return status

    def _check_library(self) -> None:
        """Find out before the first call, not after hours of it, that none can be kept.

        Raises:
            StoreError: the library cannot be opened.
        """
        if not self._options.save:
            return
        try:
            Library.open(data_folder()).close()
        except StoreError as error:
            raise StoreError(f"{error} Or play without keeping the call: --no-save.") from error

    def _session(self, call: Call) -> CallSession:
        book = self._book
        recognisers = Recognisers(lambda: self._recogniser, self._smaller)
        if call.them_path is None and call.path.suffix.lower() in SUFFIXES:
            utterances = read_transcript(call.path, self._options.me)
            info = _transcript_info(call.path, utterances)
            session = CallSession(info, TranscriptFeed(utterances), recognisers, book)
        else:
            recording = self._recording(call)
            info = _audio_info(recording, self._model.name)
            paced = self._options.speed < MAX_SPEED
            feed = AudioFeed(recording, LIVE_BLOCK_SAMPLES if paced else BLOCK_SAMPLES)
            policy = EndpointPolicy.of(book.short, book.goes_on)

            def ears() -> tuple[Listener, EndpointPolicy]:
                return Listener(recording.speakers, SpeechDetector, SegmenterConfig()), policy

            session = CallSession(info, feed, recognisers, book, ears)
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

    @cached_property
    def _model(self) -> models.SpeechModel:
        gpu = device_for(self._settings.device) == "cuda"
        return models.find(self._options.model or self._settings.model, gpu=gpu)

    @cached_property
    def _book(self) -> phrases.PhraseBook:
        """The phrases that ship, and the user's own.

        Raises:
            ConfigError: their file cannot be read, or an entry does not fit.
        """
        book = phrases.load("en")
        named = self._settings.phrases
        own = Path(named).expanduser() if named else config_folder() / OWN_PHRASES
        return phrases.with_own(book, own) if named or own.is_file() else book

    @cached_property
    def _terms(self) -> tuple[str, ...]:
        """Names and words of this deal.

        Raises:
            ConfigError: their file cannot be read.
        """
        named = self._options.terms or self._settings.terms
        return read_terms(Path(named).expanduser()) if named else ()

    @cached_property
    def _recogniser(self) -> WhisperRecogniser:
        return self._load(self._model)

    def _smaller(self) -> WhisperRecogniser | None:
        """For a machine that cannot keep up: loaded only then."""
        model = models.smaller(self._model, self._settings.language)
        return None if model is None else self._load(model)

    def _load(self, model: models.SpeechModel) -> WhisperRecogniser:
        decoding = Decoding(
            language=self._settings.language,
            threads=self._settings.threads,
            device=self._settings.device,
            replies=self._book.short if self._settings.language == "en" else (),
            terms=self._terms,
        )
        return WhisperRecogniser(model.folder, model.name, decoding)

    def _print(self, progress: _Progress, event: Event) -> None:
        line = wire.to_line(event, words=self._options.words)
        if line is not None:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        progress.show(event)

    def _keep(self, kept: list[str], call: FinishedCall) -> str | None:
        """Save, and remember under which id."""
        number = self._save(call)
        kept += [number] if number else []
        return number

    def _save(self, call: FinishedCall) -> str | None:
        """Keep a finished call; its id, or None when it is not to be kept or nobody spoke."""
        if not self._options.save or not any(isinstance(e, Transcript) for e in call.events):
            return None
        with Library.open(data_folder()) as library:
            return str(library.save(call))


class _Progress:
    """How far a long replay is, on stderr when that is a terminal and stdout is not."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty() and not sys.stdout.isatty()
        self._of = ""

    def show(self, event: Event) -> None:
        """Say how far it is after each utterance."""
        if not self._on:
            return
        match event:
            case CallStarted(info):
                self._of = f" of {clock(info.duration_s)}" if info.duration_s else ""
            case Transcript(end_s=end_s):
                sys.stderr.write(f"\r\x1b[K{clock(end_s)}{self._of} heard")
                sys.stderr.flush()

    def clear(self) -> None:
        """Leave the line as it was."""
        if self._on:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _say(error: ThatsRightError) -> None:
    sys.stderr.write(f"thatsright: {clean(str(error))}\n")


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
