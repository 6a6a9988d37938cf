"""Queues by name, what belongs to no team first."""

from uuid import UUID

from hub.ids import uuid7
from hub.queue import Queue


def test_what_belongs_to_no_team_comes_first() -> None:
    id = uuid7()
    named, of_none = Queue(id, "A team", 1, 0, 0, None), Queue(None, None, 1, 0, 0, None)
    assert (named.place, of_none.place) == (("A team", id), ("", UUID(int=0)))
    assert sorted([named, of_none], key=lambda queue: queue.place) == [of_none, named]
