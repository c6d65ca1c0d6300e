"""What the screens ask for, done: library, files, devices, settings. Called in threads."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assistant import config, consent, desk_settings, previews, recovery
from assistant.device_table import bar_share, level_words
from assistant.errors import ConfigError, DeviceError
from assistant.live import Live, LiveOptions
from assistant.paths import config_folder, data_folder
from assistant.playing import Call, Replay, ReplayOptions
from assistant.remembered import was_welcomed, welcomed
from assistant.reviewing import Reviewing, documents
from assistant.store import Library
from audio.devices import Failure, listing
from audio.meters import Meters
from tui.desk import CutOff, Level, Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from assistant.model import Consent
    from assistant.stored import CallChange, FiledCall, StoredCall
    from tui.desk import Check, Ear, Find, Preview, Ready, Setting, Undecided, Wish

MOST_FOUND: Final = 100
"""Calls a search shows, the newest: a common word is in thousands, and nobody reads them."""

_READ_EVERY_S: Final = 0.1
_FALLS_PER_READ: Final = 0.06
"""A bar falls by so much of its length a reading at most: it is read, not flickering."""


class LocalDesk:
    """Everything on this machine. Implements `tui.desk.Desk`."""

    def __init__(self) -> None:
        self.trouble = ""
        self.reviews = Reviewing(documents())
        try:
            self.look = config.load().look
        except ConfigError as error:
            self.look = config.Settings().look
            self.trouble = str(error)

    # ---- the library --------------------------------------------------------------------------

    def calls(self, find: Find) -> Shelf:
        """The calls wanted."""
        with Library.open(data_folder()) as library:
            plain = not find.outcome and not find.counterpart and not find.tag and not find.since
            if plain and not find.words.strip() and find.limit is not None:
                return Shelf(library.calls(limit=find.limit), library.count())
            filed = library.filed()
            among = None if plain else [call.id for call in filed if wanted(call, find)]
            words = sought(find.words)
            most = MOST_FOUND if words else find.limit
            found = library.calls(words, most, typing=True, among=among)
        return Shelf(
            found[: find.limit],
            len(filed),
            _sorted(call.counterpart for call in filed),
            _sorted(tag for call in filed for tag in call.tags),
        )

    def change(self, call_id: int, to: CallChange) -> None:
        """Rename, tag, say with whom."""
        with Library.open(data_folder()) as library:
            library.change(call_id, to)

    def delete(self, call_id: int) -> None:
        """Delete it with all that is of it, for good."""
        with Library.open(data_folder()) as library:
            recovery.delete_call(data_folder(), library, call_id)

    # ---- cut off ------------------------------------------------------------------------------

    def cut_off(self) -> tuple[CutOff, ...]:
        """Calls that wait to be kept or deleted."""
        return tuple(
            CutOff(
                left.id, left.title, left.started_at, left.length_s, left.utterances, left.problem
            )
            for left in recovery.left_journals(data_folder())
            if not left.running
        )

    def keep_cut_off(self, name: str) -> int:
        """Bring one back."""
        with Library.open(data_folder()) as library:
            return recovery.keep(data_folder(), library, name)

    def delete_cut_off(self, name: str) -> None:
        """Delete what is left of one."""
        recovery.discard(data_folder(), name)

    # ---- calls --------------------------------------------------------------------------------

    def folder(self) -> Path:
        """Where to look for recordings first: where one is."""
        return Path.cwd()

    def preview(self, path: Path) -> Preview:
        """Look into a file, and whether the library has it."""
        seen = previews.preview(path)
        if seen.problem:
            return seen
        same = {str(path), str(path.resolve())}
        with Library.open(data_folder()) as library:
            known = next((call for call in library.calls() if call.path in same), None)
        if known is None:
            return seen
        began = f"{known.started_at.astimezone():%Y-%m-%d}"
        return replace(seen, known=f"In the library already: call {known.id}, of {began}.")

    def replay(
        self, path: Path, me: str | None, progress: Callable[[float], None]
    ) -> Ready | Undecided:
        """A file, to be played at the speed it happened."""
        options = ReplayOptions(me=me, speed=1.0, words=False, save=True, model=None)
        return Replay(config.load(), options).ready(Call(path.resolve()), progress)

    def consent(self) -> Consent | None:
        """What holds without asking."""
        return consent.already(config.load().consent, data_folder())

    def live(self, wish: Wish) -> Ready:
        """A call that happens now."""
        settings = config.load()
        options = LiveOptions(
            mic=None,
            them=None,
            words=False,
            save=True,
            model=None,
            consent=wish.consent,
            record=wish.record,
            counterpart=wish.counterpart.strip(),
        )
        ready = Live(settings, options).ready()
        consent.keep(wish.consent, settings.consent, data_folder())
        return ready

    def listen(self) -> Ear:
        """Open every device."""
        return _Listening()

    # ---- settings, checks ---------------------------------------------------------------------

    def settings(self) -> tuple[Setting, ...]:
        """All settings."""
        return desk_settings.settings()

    @property
    def settings_file(self) -> str:
        """Where they are."""
        return str(config_folder() / config.FILE)

    def set(self, key: str, value: str) -> None:
        """Write one."""
        desk_settings.set_one(key, value)

    def checks(self) -> Iterable[Check]:
        """Look at what a call needs."""
        from assistant.desk_checks import desk_checks  # noqa: PLC0415 - only where it is asked for

        return desk_checks()

    @property
    def first_time(self) -> bool:
        """True until the first screens were read."""
        return not was_welcomed(data_folder())

    def welcomed(self) -> None:
        """They were."""
        welcomed(data_folder())


def sought(words: str) -> str:
    """What is looked for: a last word of one letter is still being typed, and is in every call."""
    last = words.split()[-1:]
    unfinished = last and len(last[0]) == 1 and not words[-1].isspace()
    return words.rstrip()[:-1].strip() if unfinished else words.strip() and words


def wanted(call: StoredCall | FiledCall, find: Find) -> bool:
    """Whether a call is of the kind asked for; the words are looked for elsewhere."""
    return (
        (find.outcome is None or call.outcome is find.outcome)
        and (not find.counterpart or call.counterpart.casefold() == find.counterpart.casefold())
        and (not find.tag or find.tag.casefold() in {tag.casefold() for tag in call.tags})
        and (find.since is None or call.started_at.astimezone().date() >= find.since)
    )


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    once: dict[str, str] = {}
    for name in names:
        once.setdefault(name.casefold(), name)  # as it was written last
    return tuple(once[name] for name in sorted(once) if name)


class _Listening:
    """All devices, until closed; bars fall slowly enough to be read."""

    def __init__(self) -> None:
        devices = listing()
        if isinstance(devices, Failure):
            raise DeviceError(devices.reason)
        self._meters = Meters(devices)
        self._meters.__enter__()
        self._shares = [0.0] * len(devices)

    def read(self) -> tuple[Level, ...]:
        """After a tenth of a second."""
        time.sleep(_READ_EVERY_S)
        levels = self._meters.read()
        for number, level in enumerate(levels):
            fresh = 0.0 if level.peak is None else bar_share(level.peak)
            self._shares[number] = max(fresh, self._shares[number] - _FALLS_PER_READ, 0.0)
        return tuple(
            Level(
                name=level.device.name,
                loopback=level.device.loopback,
                default=level.device.default,
                share=None if level.peak is None and not share else share,
                words=level_words(level),
            )
            for level, share in zip(levels, self._shares, strict=True)
        )

    def close(self) -> None:
        """Let go of the devices."""
        self._meters.__exit__()
