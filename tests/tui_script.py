"""A scripted call for the tests of the screen: events by the clock of the playback, no sound."""

from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING

import pytest

from assistant.model import (
    CallInfo,
    CallStarted,
    CallSummary,
    CallWarning,
    FinishedCall,
    Moment,
    Outcome,
    Prompt,
    PromptKind,
    Signal,
    SignalCount,
    SignalKind,
    Source,
    Speaker,
    SpeakerMeasures,
    SpeechDropped,
    SpeechOpened,
    StateChanged,
    SubjectState,
    SummaryReady,
    Transcript,
    Understanding,
)
from assistant.runtime import MAX_SPEED, LegState, Playback
from tui.app import CallApp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from textual.pilot import Pilot

    from assistant.model import ByHand, Event

INFO = CallInfo(
    title="delivery",
    path="calls/delivery.ogg",
    source=Source.AUDIO,
    model="base",
    duration_s=151.0,
    started_at=datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
    speakers=(Speaker.ME, Speaker.THEM),
)

ME, THEM = Speaker.ME, Speaker.THEM

SIZES = [(40, 12), (80, 24), (160, 50)]
"""A screen beside the call, a terminal, and all of a screen."""

DARK, LIGHT = "thatsright-dark", "thatsright-light"
PICTURED = [
    pytest.param((40, 12), DARK, id="40x12"),
    pytest.param((80, 24), DARK, id="80x24"),
    pytest.param((80, 24), LIGHT, id="80x24-light"),
    pytest.param((160, 50), DARK, id="160x50"),
]
"""Sizes and looks that pictures are taken in."""

NASTY = [
    "[red]x[/red] [@click=app.quit]y[/]",
    "a\x1b[31mb",
    "a\x9b2Jb",
    "a\u202eb",
    "a\x1b]0;title\x07b",
    "a\r\n\tb",
]
"""Texts that would act on a terminal, or be read as markup."""


