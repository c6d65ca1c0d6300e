from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.errors import ReportError
from assistant.model import (
    Agreement,
    CallInfo,
    CallStarted,
    CallWarning,
    Event,
    Fact,
    FactKind,
    FinishedCall,
    OpenPoint,
    Prompt,
    PromptKind,
    PromptUsed,
    Signal,
    SignalKind,
    Source,
    Speaker,
    SpeechOpened,
    StateChanged,
    SummaryReady,
    Transcript,
    Understanding,
    Word,
)
from assistant.report import FORMATS, report, write_report
from assistant.report_markdown import escape
from assistant.safetext import clean
from assistant.summary import summarise
from assistant.wire import to_dict

ME, THEM = Speaker.ME, Speaker.THEM
ROOT = os.geteuid() == 0


def call_of(title: str = "rent", said: str = "You're right.") -> FinishedCall:
    info = CallInfo(
        title,
        f"calls/{title}.ogg",
        Source.AUDIO,
        "base",
        90.0,
        datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
        (ME, THEM),
    )
    wishy = Signal(2, SignalKind.BARE_YES, THEM, 8.0, 5.0, 8.0, 0.7, said, "bare")
    events: tuple[Event, ...] = (
        Transcript(ME, 0.0, 3.0, f"It sounds like {said}"),
        Signal(1, SignalKind.SUMMARY, ME, 3.0, 0.0, 3.0, 0.95, said, "sounds_like"),
        Transcript(THEM, 5.0, 8.0, said, words=(Word(said, 5.0, 8.0, 0.9),)),
        wishy,
        replace(wishy, id=3, kind=SignalKind.YOURE_RIGHT, revises=2, after=SignalKind.SUMMARY),
        StateChanged(said, Understanding.WISHY_WASHY, 8.0),
        Prompt(1, PromptKind.LABEL, said, "said to end it", 3, 8.0, 16.0),
        PromptUsed(1, 12.0),
        Prompt(2, PromptKind.SILENCE, "Stop.", "let them", 3, 30.0, 36.0),
        CallWarning(said, 20.0),
    )
    summary = replace(
        summarise(info, events),
        agreements=(Agreement(3, 8.0, said, (said,)),),
        open_points=(OpenPoint(3, 8.0, said, said),),
        facts=(
            Fact(FactKind.NUMBER, said, THEM, 5.0, said),
            Fact(FactKind.NAME, said, ME, 0.0, ""),
        ),
    )
    return FinishedCall(info, events, summary)


# ---- Markdown --------------------------------------------------------------------------------


def test_a_report_reads_as_it_should() -> None:
    assert report(call_of(), "md") == (Path(__file__).parent / "golden_report.md").read_text(
        "utf-8"
    )


def test_an_empty_call_has_a_report_too() -> None:
    info = replace(call_of().info, title="", model=None, speakers=(Speaker.UNKNOWN,))
    text = report(FinishedCall(info, (), summarise(info, ())), "md")
    assert text.startswith("# A call\n")
    assert "Nothing was said." in text
    assert "Speech model" not in text


HOSTILE = [
    "<script>alert(1)</script>",
    "<script src=x",
    "<div class=x",
    "<!-- comment",
    "[x](javascript:alert(1))",
    "![](http://example.org/x.png)",
    "# heading",
    "- item",
    "1. item",
    "1) item",
    "+ item",
    "a | b | c",
    "`code` ``` fence",
    "---",
    "===",
    "> quote",
    "**bold** _em_ ~~gone~~ $x$",
    "&lt;b&gt; &#60; &copy;",
    "http://example.org/ https://example.org www.example.org javascript:alert(1)",
    "mail me@example.org or mailto:me@example.org",
    "<http://example.org> <img src=x onerror=alert(1)>",
    "[ref]: http://example.org",
    "[^1] [ ] [x] \\ \\* end\\",
    "\x1b[31mred\x1b[0m\n\n# two\u2028lines",
    "    four spaces",
    "| a |\n|---|\n| b |",
]

PARSER = MarkdownIt("gfm-like", {"html": True, "linkify": True})
PLACES = ("# {}", "- **0:01 Me:** {}", "- {}", "> {}", "**{}**", "| a |\n| --- |\n| {} |", "{}")
HARMLESS = {"text", "strong_open", "strong_close"}


def read(markdown: str) -> tuple[list[str], set[str]]:
    """The blocks a reader sees, and the kinds of inline things in them."""
    blocks = [token for token in PARSER.parse(markdown) if token.type == "inline"]
    kinds = {child.type for block in blocks for child in block.children or []}
    texts = ["".join(child.content for child in block.children or []) for block in blocks]
    return texts, kinds


