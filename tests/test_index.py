"""What is looked for by its words is what would be found by looking for everything."""

import re
from itertools import pairwise

import pytest
from hypothesis import example, given, reject
from hypothesis import strategies as st

from assistant import phrases, text
from assistant.index import Entries, Index, Patterns, needed, words_in

BOOK = phrases.load()
FAMILIES = {"theirs": BOOK.theirs, "mine": BOOK.mine, "points": BOOK.points}
SAID = sorted(
    {
        " ".join(text.words_of(said))
        for family in (*FAMILIES.values(), BOOK.replies)
        for entry in family
        for said in (*entry.phrases.positive, *entry.phrases.negative)
    }
)

# ---- patterns of any shape, over few words, so that many match --------------------------------

ATOMS = st.sampled_from(
    [
        "a",
        "b",
        "ab",
        "ba",
        " ",
        " a",
        "b ",
        r"\b",
        r"\w",
        r"\w+",
        r"\d",
        "[ab]",
        ".",
        ",",
        r"\.",
        "é",
    ]
)
LOOKS = st.sampled_from(["(?=a)", "(?! b)", "(?<=a)", "(?<!b )", "^", "$"])
REPEATS = st.sampled_from(["?", "*", "+", "{0,2}", "{1,2}", "{2}", "??", "*?", "{,1}"])


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})")
    named = inner.map(lambda part: f"({part})")
    whole = st.one_of(group, named, st.lists(inner, min_size=1, max_size=3).map("".join))
    return st.one_of(whole, st.tuples(group, REPEATS).map("".join))


SHAPES = st.recursive(
    st.one_of(ATOMS, LOOKS, st.tuples(ATOMS.filter(lambda a: a != r"\b"), REPEATS).map("".join)),
    grown,
    max_leaves=12,
)
TEXTS = st.lists(st.sampled_from(["a", "b", "ab", "ba", "aa", "1", ",", "é"]), max_size=6).map(
    " ".join
)


@given(shape=SHAPES, texts=st.lists(TEXTS, min_size=1, max_size=8), at_head=st.booleans())
@example(shape="a?b", texts=["b"], at_head=True)
@example(shape=r"\wa ", texts=["ba b"], at_head=False)
@example(shape=r"\b(?:a|b)b", texts=["ab", "bb"], at_head=False)
@example(shape=r"\bab? ", texts=["a b"], at_head=False)
@example(shape="(?:a|) b", texts=["xa b"], at_head=False)
@example(shape="(?:a ?)b", texts=["ab"], at_head=True)
@example(shape=r"\b(?:a|b)+\b", texts=["ab"], at_head=False)
@example(shape="a,b", texts=["a,b"], at_head=True)
def test_no_text_that_a_pattern_matches_is_without_the_words_it_needs(
    *, shape: str, texts: list[str], at_head: bool
) -> None:
    try:
        pattern = re.compile(shape)
    except re.error:
        reject()  # "a{2}" behind "a?", and the like
    needs = needed(shape, at_head=at_head)
    for said in texts:
        found = pattern.match(said) if at_head else pattern.search(said)
        if found and needs is not None:
            assert needs & words_in(said), (shape, said, needs)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\b(?:need|have) to think\b", {"think"}),
        (r"\bits? late\b", {"late"}),
        (r"(?:summari[sz]e|recap) that\b", {"that"}),
        (r"\b(?:sounds|seems) (?:like|as)", {"sounds", "seems"}),
        (r"\bfoo\w* bar", None),
        (r"(?i)\bfoo\b", None),
        (r"\b(foo) \1\b", None),
        (r"\b(?:foo )?\w+\b", None),
    ],
)
def test_words_are_read_off_a_pattern(pattern: str, words: set[str] | None) -> None:
    assert needed(pattern) == words


def test_the_words_said_least_are_taken() -> None:
    often = {"sounds": 9, "like": 9, "hurdle": 1}
    assert needed(r"\bsounds like (?:a )?hurdle\b", often.__getitem__) == {"hurdle"}


def test_a_pattern_made_to_ignore_case_is_looked_for_in_any_text() -> None:
    assert Patterns([re.compile(r"\bfoo\b", re.IGNORECASE)]).found_in("a FOO")


def test_most_patterns_of_the_book_are_found_by_words() -> None:
    every = [p for family in FAMILIES.values() for entry in family for p in entry.phrases.patterns]
    assert sum(needed(p.pattern) is not None for p in every) > 0.97 * len(every)


# ---- the book, on what people say --------------------------------------------------------------


