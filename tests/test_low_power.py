"""Low power: the smallest model, one thread, and whatever else runs comes first."""

from __future__ import annotations

import os
import sys

import pytest
from command import need_tiny

from assistant.config import Settings
from assistant.parts import NICER, Parts, give_way
from assistant.probes import DoctorOptions

LOW = Settings(power="low")


def test_the_smallest_model_is_taken_unless_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    need_tiny()
    assert Parts(LOW, DoctorOptions()).model.name == "tiny.en"
    asked: list[str | None] = []
    monkeypatch.setattr("assistant.models.find", lambda name, **_: asked.append(name))
    for options in (DoctorOptions(), DoctorOptions(model="small")):
        _ = Parts(Settings(power="low", model="base"), options).model
    _ = Parts(Settings(), DoctorOptions()).model
    assert asked == ["base", "small", None]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no nice")
def test_with_low_power_other_programs_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(os, "nice", asked.append)
    give_way(Settings())
    assert asked == []
    give_way(LOW)
    assert asked == [NICER]
