"""The words of the domain: what is heard, what it means, what is shown. Values only.

Times called `*_s` are call time: seconds since the call began, derived from sample counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from assistant.after import Agreement, Fact, FactKind, LooseReply, OpenPoint
from assistant.kinds import Consent, Outcome, PromptKind, SignalKind, Source, Understanding
from audio.types import Speaker

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "Agreement",
    "ByHand",
    "CallInfo",
    "CallStarted",
    "CallSummary",
    "CallWarning",
    "Consent",
    "Event",
    "Fact",
    "FactKind",
    "FinishedCall",
    "Heard",
    "LooseReply",
    "Moment",
    "Note",
    "OpenPoint",
    "Outcome",
    "Prompt",
    "PromptDeclined",
    "PromptKind",
    "PromptUsed",
    "PromptsMuted",
    "Signal",
    "SignalCount",
    "SignalKind",
    "Source",
    "Speaker",
    "SpeakerMeasures",
    "SpeechDropped",
    "SpeechOpened",
    "StateChanged",
    "SubjectState",
    "SummaryReady",
    "Technique",
    "Tick",
    "TimeSpan",
    "Transcript",
    "Understanding",
    "Word",
]


OVER_S: Final = 0.1
"""What begins so soon before the other's speech, or within it, begins over it."""

SURE_WHO: Final = 0.8
"""From this `speaker_confidence` on, what was said is shown as the speaker's without a doubt."""


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word."""

    text: str
    start_s: float
    end_s: float
    probability: float
    """0..1, the recogniser's own."""


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """From one moment to another, seconds of call time."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class CallInfo:
    """What is known of a call before it plays."""

    title: str
    """What a person would call it: the file's name without its ending."""
    path: str
    """As the user gave it."""
    source: Source
    model: str | None
    """Name of the speech model; None for a transcript."""
    duration_s: float | None
    """None while it is not known (a live call, a stream without a length)."""
    started_at: datetime
    """Wall time of the call's start, UTC. The only wall time there is."""
    speakers: tuple[Speaker, ...]
    counterpart: str = ""
    """Who the other side is, as the user calls them; empty when nobody said."""
    consent: Consent = Consent.UNKNOWN


# ---- heard: what goes into the engine -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SpeechOpened:
    """Somebody may be speaking since `at_s`; a `Transcript` or `SpeechDropped` follows."""

    speaker: Speaker
    at_s: float


@dataclass(frozen=True, slots=True)
class SpeechDropped:
    """What was opened turned out to hold no words."""

    speaker: Speaker
    at_s: float
    """Call time at which the stretch ended."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What one speaker said between two pauses."""

    speaker: Speaker
    start_s: float
    end_s: float
    text: str
    final: bool = True
    """False for a partial, which a later one replaces."""
    words: tuple[Word, ...] = ()
    enthusiasm: float | None = None
    """0..1, how lively it was said, 0.5 as usual for that speaker; None where nothing is known."""
    speaker_confidence: float | None = None
    """0.5..1, how sure it is who spoke, where both are on one channel; None where each has one."""
    speech: tuple[TimeSpan, ...] = field(default=(), compare=False)
    """Where in it there is speech, without the pauses; none where that is not known. Not kept."""
    overlap: tuple[TimeSpan, ...] = ()
    """Where in it the other spoke too, in order; none where each has no channel of its own."""

    @property
    def over(self) -> bool:
        """Whether it began while the other was speaking."""
        return bool(self.overlap) and self.overlap[0].start_s <= self.start_s + OVER_S

    @property
    def doubtful_speaker(self) -> bool:
        """Whether it may well have been the other who spoke."""
        return self.speaker_confidence is not None and self.speaker_confidence < SURE_WHO


@dataclass(frozen=True, slots=True)
class Tick:
    """Call time has come to `at_s` on every leg: nothing earlier will be heard of any more."""

    at_s: float


# ---- events: what comes out -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallStarted:
    """First event of every call."""

    info: CallInfo


@dataclass(frozen=True, slots=True)
class Signal:
    """Something was heard that matters, with its evidence."""

    id: int
    """Counts from 1 within the call."""
    kind: SignalKind
    speaker: Speaker
    at_s: float
    """When it could first be known: the end of the words that carry it."""
    start_s: float
    end_s: float
    confidence: float
    """0..1."""
    quote: str
    """The words that caused it, exactly as transcribed."""
    rule: str
    """Name of the rule that fired."""
    after: SignalKind | None = None
    """Kind of my turn it answers."""
    revises: int | None = None
    """Id of the signal this one replaces."""
    answers: int | None = None
    """Id of my signal it answers: what they did is credited to it."""
    reasons: tuple[str, ...] = ()
    """What moved the confidence, in short plain words."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One short thing to say or do now."""

    id: int
    kind: PromptKind
    say: str
    """At most 14 words, to be said out loud (or done, for silence)."""
    why: str
    """At most 10 words."""
    signal: int
    """Id of the signal that caused it."""
    at_s: float
    expires_s: float
    """Call time after which it is stale and disappears."""


