"""Copies of answers: for how long, how many, and what an invalidation undoes."""

from collections.abc import Hashable
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from hub.integration.cache import Cache, Keep
from hub.integration.call import Fetched

AT = datetime(2026, 1, 5, tzinfo=UTC)
KEEP = Keep(ttl=300.0, stale=600.0)


def fetched(value: object) -> Fetched[object]:
    return Fetched(value, AT)


def test_a_copy_is_shown_until_its_time_is_over() -> None:
    cache = Cache(10)
    cache.put("a", fetched(1), 0, 0.0)
    assert cache.get("a", KEEP, 299.9) == Fetched(1, AT, cached=True)
    assert cache.get("a", KEEP, 300.0) is None
    assert cache.get("b", KEEP, 0.0) is None


def test_nothing_is_shown_of_what_is_not_kept() -> None:
    cache = Cache(10)
    cache.put("a", fetched(1), 0, 0.0)
    assert cache.get("a", Keep(), 0.0) is None
    assert cache.stale("a", Keep(), 0.0) is None


def test_an_older_copy_is_shown_while_the_back_end_is_left_alone() -> None:
    cache = Cache(10)
    cache.put("a", fetched(1), 0, 0.0)
    assert cache.stale("a", KEEP, 10.0) == Fetched(1, AT, cached=True)
    assert cache.stale("a", KEEP, 599.9) == Fetched(1, AT, cached=True, stale=True)
    assert cache.stale("a", KEEP, 600.0) is None
    assert cache.stale("a", Keep(300.0, 0.0), 300.0) is None


def test_an_invalidation_beats_a_fetch_that_began_before_it() -> None:
    cache = Cache(10)
    cache.put("a", fetched("old"), 0, 0.0)
    began = cache.generation
    cache.invalidate()
    assert cache.get("a", KEEP, 0.0) is None
    cache.put("a", fetched("old"), began, 1.0)
    assert cache.get("a", KEEP, 1.0) is None
    cache.put("a", fetched("new"), cache.generation, 1.0)
    assert cache.get("a", KEEP, 1.0) == Fetched("new", AT, cached=True)


def test_one_copy_can_be_dropped() -> None:
    cache = Cache(10)
    cache.put("a", fetched(1), 0, 0.0)
    cache.put("b", fetched(2), 0, 0.0)
    cache.drop("a")
    cache.drop("unknown")
    assert (cache.get("a", KEEP, 0.0), len(cache)) == (None, 1)


def test_of_none_none_is_kept() -> None:
    cache = Cache(0)
    cache.put("a", fetched(1), 0, 0.0)
    assert len(cache) == 0


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6)), max_size=60))
def test_the_least_used_goes_first(steps: list[tuple[bool, int]]) -> None:
    cache, order = Cache(3), list[Hashable]()
    for puts, key in steps:
        if puts:
            cache.put(key, fetched(key), 0, 0.0)
        assert (cache.get(key, KEEP, 0.0) is not None) is (puts or key in order)
        if puts or key in order:
            order = [*(k for k in order if k != key), key][-3:]
    assert len(cache) == len(order)
