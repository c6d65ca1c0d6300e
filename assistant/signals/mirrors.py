"""Mirrors: their own words said back to them. Pure.

"I" comes back as "you", a recogniser writes "4" as well as "four", and small words come and go;
what counts is that the few words that carry sense are theirs, close together and in their order.
"""

from __future__ import annotations

import re
from typing import Final

from assistant.text import stem

MIRROR_WORDS: Final = 9
"""A mirror repeats their last one to three words, or the critical few (Voss, "Never Split the
Difference", 2016, ch. 2); recognisers add an article or two."""

CARRYING: Final = 5
"""So many words with sense in them at most."""

SPREAD: Final = 4
"""So many more words may lie between them where they said them."""

_TURNED: Final = dict(
    (
        *(("you", "i"), ("your", "my"), ("youre", "im"), ("youve", "ive"), ("me", "i")),
        *(("we", "i"), ("us", "i"), ("our", "my"), ("were", "im"), ("weve", "ive"), ("are", "am")),
        *(("youd", "id"), ("wed", "id"), ("youll", "ill"), ("yours", "mine"), ("ours", "mine")),
        *(("yourself", "myself"), ("ourselves", "myself"), ("yourselves", "myself")),
        *(("one", "1"), ("two", "2"), ("three", "3"), ("four", "4"), ("five", "5"), ("six", "6")),
        *(("seven", "7"), ("eight", "8"), ("nine", "9"), ("ten", "10"), ("eleven", "11")),
        *(("twelve", "12"), ("fifteen", "15"), ("twenty", "20"), ("thirty", "30")),
        *(("forty", "40"), ("fifty", "50"), ("hundred", "100")),
    )
)
"""Words as a mirror has them."""

_SMALL: Final = frozenset(
    (  # noqa: SIM905 - easier to read
        "i im ive id ill my mine myself the a an this that these those it its so and but or of to "
        "in on at for with from by is am was be been being do did does have has had just really "
        "like oh um uh er well then there theres thats he she they him her them his their theyre "
        "as into out up down about very all"
    ).split()
)
"""They carry no sense of their own."""

_TALK: Final = frozenset(
    (  # noqa: SIM905 - easier to read
        "yes yeah yep no okay right sure thanks thank great hello hi hey sorry perfect exactly "
        "alright cheers bye goodbye morning afternoon evening please lovely good nice fine mhm hmm "
        "see know think mean say said course absolutely fair enough true correct wow understand "
        "get got"
    ).split()
)
"""Courtesies and answers: said back, they mirror nothing."""

_NOT: Final = re.compile(r"(?:not|never|no|nobody|nothing|\w+nt|cannot|without)$")
_ASKS: Final = re.compile(
    r"^(?:(?:so|and|but|oh|um|uh) )*(?:is|are|was|do|does|did|can|could|would|will|should|have|has|"
    r"what|when|where|why|how|who|which|lets|let)\b"
)
_ASKED: Final = re.compile(
    r"\b(?:(?:is|would|could|should|will|does|did|was) it|is that|"
    r"is he|is she|are you|are we|are they|do you|did you|do we|have you|"
    r"can you|could you|would you|will you|should we|shall we|what (?:is|are|do|time|day)|"
    r"whats|when|where|which|how (?:many|much|long))\b"
)


def is_mirror(words: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """True when `words` of mine say back what `theirs` end on or turn on."""
    if not 0 < len(words) <= MIRROR_WORDS or _ASKS.search(" ".join(words)):
        return False
    mine = [_TURNED.get(w, w) for w in words]
    said = [_TURNED.get(w, w) for w in theirs]
    carrying = [w for w in mine if w not in _SMALL and not _NOT.match(w)]
    if not 0 < len(carrying) <= CARRYING:
        return False
    if not _says_something(carrying) and not (len(mine) > 2 and _whole(mine, said)):  # noqa: PLR2004 - "on my own"
        return False
    at = _found(carrying, said)
    if at is None:
        return False
    first, end = at
    if _answers(said, first):
        return False
    around = said[max(0, first - 2) : end]
    return any(map(_NOT.match, mine)) == any(map(_NOT.match, around)) or _whole(mine, said)


def _says_something(carrying: list[str]) -> bool:
    """More than a courtesy or one short word."""
    if all(w in _TALK for w in carrying):
        return False
    return len(carrying) > 1 or len(carrying[0]) > 4 or carrying[0].isdigit()  # noqa: PLR2004 - "yes", "okay"


def _found(carrying: list[str], said: list[str]) -> tuple[int, int] | None:
    """Where `said` has these words, in their order and close together; the last such place."""
    stems = [stem(w) for w in said]
    wanted = [stem(w) for w in carrying]
    for first in range(len(stems) - 1, -1, -1):
        if stems[first] != wanted[0]:
            continue
        at = first
        for want in wanted[1:]:
            try:
                at = stems.index(want, at + 1)
            except ValueError:
                break
        else:
            if at - first < len(wanted) + SPREAD:
                return first, at + 1
    return None


def _answers(said: list[str], first: int) -> bool:
    """They asked, and my words are the answer: "Thursday or Friday?" "Friday."."""
    if "or" in said[max(0, first - 3) : first]:
        return True
    return bool(_ASKED.search(" ".join(said[max(0, first - 6) : first])))


def _whole(mine: list[str], said: list[str]) -> bool:
    return f" {' '.join(mine)} " in f" {' '.join(said)} "
