"""Which of the devices is meant. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from audio.devices.kinds import Device, Failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DEFAULT: Final = "default"
"""Names whatever the system's default is, also when that changes."""

SEE: Final = "`thatsright devices` lists what there is."


@dataclass(frozen=True, slots=True)
class Wish:
    """What to listen to."""

    loopback: bool
    """True for the other side, False for the microphone."""
    text: str | None = None
    """An index, or part of a name, as the user gave it; None for the default."""

    @property
    def by_default(self) -> bool:
        """True when it follows the system's default."""
        return self.text is None or self.text.strip().lower() == DEFAULT

    @property
    def option(self) -> str:
        """How the command line calls it."""
        return "--them" if self.loopback else "--mic"


def find(devices: Sequence[Device], wish: Wish, taken: str | None = None) -> Device | Failure:
    """The one device that is meant.

    A microphone is looked for among microphones first, the other side among what the computer
    plays; but any device may be either when it is named. `taken` is the id of the device the other
    leg listens to: it is no default.
    """
    if wish.by_default:
        return _default(devices, wish, taken)
    text = (wish.text or "").strip()
    if text.isdecimal():
        at = next((d for d in devices if d.index == int(text)), None)
        return at or Failure(f"There is no device number {text} for {wish.option}. {SEE}")
    sort = [d for d in devices if d.loopback is wish.loopback]
    for among in (sort, [d for d in devices if d.loopback is not wish.loopback]):
        matching = _matching(among, text)
        if len(matching) == 1:
            return matching[0]
        if matching:
            return Failure(
                f"{wish.option} {text} fits {_names(matching)}. Give more of the name, "
                "or its number."
            )
    return Failure(f"No device has {text} in its name ({wish.option}). {SEE}")


def find_again(
    devices: Sequence[Device], wish: Wish, was: Device | None, taken: str | None
) -> Device | Failure:
    """The device after one was lost: the same one, by its name if need be, else the default."""
    if not wish.by_default and was is not None:
        # Of its own sort: a headset's microphone has the name of what is played on it.
        sort = [d for d in devices if d.loopback is was.loopback]
        same = [d for d in sort if d.id == was.id] or [d for d in sort if d.name == was.name]
        text = (wish.text or "").strip()
        if not same and not text.isdecimal():
            same = _matching(sort, text)
        if len(same) == 1 and same[0].id != taken:
            return same[0]
    return _default(devices, wish, taken)


def _default(devices: Sequence[Device], wish: Wish, taken: str | None) -> Device | Failure:
    sort = [d for d in devices if d.loopback is wish.loopback]
    marked = next((d for d in sort if d.default), None)
    if marked is not None and marked.id != taken:
        return marked
    free = [d for d in sort if d.id != taken]
    if len(free) == 1 and marked is None:
        return free[0]
    if wish.loopback:
        return Failure(
            "Nothing was found that carries what the computer plays. On macOS install a virtual "
            "device such as BlackHole, then name it: --them NAME. To listen to the microphone "
            "alone: --them none."
        )
    return Failure(f"No microphone was found. Plug one in, or name one: --mic NAME. {SEE}")


def _matching(devices: Iterable[Device], text: str) -> list[Device]:
    """Exactly that id or name, else those that have the text in it; case does not matter."""
    wanted = text.casefold()
    among = list(devices)
    exact = [d for d in among if wanted in {d.id.casefold(), d.name.casefold()}]
    part = [d for d in among if wanted in d.name.casefold() or wanted in d.id.casefold()]
    return exact or part


def _names(devices: Iterable[Device]) -> str:
    return ", ".join(f"{d.index} “{d.name}”" for d in devices)
