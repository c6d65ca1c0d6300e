"""Finished calls and speech models as lines for a terminal, or as JSON. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from assistant.calltime import clock
from assistant.model import Outcome
from assistant.safetext import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from assistant.models import Listed
    from assistant.stored import StoredCall

OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.WORKING_TOGETHER: "working together",
    Outcome.UNDERSTOOD: "that's right",
    Outcome.WISHY_WASHY: "wishy-washy",
    Outcome.NOT_YET: "not yet",
}
"""What a call came to, in a line."""


def calls_table(calls: Iterable[StoredCall], *, searched: bool) -> Iterator[str]:
    """A line a call, and below a search hit the words around it."""
    rows = list(calls)
    if not rows:
        yield (
            "No call has these words.\n"
            if searched
            else "No calls yet. Play one: thatsright replay FILE\n"
        )
        return
    width = max(len(str(row.id)) for row in rows)
    for row in rows:
        started = row.started_at.astimezone().strftime("%Y-%m-%d %H:%M")
        outcome = OUTCOMES[row.outcome]
        yield (
            f"{row.id:>{width}}  {started}  {clock(row.duration_s):>7}  {outcome:<16}  "
            f"{clean(row.title)}\n"
        )
        if row.snippet:
            at = f"{clock(row.snippet_at_s)}  " if row.snippet_at_s is not None else ""
            yield f"{'':>{width}}  {at}{clean(row.snippet)}\n"


def json_lines(calls: Iterable[StoredCall]) -> Iterator[str]:
    """A JSON object a call."""
    for row in calls:
        fields: dict[str, object] = {
            "id": row.id,
            "started_at": row.started_at.isoformat(),
            "duration_s": row.duration_s,
            "title": row.title,
            "outcome": row.outcome.value,
            "source": row.source.value,
        }
        if row.snippet:
            fields["snippet"] = row.snippet
            fields["snippet_at_s"] = row.snippet_at_s
        yield json.dumps(fields) + "\n"


def models_table(models: Iterable[Listed]) -> Iterator[str]:
    """A line a model, and below it where it lies."""
    for model in models:
        yield f"{clean(model.name):<18} {clean(model.origin):<10} {clean(model.state)}\n"
        if model.folder is not None:
            yield f"{'':<18} {clean(str(model.folder))}\n"
