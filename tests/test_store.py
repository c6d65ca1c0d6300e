from __future__ import annotations

import random
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.errors import CallNotFoundError
from assistant.model import (
    CallInfo,
    CallStarted,
    CallSummary,
    CallWarning,
    Consent,
    Event,
    FinishedCall,
    Moment,
    Outcome,
    Prompt,
    PromptKind,
    PromptUsed,
    Signal,
    SignalCount,
    SignalKind,
    Source,
    Speaker,
    SpeakerMeasures,
    SpeechDropped,
    SpeechOpened,
    StateChanged,
    SubjectState,
    SummaryReady,
    Technique,
    Transcript,
    Understanding,
    Word,
)
from assistant.store import Library
from assistant.summary import summarise

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ME, THEM = Speaker.ME, Speaker.THEM
START = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def call_of(*texts: str, title: str = "a call", day: int = 0) -> FinishedCall:
    info = CallInfo(
        title, f"{title}.ogg", Source.AUDIO, "base", 90.0, START + timedelta(day), (ME, THEM)
    )
    events: list[Event] = []
    for number, text in enumerate(texts):
        start_s = number * 3.0
        words = tuple(Word(each, start_s, start_s + 0.5, 0.9) for each in text.split())
        events.append(Transcript(THEM, start_s, start_s + 2.0, text, words=words))
    return FinishedCall(info, tuple(events), summarise(info, events))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library") as opened:
        yield opened


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(tmp_path_factory.mktemp("shared")) as opened:
        yield opened


# ---- a call comes back as it was -------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
COUNT = st.integers(0, 1 << 40)
WORDS = st.lists(st.builds(Word, TEXT, NUMBER, NUMBER, NUMBER), max_size=3).map(tuple)
EVENT = st.one_of(
    st.builds(
        Transcript,
        st.sampled_from(Speaker),
        NUMBER,
        NUMBER,
        TEXT,
        words=WORDS,
        enthusiasm=st.none() | NUMBER,
        speaker_confidence=st.none() | st.floats(0.5, 1.0),
    ),
    st.builds(
        Signal,
        id=COUNT,
        kind=st.sampled_from(SignalKind),
        speaker=st.sampled_from(Speaker),
        at_s=NUMBER,
        start_s=NUMBER,
        end_s=NUMBER,
        confidence=NUMBER,
        quote=TEXT,
        rule=TEXT,
        after=st.none() | st.sampled_from(SignalKind),
        revises=st.none() | COUNT,
        answers=st.none() | COUNT,
        reasons=st.lists(TEXT, max_size=3).map(tuple),
    ),
    st.builds(Prompt, COUNT, st.sampled_from(PromptKind), TEXT, TEXT, COUNT, NUMBER, NUMBER),
    st.builds(PromptUsed, COUNT, NUMBER),
    st.builds(StateChanged, TEXT, st.sampled_from(Understanding), NUMBER),
    st.builds(CallWarning, TEXT, NUMBER),
)
COUNTS = st.lists(st.builds(SignalCount, st.sampled_from(SignalKind), COUNT)).map(tuple)
INFO = st.builds(
    CallInfo,
    title=TEXT,
    path=TEXT,
    source=st.sampled_from(Source),
    model=st.none() | TEXT,
    duration_s=st.none() | NUMBER,
    started_at=st.datetimes(
        min_value=datetime(1, 1, 2),  # noqa: DTZ001 - the zone comes with timezones below
        max_value=datetime(9999, 12, 30),  # noqa: DTZ001 - likewise
        timezones=st.just(UTC),
    ),
    consent=st.sampled_from(Consent),
    speakers=st.lists(st.sampled_from(Speaker)).map(tuple),
)
SUMMARY = st.builds(
    CallSummary,
    outcome=st.sampled_from(Outcome),
    headline=TEXT,
    duration_s=NUMBER,
    measures=st.lists(
        st.builds(SpeakerMeasures, st.sampled_from(Speaker), NUMBER, COUNT, COUNT, NUMBER, COUNT),
        max_size=3,
    ).map(tuple),
    talk_share_me=st.none() | NUMBER,
    signals=COUNTS,
    techniques=st.lists(
        st.builds(Technique, st.sampled_from(SignalKind), COUNT, COUNTS), max_size=3
    ).map(tuple),
    subjects=st.lists(
        st.builds(SubjectState, TEXT, st.sampled_from(Understanding), NUMBER), max_size=3
    ).map(tuple),
    first_thats_right_s=st.none() | NUMBER,
    moments=st.lists(
        st.builds(Moment, NUMBER, COUNT, st.sampled_from(SignalKind), TEXT, TEXT, TEXT), max_size=3
    ).map(tuple),
    prompts_shown=COUNT,
    prompts_used=COUNT,
    practise=TEXT,
)
CALL = st.builds(FinishedCall, INFO, st.lists(EVENT, max_size=8).map(tuple), SUMMARY)


