"""Their answers: "that's right", "you're right", "yes", and everything that only looks like them.

A reply is read from its head. Fillers are skipped, known acts are taken off one after another
("Yeah, no, you're right" is yes, no, concede) until other words begin; those are the rest. Acts say
what the words do on their own, my turn before them says what they mean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from assistant.model import SignalKind
from assistant.phrases import Act
from assistant.signals.findings import Finding
from assistant.signals.moves import FACT_WORDS, Asks
from assistant.text import Piece, stem

if TYPE_CHECKING:
    from assistant.phrases import PhraseBook
    from assistant.signals.moves import Move

_QUIET: Final = frozenset({Act.YES, Act.MM, Act.HEDGE, Act.NO, Act.AFFIRM})

ECHO_WORDS: Final = 5
"""So few words after an act may only repeat what I said."""

_THIN: Final = frozenset(
    {"the", "a", "an", "my", "our", "your", "i", "we", "its", "and", "in", "on"}
)
"""Words an echo may differ in."""

_SARCASM: Final = re.compile(
    r"^(?:, )?(?:because|cause|cos|since) (?:i|ive|we|weve|im|were|my|our|thats|everybody|you)\b"
)
"""Behind a "sure" or "that's right": what follows says that it is not."""

_CONTRAST: Final = re.compile(
    r"^(?:, )?(?:(?:\w+ ){0,3}, )?(?:but|although|though|except|however|only that|apart from|"
    r"other than|then again|on the other hand|with one exception|yet|that said|having said|"
    r"just not|as long as|provided|at least|to a point|up to a point|in part|in theory)\b"
)
_EMPTY_REST: Final = re.compile(
    r"^(?:(?:, )?(?:then|too|as well|thanks|thank you|sir|maam|man|i guess|i suppose|i think|"
    r"sounds|about that|on that|with that|there|indeed|of course|please|why not|i mean|you know|"
    r"for sure|no|yes|yeah|okay|right|will do|no problem|whatever)\s*)*$"
)
_TAIL: Final = re.compile(
    r"(?:^|\b(?:and|so|yeah|yes|yep|exactly|no|oh|wow|well|then) )"
    r"thats (?:exactly |absolutely |totally )?(?:right|it)(?: exactly)?$"
)
_REPORTED: Final = re.compile(
    r"\b(?:said|says|say|told (?:me|us|him|her|them)|goes|went|was like|were like|is like|asked|"
    r"wrote|writes|answered|replied)(?: to (?:me|us|him|her|them))?(?: ,)?$"
)


@dataclass(frozen=True, slots=True)
class Done:
    """One act taken off the head of a reply."""

    act: Act
    rule: str
    strength: float
    question: bool
    """Its sentence ended with a question mark."""
    words: str


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a reply, and what comes after it."""

    acts: tuple[Done, ...]
    quote: str
    """The sentences the head covers, as transcribed."""
    rest: str
    """Normalised words after the head; empty when there is nothing else."""
    later: tuple[Piece, ...]
    """Whole sentences after the head."""

    def first(self, *acts: Act) -> Done | None:
        """The first of these acts, if any was done."""
        return next((d for d in self.acts if d.act in acts), None)

    @property
    def contrast(self) -> bool:
        """The head is followed by "but" and its kin."""
        after = self.rest or (self.later[0].normal.text if self.later else "")
        return bool(_CONTRAST.search(after))

    @property
    def bare(self) -> bool:
        """Nothing of substance follows."""
        return not self.later and bool(_EMPTY_REST.match(self.rest))


def read_head(book: PhraseBook, reply: tuple[Piece, ...]) -> Head:
    """Take acts off the head of a reply until other words begin."""
    acts: list[Done] = []
    covered: list[str] = []
    for index, piece in enumerate(reply):
        position, text = 0, piece.normal.text
        before = len(acts)
        while position < len(text):
            step = _next_act(book, text, position)
            if step is None:
                break
            done, position = step
            if done is not None:
                acts.append(_with_question(done, piece))
        if len(acts) > before:
            covered.append(piece.original)
        if position < len(text):
            return Head(tuple(acts), " ".join(covered), text[position:], reply[index + 1 :])
    return Head(tuple(acts), " ".join(covered), "", ())


