"""The measures of a finished call as CSV (RFC 4180). Pure. No words of the call are in it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from assistant.measure_book import DEFINITIONS
from assistant.measuring import measure_call

if TYPE_CHECKING:
    from assistant.model import FinishedCall

COLUMNS = ("started_at", "measure", "name", "value", "unit", "cases", "reference", "source")
"""What each line says; `value` is empty where the call gives no ground."""


def measures_csv(call: FinishedCall) -> str:
    """A line a measure, in the order of docs/measures.md; lines end as the standard says."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in measure_call(call).measured:
        book = DEFINITIONS[each.key]
        writer.writerow(
            (
                call.info.started_at.isoformat(),
                each.key,
                book.name,
                "" if each.value is None else round(each.value, 4),
                book.unit.value,
                each.cases,
                "" if book.reference_value is None else book.reference_value,
                book.reference,
            )
        )
    return out.getvalue()
