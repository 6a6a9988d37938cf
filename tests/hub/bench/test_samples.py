"""Percentiles by nearest rank, medians of repetitions."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.bench.samples import Samples, Spread, percentile, spread


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([5.0], 50, 5.0),
        ([1.0, 2.0, 3.0, 4.0], 50, 2.0),
        ([4.0, 1.0, 3.0, 2.0], 75, 3.0),
        ([float(n) for n in range(1, 101)], 99, 99.0),
        ([float(n) for n in range(1, 101)], 100, 100.0),
        ([float(n) for n in range(1, 101)], 0, 1.0),
    ],
)
def test_percentile_is_the_nearest_rank(values: list[float], percent: float, expected: float) -> None:
    assert percentile(values, percent) == expected


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 100))
def test_a_percentile_is_a_value_that_enough_do_not_exceed(values: list[float], percent: float) -> None:
    found = percentile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) >= len(values) * percent / 100 - 1e-9


def test_nothing_has_no_percentile_and_no_spread() -> None:
    assert math.isnan(percentile([], 50))
    with pytest.raises(ValueError, match="nothing"):
        spread([])


def test_repetitions_come_to_their_median_and_range() -> None:
    samples = Samples()
    for value in (3.0, 1.0, 2.0):
        samples.add("rate", value)
    samples.add("rate", math.nan)
    samples.add_latency("post", [0.001, 0.002, 0.003])
    assert samples.spreads() == {
        "rate": Spread(2.0, 1.0, 3.0),
        "post.p50": Spread(2.0, 2.0, 2.0),
        "post.p99": Spread(3.0, 3.0, 3.0),
    }