@pytest.mark.parametrize("place", PLACES)
@given(
    text=st.sampled_from(HOSTILE)
    | st.text(st.sampled_from("ab1 .:/\\`*_{}[]()<>#+-!|~&;@=\n\"'$%^"), max_size=25)
    | st.text(st.characters(exclude_categories=()), max_size=25)
)
@example(text="**")
@example(text="1.")
@example(text=")")
def test_a_text_is_read_as_the_text_it_is_at_any_place(place: str, text: str) -> None:
    if not clean(text):
        return
    # Inside bold, Markdown has no way to begin or end with a space or mark; our texts do not.
    inside = f"x{text}x" if place == "**{}**" else text
    texts, kinds = read(place.format(escape(inside)))
    assert kinds <= HARMLESS
    assert texts[-1].removeprefix("0:01 Me: ") == clean(inside)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_a_call_is_read_as_markup(text: str) -> None:
    harmless, hostile = (
        PARSER.render(report(call_of(title=each, said=each), "md")) for each in ("plain", text)
    )
    for mark in ("<a", "<img", "<script", "<h1", "<h2", "<li", "<code", "<em", "<s>", "<hr", "<td"):
        assert hostile.count(mark) == harmless.count(mark), mark


def test_escapes_do_not_get_in_the_way_of_reading() -> None:
    plain = "Yes! That's right (well-known), isn't it? It's 10:30, 5 % off; so: fine."
    assert escape(plain) == plain


# ---- JSON ------------------------------------------------------------------------------------


def test_the_json_report_holds_the_call_its_events_and_its_summary() -> None:
    call = call_of()
    framed = (
        CallStarted(call.info),
        SpeechOpened(ME, 0.0),
        *call.events,
        SummaryReady(call.summary),
    )
    loaded = json.loads(report(replace(call, events=framed), "json"))
    assert list(loaded) == ["call", "events", "summary", "measures", "followed", "understanding"]
    assert loaded["call"] == {
        "title": "rent",
        "path": "calls/rent.ogg",
        "source": "audio",
        "model": "base",
        "duration_s": 90.0,
        "started_at": "2026-03-04T05:06:07+00:00",
        "speakers": ["me", "them"],
        "counterpart": "",
    }
    told = (CallStarted(call.info), *call.events)
    assert loaded["events"] == [to_dict(each, words=True) for each in told]
    assert loaded["events"][3]["words"][0]["probability"] == 0.9
    summary = to_dict(SummaryReady(call.summary), words=True)
    assert {"type": "summary"} | loaded["summary"] == summary


def test_the_json_report_is_ascii() -> None:
    assert report(call_of(said="\x9b31m \u202e é"), "json").isascii()


def test_a_format_there_is_not_says_which_there_are() -> None:
    assert FORMATS == ("html", "md", "json", "vtt", "srt", "csv")
    with pytest.raises(ReportError, match=r"'docx' is not .* html, md, json"):
        report(call_of(), "docx")


# ---- files -----------------------------------------------------------------------------------


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_a_report_is_written_for_its_owner_alone(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "rent.md"
    path.write_text("an older one, much longer than the new one")
    path.chmod(0o644)
    before = os.umask(umask)
    try:
        write_report("new é \udce9\n", path)
    finally:
        os.umask(before)
    assert path.read_text("utf-8") == "new é \\udce9\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["rent.md"]


def test_a_file_name_alone_goes_into_the_folder_one_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_report("x\n", Path("rent.md"))
    assert (tmp_path / "rent.md").read_text() == "x\n"


@pytest.mark.parametrize("missing", ["nowhere/rent.md", "taken/rent.md"])
def test_a_folder_that_does_not_exist(tmp_path: Path, missing: str) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(ReportError, match=r"does not exist\. Make it"):
        write_report("x", tmp_path / missing)


def test_a_place_that_is_no_file_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="leave -o out"):
        write_report("x", tmp_path)
    with pytest.raises(ReportError, match="leave -o out"):
        write_report("x", Path("/dev/null"))
    assert Path("/dev/null").is_char_device()


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="Name another file"):
        write_report("x", tmp_path / ("x" * 300))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(ROOT, reason="permissions do not hold root back; the read-only disk does")
def test_a_folder_without_write_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ReportError, match="no permission"):
        write_report("x", tmp_path / "rent.md")
    tmp_path.chmod(0o700)


@pytest.mark.parametrize(
    ("options", "message"), [("size=64k", "no room left"), ("size=64k,ro", "no permission")]
)
def test_a_full_or_read_only_disk_keeps_the_older_report(
    tmp_path: Path, options: str, message: str
) -> None:
    mount = shutil.which("mount")
    command = [str(mount), "-t", "tmpfs", "-o", options, "tmpfs", str(tmp_path)]
    if not mount or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk is not allowed here")
    try:
        path = tmp_path / "rent.md"
        if "ro" not in options:
            write_report("older\n", path)
        with pytest.raises(ReportError, match=message):
            write_report("x" * 200_000, path)
        kept = {each.name: each.read_text() for each in tmp_path.iterdir()}
    finally:
        subprocess.run(["umount", tmp_path], check=True)
    assert kept == ({} if "ro" in options else {"rent.md": "older\n"})
