"""What every call needs, whoever feeds it: phrases, speech model, front ends, the library."""

from __future__ import annotations

import os
import sys
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from assistant import config, models, phrases, wire
from assistant.asr import Decoding, WhisperRecogniser, device_for
from assistant.calltime import clock
from assistant.endpoints import EndpointPolicy
from assistant.errors import StoreError, ThatsRightError
from assistant.model import CallStarted, Speaker, Transcript
from assistant.paths import config_folder, data_folder
from assistant.runtime import Apart, CallSession, Recognisers
from assistant.safetext import clean
from assistant.splitting import Splitter
from assistant.store import Library
from assistant.terms import read_terms
from audio.listener import Listener
from audio.segmenter import SegmenterConfig
from audio.speakers import CamPlus
from audio.vad import SpeechDetector
from tui.plain import plain_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.config import Settings
    from assistant.feeds import Feed
    from assistant.model import CallInfo, Event, FinishedCall
    from assistant.preparing_page import Section
    from assistant.splitting import Known
    from tui.app import CallApp
    from tui.desk import Sound

OWN_PHRASES: Final = "phrases.toml"
"""The user's own phrases, beside the settings."""


NICER: Final = 10
"""Of 19: the call program, and everything else of ordinary priority, comes first."""


class Options(Protocol):
    """What of the command line matters for any call."""

    @property
    def save(self) -> bool:
        """Whether it goes into the library."""

    @property
    def model(self) -> str | None:
        """Folder or name of the speech model."""

    @property
    def terms(self) -> str | None:
        """File with names and words of this deal."""


class Parts:
    """Made when asked for, once for all calls of a command."""

    def __init__(self, settings: Settings, options: Options) -> None:
        self._settings = settings
        self._options = options

    @property
    def _low_power(self) -> bool:
        return self._settings.power == "low"

    @property
    def settings(self) -> Settings:
        """As they were when the command began."""
        return self._settings

    def check_library(self) -> None:
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

    def session(
        self,
        info: CallInfo,
        feed: Feed,
        ears: Callable[[], tuple[Listener, EndpointPolicy]] | None = None,
    ) -> CallSession:
        """A call of words; with `ears`, of sound."""
        recognisers = Recognisers(lambda: self.recogniser, self._smaller, self._low_power)
        return CallSession(info, feed, recognisers, self.book, ears)

    def listening(self, info: CallInfo, feed: Feed, known: Known | None = None) -> CallSession:
        """A call of sound; with `known`, of one leg with two voices to be told apart."""
        legs = info.speakers if known is None else (Speaker.UNKNOWN,)
        policy = EndpointPolicy.of(self.book.short, self.book.goes_on)

        def ears() -> tuple[Listener, EndpointPolicy]:
            return Listener(legs, SpeechDetector, SegmenterConfig()), policy

        session = self.session(info, feed, ears)
        if known is not None:
            session.tell_apart_with(Apart(Splitter(known), self.embedder))
        return session

    @cached_property
    def embedder(self) -> CamPlus:
        """Tells voices apart.

        Raises:
            ModelError: its file is damaged.
        """
        return CamPlus()

    @cached_property
    def model(self) -> models.SpeechModel:
        """The speech model.

        Raises:
            ModelError: there is none, or it is not what it should be.
        """
        named = self._options.model or self._settings.model
        if self._low_power and named is None:
            smallest = models.smallest(self._settings.language)
            if smallest is not None:
                return smallest
        gpu = device_for(self._settings.device) == "cuda"
        return models.find(named, gpu=gpu)

    @cached_property
    def book(self) -> phrases.PhraseBook:
        """The phrases that ship, and the user's own.

        Raises:
            ConfigError: their file cannot be read, or an entry does not fit.
        """
        return own_book(self._settings)

    def check_files(self) -> None:
        """Find out whether the files that settings and options name can be used.

        Raises:
            ConfigError: one cannot be read, or holds what does not fit.
        """
        _ = self.book, self._terms

    def save(self, call: FinishedCall, digest: str | None = None) -> str | None:
        """Keep a finished call; its id, or None when it is not to be kept or nobody spoke.

        `digest` is the SHA-256 of the file it comes from.
        """
        if not self._options.save or not any(isinstance(e, Transcript) for e in call.events):
            return None
        with Library.open(data_folder()) as library:
            return str(library.save(call, digest=digest))

    @cached_property
    def _terms(self) -> tuple[str, ...]:
        """Names and words of this deal.

        Raises:
            ConfigError: their file cannot be read.
        """
        named = self._options.terms or self._settings.terms
        return read_terms(Path(named).expanduser()) if named else ()

    @cached_property
    def recogniser(self) -> WhisperRecogniser:
        """What hears words, loaded when first asked for.

        Raises:
            ModelError: there is no speech model.
        """
        return self._load(self.model)

    def _smaller(self) -> WhisperRecogniser | None:
        """For a machine that cannot keep up: loaded only then."""
        model = models.smaller(self.model, self._settings.language)
        return None if model is None else self._load(model)

    def _load(self, model: models.SpeechModel) -> WhisperRecogniser:
        decoding = Decoding(
            language=self._settings.language,
            threads=self._settings.threads or (1 if self._low_power else 0),
            device=self._settings.device,
            replies=self.book.short if self._settings.language == "en" else (),
            terms=self._terms,
        )
        return WhisperRecogniser(model.folder, model.name, decoding)


