import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.event_ring import EventRing
from hub.events import Audience
from hub.frame import Frame


def frame(seq: int, size: int = 10) -> Frame:
    return Frame("message.received", seq, None, Audience(), None, b"x" * size)


@given(
    start=st.integers(0, 50),
    keep=st.integers(1, 20),
    batches=st.lists(st.integers(1, 9), max_size=20),
    cursor=st.integers(0, 300),
    limit=st.integers(1, 30),
)
def test_it_gives_what_a_list_of_the_newest_would_give(
    start: int, keep: int, batches: list[int], cursor: int, limit: int
) -> None:
    ring = EventRing(keep)
    ring.clear(start)
    head = start
    for count in batches:
        ring.extend([frame(head + 1 + i) for i in range(count)])
        head += count
    kept = list(range(start + 1, head + 1))[-keep:]
    assert len(ring) == len(kept)
    assert ring.floor == head - len(kept)
    found = ring.after(cursor, limit)
    if cursor < ring.floor:
        assert found is None
    else:
        assert found is not None
        assert [f.seq for f in found] == [seq for seq in kept if seq > cursor][:limit]


def test_bytes_are_bounded_too() -> None:
    ring = EventRing(keep=1000, keep_bytes=1000)
    ring.extend([frame(seq, 300) for seq in range(1, 11)])
    assert ring.size == 900
    assert ring.floor == 7
    ring.extend([frame(11, 5000)])
    assert len(ring) == 1


def test_frames_that_do_not_follow_are_refused() -> None:
    ring = EventRing()
    ring.extend([frame(1)])
    with pytest.raises(ValueError, match="does not follow"):
        ring.extend([frame(3)])
