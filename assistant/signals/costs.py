"""What I do that costs me: moving on too early, filling a silence, holding the floor. Pure.

Each rule takes what stood before and my words just heard. What is said of a whole turn
(`monologue`) is said once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from assistant.model import SignalKind, Speaker
from assistant.signals.findings import Finding
from assistant.signals.moves import Asks, read_move
from assistant.text import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.model import Transcript
    from assistant.phrases import PhraseBook
    from assistant.phrases.book import Limits
    from assistant.signals.moves import Move
    from assistant.text import Piece

SHARE_OVER_S: Final = 300.0
"""Talk share is looked at over the last five minutes (SIGNALS: `monologue`)."""

SHARE_AGAIN_S: Final = 300.0
"""It is said again after this at the earliest."""

PAUSE_S: Final = 0.35
"""A shorter gap between two utterances is no silence that could be filled."""

LONG_TURN_S: Final = 30.0
"""In a longer turn of mine what counts is that I hold the floor (`monologue`)."""

QUESTION_WORDS: Final = 4
"""A question in fewer words than this that has no mark may be anything ("what a day")."""

HANDS_OVER: Final = frozenset(
    {
        SignalKind.LABEL,
        SignalKind.SUMMARY,
        SignalKind.MIRROR,
        SignalKind.CALIBRATED_QUESTION,
        SignalKind.NO_ORIENTED_QUESTION,
        SignalKind.RESET,
        SignalKind.ACCUSATION_AUDIT,
    }
)
"""After these the floor is theirs."""


@dataclass(frozen=True, slots=True)
class Holding:
    """How long I have had the floor, and how speech was shared lately."""

    since_s: float | None = None
    """Call time of my first word since they last said something of substance."""
    told: bool = False
    """It was already said of this stretch."""
    spans: tuple[tuple[float, float, bool], ...] = ()
    """Speech of the last `SHARE_OVER_S`: start, end, whether it was mine."""
    share_told_s: float = float("-inf")
    """Call time at which the share was last spoken of."""

    def after(
        self, heard: Transcript, limits: Limits, *, listening: bool
    ) -> tuple[Holding, Finding | None]:
        """With one more utterance; `listening`: it was only a sound of listening."""
        mine = heard.speaker is Speaker.ME
        first_s = heard.end_s - SHARE_OVER_S
        spans = (*(s for s in self.spans if s[1] > first_s), (heard.start_s, heard.end_s, mine))
        holding = replace(self, spans=spans)
        if not mine:
            return (holding if listening else replace(holding, since_s=None, told=False)), None
        since_s = heard.start_s if holding.since_s is None else holding.since_s
        holding = replace(holding, since_s=since_s)
        if not holding.told and heard.end_s - since_s > limits.monologue_s:
            return replace(holding, told=True), _finding("holds-the-floor", 0.93, heard.text)
        return _shared(holding, heard, limits)


def _shared(holding: Holding, heard: Transcript, limits: Limits) -> tuple[Holding, Finding | None]:
    """My share of the last five minutes, once the call is that old."""
    if heard.end_s < SHARE_OVER_S or heard.end_s - holding.share_told_s < SHARE_AGAIN_S:
        return holding, None
    mine = sum(end - start for start, end, is_mine in holding.spans if is_mine)
    speech = sum(end - start for start, end, _ in holding.spans)
    if not speech or mine / speech <= limits.share:
        return holding, None
    found = _finding("share-of-speech", 0.9, heard.text)
    return replace(holding, share_told_s=heard.end_s), found


def _finding(rule: str, confidence: float, quote: str) -> Finding:
    return Finding(SignalKind.MONOLOGUE, confidence, rule, quote)


def fills_silence(
    book: PhraseBook,
    before: Transcript,
    read_before: tuple[Piece, ...],
    heard: Transcript,
    said: tuple[Piece, ...],
) -> Finding | None:
    """My label, summary or question stood complete, and I did not wait for their answer.

    `before` and `heard` are two utterances of mine with no speech of theirs between;
    `read_before` is the sentence or sentences that ended with the first.
    """
    gap_s = heard.start_s - before.end_s
    if not PAUSE_S <= gap_s < book.limits.filled_s or not read_before or not said:
        return None
    asked = read_move(book, read_before, ())
    question = _asks(book, read_before[-1])
    last = read_before[-1].normal.words[-1]
    left_behind = question and last in book.context.left_behind
    if (asked.unfinished and not left_behind) or goes_on(
        book, before.text, heard.text, question=question
    ):
        return None
    tool = asked.kind in HANDS_OVER
    if not question and not tool:
        return None
    now = read_move(book, said, ())
    pictured = asked.kind in {SignalKind.LABEL, SignalKind.SUMMARY, SignalKind.ACCUSATION_AUDIT}
    if pictured and not question and _draws_on(now):
        return None
    words = tuple(w for piece in said for w in piece.normal.words)
    if len(words) < 2 or book.context.gives_time.search(said[0].normal.text):  # noqa: PLR2004 - "Right?" waits for its answer all the more
        return None
    quote = " ".join(piece.original for piece in said)
    return Finding(
        SignalKind.FILLED_SILENCE,
        0.9 if tool else 0.8,
        "spoke-on-after-" + str(asked.kind or "question"),
        quote,
    )


def _asks(book: PhraseBook, piece: Piece) -> bool:
    """A question, with its mark or without: then it opens as one and is long enough for one."""
    if piece.normal.question:
        return True
    written = piece.original.rstrip().endswith((".", "!"))
    return (
        not written
        and len(piece.normal.words) >= QUESTION_WORDS
        and bool(book.context.unmarked_question.search(piece.normal.text))
    )


_MAY_END: Final = frozenset(
    (  # noqa: SIM905 - easier to read
        "since could would should can will was is are do did had have him her before after it "
        "that this about on in for with to from of"
    ).split()
)
"""Words that end a sentence now and then; with a full stop and a capital after it they did."""


def goes_on(book: PhraseBook, before: str, after: str, *, question: bool) -> bool:
    """A sentence of mine that a pause cut in two: it cannot end there, or begin here."""
    ended = before.rstrip()
    first, last = words_of(after)[:1], words_of(before)[-1:]
    if not first or not last:
        return False
    preposition = question and last[0] in book.context.left_behind
    closed = ended[-1] in ".!?" and after.lstrip()[:1].isupper()
    preposition = preposition or (closed and last[0] in _MAY_END)
    if last[0] in book.goes_on | book.context.cannot_end and not preposition:
        return True
    written = ended[:1].isupper() or any(c in before for c in ".?!,")
    if written and ended[-1] not in ".?!" and after.lstrip()[:1].islower():
        return True
    return not ended.endswith(("?", "!", ".")) and first[0] in book.context.cannot_begin


def _draws_on(now: Move) -> bool:
    """The picture goes on: more about them, nothing asked, nothing of mine."""
    return now.asks in {Asks.PICTURE, Asks.NOTHING} and now.about_them and not now.about_me


def moves_on(
    book: PhraseBook, said: tuple[Piece, ...], tools: Sequence[str], *, after_little: bool = False
) -> Finding | None:
    """I go to terms, price, close or the next step; whether that is too early the engine knows.

    `tools` are the words of my labels, summaries and the like: what is in them is about them.
    `after_little`: they have just said little more than yes to a picture of mine.
    """
    for piece in said:
        text = piece.normal.text
        if any(piece.original in words for words in tools):
            continue
        if book.context.moves_not.found_in(text):
            continue
        if book.context.moves_on.found_in(text) or (
            after_little and book.context.moves_after.found_in(text)
        ):
            return Finding(
                SignalKind.PREMATURE_MOVE, 0.86, "terms-before-understanding", piece.original
            )
    return None


def asks_for_terms(book: PhraseBook, theirs: tuple[Piece, ...]) -> bool:
    """They asked for terms, price or the next step themselves, or left me a question to answer."""
    if any(book.context.asks_terms.found_in(piece.normal.text) for piece in theirs):
        return True
    return bool(theirs) and _asks(book, theirs[-1])
