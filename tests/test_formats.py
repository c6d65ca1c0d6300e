from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import TranscriptError
from assistant.formats.cue import LONGEST_S, Cue
from assistant.formats.timing import timed
from assistant.safetext import clean
from assistant.transcripts import (
    NO_ENDS,
    NO_TIMES,
    SOME_TIMES,
    SUFFIXES,
    mine_among,
    read_transcript,
    read_written,
)

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.transcripts import Written

SPEECH = "zugzwang"
"""A word of a call, which no message may hold."""

ZOOM_VTT = """WEBVTT

1
00:00:03.120 --> 00:00:05.670
Ann Berg: So it sounds like the date

2
00:00:05.700 --> 00:00:07.010
Ann Berg: is what worries you.

3
00:00:08.000 --> 00:00:09.000
Ben Cole, PhD: That's right.

4
00:00:09.500 --> 00:00:11.000
Ben Cole, PhD: It is: the date.
"""

TEAMS_VTT = """WEBVTT

2f0c7d1e-0b1a-4a58-9d1f-5f3c2c9a1b11/12-0
00:00:03.120 --> 00:00:05.670
<v Berg, Ann>So it sounds like the date</v>

2f0c7d1e-0b1a-4a58-9d1f-5f3c2c9a1b11/12-1
00:00:05.670 --> 00:00:07.010
<v Berg, Ann>is what worries you.</v>

2f0c7d1e-0b1a-4a58-9d1f-5f3c2c9a1b11/19-0
00:00:08.000 --> 00:00:09.000
<v Ben Cole (Guest)>That&#39;s right.</v>
"""

TEAMS_OLD = """00:00:03.1200000 --> 00:00:07.0100000
Ann Berg
So it sounds like the date is what worries you.

0:0:8.0 --> 0:0:9.0
Ben Cole
That's right.

0:0:9.5 --> 0:0:11.250
Ben Cole
It is.

0:0:12.0 --> 0:0:13.0
Ann Berg
And the price?
"""

TEAMS_TEXT = """Call with Ben-20260304_140002-Meeting Recording
March 4, 2026, 2:00PM
30m 12s

Ann Berg started transcription

Ann Berg   0:03
So it sounds like the date is what worries you.
See you at  10:30 then
Ben Cole   0:08
That's right.
Ann Berg stopped transcription
"""

MEET_TEXT = """Mar 4, 2026

Call with Ben - Transcript

Attendees

Ann Berg, Ben Cole, Ben Cole's Presentation

Transcript

00:00:00

Ann Berg: So it sounds like the date is what worries you.

Ben Cole: That's right.

00:05:00

Ben Cole: Now: the price.

Meeting ended after 00:21:13 \N{WAVING HAND SIGN}

This editable transcript was computer generated and might contain errors.
"""

MEET_NOTES = """\N{MEMO} Notes

Call with Ben

Summary: The date was spoken about.
Next: nothing.

\N{OPEN BOOK} Transcript

### 00:00:00

**Ann Berg:** So it sounds like the date is what worries you.
**Ben Cole:** That's right.
and it stays so.

### Transcription ended after 00:30:30

*This editable transcript was computer generated and might contain errors.*
People can also change the text after it was created.
"""

MEET_SBV = """0:00:03.120,0:00:07.010
(Ann Berg)
So it sounds like the date is what worries you.

0:00:08.000,0:00:09.000
(Ben Cole)
That's right.
"""

OTTER_TEXT = """Ann Berg  0:03
So it sounds like the date is what worries you.

Ben Cole  0:08
That's right. And the rest of it,
on another line.

Unknown Speaker  1:02:09
Fine.

Transcribed by https://otter.ai
"""

OTTER_SRT = """1
00:00:03,120 --> 00:00:07,010
Ann Berg: So it sounds like the date is what worries you.

2
00:00:08,000 --> 00:00:09,000
Ben Cole: That's right.
"""

