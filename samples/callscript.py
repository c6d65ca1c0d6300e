"""A call as it is written down: `scripts/NAME.toml`, read into values."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SPEAKERS = ("me", "them")
_LINE_KEYS = {
    "id",
    "who",
    "text",
    "say",
    "pause_s",
    "speed",
    "level_db",
    "take",
    "backchannel",
    "answers",
    "signals",
}


class ScriptError(Exception):
    """A script does not say what it should. The message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A signal that a line is meant to carry."""

    kind: str
    """A member of `assistant.model.SignalKind`."""
    quote: str
    """The words that carry it, a part of the line's text."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one speaker says in one breath."""

    who: str
    """me or them."""
    text: str
    """As it is written in the ground truth."""
    say: str
    """As it is given to the voice; the same as `text` unless the voice says that badly."""
    pause_s: float
    """From the end of all that was said before to the first sound; negative: it overlaps."""
    speed: float
    """1 is the voice's own pace, 1.1 is a tenth faster."""
    level_db: float
    """Louder or softer than this speaker's usual level."""
    take: int
    """Another number, another rendering of the same words by a voice that varies."""
    backchannel: bool
    """True for a sign of listening while the other one talks."""
    id: str | None
    """A name, when another line answers this one."""
    answers: str | None
    """The `id` of the line this one replies to."""
    signals: tuple[Cue, ...]


@dataclass(frozen=True, slots=True)
class CallScript:
    """One call."""

    name: str
    """The file's name without its ending."""
    title: str
    seed: int
    """Fixes everything that is drawn by chance."""
    voices: dict[str, str]
    """Speaker to voice."""
    lines: tuple[Line, ...]

    def after(self, line: Line) -> str | None:
        """Kind of my turn that their `line` answers: its last signal, None without one."""
        for other in self.lines:
            if (
                line.who == "them"
                and line.answers is not None
                and other.id == line.answers
                and other.signals
            ):
                return other.signals[-1].kind
        return None


def load(path: Path) -> CallScript:
    """Reads a script.

    Raises:
        ScriptError: the file is not TOML, or a line of it does not fit.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ScriptError(f"{path.name} is not valid TOML: {error}.") from error
    lines = tuple(
        _line(entry, f"{path.name}, line entry {number}")
        for number, entry in enumerate(data.get("line", ()), start=1)
    )
    voices = data.get("voices", {})
    if set(voices) != set(SPEAKERS):
        raise ScriptError(f"{path.name}: [voices] must name a voice for me and one for them.")
    script = CallScript(
        name=path.stem,
        title=str(data.get("title", path.stem)),
        seed=int(data.get("seed", 0)),
        voices=dict(voices),
        lines=lines,
    )
    _check_answers(script)
    return script


def _line(entry: dict[str, object], where: str) -> Line:
    unknown = set(entry) - _LINE_KEYS
    if unknown:
        raise ScriptError(f"{where} has unknown keys: {', '.join(sorted(unknown))}.")
    who, text = entry.get("who"), entry.get("text")
    if who not in SPEAKERS or not isinstance(text, str) or not text.strip():
        raise ScriptError(f'{where} needs who = "me" or "them", and a text.')
    signals = entry.get("signals", [])
    cues = tuple(Cue(str(cue["kind"]), str(cue["quote"])) for cue in signals)  # type: ignore[attr-defined] # TOML gives a list of tables
    for cue in cues:
        if cue.quote not in text:
            raise ScriptError(f"{where}: the quote of {cue.kind} is not in its text.")
    return Line(
        who=str(who),
        text=text,
        say=str(entry.get("say", text)),
        pause_s=_number(entry, "pause_s", 0.5, where),
        speed=_number(entry, "speed", 1.0, where),
        level_db=_number(entry, "level_db", 0.0, where),
        take=int(_number(entry, "take", 0, where)),
        backchannel=bool(entry.get("backchannel", False)),
        id=_name(entry, "id"),
        answers=_name(entry, "answers"),
        signals=cues,
    )


def _number(entry: dict[str, object], key: str, default: float, where: str) -> float:
    value = entry.get(key, default)
    if not isinstance(value, int | float):
        raise ScriptError(f"{where}: {key} must be a number.")
    return float(value)


def _name(entry: dict[str, object], key: str) -> str | None:
    value = entry.get(key)
    return None if value is None else str(value)


def _check_answers(script: CallScript) -> None:
    seen: set[str] = set()
    for number, line in enumerate(script.lines, start=1):
        if line.answers is not None and line.answers not in seen:
            raise ScriptError(
                f"{script.name}, line entry {number} answers {line.answers!r}, "
                "which no earlier line has as its id."
            )
        if line.id is not None:
            if line.id in seen:
                raise ScriptError(f"{script.name}: two lines have the id {line.id!r}.")
            seen.add(line.id)
