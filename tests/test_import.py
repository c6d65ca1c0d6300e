from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import pytest
from command import COMMAND, SAMPLES, Ended, ended, environment, need_tiny, started, told
from inside import run_inside
from test_formats import OTTER_TEXT, TEAMS_VTT, ZOOM_VTT

from assistant.formats.dates import date_in
from assistant.import_table import Imported, Progressing, State, table
from assistant.importing import find
from assistant.model import Note, Speaker, Transcript
from assistant.people import common_name, recall_me, remember_me
from assistant.store import Library


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


def imported(result: Ended) -> dict[str, str]:
    """What came of each file, by its name."""
    rows = [json.loads(line) for line in result.out.splitlines()]
    return {Path(row["path"]).name: row["state"] for row in rows}


def test_a_folder_goes_in_once_and_a_bad_file_does_not_stop_the_rest(
    tmp_path: Path, files: Path
) -> None:
    (files / "GMT20260304-140322_Recording.transcript.vtt").write_text(ZOOM_VTT)
    (files / "b.txt").write_text(OTTER_TEXT)
    (files / "bad.vtt").write_text("WEBVTT\n\n00:01 --> 00:02\nAnn Berg: zugzwang\n")
    (files / "shopping.txt").write_text("milk\nbread\n")
    (files / "noise.wav").write_bytes(b"RIFF")
    (files / "same.vtt").write_text(ZOOM_VTT)
    (files / ".hidden.vtt").write_text("nothing")
    first = run_inside(tmp_path, "import", files, "--me", "ann", "--json")
    assert first.status == 1
    assert imported(first) == {
        "GMT20260304-140322_Recording.transcript.vtt": "in",
        "b.txt": "in",
        "bad.vtt": "failed",
        "shopping.txt": "left_out",
        "noise.wav": "failed",
        "same.vtt": "already",
    }
    assert "bad.vtt, line 3: not a time" in first.err
    assert "zugzwang" not in first.err
    with Library.open(tmp_path / "data") as library:
        zoom, otter = sorted(library.calls(), key=lambda call: call.title)
        assert zoom.counterpart == "Ben Cole, PhD"
        assert zoom.started_at == datetime(2026, 3, 4, 14, 3, 22, tzinfo=UTC)
        assert zoom.thats_right == 1
        assert otter.counterpart == ""
        call = library.load(zoom.id)
        assert [e.text for e in call.events if isinstance(e, Transcript)] == [
            "So it sounds like the date is what worries you.",
            "That's right.",
            "It is: the date.",
        ]
        assert call.summary.first_thats_right_s == 9.0
        notes = [e for e in library.load(otter.id).events if not isinstance(e, Transcript)]
        assert any("ends are estimated" in getattr(e, "message", "") for e in notes)
    again = run_inside(tmp_path, "import", files, "--json")
    assert again.status == 1
    assert set(imported(again).values()) == {"already", "failed", "left_out"}
    (files / "bad.vtt").unlink()
    (files / "noise.wav").unlink()
    last = run_inside(tmp_path, "import", files)
    assert last.status == 0
    assert "3 in already, 1 left out, of 4 calls." in last.out
    assert last.err == ""
    with Library.open(tmp_path / "data") as library:
        assert len(library.calls()) == 2


def test_who_is_me_is_remembered_and_otherwise_asked_for(tmp_path: Path, files: Path) -> None:
    (files / "a.vtt").write_text(ZOOM_VTT)
    refused = run_inside(tmp_path, "import", files / "a.vtt")
    told(refused, 1, "these speakers: “Ann Berg”, “Ben Cole, PhD”", "--me 'Ann Berg'")
    assert "1 failed, of 1 call." in refused.out
    assert run_inside(tmp_path, "import", files / "a.vtt", "--me", "Ann Berg").status == 0
    assert recall_me(tmp_path / "data") == ("Ann Berg",)
    assert (tmp_path / "data" / "me.json").stat().st_mode & 0o777 == 0o600
    (files / "b.txt").write_text(OTTER_TEXT)
    assert run_inside(tmp_path, "import", files / "b.txt").status == 0
    played = run_inside(tmp_path, "replay", files / "b.txt", "--json", "--no-save")
    assert played.status == 0
    assert [e["speaker"] for e in played.events if e["type"] == "transcript"] == [
        "me",
        "them",
        "them",
    ]


def test_who_speaks_in_all_of_them_is_taken_for_me_and_that_is_said(
    tmp_path: Path, files: Path
) -> None:
    (files / "a.vtt").write_text(ZOOM_VTT)
    (files / "b.vtt").write_text(TEAMS_VTT.replace("Berg, Ann", "Ann Berg"))
    result = run_inside(tmp_path, "import", files)
    assert result.status == 0
    assert result.out.count("“Ann Berg” is taken for you") == 2
    assert recall_me(tmp_path / "data") == ()


def test_in_a_terminal_it_asks(tmp_path: Path, files: Path) -> None:
    (files / "a.vtt").write_text(ZOOM_VTT)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [COMMAND, "import", files / "a.vtt"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        env=environment(tmp_path),
    )
    os.close(theirs)
    seen = b""
    while b"leaves it out:" not in seen:
        seen += os.read(ours, 1024)
    os.write(ours, b"x\n")
    while seen.count(b"leaves it out:") < 2:
        seen += os.read(ours, 1024)
    os.write(ours, b"1\n")
    with process:
        out, _ = process.communicate(timeout=60)
    os.close(ours)
    assert b"1  Ann Berg (1 times)" in seen
    assert process.returncode == 0
    assert "1 imported, of 1 call." in out
    assert recall_me(tmp_path / "data") == ("Ann Berg",)


