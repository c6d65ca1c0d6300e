"""Lines of a journal: whole, cut off anywhere, damaged anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import info
from test_store import EVENT, INFO, TEXT

from assistant.errors import JournalError
from assistant.journal_lines import event_line, first_line, read_lines
from assistant.model import (
    CallStarted,
    Event,
    Source,
    Speaker,
    SpeechDropped,
    SpeechOpened,
    Transcript,
)

if TYPE_CHECKING:
    from assistant.model import CallInfo

LIVE = info(Source.LIVE)
EVENTS_LISTED = st.lists(EVENT, max_size=6)


def said(number: int, text: str) -> Transcript:
    return Transcript(Speaker.THEM, number * 1.0, number + 0.5, text)


def lines(call: CallInfo, events: list[Event]) -> bytes:
    return first_line(call) + b"".join(event_line(e) or b"" for e in events)


@given(INFO, EVENTS_LISTED)
def test_events_come_back_as_they_were(call: CallInfo, events: list[Event]) -> None:
    found = read_lines(lines(call, events))
    assert (found.info, found.events, found.damaged) == (call, tuple(events), 0)


@given(TEXT, st.text(max_size=10))
def test_lines_are_lines_whatever_was_said(text: str, odd: str) -> None:
    line = event_line(said(1, text + odd + "\n\r\u2028\ud800"))
    assert line is not None
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert read_lines(line).events == (said(1, text + odd + "\n\r\u2028\ud800"),)


@given(INFO, EVENTS_LISTED, st.data())
def test_cut_anywhere_all_before_is_kept(
    call: CallInfo, events: list[Event], data: st.DataObject
) -> None:
    whole = lines(call, events)
    cut = data.draw(st.integers(0, len(whole)))
    found = read_lines(whole[:cut])
    ends = [len(lines(call, events[:n])) - 1 for n in range(len(events) + 1)]
    assert found.info == (call if cut >= ends[0] else None)
    assert found.events == tuple(events[: max(0, sum(cut >= end for end in ends) - 1)])
    assert found.damaged == 0
    torn = read_lines(whole[:cut] + b"\0" * 40)
    assert len(torn.events) >= max(0, len(found.events) - 1)


@given(EVENTS_LISTED.filter(len), st.data())
def test_a_damaged_line_costs_itself_alone(events: list[Event], data: st.DataObject) -> None:
    whole = bytearray(lines(LIVE, events))
    at = data.draw(st.integers(0, len(whole) - 2))
    number = whole[:at].count(b"\n")
    if whole[at] == ord("\n"):
        return
    whole[at] ^= data.draw(st.sampled_from([1, 2, 4, 16, 64]))
    if whole[at] == ord("\n"):
        return
    found = read_lines(bytes(whole))
    assert found.damaged == 1
    assert found.info == (None if number == 0 else LIVE)
    assert found.events == tuple(e for n, e in enumerate(events, 1) if n != number)


@pytest.mark.parametrize(
    "event",
    [
        CallStarted(LIVE),
        SpeechOpened(Speaker.ME, 1.0),
        SpeechDropped(Speaker.ME, 1.0),
        Transcript(Speaker.ME, 1.0, 2.0, "so", final=False),
    ],
)
def test_what_the_library_does_not_keep_is_not_written(event: Event) -> None:
    assert event_line(event) is None


def test_of_a_newer_version_it_is_refused() -> None:
    line = first_line(LIVE)
    newer = line.replace(b'"format":1', b'"format":2')[12:-2]
    with pytest.raises(JournalError, match="newer version"):
        read_lines(b'["%08x",%s]\n' % (crc32(newer), newer))
