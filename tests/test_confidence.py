"""What moves a confidence, by how much, and that it never decides alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.model import SignalKind
from assistant.phrases.book import Level
from assistant.signals.confidence import LATE_S, SAID_MOVES, calibrated, said_with
from assistant.signals.findings import Finding

SHARE = st.floats(0, 1)
GAP = st.none() | st.floats(-5, 30)


def finding(kind: SignalKind, confidence: float = 0.8) -> Finding:
    return Finding(kind, confidence, "rule", "words")


@pytest.mark.parametrize(
    ("kind", "lively", "moved"),
    [
        (SignalKind.THATS_RIGHT, 1.0, SAID_MOVES),
        (SignalKind.THATS_RIGHT, 0.0, -SAID_MOVES),
        (SignalKind.YOURE_RIGHT, 1.0, -SAID_MOVES),
        (SignalKind.BARE_YES, 0.0, SAID_MOVES),
        (SignalKind.CORRECTION, 1.0, 0.0),
        (SignalKind.THATS_RIGHT, 0.5, 0.0),
    ],
)
def test_energy_speaks_for_agreement_and_against_politeness(
    kind: SignalKind, lively: float, moved: float
) -> None:
    after = said_with(finding(kind), lively, None)
    assert after.confidence == pytest.approx(0.8 + moved)


def test_nothing_known_moves_nothing() -> None:
    assert said_with(finding(SignalKind.THATS_RIGHT), None, None) == finding(SignalKind.THATS_RIGHT)


def test_every_move_has_its_reason() -> None:
    after = said_with(finding(SignalKind.THATS_RIGHT), 0.9, LATE_S + 1)
    assert after.reasons == ("said with energy 0.90 of 1: +0.06", "2.0 s after you: -0.02")


@given(st.sampled_from(SignalKind), SHARE, st.none() | SHARE, GAP)
def test_how_it_was_said_never_decides(
    kind: SignalKind, confidence: float, lively: float | None, gap_s: float | None
) -> None:
    after = said_with(finding(kind, confidence), lively, gap_s)
    assert after.kind is kind
    assert 0 <= after.confidence <= 1
    assert abs(after.confidence - confidence) <= 0.1 + 0.001  # rounded


LEVELS = (Level(0.7, 0.6), Level(0.9, 0.98))


@pytest.mark.parametrize(
    ("raw", "right"), [(0.7, 0.6), (0.8, 0.79), (0.9, 0.98), (0.95, 0.98), (0.35, 0.3)]
)
def test_calibration_is_a_line_between_levels(raw: float, right: float) -> None:
    assert calibrated(finding(SignalKind.OFFER, raw), LEVELS).confidence == pytest.approx(right)


def test_without_levels_a_finding_is_as_sure_as_its_words() -> None:
    assert calibrated(finding(SignalKind.OFFER), ()) == finding(SignalKind.OFFER)


@given(SHARE, SHARE)
def test_calibration_keeps_the_order(one: float, other: float) -> None:
    low, high = sorted((one, other))
    first = calibrated(finding(SignalKind.OFFER, low), LEVELS).confidence
    assert first <= calibrated(finding(SignalKind.OFFER, high), LEVELS).confidence
