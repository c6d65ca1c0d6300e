"""The settings as a screen shows them: value, where it comes from, what stands above it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assistant import config, models
from assistant.errors import ConfigError, ThatsRightError
from assistant.kinds import PromptKind
from assistant.paths import config_folder
from assistant.safetext import clean
from assistant.settings_file import write
from assistant.terms import read_terms
from audio.devices import Failure, listing
from tui.desk import Choice, Setting
from tui.words import PROMPTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PROMPT: Final = "prompt-"
"""Before a kind of prompt: its switch. All of them together are the setting `leave_out`."""

_ON_OFF: Final = (Choice("on", "on"), Choice("off", "off"))
_LABELS: Final = {
    "mic": ("Microphone", "the one used last", "Where you are heard"),
    "them": ("The other side", "the one used last", "What the computer plays: their voice"),
    "model": ("Speech model", "the best one at hand", "Bigger ones hear better, and later"),
    "language": ("Language", "en", "Such as en, or auto; signals are English"),
    "terms": ("Names and terms", "none", "A file with words of this deal, one a line"),
    "phrases": ("Your phrases", "phrases.toml beside the settings", "A file with your own"),
    "own_phrases": ("Use your phrases", "on", "Beside those that are built in"),
    "pacing": ("Pacing", "normal", "How often prompts may come"),
    "look": ("Colours", "as the terminal", "Without any: set NO_COLOR for all programs"),
    "echo": ("Echo", "auto", "The other side taken out of your microphone"),
    "consent": ("Consent", "asked at the first call", "What is stored with a live call"),
    "power": ("Power", "normal", "Low: less of the processor, less exact"),
    "threads": ("Threads", "as many as there are cores, at most 4", "Of the recogniser"),
    "device": ("Computes on", "auto", "A graphics card where there is one"),
    "prose_url": ("Language model", "none", "Its address, for thatsright prose"),
    "prose_model": ("Its name", "the only one there", "As it is called at that address"),
    "prose_elsewhere": ("May be elsewhere", "off", "On: words leave this machine, to that address"),
}
_PACES: Final = {"calm": "calm, every 24 s", "normal": "normal, every 12 s", "quick": "quick, 6 s"}
_LOOKS: Final = {
    "auto": "as the terminal",
    "dark": "dark",
    "light": "light",
    "contrast": "high contrast",
}
_BEFORE_PROMPTS: Final = ("mic", "them", "model", "language", "terms", "pacing", "look")
_AFTER_PROMPTS: Final = (
    *("own_phrases", "phrases", "echo", "consent", "power", "threads", "device"),
    *("prose_url", "prose_model", "prose_elsewhere"),
)


def settings(
    folder: Path | None = None, environment: Mapping[str, str] = os.environ
) -> tuple[Setting, ...]:
    """All of them, in the order they are shown.

    Raises:
        ConfigError: the file cannot be read as TOML.
    """
    path = (folder or config_folder()) / config.FILE
    given = config.from_text(config.read(path), str(path))
    choices = _choices()

    def one(key: str) -> Setting:
        label, default, about = _LABELS[key]
        value = _written(given.get(key))
        return Setting(
            key=key,
            label=label,
            value=value,
            default=default,
            about=about,
            choices=_with_own(choices.get(key, ()), value, default),
            from_file=key in given,
            overridden=_above(key, environment),
            problem=_problem(key, given),
        )

    first = tuple(one(key) for key in _BEFORE_PROMPTS)
    prompts = tuple(_prompts(given, environment))
    return (*first, *prompts, *(one(key) for key in _AFTER_PROMPTS))


def set_one(key: str, value: str, folder: Path | None = None) -> None:
    """Write one value as a screen gives it; empty takes it out of the file.

    Raises:
        ConfigError: it does not fit, or what it names is not there; nothing was written.
        ThatsRightError: it cannot be written.
    """
    place = folder or config_folder()
    if key.startswith(PROMPT):
        _switch(PromptKind(key.removeprefix(PROMPT)), place, on=value == "on")
        return
    if not value:
        write(key, None, place)
        return
    match key:
        case "threads":
            config.check(key, value)
            write(key, int(value), place)
        case "own_phrases" | "prose_elsewhere":
            write(key, value == "on", place)
        case "terms":
            _read_terms(value)
            write(key, value, place)
        case "phrases":
            if not _file(value).is_file():
                raise ConfigError(f"There is no file {value}. Give the path of one.")
            write(key, value, place)
        case _:
            write(key, value, place)


def _read_terms(value: str) -> None:
    read_terms(_file(value))


def _file(value: str) -> Path:
    try:
        return Path(value).expanduser()
    except RuntimeError:
        raise ConfigError(f"{value}: nobody of that name is known here.") from None


def _switch(kind: PromptKind, folder: Path, *, on: bool) -> None:
    path = folder / config.FILE
    left_out = config.from_text(config.read(path), str(path)).get("leave_out", [])
    config.check("leave_out", left_out)
    names = left_out.split(",") if isinstance(left_out, str) else left_out
    kept = [str(n).strip() for n in names if str(n).strip() != kind]  # type: ignore[attr-defined]
    after = kept if on else [*kept, kind.value]
    write("leave_out", after or None, folder)


def _prompts(given: Mapping[str, object], environment: Mapping[str, str]) -> Iterator[Setting]:
    left_out = given.get("leave_out", [])
    names = left_out.split(",") if isinstance(left_out, str) else left_out
    out = {str(n).strip() for n in names} if isinstance(names, list) else set()
    for kind in PromptKind:
        yield Setting(
            key=PROMPT + kind.value,
            label=f"Prompt: {PROMPTS[kind][0].lower()}",
            value="off" if kind.value in out else "on",
            default="on",
            about="Off: none of this kind is shown",
            choices=_ON_OFF,
            from_file=kind.value in out,
            overridden=_above("leave_out", environment),
            problem=_problem("leave_out", given),
        )


def _above(key: str, environment: Mapping[str, str]) -> str:
    name = config.PREFIX + key.upper()
    value = environment.get(name)
    return f"{name} is “{clean(value)}”" if value else ""


def _problem(key: str, given: Mapping[str, object]) -> str:
    if key not in given:
        return ""
    try:
        config.check(key, given[key])
    except ConfigError as error:
        return str(error)
    return ""


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def _with_own(choices: tuple[Choice, ...], value: str, default: str) -> tuple[Choice, ...]:
    """The default first, and what the file says although nobody offers it."""
    if not choices:
        return ()
    known = value in {choice.value for choice in choices}
    extra = (Choice(value, value),) if value and not known else ()
    return (Choice("", f"{default} (default)"), *choices, *extra)


def _choices() -> dict[str, tuple[Choice, ...]]:
    return {
        "mic": tuple(_devices(loopback=False)),
        "them": (*_devices(loopback=True), Choice("none", "none: a microphone alone")),
        "model": tuple(_models()),
        "pacing": tuple(Choice(v, n) for v, n in _PACES.items()),
        "look": tuple(Choice(v, n) for v, n in _LOOKS.items()),
        "own_phrases": _ON_OFF,
        "prose_elsewhere": _ON_OFF,
        "echo": (
            Choice("auto", "where there is one"),
            Choice("on", "always"),
            Choice("off", "never"),
        ),
        "consent": (
            Choice("agreed", "they agreed"),
            Choice("not-needed", "not needed"),
            Choice("not-asked", "nobody was asked"),
            Choice("ask", "ask at every call"),
        ),
        "power": (Choice("normal", "normal"), Choice("low", "low")),
        "device": (Choice("auto", "auto"), Choice("cpu", "the processor"), Choice("cuda", "CUDA")),
    }


def _devices(*, loopback: bool) -> Iterator[Choice]:
    yield Choice("default", "the system's default, always")
    found = listing()
    if isinstance(found, Failure):
        return
    for device in found:
        if device.loopback is loopback:
            yield Choice(device.name, clean(device.name))


def _models() -> Iterable[Choice]:
    try:
        names = dict.fromkeys(m.name for m in models.listing() if m.folder is not None)
    except ThatsRightError:
        return ()
    return tuple(Choice(name, clean(name)) for name in names)
