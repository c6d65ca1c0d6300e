"""Their answers: "that's right", "you're right", "yes", and everything that only looks like them.

Acts (`heads`) say what the words do on their own; my turn before them says what they mean.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from assistant.model import SignalKind
from assistant.phrases import Act
from assistant.signals.echoes import confirmed_after, said_back
from assistant.signals.findings import Finding
from assistant.signals.heads import (
    ECHO_WORDS,
    FIGURES,
    Done,
    Head,
    past_echo,
    read_head,
    words_quoted,
)
from assistant.signals.moves import Asks
from assistant.signals.pictures import FACT_WORDS
from assistant.text import Piece

if TYPE_CHECKING:
    from assistant.phrases import PhraseBook
    from assistant.signals.moves import Move

_SARCASM: Final = re.compile(
    r"^(?:, )?(?:because|cause|cos|since) (?:i|ive|we|weve|im|were|my|our|thats|everybody|you)\b"
)
"""Behind a "sure" or "that's right": what follows says that it is not."""

_MARKS: Final = frozenset('"“„‘«')
"""What a quotation begins with."""

_TAIL: Final = re.compile(
    r"(?:^|\b(?:and|so|yeah|yes|yep|exactly|no|oh|wow|well|then) (?:, )?)"
    r"thats (?:exactly |absolutely |totally )?(?:right|it)(?: exactly)?$"
)
_REPORTED: Final = re.compile(
    r"\b(?:said|says|say|told (?:me|us|him|her|them)|goes|went|was like|were like|is like|asked|"
    r"wrote|writes|answered|replied)(?: to (?:me|us|him|her|them))?(?: ,)?$"
)


def read_reply(book: PhraseBook, reply: tuple[Piece, ...], move: Move | None) -> Finding | None:
    """The one thing a reply says about my last move, or None when it says nothing sure.

    `move` is None when nothing of mine stands before it. The finding's confidence may be below
    what is shown; the caller decides.
    """
    head = past_echo(book, reply, move)
    if reply and words_quoted(reply[0].original) and reply[0].original.lstrip()[:1] in _MARKS:
        return None  # they begin with what somebody else said
    found = _judge(head, move) if head.acts else None
    if found is None:
        found = _eager(head, reply, move) or said_back(reply, move)
    late = _late(book, reply, move)
    if found is not None and found.kind is SignalKind.BARE_YES and late is not None:
        return late
    return found or late


def _judge(head: Head, move: Move | None) -> Finding | None:
    asks = move.asks if move else Asks.NOTHING
    for rule in (_denied, _qualified, _answered_no, _conceded, _checked, _affirmed, _weak, _short):
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
    concede = head.first(Act.CONCEDE)
    if no is None or (concede is not None and "guess not" not in concede.words):
        return None
    if no.act is Act.NO and (head.rest or head.later) and head.contrast:
        return _NOTHING
    return _found(SignalKind.NO_ORIENTED_AGREEMENT, no, head)


def _checked(head: Head, asks: Asks, _move: Move | None) -> Finding | None:
    if asks is not Asks.FACT:
        return None
    confirmed = _confirming(head)
    if confirmed is None or confirmed.question or head.rest.startswith("or "):
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
    if asks is Asks.FACT and concede.rule == "if-you-say-so":
        return None
    strong = head.first(Act.STRONG_AFFIRM)
    if strong is not None and asks is Asks.PICTURE and not strong.question:
        return _found(SignalKind.THATS_RIGHT, strong, head, 0.76)
    return _found(
        SignalKind.YOURE_RIGHT, concede, head, 0.8 if asks in {Asks.OPEN, Asks.FACT} else 1.0
    )


_RECALLS: Final = re.compile(
    r"^(?:, )?(?:\w+ ){0,4}(?:forgot|forgotten|remember|reminds me|meant to (?:ask|tell|say))\b"
)
""""That's right, I nearly forgot": it came back to them."""

_CHILD: Final = re.compile(
    r"^(?:, )?(?:poppet|sweetie|sweetheart|darling|honey|good (?:boy|girl)|buddy|pumpkin|munchkin|"
    r"both (?:arms|feet|hands)|(?:left|right|other) (?:arm|foot|hand|leg) )\b"
)
"""Said to somebody small who is in the room."""

_TAKEN_BACK: Final = re.compile(
    r"^(?:no|nope|not)(?: (?:no|way|a chance|happening|really|at all))*$"
)
"""A "No." of its own further on: the "exactly" before it was bitter."""

_PLAIN: Final = frozenset({"thats-right", "exactly"})
"""Rules whose words agree with a statement of mine as well as with a picture of them."""


def _affirmed(head: Head, asks: Asks, move: Move | None) -> Finding | None:
    said = [d for d in head.acts if not d.question]
    affirm = next((d for d in said if d.act is Act.STRONG_AFFIRM), None) or next(
        (d for d in said if d.act is Act.AFFIRM), head.first(Act.STRONG_AFFIRM, Act.AFFIRM)
    )
    if affirm is None:
        correct = _confirming(head)
        checked = asks is Asks.NOTHING or (asks is Asks.PICTURE and move and move.kind is None)
        if correct and not correct.question and move and checked:
            return _found(SignalKind.FACTUAL_CONFIRMATION, correct, head)
        return None
    if affirm.question or move is None or _SARCASM.match(head.rest) or _RECALLS.search(head.rest):
        return _NOTHING
    if _CHILD.match(head.rest) or any(_TAKEN_BACK.match(p.normal.text) for p in head.later):
        return _NOTHING
    if asks is Asks.PICTURE:
        short = len(move.words) <= FACT_WORDS
        fact = move.states_fact or not move.felt
        if move.kind is None and fact and short and _echoes(head, move):
            return _found(SignalKind.FACTUAL_CONFIRMATION, affirm, head)
        return _found(SignalKind.THATS_RIGHT, affirm, head)
    if affirm.rule in _PLAIN:
        return _agreed_with(head, affirm, move)
    return _drawn(head, affirm, move)


def _agreed_with(head: Head, affirm: Done, move: Move) -> Finding:
    """To what was no picture of them: "that's right", "exactly"."""
    if move.asks is Asks.PROPOSAL and head.bare:
        return _found(SignalKind.BARE_YES, affirm, head, 0.85)
    if move.asks is Asks.NOTHING and len(move.words) > GREETING_WORDS:
        if head.rest.startswith("or "):
            return _NOTHING
        fact = move.states_fact or _echoes(head, move)
        return _found(SignalKind.FACTUAL_CONFIRMATION, affirm, head, 1.0 if fact else 0.75)
    return _NOTHING


def _drawn(head: Head, affirm: Done, move: Move) -> Finding:
    """Whoever says that I have understood says so of a picture, whatever it looked like."""
    mirrored = move.asks is Asks.FACT and move.kind is SignalKind.MIRROR
    if not (mirrored or move.asks is Asks.NOTHING) or move.about_me:
        return _NOTHING
    fact = move.states_fact and move.kind is None and len(move.words) <= FACT_WORDS
    if fact and affirm.rule != "feels-understood":
        return _found(SignalKind.FACTUAL_CONFIRMATION, affirm, head, 0.85)
    if not mirrored and len(move.words) <= GREETING_WORDS:
        return _NOTHING
    return _found(SignalKind.THATS_RIGHT, affirm, head, 0.85)


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


def _eager(head: Head, reply: tuple[Piece, ...], move: Move | None) -> Finding | None:
    """A yes with force, and more of their own behind it: nobody who wants one to stop goes on."""
    if move is None or move.asks is not Asks.PICTURE or move.kind is None:
        return None
    yes = [d for d in head.acts if d.act is Act.YES]
    if not yes or any(d.question for d in yes) or head.contrast or not head.acts:
        return None
    if any(d.act not in {Act.YES, Act.MM} for d in head.acts):
        return None
    loud = _FORCE.search(reply[0].original.lower()) is not None or len(yes) >= THRICE
    more = len(head.rest.split()) + sum(len(p.normal.words) for p in head.later)
    if not loud or more < GOES_ON_WORDS or any(p.normal.question for p in head.later):
        return None
    return Finding(SignalKind.THATS_RIGHT, 0.74, "yes-with-force", head.quote)


QUOTED_FROM: Final = 12
"""So many characters tell where a quotation begins."""

GREETING_WORDS: Final = 3
"""A statement this short ("Hello there.") is nothing to agree with."""

THRICE: Final = 3
GOES_ON_WORDS: Final = 5
"""So much more of their own shows that they want to go on."""

_FORCE: Final = re.compile(
    r"\b(?:god|oh god|oh my god|hell|christ|lord|oh|absolutely|definitely) yes\b|\byes!|\byeah!|"
    r"\byes,? yes,? yes\b|\byes,? god\b"
)

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
        alone = index > 0 and not read_head(book, (piece,)).rest
        if alone and head.first(Act.AFFIRM, Act.STRONG_AFFIRM, Act.CONCEDE):
            verdict = _judge(head, move)
            if verdict and verdict.kind in _LATE:
                confidence = round(verdict.confidence * 0.9, 3)
                return Finding(verdict.kind, confidence, verdict.rule, piece.original)
        if (
            move is not None
            and move.asks in {Asks.PICTURE, Asks.FACT}
            and not piece.normal.question
            and _TAIL.search(piece.normal.text)
        ):
            return _at_the_end(reply, piece, move)
    if move is None:
        return None
    return _inside(book, reply, move) or confirmed_after(book, reply, move)


def _at_the_end(reply: tuple[Piece, ...], piece: Piece, move: Move) -> Finding:
    """They went through it first: my own words, when it was a fact."""
    said = {w for p in reply for w in p.normal.words}
    figures = any(w[0].isdigit() or w in FIGURES for w in said)
    if move.asks is Asks.FACT or (move.kind is None and move.states_fact and figures):
        return Finding(
            SignalKind.FACTUAL_CONFIRMATION, 0.78, "thats-right-at-the-end", piece.original
        )
    return Finding(SignalKind.THATS_RIGHT, 0.78, "thats-right-at-the-end", piece.original)


def _inside(book: PhraseBook, reply: tuple[Piece, ...], move: Move) -> Finding | None:
    """Words that cannot be politeness, at the head of a clause anywhere in the reply."""
    plain = move.asks is Asks.NOTHING and not move.states_fact and not move.about_me
    if not (plain or move.asks is Asks.PICTURE) or len(move.words) <= GREETING_WORDS:
        return None
    if read_head(book, reply).first(Act.DENY, Act.CONTRADICT) is not None:
        return None
    for index, piece in enumerate(reply):
        text = piece.normal.text
        if piece.normal.question or (index and _REPORTED.search(reply[index - 1].normal.text)):
            continue
        quoted = words_quoted(piece.original)
        for clause in _CLAUSE.finditer(text):
            if _UNREAL.search(text[: clause.start()]):
                break
            if quoted and text[clause.end() :].startswith(quoted[:QUOTED_FROM]):
                break
            rest = Piece(piece.original, replace(piece.normal, text=text[clause.end() :]))
            head = read_head(book, (rest, *reply[index + 1 :]))
            first = head.acts[0] if head.acts else None
            if first is None or first.act is not Act.STRONG_AFFIRM:
                continue
            if head.contrast or _SARCASM.match(head.rest):
                return None
            confidence = round(first.strength * 0.85, 3)
            return Finding(SignalKind.THATS_RIGHT, confidence, first.rule, piece.original)
    return None


_CLAUSE: Final = re.compile(
    r"(?:^| , )(?:(?:and|but|so|because|yes|yeah|oh|well|aye|by god|my god|honestly|man|really) )*|"
    r"\b(?:and|but|so|because|yes|yeah|no|um|uh|oh yes|oh|aye|by god|word) "
    r"(?=th|you|yes|exac|it|no|i )|"
    r"\b(?=thats (?:it|exactly|precisely|the (?:bit|whole|thing)|how (?:we|i)|what i)\b)"
)
_UNREAL: Final = re.compile(
    r"\b(?:not|dont|didnt|isnt|wasnt|never|if|unless|wish|whether|said|says|told|asked|think|thinks|"
    r"when|until|suppose|imagine|sure|hope|doubt|kept|going|goes|hang on)\b"
    r"(?!.* , (?:but|and|so|yes)\b)"
)
"""After these what follows is denied, wished for, or somebody else's."""
