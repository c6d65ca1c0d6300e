from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.load import (
    CALM_S,
    CAUGHT_UP_S,
    GUESSES_WITHIN_S,
    SMALLER_FROM_S,
    TOLD_FROM_S,
    Effort,
    Judged,
    Load,
    judge,
)

BEHIND = st.floats(0, 60)


def judged(*behind_s: float, every_s: float = 1.0) -> list[Judged]:
    """One look after another."""
    load, all_of_them = Load(), []
    for number, each_s in enumerate(behind_s):
        all_of_them.append(judge(load, each_s, number * every_s))
        load = all_of_them[-1].load
    return all_of_them


@given(st.lists(st.floats(0, GUESSES_WITHIN_S), min_size=1, max_size=30))
def test_a_machine_that_keeps_up_does_everything_and_nothing_is_said(behind_s: list[float]) -> None:
    for each in judged(*behind_s):
        assert each.load.effort is Effort.FULL
        assert each.tell_behind_s is None
        assert not each.tell_caught_up


@pytest.mark.parametrize(
    ("behind_s", "effort", "told"),
    [
        (GUESSES_WITHIN_S, Effort.FULL, False),
        (GUESSES_WITHIN_S + 0.1, Effort.NO_GUESSES, False),
        (TOLD_FROM_S, Effort.NO_GUESSES, False),
        (TOLD_FROM_S + 0.1, Effort.NO_GUESSES, True),
        (SMALLER_FROM_S, Effort.NO_GUESSES, True),
        (SMALLER_FROM_S + 0.1, Effort.SMALLER_MODEL, True),
    ],
)
def test_the_further_behind_the_less_is_done(behind_s: float, effort: Effort, told: bool) -> None:  # noqa: FBT001 - a column of the table
    (only,) = judged(behind_s)
    assert only.load.effort is effort
    assert only.tell_behind_s == (behind_s if told else None)


def test_it_is_told_again_only_when_it_has_doubled() -> None:
    told = [each.tell_behind_s for each in judged(2.9, 3.5, 4.0, 6.9, 7.0, 13.9, 3.0, 14.0, 29.0)]
    assert told == [None, 3.5, None, None, 7.0, None, None, 14.0, 29.0]


def test_all_is_well_again_after_a_calm_time_and_that_is_said_once() -> None:
    calm = [0.1] * (int(CALM_S) + 3)
    after = judged(3.1, *calm)[1:]
    assert [each.tell_caught_up for each in after] == [
        number == int(CALM_S) for number in range(len(after))
    ]
    efforts = [each.load.effort for each in after]
    assert efforts == [Effort.NO_GUESSES] * int(CALM_S) + [Effort.FULL] * 3


def test_what_comes_in_between_makes_the_calm_time_begin_anew() -> None:
    calm = [CAUGHT_UP_S] * int(CALM_S)
    after = judged(3.1, *calm, CAUGHT_UP_S + 0.1, *calm, 0.0)[1:]
    assert [each.tell_caught_up for each in after] == [False] * (len(after) - 1) + [True]


def test_who_was_not_told_is_not_told_that_all_is_well() -> None:
    after = judged(GUESSES_WITHIN_S + 0.1, *[0.0] * 20)
    assert after[0].load.effort is Effort.NO_GUESSES
    assert after[-1].load.effort is Effort.FULL
    assert not any(each.tell_caught_up for each in after)


@given(before=st.lists(BEHIND, max_size=20), after=st.lists(BEHIND, max_size=40))
def test_a_smaller_model_never_goes_back(before: list[float], after: list[float]) -> None:
    many = judged(*before, SMALLER_FROM_S + 1, *after, *[0.0] * 30)
    assert all(each.load.effort is Effort.SMALLER_MODEL for each in many[len(before) :])


@given(behind_s=st.lists(BEHIND, max_size=60))
def test_what_is_told_has_doubled_since_it_was_last_told_or_all_was_well(
    behind_s: list[float],
) -> None:
    last_s = 0.0
    for each, now_s in zip(judged(*behind_s), behind_s, strict=True):
        assert each.tell_behind_s in {None, now_s}
        if each.tell_behind_s is not None:
            assert now_s > TOLD_FROM_S
            assert now_s >= 2 * last_s
            last_s = now_s
        if each.tell_caught_up:
            assert last_s > 0
            last_s = 0.0
        assert not (each.tell_caught_up and each.tell_behind_s)
        if now_s > TOLD_FROM_S and last_s < now_s / 2:
            raise AssertionError("should have been told")
