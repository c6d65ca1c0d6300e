"""Settings: defaults < the settings file < the environment < the command line."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

from assistant.errors import ConfigError
from assistant.paths import config_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
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


def load(environment: Mapping[str, str] = os.environ, folder: Path | None = None) -> Settings:
    """The settings of this user.

    Raises:
        ConfigError: the file is no TOML, or a value does not fit; says which and where.
    """
    path = (folder or config_folder()) / FILE
    settings = Settings()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        text = ""
    except OSError as error:
        raise ConfigError(
            f"The settings {path} cannot be read: {error.strerror}. Mend or delete what is there."
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text. Mend or delete it.") from None
    try:
        from_file = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}. Mend or delete it.") from None
    except RecursionError:
        raise ConfigError(f"{path} is nested too deeply. Mend or delete it.") from None
    settings = _with(settings, from_file, str(path))
    names = {PREFIX + f.name.upper(): f.name for f in fields(Settings)}
    from_environment = {names[k]: v for k, v in environment.items() if k in names and v}
    return _with(settings, from_environment, "the environment")


_LANGUAGE: Final = re.compile("auto|[a-z]{2,3}")

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
}


_ONE_OF: Final = {
    "device": ("cpu", "cuda", "auto"),
    "consent": ("agreed", "not-needed", "not-asked", "ask"),
    "power": ("normal", "low"),
    "echo": ("auto", "on", "off"),
}


def _is_count(text: str) -> bool:
    return text.isdecimal() and len(text) <= len(str(MOST_THREADS)) and int(text) <= MOST_THREADS


def _with(settings: Settings, values: Mapping[str, object], where: str) -> Settings:
    for name, value in values.items():
        match name, value:
            case "model", str() if value:
                settings = replace(settings, model=str(value))
            case "language", str() if _LANGUAGE.fullmatch(value):
                settings = replace(settings, language=value)
            case "threads", int() | str() if _is_count(str(value)):
                settings = replace(settings, threads=int(str(value)))
            case "device" | "consent" | "power" | "echo", str() if value in _ONE_OF[name]:
                chosen: dict[str, Any] = {name: value}
                settings = replace(settings, **chosen)
            case "terms", str() if value:
                settings = replace(settings, terms=str(value))
            case "phrases", str() if value:
                settings = replace(settings, phrases=str(value))
            case _ if name in _FITS:
                raise ConfigError(f"In {where}, “{name}” does not fit. Give {_FITS[name]}.")
            case _:
                known = ", ".join(f.name for f in fields(Settings))
                raise ConfigError(f"In {where}, “{name}” is no setting. There are: {known}.")
    return settings
