"""What a phrase book holds. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

    from assistant.index import Entries, Patterns
    from assistant.model import PromptKind, SignalKind


class Act(StrEnum):
    """What words of a reply do on their own; the file says what each means."""

    AFFIRM = "affirm"
    STRONG_AFFIRM = "strong_affirm"
    CONCEDE = "concede"
    YES = "yes"
    MM = "mm"
    HEDGE = "hedge"
    QUALIFY = "qualify"
    NO = "no"
    NO_GO_AHEAD = "no_go_ahead"
    DENY = "deny"
    CONTRADICT = "contradict"


class PointKind(StrEnum):
    """What makes something they said matter."""

    FEAR = "fear"
    NEED = "need"
    NUMBER = "number"
    REPEATED = "repeated"
    """A thing they come back to; no words of its own."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """One entry: patterns that belong together, with the examples that test them."""

    rule: str
    strength: float
    """How much these words weigh when nothing speaks against them, 0..1."""
    patterns: tuple[re.Pattern[str], ...]
    positive: tuple[str, ...]
    """Whole turns this entry must find."""
    negative: tuple[str, ...]
    """Whole turns it must leave alone."""


@dataclass(frozen=True, slots=True)
class ReplyPhrases:
    """Words at the head of a reply."""

    act: Act
    phrases: Phrases


@dataclass(frozen=True, slots=True)
class TurnPhrases:
    """Words that mark a whole turn."""

    kind: SignalKind
    phrases: Phrases
    of_them: bool = False
    """Only where it is said of them, or of needs and feelings."""
    only_with: re.Pattern[str] | None = None
    """Words without which it does not mean that, anywhere in the sentence."""
    not_with: re.Pattern[str] | None = None
    """Words that make it mean something else, anywhere in the sentence."""


@dataclass(frozen=True, slots=True)
class RemarkPhrases:
    """Words of theirs that matter whatever I asked, and what speaks against them."""

    kind: SignalKind
    phrases: Phrases
    unless: Patterns
    """A sentence with one of these is about something else."""
    after: frozenset[str] = frozenset()
    """What my turn must have asked for (`assistant.signals.moves.Asks`); none: whatever it did."""
    never_after: frozenset[str] = frozenset()
    """What my turn must not have asked for."""


@dataclass(frozen=True, slots=True)
class RemarkWords:
    """Words before a remark that make it another's, a mere thought, or its opposite.

    All but the first are held against what stands before the remark, to its end.
    """

    told: re.Pattern[str]
    """Somebody says what follows."""
    own: re.Pattern[str]
    """The one who speaks, or somebody on their side, says what follows."""
    resumes: re.Pattern[str]
    """Words with which the speaker goes on in their own voice."""
    supposed: re.Pattern[str]
    """What follows is a condition."""
    wished: re.Pattern[str]
    """What follows cannot be done, or nobody knows whether it can."""
    denied: re.Pattern[str]
    """What follows is not said, or is asked."""
    goes_on: re.Pattern[str]
    """The end of a sentence that was cut in its middle."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Something a call can be about."""

    name: str
    """As it stands in a sentence: "the price"."""
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Wording:
    """What to say after a signal."""

    on: SignalKind
    kind: PromptKind
    why: str
    say: tuple[str, ...]
    """In order of preference; ``{subject}`` stands for the subject's name."""


