"""A row's place, as a cursor keeps it."""

import pytest

from hub.ids import uuid7
from hub.listing import Position


def test_a_cursor_gives_back_what_it_has_kept() -> None:
    position = Position(1, "2026-01-05 12:00:00.000001+00", uuid7())
    leg, moment, id = position.values
    assert Position.of([leg, moment, str(id)]) == position


@pytest.mark.parametrize("kept", [["x", "m", str(uuid7())], [1, "m", "x"], []])
def test_what_no_cursor_keeps_is_refused(kept: list[object]) -> None:
    with pytest.raises((ValueError, IndexError)):
        Position.of(kept)
