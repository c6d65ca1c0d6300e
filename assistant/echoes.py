"""The last check against echo: words of mine that are theirs, said at the same time. Pure.

Where the other side comes back through my microphone, something of it may be left and be
transcribed as me. Such words are theirs, in their order, and come with them or at most `LATE_S`
after. Who repeats what they said, as a mirror does, has to hear it first, and is later than that; a
"right" at another time is no echo of theirs.

Only sound that may hold an echo is looked at (`Block.echo`). As what they said has to be known,
mine waits for it while they still talk over it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from assistant.alike import alike, letters
from assistant.model import Speaker, SpeechDropped, SpeechOpened, Transcript

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assistant.model import Heard, Word

EARLY_S: Final = 0.25
"""Times of words are only so good: an echo may seem to begin before what it is an echo of."""

LATE_S: Final = 0.4
"""The longest way from loudspeaker to microphone, and times of words again."""

LIKE: Final = 0.8
"""Words that sound so much alike are the same (`assistant.alike`): an echo is heard badly."""

SHORT_LETTERS: Final = 3
"""Words of at most so many letters must be the same."""

LEAST_RUN: Final = 4
"""So many words of theirs in a row, among mine, are an echo; fewer are words both used."""

MOST_BETWEEN: Final = 2
"""So many words between words of an echo are misheard ones of it."""

MOSTLY: Final = 0.6
"""When more of it than this is theirs, the rest is misheard: what else would I say over them?"""

BEFORE_S: Final = 4.0
"""An echo may have been there for so long before it was noticed."""

KEPT_S: Final = 30.0
"""What they said is remembered for so long."""


class Echoes:
    """One call's last check. What is heard goes through it, in call order."""

    def __init__(self) -> None:
        self._since_s = self._until_s = float("-inf")
        """Where there may be an echo in my leg."""
        self._queue: deque[Heard] = deque()
        self._talking_s: deque[float] = deque()
        """Starts of what they are saying and is not known yet."""
        self._theirs: deque[Transcript] = deque()

    def possible(self, start_s: float, end_s: float) -> None:
        """My leg may hold an echo from `start_s` to `end_s`, seconds of call time."""
        if start_s > self._until_s + BEFORE_S:
            self._since_s = start_s - BEFORE_S
        self._until_s = max(self._until_s, end_s)

    def may_be(self, start_s: float, end_s: float) -> bool:
        """Whether my leg may hold an echo somewhere from `start_s` to `end_s`."""
        return start_s <= self._until_s and end_s >= self._since_s

    def push(self, heard: Iterable[Heard]) -> tuple[Heard, ...]:
        """Take what is heard next; return what waits for nothing, without echoes."""
        for each in heard:
            self._queue.append(each)
            self._note(each)
        passed: list[Heard] = []
        while self._queue and not self._waits(self._queue[0]):
            passed.append(self._checked(self._queue.popleft()))
        return tuple(passed)

    def finish(self) -> tuple[Heard, ...]:
        """Nothing will be known any more: what still waits."""
        self._talking_s.clear()
        return self.push(())

    def _note(self, heard: Heard) -> None:
        match heard:
            case SpeechOpened(Speaker.THEM, at_s):
                self._talking_s.append(at_s)
            case SpeechDropped(Speaker.THEM):
                self._known()
            case Transcript(Speaker.THEM) if heard.final:
                self._known()
                self._theirs.append(heard)
                while self._theirs[0].end_s < heard.end_s - KEPT_S:
                    self._theirs.popleft()

    def _known(self) -> None:
        if self._talking_s:
            self._talking_s.popleft()

    def _waits(self, heard: Heard) -> bool:
        return self._suspect(heard) is not None and any(
            since_s < heard.end_s + EARLY_S  # type: ignore[union-attr]  # only words are suspect
            for since_s in self._talking_s
        )

    def _suspect(self, heard: Heard) -> Transcript | None:
        if not isinstance(heard, Transcript) or heard.speaker is not Speaker.ME or not heard.final:
            return None
        return heard if self.may_be(heard.start_s, heard.end_s) else None

    def _checked(self, heard: Heard) -> Heard:
        suspect = self._suspect(heard)
        if suspect is None:
            return heard
        left = without_echo(suspect, self._theirs)
        return SpeechDropped(suspect.speaker, suspect.end_s) if left is None else left