def give_way(settings: Settings) -> None:
    """With low power, whatever else runs gets the processor first, where the system knows that."""
    if settings.power == "low" and sys.platform != "win32":
        os.nice(NICER)


def own_book(settings: Settings) -> phrases.PhraseBook:
    """The phrases that ship and the user's own, at the pace the settings say.

    Raises:
        ConfigError: their file cannot be read, or an entry does not fit.
    """
    book = phrases.load("en")
    named = settings.phrases
    own = Path(named).expanduser() if named else config_folder() / OWN_PHRASES
    if settings.own_phrases and (named or own.is_file()):
        book = phrases.with_own(book, own)
    return phrases.paced(book, config.PACES[settings.pacing], settings.leave_out)


class Progress:
    """How far a long call is, on stderr when that is a terminal and stdout is not."""

    def __init__(self, what: str = "heard", duration_s: float | None = None) -> None:
        """`what` happens to the call, of `duration_s` seconds if that is known."""
        self._on = sys.stderr.isatty() and not sys.stdout.isatty()
        self._what = what
        self._of = f" of {clock(duration_s)}" if duration_s else ""

    def show(self, event: Event) -> None:
        """Say how far it is after each utterance."""
        if not self._on:
            return
        match event:
            case CallStarted(info):
                self._of = f" of {clock(info.duration_s)}" if info.duration_s else ""
            case Transcript(end_s=end_s):
                self.at(end_s)

    def at(self, at_s: float) -> None:
        """Say that it is so far."""
        if self._on:
            sys.stderr.write(f"\r\x1b[K{clock(at_s)}{self._of} {self._what}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Leave the line as it was."""
        if self._on:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def print_plain(event: Event) -> None:
    """One event as lines that are read from top to bottom."""
    for line in plain_lines(event):
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


def say_saved(number: str | None) -> None:
    """Under which id a call was saved; nothing when it was not."""
    if number is not None:
        sys.stdout.write(f"Saved as call {number}: thatsright review {number}\n")


def print_event(progress: Progress, event: Event, *, words: bool) -> None:
    """One event as a line on stdout."""
    line = wire.to_line(event, words=words)
    if line is not None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    progress.show(event)


def show(  # noqa: PLR0913 - one argument for each thing beside the call
    session: CallSession,
    save: Callable[[FinishedCall], str | None],
    *,
    sound: Sound | None = None,
    keeps: str = "",
    look: str = "auto",
    before: Callable[[], tuple[Section, ...]] | None = None,
) -> CallApp:
    """Run a call on the screen; what stays in the terminal is under which id it was saved.

    `sound` is its recording, to be heard along; `keeps` says in a few words what is kept, `look`
    which colours are wanted; `before` reads the page before the call.
    """
    from tui.app import CallApp  # noqa: PLC0415 - only a terminal needs Textual

    kept: list[str] = []

    def keep(call: FinishedCall) -> str | None:
        number = save(call)
        kept.extend([number] if number else [])
        return number

    screen = CallApp(session, keep, sound=sound, keeps=keeps, look=look, before=before)
    screen.run()
    for number in kept:
        say_saved(number)
    return screen


def say(error: ThatsRightError) -> None:
    """What went wrong, on stderr."""
    sys.stderr.write(f"thatsright: {clean(str(error))}\n")
