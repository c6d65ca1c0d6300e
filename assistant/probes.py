"""What a call needs, looked at on this machine: the checks of `thatsright doctor`, one by one.

Changes nothing but what a call would change anyway (a speech model in parts is joined in the
cache); nothing is recorded, and what the microphone gives is held against silence and dropped.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from assistant import config, doctor, packaged, recovery
from assistant.doctor import Chosen, Terminal
from assistant.doctor_words import System
from assistant.errors import ThatsRightError
from assistant.feeds import LIVE_BLOCK_SAMPLES, AudioFeed
from assistant.live import NONE, still_there
from assistant.model import CallInfo, Source, Transcript
from assistant.parts import Parts
from assistant.paths import cache_folder, config_folder, data_folder
from assistant.remembered import Used, recall
from assistant.store import FILE_NAME, Library
from audio.devices import Failure, Wish, find, listing, ways
from audio.files import Side, open_recording
from audio.meters import Meters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from assistant.config import Settings
    from assistant.doctor import Check
    from assistant.model import Event
    from audio.devices import Device
    from audio.meters import Level

SPEECH: Final = Path(__file__).with_name("doctor_speech.ogg")
"""5.3 s of a sample call, both sides, three utterances: what the speed is measured on."""

_MEGA: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class DoctorOptions:
    """What of a call's options matters here."""

    model: str | None = None
    terms: str | None = None
    save: bool = False


def system_of(platform: str = sys.platform) -> System:
    """Which advice fits this machine."""
    return {"darwin": System.MACOS, "win32": System.WINDOWS}.get(platform, System.LINUX)


def checks(options: DoctorOptions, system: System | None = None) -> Iterator[Check]:
    """Everything a call needs, one check after another, the quick ones first; takes some 10 s.

    A check that fails keeps no other from being made. Never raises for a fault of the machine.
    """
    system = system or system_of()
    yield check_terminal(system)
    found, settings = check_settings()
    yield found
    yield check_folders(system)
    yield check_disk()
    yield check_library()
    yield check_unfinished()
    yield from check_devices(system)
    parts = Parts(settings, options)
    model = check_model(parts)
    yield model
    if model.state is doctor.State.FAIL:
        yield doctor.unmeasured("there is no speech model that can be used")
    else:
        yield check_speed(parts)


# ---- one by one -----------------------------------------------------------------------------


def check_terminal(system: System, environment: Mapping[str, str] = os.environ) -> Check:
    """Size, colours and characters of the terminal."""
    size = shutil.get_terminal_size()
    return doctor.terminal(
        Terminal(
            shown=_out().isatty(),
            columns=size.columns,
            lines=size.lines,
            colours=_colours(environment),
            unicode=shows_unicode(),
        ),
        system,
    )


