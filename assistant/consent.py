"""Did the others agree to be listened to? What the law asks, what to say, and the answer kept.

Which law holds depends on where everybody is; this is a reminder and no legal advice.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Final

import typer

from assistant.model import Consent
from assistant.whole_files import write_private

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = "consent.json"

ASK: Final = "ask"
"""Setting `consent`: ask before every call."""

ANSWERS: Final = tuple(each.value for each in Consent if each is not Consent.UNKNOWN)
"""What may be answered."""

NOTICE: Final = """\
Before you listen: the people you talk to may have to agree.

  All-party places (for instance Germany, Switzerland, California, Florida): everybody on the call
  has to agree before it is listened to by a program, or recorded.
  One-party places (for instance most of the United States, Canada): you are on the call, so your
  own agreement is enough; what you may do with a recording is another question.
  People in several places: keep to the strictest. At work, data protection and your employer's
  rules come on top. This is a reminder, not legal advice.

Say aloud: {sentence}
"""

SENTENCE: Final = (
    "“Before we start: a program on my own computer writes down what we say, so that I can listen "
    "better. Nothing leaves my computer. Is that all right with you?”"
)
SENTENCE_RECORDED: Final = (
    "“Before we start: a program on my own computer writes down and records what we say, so that I "
    "can listen better. Nothing leaves my computer. Is that all right with you?”"
)


def consent_of(
    given: Consent | None, setting: str | None, data: Path, *, record: bool, ask: bool
) -> Consent:
    """The answer that is stored with a call: as given, as set, as once said for all, or as asked.

    The notice and the question come at the first call in a terminal (`ask`), and at every call
    where the setting is "ask"; without a terminal nothing is asked and nothing waits. That they
    agreed holds for one call; that it is not needed where the user is, holds until said otherwise.

    Raises:
        ThatsRightError: the answer cannot be remembered.
        typer.Abort: the user gave up.
    """
    if given is not None:
        return given
    known = already(setting, data)
    if known is not None:
        return known
    if not ask:
        return Consent.UNKNOWN
    answer = _asked(record=record)
    keep(answer, setting, data)
    return answer


def already(setting: str | None, data: Path) -> Consent | None:
    """What holds for the next call without asking; None when it has to be asked."""
    if setting is not None and setting != ASK:
        return Consent(setting)
    kept = _recall(data)
    if setting is None and kept is not None:
        return kept if kept is Consent.NOT_NEEDED else Consent.UNKNOWN
    return None


def keep(answer: Consent, setting: str | None, data: Path) -> None:
    """Remember what was answered, unless the settings answer for every call.

    Raises:
        ThatsRightError: the answer cannot be remembered.
    """
    if setting in {None, ASK}:
        write_private(data / FILE, {"answer": answer.value}, "the answer is not remembered")


def _asked(*, record: bool) -> Consent:
    """Tell and ask, on stderr, as stdout belongs to the command."""
    sentence = SENTENCE_RECORDED if record else SENTENCE
    sys.stderr.write(NOTICE.format(sentence=sentence) + "\n")
    question = f"Did they agree? ({', '.join(ANSWERS)}; Enter leaves it open)"
    while True:
        typed = str(typer.prompt(question, default="", show_default=False, err=True))
        answer = typed.strip().lower() or Consent.UNKNOWN.value
        if answer in {*ANSWERS, Consent.UNKNOWN.value}:
            return Consent(answer)


def _recall(data: Path) -> Consent | None:
    """What was answered last; None when nobody was asked, or the file is damaged."""
    try:
        return Consent(json.loads((data / FILE).read_text(encoding="utf-8"))["answer"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