@st.composite
def sayings(draw: st.DrawFn) -> str:
    """Two examples of the book run together, cut, with a word put in."""
    one, other = draw(st.sampled_from(SAID)).split(), draw(st.sampled_from(SAID)).split()
    words = one[draw(st.integers(0, 3)) :] + other[: draw(st.integers(0, 12))]
    at = draw(st.integers(0, len(words)))
    added = draw(st.sampled_from(["", ",", "not", "you", "it", "that"]))
    return " ".join(w for w in (*words[:at], added, *words[at:]) if w)


def plainly(entries: Entries, said: str) -> list[tuple[object, list[re.Match[str]]]]:
    found = [
        (entry, [m.span() for p in entry.phrases.patterns for m in p.finditer(said)])
        for entry in entries
    ]
    return [(entry, spans) for entry, spans in found if spans]


@pytest.mark.parametrize("family", FAMILIES)
@given(said=sayings())
def test_the_book_finds_what_a_search_for_all_of_it_finds(family: str, said: str) -> None:
    entries = FAMILIES[family]
    found = [
        (entry, [m.span() for p in patterns for m in p.finditer(said)])
        for entry, patterns in entries.possible(said)
    ]
    assert [(entry, spans) for entry, spans in found if spans] == plainly(entries, said)


@given(said=sayings(), at=st.integers(0, 20))
def test_the_head_of_a_reply_is_what_a_search_for_all_heads_finds(said: str, at: int) -> None:
    at = min(at, len(said))
    every = [(e, p) for e in BOOK.replies for p in e.phrases.patterns]
    few = [(e, p) for e, patterns in BOOK.replies.possible(said[at:]) for p in patterns]
    assert [(e, p) for e, p in few if p.match(said, at)] == [
        (e, p) for e, p in every if p.match(said, at)
    ]


def test_entries_of_the_user_come_first_and_are_found() -> None:
    mine = phrases.extend(BOOK, '[[theirs]]\nkind = "deferral"\nphrases = ["ask Dieter"]', "own")
    assert next(iter(mine.theirs)).phrases.rule == "your-phrase"
    found = [entry.phrases.rule for entry, _ in mine.theirs.possible("let me ask dieter first")]
    assert found[0] == "your-phrase"
    assert len(list(mine.theirs)) == len(list(BOOK.theirs)) + 1


def test_things_keep_their_order() -> None:
    things = Index((n, re.compile(rf"\b{w}\b")) for n, w in enumerate(["b", "a", "b", r"\w"]))
    assert things.possible("a b") == [0, 1, 2, 3]
    assert things.possible("b") == [0, 2, 3]
    assert things.possible("c") == [3]


# ---- normalising --------------------------------------------------------------------------------

HEARD = st.lists(
    st.sampled_from(
        ["that", "is", "that's", "you", "are", "your", "write", "rite", "not", "could", "of", "all",
         "right", "ok", "o", "k", "per", "cent", "fare", "point", "mustve", "i", "am",
         "have", "they", "will", "can", "probly", "it", "its", ",", ".", "?", "3.5", "5", "-", "we",
         "we're"]
    ),
    max_size=9,
)  # fmt: skip


@given(HEARD)
@example(["3.5", "5", "5"])
@example(["that", "is", "write"])
@example(["right", "per", "your", "right", "per", "your"])
@example(["could", "not", "of"])
@example(["you", "you", ",", "you", "are"])
def test_words_are_joined_and_said_once_as_if_every_pattern_was_tried(heard: list[str]) -> None:
    said = " ".join(heard)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "_JOINED", tuple((p, r, None) for p, r, _ in text._JOINED))
        patch.setattr(text, "_said_once", lambda t: text._REPEATED.sub(r"\1", t))
        plain = text.normalise.__wrapped__(said)
    assert text.normalise.__wrapped__(said) == plain


def test_what_joining_makes_is_joined_again(monkeypatch: pytest.MonkeyPatch) -> None:
    joins = [("a b", "c", {"a"}), ("c", "d", {"c"})]
    patched = tuple((re.compile(rf"\b{p}\b"), becomes, needs) for p, becomes, needs in joins)
    monkeypatch.setattr(text, "_JOINED", patched)
    assert text.normalise.__wrapped__("a b") == "d"


def test_repeated_words_are_said_once() -> None:
    assert text.normalise("That's that's right") == "thats right"
    assert text.normalise("you know, you know it") == "you know it"
    assert all(a != b for a, b in pairwise(text.normalise("no no no no").split()))
