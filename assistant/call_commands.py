"""The commands about finished calls: look, search, report, swap, delete."""

# ruff: noqa: FBT002, TC001, TC003 - typer makes an option of each parameter, and reads the
# annotations at run time

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from assistant import commanding, config, recovery
from assistant.commanding import offered, told
from assistant.errors import ConfigError
from assistant.kinds import SignalKind
from assistant.listing import calls_table, json_lines
from assistant.options import Lines
from assistant.parts import own_book
from assistant.paths import data_folder
from assistant.report import format_of
from assistant.reviewing import review as show_review
from assistant.safetext import clean
from assistant.showing import show_report, show_signals, show_trends
from assistant.store import Library
from assistant.swapping import swapped


class Format(StrEnum):
    """What a report can be."""

    HTML = "html"
    MD = "md"
    JSON = "json"
    VTT = "vtt"
    SRT = "srt"
    CSV = "csv"


def calls(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="Words that were said, or part of a title.", show_default=False),
    ] = None,
    signal: Annotated[
        SignalKind | None,
        typer.Option(
            help="Signals of this kind instead of words, such as youre_right.",
            show_default=False,
            show_choices=False,
            metavar="KIND",
        ),
    ] = None,
    after: Annotated[
        str | None,
        typer.Option(
            help="With --signal: only those within 30 s after these words; price finds any sum.",
            metavar="WORDS",
        ),
    ] = None,
    json: Lines = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
) -> None:
    """List finished calls, newest first, or search what was said in them."""
    if after is not None and signal is None:
        raise typer.BadParameter("--after belongs to --signal.")
    if signal is not None and words:
        raise typer.BadParameter("Give either WORDS, or --signal with --after WORDS.")
    with told(), offered(), Library.open(data_folder()) as library:
        if signal is not None:
            show_signals(library, signal, after or "", limit, as_json=json)
            return
        found = library.calls(" ".join(words or []), limit)
        if json:
            sys.stdout.writelines(json_lines(found))
        else:
            sys.stdout.writelines(calls_table(found, searched=bool(words)))


def report(
    call: Annotated[str, typer.Argument(help="A call's id, or last.")],
    fmt: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="What kind. [default: as the file's ending, else md]",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write to this file.")
    ] = None,
    audio: Annotated[
        bool, typer.Option("--audio", help="With html: the sound of the moments that mattered.")
    ] = False,
) -> None:
    """Show what happened in a finished call: a page, text, subtitles, measures."""
    chosen = fmt.value if fmt is not None else (output and format_of(output)) or Format.MD.value
    if audio and chosen != Format.HTML:
        raise typer.BadParameter("--audio belongs to --format html.")
    with told(), offered(), Library.open(data_folder()) as library:
        show_report(library, call, chosen, output, data_folder() if audio else None)


def trends(
    counterpart: Annotated[
        str | None, typer.Option("--with", help="Only calls with this counterpart.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, with every call.")] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write an HTML page to this file.")
    ] = None,
) -> None:
    """Show how your calls change: measures over time, and what earns you a “that's right”."""
    if json and output is not None:
        raise typer.BadParameter("Give either --json, or -o FILE for an HTML page.")
    with told(), offered(), Library.open(data_folder()) as library:
        show_trends(library, clean(counterpart or ""), output, as_json=json)


def review(
    call: Annotated[str, typer.Argument(help="A call's id, or last.")] = "last",
) -> None:
    """Look at a finished call: its moments, its transcript, your notes, its sound."""
    with told(), offered():
        with Library.open(data_folder()) as library:
            number = library.resolve(call)
        if not commanding.is_watched():
            raise ConfigError(
                f"review needs a terminal. Without one: thatsright report {number} prints it."
            )
        status = show_review(number)
    raise typer.Exit(status)


def delete(
    call: Annotated[str, typer.Argument(help="A call's id, or last.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete a finished call: every word and sound of it is deleted for good."""
    with told("Stopped. Nothing was deleted."), Library.open(data_folder()) as library:
        number = library.resolve(call)
        title = next((c.title for c in library.calls() if c.id == number), "")
        if (
            not yes
            and commanding.is_terminal()
            and not typer.confirm(f"Delete call {number}, “{clean(title)}”, for good?")
        ):
            typer.echo("Nothing was deleted.")
            return
        recovery.delete_call(data_folder(), library, number)
        typer.echo(f"Deleted call {number}.")


def swap(call: Annotated[str, typer.Argument(help="A call's id, or last.")]) -> None:
    """Take the two speakers of a finished call for each other, and understand it anew."""
    with told("Stopped. Nothing was changed."), Library.open(data_folder()) as library:
        number = library.resolve(call)
        library.replace(number, swapped(library.load(number), own_book(config.load())))
        typer.echo(f"Swapped the speakers of call {number}: thatsright report {number}")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (calls, report, trends, review, delete, swap):
        app.command()(command)
