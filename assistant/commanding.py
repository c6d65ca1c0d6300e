"""What every command has around it: the application, sentences for faults, questions."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import typer

from assistant.errors import ThatsRightError
from assistant.offering import offer
from assistant.paths import data_folder
from assistant.safetext import clean
from assistant.streams import give_up_stdout

if TYPE_CHECKING:
    from collections.abc import Iterator

app = typer.Typer(
    name="thatsright",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

INTERRUPTED: Final = 130
WRONG_USAGE: Final = 2


@contextmanager
def told(stopped: str = "Stopped.") -> Iterator[None]:
    """Everything a user can cause ends in a sentence on stderr and an exit status."""
    try:
        yield
        sys.stdout.flush()
    except ThatsRightError as error:
        say_so(str(error))
        raise typer.Exit(error.exit_status) from None
    except (KeyboardInterrupt, typer.Abort):
        say_so(stopped)
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:  # as with `| head`: the reader has what it wanted
        give_up_stdout()
        raise typer.Exit(0) from None
    except OSError as error:
        give_up_stdout()
        what = "The output cannot be written" if error.filename is None else str(error.filename)
        say_so(f"{what}: {error.strerror}. Check the disk and the permissions, then try again.")
        raise typer.Exit(1) from None


def offer_cut_off() -> None:
    """What about calls that were cut off?"""
    offer(data_folder(), ask=is_watched())


@contextmanager
def offered() -> Iterator[None]:
    """Asked before the library is opened, as the answer may change what is in it."""
    offer_cut_off()
    yield


def is_terminal() -> bool:
    """Somebody is there to answer a question."""
    return sys.stdin.isatty()


def is_watched() -> bool:
    """Likewise, and no program waits for what is printed."""
    return is_terminal() and sys.stdout.isatty() and sys.stderr.isatty()


def say_so(message: str) -> None:
    """A line on stderr."""
    typer.echo(f"thatsright: {clean(message)}", err=True)
