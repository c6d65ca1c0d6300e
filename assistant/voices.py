"""How lively they sound, each against what is usual for that speaker in this call. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audio.prosody import Baseline, enthusiasm

if TYPE_CHECKING:
    from audio.prosody import Prosody
    from audio.types import Speaker


class Voices:
    """One call's speakers. An utterance is held against those before it, then joins them."""

    def __init__(self) -> None:
        self._usual: dict[Speaker, Baseline] = {}

    def heard(self, speaker: Speaker, prosody: Prosody | None) -> float | None:
        """0..1, 0.5 as usual for the speaker; None before there is a baseline, or without voice."""
        if prosody is None:
            return None
        usual = self._usual.get(speaker, Baseline())
        self._usual[speaker] = usual.with_(prosody)
        lively = enthusiasm(prosody, usual)
        return None if lively is None else round(lively, 3)
