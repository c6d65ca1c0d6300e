"""What is odd about a recording, in plain sentences for the user. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from audio.sides import Sides

if TYPE_CHECKING:
    from pathlib import Path

    from audio.bleed import Bleeds
    from audio.decode import Damage, SoundFile

_SHORTFALL_S: Final = 0.5
_SHORTFALL_SHARE: Final = 0.01
"""A file that falls short of its word by more than both is broken off; less is padding."""


def track_notes(file: SoundFile) -> list[str]:
    """Of a file with several sound tracks."""
    if file.tracks == 1:
        return []
    note = (
        f"{file.path} has {file.tracks} sound tracks. The first one is heard. "
        "If the other speaker is on another track, export each as a file and give both."
    )
    return [note]


def sides_note(path: Path, sides: Sides) -> str:
    """Of two channels that do not carry two speakers."""
    what = {
        Sides.SAME: "Both sides of {path} carry the same sound",
        Sides.LEFT_SILENT: "The left side of {path} is silent",
        Sides.RIGHT_SILENT: "The right side of {path} is silent",
        Sides.BOTH_SILENT: "Both sides of {path} are silent",
    }[sides].format(path=path)
    return (
        f"{what}, so it is heard as one channel. If the call was recorded with a side per "
        "speaker, export it that way, or give two files."
    )


def bleed_note(path: str, bleeds: Bleeds) -> str:
    """Of sides that are faintly on each other's channel."""
    found = [
        f"{whose} ({-bleed.level_db:.0f} dB fainter)"
        for whose, bleed in (("they on yours", bleeds.in_mine), ("you on theirs", bleeds.in_theirs))
        if bleed is not None
    ]
    return (
        f"In {path} one side is faintly on the other's channel: {', '.join(found)}. It is taken "
        "out, so that nobody's words are taken for the other's."
    )


def damage_notes(file: SoundFile, damage: Damage) -> list[str]:
    """Of a file that could not be read as it should be."""
    notes = []
    if damage.not_numbers:
        notes.append(
            f"{file.path} has {damage.not_numbers} samples that are not numbers; they are silent. "
            "The program that wrote it is at fault: export it again as 16-bit."
        )
    read_s = damage.read_s
    promised_s = file.promised_s or 0.0
    expected_s = max(promised_s, read_s + damage.missing_s)
    lost = expected_s - read_s > max(_SHORTFALL_S, _SHORTFALL_SHARE * expected_s)
    if lost or damage.errors or file.breaks_off:
        notes.append(_damage_note(file, read_s, expected_s))
    return notes


def _damage_note(file: SoundFile, read_s: float, expected_s: float) -> str:
    again = "If there is another copy, copy or download it again."
    if expected_s - read_s < _SHORTFALL_S:
        if file.breaks_off:
            return f"{file.path} breaks off after {_clock(read_s)}, before its proper end. {again}"
        return f"{file.path} is damaged in places; {_clock(read_s)} of it could be read. {again}"
    return (
        f"Only {_clock(read_s)} of {_clock(expected_s)} of {file.path} could be read: it is "
        f"damaged or breaks off. What is missing in between is silent. {again}"
    )


def _clock(duration_s: float) -> str:
    """Minutes and seconds, with tenths: 3:07.5."""
    tenths = round(duration_s * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"
