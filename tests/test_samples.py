"""The sample calls: what is stored is what the scripts, the ground truth and PROVENANCE.md say."""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
import json
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from assistant.model import SignalKind, Speaker
from audio.types import RATE_HZ, Samples

if TYPE_CHECKING:
    from types import ModuleType

FOLDER = Path(__file__).resolve().parent.parent / "samples"
CALLS = ("delivery_date", "rent_review", "look_alikes")
TWO_SIDED = {
    "delivery_date": "delivery_date",
    "rent_review": "rent_review",
    "look_alikes": "look_alikes",
    "rent_review_phone": "rent_review",
}
ONE_CHANNEL = {"delivery_date_mono": "delivery_date"}
EVERY_FILE = TWO_SIDED | ONE_CHANNEL
SIDES = ("me", "them")
TAIL_S = 1.2

MINE = {
    SignalKind.SUMMARY,
    SignalKind.LABEL,
    SignalKind.MIRROR,
    SignalKind.CALIBRATED_QUESTION,
    SignalKind.NO_ORIENTED_QUESTION,
    SignalKind.ACCUSATION_AUDIT,
    SignalKind.RESET,
    SignalKind.PRESSURE,
    SignalKind.PREMATURE_MOVE,
}
THEIRS = {
    SignalKind.THATS_RIGHT,
    SignalKind.YOURE_RIGHT,
    SignalKind.BARE_YES,
    SignalKind.QUALIFIED_AGREEMENT,
    SignalKind.FACTUAL_CONFIRMATION,
    SignalKind.NO_ORIENTED_AGREEMENT,
    SignalKind.CORRECTION,
    SignalKind.DEFERRAL,
    SignalKind.OFFER,
    SignalKind.PUSHBACK,
}


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A decoded file."""

    channels: Samples
    """Float32 of shape [channels, n] at `RATE_HZ`."""

    @property
    def length_s(self) -> float:
        return float(self.channels.shape[1] / RATE_HZ)


@cache
def decoded(name: str) -> Sound:
    resampler = av.AudioResampler(format="fltp", rate=RATE_HZ)
    parts: list[Samples] = []
    with av.open(str(FOLDER / f"{name}.ogg")) as container:
        for frame in itertools.chain(container.decode(audio=0), [None]):
            parts.extend(
                piece.to_ndarray().astype(np.float32) for piece in resampler.resample(frame)
            )
    return Sound(np.concatenate(parts, axis=1))


@cache
def truth(call: str) -> list[dict[str, Any]]:
    text = (FOLDER / f"{call}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def kinds(call: str) -> list[str]:
    return [signal["kind"] for line in truth(call) for signal in line["signals"]]


def talking(call: str, who: str, samples: int, margin_s: float) -> np.ndarray:
    """True where the ground truth has `who` talking, each utterance longer by `margin_s` a side."""
    mask = np.zeros(samples, dtype=np.bool_)
    for line in truth(call):
        if line["speaker"] == who:
            start = max(0, round((line["start_s"] - margin_s) * RATE_HZ))
            mask[start : round((line["end_s"] + margin_s) * RATE_HZ)] = True
    return mask


def level_db(sound: Samples) -> float:
    return float(10.0 * np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-15))


@pytest.mark.parametrize(("name", "call"), EVERY_FILE.items())
def test_the_file_lasts_as_long_as_its_ground_truth(name: str, call: str) -> None:
    end_s = max(line["end_s"] for line in truth(call))
    assert decoded(name).length_s == pytest.approx(end_s + TAIL_S, abs=0.5)
    assert 120 <= decoded(name).length_s <= 240


@pytest.mark.parametrize("name", TWO_SIDED)
def test_a_call_has_two_channels(name: str) -> None:
    assert decoded(name).channels.shape[0] == 2


@pytest.mark.parametrize("name", ONE_CHANNEL)
def test_the_mix_has_one_channel_with_everybody_in_it(name: str) -> None:
    sound = decoded(name).channels
    assert sound.shape[0] == 1
    for line in truth(ONE_CHANNEL[name]):
        span = slice(round(line["start_s"] * RATE_HZ), round(line["end_s"] * RATE_HZ))
        assert level_db(sound[0, span]) > -35.0, line["text"]


@pytest.mark.parametrize(("name", "call"), TWO_SIDED.items())
@pytest.mark.parametrize("channel", [0, 1])
def test_each_channel_carries_its_speaker_and_nobody_else(
    name: str, call: str, channel: int
) -> None:
    sound, who = decoded(name).channels[channel], SIDES[channel]
    quiet_db = level_db(sound[~talking(call, who, len(sound), margin_s=0.2)])
    assert quiet_db < (-40.0 if name.endswith("_phone") else -60.0)
    for line in truth(call):
        if line["speaker"] == who:
            span = slice(round(line["start_s"] * RATE_HZ), round(line["end_s"] * RATE_HZ))
            assert level_db(sound[span]) > quiet_db + 15.0, line["text"]


@pytest.mark.parametrize(("name", "call"), TWO_SIDED.items())
@pytest.mark.parametrize("channel", [0, 1])
def test_one_side_does_not_leak_into_the_other(name: str, call: str, channel: int) -> None:
    ours, theirs = decoded(name).channels[channel], decoded(name).channels[1 - channel]
    samples = len(ours)
    alone = talking(call, SIDES[channel], samples, 0.0)
    alone &= ~talking(call, SIDES[1 - channel], samples, 0.3)
    nobody = ~talking(call, "me", samples, 0.3) & ~talking(call, "them", samples, 0.3)
    speech, beside = ours[alone].astype(np.float64), theirs[alone].astype(np.float64)
    leak = abs(float(speech @ beside)) / float(speech @ speech)
    assert 20.0 * np.log10(leak + 1e-12) < -45.0
    assert level_db(theirs[alone]) < level_db(theirs[nobody]) + 2.0


@pytest.mark.parametrize("call", CALLS)
def test_both_speak_at_the_same_level_over_soft_room_tone(call: str) -> None:
    sound = decoded(call).channels
    speech = [
        level_db(side[talking(call, who, len(side), 0.0)])
        for who, side in zip(SIDES, sound, strict=True)
    ]
    assert all(-25.0 < level < -18.0 for level in speech)
    assert abs(speech[0] - speech[1]) < 3.0
    assert float(np.abs(sound).max()) < 1.0
    for who, side in zip(SIDES, sound, strict=True):
        assert -75.0 < level_db(side[~talking(call, who, len(side), 0.2)]) < -60.0


def test_the_phone_carries_its_band_and_its_noise() -> None:
    name, call = "rent_review_phone", TWO_SIDED["rent_review_phone"]
    for who, side in zip(SIDES, decoded(name).channels, strict=True):
        power = np.abs(np.fft.rfft(side)) ** 2
        hz = np.fft.rfftfreq(len(side), 1.0 / RATE_HZ)
        outside = power[(hz < 200.0) | (hz > 3_600.0)].sum()
        assert outside < 0.01 * power.sum()
        spoken = level_db(side[talking(call, who, len(side), 0.0)])
        noise = level_db(side[~talking(call, who, len(side), 0.2)])
        assert spoken - noise == pytest.approx(25.0, abs=3.0)


@pytest.mark.parametrize("call", CALLS)
def test_utterances_are_whole_and_in_time_order(call: str) -> None:
    lines = truth(call)
    assert [line["start_s"] for line in lines] == sorted(line["start_s"] for line in lines)
    for line in lines:
        assert set(line) == {"speaker", "start_s", "end_s", "text", "words", "signals"}
        assert line["speaker"] in {Speaker.ME, Speaker.THEM}
        assert 0.0 < line["start_s"] < line["end_s"]
    for who in SIDES:
        own = [line for line in lines if line["speaker"] == who]
        assert all(a["end_s"] <= b["start_s"] for a, b in itertools.pairwise(own))


@pytest.mark.parametrize("call", CALLS)
def test_words_are_those_of_the_text_and_lie_within_it_in_order(call: str) -> None:
    for line in truth(call):
        words = line["words"]
        assert " ".join(word["text"] for word in words) == line["text"]
        times = [time for word in words for time in (word["start_s"], word["end_s"])]
        assert times == sorted(times), line["text"]
        assert all(word["start_s"] < word["end_s"] for word in words), line["text"]
        assert times[0] == pytest.approx(line["start_s"], abs=0.02)
        assert times[-1] == pytest.approx(line["end_s"], abs=0.02)


@pytest.mark.parametrize("call", CALLS)
def test_signals_are_known_kinds_with_their_words(call: str) -> None:
    for line in truth(call):
        for signal in line["signals"]:
            kind = SignalKind(signal["kind"])
            assert kind in (MINE if line["speaker"] == "me" else THEIRS)
            assert signal["quote"] in line["text"]
            if line["speaker"] == "me":
                assert signal["after"] is None
            elif signal["after"] is not None:
                assert SignalKind(signal["after"]) in MINE


@pytest.mark.parametrize("call", CALLS)
def test_the_ground_truth_says_what_the_script_says(call: str) -> None:
    script = tomllib.loads((FOLDER / "scripts" / f"{call}.toml").read_text(encoding="utf-8"))
    written = sorted((entry["who"], entry["text"]) for entry in script["line"])
    assert written == sorted((line["speaker"], line["text"]) for line in truth(call))
    meant = [cue["kind"] for entry in script["line"] for cue in entry.get("signals", [])]
    assert sorted(meant) == sorted(kinds(call))


def test_the_sale_earns_a_real_one_and_then_an_offer() -> None:
    heard = kinds("delivery_date")
    assert heard.index("summary") < heard.index("thats_right") < heard.index("offer")
    lines = truth("delivery_date")
    earned = next(n for n, line in enumerate(lines) if line["text"] == "That's right.")
    assert lines[earned]["signals"][0]["after"] == "summary"
    assert [line["speaker"] for line in lines[earned : earned + 3]] == ["them"] * 3


def test_the_rent_review_stalls_is_reset_and_earns_nothing() -> None:
    heard = kinds("rent_review")
    assert heard.count("youre_right") == 2
    assert heard.count("bare_yes") == 2
    assert heard[heard.index("reset") + 1] == "no_oriented_agreement"
    assert not {"thats_right", "offer"} & set(heard)


def test_the_look_alikes_earn_nothing_though_they_say_it_often() -> None:
    assert not {"thats_right", "youre_right", "bare_yes"} & set(kinds("look_alikes"))
    said = " ".join(line["text"].lower() for line in truth("look_alikes"))
    assert said.count("that's right") >= 5
    assert len(re.findall(r"you(?:'| a|'| we)re right", said)) >= 4


def test_some_of_the_talk_overlaps() -> None:
    for call in CALLS:
        overlaps = [
            later["text"]
            for earlier, later in itertools.combinations(truth(call), 2)
            if later["start_s"] < earlier["end_s"]
        ]
        assert len(overlaps) >= 2, call


def test_checksums_are_those_in_the_provenance() -> None:
    page = (FOLDER / "PROVENANCE.md").read_text(encoding="utf-8")
    listed = dict(
        re.findall(r"^\| `([^`]+)` \| [\d,]+ \| `([0-9a-f]{64})` \|$", page, re.MULTILINE)
    )
    stored = [*FOLDER.glob("*.ogg"), *FOLDER.glob("*.jsonl")]
    assert listed == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in stored}
    assert set(listed) == {f"{n}.ogg" for n in EVERY_FILE} | {f"{n}.jsonl" for n in CALLS}


def test_the_folder_stays_small() -> None:
    shipped = [
        path for ending in ("ogg", "jsonl", "md", "py") for path in FOLDER.glob(f"*.{ending}")
    ]
    assert sum(path.stat().st_size for path in shipped) < 6_000_000


# ---- the tool that makes them ---------------------------------------------------------------


@pytest.fixture(scope="module")
def callscript() -> ModuleType:
    spec = importlib.util.spec_from_file_location("callscript", FOLDER / "callscript.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


HEAD = '[voices]\nme = "joe"\nthem = "heart"\n[[line]]\nwho = "me"\ntext = "Hello."\n'


@pytest.mark.parametrize(
    ("addition", "complaint"),
    [
        ("pause = 1", "line entry 1 has unknown keys: pause"),
        ('pause_s = "long"', "line entry 1: pause_s must be a number"),
        ('[[line]]\nwho = "him"\ntext = "Hi."', "line entry 2 needs who"),
        ('signals = [{ kind = "label", quote = "Hey." }]', "the quote of label is not in its text"),
        ('answers = "nobody"', "which no earlier line has as its id"),
        ("what", "is not valid TOML"),
    ],
)
def test_a_mistake_in_a_script_is_told(
    callscript: ModuleType, tmp_path: Path, addition: str, complaint: str
) -> None:
    path = tmp_path / "call.toml"
    path.write_text(HEAD + addition, encoding="utf-8")
    with pytest.raises(callscript.ScriptError, match=re.escape(complaint)):
        callscript.load(path)


WITHOUT_VOICES = """
import importlib.util, runpy, sys
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "piper" else real(name, *rest)
sys.path.insert(0, sys.argv[1])
sys.argv = ["make_samples.py"]
runpy.run_path(sys.path[0] + "/make_samples.py", run_name="__main__")
"""


def test_without_the_voices_it_says_what_to_install_and_writes_nothing() -> None:
    before = {path: path.stat().st_mtime_ns for path in FOLDER.glob("*.*")}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_VOICES, str(FOLDER)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "piper-tts" in done.stderr
    assert "Install them with pip" in done.stderr
    assert "Traceback" not in done.stderr
    assert before == {path: path.stat().st_mtime_ns for path in FOLDER.glob("*.*")}
