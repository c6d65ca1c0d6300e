"""My turns: the tools of the method, and what each turn asks for."""

from __future__ import annotations

import pytest

from assistant import phrases
from assistant.model import SignalKind
from assistant.signals.moves import Asks, Move, read_move
from assistant.text import pieces, words_of

BOOK = phrases.load()


def move(text: str, theirs: str = "") -> Move:
    return read_move(BOOK, pieces(text), words_of(theirs))


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("It sounds like the date worries you.", Asks.PICTURE),
        ("You feel that nobody asked you.", Asks.PICTURE),
        ("It sounds like the date worries you. Is that right?", Asks.PICTURE),
        ("So when they say party, what you hear is an axe.", Asks.PICTURE),
        ("Clearing out the workshop would feel like burying him again.", Asks.PICTURE),
        ("Another stranger deciding what happens to your mother.", Asks.PICTURE),
        ("The silence from head office was worse than the layoffs.", Asks.PICTURE),
        ("You trained them and then they walked past you.", Asks.PICTURE),
        ("You use SAP in the warehouse.", Asks.NOTHING),
        ("Would it be a bad idea if our man rang you? Instead of me.", Asks.NO),
        ("You joined in October, I believe.", Asks.FACT),
        ("So that's Tuesday at nine?", Asks.FACT),
        ("Is it the fourteenth?", Asks.FACT),
        ("Your office is on Harbor Street, right?", Asks.FACT),
        ("It sounds like you are busy. Is Tuesday at nine okay?", Asks.FACT),
        ("Would you be offended if we went back to the price?", Asks.NO),
        ("Have you given up on this?", Asks.NO),
        ("I can do forty thousand.", Asks.PROPOSAL),
        ("Does that work for you?", Asks.PROPOSAL),
        ("How am I supposed to do that?", Asks.OPEN),
        ("Where is the office?", Asks.OPEN),
        ("The market is up this year.", Asks.NOTHING),
    ],
)
def test_what_a_turn_asks_for(text: str, asks: Asks) -> None:
    assert move(text).asks is asks


@pytest.mark.parametrize(
    ("mine", "theirs", "mirrored"),
    [
        ("Six weeks late?", "The machine came in six weeks late.", True),
        ("Four times.", "I've called about it, what, 4 times?", True),
        ("You stop asking about the price?", "And I stop asking about the price.", True),
        ("The bucket?", "He put a bucket under it.", True),
        ("Yes.", "I said yes.", False),
        ("Seven weeks late?", "The machine came in six weeks late.", False),
        (
            "So the machine that you bought last year came in six weeks late?",
            "The machine that we bought last year came in six weeks late.",
            False,
        ),
    ],
)
def test_a_mirror_says_their_last_words_back(mine: str, theirs: str, mirrored: bool) -> None:  # noqa: FBT001 - the expected value
    kinds = {f.kind for f in move(mine, theirs).findings}
    assert (SignalKind.MIRROR in kinds) is mirrored


def test_their_own_words_told_back_are_a_summary() -> None:
    said = "The dock's narrow, so it has to be a tail lift, before the mothers park across my gate."
    told = "Tail lift because the dock is tight, and there before the mothers block the gate."
    assert SignalKind.SUMMARY in {f.kind for f in move(told, said).findings}
    assert SignalKind.SUMMARY not in {f.kind for f in move(told, "We met in May.").findings}


def test_a_check_of_what_they_said_is_no_summary() -> None:
    said = "Fourteen for Lincoln, six for Grantham, and the crates go to the depot."
    told = "So you said fourteen for Lincoln, six for Grantham, and the crates to the depot"
    assert SignalKind.SUMMARY not in {f.kind for f in move(told, said).findings}


def test_an_opener_alone_is_no_summary_yet() -> None:
    opener = "Okay. So, let me see if I've got this."
    assert SignalKind.SUMMARY not in {f.kind for f in move(opener).findings}
    whole = f"{opener} You lost a customer, and you can't lose another."
    assert SignalKind.SUMMARY in {f.kind for f in move(whole).findings}


def test_a_long_picture_of_them_is_a_summary_whatever_opens_it() -> None:
    text = (
        "You've called us four times, nobody fixed it, you've mopped that floor for two winters "
        "and now the same people want more money from you."
    )
    read = move(text)
    assert read.kind is SignalKind.SUMMARY
    pitch = (
        "We have called it the best product of the year, we ship it everywhere, and we think our "
        "customers love it because it works."
    )
    assert move(pitch).kind is None


@pytest.mark.parametrize("text", ["It seems like you want to,", "So you were there and -"])
def test_an_unfinished_turn_is_known(text: str) -> None:
    assert move(text).unfinished
    assert not move("It seems like you want this.").unfinished
