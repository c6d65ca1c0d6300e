"""Patterns found by their words: of hundreds, only those are looked for that can stand in a text.

Nearly every pattern has words without which it matches nothing: ``(?:need|have) to think`` has
"think". `needed` reads them off the pattern, and takes those that are said least often. `Patterns`
are kept by them, so that a text is held against a few patterns and not against all. What is found
is the same. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, Generic, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

WORD: Final = re.compile(r"\w+")
"""What counts as a word of a text."""

_TOKEN: Final = re.compile(
    r"\(\?:[a-z0-9 |]+\)|(?<=[|:>])[a-z0-9 ]+(?=[|)])|\w+|\\.|\(\?P<\w+>|\(\?<?[:!=]|"
    r"\[\^?\]?(?:\\.|[^\]\\])*\]|(?:[?*+]|\{\d*,?\d*\})[?+]?|.",
    re.DOTALL,
)
"""Plain words in brackets, an alternative of plain words (of which most patterns are made); or one
word, escape, bracket, set, repetition, or character."""

_LOOKS: Final = frozenset({"(?=", "(?!", "(?<=", "(?<!"})
_EDGES: Final = frozenset({"\\b", "^", "$"})
_ANY: Final = frozenset({"\\w", "\\d", "\\S", "."})
_KNOWN: Final = _EDGES | _ANY
_MAYBE: Final = ("?", "*", "{0", "{,")
"""How a repetition begins that may be none."""


class _Unread(Exception):  # noqa: N818 - no error: the pattern is looked for in every text
    """A pattern has something in it that is not read here."""


@dataclass(slots=True)
class _Group:
    """Alternatives, each a sequence of what stands in it."""

    opened: str
    """Its bracket."""
    alternatives: list[list[_Item]]
    least: int = 1
    """It stands there so often at least: 0 or 1."""
    once: bool = True
    """It stands there once at most."""


_Item: TypeAlias = str | _Group
Often: TypeAlias = "Callable[[str], float]"
"""How often a word is said, in whatever unit."""
Needs: TypeAlias = frozenset[str] | None
"""Words of which one must be there; None for none, or none that can be told."""
T = TypeVar("T")


def by_length(word: str) -> float:
    """Short words are said often."""
    return 2.0 ** -len(word)


def needs_of(pattern: re.Pattern[str], often: Often = by_length, *, at_head: bool = False) -> Needs:
    """What a compiled pattern needs; see `needed`."""
    plain = pattern.flags == re.UNICODE
    return needed(pattern.pattern, often, at_head=at_head) if plain else None


def needed(pattern: str, often: Often = by_length, *, at_head: bool = False) -> Needs:
    r"""Words of which one at least stands in every text that the pattern matches.

    Words are what ``\w+`` finds; of several sets of words the one said least is taken. `at_head`:
    the pattern, which must compile, is only held against the beginning of a text.
    """
    try:
        found = _in_group(_read(pattern), often, before=at_head, after=False)
    except _Unread:
        return None
    return None if found is None else frozenset(found)


def _read(pattern: str) -> _Group:
    group = top = _Group("", [[]])
    around: list[_Group] = []
    for token in _TOKEN.findall(pattern):
        first = token[0]
        sequence = group.alternatives[-1]
        if first == "(" and token[-1] != ")":
            inner = _Group(token, [[]])
            sequence.append(inner)
            around.append(group)
            group = inner
        elif first == ")":
            group = around.pop()
        elif first == "|":
            group.alternatives.append([])
        elif first in "?*+{":
            _repeat(sequence, token)
        elif (
            first == "\\" and token not in _KNOWN and (token[1].isalnum() or token[1] == "_")
        ) or (sequence and " " in token and len(token) > 1 and first != "("):
            raise _Unread
        else:
            sequence.append(token)
    return top


def _repeat(sequence: list[_Item], token: str) -> None:
    """The last of a sequence may be missing, or be there several times."""
    if not sequence or len(token) == token.count("{"):
        raise _Unread  # "(?i)" and the like
    last = sequence.pop()
    if isinstance(last, str):
        short = last[:-1] if _in_word(last[0]) else ""
        if short and token.startswith("?"):
            sequence.append(_Group("(?:", [[last], [short]]))
            return
        if short:
            sequence.append(short)
        last = _Group("(?:", [[last[len(short) :]]])
    last.once = token.startswith("?")
    last.least = 0 if token.startswith(_MAYBE) else 1
    sequence.append(last)


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _in_group(group: _Group, often: Often, *, before: bool, after: bool) -> set[str] | None:
    """Words for each alternative; None when one has none.

    `before`, `after`: what stands there is certainly no letter.
    """
    found: set[str] = set()
    for sequence in group.alternatives:
        if len(sequence) == 1 and isinstance(sequence[0], str):
            words = _in_text(sequence[0], often, before=before, after=after)
        else:
            words = _in_sequence(sequence, often, before=before, after=after)
        if not words:
            return None
        found |= words
    return found


def _in_text(item: str, often: Often, *, before: bool, after: bool) -> set[str] | None:
    """The same for what is no group, or a group of plain words."""
    if not (_in_word(item[0]) or item[0] in "( "):
        return None
    found: set[str] = set()
    for text in _texts(item):
        words = text.split(" ")
        if not before:
            words[0] = ""
        if not after:
            words[-1] = ""
        whole = [w for w in words if w]
        if not whole:
            return None
        found.add(min(whole, key=often) if len(whole) > 1 else whole[0])
    return found


def _texts(item: str) -> list[str]:
    """The alternatives of plain words."""
    return item[3:-1].split("|") if item[0] == "(" else [item]


def _in_sequence(
    sequence: list[_Item], often: Often, *, before: bool, after: bool
) -> set[str] | None:
    """The words of its parts that are said least."""
    best: set[str] | None = None
    least = 0.0
    for at, item in enumerate(sequence):
        if isinstance(item, _Group):
            if item.opened in _LOOKS or not item.least:
                continue
        elif not _in_word(item[0]) and item[0] != "(":
            continue
        left = _fenced(sequence[:at], beyond=before, back=True)
        right = _fenced(sequence[at + 1 :], beyond=after)
        if isinstance(item, _Group):
            left, right = left and item.once, right and item.once
            words = _in_group(item, often, before=left, after=right)
        else:
            words = _in_text(item, often, before=left, after=right)
        if words:
            said = sum(map(often, words))
            if best is None or said < least:
                best, least = words, said
    return best


def _fenced(items: list[_Item], *, beyond: bool, back: bool = False) -> bool:
    """Whether these begin (`back`: end) with what is certainly no letter.

    `beyond`: so does what comes after (before) them.
    """
    if not items:
        return beyond
    first, rest = (items[-1], items[:-1]) if back else (items[0], items[1:])
    if isinstance(first, str) and first[0] != "(":
        edge = first[-1] if back else first[0]
        return first in _EDGES or not (_in_word(edge) or first[0] in "[." or first in _ANY)
    after = _fenced(rest, beyond=beyond, back=back)
    if isinstance(first, str):
        return all(t[-1 if back else 0] == " " if t else after for t in _texts(first))
    if first.opened in _LOOKS:
        return after
    return (after or first.least > 0) and all(
        _fenced(a, beyond=after, back=back) for a in first.alternatives
    )


@lru_cache(maxsize=1024)
def words_in(text: str) -> frozenset[str]:
    """The words of a text, each once; several rules ask for the same text."""
    return frozenset(WORD.findall(text))


class Index(Generic[T]):
    """Things with a pattern each, in their order, found by the words of a text.

    It is made when it is first asked. `often` and `at_head` as for `needed`.
    """

    def __init__(
        self,
        things: Iterable[tuple[T, re.Pattern[str]]],
        often: Often = by_length,
        *,
        at_head: bool = False,
    ) -> None:
        self._things = tuple(things)
        self._often = often
        self._at_head = at_head

    def possible(self, text: str) -> list[T]:
        """Those whose pattern may match a text; no other does."""
        by_word, anywhere = self._made
        numbers = {n for word in by_word.keys() & words_in(text) for n in by_word[word]}
        return [self._things[n][0] for n in sorted(numbers | anywhere)]

    @cached_property
    def _made(self) -> tuple[dict[str, list[int]], set[int]]:
        """Numbers of things by the words they need, and of those that need none."""
        by_word: dict[str, list[int]] = {}
        anywhere: set[int] = set()
        for number, (_, pattern) in enumerate(self._things):
            needs = needs_of(pattern, self._often, at_head=self._at_head)
            if needs is None:
                anywhere.add(number)
            for word in needs or ():
                by_word.setdefault(word, []).append(number)
        return by_word, anywhere


class Patterns:
    """Patterns of which any one will do."""

    def __init__(self, patterns: Iterable[re.Pattern[str]], often: Often = by_length) -> None:
        self._index = Index(((p, p) for p in patterns), often)

    def found_in(self, text: str) -> bool:
        """True when one of them stands in a text."""
        return any(p.search(text) for p in self._index.possible(text))


class Entries(Generic[T]):
    """Entries with several patterns each, in their order. `often` and `at_head` as for `needed`."""

    def __init__(
        self,
        entries: Iterable[tuple[T, tuple[re.Pattern[str], ...]]],
        often: Often,
        *,
        at_head: bool = False,
    ) -> None:
        self._entries = tuple(entries)
        self._often = often
        self._at_head = at_head
        numbered = ((n, p) for n, (_, patterns) in enumerate(self._entries) for p in patterns)
        self._index = Index((((n, p), p) for n, p in numbered), often, at_head=at_head)

    def __iter__(self) -> Iterator[T]:
        return (entry for entry, _ in self._entries)

    def behind(self, entries: Iterable[tuple[T, tuple[re.Pattern[str], ...]]]) -> Entries[T]:
        """These with others before them."""
        return Entries((*entries, *self._entries), self._often, at_head=self._at_head)

    def possible(self, text: str) -> list[tuple[T, list[re.Pattern[str]]]]:
        """Those of which a pattern may match a text, with these patterns; no other does."""
        found: dict[int, list[re.Pattern[str]]] = {}
        for number, pattern in self._index.possible(text):
            found.setdefault(number, []).append(pattern)
        return [(self._entries[number][0], patterns) for number, patterns in found.items()]
