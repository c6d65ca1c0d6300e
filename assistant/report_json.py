"""A finished call as JSON, as docs/report.schema.json describes it. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from assistant.measure_book import DEFINITIONS
from assistant.measuring import measure_call
from assistant.model import SummaryReady
from assistant.wire import summary_dict, to_dict

if TYPE_CHECKING:
    from assistant.model import CallInfo, FinishedCall


def json_report(call: FinishedCall) -> str:
    """The call, its events as `--json` prints them (with words), its summary and measures."""
    more = measure_call(call)
    fields = {
        "call": _call(call.info),
        "events": [
            fields
            for each in call.events
            if not isinstance(each, SummaryReady)
            and (fields := to_dict(each, words=True)) is not None
        ],
        "summary": summary_dict(call.summary),
        "measures": [
            {
                "measure": each.key,
                "value": _rounded(each.value),
                "unit": DEFINITIONS[each.key].unit.value,
                "cases": each.cases,
            }
            for each in more.measured
        ],
        "followed": [
            {
                "signal": each.signal,
                "kind": each.kind.value,
                "at_s": _rounded(each.at_s),
                "quote": each.quote,
                "silence_s": _rounded(each.silence_s),
                "i_spoke_first": each.i_spoke_first,
                "reply": None if each.reply is None else each.reply.value,
                "reply_signal": each.reply_signal,
                "reply_quote": each.reply_quote,
            }
            for each in more.followed
        ],
        "understanding": [
            {
                "at_s": _rounded(each.at_s),
                "level": _rounded(each.level),
                "subject": each.subject,
                "understanding": each.understanding.value,
            }
            for each in more.curve
        ],
    }
    return json.dumps(fields, indent=2, allow_nan=False) + "\n"


def _call(info: CallInfo) -> dict[str, object]:
    return {
        "title": info.title,
        "path": info.path,
        "source": info.source.value,
        "model": info.model,
        "duration_s": None if info.duration_s is None else round(info.duration_s, 3),
        "started_at": info.started_at.isoformat(),
        "speakers": [each.value for each in info.speakers],
        "counterpart": info.counterpart,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4) + 0.0