@given(call=CALL)
def test_a_round_trip_keeps_every_field(shared: Library, call: FinishedCall) -> None:
    assert shared.load(shared.save(call)) == call


def test_what_opens_and_ends_a_call_and_partials_are_not_kept_twice(library: Library) -> None:
    call = call_of("Hello.")
    extra = (
        CallStarted(call.info),
        SpeechOpened(ME, 0.0),
        SpeechDropped(ME, 1.0),
        Transcript(ME, 0.0, 1.0, "Hel", final=False),
        *call.events,
        SummaryReady(call.summary),
    )
    call_id = library.save(replace(call, events=extra))
    assert library.load(call_id) == call


def test_a_path_that_is_no_text_is_kept_readable(library: Library) -> None:
    call = call_of("Hello.")
    call = replace(call, info=replace(call.info, path="caf\udce9.ogg"))
    assert library.load(library.save(call)).info.path == "caf\\udce9.ogg"


def test_a_closed_library_still_has_its_calls(tmp_path: Path) -> None:
    with Library.open(tmp_path) as first:
        call_id = first.save(call_of("Hello."))
    with Library.open(tmp_path) as second:
        assert second.load(call_id) == call_of("Hello.")
        assert second.save(call_of("Again.")) == call_id + 1


# ---- lists -----------------------------------------------------------------------------------


def test_calls_are_listed_newest_first_with_what_a_list_shows(library: Library) -> None:
    events = (
        Transcript(ME, 0.0, 4.0, "It sounds like it."),
        Transcript(THEM, 5.0, 8.0, "You're right."),
        Signal(1, SignalKind.YOURE_RIGHT, THEM, 8.0, 5.0, 8.0, 0.9, "You're right.", "r"),
    )
    info = call_of(title="rent", day=1).info
    rent = library.save(FinishedCall(info, events, summarise(info, events)))
    old = library.save(call_of("x", title="old", day=-1))
    newest = library.save(call_of("x", title="newest", day=2))
    listed = library.calls()
    assert [each.id for each in listed] == [newest, rent, old]
    shown = listed[1]
    assert (shown.title, shown.path, shown.source, shown.model) == (
        "rent",
        "rent.ogg",
        Source.AUDIO,
        "base",
    )
    assert shown.started_at == START + timedelta(1)
    assert (shown.duration_s, shown.outcome.value) == (90.0, "wishy_washy")
    assert (shown.utterances, shown.thats_right, shown.youre_right) == (2, 0, 1)
    assert shown.talk_share_me == 4.0 / 7.0
    assert (shown.snippet, shown.snippet_at_s) == ("", None)
    assert [each.id for each in library.calls(limit=1)] == [newest]
    assert library.calls("  ") == listed