@dataclass(frozen=True, slots=True)
class PromptUsed:
    """I said what the prompt suggested, or nearly."""

    prompt: int
    at_s: float


@dataclass(frozen=True, slots=True)
class PromptDeclined:
    """I turned a prompt down."""

    prompt: int
    at_s: float
    less: bool = False
    """True when I asked for fewer of its kind."""


@dataclass(frozen=True, slots=True)
class PromptsMuted:
    """I want no prompts from now on, or prompts again. Not kept."""

    on: bool
    at_s: float


@dataclass(frozen=True, slots=True)
class Note:
    """I marked this moment, or wrote something down about it."""

    at_s: float
    text: str = ""
    """Empty for a mark."""


@dataclass(frozen=True, slots=True)
class StateChanged:
    """Understanding of a subject moved."""

    subject: str
    understanding: Understanding
    at_s: float


@dataclass(frozen=True, slots=True)
class CallWarning:
    """Something the user should know about this call, in plain words."""

    message: str
    at_s: float


@dataclass(frozen=True, slots=True)
class SpeakerMeasures:
    """What one side did in the call."""

    speaker: Speaker
    speech_s: float
    """Seconds with this speaker's words in them."""
    words: int
    turns: int
    longest_turn_s: float
    questions: int


@dataclass(frozen=True, slots=True)
class SignalCount:
    """How often a kind was heard (a revised signal counts as what it became)."""

    kind: SignalKind
    count: int


@dataclass(frozen=True, slots=True)
class Technique:
    """A tool of the method, how often I used it, and what they did next."""

    kind: SignalKind
    used: int
    followed_by: tuple[SignalCount, ...]
    """Their replies to it, by kind; fewer than `used` when some were left unanswered."""


@dataclass(frozen=True, slots=True)
class SubjectState:
    """Where a subject ended."""

    subject: str
    understanding: Understanding
    since_s: float


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment worth looking at again, with the words it rests on."""

    at_s: float
    signal: int
    kind: SignalKind
    quote: str
    i_said: str
    """My turn before it, shortened; empty when there was none."""
    note: str
    """What it means and what the method would do, one sentence."""
    they_went_on: str = ""
    """What they said next, shortened; empty when nothing came."""
    i_went_on: str = ""
    """What I said next, shortened; empty when nothing came."""
    better: str = ""
    """Words that would have served better, or a silence; empty where it went well."""


@dataclass(frozen=True, slots=True)
class CallSummary:
    """A finished call by the method. Every statement rests on signals of the call."""

    outcome: Outcome
    headline: str
    """One sentence."""
    duration_s: float
    measures: tuple[SpeakerMeasures, ...]
    talk_share_me: float | None
    """My share of the speech, 0..1; None when speakers were not told apart or nobody spoke."""
    signals: tuple[SignalCount, ...]
    subjects: tuple[SubjectState, ...]
    first_thats_right_s: float | None
    moments: tuple[Moment, ...]
    """At most three, the ones that mattered most, in call order."""
    prompts_shown: int
    prompts_used: int
    practise: str
    """One thing to practise next time."""
    techniques: tuple[Technique, ...] = ()
    """What I did, and what followed."""
    headline_signals: tuple[int, ...] = ()
    """Ids of the signals the headline rests on; none where it speaks of what was not heard."""
    practise_signals: tuple[int, ...] = ()
    """Likewise of what to practise."""
    agreements: tuple[Agreement, ...] = ()
    """Every true "that's right", by time."""
    offers: tuple[int, ...] = ()
    """Ids of the signals with which they did some of the work."""
    loose: tuple[LooseReply, ...] = ()
    """Replies that only sounded like agreement, by time."""
    open_points: tuple[OpenPoint, ...] = ()
    """What they said that matters and never heard back, by time."""
    facts: tuple[Fact, ...] = ()
    """Commitments, next steps, numbers, dates and names, by time."""


@dataclass(frozen=True, slots=True)
class SummaryReady:
    """Last event of every call that was played to its end."""

    summary: CallSummary


Heard: TypeAlias = SpeechOpened | SpeechDropped | Transcript | Tick
"""What the engine is told."""

ByHand: TypeAlias = PromptUsed | PromptDeclined | PromptsMuted | Note
"""What the user says with a key while a call runs."""

Event: TypeAlias = (
    CallStarted
    | SpeechOpened
    | SpeechDropped
    | Transcript
    | Signal
    | Prompt
    | PromptUsed
    | PromptDeclined
    | PromptsMuted
    | Note
    | StateChanged
    | CallWarning
    | SummaryReady
)
"""What the engine and the runtime tell everybody else."""


@dataclass(frozen=True, slots=True)
class FinishedCall:
    """A call played to its end: what the library keeps."""

    info: CallInfo
    events: tuple[Event, ...]
    """Final transcripts, signals, prompts, uses, refusals, notes, states and warnings, in order."""
    summary: CallSummary
