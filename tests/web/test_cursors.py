"""Cursors come back as they were, and nothing else is one."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Invalid
from web.cursors import Cursors
from web.keys import ring

OLD, NEW = "an older secret, of 32 bytes or so", "a newer secret, of 32 bytes or so"
CURSORS = Cursors(ring([OLD], "cursor"))


def test_values_come_back() -> None:
    some_id, moment = uuid4(), datetime(2026, 1, 5, tzinfo=UTC)
    cursor = CURSORS.seal("list", "Ana", 3, None, some_id, moment)
    assert CURSORS.open("list", cursor) == ["Ana", 3, None, str(some_id), "2026-01-05T00:00:00.000Z"]


def test_a_cursor_is_of_one_list() -> None:
    with pytest.raises(Invalid):
        CURSORS.open("another", CURSORS.seal("list", 1))


def test_a_rotated_secret_still_opens() -> None:
    both = Cursors(ring([NEW, OLD], "cursor"))
    assert both.open("list", CURSORS.seal("list", 1)) == [1]
    with pytest.raises(Invalid):
        CURSORS.open("list", both.seal("list", 1))


@given(st.text(max_size=60))
def test_garbage_is_none(text: str) -> None:
    with pytest.raises(Invalid):
        CURSORS.open("list", text)


def test_a_page_ends_where_the_rows_end() -> None:
    def page(rows: list[int]) -> dict[str, object]:
        return CURSORS.page("list", rows, 2, after=lambda row: (row,), show=str)

    assert page([1, 2]) == {"data": ["1", "2"], "next_cursor": None}
    further = page([1, 2, 3])
    assert further["data"] == ["1", "2"]
    assert CURSORS.open("list", str(further["next_cursor"])) == [2]
