"""Can this machine keep up? What to leave out when it cannot, and when to say so. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

GUESSES_WITHIN_S: Final = 1.5
"""Further behind, words in progress are left out."""

TOLD_FROM_S: Final = 3.0
"""Further behind, the user is told by how much; and again whenever it has doubled. One sentence on
a bad line, looked at three times, takes 2.5 s: that is no machine that cannot keep up."""

SMALLER_FROM_S: Final = 4.0
"""Further behind, a smaller model takes over."""

CAUGHT_UP_S: Final = 1.0
CALM_S: Final = 5.0
"""Not further behind than the first for as long as the second: all is well again."""


class Effort(IntEnum):
    """What is done of what could be done."""

    FULL = 0
    NO_GUESSES = 1
    SMALLER_MODEL = 2


@dataclass(frozen=True, slots=True)
class Load:
    """How it stands."""

    effort: Effort = Effort.FULL
    told_s: float = 0.0
    """How far behind it was when the user was last told; 0 when all was well."""
    calm_since_s: float | None = None
    """Call time since which it keeps up."""


@dataclass(frozen=True, slots=True)
class Judged:
    """How it stands now, and what to say about it."""

    load: Load
    tell_behind_s: float | None = None
    """The user should know that it is so far behind."""
    tell_caught_up: bool = False


def judge(load: Load, behind_s: float, at_s: float) -> Judged:
    """`behind_s`: age of the oldest words that should have been on the screen by `at_s`.

    A smaller model that took over stays for the call: changing back and forth would change the
    words' quality under the user's eyes.
    """
    if behind_s <= CAUGHT_UP_S:
        since_s = at_s if load.calm_since_s is None else load.calm_since_s
        if at_s - since_s < CALM_S:
            return Judged(Load(load.effort, load.told_s, since_s))
        smaller = load.effort is Effort.SMALLER_MODEL
        effort = Effort.SMALLER_MODEL if smaller else Effort.FULL
        return Judged(Load(effort, 0.0, since_s), tell_caught_up=load.told_s > 0)
    effort = max(load.effort, _needed(behind_s))
    if behind_s > TOLD_FROM_S and behind_s >= 2 * load.told_s:
        return Judged(Load(effort, behind_s), tell_behind_s=behind_s)
    return Judged(Load(effort, load.told_s))


def _needed(behind_s: float) -> Effort:
    if behind_s > SMALLER_FROM_S:
        return Effort.SMALLER_MODEL
    return Effort.NO_GUESSES if behind_s > GUESSES_WITHIN_S else Effort.FULL
