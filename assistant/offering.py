"""Calls that were cut off, offered back: a question in a terminal, a sentence elsewhere."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from assistant import recovery
from assistant.calltime import clock
from assistant.errors import ConfigError, JournalError, ThatsRightError
from assistant.safetext import clean
from assistant.store import Library

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from assistant.recovery import Left

ALL = "all"


class Answer(StrEnum):
    """What to do with a call that was cut off."""

    KEEP = "keep"
    DELETE = "delete"
    LATER = "later"


def offer(data: Path, *, ask: bool) -> None:
    """Before a command: what about calls that were cut off? Never keeps the command from running.

    Everything goes to stderr, as stdout belongs to the command.
    """
    try:
        left = [each for each in recovery.left_journals(data) if not each.running]
    except ThatsRightError as error:
        _say(str(error))
        return
    asked = [each for each in left if ask and not each.problem]
    for each in asked:
        _asked(data, each)
    if left and not asked:
        which = (
            f"The call {_name(left[0])} was cut off and is"
            if len(left) == 1
            else f"{len(left)} calls were cut off and are"
        )
        _say(f"{which} not in the library yet. Keep or delete with 'thatsright recover'")


def recover(data: Path, name: str | None, answer: Answer | None, *, ask: bool) -> int:
    """List what was cut off, or do with it what was asked for; the exit status.

    Raises:
        JournalError: there is none of that name.
        ConfigError: it is not said what to do with it.
    """
    left = recovery.left_journals(data)
    chosen = [each for each in left if name in {None, ALL, each.id}]
    if name not in {None, ALL} and not chosen:
        raise JournalError(
            f"There is no cut-off call “{name}”. thatsright recover lists what there is."
        )
    if name is not None and answer is None and not ask:
        raise ConfigError("Say what to do with it: --keep or --delete.")
    if not chosen:
        sys.stdout.write("No call was cut off.\n")
        return 0
    if answer is None:
        sys.stdout.writelines(table(chosen))
    ready = [each for each in chosen if not each.running or (name == each.id and answer)]
    if answer is None and not ask:
        return 0
    done = [_asked(data, each) if answer is None else _do(data, each, answer) for each in ready]
    return 0 if all(done) else 1


def table(left: Sequence[Left]) -> Iterator[str]:
    """A line a journal."""
    width = max(len(each.id) for each in left)
    for each in left:
        if each.running:
            yield f"{each.id:<{width}}  running now\n"
        elif each.problem:
            yield f"{each.id:<{width}}  {clean(each.problem)}\n"
        else:
            yield f"{each.id:<{width}}  {_name(each)}, {each.utterances} utterances\n"


def _asked(data: Path, left: Left) -> bool:
    """Ask, and do it; False when that failed, which was told."""
    if left.problem:
        _say(left.problem)
        return False
    choices = {each.value: each for each in Answer}
    question = (
        f"The call {_name(left)} was cut off. Keep it in the library, delete it, or later? "
        f"({', '.join(choices)})"
    )
    answer: Answer | None = None
    while answer is None:
        typed = str(typer.prompt(question, default=Answer.KEEP.value, err=True))
        answer = choices.get(typed.strip().lower())
    return _do(data, left, answer)


def _do(data: Path, left: Left, answer: Answer) -> bool:
    try:
        match answer:
            case Answer.KEEP:
                with Library.open(data) as library:
                    number = recovery.keep(data, library, left.id)
                typer.echo(f"Kept as call {number}: thatsright report {number}", err=True)
            case Answer.DELETE:
                recovery.discard(data, left.id)
                typer.echo(f"Deleted the call {_name(left)}.", err=True)
            case Answer.LATER:
                pass
    except ThatsRightError as error:
        _say(str(error))
        return False
    return True


def _name(left: Left) -> str:
    began = "" if left.started_at is None else f" of {left.started_at.astimezone():%Y-%m-%d %H:%M}"
    length = f" ({clock(left.length_s)})" if left.length_s else ""
    return f"“{clean(left.title or left.id)}”{began}{length}"


def _say(message: str) -> None:
    typer.echo(f"thatsright: {clean(message)}", err=True)