OTTER_JSON = json.dumps(
    {
        "speech": {
            "title": "Call with Ben",
            "speakers": [{"id": 7, "speaker_name": "Ann Berg"}],
            "transcripts": [
                {
                    "start_offset": 49920,
                    "end_offset": 112160,
                    "speaker_id": 7,
                    "speaker_model_label": "1",
                    "transcript": "So it sounds like the date is what worries you.",
                },
                {
                    "start_offset": 128000,
                    "end_offset": 144000,
                    "speaker_id": None,
                    "speaker_model_label": "2",
                    "transcript": "That's right.",
                },
            ],
        }
    },
    indent=2,
)

SEGMENTS_JSON = json.dumps(
    {
        "segments": [
            {"speaker": "Ann Berg", "start_time": 3.12, "end_time": 7.01, "text": "So."},
            {"speaker": "Ben Cole", "start_time": 8, "text": "That's right."},
        ]
    }
)

ZOOM_TEXT = """[Ann Berg] 23:59:58
So it sounds like the date is what worries you.

[Ben Cole] 00:00:03
That's right.
"""

INLINE = """[00:00:03] Ann Berg: So it sounds like the date is what worries you.
[00:00:08] Ben Cole: That's right.
and the rest
"""

NAME_TIME = """Ann Berg (0:03): So it sounds like the date is what worries you.
Ben Cole (0:08): That's right.
"""

EVENTS = "\n".join(
    json.dumps(row)
    for row in (
        {"type": "call", "call": "a.ogg"},
        {
            "type": "transcript",
            "speaker": "me",
            "start_s": 3.12,
            "end_s": 4,
            "text": "So it",
            "final": False,
        },
        {
            "type": "transcript",
            "speaker": "them",
            "start_s": 8.0,
            "end_s": 9.0,
            "text": "That's right.",
            "final": True,
        },
        {
            "type": "transcript",
            "speaker": "me",
            "start_s": 3.12,
            "end_s": 7.01,
            "text": "So it sounds like the date is what worries you.",
            "final": True,
        },
        {"type": "summary", "outcome": "understood"},
    )
)

REPORT = json.dumps({"call": {}, "events": [json.loads(row) for row in EVENTS.split("\n")]})

MINE = "So it sounds like the date is what worries you."
BOTH = [("me", 3.12, 7.01, MINE), ("them", 8.0, 9.0, "That's right.")]


