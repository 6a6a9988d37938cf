import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.kernel.limit import Limit, Window


def test_one_more_than_the_limit_within_the_time_exceeds_it() -> None:
    window = Window(Limit(3, within=5.0))
    assert [window.add(t) for t in (0.0, 1.0, 2.0, 3.0)] == [False, False, False, True]


def test_old_failures_stop_counting() -> None:
    window = Window(Limit(1, within=5.0))
    assert not window.add(0.0)
    assert window.add(5.0)
    assert not window.add(10.1)
    assert len(window) == 1


def test_a_limit_of_none_is_exceeded_at_once() -> None:
    assert Window(Limit(0, within=1.0)).add(0.0)


@pytest.mark.parametrize("limit", [(-1, 1.0), (1, 0.0)])
def test_a_senseless_limit_is_refused(limit: tuple[int, float]) -> None:
    with pytest.raises(ValueError, match="limit"):
        Limit(*limit)


@given(st.integers(0, 4), st.lists(st.integers(0, 20), max_size=30))
def test_the_window_counts_as_a_plain_list_would(restarts: int, gaps: list[int]) -> None:
    window, now, moments = Window(Limit(restarts, within=10)), 0, list[int]()
    for gap in gaps:
        now += gap
        moments.append(now)
        recent = [moment for moment in moments if now - moment <= 10]
        assert window.add(now) == (len(recent) > restarts)
