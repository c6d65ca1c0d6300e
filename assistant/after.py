"""What is known after a call: values only, for the summary, the review, the library and the report.

Times called `*_s` are call time, seconds. Every value that states something of a call has the
words it rests on (`quote`, as transcribed) or the id of the signal that has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from assistant.kinds import Outcome, SignalKind, Understanding
    from audio.types import Speaker

# ---- of the summary -------------------------------------------------------------------------


class FactKind(StrEnum):
    """What is worth writing down of what was said."""

    COMMITMENT = "commitment"
    """Somebody says they will do something."""
    NEXT_STEP = "next_step"
    """Both are to do something, or one asks the other to: when, where, how it goes on."""
    NUMBER = "number"
    """An amount, a share, a quantity with its unit."""
    DATE = "date"
    """A day, a month, a time, a deadline."""
    NAME = "name"
    """A person, a firm, a place, a product."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something said that lasts beyond the call."""

    kind: FactKind
    text: str
    """The fact itself, as transcribed: "two hundred and ten", "Thursday", "I will send it"."""
    speaker: Speaker
    at_s: float
    """Start of the utterance that says it first."""
    quote: str
    """The sentence it stands in."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One true "that's right"."""

    signal: int
    """Id of the signal."""
    at_s: float
    quote: str
    subjects: tuple[str, ...]
    """What they felt understood on; empty when no subject was open."""


@dataclass(frozen=True, slots=True)
class LooseReply:
    """A reply of theirs that sounded like agreement and was none."""

    signal: int
    """Id of the signal."""
    kind: SignalKind
    """`youre_right`, `bare_yes` or `qualified_agreement`."""
    at_s: float
    quote: str
    about: str
    """My words it answers, shortened; empty when nothing of mine stood before."""
    followed_up_s: float | None
    """Seconds until I labelled, asked or summed up; None when I did not within 30 s."""


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """Something they said that matters and that I never said back."""

    signal: int
    """Id of the `unaddressed` signal."""
    at_s: float
    """When they said it."""
    quote: str
    label: str
    """A sentence that would say it back; empty when none reads well."""


# ---- measures -------------------------------------------------------------------------------


class Unit(StrEnum):
    """What a measure counts in."""

    SECONDS = "s"
    SHARE = "share"
    """0..1."""
    COUNT = "count"
    PER_MINUTE = "per_minute"
    PER_100_WORDS = "per_100_words"
    LEVEL = "level"
    """0 (nothing heard back) to 4 (they do the work)."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What a measure is. `assistant.measure_book.DEFINITIONS` holds all of them by key."""

    key: str
    name: str
    """As a line of a table begins: "Talk share"."""
    unit: Unit
    formula: str
    """How it is computed, in words."""
    reference: str = ""
    """A published value to hold it against, with its source; empty when there is none."""
    reference_value: float | None = None
    """The same as a number in the measure's unit."""
    better: int = 0
    """1: more is better by the method, -1: less is, 0: neither."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure of one call."""

    key: str
    value: float | None
    """In the unit of its definition; None when the call gives no ground to say."""
    cases: int
    """How many turns, pauses, signals it is made of."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One use of a tool of the method, and what they did with it."""

    signal: int
    kind: SignalKind
    at_s: float
    quote: str
    silence_s: float | None
    """Until somebody spoke; None at the end of the call."""
    i_spoke_first: bool
    """I filled the silence myself."""
    reply: SignalKind | None
    """What their reply was; None when it was nothing the rules know."""
    reply_signal: int | None
    reply_quote: str
    """Their next words, shortened; empty when none came before I spoke on."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """How well they feel understood, from this moment on."""

    at_s: float
    level: float
    """Mean over the subjects that came up so far, 0 (unheard) to 4 (working together)."""
    subject: str
    """The subject that moved."""
    understanding: Understanding


@dataclass(frozen=True, slots=True)
class SharePoint:
    """How speech was shared around a moment."""

    at_s: float
    """Middle of the window."""
    share_me: float | None
    """0..1 of the speech in the window; None where nobody spoke."""


# ---- over many calls ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One measure of one call in the library."""

    call: int
    """Id in the library."""
    started_at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Trend:
    """One measure over calls, oldest first."""

    key: str
    points: tuple[TrendPoint, ...]
    before: float | None
    """Mean of the calls before the last `LATELY`; None when there are none."""
    lately: float | None
    """Mean of the last `LATELY` calls."""


@dataclass(frozen=True, slots=True)
class Earned:
    """What a tool of the method earned over many calls."""

    kind: SignalKind
    used: int
    thats_right: int
    """Replies to it that were a true "that's right"."""
    wishy_washy: int
    pushed_back: int
    """Corrections and pushback."""
    low: float
    """Lower end of the 95 % interval (Wilson) of thats_right / used, 0..1."""
    high: float
    """Upper end."""


@dataclass(frozen=True, slots=True)
class Insights:
    """The library over time."""

    counterpart: str
    """Of whose calls; empty for all."""
    calls: int
    trends: tuple[Trend, ...]
    earned: tuple[Earned, ...]


@dataclass(frozen=True, slots=True)
class FoundSignal:
    """A signal in the library, as a search finds it."""

    call: int
    """Id in the library."""
    title: str
    started_at: datetime
    signal: int
    kind: SignalKind
    at_s: float
    quote: str
    before: str
    """My words before it."""


# ---- before the next call -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EarlierCall:
    """A call with the same counterpart."""

    call: int
    """Id in the library."""
    title: str
    started_at: datetime
    outcome: Outcome
    headline: str
    practise: str


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something an earlier call left open."""

    call: int
    """Id in the library."""
    at_s: float
    quote: str
    what: str
    """Why it is open, in a few plain words."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """One page before a call."""

    counterpart: str
    earlier: tuple[EarlierCall, ...]
    """Newest first, at most five."""
    open_items: tuple[OpenItem, ...]
    """What weighs most first, at most eight."""
    promised: tuple[OpenItem, ...]
    """Commitments and next steps of the last calls, newest call first."""
    labels: tuple[str, ...]
    """Sentences worth having ready, at most five."""
    audit: tuple[str, ...]
    """Beginnings of an accusation audit, for the user to finish."""
    practise: str
    """From the last call; empty when there was none."""
