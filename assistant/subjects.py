"""What is being talked about, and how well they feel understood on it. Pure.

A subject is one the phrase book names (with its synonyms), or a thing named in the speakers' own
words (`assistant.topics`). The current one is the one mentioned most in the last few turns, recent
mentions counting more. Each has a state of `Understanding` that signals move.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from assistant.model import SignalKind, Speaker, StateChanged, Understanding
from assistant.topics import same, topics_in

if TYPE_CHECKING:
    from assistant.model import Signal
    from assistant.phrases import PhraseBook
    from assistant.text import Piece
    from assistant.topics import Topic

WHOLE_CALL: Final = "this call"
"""The subject when none is named."""

FADES: Final = 0.75
"""What a mention still counts one utterance later."""

TALKED_OF: Final = 0.45
"""Score from which a subject is what the talk is about."""

NAMED: Final = 0.7
UNSURE: Final = 0.3
"""What a thing counts that is named in their own words; when its end is unsure, not yet enough."""

SAID_OFTEN: Final = 1.0
"""Score from which a thing named in their own words is put into a sentence of mine: named twice
lately, or with a word of need or feeling."""

FELT: Final = 2.0
"""What a thing counts more when a word of need or feeling stands with it."""

MOST: Final = 3.0
OWN_KEPT: Final = 40
"""Things named in their own words that are remembered."""

_RAISES: Final = {
    SignalKind.SUMMARY: Understanding.SUMMARISED,
    SignalKind.LABEL: Understanding.SUMMARISED,
    SignalKind.YOURE_RIGHT: Understanding.WISHY_WASHY,
    SignalKind.BARE_YES: Understanding.WISHY_WASHY,
    SignalKind.QUALIFIED_AGREEMENT: Understanding.WISHY_WASHY,
    SignalKind.THATS_RIGHT: Understanding.CONFIRMED,
    SignalKind.OFFER: Understanding.WORKING_TOGETHER,
    SignalKind.CORRECTION: Understanding.UNHEARD,
    SignalKind.PUSHBACK: Understanding.UNHEARD,
}
UNDERSTOOD: Final = frozenset({Understanding.CONFIRMED, Understanding.WORKING_TOGETHER})


@dataclass(frozen=True, slots=True)
class Place:
    """Where the talk stood at a moment."""

    subject: str
    understanding: Understanding


@dataclass(frozen=True, slots=True)
class Own:
    """A thing named in the speakers' own words."""

    stems: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Subjects:
    """Scores and states, by the subject's name."""

    scores: tuple[tuple[str, float], ...] = ()
    states: tuple[tuple[str, Understanding], ...] = ()
    own: tuple[Own, ...] = ()
    """Oldest first."""

    @property
    def current(self) -> str:
        """What the talk is about now; `WHOLE_CALL` when nothing is named."""
        best = max(self.scores, key=lambda s: s[1], default=(WHOLE_CALL, 0.0))
        return best[0] if best[1] >= TALKED_OF else WHOLE_CALL

    @property
    def named(self) -> str | None:
        """The current subject if it has a name."""
        return None if self.current == WHOLE_CALL else self.current

    @property
    def sayable(self) -> str | None:
        """The current subject if so much was said of it that I can name it to them."""
        if self.named not in {own.name for own in self.own}:
            return self.named
        return self.named if dict(self.scores)[self.named] >= SAID_OFTEN else None

    @property
    def place(self) -> Place:
        """The current subject, and how well they feel understood on it."""
        return Place(self.current, self.state_of(self.current))

    def state_of(self, name: str) -> Understanding:
        """How well they feel understood on a subject."""
        return next((s for n, s in reversed(self.states) if n == name), Understanding.UNHEARD)


def mention(
    book: PhraseBook, subjects: Subjects, said: tuple[Piece, ...], speaker: Speaker
) -> Subjects:
    """Subjects after one more utterance."""
    text = " ".join(p.normal.text for p in said)
    scores = {name: score * FADES for name, score in subjects.scores}
    for subject, _ in book.subjects.possible(text):
        # A longer name is the surer one: "the delivery date", not "the price".
        hits = sum(len(m.group().split()) for m in subject.pattern.finditer(text))
        if hits:
            scores[subject.name] = min(MOST, scores.get(subject.name, 0.0) + hits)
    for topic, felt in _topics(book, said, speaker):
        if any(s.pattern.search(topic.name) for s, _ in book.subjects.possible(topic.name)):
            continue  # the book knows a better name
        subjects, name = _own(subjects, topic)
        if name != topic.name and topic.name in scores:
            scores[name] = scores.pop(topic.name)
        worth = (NAMED if topic.sure or name in scores else UNSURE) * (FELT if felt else 1.0)
        scores[name] = min(MOST, scores.get(name, 0.0) + worth)
    # By what the speakers said last, where two are spoken of alike.
    kept = tuple((n, round(s, 4)) for n, s in scores.items() if s > TALKED_OF / 4)
    return replace(subjects, scores=kept)


def _topics(
    book: PhraseBook, said: tuple[Piece, ...], speaker: Speaker
) -> list[tuple[Topic, bool]]:
    """Things named, and whether a word of need or feeling stands in the same sentence."""
    return [
        (topic, bool(book.context.picture.search(piece.normal.text)))
        for piece in said
        for topic in topics_in(book, (piece,), speaker)
    ]


def _own(subjects: Subjects, topic: Topic) -> tuple[Subjects, str]:
    """The subjects with this topic among those in their own words, and the name it goes by."""
    for i, known in enumerate(subjects.own):
        if same(known.stems, topic.stems):
            if len(topic.stems) >= len(known.stems):
                return subjects, known.name
            own = (*subjects.own[:i], Own(topic.stems, topic.name), *subjects.own[i + 1 :])
            renamed = replace(
                subjects,
                own=own,
                states=tuple((topic.name if n == known.name else n, s) for n, s in subjects.states),
            )
            return renamed, topic.name
    own = (*subjects.own, Own(topic.stems, topic.name))[-OWN_KEPT:]
    return replace(subjects, own=own), topic.name


def move(
    subjects: Subjects, signal: Signal, was: Place | None = None
) -> tuple[Subjects, StateChanged | None]:
    """Subjects after a signal, and the event that says so when a state changed.

    `was` is where the signal that this one revises found things: it is undone first.
    """
    found = was or subjects.place
    name = found.subject
    after = _after(found.understanding, signal.kind)
    if after is subjects.state_of(name):
        return subjects, None
    states = {**dict(subjects.states), name: after}
    changed = StateChanged(name, after, signal.at_s)
    return replace(subjects, states=tuple(states.items())), changed


def _after(before: Understanding, kind: SignalKind) -> Understanding:
    target = _RAISES.get(kind, before)
    if kind in {SignalKind.SUMMARY, SignalKind.LABEL} and before is not Understanding.UNHEARD:
        return before
    if kind is SignalKind.OFFER and before not in UNDERSTOOD:
        return before
    if target is Understanding.WISHY_WASHY and before in UNDERSTOOD:
        return before
    if kind is SignalKind.THATS_RIGHT and before is Understanding.WORKING_TOGETHER:
        return before
    if target is Understanding.UNHEARD and before in UNDERSTOOD:
        return Understanding.WISHY_WASHY
    return target
