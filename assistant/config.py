"""Settings: defaults < the settings file < the environment < the command line."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

from assistant.errors import ConfigError
from assistant.kinds import PromptKind
from assistant.paths import config_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

FILE: Final = "settings.toml"
PREFIX: Final = "THATSRIGHT_"

MOST_THREADS: Final = 64
"""More make nothing faster, and with very many the recogniser's library crashes."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may set once; every field can be set in all three places."""

    model: str | None = None
    """Folder or name of the speech model; None for the best one at hand."""
    language: str = "en"
    """Two-letter code of what is spoken, or "auto"."""
    threads: int = 0
    """Threads of the recogniser, at most `MOST_THREADS`; 0 for as many as the machine has cores,
    at most 4."""
    device: str = "auto"
    """cpu, cuda, or auto: cuda where there is one."""
    terms: str | None = None
    """File with names and words of this deal, one a line."""
    phrases: str | None = None
    """File with the user's own phrases; None for phrases.toml beside the settings, if there."""
    echo: str = "auto"
    """Whether the other side is taken out of the microphone of a live call: auto where it comes
    back, on always, off never."""
    consent: str | None = None
    """What is stored with a live call where the command line does not say: agreed, not-needed,
    not-asked; ask for the question at every call; None for the question at the first one."""
    power: str = "normal"
    """normal, or low: less of the processor, for slow machines and batteries."""
    own_phrases: bool = True
    """Whether the user's own phrases count."""
    leave_out: tuple[PromptKind, ...] = ()
    """Prompts that are never shown."""
    pacing: str = "normal"
    """How often prompts may come: one of `PACES`."""
    mic: str | None = None
    """Part of the microphone's name, or "default"; None for what was used last."""
    them: str | None = None
    """Likewise of what the computer plays; "none" for a microphone alone."""
    look: str = "auto"
    """Colours of the screen: one of `LOOKS`."""
    prose_url: str | None = None
    """Address of a language model that writes summaries, such as http://127.0.0.1:11434/v1; None
    for none."""
    prose_model: str | None = None
    """Its name; None for the only one there is at that address."""
    prose_elsewhere: bool = False
    """Whether that address may be on another machine."""


PACES: Final[Mapping[str, float]] = {"calm": 24.0, "normal": 12.0, "quick": 6.0}
"""Least time between two prompts, seconds."""

LOOKS: Final = ("auto", "dark", "light", "contrast")


def load(environment: Mapping[str, str] = os.environ, folder: Path | None = None) -> Settings:
    """The settings of this user.

    Raises:
        ConfigError: the file is no TOML, or a value does not fit; says which and where.
    """
    path = (folder or config_folder()) / FILE
    settings = _with(Settings(), from_text(read(path), str(path)), str(path))
    names = {PREFIX + f.name.upper(): f.name for f in fields(Settings)}
    from_environment = {names[k]: v for k, v in environment.items() if k in names and v}
    return _with(settings, from_environment, "the environment")


def check(name: str, value: object) -> None:
    """Is it a value this setting can have?

    Raises:
        ConfigError: it is not; says what would be.
    """
    try:
        _with(Settings(), {name: value}, "")
    except ConfigError:
        raise ConfigError(f"That does not fit. Give {_FITS[name]}.") from None


def read(path: Path) -> str:
    """The settings file as it is written; empty when there is none.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise ConfigError(
            f"The settings {path} cannot be read: {error.strerror}. Mend or delete what is there."
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text. Mend or delete it.") from None


def from_text(text: str, where: str) -> dict[str, object]:
    """What a settings file says, as it stands there.

    Raises:
        ConfigError: it is no TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where} is not valid TOML: {error}. Mend or delete it.") from None
    except RecursionError:
        raise ConfigError(f"{where} is nested too deeply. Mend or delete it.") from None


_LANGUAGE: Final = re.compile("auto|[a-z]{2,3}")
_ADDRESS: Final = re.compile(r"https?://[!-~]{1,500}")

_FITS: Final = {
    "model": "a folder or a model's name, in quotes",
    "language": 'a language\'s code such as "en", or "auto"',
    "threads": f"a number from 0 to {MOST_THREADS}",
    "device": '"cpu", "cuda" or "auto"',
    "terms": "a file, in quotes",
    "phrases": "a file, in quotes",
    "echo": '"auto", "on" or "off"',
    "consent": '"agreed", "not-needed", "not-asked" or "ask"',
    "power": '"normal" or "low"',
    "own_phrases": "true or false",
    "leave_out": "some of: " + ", ".join(PromptKind),
    "pacing": " or ".join(f'"{pace}"' for pace in PACES),
    "mic": "part of a microphone's name, in quotes",
    "them": 'part of a device\'s name, or "none", in quotes',
    "look": " or ".join(f'"{look}"' for look in LOOKS),
    "prose_url": 'an address such as "http://127.0.0.1:11434/v1"',
    "prose_model": "a model's name, in quotes",
    "prose_elsewhere": "true or false",
}

_TRUTH: Final = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False}


def _text(value: object) -> str:
    if isinstance(value, str) and value:
        return value
    raise ValueError


def _language(value: object) -> str:
    if isinstance(value, str) and _LANGUAGE.fullmatch(value):
        return value
    raise ValueError


def _address(value: object) -> str:
    if isinstance(value, str) and _ADDRESS.fullmatch(value):
        return value
    raise ValueError


def _count(value: object) -> int:
    text = str(value)
    short = isinstance(value, int | str) and len(text) <= len(str(MOST_THREADS))
    if short and text.isdecimal() and int(text) <= MOST_THREADS:
        return int(text)
    raise ValueError


def _truth(value: object) -> bool:
    if isinstance(value, bool | str) and str(value).lower() in _TRUTH:
        return _TRUTH[str(value).lower()]
    raise ValueError


def _kinds(value: object) -> tuple[PromptKind, ...]:
    """From a list, or from words with commas between them; in the order there is."""
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError
    chosen = {PromptKind(name.strip()) for name in names if name.strip()}
    return tuple(kind for kind in PromptKind if kind in chosen)


def _one_of(words: Collection[str]) -> Callable[[object], str]:
    def read(value: object) -> str:
        if isinstance(value, str) and value in words:
            return value
        raise ValueError

    return read


_READERS: Final[Mapping[str, Callable[[object], object]]] = {
    "model": _text,
    "language": _language,
    "threads": _count,
    "device": _one_of(("cpu", "cuda", "auto")),
    "terms": _text,
    "phrases": _text,
    "own_phrases": _truth,
    "leave_out": _kinds,
    "pacing": _one_of(PACES),
    "mic": _text,
    "them": _text,
    "look": _one_of(LOOKS),
    "echo": _one_of(("auto", "on", "off")),
    "consent": _one_of(("agreed", "not-needed", "not-asked", "ask")),
    "power": _one_of(("normal", "low")),
    "prose_url": _address,
    "prose_model": _text,
    "prose_elsewhere": _truth,
}
"""What makes a value of a setting from what stands in the file or the environment."""


def _with(settings: Settings, values: Mapping[str, object], where: str) -> Settings:
    read: dict[str, Any] = {}
    for name, value in values.items():
        if name not in _READERS:
            known = ", ".join(f.name for f in fields(Settings))
            raise ConfigError(f"In {where}, “{name}” is no setting. There are: {known}.")
        try:
            read[name] = _READERS[name](value)
        except ValueError:
            raise ConfigError(f"In {where}, “{name}” does not fit. Give {_FITS[name]}.") from None
    return replace(settings, **read)
