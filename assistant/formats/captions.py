"""WebVTT, SubRip and SubViewer, and what meeting programs make of them. Pure.

Own code, not a library: of those there are, none names the line that does not fit.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from assistant.formats.cue import LONGEST_S, Cue, NoFitError
from assistant.safetext import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TIME: Final = r"(?:(\d{1,9}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,7})"
_CUE: Final = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?$")
_SBV: Final = re.compile(rf"^\s*{_TIME}\s*,\s*{_TIME}\s*$")
_VOICE: Final = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>]+)>", re.IGNORECASE)
_NAMED: Final = re.compile(r"^(?:>>\s*)?([^\W\d][\w .'’()/,&-]{0,60}?)\s*:\s+(?=\S)")
_IN_BRACKETS: Final = re.compile(r"^\(([^\W\d][\w .'’-]{0,60})\)\s*")
_TAG: Final = re.compile(r"</?[a-z][^<>]*>|<\d[\d:.]*>", re.IGNORECASE)
_NUMBER: Final = re.compile(r"^\s*\d+\s*$")

JOINED_S: Final = 1.0
"""A sentence goes on in the next subtitle of the same speaker when that comes within this."""
JOINED_LENGTH_S: Final = 20.0
"""Longer than this nothing is joined."""
_ENDS: Final = (".", "?", "!", "…", '"', "”", "-", "–")


@dataclass(frozen=True, slots=True)
class _Block:
    """A time, and the lines below it."""

    start_s: float
    end_s: float
    lines: tuple[str, ...]
    numbered: bool


def is_captions(lines: Sequence[str]) -> bool:
    """True for lines that have a caption's time among them."""
    return any(_CUE.match(line) or _SBV.match(line) for line in lines)


def read_captions(lines: Sequence[str]) -> tuple[Cue, ...]:
    """The cues, in time order, each with both times; those without words are left out.

    Raises:
        NoFitError: a time does not fit, or there is no subtitle.
    """
    blocks = list(_blocks(lines))
    if not blocks:
        raise NoFitError(None, "has no subtitle in it. Check that it is the right file.")
    if lines[0].startswith("WEBVTT") or not _name_above(blocks):
        cues = [cue for block in blocks for cue in _said(block, " ".join(block.lines))]
    else:
        cues = [
            Cue(_bare(name), clean(" ".join(said)), block.start_s, block.end_s)
            for block in blocks
            for name, *said in [block.lines]
        ]
    ordered = sorted((c for c in cues if c.text), key=lambda c: c.start_s or 0.0)
    if not any(c.name for c in ordered):
        ordered = _named(ordered)
    return tuple(_joined(ordered))


def _blocks(lines: Sequence[str]) -> Iterator[_Block]:
    index = 0
    while index < len(lines):
        match = _CUE.match(lines[index]) or _SBV.match(lines[index])
        index += 1
        if match is None:
            if "-->" in lines[index - 1]:
                raise NoFitError(
                    index, "not a time like 00:01:02.500 --> 00:01:04.000. Nothing was saved."
                )
            continue
        start_s, end_s = _stamp(match.groups()[:4]), _stamp(match.groups()[4:])
        if end_s > LONGEST_S:
            raise NoFitError(
                index,
                "after more than a day. No call is that long; export the transcript again. "
                "Nothing was saved.",
            )
        if end_s < start_s:
            raise NoFitError(index, "ends before it starts. Nothing was saved.")
        text: list[str] = []
        numbered = index > 1 and _NUMBER.match(lines[index - 2]) is not None
        while index < len(lines) and lines[index].strip() and not is_captions([lines[index]]):
            if "-->" in lines[index]:
                break
            text.append(lines[index])
            index += 1
        yield _Block(start_s, end_s, tuple(text), numbered)


def _stamp(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole + round(float(f"0.{fraction or 0}"), 3)


def _name_above(blocks: Sequence[_Block]) -> bool:
    """True where the first line of each block is a name, as in Word files of Teams."""
    if any(block.numbered or len(block.lines) < 2 for block in blocks):  # noqa: PLR2004
        return False
    names = {clean(block.lines[0]) for block in blocks}
    return len(names) <= max(2, len(blocks) // 2) and not any(n.endswith(_ENDS) for n in names)


def _bare(name: str) -> str:
    """Google Meet puts names in brackets."""
    plain = clean(name)
    return plain[1:-1] if plain.startswith("(") and plain.endswith(")") else plain.rstrip(":")


def _said(block: _Block, text: str) -> Iterator[Cue]:
    """What one subtitle says; more than one cue when it has several `<v NAME>`."""
    before, *voices = _VOICE.split(text)
    names = (None, *voices[::2])
    for name, said in zip(names, (before, *voices[1::2]), strict=True):
        plain = clean(html.unescape(_TAG.sub("", said)))
        if plain:
            named = clean(html.unescape(name)) if name else None
            yield Cue(named or None, plain, block.start_s, block.end_s)


def _named(cues: list[Cue]) -> list[Cue]:
    """Cues that begin with "NAME:" or "(NAME)", where most do: in others a colon is a colon."""
    for pattern in (_NAMED, _IN_BRACKETS):
        matches = [pattern.match(c.text) for c in cues]
        if 2 * sum(m is not None for m in matches) > len(cues):
            named = [
                replace(c, name=m.group(1).strip(), text=c.text[m.end() :].strip()) if m else c
                for c, m in zip(cues, matches, strict=True)
            ]
            return _passed_on(named)
    return cues


def _passed_on(cues: list[Cue]) -> list[Cue]:
    """A cue of nothing but a name says who speaks next."""
    name, kept = None, []
    for cue in cues:
        name = cue.name or name
        if cue.text:
            kept.append(replace(cue, name=name))
    return kept


def _joined(cues: list[Cue]) -> Iterator[Cue]:
    """Sentences that a program cut into subtitles, whole again."""
    held: Cue | None = None
    for cue in cues:
        if held is not None and _goes_on(held, cue):
            held = replace(held, text=f"{held.text} {cue.text}", end_s=cue.end_s)
            continue
        if held is not None:
            yield held
        held = cue
    if held is not None:
        yield held


def _goes_on(held: Cue, cue: Cue) -> bool:
    if held.name is None or held.name != cue.name or held.text.endswith(_ENDS):
        return False
    started_s, ended_s = held.start_s or 0.0, held.end_s or 0.0
    begins_s, ends_s = cue.start_s or 0.0, cue.end_s or 0.0
    return ended_s <= begins_s <= ended_s + JOINED_S and ends_s - started_s <= JOINED_LENGTH_S