def test_nothing_to_import_is_said(tmp_path: Path, files: Path) -> None:
    told(run_inside(tmp_path, "import", files / "none"), 2, "There is no file or folder")
    told(run_inside(tmp_path, "import", files), 2, "nothing to import")


def test_two_files_a_side_are_one_call(files: Path) -> None:
    for name in ("mon-me.wav", "mon-them.wav", "me.flac", "them.flac", "home.wav", "them.vtt"):
        (files / name).touch()
    found = {(c.path.name, c.them_path.name if c.them_path else None) for c in find([files])}
    assert found == {
        ("mon-me.wav", "mon-them.wav"),
        ("me.flac", "them.flac"),
        ("home.wav", None),
        ("them.vtt", None),
    }


def _cut(sample: Path, to: Path, length_s: float) -> None:
    """The beginning of a two-channel sample as 16 kHz WAV."""
    blocks: list[np.ndarray[tuple[int, ...], np.dtype[np.int16]]] = []
    resampler = av.AudioResampler(format="s16", layout="stereo", rate=16_000)
    with av.open(str(sample)) as source:
        for frame in source.decode(audio=0):
            blocks += [part.to_ndarray() for part in resampler.resample(frame)]
    samples = np.concatenate(blocks, axis=1)[:, : int(length_s * 32_000)]
    with av.open(str(to), "w") as target:
        stream = target.add_stream("pcm_s16le", rate=16_000, layout="stereo")
        made = av.AudioFrame.from_ndarray(samples, format="s16", layout="stereo")
        made.sample_rate = 16_000
        target.mux(stream.encode(made))
        target.mux(stream.encode(None))


@pytest.mark.model
def test_recordings_go_in_and_ctrl_c_keeps_what_is_in(tmp_path: Path, files: Path) -> None:
    need_tiny()
    _cut(SAMPLES / "delivery_date.ogg", files / "a.wav", 12.0)
    (files / "b.ogg").write_bytes((SAMPLES / "delivery_date.ogg").read_bytes())
    process = started(tmp_path, "import", files, "--json", "--model", "tiny.en")
    assert process.stdout is not None
    first = json.loads(process.stdout.readline())
    process.send_signal(signal.SIGINT)
    stopped = ended(process)
    assert first["state"] == "in"
    assert stopped.status == 130
    assert "start the same command again" in stopped.err
    assert "Traceback" not in stopped.err
    with Library.open(tmp_path / "data") as library:
        (only,) = library.calls()
        assert only.title == "a"
        assert only.utterances > 0
    (files / "b.ogg").unlink()
    again = run_inside(tmp_path, "import", files, "--model", "tiny.en")
    assert (again.status, again.err) == (0, "")
    assert "in already" in again.out


# ---- parts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("GMT20260304-140322_Recording.transcript.vtt", "2026-03-04T14:03:22+00:00"),
        ("Call (2026-03-04 14:00 GMT+1) - Transcript.txt", "2026-03-04T13:00:00+00:00"),
        ("Call (2026-03-04 14_00 GMT-7) – Notes.docx", "2026-03-04T21:00:00+00:00"),
        ("Call with Ben-20260304_140002-Meeting Recording.vtt", "2026-03-04T14:00:02+00:00"),
        ("GMT20261304-140322.vtt", None),
        ("Call 2026.txt", None),
        ("Call (2026-03-04 14:00 GMT+99).txt", None),
    ],
)
def test_the_date_in_a_name(name: str, expected: str | None) -> None:
    found = date_in(name)
    assert (found.isoformat() if found else None) == expected


def test_a_name_in_all_files_is_the_users_when_the_others_change() -> None:
    assert common_name([("A", "B"), ("C", "A")]) == "A"
    assert common_name([("A", "B"), ("B", "A")]) is None
    assert common_name([("A", "B")]) is None
    assert common_name([("A", "B", "C"), ("B", "A", "D")]) is None


def test_names_are_kept_newest_first_and_damage_costs_nothing(tmp_path: Path) -> None:
    remember_me(tmp_path, ["Ann"])
    remember_me(tmp_path, ["A. Berg"])
    assert recall_me(tmp_path) == ("A. Berg", "Ann")
    (tmp_path / "me.json").write_text("[")
    assert recall_me(tmp_path) == ()


def test_how_long_it_takes_is_said_from_what_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False)
    progress = Progressing(3, lambda: now[0])
    progress.plan({"a": 600.0, "b": 300.0})
    progress.begin("a", "a")
    now[0] += 60
    progress.show(Note(1.0))
    assert progress.left_s is None
    progress.show(Transcript(Speaker.ME, 290.0, 300.0, "words"))
    assert progress.left_s == pytest.approx(120.0)
    progress.begin("b", "b")
    assert progress.left_s == pytest.approx(30.0)


def test_the_table_counts_what_came_of_it() -> None:
    lines = list(
        table(
            [Imported("a\x1b[2J.vtt", State.IN, 3, 65.0), Imported("b", State.FAILED, note="No.")],
            of=4,
        )
    )
    assert "call 3" in lines[0]
    assert "1:05" in lines[0]
    assert "\x1b" not in "".join(lines)
    assert lines[-1] == "1 imported, 1 failed, 2 not begun, of 4 calls.\n"
