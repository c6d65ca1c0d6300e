"""What a call needs: the sentences, and real faults of a machine."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pytest
from command import need_tiny, plain, run
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from soundserver import MINE, THEIRS, SoundServer

from assistant import doctor, packaged, probes
from assistant.doctor import Check, Chosen, State, Terminal
from assistant.doctor_words import PERMISSION, System
from audio.devices import portaudio

if TYPE_CHECKING:
    from pathlib import Path

SYSTEMS = list(System)
NOWHERE = {"PULSE_SERVER": "unix:/nowhere"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("THATSRIGHT_HOME", str(tmp_path))
    return tmp_path


# ---- sentences ------------------------------------------------------------------------------

CHECKS = st.builds(
    Check, st.text(max_size=9), st.just("Name"), st.sampled_from(State), st.text(), st.text()
)


@given(st.lists(CHECKS))
def test_a_call_can_be_made_when_nothing_fails(found: list[Check]) -> None:
    assert doctor.can_call(found) is (State.FAIL not in {c.state for c in found})
    assert doctor.last_line(found).startswith("No call") is not doctor.can_call(found)


@given(check=CHECKS, unicode=st.booleans())
def test_every_check_is_one_safe_line_that_says_its_state_in_words(
    *, check: Check, unicode: bool
) -> None:
    line = doctor.line(check, unicode=unicode)
    assert line.count("\n") == 1
    assert plain(line)
    assert line.split()[1] == check.state.value
    assert unicode or line[0].isascii()
    loaded = json.loads(doctor.to_line(check))
    assert loaded["state"] == check.state.value


@given(st.sampled_from(State), st.integers(60, 200))
def test_a_line_is_folded_below_its_words(state: State, columns: int) -> None:
    lines = doctor.line(
        Check("x", "Name", state, "a b " * 90, "c d " * 90), unicode=True, columns=columns
    ).splitlines()
    assert len(lines) > 2
    assert max(map(cell_len, lines)) <= columns
    assert all(line.startswith(" " * 22) for line in lines[1:])
    assert next(line for line in lines if "c" in line).split()[0] == "c"


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_failure_says_what_to_do_on_each_system(system: System) -> None:
    closed = Chosen("Desk", default=True, opened=False, peak=None)
    dumb = Chosen("Desk", default=True, opened=True, peak=None)
    muted = Chosen("Desk", default=True, opened=True, peak=0.0)
    failed = [
        doctor.sound(None, system, server=False if system is System.LINUX else None),
        *doctor.microphone(closed, system),
        *doctor.microphone(dumb, system),
        doctor.microphone(None, system)[0],
        doctor.other_side(None, system),
        doctor.other_side(closed, system),
        doctor.folders(["/x (Permission denied)"], "/x", system),
        doctor.disk(3, "/x"),
    ]
    assert {c.state for c in failed} == {State.FAIL}
    assert all(c.do.endswith(".") for c in failed), failed
    others = {PERMISSION[s] for s in SYSTEMS if s is not system}
    silent = doctor.microphone(muted, system)[1]
    assert (silent.state, silent.do) == (State.WARN, PERMISSION[system])
    assert not others & {c.do for c in failed}


def test_a_microphone_that_gives_sound_is_allowed() -> None:
    heard = Chosen("Desk", default=False, opened=True, peak=0.001)
    device, allowed = doctor.microphone(heard, System.MACOS)
    assert (device.state, device.found) == (State.OK, "Desk (as named last).")
    assert allowed.state is State.OK


@pytest.mark.parametrize(
    ("delays_s", "state", "delay_s"),
    [
        ([], State.FAIL, None),
        ([0.4, 0.6, 0.5], State.OK, 0.5),
        ([1.4, 0.6, 1.5], State.WARN, 1.4),
        ([9.0], State.WARN, 9.0),
    ],
)
def test_a_slow_machine_is_told(delays_s: list[float], state: State, delay_s: float | None) -> None:
    check = doctor.speed(delays_s, 0.5, "base")
    assert (check.state, check.delay_s) == (state, delay_s)
    assert bool(check.do) is (state is not State.OK)


@pytest.mark.parametrize(
    ("columns", "colours", "unicode", "word"),
    [(50, 256, True, "50 × 24"), (80, 0, True, "colours"), (80, 8, False, "character")],
)
def test_a_poor_terminal_is_told(*, columns: int, colours: int, unicode: bool, word: str) -> None:
    seen = Terminal(shown=True, columns=columns, lines=24, colours=colours, unicode=unicode)
    check = doctor.terminal(seen, System.LINUX)
    assert check.state is State.WARN
    assert word in check.found
    assert check.do
    fine = Terminal(shown=True, columns=80, lines=24, colours=256, unicode=True)
    assert doctor.terminal(fine, System.LINUX).state is State.OK


# ---- faults, for real -----------------------------------------------------------------------


def test_without_portaudio_and_server_it_says_what_to_install(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from audio.devices import server  # noqa: PLC0415 - its state is put back

    monkeypatch.setitem(sys.modules, "sounddevice", None)
    monkeypatch.setattr(server, "_pulse", lambda: None)
    assert portaudio.version() is None
    sound, mic, _, them = probes.check_devices(System.LINUX)
    assert (sound.state, mic.state, them.state) == (State.FAIL, State.FAIL, State.FAIL)
    assert "libportaudio2" in sound.do
    assert not list(home.iterdir())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(home: Path) -> None:
    (home / "data").mkdir(mode=0o500)
    check = probes.check_folders(System.LINUX)
    assert check.state is State.FAIL
    assert str(home / "data") in check.found


def test_a_file_in_the_way_of_a_folder_is_named(home: Path) -> None:
    (home / "data").write_text("")
    check = probes.check_folders(System.LINUX)
    assert check.state is State.FAIL
    assert f"{home / 'data'} is a file" in check.found
    assert probes.check_folders(System.WINDOWS).do != check.do


def test_looking_makes_no_folder(home: Path) -> None:
    found = [
        probes.check_folders(System.LINUX),
        probes.check_disk(lambda _: 10**10),
        probes.check_library(),
        probes.check_unfinished(),
        probes.check_settings()[0],
    ]
    assert {c.state for c in found} == {State.OK}, found
    assert not list(home.iterdir())


def test_a_full_disk_fails_and_a_fuller_one_is_told(home: Path) -> None:
    assert home.exists()
    states = [probes.check_disk(lambda _, mega=mega: mega * 10**6).state for mega in (10, 200, 600)]
    assert states == [State.FAIL, State.WARN, State.OK]


def test_a_damaged_library_and_settings_file_are_told(home: Path) -> None:
    (home / "data").mkdir()
    (home / "data" / "library.db").write_bytes(b"no database, just words " * 100)
    (home / "config").mkdir()
    (home / "config" / "settings.toml").write_text("threads = many")
    library, (settings, used) = probes.check_library(), probes.check_settings()
    assert (library.state, settings.state) == (State.FAIL, State.FAIL)
    assert "library.db" in library.found
    assert "settings.toml" in settings.found
    assert used.threads == 0


def test_a_damaged_model_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    need_tiny()
    assert home == tmp_path
    from assistant.config import Settings  # noqa: PLC0415
    from assistant.parts import Parts  # noqa: PLC0415

    parts = Parts(Settings(), probes.DoctorOptions(model="tiny.en"))
    assert probes.check_model(parts).state is State.OK
    monkeypatch.setattr(packaged, "_sha256", lambda *_: "0")
    check = probes.check_model(parts)
    assert check.state is State.FAIL
    assert "tiny.en" in check.found


def test_without_a_model_the_rest_is_still_checked(tmp_path: Path) -> None:
    result = run(tmp_path, "doctor", "--json", "--model", "./none", more=NOWHERE)
    by_id = {str(c["check"]): c for c in result.events}
    assert result.status == 1
    assert result.err == ""
    assert by_id["model"]["state"] == "fail"
    assert by_id["speed"]["state"] == "warn"
    assert by_id["library"]["state"] == "ok"


# ---- a machine on which all is well ---------------------------------------------------------


@pytest.mark.model
@pytest.mark.slow
def test_beside_a_sound_server_a_call_can_be_made(tmp_path: Path, server: SoundServer) -> None:
    server.choose(THEIRS)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "devices.json").write_text(json.dumps({"mic": f"Monitor of {MINE}"}))
    variables = server.variables | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    result = run(tmp_path, "doctor", "--model", "tiny.en", more=variables)
    assert result.status == 0, result.out
    assert result.out.isascii()
    lines = {line[8:20].strip(): line for line in result.out.splitlines() if line}
    assert f"Monitor of {MINE} (as named last)" in lines["Microphone"]
    assert f"Monitor of {THEIRS} (the default)" in lines["Other side"]
    assert lines["Permission"].startswith("! warn")  # nothing plays: pure silence
    assert "after speech ends" in lines["Speed"]
    assert result.out.splitlines()[-1].startswith("A call can be made")
