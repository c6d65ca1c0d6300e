"""The development half of the dialogues stays as good as it is; the other half is only measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from talk import signals_of

from assistant.model import Speaker, Transcript

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "dialogues" / "dev.jsonl").read_text("utf-8").splitlines()
]
KNOWN = {
    "landlord-019": "a full stop that the recogniser put into the middle of my question",
}
ALWAYS = {"thats_right", "youre_right", "bare_yes", "factual_confirmation"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_last_turn(row: dict, request: pytest.FixtureRequest) -> None:
    if row["id"] in KNOWN:
        request.applymarker(pytest.mark.xfail(reason=KNOWN[row["id"]], strict=True))
    said = [
        Transcript(Speaker(t["speaker"]), t["start_s"], t["end_s"], t["text"]) for t in row["turns"]
    ]
    first = len(said)
    while first and said[first - 1].speaker is said[-1].speaker:
        first -= 1
    signals = [
        s
        for s in signals_of(said)
        if s.speaker is said[-1].speaker and s.start_s >= said[first].start_s
    ]
    revised = {s.revises for s in signals}
    heard = {s.kind.value for s in signals if s.id not in revised}
    expected = set(row["expect"])
    assert expected <= heard
    assert not (heard & (ALWAYS | set(row.get("forbid", ())))) - expected