def word(lines: list[str], *, inside: str = "") -> bytes:
    """A .docx as Teams writes it: a paragraph a line, tabs and breaks as elements."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    paragraphs = "".join(
        "<w:p><w:r><w:t xml:space='preserve'>"
        + escape(line).replace("\n", "</w:t><w:br/><w:t>").replace("\t", "</w:t><w:tab/><w:t>")
        + "</w:t></w:r></w:p>"
        for line in lines
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "word/document.xml",
            f"{inside}<w:document xmlns:w='{space}'><w:body>{paragraphs}</w:body></w:document>",
        )
    return made.getvalue()


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def spoken(folder: Path, name: str, content: str | bytes, me: str | None) -> list[object]:
    found = read_transcript(write(folder, name, content), me)
    return [(t.speaker.value, t.start_s, t.end_s, t.text) for t in found]


def refusal(folder: Path, name: str, content: str | bytes) -> str:
    path = write(folder, name, content)
    with pytest.raises(TranscriptError) as caught:
        read_transcript(path)
    assert str(path) in str(caught.value)
    assert SPEECH not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "me", "expected"),
    [
        ("zoom.vtt", ZOOM_VTT, "Ann Berg", [*BOTH, ("them", 9.5, 11.0, "It is: the date.")]),
        ("teams.vtt", TEAMS_VTT, "Berg, Ann", BOTH),
        ("meet.sbv", MEET_SBV, "Ann Berg", BOTH),
        ("otter.srt", OTTER_SRT, "Ann Berg", BOTH),
        ("otter.json", OTTER_JSON, "Ann Berg", BOTH),
        ("ours.jsonl", EVENTS, None, BOTH),
        ("ours.json", REPORT, None, [BOTH[1], BOTH[0]][::-1]),
        (
            "teams.txt",
            TEAMS_OLD,
            "Ann Berg",
            [*BOTH, ("them", 9.5, 11.25, "It is."), ("me", 12.0, 13.0, "And the price?")],
        ),
    ],
)
def test_files_with_all_times(
    tmp_path: Path, name: str, content: str, me: str | None, expected: list[object]
) -> None:
    assert spoken(tmp_path, name, content, me) == expected
    assert read_written(tmp_path / name).notes == ()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("teams.txt", TEAMS_TEXT.replace("See you at  10:30 then\n", "")),
        ("otter.txt", OTTER_TEXT),
        ("zoom.txt", ZOOM_TEXT),
        ("inline.txt", INLINE),
        ("fathom.txt", NAME_TIME),
        ("segments.json", SEGMENTS_JSON),
        ("tabs.txt", OTTER_TEXT.replace("  ", "\t")),
        ("narrow.txt", OTTER_TEXT.replace("  ", " ")),
        ("windows.txt", OTTER_TEXT.replace("\n", "\r\n")),
        ("teams.docx", word(TEAMS_TEXT.replace("See you at  10:30 then\n", "").split("\n"))),
        ("breaks.docx", word([TEAMS_TEXT.replace("See you at  10:30 then\n", "")])),
    ],
)
def test_beginnings_are_kept_and_ends_estimated(
    tmp_path: Path, name: str, content: str | bytes
) -> None:
    written = read_written(write(tmp_path, name, content))
    assert written.notes == (NO_ENDS,)
    assert written.names[:2] == ("Ann Berg", "Ben Cole")
    mine, theirs, *_ = written.said(("Ann Berg",))
    assert mine.text in (MINE, "So.")
    assert theirs.text.startswith("That's right.")
    offset = 3.0 if name == "zoom.txt" else 0.0
    assert round(mine.start_s + offset) == 3
    assert round(theirs.start_s + offset) == 8
    assert mine.start_s < mine.end_s <= theirs.start_s < theirs.end_s
    # 10 words at 150 a minute are 4 s; 2 words are less than a second
    assert mine.end_s - mine.start_s == pytest.approx(4.0 if mine.text == MINE else 3.89, abs=0.02)


def test_what_is_not_said_is_left_out(tmp_path: Path) -> None:
    meet = read_written(write(tmp_path, "meet.txt", MEET_TEXT))
    assert [c.text for c in meet.cues] == [MINE, "That's right.", "Now: the price."]
    assert meet.names == ("Ann Berg", "Ben Cole")
    otter = read_written(write(tmp_path, "otter.txt", OTTER_TEXT))
    assert otter.cues[-1].text == "Fine."
    assert otter.cues[1].text == "That's right. And the rest of it, on another line."
    teams = read_written(write(tmp_path, "teams.txt", TEAMS_TEXT))
    assert "transcription" not in " ".join(c.text for c in teams.cues)


def test_notes_of_a_meeting_are_not_what_was_said(tmp_path: Path) -> None:
    notes = read_written(write(tmp_path, "notes.txt", MEET_NOTES))
    assert [(c.name, c.text) for c in notes.cues] == [
        ("Ann Berg", MINE),
        ("Ben Cole", "That's right. and it stays so."),
    ]
    listed = read_written(write(tmp_path, "a.txt", "- Ann Berg: Hello.\n- Ben Cole: Hi.\n"))
    assert listed.names == ("Ann Berg", "Ben Cole")


def test_times_that_are_missing_lie_between_those_that_are_known(tmp_path: Path) -> None:
    written = read_written(write(tmp_path, "meet.txt", MEET_TEXT))
    assert written.notes == (SOME_TIMES.format(known=2, of=3),)
    first, second, third = written.cues
    assert (first.start_s, third.start_s) == (0.0, 300.0)
    assert first.end_s == 4.0
    assert second.start_s == 5.0
    assert second.end_s == 5.8


def test_no_times_at_all_is_said(tmp_path: Path) -> None:
    written = read_written(write(tmp_path, "a.txt", f"Ann: {MINE}\nBen: That's right.\n"))
    assert written.notes == (NO_TIMES,)
    assert [(c.start_s, c.end_s) for c in written.cues] == [(0.0, 4.0), (5.0, 5.8)]


def test_lines_too_many_for_their_time_are_pressed_together() -> None:
    words = " ".join(["word"] * 100)
    cues = [Cue("A", words, 10.0), Cue("B", words), Cue("A", words), Cue("B", "so", 20.0)]
    found = timed(cues)
    starts = [c.start_s for c in found]
    assert starts[0] == 10.0
    assert starts[-1] == 20.0
    assert starts == sorted(starts)


def test_long_paragraphs_are_taken_apart_at_sentences(tmp_path: Path) -> None:
    talk = " ".join(f"Sentence {n} has five words." for n in range(30))
    written = read_written(write(tmp_path, "a.txt", f"Ann  0:10\n{talk}\n\nBen  1:30\nYes.\n"))
    *mine, theirs = written.cues
    assert " ".join(c.text for c in mine) == talk
    assert all(c.text.endswith("words.") and len(c.text.split()) <= 25 for c in mine)
    assert (mine[0].start_s, mine[-1].end_s) == (10.0, 70.0)
    assert [c.end_s for c in mine[:-1]] == [c.start_s for c in mine[1:]]
    assert theirs.start_s == 90.0


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_text_as_word_saves_it(tmp_path: Path, encoding: str) -> None:
    content = "Ann Bergström  0:03\nThat’s the price – all of it.\n\nBen  0:09\nThat’s right.\n"
    written = read_written(write(tmp_path, "a.txt", content.encode(encoding)))
    assert written.names == ("Ann Bergström", "Ben")
    assert written.cues[0].text == "That’s the price – all of it."


def test_who_is_me(tmp_path: Path) -> None:
    written = read_written(write(tmp_path, "a.vtt", TEAMS_VTT.replace("Berg, Ann", "Ann Berg")))
    assert mine_among(written, "ann berg") == ("Ann Berg",)
    assert mine_among(written, "ANN") == ("Ann Berg",)
    for other in ("A", "Cy", "Ann Cy", " "):
        with pytest.raises(TranscriptError, match="these speakers: “Ann Berg”, “Ben Cole"):
            mine_among(written, other)
    twins = read_written(write(tmp_path, "b.txt", "Ann Berg: a\nAnn Cole: b\n"))
    with pytest.raises(TranscriptError, match="Say which one is you"):
        mine_among(twins, "Ann")


def test_several_others_are_them(tmp_path: Path) -> None:
    said = spoken(tmp_path, "a.txt", "Ann: Hello there.\nBen: Hi.\nCy: Hello.\n", "Ann")
    assert [row[0] for row in said] == ["me", "them", "them"]  # type: ignore[index]


def test_words_alone_are_refused(tmp_path: Path) -> None:
    prose = f"{SPEECH} is what it is.\n\nThe point is: {SPEECH}.\nAnother line.\nOne more.\n"
    message = refusal(tmp_path, "a.txt", prose)
    assert "no lines that say who speaks" in message
    assert "Nothing was saved" in message
    assert "no lines" in refusal(tmp_path, "b.docx", word([SPEECH, "and more"]))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.json", "{\n 'a'", "line 2: not JSON"),
        ("b.json", "[" * 5000, "not JSON"),
        ("c.json", '{"title": "zugzwang"}', "no transcript"),
        ("d.json", '[{"text": "zugzwang", "start": "soon"}]', "entry 1"),
        ("e.json", '[{"text": "zugzwang", "start": 1e99}]', "no time of a call in entry 1"),
        ("f.json", '[{"speaker": "A", "text": "b"}, 7]', "entry 2"),
        ("g.json", '[{"text": "zugzwang", "start": 5, "end": 1}]', "ends before it starts"),
        ("h.json", "[]", "holds no words"),
        ("i.txt", "Ann  99:00:00\nzugzwang\n", "line 1: after more than a day"),
        ("j.sbv", "0:00:05.000,0:00:04.000\nzugzwang\n", "line 1: ends before"),
        ("k.docx", b"PK\x03\x04zugzwang", "Word file"),
        ("l.docx", word(["A: b"])[:-40], "Word file"),
        ("m.docx", word(["A: b"], inside="<!DOCTYPE a [<!ENTITY b 'c'>]>"), "Word file"),
        ("n.docx", word(["A: b"], inside="<"), "damaged Word file"),
        ("o.txt", "", "who speaks"),
    ],
)
def test_what_does_not_fit_is_said(
    tmp_path: Path, name: str, content: str | bytes, words: str
) -> None:
    assert words in refusal(tmp_path, name, content)


# ---- properties ------------------------------------------------------------------------------

SHARDS = (
    *("Ann  0:03\n", "Ann: ", "[0:03] Ann: ", "Ann (0:03): ", "[Ann] 23:59:59\n", "00:05:00\n"),
    *("Transcript\n", "Ben\t1:02:03\n", "words", "\n", "\n\n", " ", "99:99:99", "é", "\x00", "**"),
    *("0:00:01.000,0:00:02.000\n", "(Ann)\n", "(Ann) yes\n", "0:0:1.0 --> 0:0:2.0\n", "WEBVTT\n"),
    *("[", "]", "{", "}", '{"segments": [', '{"text": "a", "start": 1}', ",", "1e999", '"a"'),
    *('{"type": "transcript"}', '{"transcripts": [{"transcript": "a"}]}', "null", "-1"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("formats")


def outcome(path: Path) -> Written | str:
    """What is read, or the message; anything else that is raised fails the test."""
    try:
        return read_written(path)
    except TranscriptError as error:
        return str(error)


@given(
    content=st.binary(max_size=200)
    | st.lists(st.sampled_from(SHARDS), max_size=25).map("".join).map(str.encode),
    suffix=st.sampled_from(sorted(SUFFIXES)),
    packed=st.booleans(),
)
def test_no_file_crashes_and_what_is_read_fits(
    folder: Path, content: bytes, suffix: str, *, packed: bool
) -> None:
    if packed and suffix == ".docx":
        content = word(content.decode("utf-8", "replace").translate({0: None}).split("\n"))
    path = folder / f"any{suffix}"
    path.write_bytes(content)
    written = outcome(path)
    if isinstance(written, str):
        assert str(path) in written
        return
    said = written.said(written.names[:1])
    starts = [t.start_s for t in said]
    assert starts == sorted(starts)
    assert all(0 <= t.start_s <= t.end_s <= LONGEST_S for t in said)
    assert all(t.text and t.text == clean(t.text) for t in said)


OPTIONAL_S = st.none() | st.floats(0, LONGEST_S, allow_nan=False).map(lambda s: round(s, 3))


@given(st.lists(st.tuples(OPTIONAL_S, OPTIONAL_S, st.integers(1, 60)), min_size=1, max_size=12))
def test_estimated_times_are_in_order_and_known_ones_stay(
    rows: list[tuple[float | None, float | None, int]],
) -> None:
    known = iter(sorted(start for start, _, _ in rows if start is not None))
    cues = []
    for start, end, words in rows:
        begins = None if start is None else next(known)
        ends = end if begins is not None and end is not None and end >= begins else None
        cues.append(Cue("A", "a " * words, begins, ends))
    found = timed(cues)
    assert len(found) == len(cues)
    starts = [c.start_s for c in found]
    assert None not in starts
    assert starts == sorted(starts)  # type: ignore[type-var]
    assert all(0 <= c.start_s <= c.end_s <= LONGEST_S for c in found)  # type: ignore[operator]


@given(st.lists(st.tuples(st.sampled_from(["Ann Berg", "Ben"]), st.integers(1, 20)), min_size=2))
def test_text_written_as_otter_does_is_read_again(
    folder: Path, rows: list[tuple[str, int]]
) -> None:
    lines = [
        f"{who}  {n // 60}:{n % 60:02}\n{'word ' * words}\n" for n, (who, words) in enumerate(rows)
    ]
    path = folder / "otter.txt"
    path.write_text("\n".join(lines))
    found = read_written(path).cues
    assert [(c.name, len(c.text.split())) for c in found] == rows
