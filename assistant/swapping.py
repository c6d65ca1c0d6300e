"""A call whose speakers were taken for each other, understood anew. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from assistant.anew import understood
from assistant.errors import ThatsRightError
from assistant.model import CallWarning, FinishedCall, Note, Speaker, Transcript
from assistant.summary import summarise

if TYPE_CHECKING:
    from assistant.phrases import PhraseBook

_OTHER: Final = {Speaker.ME: Speaker.THEM, Speaker.THEM: Speaker.ME}

SWAPPED: Final = "You and they were swapped in this call, and everything in it was understood anew."


def swapped(call: FinishedCall, book: PhraseBook) -> FinishedCall:
    """The same words, each the other's; signals, prompts, states and summary follow from them.

    Raises:
        ThatsRightError: who spoke is not known in this call.
    """
    said = [e for e in call.events if isinstance(e, Transcript)]
    if not any(e.speaker in _OTHER for e in said):
        raise ThatsRightError(
            "Who spoke is not known in this call, so there is nobody to swap. Nothing was changed."
        )
    others = [replace(e, speaker=_OTHER.get(e.speaker, e.speaker)) for e in said]
    before = [e for e in call.events if isinstance(e, CallWarning | Note)]
    kept = [e for e in before if isinstance(e, Note) or e.message != SWAPPED]
    # Swapped twice is as it was.
    note = [CallWarning(SWAPPED, 0.0)] if len(kept) == len(before) else []
    events = understood(others, [*note, *kept], book)
    return FinishedCall(call.info, events, summarise(call.info, events))
