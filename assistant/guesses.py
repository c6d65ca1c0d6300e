"""Words before a sentence has ended: what to guess at, and what of it stays. Pure.

Two guesses in a row agree on a beginning (LocalAgreement; Macháček, Dabre, Bojar 2023): those
words are not taken back while the utterance lasts. What a pause answered is agreed on at once.
Sound whose words are agreed on is not decoded again, so that a guess costs the same however long
somebody speaks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from assistant.model import Transcript
from assistant.text import words_of
from audio.types import RATE_HZ, seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.model import Word
    from audio.types import Speaker, Utterance

FIRST_SAMPLES: Final = RATE_HZ * 8 // 10
"""Sound there must be for a first guess; the first 0.3 s of it are the pre-roll."""

EVERY_SAMPLES: Final = RATE_HZ * 12 // 10
"""Sound there must be more for another."""

TAIL_SAMPLES: Final = RATE_HZ * 5
"""From this length on a tail loses the words that are agreed on."""


_BEFORE_MARK: Final = re.compile(r" (?=[,.!?;:%'’])")
"""Words come without their spaces, and some are only the end of one ("40", ",000")."""


@dataclass(frozen=True, slots=True)
class _Saying:
    """What one speaker is saying."""

    since: int
    """First sample of the utterance."""
    tail: int
    """First sample whose words are not agreed on."""
    asked: int | None = None
    """Sample up to which was guessed last."""
    agreed: tuple[Word, ...] = ()
    """Words before the tail."""
    guessed: tuple[Word, ...] = ()
    """The last guess at the tail."""
    firm: tuple[Word, ...] = ()
    """Words at the beginning of the tail that are agreed on."""


class Guesses:
    """What is being said, on all legs."""

    def __init__(self) -> None:
        self._saying: dict[Speaker, _Saying] = {}

    def wish(self, speaker: Speaker, since: int, now: int) -> int | None:
        """Guess now? From which sample on, or None.

        `since` is the first sample of what `speaker` is saying, `now` the last heard so far.
        """
        saying = self.begun(speaker, since)
        due = (
            now - since >= FIRST_SAMPLES
            if saying.asked is None
            else now - saying.asked >= EVERY_SAMPLES
        )
        self._saying[speaker] = replace(saying, asked=now) if due else saying
        return saying.tail if due else None

    def begun(self, speaker: Speaker, since: int) -> _Saying:
        """`speaker` is saying something since that sample; what is known of it so far."""
        saying = self._saying.get(speaker)
        if saying is None or saying.since != since:
            saying = self._saying[speaker] = _Saying(since, since)
        return saying

    def guessed(self, sound: Utterance, said: Transcript | None) -> Transcript | None:
        """The partial to show for a guess at `sound`; None when there is nothing (new) to show."""
        saying = self._saying.get(sound.speaker)
        if saying is None or said is None or sound.start_sample != saying.tail:
            return None
        same = said.words[: _agreed(saying.guessed, said.words)]
        firm = same if _agreed(saying.firm, same) == len(saying.firm) else saying.firm
        shown = (*saying.agreed, *firm, *said.words[len(firm) :])
        saying = replace(saying, guessed=said.words, firm=firm)
        if len(sound.samples) > TAIL_SAMPLES and 0 < len(firm) < len(said.words):
            saying = replace(
                saying,
                tail=max(saying.tail, int(firm[-1].end_s * RATE_HZ)),
                agreed=(*saying.agreed, *firm),
                guessed=said.words[len(firm) :],
                firm=(),
            )
        self._saying[sound.speaker] = saying
        return _partial(sound, saying, shown)

    def paused(self, utterance: Utterance, said: Transcript | None) -> Transcript | None:
        """The partial for what was decoded at a pause; what comes after it is the new tail."""
        saying = self._saying.get(utterance.speaker)
        if saying is None or said is None or saying.since != utterance.start_sample:
            return None
        if utterance.end_sample <= saying.tail:  # a later one was quicker
            return None
        saying = replace(saying, tail=utterance.end_sample, agreed=said.words, guessed=(), firm=())
        self._saying[utterance.speaker] = saying
        return _partial(utterance, saying, said.words)

    def over(self, speaker: Speaker) -> None:
        """The utterance has ended: its final words say everything."""
        self._saying.pop(speaker, None)


def _partial(sound: Utterance, saying: _Saying, words: Sequence[Word]) -> Transcript | None:
    text = _BEFORE_MARK.sub("", " ".join(word.text.strip() for word in words))
    if not text:
        return None
    return Transcript(
        speaker=sound.speaker,
        start_s=round(seconds(saying.since), 3),
        end_s=round(seconds(sound.end_sample), 3),
        text=text,
        final=False,
        words=tuple(words),
    )


def _agreed(before: Sequence[Word], now: Sequence[Word]) -> int:
    """How many words both begin with."""
    same = 0
    for one, other in zip(before, now, strict=False):
        if words_of(one.text) != words_of(other.text):
            break
        same += 1
    return same
