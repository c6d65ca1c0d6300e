from __future__ import annotations

import json
import stat
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from assistant import live
from assistant.errors import DeviceError
from assistant.remembered import FILE, Used, recall, remember
from audio.devices import Device, Failure, Way, Wish, find
from audio.devices.choosing import find_again
from audio.types import Speaker

if TYPE_CHECKING:
    from pathlib import Path


def device(index: int, name: str, *, loopback: bool = False, default: bool = False) -> Device:
    return Device(index, name, f"id.{index}", 48_000, 2, loopback, default, Way.SERVER)


HEADSET = device(0, "USB Headset", default=True)
WEBCAM = device(1, "Webcam Mic")
SPEAKER = device(2, "Monitor of Loudspeaker", loopback=True, default=True)
HEADPHONES = device(3, "Monitor of USB Headset", loopback=True)
ALL = (HEADSET, WEBCAM, SPEAKER, HEADPHONES)
MIC = Wish(loopback=False)
THEM = Wish(loopback=True)


def wish(text: str, *, loopback: bool = False) -> Wish:
    return Wish(loopback, text)


def test_defaults_are_the_systems() -> None:
    assert find(ALL, MIC) == HEADSET
    assert find(ALL, THEM) == SPEAKER
    assert find(ALL, wish("Default")) == HEADSET


def test_by_number_by_part_of_a_name_in_any_case_and_its_own_sort_first() -> None:
    assert find(ALL, wish("3")) == HEADPHONES
    assert find(ALL, wish("WEBCAM")) == WEBCAM
    assert find(ALL, wish("headset")) == HEADSET
    assert find(ALL, wish("headset", loopback=True)) == HEADPHONES
    assert find(ALL, wish("loudspeaker")) == SPEAKER  # any may be a microphone when it is named


def test_a_whole_name_wins_over_a_part() -> None:
    short = device(4, "Webcam")
    assert find((*ALL, short), wish("webcam")) == short


def test_what_fits_two_lists_them_and_what_fits_none_says_where_to_look() -> None:
    two = find(ALL, wish("monitor", loopback=True))
    assert isinstance(two, Failure)
    assert "2 “Monitor of Loudspeaker”, 3 “Monitor of USB Headset”" in two.reason
    for text in ("trumpet", "17"):
        none = find(ALL, wish(text))
        assert isinstance(none, Failure)
        assert "thatsright devices" in none.reason


def test_nothing_there_says_what_to_do() -> None:
    for which, word in ((MIC, "--mic"), (THEM, "--them none")):
        failure = find((), which)
        assert isinstance(failure, Failure)
        assert word in failure.reason


def test_the_other_legs_device_is_never_the_one_fallen_back_on() -> None:
    only = (HEADSET, SPEAKER)
    named = wish("USB Headset", loopback=True)
    assert find_again(only, named, HEADPHONES, taken=SPEAKER.id) != SPEAKER
    assert find_again(only, named, HEADPHONES, taken=None) == SPEAKER


def test_a_lost_device_is_taken_again_by_its_name_and_the_default_till_then() -> None:
    named = wish("Webcam")
    assert find_again((HEADSET,), named, WEBCAM, None) == HEADSET
    plugged_elsewhere = device(9, WEBCAM.name)
    assert find_again((HEADSET, plugged_elsewhere), named, WEBCAM, None) == plugged_elsewhere
    new_default = device(9, "Bluetooth", default=True)
    assert find_again((new_default, WEBCAM), MIC, HEADSET, None) == new_default


def test_an_index_is_not_looked_up_again_after_a_loss() -> None:
    other = replace(device(1, "Something else"), id="another")
    assert find_again((HEADSET, other), wish("1"), WEBCAM, None) == HEADSET


# ---- remembered ------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("THATSRIGHT_HOME", str(tmp_path))
    monkeypatch.setattr(live, "listing", lambda: ALL)
    return tmp_path / "data"


def chosen(mic: str | None = None, them: str | None = None) -> list[tuple[Speaker, str]]:
    return [(ear.speaker, ear.device.name) for ear in live.choose_ears(mic, them)]


def test_what_was_named_is_remembered_by_its_name_in_a_private_file(home: Path) -> None:
    both = [(Speaker.ME, WEBCAM.name), (Speaker.THEM, HEADPHONES.name)]
    assert chosen("1", "headset") == both
    assert json.loads((home / FILE).read_text()) == {"mic": WEBCAM.name, "them": HEADPHONES.name}
    assert stat.S_IMODE((home / FILE).stat().st_mode) == 0o600
    assert chosen() == both
    assert chosen("default") == [(Speaker.ME, HEADSET.name), both[1]]
    assert chosen() == [(Speaker.ME, HEADSET.name), both[1]]


def test_what_is_not_there_today_gives_way_to_the_default(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen("webcam")
    monkeypatch.setattr(live, "listing", lambda: (HEADSET, SPEAKER))
    assert chosen() == [(Speaker.ME, HEADSET.name), (Speaker.THEM, SPEAKER.name)]
    assert recall(home).mic == WEBCAM.name


def test_a_microphone_alone_is_one_speaker_unknown(home: Path) -> None:
    assert chosen(them="none") == [(Speaker.UNKNOWN, HEADSET.name)]
    assert recall(home) == Used(None, "none")
    assert chosen() == [(Speaker.UNKNOWN, HEADSET.name)]
    assert len(chosen(them="default")) == 2


def test_one_device_for_both_sides_is_refused(home: Path) -> None:
    with pytest.raises(DeviceError, match="both sides"):
        chosen("headset", "0")
    assert not (home / FILE).exists()


@pytest.mark.parametrize("text", ["", "[]", '{"mic": 3}', "{", '"mic"'])
def test_a_damaged_memory_is_no_memory(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert recall(tmp_path) == Used()
    remember(tmp_path, Used("a", None))
    assert recall(tmp_path) == Used("a", None)
