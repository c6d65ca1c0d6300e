"""The table of `thatsright devices`, once or live."""

from __future__ import annotations

import json
import math
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from assistant.errors import DeviceError
from assistant.safetext import clean
from audio.devices import Failure, listing
from audio.meters import Meters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from audio.devices import Device
    from audio.meters import Level

LOWEST_DB: Final = -60.0
BAR_CELLS: Final = 20
DRAWN_EVERY_S: Final = 0.1


def show_devices(*, as_json: bool) -> None:
    """List the devices with how loud each is; in a terminal it goes on until a key is pressed.

    Raises:
        DeviceError: the devices cannot be listed, or there are none.
    """
    devices = listing()
    if isinstance(devices, Failure):
        raise DeviceError(devices.reason)
    if not devices:
        raise DeviceError(
            "No device was found to listen to. Plug in a microphone, and look whether the "
            "system's sound settings show it."
        )
    live = sys.stdout.isatty() and sys.stdin.isatty() and not as_json
    with Meters(devices) as meters:
        if live:
            _watch(meters)
            return
        levels = meters.one_reading()
    if as_json:
        for level in levels:
            sys.stdout.write(to_line(level) + "\n")
    else:
        Console(file=sys.stdout).print(table(levels))


def to_line(level: Level) -> str:
    """One device as JSON."""
    device = level.device
    return json.dumps(
        {
            "index": device.index,
            "name": device.name,
            "kind": "played" if device.loopback else "microphone",
            "default": device.default,
            "rate_hz": device.rate_hz,
            "channels": device.channels,
            "peak_db": None if level.peak is None else round(decibels(level.peak), 1),
        },
        ensure_ascii=False,
    )


def table(levels: Sequence[Level]) -> Table:
    """Devices and how loud each is."""
    made = Table(box=None, pad_edge=False)
    for column in ("", "device", "what", "rate", "level"):
        made.add_column(column, overflow="fold")
    for level in levels:
        made.add_row(str(level.device.index), *_cells(level.device), Text(bar(level)))
    return made


def bar(level: Level) -> str:
    """How loud, drawn and in decibels."""
    if level.failed or level.peak is None:
        return level_words(level)
    full = round(bar_share(level.peak) * BAR_CELLS)
    return "█" * full + "·" * (BAR_CELLS - full) + f" {level_words(level)}"


def level_words(level: Level) -> str:
    """How loud, in words."""
    if level.failed:
        return "cannot be opened"
    if level.peak is None:
        return "nothing comes"
    db = decibels(level.peak)
    return "silent" if db <= LOWEST_DB else f"{db:.0f} dB"


def bar_share(peak: float) -> float:
    """How much of a bar is full, 0..1."""
    return (decibels(peak) - LOWEST_DB) / -LOWEST_DB


def decibels(peak: float) -> float:
    """Full scale is 0; nothing is quieter than `LOWEST_DB`."""
    return LOWEST_DB if peak <= 0 else min(0.0, max(LOWEST_DB, 20 * math.log10(peak)))


def _cells(device: Device) -> tuple[Text, str, str]:
    what = "played" if device.loopback else "microphone"
    default = f"{what}, default" if device.default else what
    return Text(clean(device.name)), default, f"{device.rate_hz} Hz × {device.channels}"


def _watch(meters: Meters) -> None:
    console = Console()
    with _keys() as pressed, Live(console=console, auto_refresh=False) as shown:
        while not pressed(DRAWN_EVERY_S):
            made = table(meters.read())
            made.caption = "Any key ends this."
            shown.update(made, refresh=True)


@contextmanager
def _keys() -> Iterator[Callable[[float], bool]]:
    """Whether a key was pressed within some seconds; keys are not echoed meanwhile."""
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - Windows alone has it

        def windows(timeout_s: float) -> bool:
            time.sleep(timeout_s)
            return msvcrt.kbhit()

        yield windows
        return
    import select  # noqa: PLC0415 - not for terminals on Windows
    import termios  # noqa: PLC0415
    import tty  # noqa: PLC0415

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)

    def posix(timeout_s: float) -> bool:
        return bool(select.select([descriptor], [], [], timeout_s)[0])

    try:
        tty.setcbreak(descriptor)
        yield posix
    finally:
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, before)
