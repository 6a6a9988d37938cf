"""Timestamps from outside, kept within reason."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.whatsapp.moment import EARLIEST, TOLERANCE, moment

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize("raw", ["1780000000", 1780000000, 1780000000.0])
def test_unix_seconds(raw: Any) -> None:
    assert moment(raw, NOW) == (datetime(2026, 5, 28, 20, 26, 40, tzinfo=UTC), None)


@pytest.mark.parametrize("raw", [None, "", "abc", "12 ", "1_0", "١٢", "1.5", True, [], {}, float("nan")])
def test_no_number_means_now(raw: Any) -> None:
    assert moment(raw, NOW) == (NOW, "not_numeric")


@pytest.mark.parametrize("raw", ["-1", "0", -(10**30), "1230767999"])
def test_too_early_is_the_first_year(raw: Any) -> None:
    assert moment(raw, NOW) == (EARLIEST, "too_early")


@pytest.mark.parametrize("raw", ["1000000000000000", "4070908800", "9" * 400, float("inf"), 10**400], ids=range(5))
def test_the_future_is_five_minutes_away_at_most(raw: Any) -> None:
    assert moment(raw, NOW) == (NOW + timedelta(minutes=5), "in_future")


@given(st.one_of(st.none(), st.text(max_size=30), st.integers(), st.floats(), st.text("-0123456789", max_size=400)))
@settings(max_examples=200)
def test_always_within_bounds(raw: Any) -> None:
    at, _ = moment(raw, NOW)
    assert EARLIEST <= at <= NOW + TOLERANCE
