"""The standard streams, when they are closed, full, or of an older alphabet."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from pathlib import Path


def give_streams() -> None:
    """Make sure that there are standard streams and that they take every character.

    Opened in this order, each gets its own number; otherwise a file opened later would get it, and
    with it what libraries print there.
    """
    nowhere = Path(os.devnull)
    sys.stdin = sys.stdin or nowhere.open(encoding="utf-8")
    sys.stdout = sys.stdout or nowhere.open("w", encoding="utf-8")
    sys.stderr = sys.stderr or nowhere.open("w", encoding="utf-8")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def give_up_stdout() -> None:
    """Nobody takes what is still buffered: keep Python from trying again at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError, ValueError):  # a stream that is no file
        os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
