from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import TranscriptError
from assistant.model import Speaker, Transcript
from assistant.safetext import clean
from assistant.transcripts import LARGEST_BYTES, LONGEST_S, read_transcript

if TYPE_CHECKING:
    from pathlib import Path

SPEECH = "zugzwang"
"""A word of a call, which no message may hold."""

GOOD = {"speaker": "me", "start_s": 1.5, "end_s": 2, "text": SPEECH}


def read(folder: Path, name: str, content: str | bytes, me: str | None = None) -> list[Transcript]:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_transcript(path, me))


def refusal(folder: Path, name: str, content: str | bytes, me: str | None = None) -> str:
    with pytest.raises(TranscriptError) as caught:
        read(folder, name, content, me)
    message = str(caught.value)
    assert str(folder / name) in message
    assert SPEECH not in message
    return message


def spoken(found: list[Transcript]) -> list[tuple[str, float, float, str]]:
    return [(t.speaker.value, t.start_s, t.end_s, t.text) for t in found]


# ---- jsonl -----------------------------------------------------------------------------------


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\n\n \n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_jsonl_with_any_line_end_and_mark(tmp_path: Path, line_end: str, mark: bytes) -> None:
    later = GOOD | {"speaker": "them", "start_s": 1.5, "end_s": 1.5, "extra": [1], "text": " a\tb "}
    content = line_end.join((json.dumps(GOOD), json.dumps(later)))
    assert spoken(read(tmp_path, "a.jsonl", mark + content.encode())) == [
        ("me", 1.5, 2.0, SPEECH),
        ("them", 1.5, 1.5, "a b"),
    ]


def test_a_line_separator_inside_the_text_is_no_line_end(tmp_path: Path) -> None:
    content = json.dumps(GOOD | {"text": "one\u2028two\x85three\x1c four"}, ensure_ascii=False)
    content = content.replace("\\u001c", "")
    assert [t.text for t in read(tmp_path, "a.JSONL", content)] == ["one two three four"]


def test_overlapping_speech_is_fine(tmp_path: Path) -> None:
    lines = [GOOD | {"end_s": 9}, GOOD | {"speaker": "them", "start_s": 3, "end_s": 4}]
    found = read(tmp_path, "a.jsonl", "\n".join(map(json.dumps, lines)))
    assert [(t.start_s, t.end_s) for t in found] == [(1.5, 9), (3, 4)]


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (SPEECH, "not JSON"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"text": ' + "9" * 5000 + "}", "not JSON"),
        (json.dumps([GOOD]), "not a JSON object"),
        ("null", "not a JSON object"),
        (json.dumps({k: v for k, v in GOOD.items() if k != "end_s"}), "“end_s” is missing"),
        (json.dumps(GOOD | {"speaker": SPEECH}), "neither “me” nor “them”"),
        (json.dumps(GOOD | {"speaker": []}), "neither “me” nor “them”"),
        (json.dumps(GOOD | {"speaker": "unknown"}), "neither “me” nor “them”"),
        (json.dumps(GOOD | {"start_s": "1.5"}), "“start_s” is not a number"),
        (json.dumps(GOOD | {"start_s": True}), "“start_s” is not a number"),
        (json.dumps(GOOD | {"end_s": None}), "“end_s” is not a number"),
        (json.dumps(GOOD | {"start_s": -0.1}), "“start_s” is not a time"),
        (json.dumps(GOOD | {"end_s": float("nan")}), "“end_s” is not a time"),
        (json.dumps(GOOD | {"end_s": float("inf")}), "“end_s” is not a time"),
        (json.dumps(GOOD | {"end_s": 10**400}), "“end_s” is not a time"),
        (json.dumps(GOOD | {"end_s": LONGEST_S + 1}), "from 0 to 86400"),
        (json.dumps(GOOD | {"end_s": 1.4}), "“end_s” is before “start_s”"),
        (json.dumps(GOOD | {"text": [SPEECH]}), "“text” is not text"),
        (json.dumps(GOOD | {"start_s": 1.4}), "starts at 1.4 s, before the line above"),
    ],
    ids=lambda value: value[:60],
)
def test_a_line_that_does_not_fit_is_named(tmp_path: Path, bad: str, words: str) -> None:
    message = refusal(tmp_path, "a.jsonl", f"{json.dumps(GOOD)}\r\n\r\n{bad}\r\n")
    assert "line 3: " in message
    assert words in message
    assert "A line is {" in message
    assert "Nothing was saved." in message


