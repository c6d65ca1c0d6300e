"""Subtitles, CSV and JSON of a call, read back by what others read them with."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import av
import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import ReportError
from assistant.measure_book import DEFINITIONS
from assistant.model import FinishedCall, Speaker, Transcript
from assistant.report import format_of, report
from assistant.report_clips import clips, data_uri
from assistant.report_csv import COLUMNS
from assistant.safetext import clean
from assistant.summary import summarise
from assistant.transcripts import read_transcript
from audio.types import RATE_HZ
from tests.test_report import HOSTILE, call_of

ME, THEM = Speaker.ME, Speaker.THEM
SCHEMA = Path(__file__).parent.parent / "docs" / "report.schema.json"

WORDS = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=()), max_size=30)


def said_call(*said: Transcript) -> FinishedCall:
    info = call_of().info
    return FinishedCall(info, said, summarise(info, said))


@given(st.lists(WORDS, min_size=1, max_size=4))
def test_subtitles_hold_each_text_once_in_one_cue(texts: list[str]) -> None:
    said = [Transcript(ME, 2.0 * n, 2.0 * n + 1, each) for n, each in enumerate(texts)]
    kept = [clean(each) for each in texts if clean(each)]
    for fmt, arrow in (("vtt", "."), ("srt", ",")):
        blocks = report(said_call(*said), fmt).strip("\n").split("\n\n")
        cues = blocks[1:] if fmt == "vtt" else [each for each in blocks if each]
        assert len(cues) == len(kept)
        assert all(len(each.split("\n")) == 3 for each in cues)
        times = [each.split("\n")[1] for each in cues]
        pattern = rf"\d\d:\d\d:\d\d\{arrow}\d\d\d --> \d\d:\d\d:\d\d\{arrow}\d\d\d"
        assert all(re.fullmatch(pattern, each) for each in times)
    cues = report(said_call(*said), "vtt").strip("\n").split("\n\n")[1:]
    for cue, text in zip(cues, kept, strict=True):
        line = cue.split("\n")[2]
        inside = line.removeprefix("<v Me>").removesuffix("</v>")
        assert "<" not in inside
        assert inside.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


def test_subtitles_are_read_back_as_what_was_said(tmp_path: Path) -> None:
    call = call_of(said="Fish & <b>chips</b>, 5 > 3.")
    said = [each for each in call.events if isinstance(each, Transcript)]
    path = tmp_path / "call.vtt"
    path.write_text(report(call, "vtt"), "utf-8")
    back = read_transcript(path, "Me")
    assert [(e.speaker, e.start_s, e.end_s) for e in back] == [
        (e.speaker, e.start_s, e.end_s) for e in said
    ]


def test_hours_and_the_counterpart_stand_in_subtitles() -> None:
    info = replace(call_of().info, counterpart="Ann <b> & Bob")
    said = (Transcript(THEM, 3661.5, 3661.5, "Yes."),)
    call = FinishedCall(info, said, summarise(info, said))
    assert "01:01:01.500 --> 01:01:01.501\n<v Ann (b) and Bob>Yes.</v>" in report(call, "vtt")
    assert "01:01:01,500 --> 01:01:01,501\nAnn (b) & Bob: Yes." in report(call, "srt").replace(
        "and", "&"
    )


def test_measures_are_lines_of_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(report(call_of(), "csv"), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert [each["measure"] for each in rows] == list(DEFINITIONS)
    share = rows[0]
    assert (share["measure"], share["value"], share["unit"]) == ("talk_share_me", "0.5", "share")
    assert share["reference"] == "0.43"


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    loaded = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(loaded)
    return jsonschema.Draft202012Validator(loaded)


def test_json_reports_are_as_the_schema_says(schema: jsonschema.Draft202012Validator) -> None:
    info = replace(call_of().info, title="", model=None, speakers=(Speaker.UNKNOWN,))
    for call in (call_of(), FinishedCall(info, (), summarise(info, ()))):
        schema.validate(json.loads(report(call, "json")))


@pytest.mark.parametrize(
    "path", [("summary", "outcome"), ("measures", 0, "unit"), ("call", "source")]
)
def test_the_schema_refuses_what_is_not_one(
    schema: jsonschema.Draft202012Validator, path: tuple[str | int, ...]
) -> None:
    loaded = json.loads(report(call_of(), "json"))
    place = loaded
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = "nonsense"
    with pytest.raises(jsonschema.ValidationError):
        schema.validate(loaded)


@pytest.mark.parametrize("name", ["call", "events", "summary", "measures"])
def test_the_schema_misses_what_is_missing(
    schema: jsonschema.Draft202012Validator, name: str
) -> None:
    loaded = json.loads(report(call_of(), "json"))
    del loaded[name]
    with pytest.raises(jsonschema.ValidationError):
        schema.validate(loaded)


def test_the_ending_of_a_file_names_the_format() -> None:
    endings = {"a.html": "html", "a.HTM": "html", "a.markdown": "md", "a.srt": "srt", "a.txt": None}
    assert {name: format_of(Path(name)) for name in endings} == endings


def test_a_clip_is_flac_that_decodes_to_the_sound_it_was_made_of() -> None:
    tone = (0.5 * np.sin(np.arange(RATE_HZ) * 0.1)).astype(np.float32)
    uri = data_uri(tone)
    head, _, body = uri.partition(",")
    assert head == "data:audio/flac;base64"
    with av.open(io.BytesIO(base64.b64decode(body))) as container:
        frames = [each.to_ndarray() for each in container.decode(audio=0)]
    heard = np.concatenate(frames, axis=1)[0] / 32768
    assert heard.shape == tone.shape
    assert np.abs(heard - tone).max() < 1e-3


def test_a_call_without_sound_says_so(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="no sound of this call"):
        clips(call_of(), tmp_path / "none", tmp_path / "none.ogg")
