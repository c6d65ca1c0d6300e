from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from disks import mounted
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.files import open_legs
from audio.record import MOST_WAITING_BYTES, RETRY_SAMPLES, Recorder
from audio.types import RATE_HZ, Block, Samples, Speaker

if TYPE_CHECKING:
    from pathlib import Path

ME, THEM = Speaker.ME, Speaker.THEM
STEP = 1 / 32767


def noise(length: int, level: float = 0.3) -> Samples:
    made = np.random.default_rng(length).uniform(-level, level, length)
    return made.astype(np.float32)


def played(path: Path) -> Samples:
    """What a player makes of it, float32 -1..1."""
    parts = []
    with av.open(str(path)) as container:
        try:
            for frame in container.decode(audio=0):
                assert frame.sample_rate == RATE_HZ
                parts.append(frame.to_ndarray()[0])
        except av.error.InvalidDataError:  # where it was cut
            pass
    return np.concatenate(parts).astype(np.float32) / 32767


def same(found: Samples, heard: Samples) -> bool:
    return len(found) == len(heard) and bool(np.abs(found - heard).max() <= STEP)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(1, 3000), min_size=1, max_size=12))
def test_what_was_heard_comes_back_at_any_block_size(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("call") / "sound"
    heard = noise(sum(sizes))
    recorder = Recorder(folder)
    at = 0
    for size in sizes:
        assert recorder.push(Block(ME, at, heard[at : at + size])) is None
        at += size
    assert recorder.close() is None
    assert same(played(folder / "me.flac"), heard)
    with av.open(str(folder / "me.flac")) as container:
        assert container.streams.audio[0].duration == len(heard)


def test_each_leg_is_a_private_file_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        recorder = Recorder(tmp_path / "sound")
        recorder.push(Block(ME, 0, noise(RATE_HZ)))
        recorder.push(Block(THEM, 0, noise(2 * RATE_HZ)))
        recorder.close()
    finally:
        os.umask(before)
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "sound").iterdir()}
    assert modes == {"me.flac": 0o600, "them.flac": 0o600}
    assert stat.S_IMODE((tmp_path / "sound").stat().st_mode) == 0o700
    legs = open_legs(tmp_path / "sound" / "me.flac", tmp_path / "sound" / "them.flac")
    assert legs.duration_s == 2.0


def test_missing_sound_is_silence_and_a_leg_stays_in_step(tmp_path: Path) -> None:
    heard = noise(RATE_HZ)
    recorder = Recorder(tmp_path)
    recorder.push(Block(ME, 500, heard))
    recorder.push(Block(ME, RATE_HZ, heard))  # half a thousand of it known already
    recorder.push(Block(ME, 40 * RATE_HZ, heard))
    recorder.close()
    found = played(tmp_path / "me.flac")
    assert len(found) == 41 * RATE_HZ
    assert not found[:500].any()
    assert same(found[500 : 500 + RATE_HZ], heard)
    assert same(found[500 + RATE_HZ : 2 * RATE_HZ], heard[500:])
    assert not found[2 * RATE_HZ : 40 * RATE_HZ].any()
    assert same(found[-RATE_HZ:], heard)


def test_what_is_no_number_or_too_loud(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    recorder.push(Block(ME, 0, np.array([np.nan, np.inf, -np.inf, 3, -3, 0.5], np.float32)))
    recorder.close()
    assert played(tmp_path / "me.flac").round(3).tolist() == [0, 1, -1, 1, -1, 0.5]


def test_nothing_heard_leaves_nothing(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "sound")
    assert recorder.close() is None
    assert recorder.push(Block(ME, 0, noise(5))) is None
    assert not (tmp_path / "sound").exists()


KILLED = """
import sys
import numpy as np
from pathlib import Path
from audio.record import Recorder
from audio.types import Block, Speaker
recorder, heard = Recorder(Path(sys.argv[1])), np.load(sys.argv[2])
for at in range(0, len(heard), 640):
    recorder.push(Block(Speaker.ME, at, heard[at : at + 640]))
    print(at + 640, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("until", [640, 64_000, 160_000])
def test_killed_it_plays_to_where_it_was_cut(tmp_path: Path, until: int) -> None:
    heard = noise(160_000)
    np.save(tmp_path / "heard.npy", heard)
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, tmp_path / "sound", tmp_path / "heard.npy"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        pushed = 0
        while pushed < until:
            pushed = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
    if until == 640:  # less than the encoder takes at a time
        assert (tmp_path / "sound" / "me.flac").stat().st_size >= 42
        return
    found = played(tmp_path / "sound" / "me.flac")
    assert len(found) >= until - 0.15 * RATE_HZ
    assert same(found, heard[: len(found)])


@pytest.mark.parametrize("cut", [1, 100, 5_000])
def test_cut_anywhere_it_still_plays_as_a_leg(tmp_path: Path, cut: int) -> None:
    heard = noise(4 * RATE_HZ)
    recorder = Recorder(tmp_path)
    recorder.push(Block(ME, 0, heard))  # never closed
    path = tmp_path / "me.flac"
    path.write_bytes(path.read_bytes()[:-cut])
    other = tmp_path / "them.flac"
    other.write_bytes(path.read_bytes())
    recording = open_legs(path, other)
    blocks = [item for item in recording.items() if isinstance(item, Block) and item.speaker is ME]
    found = np.concatenate([b.samples for b in blocks])
    assert len(found) > 3 * RATE_HZ
    assert np.abs(found[: 3 * RATE_HZ] - heard[: 3 * RATE_HZ]).max() < 0.01


def test_a_full_disk_is_told_once_and_what_is_missing_is_silence(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with mounted(disk, "size=256k"):
        filler = disk / "filler"
        filler.write_bytes(b"x" * (100 << 10))
        recorder = Recorder(disk / "sound")
        told = []
        heard = noise(300 * RATE_HZ)
        for at in range(0, len(heard), RATE_HZ // 2):
            if at == 200 * RATE_HZ:
                filler.unlink()
                subprocess.run(["mount", "-o", "remount,size=32m", disk], check=True)
            each = recorder.push(Block(ME, at, heard[at : at + RATE_HZ // 2]))
            told += [each] if each else []
        assert recorder.close() is None
        found = played(disk / "sound" / "me.flac")
    full, again = told
    assert "no room left" in full.message
    assert 3 * RATE_HZ < full.at_sample < 10 * RATE_HZ
    assert "recorded again; " in again.message
    assert 200 * RATE_HZ < again.at_sample <= 201 * RATE_HZ + RETRY_SAMPLES
    assert len(found) == len(heard)
    waited = full.at_sample + MOST_WAITING_BYTES // 2
    assert same(found[:waited], heard[:waited])
    assert not found[waited + RATE_HZ * 60 : 200 * RATE_HZ].any()
    assert same(found[202 * RATE_HZ :], heard[202 * RATE_HZ :])
