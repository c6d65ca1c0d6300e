"""The user's names: read, found where they may have been said, and put in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.alike import alike, letters
from assistant.errors import ConfigError
from assistant.model import Word
from assistant.terms import ALIKE, LONGEST_TERM, MOST_TERMS, TRIED, Place, Terms, put, read_terms

if TYPE_CHECKING:
    from pathlib import Path


def words(text: str, probability: float = 0.5) -> list[Word]:
    return [Word(f" {w}", i * 0.4, i * 0.4 + 0.3, probability) for i, w in enumerate(text.split())]


@pytest.mark.parametrize(
    ("term", "heard", "where"),
    [
        ("Kowalczyk", "I spoke with Kovalchik about it.", (3, 4)),
        ("Veltrona", "How many seats of vel trona do you have?", (4, 6)),
        ("Haverkamp", "have a camp runs the warehouse", (0, 3)),
        ("Harbor Street", "We met at harber street", (3, 5)),
    ],
)
def test_a_term_is_looked_for_where_words_sound_like_it(
    term: str, heard: str, where: tuple[int, int]
) -> None:
    (place,) = Terms([term]).places(words(heard))
    assert (place.term, place.first, place.last) == (term, *where)
    assert place.likeness >= ALIKE


@pytest.mark.parametrize(
    "heard",
    ["We can sign on Friday.", "That's right.", "", "Kowalczyk called.", "kowalczyk's offer"],
)
def test_ordinary_words_and_the_term_itself_are_left_alone(heard: str) -> None:
    assert Terms(["Kowalczyk"]).places(words(heard)) == []


def test_at_most_so_many_are_tried_the_likeliest_first() -> None:
    names = ["Marrowgate", "Morrowgate", "Marrogate", "Marrowgait", "Narrowgate"]
    places = Terms(names).places(words("from marrow gate today"))
    assert len(places) == TRIED
    assert [p.likeness for p in places] == sorted((p.likeness for p in places), reverse=True)


def test_a_term_that_was_put_is_not_made_another_that_sounds_like_it() -> None:
    terms = Terms(["Marrowgate", "Morrowgate"])
    assert terms.places(words("from Marrowgate today")) == []


def test_what_sounds_liker_and_was_less_sure_gives_way_sooner() -> None:
    terms = Terms(["Veltrona"])
    near, far = Place(0, 1, "Veltrona", 0.9), Place(0, 1, "Veltrona", 0.6)
    unsure, sure = words("beltrona", 0.2), words("beltrona", 0.95)
    assert terms.prior(unsure, near) > terms.prior(unsure, far) > 0
    assert terms.prior(unsure, near) > terms.prior(sure, near) > 0


def test_a_term_takes_the_place_and_the_time_of_what_was_heard() -> None:
    heard = words("we met at harber street's. Then left")
    new = put(heard, Place(3, 5, "Harbor Street", 0.9), 0.7)
    assert [w.text for w in new] == [
        " we",
        " met",
        " at",
        " Harbor",
        " Street's.",
        " Then",
        " left",
    ]
    assert new[3].start_s == pytest.approx(heard[3].start_s)
    assert new[4].end_s == pytest.approx(heard[4].end_s)
    assert new[3].end_s == new[4].start_s
    assert [w.probability for w in new[3:5]] == [0.7, 0.7]


@given(st.lists(st.sampled_from(["no", "vel", "trona", "beltrona", "you're"]), max_size=12))
def test_places_lie_within_the_words(said: list[str]) -> None:
    heard = words(" ".join(said))
    for place in Terms(["Veltrona"]).places(heard):
        assert 0 <= place.first < place.last <= len(heard)
        assert "veltrona" in letters("".join(w.text for w in put(heard, place, 0.5)))


@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_is_a_share_and_has_no_direction(one: str, other: str) -> None:
    assert 0 <= alike(one, other) <= 1
    assert alike(one, other) == pytest.approx(alike(other, one))


@pytest.mark.parametrize("word", ["Kowalczyk", "that's right", "O’Brien's"])
def test_the_same_is_as_alike_as_can_be(word: str) -> None:
    assert alike(word, word.upper()) == 1


def test_a_file_has_a_term_a_line(tmp_path: Path) -> None:
    path = tmp_path / "terms.txt"
    path.write_text("# people\n\n Anna   Szabo \nVeltrona\nVeltrona\n", encoding="utf-8")
    assert read_terms(path) == ("Anna Szabo", "Veltrona")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read: No such file"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b"Szabo\n???\n", "Line 2 of"),
        (b"x" * (LONGEST_TERM + 1), "Line 1 of"),
        (b"\n".join(b"term%d" % n for n in range(MOST_TERMS + 1)), f"at most {MOST_TERMS} help"),
    ],
)
def test_a_file_that_is_no_list_of_terms_is_refused_with_what_to_do(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    path = tmp_path / "terms.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=says):
        read_terms(path)
