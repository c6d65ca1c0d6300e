"""What a user gets for what cannot work: the real command, real files, real faults."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from command import (
    SAMPLES,
    ended,
    line,
    need_tiny,
    plain,
    run,
    started,
    titles,
    told,
    write_talk,
)
from disks import mounted
from recordings import shortened, tones, write, write_float_wav, write_video, write_wav
from test_store_faults import other_program

from assistant.store import Library
from audio.files import Side, open_recording
from audio.types import RATE_HZ, Block

if TYPE_CHECKING:
    from collections.abc import Callable

    from audio.types import Samples, Speaker

SPEECH = "zugzwang"
"""A word of a call, which no message may hold."""

HOSTILE = (
    "\x1b[31mred\x1b[0m [bold]bold[/bold] \x1b]0;title\x07 \x9b2J \x07\x08\x00 "
    "\u202egnp.exe\u2066 \u200bzero\u2028line"
)


# ---- files -----------------------------------------------------------------------------------


def folder(path: Path) -> None:
    path.mkdir()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_text("these are notes\n" * 50)


def pictures_alone(path: Path) -> None:
    write_video(path, None)


def zero_length(path: Path) -> None:
    write_wav(path, np.zeros((2, 0)))


def tenth_of_a_second(path: Path) -> None:
    write_wav(path, tones(0.1, 440))


def a_bad_line(path: Path) -> None:
    path.write_text(line("me", 1, 2, SPEECH) + '{"speaker": "boss"}\n')


def utf_16(path: Path) -> None:
    path.write_text("WEBVTT\n\n00:01.000 --> 00:02.000\nhello\n", encoding="utf-16")


def missing(path: Path) -> None:
    assert not path.exists()


NO_CALLS: tuple[tuple[str, Callable[[Path], None], tuple[str, ...]], ...] = (
    ("missing.wav", missing, ("There is no file", "Check")),
    ("missing.srt", missing, ("There is no file", "Check")),
    ("folder.wav", folder, ("is a folder", "Name the recording")),
    ("folder.vtt", folder, ("is a folder", "Give a transcript")),
    ("empty.mp3", empty, ("is empty",)),
    ("empty.jsonl", empty, ("holds no words",)),
    ("text.wav", text, ("not a sound file", "export it")),
    ("pictures.mp4", pictures_alone, ("no sound", "Export it")),
    ("zero.wav", zero_length, ("length is zero",)),
    ("short.wav", tenth_of_a_second, ("0.1 s", "longer recording")),
    ("bad.jsonl", a_bad_line, ("line 2", "“start_s” is missing", "A line is", "Nothing was saved")),
    ("wide.vtt", utf_16, ("line 1", "not UTF-8", "Save the file as UTF-8")),
    ("no.srt", text, ("no subtitle",)),
)


def test_each_bad_file_gets_its_sentence_and_the_good_one_among_them_plays(
    tmp_path: Path, home: Path, talk: Path
) -> None:
    for name, make, _ in NO_CALLS:
        make(tmp_path / name)
    paths = [tmp_path / name for name, _, _ in NO_CALLS]
    result = run(home, "replay", "--json", *paths[:6], talk, *paths[6:])
    assert result.status == 1
    messages = result.err.splitlines()
    assert len(messages) == len(NO_CALLS), result.err
    for message, path, (_, _, words) in zip(messages, paths, NO_CALLS, strict=True):
        assert message.startswith("thatsright: ")
        assert message.endswith(".")
        assert str(path) in message
        assert not [word for word in words if word not in message], message
    assert SPEECH not in result.err
    assert result.kinds()[0] == "call"
    assert result.kinds()[-1] == "summary"
    assert titles(home) == ["talk"]


@pytest.mark.model
def test_recordings_that_are_odd_play_with_a_warning(tmp_path: Path, home: Path) -> None:
    need_tiny()
    cut = shortened(write(tmp_path / "cut.mp3", tones(8, 440, 900), "libmp3lame"))
    six = write(
        tmp_path / "six.wav", tones(2, *range(300, 900, 100), rate_hz=96_000), "pcm_s16le", 96_000
    )
    sound = tones(3, 440)
    sound[:, ::2] = np.nan
    numbers = write_float_wav(tmp_path / "numbers.wav", sound)
    result = run(home, "replay", "--json", "--model", "tiny.en", cut, six, numbers)
    assert (result.status, result.err) == (0, "")
    warnings = " ".join(str(e["message"]) for e in result.events if e["type"] == "warning")
    assert "cut.mp3" in warnings
    assert "could be read" in warnings
    assert "has 6 channels" in warnings
    assert "72000 samples that are not numbers" in warnings
    assert result.kinds().count("call") == result.kinds().count("summary") == 3
    assert titles(home) == []  # nobody spoke


def test_sides_that_do_not_fit(tmp_path: Path, home: Path) -> None:
    sound = write_wav(tmp_path / "sound.wav", tones(2, 300, 600))
    told(run(home, "replay", sound, "--me", "middle"), 2, "--me", "middle", "left or right")
    told(run(home, "replay", "--me-file", sound, "--them-file", sound), 1, "both sides")
    told(run(home, "replay", "--me-file", sound, "--them-file", tmp_path / "no.wav"), 1, "no file")


# ---- where things are kept -------------------------------------------------------------------


def test_a_library_locked_by_another_program(home: Path, talk: Path) -> None:
    Library.open(home / "data").close()
    with other_program(home / "data" / "library.db", "BEGIN IMMEDIATE"):
        told(run(home, "replay", talk), 1, "library.db is locked", "Close the other program")
    assert titles(home) == []


def test_a_full_disk_is_told_before_the_call_is_played(tmp_path: Path, talk: Path) -> None:
    with mounted(tmp_path / "disk", "size=64k"):
        result = run(tmp_path / "disk", "replay", talk)
        told(result, 1, "no room left", "Free some space", "--no-save")
        assert result.out == ""
        unsaved = run(tmp_path / "disk", "replay", talk, "--no-save")
        assert (unsaved.status, unsaved.err) == (0, "")
        assert unsaved.kinds()[-1] == "summary"


def test_a_disk_that_fills_up_while_the_call_is_saved(tmp_path: Path, talk: Path) -> None:
    long = tmp_path / "long.jsonl"
    long.write_text(
        "".join(line("me", n, n + 1, "internationalisations " * 50) for n in range(600))
    )
    disk = tmp_path / "disk"
    with mounted(disk, "size=1m"):
        assert run(disk, "replay", talk).status == 0
        told(run(disk, "replay", long), 1, "no room left", "nothing was changed")
        assert titles(disk) == ["talk"]


def test_an_output_that_takes_no_more(home: Path, talk: Path) -> None:
    for command in (("replay", talk), ("calls",), ("--help",)):
        with Path("/dev/full").open("w") as full:
            told(ended(started(home, *command, stdout=full)), 1, "No space left on device")
    assert titles(home) == []


def test_a_read_only_disk(tmp_path: Path, talk: Path) -> None:
    with mounted(tmp_path / "disk", "size=1m,ro"):
        told(run(tmp_path / "disk", "replay", talk), 1, "Read-only", "THATSRIGHT_HOME", "--no-save")
        told(run(tmp_path / "disk", "calls"), 1, "Read-only", "THATSRIGHT_HOME")
        assert run(tmp_path / "disk", "replay", talk, "--no-save").status == 0


@pytest.mark.parametrize("name", ["data", ""])
def test_a_file_where_the_folder_should_be(home: Path, talk: Path, name: str) -> None:
    (home / name).parent.mkdir(exist_ok=True)
    (home / name).write_text("mine")
    told(run(home, "calls"), 1, "a file is in the way", "THATSRIGHT_HOME")
    assert run(home, "replay", talk).status == (1 if name else 2)  # the settings are not there
    assert (home / name).read_text() == "mine"


def test_a_home_nobody_has(home: Path) -> None:
    result = run(home, "calls", more={"THATSRIGHT_HOME": "~nobody-of-that-name"})
    told(result, 1, "THATSRIGHT_HOME", "~nobody-of-that-name")


# ---- nothing acts on the terminal ------------------------------------------------------------


def test_what_is_said_and_named_cannot_act_on_the_terminal(tmp_path: Path, home: Path) -> None:
    hostile = HOSTILE.replace("\x00", "").replace("/", "_")
    path = write_talk(tmp_path / f"{hostile}.jsonl", f"{HOSTILE} That's right.")
    names = tmp_path / f"{hostile}.vtt"
    names.write_text(f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v {HOSTILE}>hi\n", encoding="utf-8")
    bad = tmp_path / f"{hostile}bad.jsonl"
    bad.write_text(f"{HOSTILE}\n", encoding="utf-8")
    result = run(home, "replay", "--json", "--words", path, names, bad)
    assert result.status == 1
    assert result.out.isascii()
    assert plain(result.out)
    assert plain(result.err), result.err
    assert result.err.count("thatsright: ") == 2
    said = [str(e["text"]) for e in result.events if e["type"] == "transcript"]
    assert said[1] == "red [bold]bold[/bold] gnp.exe zero line That's right."
    for command in (
        ("calls",),
        ("calls", "--json"),
        ("calls", "gnp"),
        ("calls", "gnp", "--json"),
        ("report", "last"),
        ("report", "last", "--format", "json"),
        ("report", HOSTILE.replace("\x00", "")),
        ("replay", "--model", hostile, SAMPLES / "rent_review_phone.ogg", "--no-save"),
    ):
        shown = run(home, *command, more={"HF_HUB_OFFLINE": "1"})
        assert "gnp" in shown.out + shown.err, command
        assert plain(shown.out), command
        assert plain(shown.err), command
        assert "Traceback" not in shown.err


def test_a_folder_name_cannot_act_on_the_terminal(tmp_path: Path) -> None:
    home = tmp_path / HOSTILE.replace("\x00", "").replace("/", "_")
    home.mkdir()
    (home / "data").write_text("mine")
    result = run(home, "calls")
    assert "gnp" in result.err
    assert plain(result.err), result.err
    told(result, 1, "a file is in the way")


def test_a_file_name_that_is_no_text(tmp_path: Path, home: Path) -> None:
    name = os.fsdecode(b"caf\xe9.jsonl")
    result = run(home, "replay", "--json", write_talk(tmp_path / name))
    assert (result.status, result.err) == (0, "")
    assert titles(home) == ["caf\N{REPLACEMENT CHARACTER}"]
    assert run(home, "report", "last").status == 0
    told(run(home, "replay", tmp_path / f"{name}.srt"), 1, "There is no file")


# ---- nothing leaves --------------------------------------------------------------------------

GUARD = """
import logging
import socket