def test_bytes_that_are_no_text_are_named_by_line(tmp_path: Path) -> None:
    message = refusal(tmp_path, "a.jsonl", json.dumps(GOOD).encode() + b"\n\n\xff\xfe")
    assert "line 3: not UTF-8" in message
    assert "Save the file as UTF-8" in message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.vtt"])
def test_wide_text_is_refused(tmp_path: Path, encoding: str, name: str) -> None:
    content = {
        "a.jsonl": json.dumps(GOOD | {"text": "é"}, ensure_ascii=False),
        "a.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\né",
    }[name]
    refusal(tmp_path, name, content.encode(encoding))


def test_nothing_said_is_refused(tmp_path: Path) -> None:
    assert "no words" in refusal(tmp_path, "a.jsonl", "\n \n")
    assert "no words" in refusal(tmp_path, "b.jsonl", json.dumps(GOOD | {"text": "\u200b \x1b[2J"}))
    assert "no words" in refusal(tmp_path, "c.srt", "1\n00:00:01,000 --> 00:00:02,000\n<i></i>\n")
    assert "no subtitle" in refusal(tmp_path, "d.vtt", "WEBVTT\n\nNOTE nothing here\n")


def test_what_is_no_file_or_far_too_large(tmp_path: Path) -> None:
    (tmp_path / "folder.srt").mkdir()
    (tmp_path / "endless.jsonl").symlink_to("/dev/zero")
    with (tmp_path / "large.vtt").open("wb") as file:
        file.truncate(LARGEST_BYTES + 1)
    for name, words in (
        ("folder.srt", "is a folder"),
        ("endless.jsonl", "is not a file"),
        ("large.vtt", "too large"),
        ("missing.vtt", "There is no file"),
    ):
        with pytest.raises(TranscriptError, match=words):
            read_transcript(tmp_path / name)


# ---- WebVTT, SubRip --------------------------------------------------------------------------

MEETING = """WEBVTT - made by a meeting tool
Kind: captions

NOTE
A note of two lines,
none of them said.

STYLE
::cue(v) { color: red }

REGION
id:fred

first-cue
00:00:01.000 --> 00:00:03.500 align:start position:10% line:-1
<v.loud Ann Smith>So, the price</v>
is <i>the</i> <c.yellow>problem</c>.

01:02.25 --> 01:03.000
<v Bo &amp; Co>That&rsquo;s <00:01:02.500>right.</v>
"""

ZOOM = """WEBVTT

1
00:00:04.000 --> 00:00:06.000
Ann O'Brien (she/her): Is it: the time?

2
00:00:01.000 --> 00:00:02.500
Bo: Hello there.

3
00:00:06.500 --> 00:00:07.000
and not the price.
"""

OTTER = """\ufeff1
00:00:01,000 --> 00:00:02,500
Speaker 1: Hello there.

2
00:00:02,000 --> 01:00:04,000
Speaker 2:  It is: the time.
"""


def test_voices_notes_styles_and_settings(tmp_path: Path) -> None:
    assert spoken(read(tmp_path, "a.vtt", MEETING, "ann smith")) == [
        ("me", 1.0, 3.5, "So, the price is the problem."),
        ("them", 62.25, 63.0, "That’s right."),
    ]
    assert spoken(read(tmp_path, "a.vtt", MEETING, "Bo & Co"))[1][0] == "me"


def test_names_before_a_colon_and_cues_without_belong_to_the_one_before(tmp_path: Path) -> None:
    content = ZOOM.replace(" (she/her)", " (her)")
    assert spoken(read(tmp_path, "a.vtt", content, "Ann O'Brien (her)")) == [
        ("them", 1.0, 2.5, "Hello there."),
        ("me", 4.0, 6.0, "Is it: the time?"),
        ("me", 6.5, 7.0, "and not the price."),
    ]
    assert "--me 'Speaker 1'" in refusal(tmp_path, "b.srt", OTTER)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_subrip_with_any_line_end(tmp_path: Path, line_end: str) -> None:
    found = read(tmp_path, "a.SRT", OTTER.replace("\n", line_end), "speaker 2")
    assert spoken(found) == [
        ("them", 1.0, 2.5, "Hello there."),
        ("me", 2.0, 3604.0, "It is: the time."),
    ]


def test_two_voices_in_one_cue_are_two(tmp_path: Path) -> None:
    content = "WEBVTT\n\n00:01.000 --> 00:03.000\n<v Me>So it is late.\n<v Bo>That's right."
    assert spoken(read(tmp_path, "a.vtt", content)) == [
        ("me", 1.0, 3.0, "So it is late."),
        ("them", 1.0, 3.0, "That's right."),
    ]


