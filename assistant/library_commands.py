"""The commands that bring calls into the library, mend what is in it, and keep it safe."""

# ruff: noqa: FBT002, PLR0913, PLR0917, TC001 - typer makes an option of each parameter, and reads
# the annotations at run time

from __future__ import annotations

import json as to_json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from assistant import config
from assistant.backup import back_up, replaced_folders, restore
from assistant.correcting import (
    Wish,
    correct,
    evaluate,
    evaluation_dict,
    told_change,
    told_corrections,
    told_evaluation,
    told_lines,
    undo,
)
from assistant.corrections import corrected_lines
from assistant.errors import ConfigError
from assistant.importing import Import, ImportOptions
from assistant.journal_folder import journals
from assistant.options import Model
from assistant.parts import Parts
from assistant.paths import data_folder
from assistant.prepared import page_for, written_as
from assistant.preparing_page import as_text
from assistant.prose_server import WAIT_S
from assistant.prosing import ProseOptions, forget_prose, show_kept, show_prose
from assistant.report import write_report
from assistant.store import Library

Told = Callable[..., AbstractContextManager[None]]
"""Turns what a user can cause into a sentence on stderr and an exit status."""


def add_to(app: typer.Typer, told: Told) -> None:
    """Add the commands."""
    _add_import(app, told)
    _add_correct(app, told)
    _add_evaluate(app, told)
    _add_prepare(app, told)
    _add_prose(app, told)
    _add_backup(app, told)


def _add_import(app: typer.Typer, told: Told) -> None:
    @app.command(name="import")
    def import_(
        paths: Annotated[
            list[Path],
            typer.Argument(
                metavar="PATH...",
                help="Transcripts (of Zoom, Teams, Meet, Otter; .vtt .srt .sbv .txt .json .jsonl "
                ".docx), recordings, or folders of them.",
                show_default=False,
            ),
        ],
        me: Annotated[
            str | None,
            typer.Option(
                help="Your name in the transcripts (remembered), or your side of two-channel "
                "recordings, left or right.",
                show_default=False,
            ),
        ] = None,
        counterpart: Annotated[
            str | None,
            typer.Option(
                "--with",
                help="Who the other side is. [default: the only other speaker of a transcript]",
                show_default=False,
            ),
        ] = None,
        model: Model = None,
        terms: Annotated[
            str | None,
            typer.Option(help="A file with names and terms, one a line: heard better."),
        ] = None,
        json: Annotated[
            bool, typer.Option("--json", help="Print a JSON object a file as it is done.")
        ] = False,
    ) -> None:
        """Bring transcripts of other programs and recordings into the library."""
        options = ImportOptions(me, counterpart or "", model, terms, as_json=json)
        with told("Stopped."):
            ask = sys.stdin.isatty() and sys.stderr.isatty()
            status = Import(config.load(), options, ask=ask).run(paths)
            sys.stdout.flush()
        raise typer.Exit(status)


def _add_correct(app: typer.Typer, told: Told) -> None:
    @app.command(name="correct")
    def correct_(
        call: Annotated[str, typer.Argument(help="A call's id, or last.")],
        line: Annotated[
            int | None, typer.Option(min=1, help="The line to correct.", show_default=False)
        ] = None,
        signal: Annotated[
            int | None, typer.Option(min=1, help="The signal to correct.", show_default=False)
        ] = None,
        text: Annotated[
            str | None,
            typer.Option(help="What was said; empty for nothing.", show_default=False),
        ] = None,
        speaker: Annotated[
            str | None, typer.Option(help="Who said it: me or them.", show_default=False)
        ] = None,
        is_not: Annotated[
            bool, typer.Option("--not", help="With --signal: it was none of that kind.")
        ] = False,
        is_kind: Annotated[
            str | None,
            typer.Option(
                "--is",
                help="It was a signal of this kind, such as thats_right.",
                show_default=False,
            ),
        ] = None,
        list_them: Annotated[bool, typer.Option("--list", help="What was corrected.")] = False,
        undo_it: Annotated[
            bool, typer.Option("--undo", help="Take the last correction back.")
        ] = False,
        undo_all: Annotated[
            bool, typer.Option("--undo-all", help="Put the original back.")
        ] = False,
    ) -> None:
        """Correct a word, a speaker or a signal of a call; alone, list lines and signals."""
        wish = Wish(line, signal, text, speaker, is_not, is_kind)
        asked = wish != Wish()
        with told("Stopped. Nothing was changed."), Library.open(data_folder()) as library:
            if asked:
                _check(wish)
            if asked + list_them + undo_it + undo_all > 1:
                raise ConfigError("Correct, --list, --undo and --undo-all: one at a time.")
            number = library.resolve(call)
            if list_them:
                sys.stdout.writelines(told_corrections(library.corrections(number)))
            elif not (asked or undo_it or undo_all):
                lines = corrected_lines(library.original(number), library.corrections(number))
                sys.stdout.writelines(told_lines(library.load(number), lines))
            else:
                book = Parts(config.load(), ImportOptions(None, "", None, None)).book
                change = (
                    correct(library, number, wish, book)
                    if asked
                    else undo(library, number, book, everything=undo_all)
                )
                sys.stdout.writelines(told_change(number, change))


