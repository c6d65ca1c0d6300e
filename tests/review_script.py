"""A finished call for the tests of the review: what the library would give, without a library."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tui_script import FIRST_HALF, INFO, SECOND_HALF, SUMMARY

from assistant.model import (
    FinishedCall,
    Note,
    Outcome,
    Source,
    SpeechDropped,
    SpeechOpened,
    SummaryReady,
    Transcript,
)
from assistant.stored import StoredCall
from tui.review_app import ReviewApp
from tui.screens.review import ReviewScreen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.pilot import Pilot

    from assistant.errors import ThatsRightError


def kept(*events: object) -> tuple[object, ...]:
    """What the library keeps of events."""
    passing = (SpeechOpened, SpeechDropped, SummaryReady)
    return tuple(
        e
        for e in events
        if not isinstance(e, passing) and not (isinstance(e, Transcript) and not e.final)
    )


BETTER = replace(
    SUMMARY,
    moments=(
        replace(
            SUMMARY.moments[0],
            better="“It seems like something about the penalties is still open.”",
            they_went_on="It is not the money.",
        ),
        *SUMMARY.moments[1:],
    ),
)
CALL = FinishedCall(INFO, kept(*FIRST_HALF, *SECOND_HALF), BETTER)


def stored(number: int, day: int, outcome: Outcome, share: float | None) -> StoredCall:
    """A call as the list has it."""
    return StoredCall(
        id=number,
        started_at=datetime(2024, 5, day, 7, 8, 9, tzinfo=UTC),
        duration_s=151.0,
        title="delivery",
        path="calls/delivery.ogg",
        source=Source.AUDIO,
        model="base",
        outcome=outcome,
        talk_share_me=share,
        utterances=9,
        thats_right=1,
        youre_right=1,
        counterpart="Ms Iyer",
    )


EARLIER = (
    stored(7, 6, Outcome.WORKING_TOGETHER, 0.433),
    stored(3, 2, Outcome.WISHY_WASHY, 0.61),
    stored(2, 1, Outcome.NOT_YET, None),
)


class Heard:
    """A recording: what was asked of it."""

    def __init__(self, trouble: str = "") -> None:
        self.trouble = trouble
        self.played: list[tuple[float, float | None]] = []
        self.stopped = 0

    def play(self, from_s: float, to_s: float | None = None) -> None:
        self.played.append((from_s, to_s))

    def stop(self) -> None:
        self.stopped += 1


@dataclass
class Kept:
    """One call, as the library would give it."""

    call: FinishedCall = CALL
    error: ThatsRightError | None = None
    """Raised by whatever is asked."""
    sound: Heard | None = None
    before: tuple[StoredCall, ...] = EARLIER
    exported: list[str] = field(default_factory=list)

    def load(self, call_id: int) -> FinishedCall:
        assert call_id == 7
        if self.error is not None:
            raise self.error
        return self.call

    def earlier(self, call_id: int) -> tuple[StoredCall, ...]:
        assert call_id == 7
        return self.before

    def add_note(self, call_id: int, note: Note) -> None:
        assert call_id == 7
        if self.error is not None:
            raise self.error
        self.call = replace(self.call, events=(*self.call.events, note))

    def export(self, call_id: int, form: str) -> Path:
        assert call_id == 7
        if self.error is not None:
            raise self.error
        self.exported.append(form)
        return Path(f"delivery.{form}")

    def sound_of(self, call_id: int) -> Heard | None:
        assert call_id == 7
        return self.sound


@asynccontextmanager
async def reviewing(
    kept_call: Kept, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[ReviewApp, Pilot[None]]]:
    """The review of it, once it was read."""
    app = ReviewApp(kept_call, 7)
    async with app.run_test(size=size) as pilot:
        await done(app, pilot)
        yield app, pilot


async def done(app: ReviewApp, pilot: Pilot[None]) -> None:
    """Return when all that was asked of the library is on the screen."""
    await asyncio.sleep(0)
    await app.workers.wait_for_complete()
    await pilot.pause()
    await app.workers.wait_for_complete()  # reading it again, after a note
    await pilot.pause()
    assert isinstance(app.screen_stack[0], ReviewScreen)
