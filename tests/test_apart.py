"""Two voices in one channel, with points made up, and with the real network on a sample."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from command import SAMPLES, need_tiny, run
from hypothesis import given
from hypothesis import strategies as st
from recordings import write_wav

from assistant.apart import Mine, tell_apart
from assistant.enrolment import point_of
from assistant.errors import ModelError, ThatsRightError
from audio import speakers
from audio.apart import Piece, cut, learn, pieces_of, two
from audio.files import Side, open_recording
from audio.speakers import DIMENSIONS, LONGEST_SAMPLES, CamPlus, unit
from audio.types import RATE_HZ, Block
from audio.vad import Span

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from audio.speakers import Points
    from audio.types import Samples


def voice(seed: int) -> Points:
    return unit(np.random.default_rng(seed).normal(size=DIMENSIONS).astype(np.float32))


def piece(of: Points, seed: int, at_s: float, length_s: float = 1.2, noise: float = 0.05) -> Piece:
    off = np.random.default_rng(seed).normal(scale=noise, size=DIMENSIONS)
    start = round(at_s * RATE_HZ)
    length = round(length_s * RATE_HZ)
    return Piece(
        start, start + length, length, inner=False, point=unit(of + off.astype(np.float32))
    )


def dialogue(pattern: str) -> list[Piece]:
    """A letter a piece, whose it is; a small one is a short reply."""
    voices = {"A": voice(1), "B": voice(2)}
    return [
        piece(voices[who.upper()], 10 + i, i * 2.0, 0.4 if who.islower() else 1.2)
        for i, who in enumerate(pattern)
    ]


@given(st.text("ABab", min_size=4, max_size=24).filter(lambda p: p.count("A") > 1 < p.count("B")))
def test_every_piece_of_two_unlike_voices_goes_to_its_own(pattern: str) -> None:
    pieces = dialogue(pattern)
    voices = learn(pieces)
    assert voices is not None
    assert two(voices)
    first = voices.odds(pieces) > 0
    mine = [who.upper() == "A" for who in pattern]
    assert list(first) in (mine, [not m for m in mine])


def test_a_short_piece_says_less_than_a_long_one_at_the_same_place() -> None:
    pieces = dialogue("ABABABAB")
    voices = learn(pieces)
    assert voices is not None
    between = unit(voices.middles[0] * 0.53 + voices.middles[1] * 0.47)
    long, short = (piece(between, 1, 0.0, length_s, noise=0.0) for length_s in (1.2, 0.4))
    odds = voices.odds([long, short])
    assert odds[0] > odds[1] > 0
    assert voices.swapped().odds([long])[0] == pytest.approx(-odds[0])


def test_too_little_speech_is_no_two_voices() -> None:
    assert learn([]) is None
    assert learn(dialogue("AB")) is None


@given(
    st.lists(st.tuples(st.integers(1, 9_000), st.integers(1, 90_000)), min_size=1, max_size=6),
    st.integers(0, 10**7),
)
def test_pieces_cover_the_speech_and_nothing_else(gaps: list[tuple[int, int]], start: int) -> None:
    spans, at = [], 0
    for gap, length in gaps:
        spans.append(Span(at + gap, at + gap + length))
        at += gap + length
    found = cut(spans, start)
    assert sum(p.end_sample - p.start_sample for _, p in found) == sum(n for _, n in gaps)
    for (_, a), (_, b) in pairwise(found):
        assert a.end_sample <= b.start_sample
        assert (a.end_sample == b.start_sample) == b.inner
    for heard, p in found:
        assert heard.end - heard.start == p.heard_samples <= LONGEST_SAMPLES
        assert any(s.start <= heard.start and heard.end <= s.end for s in spans)


# ---- the network -----------------------------------------------------------------------------


def legs(name: str, from_s: float, to_s: float) -> dict[str, Samples]:
    """Both sides of a sample, for a while."""
    heard: dict[str, list[Samples]] = {}
    for item in open_recording(SAMPLES / name, Side.LEFT).items():
        if isinstance(item, Block):
            if item.start_sample >= to_s * RATE_HZ:
                break
            heard.setdefault(item.speaker.value, []).append(item.samples)
    begin, end = round(from_s * RATE_HZ), round(to_s * RATE_HZ)
    return {who: np.concatenate(parts)[begin:end] for who, parts in heard.items()}


def test_the_same_voice_is_nearer_than_another_also_on_the_phone() -> None:
    embedder = CamPlus()
    clean, phone = (
        {who: point_of(sound, embedder) for who, sound in legs(name, 8, 40).items()}
        for name in ("rent_review.ogg", "rent_review_phone.ogg")
    )
    assert clean["me"] @ phone["me"] > 0.3 > clean["me"] @ phone["them"]
    assert clean["them"] @ phone["them"] > 0.3 > clean["me"] @ clean["them"]


def test_points_are_of_length_one_and_of_the_sound_alone() -> None:
    embedder = CamPlus()
    sound = legs("rent_review.ogg", 0, 4)["me"]
    cuts = [sound[16_000:17_000], sound[16_000:24_000], sound[16_000:48_000]]
    together = embedder.embed(cuts)
    assert together.shape == (3, DIMENSIONS)
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-4)
    assert np.abs(embedder.embed(cuts[1:2]) - together[1:2]).max() < 1e-4
    assert embedder.embed([]).shape == (0, DIMENSIONS)
    for wrong in (sound[:0], sound[:1].repeat(LONGEST_SAMPLES + 1)):
        with pytest.raises(ValueError, match="samples"):
            embedder.embed([wrong])


def test_a_damaged_network_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speakers, "SHA256", "0" * 64)
    speakers._session.cache_clear()
    with pytest.raises(ModelError, match="damaged"):
        CamPlus()
    speakers._session.cache_clear()


class Remembering:
    """The same sound has the same point: it need not be looked for twice."""

    def __init__(self) -> None:
        self._embedder = CamPlus()
        self._known: dict[bytes, Points] = {}

    def embed(self, sounds: Sequence[Samples]) -> Points:
        for sound in sounds:
            if sound.tobytes() not in self._known:
                self._known[sound.tobytes()] = self._embedder.embed([sound])[0]
        return np.stack([self._known[s.tobytes()] for s in sounds])


def test_who_is_me_in_a_recording_with_one_channel(tmp_path: Path) -> None:
    embedder = Remembering()
    sides = legs("delivery_date.ogg", 0, 42)
    write_wav(tmp_path / "mixed.wav", (sides["me"] + sides["them"])[None] / 2, RATE_HZ)
    recording = open_recording(tmp_path / "mixed.wav", Side.LEFT)
    guessed, second, less = (
        tell_apart(recording, embedder, me) for me in (None, Mine.SECOND, Mine.LESS)
    )
    assert guessed.known is not None
    assert second.known is not None
    assert less.known is not None
    assert guessed.known.me_first
    assert not second.known.me_first
    assert less.known.me_first, "they explain, I ask"
    assert "guess" in guessed.told
    assert "guess" not in second.told
    for who, first in (("me", True), ("them", False)):
        point = point_of(sides[who], embedder)
        enrolled = tell_apart(recording, embedder, None, point)
        assert enrolled.known is not None
        assert enrolled.known.me_first is first
        assert "enrolled" in enrolled.told


def test_nobody_is_told_apart_where_nobody_speaks() -> None:
    with pytest.raises(ThatsRightError, match="0 s of speech"):
        point_of(np.zeros(RATE_HZ, np.float32), CamPlus())
    assert pieces_of(np.zeros(RATE_HZ, np.float32), [], 0, CamPlus()) == ()


@pytest.mark.model
def test_a_recording_with_one_channel_is_replayed_as_if_each_had_one(tmp_path: Path) -> None:
    need_tiny()
    sides = legs("rent_review.ogg", 0, 34)
    mixed = write_wav(tmp_path / "mixed.wav", (sides["me"] + sides["them"])[None] / 2, RATE_HZ)
    done = run(tmp_path, "replay", mixed, "--json", "--model", "tiny.en", "--me", "first")
    assert done.status == 0, done.err
    lines = (SAMPLES / "rent_review.jsonl").read_text(encoding="utf-8").splitlines()
    truth = [json.loads(line) for line in lines]
    told = [e for e in done.events if e["type"] == "transcript"]
    assert {e["speaker"] for e in told} == {"me", "them"}
    for event in told:
        middle_s = (event["start_s"] + event["end_s"]) / 2
        there = {t["speaker"] for t in truth if t["start_s"] - 0.2 <= middle_s <= t["end_s"] + 0.2}
        assert event["speaker"] in there or not there
        assert 0.5 <= event["speaker_confidence"] <= 1
    (yes,) = [e for e in told if e["start_s"] < 25 < e["end_s"]]
    assert (yes["speaker"], yes["end_s"] - yes["start_s"] < 1) == ("them", True), "a reply of 0.5 s"
    wrong = run(tmp_path, "replay", SAMPLES / "rent_review.ogg", "--json", "--me", "second")
    assert (wrong.status, wrong.out) == (2, "")
    assert "left or right" in wrong.err
