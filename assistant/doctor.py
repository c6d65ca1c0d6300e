"""What a call needs, judged: facts about this machine become sentences. Pure.

Who looks at the machine is `assistant.probes`; whoever shows the checks takes them one by one.
"""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from assistant.doctor_words import OTHER_SIDE, PERMISSION, PORTAUDIO, SLOW, SOUND_SETTINGS, System
from assistant.safetext import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class State(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARN = "warn"
    """A call can be made, but the user should know."""
    FAIL = "fail"
    """No call can be made until it is mended."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    id: str
    """Stays the same between versions: scripts may rely on it."""
    name: str
    """For people."""
    state: State
    found: str
    """What is there, or what is wrong: one sentence."""
    do: str = ""
    """What to do about it, on this operating system; empty when it is well."""
    delay_s: float | None = None
    """Of the speed check: seconds from the end of speech to its final words; else None."""


ENOUGH_DELAY_S: Final = 0.9
"""Later words come too late for a prompt to help now and then."""
TOO_SLOW_S: Final = 2.0
"""A machine this slow does not keep up with two people who talk at once."""

LEAST_FREE_MB: Final = 50
"""Less room than this and a call may not be kept."""
ENOUGH_FREE_MB: Final = 500
"""An hour of a call takes 1 MB, with its sound (--record) about 120 MB."""

LEAST_COLUMNS: Final = 60
LEAST_LINES: Final = 16
"""A smaller terminal cannot show the prompt and the transcript."""

LEAST_TEXT: Final = 30
"""In fewer cells no text is folded."""

_ASCII: Final[Mapping[State, str]] = {State.OK: "+", State.WARN: "!", State.FAIL: "x"}
_SIGNS: Final[Mapping[State, str]] = {State.OK: "✓", State.WARN: "!", State.FAIL: "✗"}

_DEVICES: Final = "thatsright devices lists what there is"


def sound(portaudio: str | None, system: System, *, server: bool | None) -> Check:
    """The libraries that reach devices: PortAudio's version, and whether a sound server answers.

    None for a PortAudio that is not there, and where there is no server to ask (macOS, Windows).
    """
    here = None if portaudio is None else f"PortAudio {portaudio}"
    if server:
        found = "The sound server answers" + ("." if here is None else f"; {here}.")
        return Check("sound", "Sound", State.OK, found)
    if here is None:
        missing = "PortAudio cannot be loaded"
        more = ", and no sound server answers" if system is System.LINUX else ""
        return Check("sound", "Sound", State.FAIL, f"{missing}{more}.", PORTAUDIO[system])
    if server is None:
        return Check("sound", "Sound", State.OK, f"{here}.")
    return Check(
        "sound",
        "Sound",
        State.WARN,
        f"No sound server answers: only microphones are heard, through {here}.",
        OTHER_SIDE[system],
    )


@dataclass(frozen=True, slots=True)
class Chosen:
    """A device that `live` would take, and what came of listening to it for a moment."""

    name: str
    default: bool
    """True when it was not named by the user."""
    opened: bool
    peak: float | None
    """Largest that came, 0..1; None when nothing did."""


def microphone(chosen: Chosen | None, system: System) -> tuple[Check, Check]:
    """The microphone, None when there is none, and the permission to hear it."""
    device, allowed = "microphone", "permission"
    if chosen is None:
        do = f"Plug one in and look whether it is shown in {SOUND_SETTINGS[system]}."
        return (
            Check(device, "Microphone", State.FAIL, "No microphone was found.", do),
            Check(
                allowed, "Permission", State.WARN, "Not known, since there is no microphone to try."
            ),
        )
    name = _named(chosen)
    well = Check(device, "Microphone", State.OK, f"{name}.")
    if not chosen.opened:
        found = f"{name} cannot be opened: another program may hold it, or it is not allowed."
        return (
            Check(
                device,
                "Microphone",
                State.FAIL,
                found,
                f"Close what else uses it, or name another (--mic NAME); {_DEVICES}.",
            ),
            Check(allowed, "Permission", State.FAIL, "It may not be allowed.", PERMISSION[system]),
        )
    if chosen.peak is None:
        found = f"{name} was opened, but nothing comes from it."
        return (
            Check(device, "Microphone", State.FAIL, found, f"Name another; {_DEVICES}."),
            Check(allowed, "Permission", State.FAIL, "It may not be allowed.", PERMISSION[system]),
        )
    if not chosen.peak:
        # macOS gives zeros to a program that may not listen; a real microphone is never that quiet.
        return well, Check(
            allowed,
            "Permission",
            State.WARN,
            "The microphone gives nothing but silence: it is muted, or this terminal may not "
            "listen.",
            PERMISSION[system],
        )
    return well, Check(allowed, "Permission", State.OK, "The microphone gives sound.")


def microphone_alone() -> Check:
    """The user chose to hear no other side."""
    return Check(
        "other_side",
        "Other side",
        State.WARN,
        "Only the microphone is listened to, as was last chosen (--them none).",
        "To hear both sides, each for itself: thatsright live --them default.",
    )


def other_side(chosen: Chosen | None, system: System) -> Check:
    """What the computer plays; None when nothing carries it."""
    key, name = "other_side", "Other side"
    if chosen is None:
        found = "Nothing was found that carries what the computer plays."
        alone = "To listen to the microphone alone: thatsright live --them none."
        return Check(key, name, State.FAIL, found, f"{OTHER_SIDE[system]} {alone}")
    if not chosen.opened:
        found = f"{_named(chosen)} cannot be listened to."
        do = f"{OTHER_SIDE[system]} Or name another: --them NAME; {_DEVICES}."
        return Check(key, name, State.FAIL, found, do)
    return Check(key, name, State.OK, f"{_named(chosen)}.")


def model(name: str, origin: str, *, verified: bool) -> Check:
    """The speech model that was found."""
    known = "checksums are right" if verified else "no checksum is known for it"
    return Check("model", "Speech model", State.OK, f"{name} ({origin}), {known}.")


def broken(key: str, name: str, message: str, do: str = "") -> Check:
    """Something that a command would refuse to begin with; its message says what to do."""
    return Check(key, name, State.FAIL, message, do)


def disk(free_mb: int, folder: str) -> Check:
    """Room where calls are kept, megabytes."""
    found = f"{_size(free_mb)} free in {folder}."
    if free_mb < LEAST_FREE_MB:
        do = "Free some space, or set THATSRIGHT_HOME to a folder on another disk."
        return Check("disk", "Disk", State.FAIL, f"Only {found}", do)
    if free_mb < ENOUGH_FREE_MB:
        do = "Enough for calls in words; free some space before you record sound (--record)."
        return Check("disk", "Disk", State.WARN, f"Only {found}", do)
    return Check("disk", "Disk", State.OK, found)


def folders(problems: Sequence[str], where: str, system: System) -> Check:
    """The folders this program writes to; `problems` are those it cannot, each with why."""
    if not problems:
        return Check("folders", "Folders", State.OK, f"Can be written: {where}.")
    windows = system is System.WINDOWS
    own = "Properties > Security" if windows else "chown and chmod u+rwx"
    do = f"Make them writable for you ({own}), or set THATSRIGHT_HOME to a folder of yours."
    return Check("folders", "Folders", State.FAIL, f"Cannot be written: {'; '.join(problems)}.", do)


@dataclass(frozen=True, slots=True)
class Terminal:
    """What the program's output goes to."""

    shown: bool
    """False when it is no terminal, but a file or another program."""
    columns: int
    lines: int
    colours: int
    """0, 8, 256 or 1 << 24."""
    unicode: bool


def terminal(seen: Terminal, system: System) -> Check:
    """Can the live screen be shown?"""
    key, name = "terminal", "Terminal"
    if not seen.shown:
        found = "The output is no terminal: live prints events, one JSON object a line."
        return Check(key, name, State.OK, found)
    wrong: list[str] = []
    do: list[str] = []
    if seen.columns < LEAST_COLUMNS or seen.lines < LEAST_LINES:
        wrong.append(f"it is small ({seen.columns} × {seen.lines})")
        do.append(f"Make it at least {LEAST_COLUMNS} × {LEAST_LINES}.")
    if not seen.unicode:
        wrong.append("it does not show every character")
        do.append(
            "Use Windows Terminal, or run: chcp 65001."
            if system is System.WINDOWS
            else "Set the locale to UTF-8: export LANG=C.UTF-8."
        )
    if not seen.colours:
        wrong.append("it shows no colours")
        do.append("Set TERM (export TERM=xterm-256color) and unset NO_COLOR, if you want them.")
    if wrong:
        found = f"The screen will look poor: {', '.join(wrong)}."
        return Check(key, name, State.WARN, found, " ".join(do))
    colours = "all colours" if seen.colours > 256 else f"{seen.colours} colours"  # noqa: PLR2004
    return Check(key, name, State.OK, f"{seen.columns} × {seen.lines}, {colours}, Unicode.")


def library(calls: int | None) -> Check:
    """The calls that are kept; None when there is no library yet."""
    if calls is None:
        return Check("library", "Library", State.OK, "None yet: the first call makes it.")
    return Check("library", "Library", State.OK, f"{_count(calls, 'call')}.")


def unfinished(cut_off: int, running: int) -> Check:
    """Calls that were cut off, or run right now."""
    now = f"{_count(running, 'call')} running now." if running else ""
    if cut_off:
        found = f"{_count(cut_off, 'call')} cut off and not in the library yet. {now}".strip()
        do = "Keep or delete with: thatsright recover."
        return Check("unfinished", "Unfinished", State.WARN, found, do)
    return Check("unfinished", "Unfinished", State.OK, now or "No call was cut off.")


def settings(path: str, *, there: bool) -> Check:
    """The settings file, read without complaint."""
    found = f"{path} is fine." if there else f"None ({path}): the defaults hold."
    return Check("settings", "Settings", State.OK, found)


def speed(delays_s: Sequence[float], cpu_share: float, name: str) -> Check:
    """How soon words come after speech; `cpu_share` of one core, 0.5 for half of one."""
    if not delays_s:
        return Check(
            "speed",
            "Speed",
            State.FAIL,
            "The speech model heard nothing in clear speech.",
            "Give another with --model, or install it again: thatsright models.",
        )
    ordered = sorted(delays_s)
    delay_s = ordered[len(ordered) // 2]
    found = (
        f"Words come {delay_s:.1f} s after speech ends (longest {ordered[-1]:.1f} s, "
        f"n {len(ordered)}, model {name}, {cpu_share * 100:.0f} % of one core)."
    )
    if delay_s > ENOUGH_DELAY_S:
        slow = "Too slow for a call: " if delay_s > TOO_SLOW_S else "Slow: "
        found = slow + found[0].lower() + found[1:]
        return Check("speed", "Speed", State.WARN, found, SLOW, round(delay_s, 3))
    return Check("speed", "Speed", State.OK, found, delay_s=round(delay_s, 3))


def unmeasured(why: str) -> Check:
    """The speed could not be measured."""
    return Check("speed", "Speed", State.WARN, f"Not measured, since {why}.", "Mend that first.")


def can_call(checks: Iterable[Check]) -> bool:
    """True when nothing stands in the way of a call."""
    return all(check.state is not State.FAIL for check in checks)


def line(check: Check, *, unicode: bool, columns: int = 0) -> str:
    """A check with its line end; what to do begins a line of its own.

    Folded to `columns` cells below its first words; 0 for not at all, one line a check.
    """
    sign = (_SIGNS if unicode else _ASCII)[check.state]
    head = f"{sign} {check.state.value:<4}  {check.name:<12}  "
    found, do = clean(check.found), clean(check.do)
    if columns - len(head) < LEAST_TEXT:
        return f"{head}{found} {do}".rstrip() + "\n"
    folded = [*_folded(found, columns - len(head)), *_folded(do, columns - len(head))]
    return head + ("\n" + " " * len(head)).join(folded) + "\n"


def _folded(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False)


def last_line(checks: Sequence[Check]) -> str:
    """What it comes to, with its line end."""
    fails = sum(check.state is State.FAIL for check in checks)
    warns = sum(check.state is State.WARN for check in checks)
    if fails:
        return f"No call can be made yet: {_count(fails, 'thing')} to mend.\n"
    if warns:
        return f"A call can be made; {_count(warns, 'thing')} to know about.\n"
    return "A call can be made: thatsright live\n"


def to_line(check: Check) -> str:
    """A check as JSON on one line, with its line end."""
    fields: dict[str, object] = {
        "check": check.id,
        "state": check.state.value,
        "found": clean(check.found),
        "do": clean(check.do) or None,
    }
    if check.delay_s is not None:
        fields["delay_s"] = check.delay_s
    return json.dumps(fields) + "\n"


def _named(chosen: Chosen) -> str:
    return f"{clean(chosen.name)} ({'the default' if chosen.default else 'as named last'})"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _size(mega: int) -> str:
    return f"{mega / 1000:.1f} GB" if mega >= 1000 else f"{mega} MB"  # noqa: PLR2004
