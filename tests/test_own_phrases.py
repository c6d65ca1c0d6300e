"""What a user adds to the phrase book, without code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from command import run
from talk import spoken

from assistant import phrases
from assistant.engine import Engine
from assistant.errors import ConfigError
from assistant.feeds import TranscriptFeed
from assistant.model import CallWarning, Prompt, Signal, StateChanged
from assistant.phrases import with_own

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.model import Event

LABEL = "m: It sounds like the delivery date worries you."


def events(book: phrases.PhraseBook, *turns: str) -> list[Event]:
    engine = Engine(book)
    found: list[Event] = []
    for heard in TranscriptFeed(spoken(*turns)).items(lambda _at_s: True):
        if not isinstance(heard, CallWarning):
            found += engine.step(heard)
    return [*found, *engine.finish()]


def own(folder: Path, text: str) -> phrases.PhraseBook:
    file = folder / "phrases.toml"
    file.write_text(text, encoding="utf-8")
    return with_own(phrases.load(), file)


def test_a_reply_in_plain_words_is_heard(tmp_path: Path) -> None:
    said = (LABEL, "t: Wizard, old bean.")
    assert not [e for e in events(phrases.load(), *said) if isinstance(e, Signal) and e.after]
    book = own(tmp_path, '[[reply]]\nact = "strong_affirm"\nphrases = ["Wizard, old bean"]\n')
    (reply,) = [e for e in events(book, *said) if isinstance(e, Signal) and e.after]
    assert (reply.kind, reply.rule) == ("thats_right", "your-phrase")


def test_a_product_is_a_subject(tmp_path: Path) -> None:
    book = own(tmp_path, '[[subject]]\nname = "the Helix"\nwords = ["helix", "h 200"]\n')
    said = ("m: It sounds like the H 200 let you down twice.", "t: That's right.")
    subjects = [e.subject for e in events(book, *said) if isinstance(e, StateChanged)]
    assert subjects == ["the Helix", "the Helix"]


def test_a_prompt_of_ones_own_comes_first(tmp_path: Path) -> None:
    book = own(
        tmp_path,
        '[[prompt]]\non = ["youre_right"]\nkind = "label"\nsay = ["There is more, isn\'t there."]\n'
        'why = { youre_right = "My own reason." }\n',
    )
    said = (LABEL, "t: You're right.")
    (prompt,) = [e for e in events(book, *said) if isinstance(e, Prompt)]
    assert (prompt.say, prompt.why) == ("There is more, isn't there.", "My own reason.")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("not toml [", "do not fit"),
        ('[[reply]]\nact = "applause"\nphrases = ["x"]\n', "applause"),
        ('[[reply]]\nact = "yes"\n', "neither “patterns” nor “phrases”"),
        ('[[reply]]\nact = "yes"\npatterns = ["("]\n', "do not fit"),
        ('[[reply]]\nact = "yes"\nphrases = ["x"]\nstrength = 7\n', "not between 0 and 1"),
        ("[limits]\nshare = 2\n", "“limits” is none of"),
        ('[[subject]]\nname = "the Helix"\n', "'words' is missing"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_file_and_the_reason(
    tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(ConfigError, match=r"phrases\.toml") as refused:
        own(tmp_path, text)
    assert says in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.toml cannot be read: No such file"):
        with_own(phrases.load(), tmp_path / "gone.toml")


def test_plain_words_are_no_patterns(tmp_path: Path) -> None:
    book = own(tmp_path, '[[reply]]\nact = "yes"\nphrases = ["a.c (or so)"]\n')
    assert not [e for e in events(book, LABEL, "t: abc or so") if isinstance(e, Signal) and e.after]


def test_the_command_takes_the_file_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    own = tmp_path / "config" / "phrases.toml"
    own.write_text('[[reply]]\nact = "strong_affirm"\nphrases = ["wizard, old bean"]\n')
    call = tmp_path / "call.jsonl"
    call.write_text(
        '{"speaker": "me", "start_s": 0, "end_s": 3, "text": "It sounds like it hurt."}\n'
        '{"speaker": "them", "start_s": 3.5, "end_s": 4, "text": "Wizard, old bean."}\n'
    )
    ended = run(tmp_path, "replay", call, "--json", "--no-save")
    assert ended.status == 0
    kinds = [e["kind"] for e in ended.events if e["type"] == "signal"]
    assert kinds == ["label", "thats_right"]
    own.write_text("[[reply]]\n")
    ended = run(tmp_path, "replay", call, "--json", "--no-save")
    assert (ended.status, ended.out) == (2, "")
    assert "phrases.toml do not fit" in ended.err
