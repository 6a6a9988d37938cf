import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors import replay
from actors.event_ring import EventRing
from actors.event_tail import EventTail
from actors.replay import PAGE, READERS, Replayer, ResumePoint, Start
from actors.session import CloseCode
from actors.session_registry import SessionRegistry
from hub.audience import Viewer
from hub.events import Audience
from hub.ids import uuid7
from hub.ports import LogPosition
from hub.rights import Role
from tests.actors.realtime_links import Counts, MemoryLink, join

TEAM = uuid7()


@asynccontextmanager
async def replaying(log: Any, keep: int = 10_000) -> AsyncIterator[tuple[EventTail, SessionRegistry, Replayer]]:
    registry = SessionRegistry(Counts())
    tail = EventTail(log, registry.publish, registry.reset, poll=0.005, ring=EventRing(keep))
    task = asyncio.create_task(tail.run())
    try:
        await tail.opened()
        yield tail, registry, Replayer(tail, log, registry)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def told(link: MemoryLink) -> list[dict[str, Any]]:
    """The frames written in event stream framing."""
    lines = b"".join(link.writes).split(b"\n")
    return [orjson.loads(line[6:]) for line in lines if line.startswith(b"data: ")]


def seqs(link: MemoryLink) -> list[int]:
    return [frame["seq"] for frame in told(link) if "id" in frame]


@pytest.mark.parametrize(
    ("point", "start"),
    [
        (ResumePoint(None), Start.FRESH),
        (ResumePoint(None, "other"), Start.FRESH),
        (ResumePoint(10), Start.REPLAYED),
        (ResumePoint(5, "one"), Start.REPLAYED),
        (ResumePoint(4, "one"), Start.EXPIRED),
        (ResumePoint(11), Start.EPOCH),
        (ResumePoint(10, "other"), Start.EPOCH),
    ],
)
def test_where_a_stream_can_begin(point: ResumePoint, start: Start) -> None:
    assert point.start(LogPosition("one", 10, 5)) is start


@settings(max_examples=40, deadline=None)
@given(
    before=st.integers(0, 700),
    after=st.integers(0, 700),
    keep=st.sampled_from([5, 300, 10_000]),
    during=st.lists(st.integers(1, 40), max_size=12),
)
def test_no_gap_and_no_repeat_while_events_go_on(
    new_log: type[Any], before: int, after: int, keep: int, during: list[int]
) -> None:
    async def scenario() -> None:
        log = new_log()
        log.commit(before)
        cursor = min(after, before)
        async with replaying(log, keep) as (tail, registry, replayer):
            session, link = join(registry, Role.ADMIN, transport="sse", live=False)
            resuming = asyncio.create_task(replayer.resume(session, ResumePoint(cursor)))
            for number, count in enumerate(during):
                batch = log.commit(count)
                if number % 3:
                    tail.committed(*batch)
                await asyncio.sleep(0)
            assert await resuming is Start.REPLAYED
            async with asyncio.timeout(20):
                while tail.cursor < log.head:
                    await asyncio.sleep(0.001)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        assert seqs(link) == list(range(cursor + 1, log.head + 1))

    asyncio.run(scenario())


async def test_rights_lost_during_a_replay_count_at_once(new_log: type[Any]) -> None:
    log = new_log()
    log.commit(2000, Audience(team_id=TEAM))
    async with replaying(log) as (_, registry, replayer):
        session, link = join(registry, Role.AGENT, TEAM, transport="sse", live=False)
        written = link.write

        def write(data: bytes) -> None:
            written(data)
            if len(link.writes) == 2:
                registry.rights_changed(Viewer(session.viewer.user_id, "Ana", Role.AGENT))

        link.write = write  # type: ignore[method-assign]
        await replayer.resume(session, ResumePoint(0))
    kinds = [frame["type"] for frame in told(link)]
    assert "message.received" not in kinds[kinds.index("reset") :]
    assert 0 < len(seqs(link)) < 2000


async def test_who_takes_nothing_is_cut(new_log: type[Any]) -> None:
    log = new_log()
    log.commit(1000)
    async with replaying(log) as (_, registry, replayer):
        session, link = join(registry, Role.ADMIN, transport="sse", live=False)
        link.readable = False
        await replayer.resume(session, ResumePoint(0))
        assert link.code is CloseCode.SLOW
        assert not session.live


async def test_a_log_that_cannot_be_read_sends_the_client_back(new_log: type[Any]) -> None:
    log = new_log()
    log.commit(1000)
    async with replaying(log, keep=5) as (_, registry, replayer):
        log.away = True
        session, link = join(registry, Role.ADMIN, transport="sse", live=False)
        await replayer.resume(session, ResumePoint(0))
        assert link.code is CloseCode.TRY_LATER
        assert not session.live


def test_one_too_far_behind_fetches_afresh() -> None:
    position = LogPosition("one", 1_000, 0)
    assert ResumePoint(900, "one").start(position, most=100) is Start.REPLAYED
    assert ResumePoint(899, "one").start(position, most=100) is Start.EXPIRED


async def test_a_log_trimmed_during_a_replay_means_fetching_afresh(new_log: type[Any]) -> None:
    log = new_log()
    log.commit(1000)
    async with replaying(log, keep=5) as (_, registry, replayer):
        log.events = [event for event in log.events if event.seq > 400]
        session, link = join(registry, Role.ADMIN, transport="sse", live=False)
        assert await replayer.resume(session, ResumePoint(100)) is Start.EXPIRED
        assert told(link) == [{"type": "reset", "reason": "expired", "seq": 1000}]
        assert session.live


async def test_a_crowd_coming_back_is_served_from_memory(new_log: type[Any]) -> None:
    log = new_log()
    log.commit(PAGE * 3)
    async with replaying(log) as (tail, registry, replayer):
        tail.poll = 3600.0
        await asyncio.sleep(0.02)
        reads = log.reads
        joined = [join(registry, Role.ADMIN, transport="sse", live=False) for _ in range(20)]
        await asyncio.gather(*(replayer.resume(session, ResumePoint(0)) for session, _ in joined))
        assert log.reads == reads
        assert all(len(seqs(link)) == PAGE * 3 for _, link in joined)


async def test_pages_do_not_stay(new_log: type[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "KEEP", 0.01)
    log = new_log()
    log.commit(10)
    async with replaying(log, keep=5) as (tail, registry, replayer):
        tail.poll = 3600.0
        await asyncio.sleep(0.02)
        for _ in range(2):
            reads = log.reads
            await replayer.resume(join(registry, live=False)[0], ResumePoint(0))
            assert log.reads > reads
            await asyncio.sleep(0.05)


async def test_what_is_no_longer_in_memory_is_read_once_for_a_crowd(new_log: type[Any]) -> None:
    log = new_log()
    log.commit(PAGE * 2)
    async with replaying(log, keep=5) as (tail, registry, replayer):
        tail.poll = 3600.0
        await asyncio.sleep(0.02)
        reads = log.reads
        joined = [join(registry, Role.ADMIN, transport="sse", live=False) for _ in range(20)]
        await asyncio.gather(*(replayer.resume(session, ResumePoint(0)) for session, _ in joined))
        assert all(len(seqs(link)) == PAGE * 2 for _, link in joined)
        assert log.reads - reads <= 2 * READERS
