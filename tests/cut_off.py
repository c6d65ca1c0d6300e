"""Calls left behind as by a program that was killed; shared by tests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scripted import info, played, session
from talk import spoken

from assistant.feeds import TranscriptFeed
from assistant.journal import Journal
from assistant.model import Source, Speaker
from assistant.store import Library
from audio.record import Recorder
from audio.types import RATE_HZ, Block

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.model import FinishedCall

LIVE = replace(info(Source.LIVE), title="Live call with a harbour")
TALK = (
    "m: It sounds like you need the parts by May, or the whole line stands.",
    "t: That's right.",
    "m: So the harbour is closed in April.",
    "t: Exactly.",
)


def cut_off(data: Path, *turns: str, sound: bool = False) -> str:
    """Leaves a call behind as a program that was killed does; its journal's id."""
    made = session(TranscriptFeed(spoken(*(turns or TALK))))
    journal = Journal.start(data, LIVE)
    made.keep_with(journal)
    if sound:
        recorder = Recorder(journal.sound)
        for speaker in (Speaker.ME, Speaker.THEM):
            recorder.push(Block(speaker, 0, np.full(RATE_HZ, 0.1, np.float32)))
    assert played(made)[1] is not None
    journal.release()
    return journal.id


def kept(data: Path) -> list[FinishedCall]:
    with Library.open(data) as library:
        return [library.load(call.id) for call in library.calls()]
