"""What was said that lasts: commitments, next steps, numbers, dates, names. Pure, English.

Read sentence by sentence, by words alone. What is doubtful is left out: "I'll see", "if I send
it", "I won't", a number in "one of them", a capital that only begins a sentence. A recogniser that
writes no capitals gives no names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant import fact_words as words
from assistant.after import Fact, FactKind
from assistant.text import pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assistant.model import Transcript


@dataclass(frozen=True, slots=True)
class _Found:
    kind: FactKind
    text: str
    start: int
    """Place in the sentence."""


def facts_of(said: Iterable[Transcript]) -> tuple[Fact, ...]:
    """Everything that lasts, by time; each once, with who said it first."""
    utterances = tuple(said)
    sentences = [(each, piece.original) for each in utterances for piece in pieces(each.text)]
    names = _names_within(sentence for _, sentence in sentences)
    seen: set[tuple[FactKind, str]] = set()
    facts: list[Fact] = []
    for utterance, sentence in sentences:
        for found in _in_sentence(sentence, names):
            key = (found.kind, _key(found.text))
            if key in seen:
                continue
            seen.add(key)
            fact = Fact(found.kind, found.text, utterance.speaker, utterance.start_s, sentence)
            facts.append(fact)
    return tuple(facts)


def _key(text: str) -> str:
    return " ".join(re.findall(r"[\w$€£%]+", text.lower()))


def _in_sentence(sentence: str, names: frozenset[str]) -> Iterator[_Found]:
    lower = sentence.replace("’", "'").lower()
    if len(lower) != len(sentence):  # a letter that changes its length: places would not fit
        return
    deed = _deed(sentence, lower)
    dates = list(_dates(sentence, lower, deed is not None))
    taken = [(d.start, d.start + len(d.text)) for d in dates]
    numbers = [n for n in _numbers(sentence, lower) if not _overlaps(n, taken)]
    yield from (deed,) if deed is not None else ()
    yield from sorted([*dates, *numbers, *_names(sentence, names)], key=lambda f: f.start)


def _overlaps(found: _Found, taken: list[tuple[int, int]]) -> bool:
    end = found.start + len(found.text)
    return any(found.start < stop and start < end for start, stop in taken)


def _numbers(sentence: str, lower: str) -> Iterator[_Found]:
    for match in words.NUMBER.finditer(lower):
        figure, unit = match["figure"].strip(), match["unit"] or ""
        noun = match["noun"] or ""
        start, end = match.start(), match.end()
        if noun and noun.strip() in words.NO_NOUN:
            noun, end = "", match.start("noun")
        if start and (lower[start - 1].isalnum() or lower[start - 1] in "-'"):
            continue
        money = bool(unit) or figure[0] in "$€£" or "%" in figure
        if not money and not _is_quantity(figure, noun, match["every"], lower[:start], lower[end:]):
            continue
        if (
            not noun
            and not money
            and lower[end : end + 1] == "-"
            and lower[end + 1 : end + 2].isalpha()
        ):
            continue
        yield _Found(FactKind.NUMBER, sentence[start:end].strip(), start)
    for match in re.finditer(r"\btwice\b", lower):
        if not re.match(r" (?:as|about|before)\b", lower[match.end() :]):
            yield _Found(FactKind.NUMBER, sentence[match.start() : match.end()], match.start())


def _is_quantity(figure: str, noun: str, every: str, before: str, after: str) -> bool:
    if re.match(r"an? ", figure) and re.search(r"third|quarter", figure):
        return True
    if words.ONE.fullmatch(figure) or (
        figure in words.SMALL.split("|") and words.VAGUE.search(before) and not noun
    ):
        return False
    if words.NO_NUMBER_AFTER.match(after) or words.NO_NUMBER_AFTER.match(noun):
        return False
    small = figure in words.SMALL.split("|") or bool(re.fullmatch(r"\d", figure))
    return not small or bool(noun) or bool(every)


def _dates(sentence: str, lower: str, deed: bool) -> Iterator[_Found]:  # noqa: FBT001 - a fact of the sentence
    taken: list[tuple[int, int]] = []
    patterns = (*words.DATES, words.TODAY) if deed else words.DATES
    for pattern in patterns:
        for match in pattern.finditer(lower):
            start, end = match.start(), match.end()
            if start == end or any(start < stop and begin < end for begin, stop in taken):
                continue
            taken.append((start, end))
            yield _Found(FactKind.DATE, sentence[start:end].strip(), start)


def _deed(sentence: str, lower: str) -> _Found | None:
    """The sentence as a commitment or a next step, if it is one."""
    bare = lower.strip(" .!,")
    asks = lower.rstrip().endswith("?")
    if words.BARE_WILL.match(bare):
        return _Found(FactKind.COMMITMENT, sentence.strip(), 0)
    for match in words.I_WILL.finditer(lower):
        before = lower[: match.start()]
        if asks or not _is_promise(before, match["verb"] + match["rest"]):
            continue
        if words.NO_APOSTROPHE.match(match.group().split(" ")[0]) and not (
            words.BEFORE_BARE.search(before) and match["verb"] in words.BARE_DEEDS
        ):
            continue
        return _Found(FactKind.COMMITMENT, sentence.strip(), 0)
    if words.RESTART.search(lower):
        return None
    lets = words.LETS.search(lower)
    if (
        lets
        and not words.NOT_LETS.search(lower)
        and not words.FIGURE_ASKED.search(lower)
        and not words.HYPOTHETICAL.search(lower[: lets.start()])
    ):
        return _Found(FactKind.NEXT_STEP, sentence.strip(), 0)
    if words.SOFT.search(lower) or (
        words.SEE_YOU.search(lower) and any(_dates(sentence, lower, deed=True))
    ):
        return _Found(FactKind.NEXT_STEP, sentence.strip(), 0)
    asked = words.ASKED.match(bare.rstrip("?"))
    if asked and not words.NO_ASK.match(bare.rstrip("?")) and len(bare.split()) > 2:  # noqa: PLR2004 - "call me" alone says too little
        return _Found(FactKind.NEXT_STEP, sentence.strip(), 0)
    return None


def _is_promise(before: str, deed: str) -> bool:
    if words.HYPOTHETICAL.search(before) or words.NO_PROMISE.search(before.strip(" ,")):
        return False
    if words.REPORTED.search(before):
        return False
    if words.NEVERMIND.match(deed):
        return False
    verb = deed.split(maxsplit=1)[0]
    return verb not in words.NO_DEED or bool(words.DEED_AFTER.match(deed))


def _names_within(sentences: Iterable[str]) -> frozenset[str]:
    """Names that stand somewhere else than at a sentence's beginning."""
    return frozenset(
        words.POSSESSIVE.sub("", match.group())
        for sentence in sentences
        for match in words.CAPITAL.finditer(sentence)
        if match.start() > 1 and _is_name(match.group())
    )


