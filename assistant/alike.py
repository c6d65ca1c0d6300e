"""How alike words sound. Pure."""

from __future__ import annotations

import re
from typing import Final

import jellyfish

_CLASSES: Final = str.maketrans("VBDGZJ0", "FPTKSXT")
"""Consonants of Metaphone that a phone line makes alike."""


def letters(text: str) -> str:
    """The letters alone, lower case, without a possessive s."""
    plain = text.lower().replace("’", "'").strip(" .,!?;:")
    return re.sub(r"'s$|[\W_]", "", plain)


def alike(one: str, other: str) -> float:
    """How alike two words or short phrases sound: 0 not at all, 1 the same.

    The mean of consonants (Metaphone, in classes, by edit distance) and letters (Jaro-Winkler).
    """
    first, second = letters(one), letters(other)
    codes = [jellyfish.metaphone(each).translate(_CLASSES) for each in (first, second)]
    longest = max(1, *map(len, codes))
    sounds = 1 - jellyfish.levenshtein_distance(*codes) / longest
    return (sounds + jellyfish.jaro_winkler_similarity(first, second)) / 2
