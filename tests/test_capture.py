from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest

from audio.capture import SETTLES_S, Capture, Ear
from audio.devices import Device, Way, Wish
from audio.files import Note
from audio.types import RATE_HZ, Block, Speaker

if TYPE_CHECKING:
    from collections.abc import Callable

    from audio.devices.kinds import Mouth

ME, THEM = Speaker.ME, Speaker.THEM
HEARD_S = 0.2
MANY = 200
"""More than there can be of so much sound."""


class Heard:
    """A leg whose device gave so much sound at once."""

    def __init__(
        self, _wish: Wish, device: Device, mouth: Mouth, _taken: Callable[[], str | None]
    ) -> None:
        self.id = device.id
        self._device = device
        self._mouth = mouth

    def start(self) -> None:
        self._mouth.opened(self._device)
        self._mouth.sound(np.full((round(HEARD_S * RATE_HZ), 1), 0.25, np.float32))

    def close(self) -> None:
        pass


def ear(speaker: Speaker) -> Ear:
    name = f"device of {speaker}"
    return Ear(
        speaker,
        Wish(loopback=False, text=name),
        Device(0, name, name, RATE_HZ, 1, loopback=False, default=False, way=Way.PORTAUDIO),
    )


@pytest.mark.parametrize("after", range(1, 8))
def test_hung_up_between_any_two_blocks_both_legs_are_heard_to_the_same_end(
    monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """Also between the two of one moment."""
    monkeypatch.setattr("audio.capture.Leg", Heard)
    capture = Capture([ear(ME), ear(THEM)], itertools.count(10.0, HEARD_S).__next__)
    heard = (item for item in capture.items() if isinstance(item, Block))
    blocks = [*itertools.islice(heard, after)]
    blocks += [b for b in itertools.islice(capture.rest(), MANY) if isinstance(b, Block)]
    assert len(blocks) < MANY
    for speaker in (ME, THEM):
        mine = [b for b in blocks if b.speaker is speaker]
        ends = itertools.accumulate(len(b.samples) for b in mine)
        assert [b.start_sample for b in mine] == [0, *ends][:-1]
    assert len({sum(len(b.samples) for b in blocks if b.speaker is who) for who in (ME, THEM)}) == 1


def test_a_computer_that_slept_is_told_once_and_what_waited_is_heard_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Call time stood still meanwhile, as it does on Linux and macOS."""
    monkeypatch.setattr("audio.capture.Leg", Heard)
    asleep_s = 90.0
    step_s = 0.4
    real = itertools.chain([0.0, 0.1, 0.2, 0.3, 0.4], itertools.count(asleep_s + 0.4, 0.1))
    capture = Capture([ear(ME)], itertools.count(10.0, step_s).__next__, real.__next__)
    heard = [*itertools.islice(capture.items(), 60)]
    (note,) = [item for item in heard if isinstance(item, Note)]
    assert note.message.startswith("This computer slept, or was too busy to listen, for 90 s.")
    told = heard.index(note)
    before = [item for item in heard[:told] if item is None]
    assert len(before) >= SETTLES_S / step_s
