"""The commands that bring calls into the library, mend what is in it, and keep it safe."""

# ruff: noqa: FBT002, PLR0913, PLR0917, TC003 - typer makes an option of each parameter, and reads
# the annotations at run time

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from assistant import config
from assistant.importing import Import, ImportOptions

Told = Callable[..., AbstractContextManager[None]]
"""Turns what a user can cause into a sentence on stderr and an exit status."""


def add_to(app: typer.Typer, told: Told) -> None:
    """Add the commands."""

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
        model: Annotated[
            str | None,
            typer.Option(help="Speech model: a folder, or a name such as base or tiny.en."),
        ] = None,
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