def _check(wish: Wish) -> None:
    """The options fit together."""
    if (wish.line is None) == (wish.signal is None):
        raise ConfigError("Say what to correct: either --line N or --signal N.")
    if wish.line is not None and wish.is_not:
        raise ConfigError("--not belongs to --signal N. Say which signal was wrong.")
    if wish.signal is not None:
        if wish.text is not None or wish.speaker is not None:
            raise ConfigError("--text and --speaker belong to --line N.")
        if wish.is_not == (wish.is_kind is not None):
            raise ConfigError("Say what is wrong with the signal: either --not or --is KIND.")
    elif wish.text is None and wish.speaker is None and wish.is_kind is None:
        raise ConfigError(
            "Say what is wrong with the line: --text WORDS, --speaker me|them or --is KIND."
        )


def _add_evaluate(app: typer.Typer, told: Told) -> None:
    @app.command(name="evaluate")
    def evaluate_(
        json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    ) -> None:
        """How many of your corrections of signals does this version meet by itself?"""
        with told(), Library.open(data_folder()) as library:
            book = Parts(config.load(), ImportOptions(None, "", None, None)).book
            found = evaluate(library, book)
            if json:
                sys.stdout.write(to_json.dumps(evaluation_dict(found)) + "\n")
            else:
                sys.stdout.writelines(told_evaluation(found))


def _add_prepare(app: typer.Typer, told: Told) -> None:
    @app.command(name="prepare")
    def prepare_(
        name: Annotated[str, typer.Argument(help="Who the call is with.")],
        to: Annotated[
            Path | None,
            typer.Option(help="Write to this file: .md, .html or .json.", show_default=False),
        ] = None,
        json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    ) -> None:
        """One page before a call: what earlier calls with them left open, and what worked."""
        with told(), Library.open(data_folder()) as library:
            page = page_for(library, name)
            if to is not None:
                write_report(written_as(page, to), to)
            elif json:
                sys.stdout.write(written_as(page, Path("page.json")))
            else:
                sys.stdout.write(as_text(page))


def _add_prose(app: typer.Typer, told: Told) -> None:
    @app.command(name="prose")
    def prose_(
        call: Annotated[str, typer.Argument(help="A call's id, or last.")],
        keep: Annotated[bool, typer.Option("--keep", help="Keep it with the call.")] = False,
        kept: Annotated[
            bool, typer.Option("--kept", help="Show what is kept; no model is asked.")
        ] = False,
        forget: Annotated[
            bool, typer.Option("--forget", help="Delete what is kept; no model is asked.")
        ] = False,
        sent: Annotated[
            bool, typer.Option("--sent", help="Show all that a model would be told; send nothing.")
        ] = False,
        model: Annotated[
            str | None,
            typer.Option(
                help="Which model writes. [default: the setting prose_model]", show_default=False
            ),
        ] = None,
        wait: Annotated[
            float, typer.Option(min=1, max=86_400, help="Seconds an answer may take.")
        ] = WAIT_S,
        json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    ) -> None:
        """Have a language model on this machine write a summary in sentences; needs prose_url."""
        with told("Stopped. Nothing was kept."), Library.open(data_folder()) as library:
            if keep + kept + forget + sent > 1:
                raise ConfigError("--keep, --kept, --forget and --sent: one at a time.")
            number = library.resolve(call)
            if forget:
                forget_prose(library, number)
            elif kept:
                show_kept(library, number, as_json=json)
            else:
                options = ProseOptions(model, wait, keep=keep, send=not sent, as_json=json)
                show_prose(library, number, config.load(), options)


def _add_backup(app: typer.Typer, told: Told) -> None:
    @app.command(name="backup")
    def backup_(
        file: Annotated[Path, typer.Argument(help="Where to, such as calls.zip.")],
        replace: Annotated[
            bool, typer.Option("--replace", help="Write over a file that is there.")
        ] = False,
    ) -> None:
        """Put the whole library, words and sound, into one file."""
        with told("Stopped. There is no backup."):
            made = back_up(data_folder(), file, replace=replace)
            size = max(file.stat().st_size / 1e6, 0.1)
            typer.echo(
                f"{_several(made.calls, 'call')}, {made.recordings} with sound, are in {file} "
                f"({size:.1f} MB). Whoever has that file can read them: it is not encrypted."
            )
            left = len([j for j in journals(data_folder()) if not j.running])
            if left:
                typer.echo(
                    f"{_several(left, 'cut-off call')} not brought back yet: not in the backup. "
                    "thatsright recover brings them back.",
                    err=True,
                )

    @app.command(name="restore")
    def restore_(
        file: Annotated[Path, typer.Argument(help="A file that thatsright backup wrote.")],
        replace: Annotated[
            bool,
            typer.Option("--replace", help="In place of the calls that are there (kept beside)."),
        ] = False,
        check: Annotated[
            bool, typer.Option("--check", help="Only see whether the backup is whole.")
        ] = False,
    ) -> None:
        """Bring the library back from a backup, all of it or nothing."""
        with told("Stopped. The library is as it was."):
            data = data_folder()
            before = replaced_folders(data)
            found = restore(data, file, replace=replace, check=check)
            what = f"{_several(found.calls, 'call')}, {found.recordings} with sound"
            made = f"{found.made_at.astimezone():%Y-%m-%d %H:%M}"
            if check:
                typer.echo(f"{file} is whole: {what}, of {made}.")
                return
            typer.echo(f"Restored {what}, of {made}.")
            for folder in replaced_folders(data):
                if folder not in before:
                    typer.echo(
                        f"What was there is kept in {folder}. Delete that folder when you no "
                        "longer need it."
                    )


def _several(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