@dataclass(frozen=True, slots=True)
class ContextPhrases:
    """What else a turn of mine can be, when it is no signal."""

    proposal: Patterns
    tag: re.Pattern[str]
    """A whole sentence, or the tail after a comma, that asks to confirm what stands before it."""
    question: tuple[re.Pattern[str], ...]
    fact: re.Pattern[str]
    """Words of number, time, place, money, identity."""
    fact_opening: re.Pattern[str]
    picture: re.Pattern[str]
    """Words of need, feeling and cause."""
    feeling: re.Pattern[str]
    """Words of what is felt: a label may be of these without a "you"."""
    human: re.Pattern[str]
    """What a plain statement is of when it draws somebody's lot, with or without a "you"."""
    moves_on: Patterns
    """I go to terms, price, close or the next step."""
    moves_after: Patterns
    """The same in looser words, after a reply with nothing in it."""
    moves_not: Patterns
    """Words in which I only seem to go there."""
    asks_terms: Patterns
    """They ask for terms, price or the next step themselves."""
    asks_for: Patterns
    """I ask them for something, also as a statement."""
    grants: re.Pattern[str]
    """They give me what I asked for."""
    takes_up: Patterns
    """I go into what they just said, whatever it was."""
    unmarked_question: re.Pattern[str]
    """A question as it begins when nobody wrote its mark."""
    number: re.Pattern[str]
    """One word of a number or date."""
    gives_time: re.Pattern[str]
    """I speak only to let them think."""
    cannot_end: frozenset[str]
    """Words no sentence of mine ends with, beside `PhraseBook.goes_on`; a question may ..."""
    left_behind: frozenset[str]
    """... on these."""
    cannot_begin: frozenset[str]
    """Words that go on with the sentence before them when it has no full stop."""


@dataclass(frozen=True, slots=True)
class TopicWords:
    """How things are named in the speakers' own words; see `assistant.topics`."""

    mine: str
    """Before what is mine: "our"."""
    again: str
    """How I would name what they come back to; ``{point}`` stands for it."""
    openings: Mapping[str, str]
    """Words a name begins behind, each with the word I would say: "the", or "mine" or "yours",
    which turn round with who speaks."""
    grammar: frozenset[str]
    """Words no name goes on with."""
    verbs: frozenset[str]
    """Stems no name goes on with."""
    vague: frozenset[str]
    """Words that name nothing."""
    qualities: frozenset[str]
    """Words no name ends with."""
    acts: frozenset[str]
    """Words that behind a noun say what it does: "the street closes"."""
    hollow: frozenset[str]
    """Words that name nothing at the beginning of a name: "the way she talks"."""
    light: frozenset[str]
    """Stems that two sentences share by chance."""
    senses: Mapping[str, int]
    """Stems to the number of what they are about: "wages" and "afford" are both of money."""


@dataclass(frozen=True, slots=True)
class PointPhrases:
    """Words that make what they said something to say back."""

    kind: PointKind
    say: str
    """How I would name it to them; ``{point}`` stands for it."""
    short: str
    """The point alone, as one of several; empty when it is none that stands alone."""
    clause: bool
    """What is named is a whole clause or a verb with what belongs to it, not a thing."""
    phrases: Phrases
    """Patterns with a group ``point`` or ``before``: its words."""


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on something is too long, too much, too often."""

    monologue_s: float
    """I hold the floor for longer."""
    share: float
    """My share of the speech of the last `assistant.signals.costs.SHARE_OVER_S`, 0..1."""
    filled_s: float
    """I speak on within this of my own label, summary or question."""
    asks: int
    """The same ask of mine so often."""
    resistance: int
    """Pressure and pushback so often, with nothing good between."""
    pace_s: float = 12.0
    """Least time between two prompts, unless the new one outranks the one shown."""


@dataclass(frozen=True, slots=True)
class Level:
    """Findings of this confidence were right so often, on the development dialogues."""

    raw: float
    """By words, context and voice, 0..1."""
    right: float
    """0..1."""


@dataclass(frozen=True, slots=True, eq=False)
class PhraseBook:
    """Everything the rules know about one language. A book is only equal to itself."""

    language: str
    macros: Mapping[str, str]
    """Words that patterns share, by their names."""
    filler: re.Pattern[str]
    short: tuple[str, ...]
    """What people say in reply, in short, as it is written."""
    goes_on: frozenset[str]
    """Words that no sentence ends with."""
    replies: Entries[ReplyPhrases]
    theirs: Entries[RemarkPhrases]
    remarks: RemarkWords
    mine: Entries[TurnPhrases]
    context: ContextPhrases
    limits: Limits
    levels: Mapping[SignalKind, tuple[Level, ...]]
    """Calibration: a kind without levels is as sure as its words."""
    topics: TopicWords
    points: Entries[PointPhrases]
    subjects: Entries[Subject]
    wordings: tuple[Wording, ...]
