"""One thing said, as a transcript file has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LONGEST_S: Final = 24 * 3600.0
"""No call lasts longer than a day; a time beyond it is in milliseconds, or no time at all."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Something said, before it is known who is me."""

    name: str | None
    """The speaker as the file names them; None where it does not say."""
    text: str
    start_s: float | None = None
    """None where the file does not say."""
    end_s: float | None = None
    """Likewise."""


class NoFitError(Exception):
    """A file that does not fit: which line (None for the whole), and what is wrong with it."""

    def __init__(self, line: int | None, problem: str) -> None:
        super().__init__(problem)
        self.line = line
        self.problem = problem
        """The rest of the sentence, never with words of the call."""
