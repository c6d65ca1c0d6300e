"""Call time as people read it. Pure."""

from __future__ import annotations


def clock(at_s: float) -> str:
    """A moment or a length in whole seconds, fractions left off: `0:42`, `12:05`, `1:02:33`."""
    minutes, seconds = divmod(int(max(at_s, 0.0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