def shows_unicode() -> bool:
    """Whether the signs can be printed."""
    try:
        "✓✗×█".encode(_out().encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def check_settings() -> tuple[Check, Settings]:
    """The settings file and what it names; the defaults when it cannot be used."""
    try:
        path = config_folder() / config.FILE
        settings = config.load()
        Parts(settings, DoctorOptions(terms=settings.terms)).check_files()
    except ThatsRightError as error:
        return doctor.broken("settings", "Settings", str(error)), config.Settings()
    return doctor.settings(str(path), there=path.is_file()), settings


def check_folders(system: System) -> Check:
    """Whether what a call leaves can be written; no folder is made by asking."""
    try:
        wanted = tuple(dict.fromkeys((data_folder(), cache_folder(), config_folder())))
    except ThatsRightError as error:
        return doctor.broken("folders", "Folders", str(error))
    problems = [f"{folder} ({why})" for folder in wanted if (why := _not_writable(folder))]
    return doctor.folders(problems, ", ".join(map(str, wanted)), system)


def check_disk(free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free) -> Check:
    """Room where calls are kept; `free` gives bytes."""
    try:
        folder = data_folder()
        return doctor.disk(free(_there(folder)) // _MEGA, str(folder))
    except (ThatsRightError, OSError) as error:
        return doctor.broken("disk", "Disk", f"The room on the disk is not known: {error}")


def check_library() -> Check:
    """The library, if there is one."""
    try:
        if not (data_folder() / FILE_NAME).exists():
            return doctor.library(None)
        with Library.open(data_folder()) as opened:
            return doctor.library(len(opened.calls()))
    except (ThatsRightError, OSError) as error:
        return doctor.broken("library", "Library", str(error))


def check_unfinished() -> Check:
    """Calls that were cut off."""
    try:
        left = recovery.left_journals(data_folder())
    except (ThatsRightError, OSError) as error:
        return doctor.broken("unfinished", "Unfinished", str(error))
    running = sum(each.running for each in left)
    return doctor.unfinished(len(left) - running, running)


def check_devices(system: System) -> Iterator[Check]:
    """The libraries, then the devices `live` would take, listened to for a moment."""
    there = ways()
    yield doctor.sound(there.portaudio, system, server=there.server)
    devices = listing()
    if isinstance(devices, Failure):
        yield from doctor.microphone(None, system)
        yield doctor.other_side(None, system)
        return
    try:
        used = recall(data_folder())
    except ThatsRightError:
        used = Used()
    mine = _choice(devices, used.mic, None, loopback=False)
    taken = None if isinstance(mine, Failure) else mine.id
    alone = (used.them or "").strip().lower() == NONE
    theirs = None if alone else _choice(devices, used.them, taken, loopback=True)
    picked = [each for each in (mine, theirs) if each is not None and not isinstance(each, Failure)]
    levels: dict[str, Level] = {}
    if picked:
        with Meters(picked) as meters:
            levels = {level.device.id: level for level in meters.one_reading()}
    yield from doctor.microphone(_chosen(mine, levels, used.mic), system)
    if theirs is None:
        yield doctor.microphone_alone()
    else:
        yield doctor.other_side(_chosen(theirs, levels, used.them), system)


def check_model(parts: Parts) -> Check:
    """The speech model, every byte of it."""
    try:
        found = parts.model
        known = packaged.known_as(found.name) if found.verified else None
        if known is not None:
            remedy = f"Install it again: {known.reinstall}"
            packaged.check(known, found.folder, remedy, again=True)
    except (ThatsRightError, OSError) as error:
        return doctor.broken("model", "Speech model", str(error))
    return doctor.model(found.name, found.origin.value, verified=found.verified)


def check_speed(parts: Parts) -> Check:
    """How long after speech its words come, at the pace of a call, by the whole way they take."""
    recording = open_recording(SPEECH, Side.LEFT)
    info = CallInfo(
        title=SPEECH.stem,
        path=SPEECH.name,
        source=Source.AUDIO,
        model=parts.model.name,
        duration_s=recording.duration_s,
        started_at=datetime.now(tz=UTC),
        speakers=recording.speakers,
    )
    delays_s: list[float] = []
    begun: list[float] = []
    try:
        session = parts.listening(info, AudioFeed(recording, LIVE_BLOCK_SAMPLES))

        def sink(event: Event) -> None:
            begun.append(time.process_time())
            if isinstance(event, Transcript) and event.final:
                delays_s.append(max(0.0, session.playback.position_s - event.end_s))

        session.run(sink)
    except ThatsRightError as error:
        return doctor.broken("speed", "Speed", str(error))
    length_s = recording.duration_s or max(delays_s, default=1.0)
    share = (time.process_time() - begun[0]) / length_s
    return doctor.speed(delays_s, share, parts.model.name)


def _out() -> TextIO:
    """The real output: a screen puts something else in its place."""
    return sys.__stdout__ or sys.stdout


# ---- looking --------------------------------------------------------------------------------


def _choice(
    devices: Sequence[Device], name: str | None, taken: str | None, *, loopback: bool
) -> Device | Failure:
    """As `live` would choose."""
    return find(devices, Wish(loopback, still_there(devices, name, loopback=loopback)), taken)


def _chosen(
    device: Device | Failure, levels: Mapping[str, Level], named: str | None
) -> Chosen | None:
    if isinstance(device, Failure):
        return None
    level = levels[device.id]
    return Chosen(device.name, device.name != named, not level.failed, level.peak)


def _there(folder: Path) -> Path:
    """The folder, or the first above it that exists."""
    return next((each for each in (folder, *folder.parents) if each.exists()), Path("/"))


def _not_writable(folder: Path) -> str:
    """Why no file can be made there; empty when one can."""
    nearest = _there(folder)
    if not nearest.is_dir():
        return f"{nearest} is a file"
    if nearest != folder:
        return "" if os.access(nearest, os.W_OK | os.X_OK) else f"{nearest} is not yours to write"
    try:
        with tempfile.TemporaryFile(dir=folder, prefix=".thatsright-"):
            return ""
    except OSError as error:
        return str(error.strerror)


def _colours(environment: Mapping[str, str]) -> int:
    if environment.get("NO_COLOR") or environment.get("TERM", "") == "dumb":
        return 0
    if environment.get("COLORTERM", "").lower() in {"truecolor", "24bit"}:
        return 1 << 24
    if sys.platform == "win32":
        return 1 << 24
    term = environment.get("TERM", "")
    return 256 if "256" in term else 8 if term else 0
