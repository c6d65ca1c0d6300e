"""When a meeting began, from the name its program gave the file. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

_ZOOM: Final = re.compile(r"\bGMT(\d{8})-(\d{6})")
"""GMT20260304-140322_Recording.transcript.vtt"""
_MEET: Final = re.compile(
    r"\((\d{4}-\d\d-\d\d) (\d\d)[:_](\d\d) GMT([+-]\d{1,2})?(?:[:_](\d\d))?\)"
)
"""Call with Ben (2026-03-04 14:00 GMT+1) - Transcript.txt"""
_TEAMS: Final = re.compile(r"-(\d{8})_(\d{6})(?:UTC)?-Meeting")
"""Call with Ben-20260304_140002-Meeting Recording.vtt; with UTC since 2022."""


def date_in(name: str) -> datetime | None:
    """The start in UTC, or None when the name does not say.

    Teams names files by the clock of who recorded, which is taken for UTC: off by some hours.
    """
    try:
        for pattern in (_ZOOM, _TEAMS):
            match = pattern.search(name)
            if match:
                return datetime.strptime("".join(match.groups()), "%Y%m%d%H%M%S").replace(
                    tzinfo=UTC
                )
        match = _MEET.search(name)
        if match:
            day, hours, minutes, zone, _ = match.groups()
            east = timezone(timedelta(hours=int(zone or 0)))
            at = datetime.fromisoformat(f"{day}T{hours}:{minutes}:00")
            return at.replace(tzinfo=east).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    return None