def driven(scenario: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """A test that runs in an event loop."""

    @wraps(scenario)
    def test(*args: object, **kwargs: object) -> None:
        asyncio.run(scenario(*args, **kwargs))

    return test


def said(speaker: Speaker, start_s: float, end_s: float, text: str) -> tuple[Event, ...]:
    """Somebody opens their mouth, and what came out."""
    return SpeechOpened(speaker, start_s), Transcript(speaker, start_s, end_s, text)


@dataclass(frozen=True, slots=True)
class Mark:
    """Where and with what confidence a signal of the script was heard."""

    id: int
    start_s: float
    end_s: float

    def of(self, kind: SignalKind, speaker: Speaker, quote: str, **more: int) -> Signal:
        """The signal itself; `more` may name the one it revises."""
        return Signal(
            id=self.id,
            kind=kind,
            speaker=speaker,
            at_s=self.end_s,
            start_s=self.start_s,
            end_s=self.end_s,
            confidence=0.9,
            quote=quote,
            rule="script",
            revises=more.get("revises"),
        )


SUMMARY = CallSummary(
    outcome=Outcome.WORKING_TOGETHER,
    headline="They heard themselves in your summary and laid out the next step.",
    duration_s=151.0,
    measures=(
        SpeakerMeasures(ME, 52.0, 140, 9, 14.2, 4),
        SpeakerMeasures(THEM, 68.0, 190, 9, 21.0, 1),
    ),
    talk_share_me=0.433,
    signals=(SignalCount(SignalKind.YOURE_RIGHT, 1), SignalCount(SignalKind.THATS_RIGHT, 1)),
    subjects=(
        SubjectState("the delivery date", Understanding.WORKING_TOGETHER, 101.0),
        SubjectState("penalties", Understanding.WISHY_WASHY, 44.0),
    ),
    first_thats_right_s=80.0,
    moments=(
        Moment(
            at_s=44.0,
            signal=2,
            kind=SignalKind.YOURE_RIGHT,
            quote="Yeah, no, you're right.",
            i_said="So the penalty clause covers you if we slip.",
            note="They closed the subject. A label would have opened it again.",
        ),
        Moment(
            at_s=80.0,
            signal=4,
            kind=SignalKind.THATS_RIGHT,
            quote="That's right. That's exactly it.",
            i_said="It sounds like a late truck costs you the whole line, and nobody sees it.",
            note="A real one: you said their cost in their words, then kept quiet.",
        ),
        Moment(
            at_s=101.0,
            signal=5,
            kind=SignalKind.OFFER,
            quote="What if we take half on the ninth?",
            i_said="",
            note="They began to do the work. You let them.",
        ),
    ),
    prompts_shown=3,
    prompts_used=2,
    practise="After “you're right”, label what is missing before you go on.",
)

FIRST_HALF: tuple[Event, ...] = (
    CallStarted(INFO),
    *said(ME, 1.0, 5.0, "Thanks for making the time. Where does this stand on your side?"),
    SpeechOpened(THEM, 5.5),
    Transcript(THEM, 5.5, 8.0, "Well, the delivery date is the", final=False),
    Transcript(
        THEM,
        5.5,
        15.5,
        "Well, the delivery date is the thing. If the truck is late, the whole line stops, "
        "and I am the one who explains it.",
    ),
    StateChanged("the delivery date", Understanding.UNHEARD, 15.5),
    SpeechOpened(ME, 16.0),
    SpeechDropped(ME, 17.0),
    *said(THEM, 18.0, 24.0, "And then there are the penalties, which nobody here likes."),
    StateChanged("penalties", Understanding.UNHEARD, 24.0),
    *said(
        ME, 25.0, 39.0, "So the penalty clause covers you if we slip, and you get paid either way."
    ),
    Mark(1, 25.0, 39.0).of(SignalKind.SUMMARY, ME, "So the penalty clause covers you if we slip"),
    StateChanged("penalties", Understanding.SUMMARISED, 39.0),
    *said(THEM, 40.0, 44.0, "Yeah, no, you're right. I guess it does."),
    Mark(2, 40.0, 44.0).of(SignalKind.YOURE_RIGHT, THEM, "you're right"),
    StateChanged("penalties", Understanding.WISHY_WASHY, 44.0),
    Prompt(
        id=1,
        kind=PromptKind.LABEL,
        say="It seems like there's something about the penalties that I missed.",
        why="They ended the subject. They did not agree.",
        signal=2,
        at_s=44.0,
        expires_s=60.0,
    ),
    SpeechOpened(THEM, 46.0),
)

SECOND_HALF: tuple[Event, ...] = (
    *said(THEM, 46.0, 58.0, "It is not the money, it is that I hear about it a day too late."),
    *said(
        ME,
        62.0,
        77.0,
        "It sounds like a late truck costs you the whole line, and nobody upstairs sees it.",
    ),
    Mark(3, 62.0, 77.0).of(SignalKind.LABEL, ME, "It sounds like a late truck"),
    *said(THEM, 78.0, 80.0, "That's right. That's exactly it."),
    Mark(4, 78.0, 80.0).of(SignalKind.THATS_RIGHT, THEM, "That's exactly it"),
    StateChanged("the delivery date", Understanding.CONFIRMED, 80.0),
    Prompt(2, PromptKind.SILENCE, "Stop. Let them go on.", "That was a real one.", 4, 80.0, 90.0),
    *said(THEM, 92.0, 101.0, "What if we take half on the ninth, and the rest when you can?"),
    Mark(5, 92.0, 101.0).of(SignalKind.OFFER, THEM, "What if we take half on the ninth"),
    StateChanged("the delivery date", Understanding.WORKING_TOGETHER, 101.0),
    SummaryReady(SUMMARY),
)

WARNING = CallWarning("Both channels carry the same sound, so speakers may be mixed up.", 30.0)

PAUSED_AT_S = 47.0


def at_of(event: Event) -> float:
    """Call time at which an event is told."""
    if isinstance(event, Transcript):
        return event.end_s if event.final else event.start_s
    if isinstance(event, CallStarted):
        return 0.0
    if isinstance(event, SummaryReady):
        return event.summary.duration_s
    return event.at_s


@dataclass
class ScriptedSession:
    """Plays events by the playback's clock; holds where it is told to."""

    events: Iterable[Event]
    info: CallInfo = INFO
    playback: Playback = field(default_factory=lambda: Playback(MAX_SPEED))
    error: Exception | None = None
    """Raised after the events instead of finishing."""
    summary: CallSummary = SUMMARY
    returned: bool = False
    held: threading.Event = field(default_factory=threading.Event)
    """Set when the playback stands still: by `Hold`, at the end of a step, at the very end."""
    legs: tuple[LegState, ...] = ()
    off_record: bool = False
    one_microphone: bool = False
    claimed: bool = False
    swapped: int = 0
    by_hands: list[ByHand] = field(default_factory=list)
    """What the user did, in order."""
    _sink: Callable[[Event], None] | None = None

    def by_hand(self, event: ByHand) -> None:
        """Told at once: nothing else is under way while the script stands still."""
        self.by_hands.append(event)
        assert self._sink is not None
        self._sink(event)

    def swap_sides(self) -> None:
        self.swapped += 1

    def i_speak(self, *, on: bool) -> None:
        self.claimed = on

    def go_off_record(self, *, on: bool) -> None:
        self.off_record = on

    def run(self, sink: Callable[[Event], None]) -> FinishedCall | None:
        """As the protocol says."""
        try:
            return self._play(sink)
        finally:
            self.returned = True
            self.held.set()

    def _play(self, sink: Callable[[Event], None]) -> FinishedCall | None:
        told: list[Event] = []
        self._sink = sink
        for event in self.events:
            if isinstance(event, Hold):
                self._hold(event)
                continue
            if not self.playback.wait_until(at_of(event)):
                if self.playback.finishing and not self.playback.stopped:
                    sink(SummaryReady(self.summary))
                    break
                return None
            sink(event)
            told.append(event)
            if isinstance(event, Transcript) and event.final:
                self.playback.said()
                if self.playback.paused:
                    self.held.set()
        if self.error is not None:
            raise self.error
        return FinishedCall(self.info, tuple(told), self.summary)

    def _hold(self, hold: Hold) -> None:
        self.playback.wait_until(hold.at_s)
        self.playback.pause()
        if hold.speed is not None:
            self.playback.set_speed(hold.speed)
        self.held.set()


@dataclass(frozen=True, slots=True)
class Hold:
    """In a script: pause here (the user's own key would), at this speed from now on."""

    at_s: float
    speed: float | None = None


@asynccontextmanager
async def playing(
    session: ScriptedSession,
    save: Callable[[FinishedCall], str | None] = lambda _: "7",
    size: tuple[int, int] = (80, 24),
) -> AsyncIterator[tuple[CallApp, Pilot[FinishedCall | None]]]:
    """The application with the session in it, running until it holds or ends."""
    app = CallApp(session, save)
    async with app.run_test(size=size) as pilot:
        await standing(session, app, pilot)
        yield app, pilot


async def standing(session: ScriptedSession, app: CallApp, pilot: Pilot[object]) -> None:
    """Return when the session holds or has ended and the screen has taken in what it told."""
    assert await asyncio.to_thread(session.held.wait, 60)
    session.held.clear()
    if session.returned:
        await app.workers.wait_for_complete()
    await pilot.pause()
    app.screen._poll()  # the clock, without waiting for its timer
    await pilot.pause()


def shown(app: CallApp) -> str:
    """What stands on the screen, a line a row."""
    rows = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in row) for row in rows)


def footer(app: object) -> str:
    """The last line that is shown."""
    return shown(app).splitlines()[-1]


def long_call(count: int) -> tuple[Event, ...]:
    """A call in which they say a line every two seconds."""
    lines = [e for i in range(count) for e in said(THEM, i * 2.0, i * 2.0 + 1.5, f"Line {i}.")]
    return (CallStarted(INFO), *lines)


def half_played() -> ScriptedSession:
    """Stands still in the middle, with a prompt on the screen."""
    return ScriptedSession((*FIRST_HALF, Hold(PAUSED_AT_S, 1.0), *SECOND_HALF))


def with_text(text: str) -> tuple[Event, ...]:
    """A call in which every text that comes from it is `text`."""
    return (
        CallStarted(replace(INFO, title=text, path=text)),
        Transcript(THEM, 0.5, 0.8, text, final=False),
        Transcript(ME, 0.5, 1.0, text),
        Mark(1, 0.5, 1.0).of(SignalKind.BARE_YES, ME, text),
        StateChanged(text, Understanding.WISHY_WASHY, 1.0),
        Prompt(1, PromptKind.LABEL, text, text, 1, 1.0, 60.0),
        CallWarning(text, 1.0),
    )