def refuse(*_arguments, **_options):
    raise RuntimeError("something tried to reach the network")


class NoSocket(socket.socket):
    __init__ = refuse


socket.socket = NoSocket
socket.create_connection = refuse
socket.getaddrinfo = refuse
logging.basicConfig(level=logging.DEBUG)
logging.debug("all of it")
"""


@pytest.mark.model
@pytest.mark.parametrize("language", ["en", "auto"])
def test_no_network_is_touched_and_no_log_has_a_word_of_the_call(
    tmp_path: Path, home: Path, language: str
) -> None:
    """Nor when the whole of a window is decoded, by faster-whisper, which does log."""
    need_tiny()
    (tmp_path / "sitecustomize.py").write_text(GUARD)
    call = first_seconds(SAMPLES / "rent_review.ogg", tmp_path / "start.wav")
    more = {
        "PYTHONPATH": os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", ""))),
        "THATSRIGHT_LANGUAGE": language,
    }
    result = run(home, "replay", "--json", "--model", "tiny.en", call, more=more)
    assert result.status == 0
    assert "DEBUG:root:all of it" in result.err
    assert ("faster_whisper" in result.err) is (language == "auto")
    words = {
        word.strip(".,?!").lower()
        for event in result.events
        if event["type"] == "transcript"
        for word in str(event["text"]).split()
    }
    logged = {word.strip(".,?!:'\"").lower() for word in result.err.split()}
    long_words = {word for word in words if len(word) > 4}
    assert len(long_words) > 3, words
    assert not long_words & logged
    assert titles(home) == ["start"]


def first_seconds(sample: Path, target: Path, length_s: int = 15) -> Path:
    """The beginning of a sample, as a recording of its own."""
    recording = open_recording(sample, Side.LEFT)
    heard: dict[Speaker, list[Samples]] = {speaker: [] for speaker in recording.speakers}
    with closing(recording.items()) as items:
        for item in items:
            if isinstance(item, Block):
                if item.start_sample >= length_s * RATE_HZ:
                    break
                heard[item.speaker].append(item.samples)
    return write_wav(target, np.stack([np.concatenate(heard[s]) for s in heard]), RATE_HZ)