def test_calls_of_the_same_second_are_listed_in_the_order_of_their_parts(library: Library) -> None:
    call = call_of("x")
    later = replace(call, info=replace(call.info, started_at=START + timedelta(microseconds=5)))
    second, first = library.save(later), library.save(call)
    assert [each.id for each in library.calls()] == [second, first]


# ---- search ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("delivery", ["march", "warranty"]),
        ("DELIVERY", ["march", "warranty"]),
        ("delivery March", ["march"]),
        ("warranty", ["warranty"]),  # in the title alone
        ("warranty years", ["warranty"]),  # title and text
        ("creme brulee", ["café"]),
        ("crème", ["café"]),
        ("cafe", ["café"]),
        ("that's", ["march"]),
        ("that\N{RIGHT SINGLE QUOTATION MARK}s", ["march"]),
        ("deliver", []),
        ("delivery AND march", []),  # AND is a word, and nobody said it
        ('delivery "march"', ["march"]),
        ("delivery*", ["march", "warranty"]),
        ('delivery"march', []),
        ("-delivery", ["march", "warranty"]),
        ("text:delivery", []),
        ("NEAR(delivery march)", []),
        ("***", []),
        ('"', []),
        ("\x00", []),
    ],
)
def test_search_takes_words_as_words(library: Library, words: str, titles: list[str]) -> None:
    library.save(call_of("The delivery is late.", "That's right, in March.", title="march"))
    library.save(call_of("Two years.", "And the delivery?", title="warranty", day=-1))
    library.save(call_of("A crème brûlée.", title="café", day=-2))
    assert [each.title for each in library.calls(words)] == titles


def test_a_hit_shows_the_words_around_it_and_when_they_were_said(library: Library) -> None:
    long = " ".join(f"word{n}" for n in range(40))
    library.save(call_of("The delivery.", f"{long} delivery in March {long}", title="rent"))
    (both,) = library.calls("march delivery")
    assert "delivery in March" in both.snippet
    assert both.snippet.startswith("…")
    assert both.snippet_at_s == 3.0
    (one,) = library.calls("delivery")
    assert (one.snippet, one.snippet_at_s) == ("The delivery.", 0.0)
    (title,) = library.calls("rent")
    assert (title.snippet, title.snippet_at_s) == ("rent", None)
    (apart,) = library.calls("rent word39")
    assert apart.snippet_at_s is None


@given(st.text(st.characters(exclude_categories=()), max_size=40))
@example('"" OR ""')
@example("a" * 10_000)
@example("^a + b")
def test_no_input_is_syntax(shared: Library, words: str) -> None:
    found = shared.calls(words)
    assert all(each.snippet for each in found) or not words.strip()


@given(st.lists(st.from_regex(r"[a-z]{1,6}", fullmatch=True), min_size=1, max_size=5))
def test_words_that_were_said_are_found(shared: Library, words: list[str]) -> None:
    call_id = shared.save(call_of(" ".join(words)))
    assert call_id in {each.id for each in shared.calls(" ".join(reversed(words)))}
    assert call_id not in {each.id for each in shared.calls(" ".join([*words, "neverSaid"]))}


def test_hundreds_of_words_are_no_error(library: Library) -> None:
    call_id = library.save(call_of(" ".join(f"w{n}" for n in range(40))))
    many = " ".join(f"w{n}" for n in range(700))
    assert [each.id for each in library.calls(many)] == [call_id]


# ---- names and deleting ----------------------------------------------------------------------


def test_last_is_the_one_saved_last(library: Library) -> None:
    first = library.save(call_of("x", day=5))
    second = library.save(call_of("y", day=0))
    assert library.resolve("last") == second
    assert library.resolve(f" {first} ") == first


@pytest.mark.parametrize("name", ["7", "0", "-1", "9" * 40, "²", "one", "", "last one", "1.0"])
def test_a_call_that_is_not_there_says_what_to_do(library: Library, name: str) -> None:
    library.save(call_of("x"))
    with pytest.raises(CallNotFoundError, match="thatsright calls lists"):
        library.resolve(name)


