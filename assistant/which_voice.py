"""Which of two voices is mine? What each of them says; the question, asked in a terminal."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING, Final

import numpy as np
import typer

from assistant.apart import chosen
from assistant.calltime import clock
from assistant.safetext import clean
from audio.types import Block, Speaker, Utterance, empty, seconds

if TYPE_CHECKING:
    from assistant.apart import Apart, Stretch
    from assistant.asr import Recogniser
    from audio.files import Recording
    from audio.types import Samples

QUESTION: Final = "Both sides are on one channel; two voices were told apart. Which one is you?"
ANSWERS: Final = "1 or 2 (Enter: 1, who speaks first)"
NO_WORDS: Final = "(no words understood)"
MOST_LETTERS: Final = 64


def ask_which(apart: Apart, recording: Recording, recogniser: Recogniser) -> Apart:
    """What the user says; on stderr, as stdout belongs to the command.

    Raises:
        CallFileError: the file has gone.
        typer.Abort: the user gave up.
    """
    said = what_each_says(apart, recording, recogniser)
    sys.stderr.write(f"{QUESTION}\n")
    for number, (stretch, words) in enumerate(zip(apart.heard, said, strict=True), 1):
        text = f"“{beginning(words, MOST_LETTERS)}”" if words else NO_WORDS
        sys.stderr.write(f"  {number}  {clock(seconds(stretch.start_sample))}  {text}\n")
    sys.stderr.flush()
    while True:
        typed = str(typer.prompt(ANSWERS, default="1", show_default=False, err=True)).strip()
        if typed in {"1", "2"}:
            return chosen(apart, me_first=typed == "1")


def what_each_says(apart: Apart, recording: Recording, recogniser: Recogniser) -> tuple[str, ...]:
    """The words in `apart.heard`, safe to show; empty where none were understood.

    Raises:
        CallFileError: the file has gone.
    """
    said = recogniser.recognise([_utterance(recording, stretch) for stretch in apart.heard])
    return tuple("" if words is None else clean(words.text) for words in said)


def beginning(text: str, letters: int) -> str:
    """The beginning of `text`, at most `letters` of it, whole words where it can be."""
    if len(text) <= letters:
        return text
    return text[:letters].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def _utterance(recording: Recording, stretch: Stretch) -> Utterance:
    parts: list[Samples] = []
    with closing(recording.items()) as items:
        for item in items:
            if not isinstance(item, Block):
                continue
            if item.start_sample >= stretch.end_sample:
                break
            begin = max(stretch.start_sample - item.start_sample, 0)
            parts.append(item.samples[begin : stretch.end_sample - item.start_sample])
    sound = np.concatenate([*parts, empty()])
    return Utterance(Speaker.UNKNOWN, stretch.start_sample, sound, cut=False)
