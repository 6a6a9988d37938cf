"""Portion by portion, until nothing is left or the round is over."""

import pytest

from storage import portions
from storage.portions import in_portions


class Heap:
    """Rows that are to be forgotten; `most` were asked for in one portion."""

    def __init__(self, rows: int) -> None:
        self.rows, self.most = rows, 0

    async def forget(self, limit: int) -> int:
        self.most = max(self.most, limit)
        count = min(limit, self.rows)
        self.rows -= count
        return count


@pytest.mark.parametrize(("rows", "left"), [(0, 0), (1, 0), (4, 0), (5, 0), (6, 0), (7, 1), (100, 94)])
async def test_a_round_has_a_bound(monkeypatch: pytest.MonkeyPatch, rows: int, left: int) -> None:
    monkeypatch.setattr(portions, "PORTION", 2)
    monkeypatch.setattr(portions, "ROUNDS", 3)
    heap = Heap(rows)
    assert await in_portions(heap.forget) == rows - left
    assert (heap.rows, heap.most) == (left, 2)