def is_listening(book: PhraseBook, reply: tuple[Piece, ...]) -> bool:
    """True when a turn only shows that somebody listens: "mm-hm", "yeah", "right, okay"."""
    head = read_head(book, reply)
    return not head.rest and not head.later and all(d.act in _QUIET for d in head.acts)


def is_empty(book: PhraseBook, reply: tuple[Piece, ...]) -> bool:
    """True when it is not even "that's right": a yes, a sound, or nothing."""
    acts = read_head(book, reply).acts
    return is_listening(book, reply) and all(d.act is not Act.AFFIRM for d in acts)


def _past_echo(book: PhraseBook, reply: tuple[Piece, ...], move: Move | None) -> Head:
    """The head of a reply; my own words said back before it are no words of theirs.

    "Routers first, phones in the summer, yeah, okay" is a yes.
    """
    head = read_head(book, reply)
    if head.acts or move is None or not reply:
        return head
    mine = frozenset(stem(w) for w in move.words)
    text = reply[0].normal.text
    words = text.split()
    position = said = 0
    for word in words[: ECHO_WORDS + 3]:
        if word != "," and stem(word) not in mine and word not in _THIN:
            break
        said += word != ","
        position += len(word) + 1
        if said < 2 or position >= len(text):  # noqa: PLR2004 - one word may be chance
            continue
        rest = Piece(reply[0].original, replace(reply[0].normal, text=text[position:]))
        after = read_head(book, (rest, *reply[1:]))
        if after.acts:
            return after
    if said and position >= len(text) and len(reply) > 1:
        after = read_head(book, reply[1:])
        return after if after.acts else head
    return head


def read_reply(book: PhraseBook, reply: tuple[Piece, ...], move: Move | None) -> Finding | None:
    """The one thing a reply says about my last move, or None when it says nothing sure.

    `move` is None when nothing of mine stands before it. The finding's confidence may be below
    what is shown; the caller decides.
    """
    head = _past_echo(book, reply, move)
    found = _judge(head, move) if head.acts else None
    late = _late(book, reply, move)
    if found is not None and found.kind is SignalKind.BARE_YES and late is not None:
        return late
    return found or late


def _next_act(book: PhraseBook, text: str, position: int) -> tuple[Done | None, int] | None:
    """The longest act or filler at `position`, and where it ends; None when other words begin."""
    if text.startswith((" ", ","), position):
        return None, position + 1
    best: tuple[Done | None, int] | None = None
    for entry in book.replies:
        for pattern in entry.phrases.patterns:
            match = pattern.match(text, position)
            if match and match.end() > position and (best is None or match.end() > best[1]):
                phrases = entry.phrases
                done = Done(entry.act, phrases.rule, phrases.strength, False, match.group())  # noqa: FBT003 - set by the caller, who knows the sentence
                best = done, match.end()
    if best is None:
        match = book.filler.match(text, position)
        best = (None, match.end()) if match else None
    return best


def _with_question(done: Done, piece: Piece) -> Done:
    return Done(done.act, done.rule, done.strength, piece.normal.question, done.words)


def _judge(head: Head, move: Move | None) -> Finding | None:
    asks = move.asks if move else Asks.NOTHING
    for rule in (_denied, _qualified, _answered_no, _checked, _conceded, _affirmed, _weak, _short):
        verdict = rule(head, asks, move)
        if verdict is not None:
            return verdict if verdict.confidence > 0 else None
    return None


def _found(kind: SignalKind, done: Done, head: Head, weight: float = 1.0) -> Finding:
    return Finding(kind, round(min(0.98, done.strength * weight), 3), done.rule, head.quote)


_NOTHING: Final = Finding(SignalKind.BARE_YES, 0.0, "", "")
"""A rule's word that the reply is understood and is no signal."""


def _denied(head: Head, asks: Asks, move: Move | None) -> Finding | None:
    deny = head.first(Act.DENY)
    no = head.first(Act.NO)
    if deny is not None:
        if asks is Asks.NO and not (move and move.invites_dissent):
            return _NOTHING
        return _found(SignalKind.CORRECTION, deny, head)
    if asks is Asks.PICTURE and head.first(Act.CONTRADICT) and not _agreed(head):
        return _found(SignalKind.CORRECTION, head.acts[-1], head)
    if (
        no is not None
        and asks is Asks.PICTURE
        and not head.first(Act.AFFIRM, Act.STRONG_AFFIRM, Act.CONCEDE, Act.QUALIFY, Act.YES)
    ):
        return _found(SignalKind.CORRECTION, no, head, 0.9)
    return None


