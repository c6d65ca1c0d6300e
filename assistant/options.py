"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

Lines: TypeAlias = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Events: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print events, one JSON object a line.")
]
Words: TypeAlias = Annotated[
    bool, typer.Option("--words", help="With --json: every word with its time.")
]
Plain: TypeAlias = Annotated[
    bool, typer.Option("--plain", help="Lines of text, as a screen reader reads them.")
]
NoSave: TypeAlias = Annotated[bool, typer.Option("--no-save", help="Leave the library alone.")]
Model: TypeAlias = Annotated[
    str | None, typer.Option(help="Speech model: a folder, or a name such as base or tiny.en.")
]
Terms: TypeAlias = Annotated[
    str | None,
    typer.Option(help="A file with names and terms of this deal, one a line: heard better."),
]
Counterpart: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--with",
        help="Who the other side is; b on the screen shows the page before the call.",
        show_default=False,
    ),
]
