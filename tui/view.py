"""What the call screen knows, and how every event changes it. Pure: values in, values out."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import Enum, StrEnum
from functools import singledispatch
from typing import Any, Final, TypeVar

from assistant.model import (
    CallInfo,
    CallStarted,
    CallSummary,
    CallWarning,
    Event,
    Note,
    Prompt,
    PromptDeclined,
    PromptsMuted,
    PromptUsed,
    Signal,
    SignalKind,
    Speaker,
    SpeechDropped,
    SpeechOpened,
    StateChanged,
    SubjectState,
    SummaryReady,
    Transcript,
    Understanding,
)
from assistant.safetext import clean

KEPT_SIGNALS: Final = 64
"""How many of the newest signals the view remembers."""

KEPT_SUBJECTS: Final = 32
"""How many subjects the gauge remembers, the last changed first."""

KEPT_WARNINGS: Final = 32
"""How many warnings the view remembers, the newest last."""

KEPT_NOTES: Final = 256
"""How many notes and marks the view remembers, the newest last."""

KEPT_SPEECH: Final = 64
"""How many of my utterances the view remembers for my pace."""

PACE_OVER_S: Final = 60.0
"""My pace is taken over my words of so long before the last, seconds."""

PACE_FROM_S: Final = 4.0
"""Less speech than this tells no pace, seconds."""

INTERJECTED_WORDS: Final = 3
"""With fewer words than this they only say that they listen: I keep the floor."""

JUMP_S: Final = 10.0
"""How far a key jumps in a replay, seconds."""

NOTICE_S: Final = 20.0
"""How long a warning stays on the notice line, seconds of call time. It stays in the transcript."""

_STILL_OPEN: Final = frozenset(
    {
        SignalKind.YOURE_RIGHT,
        SignalKind.BARE_YES,
        SignalKind.QUALIFIED_AGREEMENT,
        SignalKind.CORRECTION,
    }
)
"""A reply that turns from one of these into another leaves what to say next as it was."""

Value = TypeVar("Value")


def cleaned(value: Value) -> Value:
    """The same event (or any value of the model) with every text in it safe to show.

    The engine cleans what it makes; the screen does not rely on it.
    """
    result: Any = value  # each branch keeps the type, which mypy cannot follow
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        result = clean(value)
    elif isinstance(value, tuple):
        result = tuple(cleaned(item) for item in value)
    elif hasattr(value, "__dataclass_fields__"):
        result = _cleaned_fields(value)
    return result  # type: ignore[no-any-return]  # as above


def _cleaned_fields(value: Any) -> Any:  # noqa: ANN401  # any dataclass of the model
    changed = {}
    for field in fields(value):
        before = getattr(value, field.name)
        after = cleaned(before)
        if after != before:
            changed[field.name] = after
    return replace(value, **changed) if changed else value


class Phase(StrEnum):
    """Where the call is."""

    LOADING = "loading"
    """Nothing has come yet: the speech model loads, the file opens."""
    PLAYING = "playing"
    ENDED = "ended"
    """The summary is there."""
    FAILED = "failed"
    """The call could not be processed."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """How much I said when."""

    start_s: float
    end_s: float
    words: int


@dataclass(frozen=True, slots=True)
class View:
    """Everything on the screen except the transcript, which is too long to copy."""

    info: CallInfo
    phase: Phase = Phase.LOADING
    now_s: float = 0.0
    """Call time reached."""
    prompt: Prompt | None = None
    """What to say now; None once it expired."""
    cause: Signal | None = None
    """The signal the prompt rests on."""
    used: bool = False
    """True once the prompt was said."""
    subjects: tuple[SubjectState, ...] = ()
    """Understanding by subject, the last changed first."""
    signals: tuple[Signal, ...] = ()
    """The newest ones, in order, at most `KEPT_SIGNALS`; a revised one is replaced."""
    replaced: tuple[Signal, ...] = ()
    """Signals that were revised, as they were first heard; at most `KEPT_SIGNALS`."""
    prompts: tuple[Prompt, ...] = ()
    """The newest ones, in order, whether still shown or not; at most `KEPT_SIGNALS`."""
    me_s: float = 0.0
    """Seconds I spoke, by final transcripts."""
    them_s: float = 0.0
    """Seconds they spoke, by final transcripts."""
    speaking: frozenset[Speaker] = frozenset()
    """Who may be speaking now."""
    floor_s: float | None = None
    """Since when I have the floor; None while I do not."""
    mine: tuple[Spoken, ...] = ()
    """What I said last, at most `KEPT_SPEECH`, newest last."""
    pinned: Prompt | None = None
    """A prompt the user wants to keep in sight."""
    muted: bool = False
    """True while the user wants no prompts."""
    notes: tuple[Note, ...] = ()
    """Notes and marks, at most `KEPT_NOTES`, newest last."""
    declined: PromptDeclined | None = None
    """The last prompt turned down, while none came after it."""
    warnings: tuple[CallWarning, ...] = ()
    """At most `KEPT_WARNINGS`, newest last."""
    summary: CallSummary | None = None
    saved: str = ""
    """A sentence on where the call was saved; empty while not known."""
    save_failed: bool = False
    failure: str = ""
    """Why the call could not be processed; empty when it could."""

    @property
    def understanding(self) -> Understanding:
        """Of the subject that changed last."""
        return self.subjects[0].understanding if self.subjects else Understanding.UNHEARD

    @property
    def last_signal(self) -> Signal | None:
        """The newest one; None when there was none yet."""
        return self.signals[-1] if self.signals else None

    @property
    def share_me(self) -> float | None:
        """My share of the speech so far, 0..1; None when nobody known spoke."""
        total_s = self.me_s + self.them_s
        return self.me_s / total_s if total_s > 0 else None

    @property
    def stretch_s(self) -> float | None:
        """For how long I have had the floor, seconds; None while I do not."""
        if self.floor_s is None:
            return None
        spoken_s = self.mine[-1].end_s if self.mine else self.floor_s
        end_s = self.now_s if Speaker.ME in self.speaking else spoken_s
        return max(end_s - self.floor_s, 0.0)

    @property
    def pace_wpm(self) -> float | None:
        """My words a minute of late, pauses left out; None with too little to tell."""
        if not self.mine:
            return None
        since_s = self.mine[-1].end_s - PACE_OVER_S
        late = [each for each in self.mine if each.end_s > since_s]
        spoken_s = sum(each.end_s - each.start_s for each in late)
        if spoken_s < PACE_FROM_S:
            return None
        return sum(each.words for each in late) / spoken_s * 60

    @property
    def notice(self) -> str:
        """The newest warning while it is fresh, else empty."""
        if not self.warnings or self.now_s > self.warnings[-1].at_s + NOTICE_S:
            return ""
        return self.warnings[-1].message


def begin(info: CallInfo) -> View:
    """The view before anything came."""
    return View(info=cleaned(info))


def tick(view: View, now_s: float) -> View:
    """The view at call time `now_s`: time never runs backwards, a stale prompt disappears.

    Nothing moves before the call began or after its end.
    """
    now_s = max(view.now_s, now_s)
    if view.phase is not Phase.PLAYING:
        return view
    if view.prompt is not None and now_s > view.prompt.expires_s:
        return replace(view, now_s=now_s, prompt=None, cause=None, used=False)
    return view if now_s == view.now_s else replace(view, now_s=now_s)


def reduce(view: View, event: Event) -> View:
    """The view after `event`, whose texts are `cleaned`."""
    if view.phase is Phase.LOADING:
        view = replace(view, phase=Phase.PLAYING)
    return _apply(event, view)


def again(view: View) -> View:
    """The view before anything came, with what the user chose for the screen itself."""
    return View(info=view.info, pinned=view.pinned, muted=view.muted)


def pin(view: View) -> View:
    """The prompt shown stays in sight from now on; the same one, or none: nothing does."""
    new = None if view.prompt == view.pinned else view.prompt
    return replace(view, pinned=new)


def failed(view: View, message: str) -> View:
    """The view after the call could not be processed."""
    told = replace(view, phase=Phase.FAILED, failure=clean(message))
    return replace(told, prompt=None, speaking=frozenset())


def saved(view: View, call_id: str | None) -> View:
    """The view after saving was done, or (None) not wanted."""
    if call_id is None:
        return replace(view, saved="Not saved.")
    name = clean(call_id)
    told = f"Saved in the library as {name}. thatsright review {name} shows it."
    return replace(view, saved=told)


def not_saved(view: View, message: str) -> View:
    """The view after saving failed: the summary stays, the sentence says what to do."""
    return replace(view, saved=clean(message), save_failed=True)


@singledispatch
def _apply(event: Event, view: View) -> View:
    raise TypeError(f"no such event for {view.phase} view: {type(event).__name__}")


@_apply.register
def _(event: CallStarted, view: View) -> View:
    return replace(view, info=event.info)


@_apply.register
def _(event: SpeechOpened, view: View) -> View:
    view = replace(tick(view, event.at_s), speaking=view.speaking | {event.speaker})
    if event.speaker is Speaker.ME and view.floor_s is None:
        return replace(view, floor_s=event.at_s)
    return view


@_apply.register
def _(event: SpeechDropped, view: View) -> View:
    view = replace(tick(view, event.at_s), speaking=view.speaking - {event.speaker})
    nothing_said = not view.mine or (view.floor_s or 0.0) >= view.mine[-1].end_s
    if event.speaker is Speaker.ME and nothing_said:
        return replace(view, floor_s=None)
    return view


@_apply.register
def _(event: Transcript, view: View) -> View:
    view = tick(view, event.end_s)
    if not event.final:
        return replace(view, speaking=view.speaking | {event.speaker})
    view = replace(view, speaking=view.speaking - {event.speaker})
    spoken_s = max(event.end_s - event.start_s, 0.0)
    words = len(event.text.split())
    if event.speaker is Speaker.ME:
        return replace(
            view,
            me_s=view.me_s + spoken_s,
            floor_s=event.start_s if view.floor_s is None else view.floor_s,
            mine=(*view.mine, Spoken(event.start_s, event.end_s, words))[-KEPT_SPEECH:],
        )
    if event.speaker is Speaker.THEM:
        floor_s = view.floor_s
        if words >= INTERJECTED_WORDS:
            floor_s = event.end_s if Speaker.ME in view.speaking else None
        return replace(view, them_s=view.them_s + spoken_s, floor_s=floor_s)
    return view


@_apply.register
def _(event: Signal, view: View) -> View:
    kept = tuple(signal for signal in view.signals if signal.id != event.revises)
    gone = tuple(signal for signal in view.signals if signal.id == event.revises)
    view = replace(
        tick(view, event.at_s),
        signals=(*kept, event)[-KEPT_SIGNALS:],
        replaced=(*view.replaced, *gone)[-KEPT_SIGNALS:],
    )
    if view.cause is None or view.cause.id != event.revises:
        return view
    if {view.cause.kind, event.kind} <= _STILL_OPEN:
        return replace(view, cause=event)
    return replace(view, prompt=None, cause=None, used=False)


@_apply.register
def _(event: Prompt, view: View) -> View:
    cause = next((signal for signal in view.signals if signal.id == event.signal), None)
    prompts = (*view.prompts, event)[-KEPT_SIGNALS:]
    shown = replace(view, prompt=event, prompts=prompts, cause=cause, used=False, declined=None)
    return tick(shown, event.at_s)


@_apply.register
def _(event: PromptUsed, view: View) -> View:
    view = tick(view, event.at_s)
    if view.prompt is None or view.prompt.id != event.prompt:
        return view
    return replace(view, used=True)


@_apply.register
def _(event: PromptDeclined, view: View) -> View:
    view = replace(tick(view, event.at_s), declined=event)
    if view.prompt is None or view.prompt.id != event.prompt:
        return view
    return replace(view, prompt=None, cause=None, used=False)


@_apply.register
def _(event: PromptsMuted, view: View) -> View:
    view = replace(tick(view, event.at_s), muted=event.on)
    return replace(view, prompt=None, cause=None, used=False) if event.on else view


@_apply.register
def _(event: Note, view: View) -> View:
    return replace(view, notes=(*view.notes, event)[-KEPT_NOTES:])


@_apply.register
def _(event: StateChanged, view: View) -> View:
    now = SubjectState(event.subject, event.understanding, event.at_s)
    others = tuple(state for state in view.subjects if state.subject != event.subject)
    return replace(tick(view, event.at_s), subjects=(now, *others)[:KEPT_SUBJECTS])


@_apply.register
def _(event: CallWarning, view: View) -> View:
    warnings = (*view.warnings, event)[-KEPT_WARNINGS:]
    return replace(tick(view, event.at_s), warnings=warnings)


@_apply.register
def _(event: SummaryReady, view: View) -> View:
    return replace(
        view,
        phase=Phase.ENDED,
        now_s=max(view.now_s, event.summary.duration_s),
        prompt=None,
        cause=None,
        used=False,
        speaking=frozenset(),
        summary=event.summary,
    )