def _agreed(head: Head) -> bool:
    return head.first(Act.AFFIRM, Act.STRONG_AFFIRM, Act.CONCEDE, Act.QUALIFY) is not None


def _qualified(head: Head, asks: Asks, _move: Move | None) -> Finding | None:
    if asks in {Asks.OPEN, Asks.NO}:
        return None
    qualify = head.first(Act.QUALIFY)
    weight = 0.72 if asks is Asks.FACT else 1.0
    if qualify is not None:
        return _found(SignalKind.QUALIFIED_AGREEMENT, qualify, head, weight)
    agreed = head.first(Act.AFFIRM, Act.STRONG_AFFIRM, Act.CONCEDE, Act.YES)
    if agreed is not None and head.contrast:
        if asks is Asks.NOTHING and agreed.act is Act.YES:
            return _NOTHING
        return Finding(
            SignalKind.QUALIFIED_AGREEMENT, round(0.88 * weight, 3), "agreed-but", head.quote
        )
    hedge, affirm = head.first(Act.HEDGE), head.first(Act.AFFIRM, Act.STRONG_AFFIRM)
    if (
        hedge is not None
        and affirm is not None
        and head.acts.index(hedge) < head.acts.index(affirm)
    ):
        return Finding(SignalKind.QUALIFIED_AGREEMENT, 0.66, "hedged", head.quote)
    return None


def _answered_no(head: Head, asks: Asks, move: Move | None) -> Finding | None:
    if asks is not Asks.NO or move is None:
        return None
    no = head.first(Act.NO_GO_AHEAD) or head.first(Act.NO)
    affirm = head.first(Act.AFFIRM, Act.STRONG_AFFIRM)
    if affirm is not None and move.invites_dissent:
        return _found(SignalKind.THATS_RIGHT, affirm, head, 0.9)
    if no is None or head.first(Act.CONCEDE) is not None:
        return None
    if no.act is Act.NO and (head.rest or head.later) and head.contrast:
        return _NOTHING
    return _found(SignalKind.NO_ORIENTED_AGREEMENT, no, head)


def _checked(head: Head, asks: Asks, _move: Move | None) -> Finding | None:
    if asks is not Asks.FACT:
        return None
    confirmed = _confirming(head)
    if confirmed is None or confirmed.question:
        return _NOTHING
    return _found(SignalKind.FACTUAL_CONFIRMATION, confirmed, head)


def _confirming(head: Head) -> Done | None:
    """The act that says that something is so, as a fact."""
    return next((d for d in head.acts if d.act is Act.AFFIRM or "correct" in d.words), None)


def _echoes(head: Head, move: Move) -> bool:
    """The few words after the act repeat mine: "That's right, twelve."."""
    said = [w for w in head.rest.split() if w not in {",", "and", "the", "a", "yes", "yeah"}]
    return 0 < len(said) <= ECHO_WORDS and not head.later and set(said) <= set(move.words)


def _conceded(head: Head, asks: Asks, _move: Move | None) -> Finding | None:
    concede = head.first(Act.CONCEDE)
    if concede is None or concede.question:
        return None
    strong = head.first(Act.STRONG_AFFIRM)
    if strong is not None and asks is Asks.PICTURE and not strong.question:
        return _found(SignalKind.THATS_RIGHT, strong, head, 0.76)
    return _found(SignalKind.YOURE_RIGHT, concede, head, 0.8 if asks is Asks.OPEN else 1.0)


_RECALLS: Final = re.compile(r"^(?:, )?(?:\w+ ){0,3}(?:forgot|forgotten|remember|reminds me)\b")
""""That's right, I nearly forgot": it came back to them."""

_PLAIN: Final = frozenset({"thats-right", "exactly"})
"""Rules whose words agree with a statement of mine as well as with a picture of them."""


