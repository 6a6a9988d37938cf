"""Repeats: how many, when, and that they stay the exception."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.integration.retry import RESERVE, Budget, Retries

RETRIES = Retries()


def test_there_are_three_attempts_in_all() -> None:
    assert [RETRIES.pause(made, None, lambda: 0.5) is None for made in (1, 2, 3, 4)] == [False, False, True, True]


@given(st.integers(1, 9), st.floats(0, 1, exclude_max=True))
def test_the_pause_is_drawn_evenly_below_a_bound_that_doubles(made: int, drawn: float) -> None:
    pause = Retries(attempts=10).pause(made, None, lambda: drawn)
    assert pause == pytest.approx(drawn * min(0.2 * 2 ** (made - 1), 2.0))


@pytest.mark.parametrize(("asked", "pause"), [(0.0, 0.1), (3.0, 3.0), (5.0, 5.0), (5.1, None), (3600.0, None)])
def test_a_short_retry_after_is_waited_for_and_a_long_one_ends_the_call(asked: float, pause: float | None) -> None:
    assert RETRIES.pause(1, asked, lambda: 0.5) == pause


def repeats_of(calls: int, budget: Budget, share: float, now: float = 0.0) -> int:
    """How many of these calls may be repeated twice, all at one moment."""
    made = 0
    for _ in range(calls):
        budget = budget.called(share)
        for _ in range(2):
            left = budget.repeated(now)
            if left is not None:
                budget, made = left, made + 1
    return made


def test_after_the_reserve_one_call_in_ten_is_repeated() -> None:
    assert repeats_of(1000, Budget(), 0.1) == pytest.approx(1000 * 0.1 + RESERVE, abs=1)


def test_a_share_of_nothing_leaves_what_time_brings() -> None:
    empty = Budget(0.0, 0.0)
    assert empty.repeated(0.5) is None
    assert empty.repeated(1.0) == Budget(0.0, 1.0)
    assert repeats_of(100, empty, 0.0, now=3600.0) == RESERVE


def test_a_clock_that_stands_still_brings_nothing() -> None:
    assert Budget(0.0, 100.0).repeated(50.0) is None
