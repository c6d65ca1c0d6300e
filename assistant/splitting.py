"""One channel as if it were two: what was heard of both together, as what each of them said. Pure.

From where somebody began to speak until the words are known, what is heard is kept back; then comes
what two channels would have told: who began, who said what, and that time passed, each at its time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from assistant.model import Speaker, SpeechDropped, SpeechOpened, Tick, Transcript
from assistant.whose import HAND_S, Before, Claim, split
from audio.apart import learn, two
from audio.speakers import unit
from audio.types import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.model import Heard
    from assistant.whose import Run
    from audio.apart import Piece, Voices
    from audio.third import Third

REMEMBERED: Final = 400
"""Pieces from which the voices are learnt while a call runs: the last five minutes of speech."""

SURE_FROM_S: Final = 6.0
"""So much speech of each voice must have been heard before a running call is told apart."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the two voices before the call is heard."""

    voices: Voices | None
    """None: to be learnt as it goes on."""
    me_first: bool = True
    """Whether the first voice is mine."""
    mine: np.ndarray | None = None
    """My voice, float32 [d], when I am enrolled."""
    third: Third | None = None
    """Another voice: what it says is nobody's."""


class Splitter:
    """One call's. Not to be shared between calls."""

    def __init__(self, known: Known) -> None:
        self._voices = known.voices
        self._me_first = known.me_first
        self._mine = known.mine
        self._third = known.third
        self._learns = known.voices is None
        self._pieces: list[Piece] = []
        self._open_s: float | None = None
        self._held: list[Tick] = []
        self._unknown: list[tuple[Transcript, tuple[Piece, ...]]] = []
        """What was told before the voices were known."""
        self._before = Before()
        self._claimed: list[Piece] = []
        self._claim: Claim | None = None
        """What the user says of who speaks just now: `first` stands for me."""

    @property
    def claimed(self) -> bool:
        """True while what is heard is mine because the user said so."""
        return self._claim is not None and self._claim.until_s == float("inf")

    def claim(self, at_s: float, *, mine: bool = True) -> None:
        """From `at_s` on it is me (or, not `mine`, them) who speaks, until the words are known."""
        self._claim = Claim(mine, at_s)

    def let_go(self, at_s: float) -> None:
        """No longer, from `at_s` on."""
        if self._claim is not None:
            self._claim = replace(self._claim, until_s=at_s)

    def pass_on(self, heard: Heard, pieces: Sequence[Piece] = ()) -> tuple[Heard, ...]:
        """What one channel told, as two would have told it."""
        match heard:
            case SpeechOpened(at_s=at_s):
                self._open_s = at_s
                return ()
            case Tick():
                if self._open_s is None:
                    return (heard,)
                self._held.append(heard)
                return ()
            case SpeechDropped():
                return self._released(())
            case Transcript():
                released = self._released(self._said(heard, pieces))
                if self._claim is not None and heard.end_s > self._claim.since_s:
                    self._claim = None
                return released

    def corrections(self) -> dict[Transcript, tuple[Transcript, ...]]:
        """What was told as nobody's, and whose it is by what is known now."""
        if self._voices is None:
            return {}
        found: dict[Transcript, tuple[Transcript, ...]] = {}
        before = Before()
        for heard, pieces in self._unknown:
            said = split(heard, pieces, self._voices, before, third=self._third)
            found[heard] = tuple(self._of(heard, r, whole=len(said.runs) == 1) for r in said.runs)
            before = said.before(heard)
        return found

    def _said(self, heard: Transcript, pieces: Sequence[Piece]) -> tuple[Transcript, ...]:
        claim = self._claim
        if claim is not None and claim.first:
            self._know_mine([p for p in pieces if claim.of(p)])
        if self._learns:
            self._learn(pieces)
        if self._voices is None and claim is not None and _about(claim, heard):
            speaker = Speaker.ME if claim.first else Speaker.THEM
            return (replace(heard, speaker=speaker, speaker_confidence=1.0),)
        if self._voices is None:
            self._unknown = [*self._unknown, (heard, tuple(pieces))][-REMEMBERED:]
            return (heard,)
        if claim is not None:
            claim = replace(claim, first=claim.first == self._me_first)
        said = split(heard, pieces, self._voices, self._before, third=self._third, claim=claim)
        self._before = said.before(heard)
        return tuple(self._of(heard, run, whole=len(said.runs) == 1) for run in said.runs)

    def _of(self, heard: Transcript, run: Run, *, whole: bool) -> Transcript:
        speaker = Speaker.ME if run.first == self._me_first else Speaker.THEM
        sure: float | None = run.confidence
        if run.third:
            speaker, sure = Speaker.UNKNOWN, None
        if whole:
            return replace(heard, speaker=speaker, speaker_confidence=sure)
        return replace(
            heard,
            speaker=speaker,
            start_s=run.start_s,
            end_s=run.end_s,
            text=_text_of(heard, run),
            words=run.words,
            speaker_confidence=sure,
        )

    def _released(self, said: tuple[Transcript, ...]) -> tuple[Heard, ...]:
        """What was kept back, in order."""
        moments: list[tuple[float, int, int, Heard]] = [
            (tick.at_s, 1, i, tick) for i, tick in enumerate(self._held)
        ]
        for i, each in enumerate(said):
            opened = SpeechOpened(each.speaker, each.start_s)
            moments += [(each.start_s, 2, i, opened), (max(each.end_s, each.start_s), 0, i, each)]
        self._held, self._open_s = [], None
        moments.sort(key=lambda m: m[:3])
        return tuple(heard for *_, heard in moments)

    def _know_mine(self, pieces: Sequence[Piece]) -> None:
        """My voice, from what I said was mine; an enrolled one is known better."""
        if self._mine is None or self._claimed:
            self._claimed = [*self._claimed, *pieces][-REMEMBERED:]
            if self._claimed:
                weighed = [p.point * min(p.heard_samples, RATE_HZ) for p in self._claimed]
                self._mine = unit(np.sum(weighed, axis=0))

    def _learn(self, pieces: Sequence[Piece]) -> None:
        """The voices as they are known by now; who is who stays as it was."""
        self._pieces = [*self._pieces, *pieces][-REMEMBERED:]
        found = learn(self._pieces)
        if found is None or not two(found):
            return
        odds = found.odds(self._pieces)
        lengths = np.array([p.end_sample - p.start_sample for p in self._pieces]) / 16_000
        if min(lengths[odds > 0].sum(), lengths[odds <= 0].sum()) < SURE_FROM_S:
            return
        if self._voices is not None:
            same = float(np.trace(found.middles @ self._voices.middles.T))
            other = float(np.trace(found.middles[::-1] @ self._voices.middles.T))
            self._voices = found if same >= other else found.swapped()
            return
        if self._mine is not None:
            near = found.middles @ self._mine
            self._voices = found if near[0] >= near[1] else found.swapped()
            self._me_first = True
            return
        self._voices = found if odds[0] > 0 else found.swapped()


def _about(claim: Claim, heard: Transcript) -> bool:
    return heard.end_s > claim.since_s - HAND_S and heard.start_s < claim.until_s


def _text_of(heard: Transcript, run: Run) -> str:
    """The run's part of the text, with the punctuation and spaces as they were."""
    at, begin, end = 0, len(heard.text), 0
    for word in heard.words:
        found = heard.text.find(word.text, at)
        if found < 0:
            return " ".join(w.text for w in run.words)
        at = found + len(word.text)
        if word in run.words:
            begin, end = min(begin, found), at
    return heard.text[begin:end].strip()
