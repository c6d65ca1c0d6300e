"""A finished call as subtitles, WebVTT and SubRip, with who speaks. Pure.

In WebVTT the speaker is a voice tag and text is escaped; SubRip has no escapes, so what a player
could take for markup there loses its brackets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.model import Speaker, Transcript
from assistant.report_words import SPEAKERS
from assistant.safetext import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.model import FinishedCall

_SHORTEST_MS = 1
_NO_MARKUP = str.maketrans({"<": "(", ">": ")", "{": "(", "}": ")"})


def vtt(call: FinishedCall) -> str:
    """The call as WebVTT (W3C), ending with a line end."""
    blocks = ["WEBVTT"]
    for number, each in enumerate(_said(call), 1):
        text = clean(each.text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        voice = f"<v {_who(call, each)}>"
        blocks.append(f"{number}\n{_span(each, '.')}\n{voice}{text}</v>")
    return "\n\n".join(blocks) + "\n"


def srt(call: FinishedCall) -> str:
    """The call as SubRip, ending with a line end."""
    blocks = []
    for number, each in enumerate(_said(call), 1):
        text = clean(each.text).translate(_NO_MARKUP)
        blocks.append(f"{number}\n{_span(each, ',')}\n{_who(call, each)}: {text}")
    return "\n\n".join(blocks) + "\n"


def _said(call: FinishedCall) -> Iterator[Transcript]:
    said = (e for e in call.events if isinstance(e, Transcript) and e.final and clean(e.text))
    yield from sorted(said, key=lambda each: (each.start_s, each.end_s))


def _who(call: FinishedCall, said: Transcript) -> str:
    """The speaker's name: of the other side as the user calls them, without marks."""
    if said.speaker is Speaker.THEM and call.info.counterpart:
        name = clean(call.info.counterpart).translate(_NO_MARKUP).replace("&", "and")
        return name or SPEAKERS[said.speaker]
    return SPEAKERS[said.speaker]


def _span(said: Transcript, point: str) -> str:
    start_ms = round(max(said.start_s, 0.0) * 1000)
    end_ms = max(round(said.end_s * 1000), start_ms + _SHORTEST_MS)
    return f"{_time(start_ms, point)} --> {_time(end_ms, point)}"


def _time(ms: int, point: str) -> str:
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{ms:03}"
