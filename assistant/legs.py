"""Is what a leg hears worth anything: words for each second of detected speech. Pure."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from assistant.model import CallWarning, Speaker, SpeechDropped, SpeechOpened, Transcript

if TYPE_CHECKING:
    from assistant.model import Heard

LOOKED_AT_S: Final = 30.0
"""Detected speech of a leg that counts."""

ENOUGH_S: Final = 20.0
"""With less nothing is said: one can clear one's throat for a while."""

FEW: Final = 0.5
"""Words a second. People say two to three; who thinks aloud, one."""

WELL: Final = 1.0
"""From here on all is well again, and would be told again."""

_LEGS: Final = {
    Speaker.ME: ("Your microphone", "--mic"),
    Speaker.THEM: ("The other side", "--them"),
    Speaker.UNKNOWN: ("The microphone", "--mic"),
}


class WordRate:
    """All legs of a call."""

    def __init__(self) -> None:
        self._opened: dict[Speaker, float] = {}
        self._stretches: dict[Speaker, deque[tuple[float, int]]] = {}
        """Seconds and words of what was taken for speech."""
        self._told: set[Speaker] = set()

    def heard(self, heard: Heard) -> CallWarning | None:
        """Take what was heard; what the user should know of that leg, once."""
        match heard:
            case SpeechOpened(speaker, at_s):
                self._opened[speaker] = at_s
                return None
            case SpeechDropped(speaker, at_s):
                began_s = self._opened.pop(speaker, at_s)
                return self._stretch(speaker, at_s, at_s - began_s, 0)
            case Transcript(final=True):
                self._opened.pop(heard.speaker, None)
                length_s = heard.end_s - heard.start_s
                return self._stretch(heard.speaker, heard.end_s, length_s, len(heard.text.split()))
            case _:
                return None

    def per_s(self, speaker: Speaker) -> float | None:
        """Words a second of that leg's latest speech; None before there was enough."""
        stretches = self._stretches.get(speaker, ())
        speech_s = sum(length_s for length_s, _ in stretches)
        if speech_s < ENOUGH_S:
            return None
        return sum(words for _, words in stretches) / speech_s

    def _stretch(
        self, speaker: Speaker, at_s: float, length_s: float, words: int
    ) -> CallWarning | None:
        kept = self._stretches.setdefault(speaker, deque())
        kept.append((max(0.0, length_s), words))
        while sum(each for each, _ in kept) - kept[0][0] >= LOOKED_AT_S:
            kept.popleft()
        rate = self.per_s(speaker)
        if rate is None or speaker in self._told or rate >= FEW:
            if rate is not None and rate >= WELL:
                self._told.discard(speaker)
            return None
        self._told.add(speaker)
        leg, option = _LEGS[speaker]
        speech_s = sum(each for each, _ in kept)
        count = sum(each for _, each in kept)
        return CallWarning(
            f"{leg}: {speech_s:.0f} s of what sounds like speech gave {_words(count)}. Is it too "
            "quiet, distorted, music, or in another language than the settings say? Another "
            f"device is chosen with {option}.",
            at_s,
        )


def _words(count: int) -> str:
    if not count:
        return "no words"
    return f"{count} word" if count == 1 else f"{count} words"
