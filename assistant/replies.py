"""Short speech the decoder is not sure of: is it one of the things people say in short? Pure.

Half a second of phone line is little to go by, and a speech model that expects podcasts makes "Be
right now" of "Fair enough". In a call the short replies are likelier than anything else, so each of
them that could be said in that time is held against the sound, with the decoder's own probabilities
(`ShortContext.score`), over two lengths of context; it wins unless the decoder's first idea fits
much better, or sounds nothing like it. Such weighing of candidates is rescoring with a prior; the
sound still has the word: nothing is put into the decoder's ear, as giving it replies as previous
text does, which invented them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from assistant.alike import alike

if TYPE_CHECKING:
    from collections.abc import Sequence

SYLLABLES_PER_S: Final = (1.4, 9.0)
"""Slowest and fastest speech that a reply may be taken for; a drawn-out "sure" lasts 0.7 s."""

MOST_WORDS: Final = 4
"""What is longer is no short reply."""

PRIORS: Final = (3.0, 2.0)
"""How much better than a reply the decoder's first idea has to fit at the first and at the second
look, in natural logarithms of probability. Measured: docs/speech.md, `bench/replies.py`."""

LIKENESS: Final = 4.0
"""What it weighs that a reply sounds like that first idea, or not."""

LEAST: Final = -9.0
"""A reply that fits less at every look is none, however little else there is."""

TRIED: Final = 8
"""Replies that are held against the sound; each costs a hundredth of a second."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A reply, and how well it fits."""

    text: str
    fit: float
    """Logarithm of its probability at the last look."""


@dataclass(frozen=True, slots=True)
class Replies:
    """What people say in short."""

    texts: tuple[str, ...] = ()

    def possible(self, speech_s: float) -> tuple[str, ...]:
        """Those that could be said in `speech_s` seconds."""
        slow, fast = SYLLABLES_PER_S
        return tuple(
            t for t in self.texts if slow * speech_s <= syllables(t) <= fast * speech_s + 1
        )

    def winning(
        self, heard: Sequence[str], texts: Sequence[str], looks: Sequence[Sequence[float]]
    ) -> list[int]:
        """Which of `texts` win against what was `heard`, at every look at the sound so far.

        `looks` has, for each look, how well (`*heard`, `*texts`) fit, in that order.
        """
        return [i for i, text in enumerate(texts) if _wins(heard, text, i, looks)]

    def chosen(
        self, heard: Sequence[str], texts: Sequence[str], looks: Sequence[Sequence[float]]
    ) -> Chosen | None:
        """The reply among those `winning` that fits best; None when none wins."""
        fits = {i: looks[-1][len(heard) + i] for i in self.winning(heard, texts, looks)}
        best = max(fits, key=lambda i: fits[i], default=None)
        return None if best is None else Chosen(texts[best], fits[best])

    def knows(self, text: str) -> bool:
        """True when the text is one of them."""
        return _plain(text) in _all_plain(self.texts)


def _wins(heard: Sequence[str], text: str, index: int, looks: Sequence[Sequence[float]]) -> bool:
    fits = [look[len(heard) + index] for look in looks]
    ahead = min(
        fit - max(look[: len(heard)]) + prior
        for fit, look, prior in zip(fits, looks, PRIORS, strict=False)
    )
    bonus = LIKENESS * (max(alike(each, text) for each in heard) - 0.5)
    return ahead + bonus >= 0 and max(fits) >= LEAST


def syllables(text: str) -> int:
    """About how many there are: groups of vowels, without a silent e."""
    words = re.sub(r"[^a-z ]", "", text.lower().replace("-", " ")).split()
    return sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", w)))) for w in words)


def as_sentence(text: str) -> str:
    """With a capital letter and a full stop, as the replies are written."""
    bare = text.rstrip(" .,!?…")
    return f"{bare[:1].upper()}{bare[1:]}."


def unrepeated(text: str) -> str:
    """Of words that are said over and over, once: "Right. Right. Right." is "Right."."""
    words = text.split()
    plain = [_plain(w) for w in words]
    for length in range(1, len(words) // 2 + 1):
        whole = len(words) - 1  # the last may have been broken off
        if all(plain[i] == plain[i % length] for i in range(whole)) and (
            plain[whole % length].startswith(plain[whole])
        ):
            return " ".join(words[:length])
    return text


@cache
def _all_plain(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(_plain, texts))


def _plain(text: str) -> str:
    return re.sub(r"[^\w ]", "", text.lower().replace("-", " ")).strip()