def _names(sentence: str, within: frozenset[str]) -> Iterator[_Found]:
    if _shouted(sentence):
        return
    for match in words.CAPITAL.finditer(sentence):
        text, start = match.group(), match.start()
        while start <= 1:  # the sentence's first word is none, unless it is elsewhere
            whole = words.POSSESSIVE.sub("", text)
            if whole in within:
                break
            first, _, text = text.partition(" ")
            if (
                words.POSSESSIVE.sub("", first) in within
                or first.lower().rstrip(".") in words.TITLES
            ):
                text = match.group()
                break
            start += len(first) + 1
            if not text:
                break
        name = words.POSSESSIVE.sub("", text)
        while name and name.split()[0].lower() in words.NO_NAME - words.TITLES:
            first, _, name = name.partition(" ")
            start += len(first) + 1
        if name and _is_name(name):
            yield _Found(FactKind.NAME, name, start)


def _is_name(text: str) -> bool:
    parts = text.split()
    if all(w.lower().strip(".") in words.NO_NAME for w in parts):
        return False
    return not (len(parts) == 1 and (len(text) < 3 or (text.isupper() and len(text) <= 4)))  # noqa: PLR2004 - "HR", "CFO", "Al"


def _shouted(sentence: str) -> bool:
    """Every word has a capital: they say nothing."""
    tokens = [w for w in sentence.split() if w[:1].isalpha()]
    return len(tokens) > 3 and all(w[:1].isupper() for w in tokens)  # noqa: PLR2004 - a name may be a whole reply
