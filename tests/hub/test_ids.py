"""Ids are UUIDs of version 7, ordered by the millisecond they were made in."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from hub.ids import uuid7

MOMENTS = st.integers(0, 2**48 - 1)


@given(MOMENTS)
def test_the_moment_is_in_the_first_48_bits(moment: int) -> None:
    made = uuid7(moment)
    assert made.int >> 80 == moment
    assert (made.version, made.variant) == (7, UUID(int=made.int).variant)
    assert made.bytes[8] >> 6 == 0b10


@given(MOMENTS, MOMENTS)
def test_a_later_moment_sorts_later(one: int, other: int) -> None:
    if one < other:
        assert uuid7(one) < uuid7(other)


def test_ids_of_one_millisecond_differ() -> None:
    assert len({uuid7(1) for _ in range(10_000)}) == 10_000


def test_now_is_the_default() -> None:
    assert uuid7().int >> 80 > 1_700_000_000_000
