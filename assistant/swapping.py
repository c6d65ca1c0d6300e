"""A call whose speakers were taken for each other, understood anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from assistant.errors import ThatsRightError
from assistant.feeds import TranscriptFeed
from assistant.model import CallWarning, Speaker, Transcript
from assistant.runtime import MAX_SPEED, CallSession, Recognisers

if TYPE_CHECKING:
    from assistant.asr import Recogniser
    from assistant.model import FinishedCall
    from assistant.phrases import PhraseBook

_OTHER: Final = {Speaker.ME: Speaker.THEM, Speaker.THEM: Speaker.ME}

SWAPPED: Final = "You and they were swapped in this call, and everything in it was understood anew."


def swapped(call: FinishedCall, book: PhraseBook) -> FinishedCall:
    """The same words, each the other's; signals, prompts, states and summary follow from them.

    Raises:
        ThatsRightError: who spoke is not known in this call.
    """
    said = [
        replace(e, speaker=_OTHER.get(e.speaker, e.speaker))
        for e in call.events
        if isinstance(e, Transcript)
    ]
    if not any(e.speaker in _OTHER for e in said):
        raise ThatsRightError(
            "Who spoke is not known in this call, so there is nobody to swap. Nothing was changed."
        )
    said.sort(key=lambda e: (e.start_s, e.end_s))
    session = CallSession(call.info, TranscriptFeed(said), Recognisers(_no_recogniser), book)
    session.playback.set_speed(MAX_SPEED)
    found = session.run(lambda _: None)
    if found is None:
        raise RuntimeError("a call that nobody stops was stopped")
    before = [e for e in call.events if isinstance(e, CallWarning)]
    kept = [e for e in before if e.message != SWAPPED]
    # Swapped twice is as it was.
    note = [CallWarning(SWAPPED, 0.0)] if len(kept) == len(before) else []
    told = [e for e in found.events if not isinstance(e, CallWarning)]
    return replace(found, events=(*note, *kept, *told))


def _no_recogniser() -> Recogniser:
    raise RuntimeError("words need no recogniser")
