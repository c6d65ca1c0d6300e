from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.safetext import clean

ANY_TEXT = st.text(st.characters(exclude_categories=()))
"""Every code point, half surrogates included."""

NASTY = st.lists(
    st.sampled_from(
        (
            *("\x1b[", "\x1b]", "\x1b", "\x1b\\", "\x1bP", "\x9b", "\x9c", "\x9d", "\x07", "\x00"),
            *("31m", "0;t", "a", "é", " ", "\n", "\u200b", "\u202e", "\u2028", "\ud800"),
        )
    )
).map("".join)


@pytest.mark.parametrize(
    ("dirty", "plain"),
    [
        ("That's right.", "That's right."),
        ("\x1b[31mThat's\x1b[0m right.", "That's right."),
        ("\x1b[2J\x1b[Hgone", "gone"),
        ("\x1b[38;2;1;2;3mred", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]0;title\x07said", "said"),
        ("\x1b]8;;http://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9d0;title\x9csaid", "said"),
        ("\x1bPq#0;2;0\x1b\\said", "said"),
        ("\x1b(Bsaid", "said"),
        ("\x1bcsaid", "said"),
        ("\x1b]52;no terminator, the words stay", "52;no terminator, the words stay"),
        ("ends with\x1b", "ends with"),
        ("a\x00b\x07c\x7fd\x85e", "abcd e"),
        ("  two \t\n lines\r\n", "two lines"),
        ("one\u2028two\u2029three\u00a0four\u3000five", "one two three four five"),
        ("\u202eevil\u202c \u2066x\u2069 \u200ey\u061c", "evil x y"),
        ("ze\u200bro\u200c\u200d\u2060\ufeff\u00ad", "zero"),
        ("half \ud83d pair", "half \N{REPLACEMENT CHARACTER} pair"),
        ("Zoë, Łukasz, 東京, العربية, हिन्दी", "Zoë, Łukasz, 東京, العربية, हिन्दी"),
        (
            "e\u0301 d\N{RIGHT SINGLE QUOTATION MARK}accord",
            "e\u0301 d\N{RIGHT SINGLE QUOTATION MARK}accord",
        ),
        ("[bold]markup is only text[/bold]", "[bold]markup is only text[/bold]"),
        ("", ""),
    ],
)
def test_keeps_the_words_and_drops_the_commands(dirty: str, plain: str) -> None:
    assert clean(dirty) == plain


@given(ANY_TEXT | NASTY)
@example("\x1b\u200b[31m")
@example("\x1b\x1b[31m[31m")
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(ANY_TEXT | NASTY)
def test_nothing_that_acts_or_hides_is_left(text: str) -> None:
    result = clean(text)
    assert not {unicodedata.category(c) for c in result} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert "  " not in result
    assert result == result.strip()
    result.encode("utf-8")


@given(st.text(st.characters(categories=["L", "M", "N", "P"])))
def test_letters_marks_digits_and_punctuation_stay(text: str) -> None:
    assert clean(text) == text


@given(ANY_TEXT, ANY_TEXT)
def test_a_sequence_between_two_words_leaves_both(before: str, after: str) -> None:
    coloured = f"{clean(before)} \x1b[1;31m{clean(after)}\x1b[0m"
    assert clean(coloured) == f"{clean(before)} {clean(after)}".strip()