def test_a_colon_now_and_then_names_nobody(tmp_path: Path) -> None:
    content = "".join(
        f"{n}\n00:00:0{n},000 --> 00:00:0{n},500\n{said}\n\n"
        for n, said in enumerate(("Well", "The point is: time", "and money"), 1)
    )
    assert spoken(read(tmp_path, "a.srt", content))[1] == (
        "unknown",
        2.0,
        2.5,
        "The point is: time",
    )


def test_me_and_them_need_no_choice(tmp_path: Path) -> None:
    cues = "00:01.000 --> 00:02.000\n{}: hi\n\n00:03.000 --> 00:04.000\n{}: yes\n"
    found = read(tmp_path, "a.vtt", cues.format("Me", "Them"))
    assert [t.speaker for t in found] == [Speaker.ME, Speaker.THEM]
    alone = read(tmp_path, "b.vtt", cues.format("Them", "THEM"))
    assert [t.speaker for t in alone] == [Speaker.THEM, Speaker.THEM]
    asked = refusal(tmp_path, "c.vtt", cues.format("Ann", "Them"))
    assert "“Ann”, “Them”" in asked
    assert "--me Ann" in asked
    assert "these speakers" in refusal(tmp_path, "d.vtt", cues.format("Ann", "Bo"), "Cy")
    many = "".join(cues.format(f"A{n}", f"B{n}") + "\n" for n in range(5))
    assert "“A4”, “B0” and more." in refusal(tmp_path, "e.vtt", many)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("00:01 --> 00:02", "not a time like"),
        ("1.5 --> 2.5", "not a time like"),
        (f"{SPEECH} --> {SPEECH}", "not a time like"),
        ("00:05.000 --> 00:04.000", "ends before it starts"),
        ("24:00:00.000 --> 24:00:00.001", "more than a day"),
        ("9" * 5000 + ":00:00.000 --> 00:04.000", "not a time like"),
    ],
    ids=lambda value: value[:60],
)
def test_a_time_that_does_not_fit_is_named(tmp_path: Path, line: str, words: str) -> None:
    content = f"WEBVTT\n\n00:01.000 --> 00:02.000\n{SPEECH}\n\n{line}\n{SPEECH}\n"
    message = refusal(tmp_path, "a.vtt", content)
    assert "line 6" in message
    assert words in message
    assert "Nothing was saved" in message


# ---- properties ------------------------------------------------------------------------------

TIMES = st.floats(0, LONGEST_S, allow_nan=False)

SHARDS = (
    *("WEBVTT", "\n", "\r", "00:01.000", " --> ", "99:99:99,999", "<v ", "<v A>", "A: ", "&#0;"),
    *("&#xD800;", "{", '"me"', "é", "\u2028", "\x00", "-->", "1", "NOTE"),
)

CUE_SHARDS = st.lists(
    st.sampled_from(SHARDS),
    max_size=30,
).map("".join)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("transcripts")


def outcome(path: Path, me: str | None) -> tuple[Transcript, ...] | str:
    """What is read, or the message; anything else that is raised fails the test."""
    try:
        return read_transcript(path, me)
    except TranscriptError as error:
        return str(error)


@given(
    content=st.binary(max_size=300) | CUE_SHARDS.map(str.encode),
    suffix=st.sampled_from([".jsonl", ".vtt", ".srt"]),
    me=st.sampled_from([None, "A", ""]),
)
def test_no_file_crashes_and_what_is_read_fits(
    folder: Path, content: bytes, suffix: str, me: str | None
) -> None:
    path = folder / f"any{suffix}"
    path.write_bytes(content)
    found = outcome(path, me)
    if isinstance(found, str):
        assert str(path) in found
        return
    starts = [t.start_s for t in found]
    assert starts == sorted(starts)
    assert all(0 <= t.start_s <= t.end_s <= LONGEST_S for t in found)
    assert all(t.text and t.text == clean(t.text) for t in found)


@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["me", "them"]), TIMES, TIMES, st.text(max_size=20)), max_size=8
    ),
    escaped=st.sampled_from([True, False]),
)
def test_what_was_written_is_read_again(
    folder: Path, rows: list[tuple[str, float, float, str]], *, escaped: bool
) -> None:
    said = sorted(((who, *sorted((a, b)), text) for who, a, b, text in rows), key=lambda r: r[1])
    lines = [
        json.dumps(
            dict(zip(("speaker", "start_s", "end_s", "text"), row, strict=True)),
            ensure_ascii=escaped,
        )
        for row in said
    ]
    path = folder / "again.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    expected = [(who, a, b, clean(text)) for who, a, b, text in said if clean(text)]
    found = outcome(path, None)
    assert (not expected and "no words" in str(found)) or spoken(list(found)) == expected
