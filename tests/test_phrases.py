"""Every entry of the phrase book runs its own examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant import phrases
from assistant.errors import ConfigError
from assistant.model import PromptKind, SignalKind
from assistant.signals.heads import read_head
from assistant.signals.moves import Asks, Move, read_move
from assistant.signals.remarks import read_remarks
from assistant.text import pieces, words_of

if TYPE_CHECKING:
    from assistant.phrases.book import RemarkPhrases

BOOK = phrases.load()


def examples(which: str, side: str) -> list[object]:
    entries = getattr(BOOK, which)
    return [
        pytest.param(entry, text, id=f"{entry.phrases.rule}: {text}")
        for entry in entries
        for text in getattr(entry.phrases, side)
    ]


def test_every_entry_has_examples_of_both_sides() -> None:
    books: list[list[phrases.Phrases]] = [
        [entry.phrases for entry in BOOK.replies],
        [entry.phrases for entry in BOOK.theirs],
        [entry.phrases for entry in BOOK.mine],
    ]
    for book in books:
        for phrase in book:
            assert phrase.positive, phrase.rule
            assert phrase.negative, phrase.rule
            assert 0 < phrase.strength < 1


@pytest.mark.parametrize(("entry", "text"), examples("replies", "positive"))
def test_reply_is(entry: phrases.ReplyPhrases, text: str) -> None:
    assert entry.act in {done.act for done in read_head(BOOK, pieces(text)).acts}


@pytest.mark.parametrize(("entry", "text"), examples("replies", "negative"))
def test_reply_is_not(entry: phrases.ReplyPhrases, text: str) -> None:
    acts = read_head(BOOK, pieces(text)).acts
    assert not [d for d in acts if d.rule == entry.phrases.rule and not d.question]


@pytest.mark.parametrize(("entry", "text"), examples("mine", "positive"))
def test_move_is(entry: phrases.TurnPhrases, text: str) -> None:
    assert entry.kind in {f.kind for f in read_move(BOOK, pieces(text), ()).findings}


@pytest.mark.parametrize(("entry", "text"), examples("mine", "negative"))
def test_move_is_not(entry: phrases.TurnPhrases, text: str) -> None:
    assert entry.kind not in {f.kind for f in read_move(BOOK, pieces(text), ()).findings}


def asking(entry: RemarkPhrases) -> Move | None:
    """A turn of mine after which the entry's words count."""
    if not entry.after:
        return None
    return Move(
        asks=Asks(min(entry.after)),
        kind=None,
        findings=(),
        about_them=True,
        about_me=False,
        retold=False,
        states_fact=False,
        unfinished=False,
        invites_dissent=False,
        words=(),
    )


@pytest.mark.parametrize(("entry", "text"), examples("theirs", "positive"))
def test_remark_is(entry: RemarkPhrases, text: str) -> None:
    assert entry.kind in {f.kind for f in read_remarks(BOOK, pieces(text), asking(entry))}


@pytest.mark.parametrize(("entry", "text"), examples("theirs", "negative"))
def test_remark_is_not(entry: RemarkPhrases, text: str) -> None:
    assert entry.kind not in {f.kind for f in read_remarks(BOOK, pieces(text), asking(entry))}


def test_wordings_fit_the_screen() -> None:
    for wording in BOOK.wordings:
        assert len(wording.why.split()) <= 10, wording.why
        for say in wording.say:
            longest = max((s.name for s in BOOK.subjects), key=lambda n: len(n.split()))
            assert len(say.replace("{subject}", longest).split()) <= 14, say


def test_the_articles_own_words_come_first() -> None:
    def first(on: SignalKind, kind: PromptKind) -> str:
        return next(w.say[0] for w in BOOK.wordings if w.on is on and w.kind is kind)

    assert first(SignalKind.YOURE_RIGHT, PromptKind.LABEL).startswith("It seems like there's somet")
    assert first(SignalKind.BARE_YES, PromptKind.NO_ORIENTED_QUESTION).endswith("inaccurate?")
    assert words_of(first(SignalKind.STALLED, PromptKind.RESET))[:4] == (
        "would",
        "you",
        "be",
        "offended",
    )


def test_a_subject_can_follow_every_wording_that_takes_one() -> None:
    for subject in BOOK.subjects:
        assert subject.name.split()[0] in {"the", "trust"}, subject.name


@pytest.mark.parametrize(
    "text",
    [
        "not toml [",
        "[macros]\nx = 1",
        'language = "en"\n[macros]\nfiller = "("',
    ],
)
def test_a_book_that_does_not_fit_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"mine\.toml does not fit"):
        phrases.parse(text, "mine.toml")


def test_a_language_without_a_book_is_refused() -> None:
    with pytest.raises(ConfigError, match="No phrase book"):
        phrases.load("tlh")