def without_echo(mine: Transcript, theirs: Iterable[Transcript]) -> Transcript | None:
    """What of `mine` is no echo of `theirs`; None when all of it is.

    Both with the times of their words.
    """
    near = [
        word
        for said in theirs
        if said.start_s <= mine.end_s + EARLY_S and said.end_s >= mine.start_s - LATE_S
        for word in said.words
    ]
    same = _same(mine.words, near)
    if sum(same) > MOSTLY * len(same):
        echo = _with_edges(_runs(same, 1), mine.words, near)
    else:
        echo = _runs(same, LEAST_RUN)
    kept = [word for word, is_echo in zip(mine.words, echo, strict=True) if not is_echo]
    if len(kept) == len(mine.words):
        return mine
    if not kept:
        return None
    return replace(
        mine,
        start_s=max(mine.start_s, kept[0].start_s) if echo[0] else mine.start_s,
        end_s=min(mine.end_s, kept[-1].end_s) if echo[-1] else mine.end_s,
        text="".join(word.text for word in kept).strip(),
        words=tuple(kept),
    )


def _runs(same: Sequence[bool], least: int) -> list[bool]:
    """Which words are of an echo: stretches of `least` of theirs, what is between included."""
    echo = [False] * len(same)
    begin = None
    last = -1
    for i in [*(i for i, is_same in enumerate(same) if is_same), len(same) + MOST_BETWEEN + 1]:
        if begin is not None and i - last > MOST_BETWEEN + 1:
            if sum(same[begin : last + 1]) >= least:
                echo[begin : last + 1] = [True] * (last + 1 - begin)
            begin = None
        begin = i if begin is None else begin
        last = i
    return echo


def _with_edges(echo: Sequence[bool], mine: Sequence[Word], theirs: Sequence[Word]) -> list[bool]:
    """With a few words before and after, when they were said while they talked."""
    talk = [
        any(o.start_s - EARLY_S <= word.start_s <= o.end_s + LATE_S for o in theirs)
        for word in mine
    ]
    first, last = echo.index(True), len(echo) - 1 - list(reversed(echo)).index(True)
    before, after = range(first), range(last + 1, len(echo))
    edges = {
        i
        for edge in (before, after)
        if len(edge) <= MOST_BETWEEN and all(talk[i] for i in edge)
        for i in edge
    }
    return [is_echo or i in edges for i, is_echo in enumerate(echo)]


def _same(mine: Sequence[Word], theirs: Sequence[Word]) -> list[bool]:
    """Which of my words are theirs: the most that can be, in the order of both."""
    rows = [[_is_echo(word, other) for other in theirs] for word in mine]
    best = [[0] * (len(theirs) + 1) for _ in range(len(mine) + 1)]
    for i in reversed(range(len(mine))):
        for j in reversed(range(len(theirs))):
            taken = best[i + 1][j + 1] + 1 if rows[i][j] else 0
            best[i][j] = max(taken, best[i + 1][j], best[i][j + 1])
    same = [False] * len(mine)
    i = j = 0
    while i < len(mine) and j < len(theirs):
        if rows[i][j] and best[i][j] == best[i + 1][j + 1] + 1:
            same[i] = True
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    return same


def _is_echo(word: Word, other: Word) -> bool:
    if not -EARLY_S <= word.start_s - other.start_s <= LATE_S:
        return False
    one, two = letters(word.text), letters(other.text)
    if min(len(one), len(two)) <= SHORT_LETTERS:
        return one == two and bool(one)
    return alike(one, two) >= LIKE