def test_an_empty_library_says_how_to_get_a_call(library: Library) -> None:
    with pytest.raises(CallNotFoundError, match="thatsright replay"):
        library.resolve("last")


@pytest.mark.parametrize("call_id", [7, 0, -1, 1 << 70])
def test_loading_and_deleting_what_is_not_there(library: Library, call_id: int) -> None:
    with pytest.raises(CallNotFoundError, match=f"no call {call_id} "):
        library.load(call_id)
    with pytest.raises(CallNotFoundError, match=f"no call {call_id} "):
        library.delete(call_id)


def test_an_id_is_never_given_again(library: Library) -> None:
    library.save(call_of("x"))
    second = library.save(call_of("y"))
    library.delete(second)
    assert library.save(call_of("z")) == second + 1


def test_deleting_one_call_leaves_the_others_as_they_were(library: Library) -> None:
    calls = {library.save(call_of(f"said{n}", "both")): f"said{n}" for n in range(5)}
    gone = sorted(calls)[2]
    library.delete(gone)
    assert library.calls(calls[gone]) == ()
    assert {each.id for each in library.calls("both")} == set(calls) - {gone}
    for call_id in set(calls) - {gone}:
        assert library.load(call_id) == call_of(calls[call_id], "both")
        assert [each.id for each in library.calls(calls[call_id])] == [call_id]


def bytes_of(library: Library) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(library.path.parent.iterdir()))


def test_the_words_of_a_deleted_call_are_in_no_file_any_more(library: Library) -> None:
    kept = library.save(call_of("something else entirely"))
    call_id = library.save(call_of("xylophone quarrel", "zugzwang", title="marzipan"))
    secrets = (b"xylophone", b"ylophon", b"zugzwang", b"marzipan")
    assert all(secret in bytes_of(library) for secret in secrets)
    library.delete(call_id)
    assert not [secret for secret in secrets if secret in bytes_of(library)]
    assert library.load(kept).events


def test_no_copy_stays_behind_where_rows_were_moved(library: Library) -> None:
    # With this seed, overwriting what is deleted would not be enough: SQLite moves rows between
    # pages and leaves copies of them in the gaps.
    dice = random.Random(11)  # noqa: S311 - sizes of calls, nothing secret
    secrets: dict[int, bytes] = {}
    for _ in range(30):
        secret, size = dice.randbytes(8).hex(), dice.choice([1, 5, 40, 100])
        texts = (f"{secret} {' '.join(dice.choices('abc', k=dice.randrange(60)))}",) * size
        call = call_of(*texts)
        quotes = [
            Signal(n, SignalKind.OFFER, THEM, 1.0, 0.0, 1.0, 1.0, text, "rule")
            for n, text in enumerate(texts)
        ]
        call = replace(call, events=(*call.events, *quotes))
        secrets[library.save(call)] = secret.encode()
    for call_id in dice.sample(sorted(secrets), 20):
        library.delete(call_id)
        assert secrets[call_id] not in bytes_of(library)


def test_nothing_of_a_call_is_left_in_any_table(library: Library) -> None:
    events: tuple[Event, ...] = (
        Transcript(ME, 0.0, 4.0, "It sounds like it."),
        Signal(1, SignalKind.YOURE_RIGHT, THEM, 8.0, 5.0, 8.0, 0.9, "You're right.", "r"),
        CallWarning("careful", 1.0),
        PromptUsed(1, 1.0),
    )
    call = replace(call_of(), events=events)
    library.delete(library.save(call))
    with sqlite3.connect(library.path) as other:
        tables = ("calls", "utterances", "signals", "prompts", "uses", "states", "warnings")
        for table in (*tables, "search"):
            count = f"SELECT count(*) FROM {table}"  # noqa: S608 - the names above
            assert other.execute(count).fetchone() == (0,)
    other.close()
