"""Entry point of the `thatsright` command: what holds before, around and after every command.

The commands themselves are in `assistant.commands`, imported late: until then half a second
passes, in which Ctrl-C should end the program without a trace too.
"""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NoReturn

from assistant.streams import give_streams, give_up_stdout

if TYPE_CHECKING:
    from types import FrameType

BY_SIGNAL: Final = 128
"""Exit status of a program ended by a signal, less the signal's number: 130 for Ctrl-C."""


class _EndedError(BaseException):
    """The process was told to end; like Ctrl-C, no handler of ordinary errors may take it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def main() -> None:
    """Run the command that was typed, and exit with its status."""
    try:
        give_streams()
        _heed_signals()
        from assistant.commands import app  # noqa: PLC0415 - slow, see above

        app()
    except KeyboardInterrupt:
        _stop(signal.SIGINT, "Stopped.")
    except _EndedError as ended:
        name = signal.Signals(ended.number).name
        _stop(ended.number, f"Stopped by {name}. Nothing unfinished was saved.")
    except OSError as error:  # of help; the commands tell of theirs
        give_up_stdout()
        _stop(1 - BY_SIGNAL, f"The output could not be written: {error.strerror}.")


def _stop(number: int, message: str) -> NoReturn:
    with suppress(OSError):  # the terminal may be gone
        sys.stderr.write(f"thatsright: {message}\n")
        sys.stderr.flush()
    sys.exit(BY_SIGNAL + number)


def _heed_signals() -> None:
    """SIGTERM and a closed terminal end the program like Ctrl-C does: in order."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup and parents decide otherwise
            signal.signal(number, _end)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    raise _EndedError(number)
