"""The HTML report: nothing of a call becomes markup, nothing is fetched, everybody can read it."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.html_text import tag, text
from assistant.model import FinishedCall, Note, Source, Speaker, Transcript
from assistant.report_clips import clips
from assistant.report_html import html_page
from assistant.report_style import STYLE
from assistant.safetext import clean
from assistant.summary import summarise
from tests.test_report import HOSTILE, call_of

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLES = Path(__file__).parent.parent / "samples"
VOID = {"meta", "br", "hr", "img", "link"}


class Reader(HTMLParser):
    """What a browser would see of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.values: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.odd: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.values += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    def handle_pi(self, data: str) -> None:
        self.odd.append(data)

    def unknown_decl(self, data: str) -> None:
        self.odd.append(data)


def page_of(said: str) -> Reader:
    call = call_of(title=said, said=said)
    info = replace(call.info, counterpart=said)
    return Reader(html_page(replace(call, info=info, events=(*call.events, Note(9.0, said)))))


PLAIN = page_of("plain")


@given(
    st.sampled_from(HOSTILE)
    | st.text(st.sampled_from("ab <>&\"'/=-!#;x\x1b[0m"), max_size=25)
    | st.text(st.characters(exclude_categories=()), max_size=25)
)
def test_no_text_of_a_call_becomes_markup(said: str) -> None:
    if not clean(said):
        return
    page = page_of(said)
    assert page.tags == PLAIN.tags
    assert page.odd == []
    assert page.open == []
    assert page.words.count(clean(said)) >= 5


@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_text_reads_as_it_is_in_elements_and_attributes(words: str) -> None:
    page = Reader(tag("p", words, title=words).markup)
    assert "".join(page.words) == clean(words)
    assert page.values == [("title", clean(words))]
    assert text(words).markup.count("<") == 0


def test_a_page_needs_nothing_from_anywhere_and_runs_nothing() -> None:
    names = {name for name, _ in PLAIN.tags}
    assert names.isdisjoint({"script", "iframe", "object", "embed", "link", "base", "form"})
    assert not [name for name, _ in PLAIN.values if name.startswith("on")]
    for name, value in PLAIN.values:
        if name in {"src", "href", "action", "poster", "srcset"}:
            assert value.startswith("#"), value
    assert "url(" not in STYLE
    assert "@import" not in STYLE
    assert (
        "content",
        "default-src 'none'; style-src 'unsafe-inline'; media-src data:; img-src data:",
    ) in PLAIN.values


def test_every_link_leads_somewhere_on_the_page() -> None:
    ids = [value for name, value in PLAIN.values if name == "id"]
    assert len(ids) == len(set(ids))
    links = {value.removeprefix("#") for name, value in PLAIN.values if name == "href"}
    assert links
    assert links <= set(ids)


def test_a_prompt_for_a_signal_that_was_replaced_leads_to_what_it_became() -> None:
    call = call_of()
    early = replace(call.events[6], signal=2)  # type: ignore[type-var]  # a prompt
    events = (*call.events[:6], early, *call.events[7:])
    page = Reader(html_page(replace(call, events=events)))
    assert {v for n, v in page.values if n == "href"} <= {
        f"#{v}" for n, v in page.values if n == "id"
    }


def test_the_page_can_be_read_by_everybody() -> None:
    assert ("lang", "en") in PLAIN.values
    levels = [int(name[1]) for name, _ in PLAIN.tags if re.fullmatch(r"h[1-6]", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    pictures = [attributes for name, attributes in PLAIN.tags if name == "svg"]
    assert pictures
    assert all({"role", "aria-label"} <= set(a) or "aria-hidden" in a for a in pictures)
    headers = [attributes for name, attributes in PLAIN.tags if name == "th"]
    assert headers
    assert all("scope" in each for each in headers)


def colours(part: str) -> dict[str, tuple[float, float, float]]:
    found = {}
    for name, value in re.findall(r"--(\w+):#([0-9a-f]{3,6})\b", part):
        digits = value if len(value) == 6 else "".join(2 * each for each in value)
        found[name] = tuple(int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return found  # type: ignore[return-value]  # three of them


def contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """WCAG 2.2: the ratio of relative luminances."""

    def luminance(colour: tuple[float, float, float]) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def themes() -> Iterator[str]:
    yield STYLE[: STYLE.index("@media (prefers")]
    yield STYLE[STYLE.index("@media (prefers") : STYLE.index("*{box")]
    yield STYLE[STYLE.index("@media print") :]


@pytest.mark.parametrize("theme", themes(), ids=["light", "dark", "print"])
def test_every_colour_of_text_can_be_read(theme: str) -> None:
    found = colours(theme)
    words = ("text", "quiet", "me", "them", "good", "hollow", "against", "mine", "plain")
    for ground in ("ground", "raised"):
        for name in words:
            assert contrast(found[name], found[ground]) >= 4.5, (name, ground)
    assert contrast(found["text"], found["marked"]) >= 4.5


def test_an_empty_call_and_one_with_unknown_speakers_have_a_page() -> None:
    info = replace(call_of().info, title="", model=None, speakers=(Speaker.UNKNOWN,))
    empty = Reader(html_page(FinishedCall(info, (), summarise(info, ()))))
    assert "A call" in empty.words
    said = (Transcript(Speaker.UNKNOWN, 0.0, 2.0, "Hello."),)
    unknown = Reader(html_page(FinishedCall(info, said, summarise(info, said))))
    assert "Not known" in unknown.words


def test_the_sound_of_a_moment_is_in_the_page_and_plays_from_there() -> None:
    call = call_of()
    info = replace(call.info, path=str(SAMPLES / "rent_review.ogg"), source=Source.AUDIO)
    call = replace(call, info=info)
    sound = clips(call, None, SAMPLES / "rent_review.ogg")
    assert set(sound) == {each.signal for each in call.summary.moments}
    page = Reader(html_page(call, sound))
    assert sum(name == "audio" for name, _ in page.tags) == len(sound)
    assert [v for n, v in page.values if n == "src"] == list(sound.values())
