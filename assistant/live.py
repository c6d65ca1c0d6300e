"""Puts one live call together: which devices, which front end, and into the library."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from assistant.enrolment import enrolled
from assistant.errors import DeviceError, JournalError
from assistant.feeds import LiveFeed
from assistant.journal import Journal
from assistant.model import CallInfo, Consent, Source, Speaker, Transcript
from assistant.parts import Parts, Progress, print_event, print_plain, say_saved, show
from assistant.paths import data_folder
from assistant.recovery import file_away
from assistant.remembered import Used, recall, remember
from assistant.safetext import clean
from assistant.splitting import Known
from assistant.store import Library
from assistant.streams import give_up_stdout
from audio.capture import Capture, Ear
from audio.devices import DEFAULT, Failure, Wish, find, listing
from audio.echo import EchoMode, EchoStage
from audio.record import Recorder
from tui.desk import Ready
from tui.words import NOTHING_KEPT, SOUND_KEPT, WORDS_KEPT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType

    from assistant.config import Settings
    from assistant.model import Event, FinishedCall
    from assistant.preparing_page import Section
    from assistant.runtime import CallSession, Playback
    from audio.devices import Device

NONE: Final = "none"
"""--them none: there is only a microphone."""


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """What the user asked for on the command line."""

    mic: str | None
    """Index or part of a name; None for what was used last, else the default."""
    them: str | None
    """Likewise; "none" for a microphone alone."""
    words: bool
    save: bool
    model: str | None
    terms: str | None = None
    """File with names and words of this deal."""
    consent: Consent = Consent.UNKNOWN
    record: bool = False
    """Keep the sound too; only a call that is saved can have any."""
    echo: str | None = None
    """auto, on or off; None for what the settings say."""
    counterpart: str = ""
    """Who the other side is."""
    plain: bool = False
    """Lines of text instead of events, for screen readers."""


class Live:
    """Runs beside one call.

    Consent has been asked before: a device that is open listens. While it runs, the call is written
    down in a journal, which is deleted once the call is in the library.
    """

    def __init__(self, settings: Settings, options: LiveOptions) -> None:
        self._options = options
        self._echo = EchoMode(options.echo or settings.echo)
        self._parts = Parts(settings, options)
        self._journal: Journal | None = None
        self._recorder: Recorder | None = None

    def as_events(self) -> int:
        """Print every event as a line until told to end; then the summary, and it is saved.

        Raises:
            ThatsRightError: it could not begin, or not be saved.
        """
        session = self._session()
        plain = self._options.plain
        printer = _Printer(words=self._options.words, plain=plain)
        if plain:
            sys.stdout.write(f"{self._keeps.capitalize()}. Ctrl-C hangs up.\n")
        with _hanging_up(session.playback), self._written_down():
            finished = session.run(printer.tell)
            printer.progress.clear()
            number = None if finished is None else self._save(finished)
            if plain and printer.read:
                say_saved(number)
        return 0

    def on_screen(self, before: Callable[[], tuple[Section, ...]] | None = None) -> int:
        """Show it in the live screen until hung up; then the summary, and it is saved.

        `before` reads the page before the call, to be looked at beside it.

        Raises:
            ThatsRightError: it could not begin, or not be saved.
        """
        session = self._session()
        with self._written_down():
            look = self._parts.settings.look
            screen = show(session, self._save, keeps=self._keeps, look=look, before=before)
        if screen.failure is not None:
            raise screen.failure
        return 0

    @property
    def _keeps(self) -> str:
        if self._journal is None:
            return NOTHING_KEPT
        return WORDS_KEPT if self._recorder is None else SOUND_KEPT

    def ready(self) -> Ready:
        """A call for a screen that shows it; `close` is to be called when it is over.

        Raises:
            ThatsRightError: it could not begin.
        """
        session = self._session()
        return Ready(session, self._save, self._keeps, self._let_go)

    def _let_go(self) -> None:
        """What did not get into the library stays in the journal, to be offered back."""
        failed = None if self._recorder is None else self._recorder.close()
        if self._journal is not None:
            self._journal.close()
        if failed is not None:
            raise JournalError(failed)

    def _session(self) -> CallSession:
        """Ready to run: everything that can fail has been tried, but opening the devices."""
        self._parts.check_library()
        settings = self._parts.settings
        preset = Used(settings.mic, settings.them)
        ears = choose_ears(self._options.mic, self._options.them, preset)
        now = datetime.now(tz=UTC)
        info = CallInfo(
            title=f"Call of {now.astimezone():%Y-%m-%d %H:%M}",
            path=" + ".join(clean(ear.device.name) for ear in ears),
            source=Source.LIVE,
            model=self._parts.model.name,
            duration_s=None,
            started_at=now,
            speakers=tuple(ear.speaker for ear in ears),
            consent=self._options.consent,
            counterpart=clean(self._options.counterpart),
        )
        if self._options.save:
            self._journal = Journal.start(data_folder(), info)
            if self._options.record:
                self._recorder = Recorder(self._journal.sound)
        known = None
        if len(ears) == 1:
            known = Known(None, mine=enrolled(data_folder()))
            info = replace(info, speakers=(Speaker.ME, Speaker.THEM))
        feed = LiveFeed(Capture(ears), self._recorder, self._echo_stage(ears))
        session = self._parts.listening(info, feed, known)
        if self._journal is not None:
            session.keep_with(self._journal)
        return session

    def _echo_stage(self, ears: Sequence[Ear]) -> EchoStage | None:
        """With a microphone alone both sides are meant to be in it."""
        both = {ear.speaker for ear in ears} == {Speaker.ME, Speaker.THEM}
        return EchoStage(self._echo) if both and self._echo is not EchoMode.OFF else None

    def _save(self, call: FinishedCall) -> str | None:
        """Keep a finished call, then give up its journal; None when there is nothing to keep."""
        if self._journal is None:
            return self._parts.save(call)
        self._end_recording()
        if self._recorder is None and not any(isinstance(e, Transcript) for e in call.events):
            self._journal.remove()
            return None
        with Library.open(data_folder()) as library:
            return str(file_away(data_folder(), library, call, self._journal))

    @contextmanager
    def _written_down(self) -> Iterator[None]:
        """What did not get into the library stays in the journal, to be offered back."""
        try:
            yield
        finally:
            self._end_recording()
            if self._journal is not None:
                self._journal.close()

    def _end_recording(self) -> None:
        """Nothing is read any more: complete the files."""
        failed = None if self._recorder is None else self._recorder.close()
        if failed is not None:
            sys.stderr.write(f"thatsright: {failed}\n")


def choose_ears(
    mic: str | None,
    them: str | None,
    preset: Used = Used(),  # noqa: B008 - frozen
    *,
    remembered: bool = True,
) -> tuple[Ear, ...]:
    """The devices of a call, me first; what was named is `remembered` for the next.

    `preset` is what the settings say: it stands above what is remembered, and is not itself.

    Raises:
        DeviceError: a device is not there, or the name fits several.
    """
    devices = listing()
    if isinstance(devices, Failure):
        raise DeviceError(devices.reason)
    used = recall(data_folder())
    alone = (them or preset.them or used.them or "").strip().lower() == NONE
    before = preset.mic or still_there(devices, used.mic, loopback=False)
    mine = Wish(loopback=False, text=mic or before)
    heard = [Ear(Speaker.UNKNOWN if alone else Speaker.ME, mine, _found(devices, mine, None))]
    if not alone:
        before = preset.them or still_there(devices, used.them, loopback=True)
        theirs = Wish(loopback=True, text=them or before)
        device = _found(devices, theirs, heard[0].device.id)
        if device.id == heard[0].device.id:
            raise DeviceError(
                f"{clean(device.name)} was chosen for both sides. Give each side its own, or "
                "listen to the microphone alone: --them none."
            )
        heard.append(Ear(Speaker.THEM, theirs, device))
    if remembered:
        _remember(used, heard, mic, them)
    return tuple(heard)


def _found(devices: Sequence[Device], wish: Wish, taken: str | None) -> Device:
    found = find(devices, wish, taken)
    if isinstance(found, Failure):
        raise DeviceError(clean(found.reason))
    return found


def still_there(devices: Sequence[Device], name: str | None, *, loopback: bool) -> str | None:
    """What was used last, unless it is not there today."""
    if name is None or isinstance(find(devices, Wish(loopback, name)), Failure):
        return None
    return name


def _remember(used: Used, ears: Sequence[Ear], mic: str | None, them: str | None) -> None:
    """By name: an index means another device tomorrow."""

    def kept(given: str | None, before: str | None, device: Device | None) -> str | None:
        if given is None:
            return before
        word = given.strip().lower()
        if word in {NONE, DEFAULT} or device is None:
            return word
        return device.name

    other = ears[1].device if len(ears) > 1 else None
    fresh = Used(kept(mic, used.mic, ears[0].device), kept(them, used.them, other))
    if fresh != used:
        remember(data_folder(), fresh)


class _Printer:
    """Events as lines; once nobody reads them any more, the call goes on to its end unread."""

    def __init__(self, *, words: bool, plain: bool = False) -> None:
        self.progress = Progress()
        self._words = words
        self._plain = plain
        self.read = True
        """False once nobody reads them any more."""

    def tell(self, event: Event) -> None:
        if not self.read:
            return
        try:
            if self._plain:
                print_plain(event)
            else:
                print_event(self.progress, event, words=self._words)
        except OSError:  # the terminal was closed, or the reader has gone
            give_up_stdout()
            self.read = False


@contextmanager
def _hanging_up(playback: Playback) -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal end the call properly; a second one ends it at once."""

    def hang_up(_number: int, _frame: FrameType | None) -> None:
        if playback.finishing:
            playback.stop()
            raise KeyboardInterrupt
        playback.finish()

    numbers = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32":
        numbers.append(signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        if before[number] is not signal.SIG_IGN:  # nohup and parents decide otherwise
            signal.signal(number, hang_up)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
