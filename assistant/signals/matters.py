"""What they said that matters, and whether I have said it back: numbers, needs, fears. Pure.

A point is open until a turn of mine takes it up: with one of its words or another of its kind
("wages", "afford"), with a word of the talk it stood in, with a label or a summary right after it,
or by going into whatever they just said ("That must be hard"). After two turns of mine that did
not, it is `unaddressed`. How a point is named is in `assistant.signals.naming`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from assistant.model import SignalKind, Speaker
from assistant.phrases.book import PointKind
from assistant.signals.findings import Finding
from assistant.signals.naming import named
from assistant.text import stem
from assistant.topics import content, same, topics_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.phrases import PhraseBook
    from assistant.signals.moves import Move
    from assistant.text import Piece

TURNS: Final = 2
"""Turns of mine after which what was not taken up is unaddressed (SIGNALS: of the dialogue)."""

KEPT: Final = 12
"""Open points remembered; the oldest go first."""

AGAIN_S: Final = 45.0
"""Between two of them: what was said half a minute ago comes back by itself."""

SHORT: Final = 4
"""A turn of mine with so few words ("Okay, go on.") passes over nothing."""

TIMES: Final = 2
"""In so many turns of theirs a thing comes up, with nothing from me, to be one they repeat."""

_DRAWS: Final = frozenset(
    {SignalKind.SUMMARY, SignalKind.LABEL, SignalKind.MIRROR, SignalKind.RESET}
)
_RANK: Final = {PointKind.FEAR: 3, PointKind.NEED: 2, PointKind.REPEATED: 2, PointKind.NUMBER: 1}


_LITTLE: Final = frozenset({"a", "an", "the", "per", "of", "and", "in", "on", "each"})
"""Words of a number that are none."""


@dataclass(frozen=True, slots=True)
class Point:
    """Something they said that matters."""

    kind: PointKind
    name: str
    """As one of several I could say back; empty when it does not fit."""
    label: str
    """A whole sentence that says it back; empty when no name reads well."""
    stems: frozenset[str]
    """Of the words that carry its meaning."""
    around: frozenset[str]
    """Of all that was said with it."""
    quote: str
    at_s: float
    my_turns: int = 0
    """Turns of mine since, that did not take it up; one more where they say it again."""


DRAWN_S: Final = 45.0
"""A label or summary takes up what they said in the last so many seconds."""


@dataclass(frozen=True, slots=True)
class Matters:
    """Their open points, oldest first, and what they named how often."""

    open: tuple[Point, ...] = ()
    named: tuple[tuple[tuple[str, ...], str, int], ...] = ()
    """Things they named: stems, name, number of turns in which they did."""
    told_s: float = float("-inf")
    heard_s: float = float("-inf")
    """Call time at which my last turn ended: what came later I can go into."""

    said: tuple[Point, ...] = ()
    """Points since they last felt understood, taken up or not, oldest first."""

    @property
    def names(self) -> tuple[str, ...]:
        """What a summary should hold: open points first, of these what weighs most."""
        still_open = {p.quote for p in self.open}
        ranked = sorted(
            self.said, key=lambda p: (p.quote not in still_open, -_RANK[p.kind], -p.at_s)
        )
        again = (name for _, name, count in self.named if count >= TIMES)
        return tuple(dict.fromkeys((*(p.name for p in ranked if p.name), *again)))

    def theirs(
        self, book: PhraseBook, said: Sequence[Piece], at_s: float, *, new_turn: bool
    ) -> Matters:
        """With one more utterance of theirs."""
        around = _weighty(book, [w for p in said for w in p.normal.words])
        found = [p for piece in said for p in _points(book, piece, around, at_s)]
        if self.heard_s == float("-inf"):  # I have passed over nothing yet
            found = [replace(p, my_turns=0) for p in found]
        matters = self
        for topic in topics_in(book, said, Speaker.THEM):
            matters, count = matters._name(topic.stems, topic.name, new_turn=new_turn)
            if count == TIMES and topic.sure:
                label = book.topics.again.replace("{point}", topic.name)
                stems = frozenset(topic.stems)
                quote = " ".join(p.original for p in said)
                found.append(
                    Point(PointKind.REPEATED, topic.name, label, stems, around, quote, at_s)
                )
        fresh = [p for p in found if all(not p.stems <= o.stems for o in matters.open)]
        return replace(
            matters,
            open=(*matters.open, *fresh)[-KEPT:],
            said=(*matters.said, *fresh)[-KEPT:],
        )

    def mine(
        self, book: PhraseBook, said: Sequence[Piece], move: Move | None, at_s: float
    ) -> tuple[Matters, Point | None]:
        """After a whole turn of mine: what it takes up is closed, what waited too long is told."""
        words = [w for piece in said for w in piece.normal.words]
        stems = frozenset(stem(w) for w in words)
        heavy = _weighty(book, words)
        senses = _senses(book, heavy)
        draws = move is not None and any(f.kind in _DRAWS for f in move.findings)
        goes_into = draws or any(
            book.context.takes_up.found_in(piece.normal.text) for piece in said
        )
        kept = tuple(n for n in self.named if not (goes_into or heavy & frozenset(n[0])))
        left: list[Point] = []
        for point in self.open:
            if (
                (goes_into and point.at_s > self.heard_s)
                or (draws and point.at_s > at_s - DRAWN_S)
                or (point.stems - book.topics.light) & stems
                or point.around & heavy
                or _senses(book, point.stems | point.around) & senses
            ):
                continue
            passed = len(words) > SHORT
            left.append(replace(point, my_turns=point.my_turns + passed))
        due = [p for p in left if p.my_turns >= TURNS]
        told = None
        if due and at_s - self.told_s >= AGAIN_S:
            told = max(due, key=lambda p: (_RANK[p.kind], p.at_s))
        still = tuple(p for p in left if p.my_turns < TURNS * 2 and p is not told)
        told_s = self.told_s if told is None else at_s
        return replace(self, open=still, named=kept, told_s=told_s, heard_s=at_s), told

    def settled(self) -> Matters:
        """They feel understood: nothing they said until now is open."""
        return replace(self, open=(), named=(), said=())

    def _name(self, stems: tuple[str, ...], name: str, *, new_turn: bool) -> tuple[Matters, int]:
        for i, (known, known_name, count) in enumerate(self.named):
            if same(known, stems):
                shorter = min((known, known_name), (stems, name), key=lambda x: len(x[0]))
                times = count + new_turn
                entry = (*shorter, times)
                return replace(self, named=(*self.named[:i], *self.named[i + 1 :], entry)), times
        return replace(self, named=(*self.named, (stems, name, 1))[-40:]), 1


def _weighty(book: PhraseBook, words: Sequence[str]) -> frozenset[str]:
    """Stems of words that two sentences do not share by chance."""
    telling = frozenset(s for s in map(stem, words) if s in book.topics.senses)
    return (content(book, words) | telling) - book.topics.light


def _senses(book: PhraseBook, stems: frozenset[str]) -> frozenset[int]:
    """What kinds of thing words speak of."""
    return frozenset(book.topics.senses[s] for s in stems if s in book.topics.senses)


def unaddressed(point: Point) -> Finding:
    """The finding for a point that two turns of mine passed over."""
    confidence = {PointKind.FEAR: 0.85, PointKind.NEED: 0.8, PointKind.REPEATED: 0.8}
    return Finding(
        SignalKind.UNADDRESSED,
        confidence.get(point.kind, 0.75),
        f"passed-over-{point.kind.value}",
        point.quote,
    )


def _points(book: PhraseBook, piece: Piece, around: frozenset[str], at_s: float) -> list[Point]:
    """Of one sentence, at most one of a kind."""
    found: list[Point] = []
    if piece.normal.question and not piece.normal.text.startswith("what if"):
        return found
    for entry, patterns in book.points.possible(piece.normal.text):
        if any(p.kind is entry.kind for p in found):
            continue
        point = named(book, entry, patterns, piece)
        if point is None:
            continue
        if entry.kind is PointKind.NUMBER:
            stems = frozenset(stem(w) for w in point.words) - book.topics.light - _LITTLE
        else:
            stems = content(book, point.words)
        if stems or point.label:
            found.append(
                Point(
                    entry.kind,
                    point.short,
                    point.label,
                    stems,
                    around,
                    piece.original,
                    at_s,
                    my_turns=int(entry.kind is PointKind.REPEATED),
                )
            )
    return found
