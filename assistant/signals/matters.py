"""What they said that matters, and whether I have said it back: numbers, needs, fears. Pure.

A point is open until a turn of mine takes it up: with one of its words, with a label or summary
right after it, or with a question about it. After two turns of mine that did not, it is
`unaddressed`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from assistant.model import SignalKind, Speaker
from assistant.phrases.book import PointKind
from assistant.signals.findings import Finding
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

LONGEST: Final = 6
"""Words of a point that still fit into a label."""

AGAIN_S: Final = 45.0
"""Between two of them: what was said half a minute ago comes back by itself."""

_TURNED: Final = {"i": "you", "me": "you", "my": "your", "mine": "yours", "we": "you", "us": "you",
                  "our": "your", "ours": "yours", "im": "you're", "ive": "you've", "weve": "you've",
                  "id": "you'd", "wed": "you'd", "ill": "you'll", "myself": "yourself",
                  "ourselves": "yourselves", "am": "are"}  # fmt: skip
_ENDS_AT: Final = re.compile(
    r"\s,|\b(?:and|but|so|because|which|who|when|if|while|unless|though|although|cause|you know|"
    r"i mean|um|uh|like|or|since|before|after|until|that|then)\b"
)
_RANK: Final = {PointKind.FEAR: 3, PointKind.NEED: 2, PointKind.REPEATED: 2, PointKind.NUMBER: 1}


@dataclass(frozen=True, slots=True)
class Point:
    """Something they said that matters."""

    kind: PointKind
    name: str
    """As I could say it back, at most `LONGEST` words; empty when it does not fit."""
    label: str
    """A whole sentence that says it back; empty without a name."""
    stems: frozenset[str]
    """Of the words that carry its meaning."""
    quote: str
    at_s: float
    my_turns: int = 0
    """Turns of mine since, that did not take it up."""


@dataclass(frozen=True, slots=True)
class Matters:
    """Their open points, oldest first, and what they named how often."""

    open: tuple[Point, ...] = ()
    named: tuple[tuple[tuple[str, ...], str, int], ...] = ()
    """Things they named: stems, name, number of turns in which they did."""
    told_s: float = float("-inf")

    @property
    def names(self) -> tuple[str, ...]:
        """What can be said back, what weighs most first."""
        ranked = sorted(self.open, key=lambda p: (-_RANK[p.kind], -p.at_s))
        return tuple(dict.fromkeys(p.name for p in ranked if p.name))

    def theirs(
        self, book: PhraseBook, said: Sequence[Piece], at_s: float, *, new_turn: bool
    ) -> Matters:
        """With one more utterance of theirs."""
        found = [p for piece in said for p in _points(book, piece, at_s)]
        matters = self
        for topic in topics_in(book, said, Speaker.THEM):
            matters, count = matters._name(topic.stems, topic.name, new_turn=new_turn)
            if count == 2 and topic.sure:  # noqa: PLR2004 - they come back to it
                label = _label(book, PointKind.REPEATED, topic.name)
                stems = frozenset(topic.stems)
                quote = " ".join(p.original for p in said)
                found.append(Point(PointKind.REPEATED, topic.name, label, stems, quote, at_s))
        fresh = [p for p in found if all(not p.stems <= o.stems for o in matters.open)]
        return replace(matters, open=(*matters.open, *fresh)[-KEPT:])

    def mine(
        self, book: PhraseBook, words: Sequence[str], move: Move | None, at_s: float
    ) -> tuple[Matters, Point | None]:
        """After a whole turn of mine: what it takes up is closed, what waited too long is told."""
        stems = content(book, words)
        tool = move.kind if move is not None else None
        draws = tool in {SignalKind.SUMMARY, SignalKind.LABEL, SignalKind.MIRROR}
        left: list[Point] = []
        for index, point in enumerate(self.open):
            last = index >= len(self.open) - 2
            if point.stems & stems or (draws and point.my_turns == 0 and last):
                continue
            left.append(replace(point, my_turns=point.my_turns + 1))
        due = [p for p in left if p.my_turns >= TURNS]
        told = None
        if due and at_s - self.told_s >= AGAIN_S:
            told = max(due, key=lambda p: (_RANK[p.kind], p.at_s))
        kept = tuple(p for p in left if p.my_turns < TURNS * 2 and p is not told)
        told_s = self.told_s if told is None else at_s
        return replace(self, open=kept, told_s=told_s), told

    def without(self, stems: frozenset[str]) -> Matters:
        """What a reply of theirs settled."""
        return replace(self, open=tuple(p for p in self.open if not p.stems <= stems))

    def _name(self, stems: tuple[str, ...], name: str, *, new_turn: bool) -> tuple[Matters, int]:
        for i, (known, known_name, count) in enumerate(self.named):
            if same(known, stems):
                shorter = min((known, known_name), (stems, name), key=lambda x: len(x[0]))
                times = count + new_turn
                entry = (*shorter, times)
                return replace(self, named=(*self.named[:i], *self.named[i + 1 :], entry)), times
        return replace(self, named=(*self.named, (stems, name, 1))[-40:]), 1


def unaddressed(point: Point) -> Finding:
    """The finding for a point that two turns of mine passed over."""
    confidence = {PointKind.FEAR: 0.85, PointKind.NEED: 0.8, PointKind.REPEATED: 0.8}
    return Finding(
        SignalKind.UNADDRESSED,
        confidence.get(point.kind, 0.75),
        f"passed-over-{point.kind.value}",
        point.quote,
    )


def _points(book: PhraseBook, piece: Piece, at_s: float) -> list[Point]:
    """Of one sentence, at most one of a kind."""
    text = piece.normal.text
    found: list[Point] = []
    if piece.normal.question:
        return found
    for entry in book.points:
        for pattern in entry.phrases.patterns:
            match = pattern.search(text)
            if match is None:
                continue
            groups = match.groupdict()
            words = _trimmed(groups.get("point") or "", groups.get("before") or "")
            stems = content(book, words)
            if not stems:
                continue
            name = _as_said(piece.original, words) if len(words) <= LONGEST else ""
            label = entry.say.replace("{point}", name) if name else ""
            found.append(Point(entry.kind, name, label, stems, piece.original, at_s))
            break
    return found


def _trimmed(after: str, before: str) -> tuple[str, ...]:
    """The words of a point, cut where its clause ends."""
    if after:
        return tuple(_ENDS_AT.split(after, maxsplit=1)[0].split())
    return tuple(re.split(_ENDS_AT, before)[-1].split())


def _as_said(original: str, words: Sequence[str]) -> str:
    """The words as they stood in the sentence, turned to "you"; empty when they are not found."""
    tokens = original.split()
    bare = [re.sub(r"[^\w]", "", t.lower()) for t in tokens]
    for i in range(len(bare) - len(words) + 1):
        if tuple(bare[i : i + len(words)]) == tuple(words):
            said = [t.strip('.,;:!?…"“”()') for t in tokens[i : i + len(words)]]
            return " ".join(_TURNED.get(b, t) for b, t in zip(words, said, strict=True))
    return ""


def _label(book: PhraseBook, kind: PointKind, name: str) -> str:
    entry = next((e for e in book.points if e.kind is kind), None)
    return (entry.say if entry else book.topics.again).replace("{point}", name)
