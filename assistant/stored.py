"""A call as a list of calls shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from assistant.model import Outcome, Source


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call in a list of calls."""

    id: int
    started_at: datetime
    """Wall time, UTC."""
    duration_s: float
    title: str
    path: str
    source: Source
    model: str | None
    outcome: Outcome
    talk_share_me: float | None
    """0..1; None when speakers were not told apart or nobody spoke."""
    utterances: int
    thats_right: int
    youre_right: int
    snippet: str = ""
    """The words around the search hit; empty when nothing was searched for."""
    snippet_at_s: float | None = None
    """When they were said; None when nothing was searched for or the title was hit."""
    counterpart: str = ""
    """Whom it was with, as the user says; empty when they did not say."""
    tags: tuple[str, ...] = ()
    """What the user files it under, in their order."""


@dataclass(frozen=True, slots=True)
class FiledCall:
    """What a list of calls is narrowed to."""

    id: int
    started_at: datetime
    """Wall time, UTC."""
    outcome: Outcome
    counterpart: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallChange:
    """What the user calls a call. None leaves a thing as it is."""

    title: str | None = None
    counterpart: str | None = None
    tags: tuple[str, ...] | None = None