def _affirmed(head: Head, asks: Asks, move: Move | None) -> Finding | None:
    affirm = head.first(Act.STRONG_AFFIRM) or head.first(Act.AFFIRM)
    if affirm is None:
        correct = _confirming(head)
        if correct and not correct.question and move and asks is Asks.NOTHING:
            return _found(SignalKind.FACTUAL_CONFIRMATION, correct, head)
        return None
    if affirm.question or move is None or _SARCASM.match(head.rest) or _RECALLS.search(head.rest):
        return _NOTHING
    if asks is Asks.PICTURE:
        short = len(move.words) <= FACT_WORDS
        if move.kind is None and move.states_fact and short and _echoes(head, move):
            return _found(SignalKind.FACTUAL_CONFIRMATION, affirm, head)
        return _found(SignalKind.THATS_RIGHT, affirm, head)
    confirming = _confirming(head)
    if asks is Asks.NOTHING and confirming and affirm.act is Act.AFFIRM:
        if move.states_fact or _echoes(head, move):
            return _found(SignalKind.FACTUAL_CONFIRMATION, confirming, head)
        if affirm.rule == "thats-right":
            return _found(SignalKind.FACTUAL_CONFIRMATION, confirming, head, 0.75)
    if asks is Asks.PROPOSAL and head.bare and affirm.rule in _PLAIN:
        return _found(SignalKind.BARE_YES, affirm, head, 0.85)
    if asks is Asks.NOTHING and affirm.rule in _PLAIN and len(move.words) > 3:  # noqa: PLR2004 - "Hello there."
        return _found(SignalKind.FACTUAL_CONFIRMATION, affirm, head, 0.75)
    return _NOTHING


def _weak(head: Head, asks: Asks, _move: Move | None) -> Finding | None:
    hedge = head.first(Act.HEDGE)
    if hedge is None or not head.bare or asks not in {Asks.PICTURE, Asks.PROPOSAL}:
        return None
    if head.first(Act.NO) is not None:
        return None
    kind = SignalKind.YOURE_RIGHT if "guess" in hedge.words else SignalKind.QUALIFIED_AGREEMENT
    return Finding(kind, 0.68, "hedge-alone", head.quote)


def _short(head: Head, asks: Asks, move: Move | None) -> Finding | None:
    yes = head.first(Act.YES) or head.first(Act.MM)
    if yes is None or yes.question or not head.bare or head.first(Act.NO) is not None:
        return None
    if asks is Asks.PICTURE and move is not None and move.kind is None and not move.retold:
        return None  # an aside about "you" gets a "yeah" from anybody who listens
    if yes.act is Act.MM and (move is None or move.kind is None):
        return None
    if asks not in {Asks.PICTURE, Asks.PROPOSAL} or move is None or move.unfinished:
        return None
    if move.kind is None and move.states_fact and "correct" in yes.words:
        return _found(SignalKind.FACTUAL_CONFIRMATION, yes, head)
    return _found(SignalKind.BARE_YES, yes, head)


_LATE: Final = frozenset(
    {SignalKind.THATS_RIGHT, SignalKind.YOURE_RIGHT, SignalKind.QUALIFIED_AGREEMENT}
)


def _late(book: PhraseBook, reply: tuple[Piece, ...], move: Move | None) -> Finding | None:
    """A verdict that comes only after other words ("I never put it like that. That's right")."""
    for index in range(len(reply) - 1, -1, -1):
        piece = reply[index]
        if index and _REPORTED.search(reply[index - 1].normal.text):
            continue
        head = read_head(book, reply[index:])
        first = head.acts[0] if head.acts else None
        pictured = move is not None and move.asks is Asks.PICTURE
        strong = pictured and first is not None and first.act is Act.STRONG_AFFIRM
        alone = index > 0 and (strong or not read_head(book, (piece,)).rest)
        if alone and head.first(Act.AFFIRM, Act.STRONG_AFFIRM, Act.CONCEDE):
            verdict = _judge(head, move)
            if verdict and verdict.kind in _LATE:
                weight = 0.9
                return Finding(
                    verdict.kind,
                    round(verdict.confidence * weight, 3),
                    verdict.rule,
                    piece.original,
                )
        if (
            move is not None
            and move.asks is Asks.PICTURE
            and not piece.normal.question
            and _TAIL.search(piece.normal.text)
        ):
            return Finding(SignalKind.THATS_RIGHT, 0.78, "thats-right-at-the-end", piece.original)
    return None
