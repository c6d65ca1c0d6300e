"""The development half of the dialogues stays as good as it is; the other half is only measured.

What is not right yet stands in `MISSED`, by what stands in the way: whoever mends one of them takes
it out.
"""

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
MISSED = {
    "said in mockery": (
        "print-shop-020 dog-breeder-023 orchestra-021 orchestra-037 inheritance-053"
    ),
    "they agree with an opinion, or praise what I did": (
        "print-shop-022 print-shop-023 dog-breeder-017 dog-breeder-019 "
        "dog-breeder-024 orchestra-012"
    ),
    "my turn is read as something else than it was": (
        "landlord-019 agency-pitch-036 barricade-007 teenage-curfew-002 "
        "dog-breeder-004 dog-breeder-012 orchestra-003 orchestra-024 print-shop-043 "
        "boat-sale-028 farm-coop-028 film-crew-038 nursing-home-025 boat-sale-027 "
        "divorce-house-033 real-estate-010 builder-011 debt-007 freight-contract-025 "
        "barricade-b-011"
    ),
    "the same ask in words that share nothing": (
        "machine-parts-053 teenage-curfew-026 nursing-home-051"
    ),
    "what matters is not seen, or taken up in other words": (
        "land-sale-029 teenage-curfew-027 boat-sale-045 hackathon-sponsor-040 "
        "hackathon-sponsor-041 freight-contract-028 shop-lease-052 barricade-b-020"
    ),
    "my silence was filled after a picture without a name": ("barricade-022 hackathon-sponsor-042"),
    "a wording that is not known": (
        "hackathon-sponsor-018 orchestra-027 orchestra-030 film-crew-013 "
        "divorce-house-039 divorce-house-044 charity-donor-023 barricade-b-018"
    ),
    "the same words of something else": (
        "barricade-042 boat-sale-038 land-sale-054 film-crew-005 nursing-home-037 "
        "promotion-talk-045 promotion-talk-049 freight-contract-048 custody-032"
    ),
}
KNOWN = {row: reason for reason, rows in MISSED.items() for row in rows.split()}
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
