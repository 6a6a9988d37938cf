import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.event_ring import EventRing
from actors.event_tail import EventTail
from hub.errors import Unavailable
from hub.frame import Frame

Log = Any


class Reader:
    """What the tail handed on."""

    def __init__(self) -> None:
        self.seqs: list[int] = []
        self.resets: list[str] = []

    def discontinued(self, reason: str, cursor: int) -> None:
        self.resets.append(reason)

    def publish(self, frames: Sequence[Frame]) -> None:
        self.seqs += [frame.seq for frame in frames if frame.seq is not None]


@asynccontextmanager
async def following(log: Log, keep: int = 10_000) -> AsyncIterator[tuple[EventTail, Reader]]:
    """A running tail that looks at the log every few milliseconds."""
    reader = Reader()
    tail = EventTail(log, reader.publish, reader.discontinued, poll=0.003, ring=EventRing(keep))
    task = asyncio.create_task(tail.run())
    try:
        await until(lambda: tail.ready and tail.cursor == log.head)
        yield tail, reader
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.001)


COMMITS = st.lists(
    st.tuples(
        st.integers(1, 5),
        # What becomes of the word about it: told at once, late, twice, only its number, or never.
        st.sampled_from(["told", "late", "twice", "hint", "lost"]),
        st.booleans(),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(commits=COMMITS)
def test_each_event_is_handed_on_once_and_in_order_whatever_happens_to_the_hints(
    new_log: type[Log], commits: list[tuple[int, str, bool]]
) -> None:
    async def scenario() -> None:
        log = new_log()
        async with following(log) as (tail, reader):
            late = []
            for count, word, turn in commits:
                batch = log.commit(count)
                if word in ("told", "twice"):
                    tail.committed(*batch)
                if word == "twice":
                    tail.committed(*batch)
                if word == "late":
                    late.append(batch)
                if word == "hint":
                    tail.hint(log.head)
                if turn:
                    await asyncio.sleep(0)
            for batch in reversed(late):
                tail.committed(*batch)
            await until(lambda: tail.cursor == log.head)
            assert reader.seqs == list(range(1, log.head + 1))
            assert reader.resets == []

    asyncio.run(scenario())


async def test_what_follows_the_cursor_is_handed_on_without_a_read(new_log: type[Log]) -> None:
    log = new_log()
    async with following(log) as (tail, reader):
        tail.poll = 3600.0
        await asyncio.sleep(0.01)
        reads = log.reads
        for _ in range(5):
            tail.committed(*log.commit(3))
        assert reader.seqs == list(range(1, 16))
        assert log.reads == reads
        assert tail.stats.gaps == 0


async def test_a_gap_is_read_from_the_log_at_once(new_log: type[Log]) -> None:
    log = new_log()
    async with following(log) as (tail, reader):
        tail.poll = 3600.0
        await asyncio.sleep(0.01)
        log.commit(2)
        tail.committed(*log.commit(1))
        await until(lambda: reader.seqs == [1, 2, 3])
        assert tail.stats.gaps == 1


async def test_a_log_that_is_away_is_asked_again(new_log: type[Log]) -> None:
    log = new_log()
    async with following(log) as (tail, reader):
        log.away = True
        log.commit(4)
        tail.hint(4)
        await until(lambda: tail.stats.failures >= 2)
        with pytest.raises(Unavailable):
            await tail.reach(4)
        log.away = False
        await until(lambda: reader.seqs == [1, 2, 3, 4])


async def test_a_start_fills_the_ring_with_the_newest_events_and_hands_none_on(new_log: type[Log]) -> None:
    log = new_log()
    log.commit(2500)
    async with following(log, keep=2000) as (tail, reader):
        assert reader.seqs == []
        assert tail.cursor == 2500
        assert (tail.ring.floor, len(tail.ring)) == (500, 2000)
        tail.committed(*log.commit(1))
        assert reader.seqs == [2501]
        assert tail.ring.floor == 501


async def test_before_the_first_read_there_is_no_position(new_log: type[Log]) -> None:
    tail = EventTail(new_log(), lambda frames: None, lambda reason, cursor: None)
    with pytest.raises(Unavailable):
        _ = tail.position


@pytest.mark.parametrize("change", ["epoch", "shorter"])
async def test_another_history_makes_everybody_start_afresh(new_log: type[Log], change: str) -> None:
    log = new_log()
    log.commit(10)
    async with following(log) as (tail, reader):
        if change == "epoch":
            log.epoch = "two"
        else:
            del log.events[6:]
        await until(lambda: reader.resets == ["epoch"])
        await until(lambda: tail.cursor == log.head)
        assert tail.position.epoch == log.epoch
        assert tail.ring.after(log.head - 1, 5) is None
        tail.committed(*log.commit(2))
        assert reader.seqs == [log.head - 1, log.head]


async def test_a_log_trimmed_above_the_cursor_makes_everybody_start_afresh(new_log: type[Log]) -> None:
    log = new_log()
    log.commit(5)
    async with following(log) as (tail, reader):
        log.away = True
        log.commit(20)
        log.trim(15)
        log.away = False
        await until(lambda: reader.resets == ["expired"])
        assert tail.cursor == 25
        assert tail.position.trimmed == 15


async def test_reach_looks_only_when_the_number_lies_ahead(new_log: type[Log]) -> None:
    log = new_log()
    async with following(log) as (tail, _):
        tail.poll = 3600.0
        await asyncio.sleep(0.01)
        reads = log.reads
        await tail.reach(0)
        assert log.reads == reads
        log.commit(3)
        await tail.reach(3)
        assert tail.cursor == 3
