"""Customers' streams: cut down, in order, and the same after a cut as without one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from actors.event_ring import EventRing
from actors.event_tail import EventTail
from actors.inbox_streams import InboxReplayer, InboxStreams, InboxViewer
from actors.replay import PAGE, ResumePoint, Start
from actors.session import Session
from actors.session_registry import SessionRegistry
from hub.chat_app.inbox import AppCustomer, Inbox
from hub.events import Audience, Ephemeral, EphemeralType, Event
from hub.frame import ephemeral_frame, event_frame
from hub.ids import uuid7
from tests.actors.realtime_links import Counts, MemoryLink

MINE, THEIRS = Inbox(AppCustomer("app", "c-1"), uuid7()), Inbox(AppCustomer("app", "c-2"), uuid7())
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
MESSAGE = {
    "message_id": "m", "conversation_id": "c", "conversation_seq": 1, "channel_message_id": "x", "direction": "inbound",
    "sender": {"type": "customer", "name": "Bo"}, "content": {"type": "text", "text": "Hello", "metadata": {}},
    "timestamp": "", "status": "received", "status_at": {}, "reply_to": None, "reactions": [], "edited_at": None,
    "deleted_at": None,
}  # fmt: skip
DATA = {"message": MESSAGE, "conversation": {"id": "c", "number": 1001}}
TOLD = {"message.received", "message.updated"}


def events(count: int, after: int = 0) -> list[Event]:
    """Events of two inboxes and of none; some are not for customers."""
    inboxes = (MINE.id, None, THEIRS.id, MINE.id)
    types = ("message.received", "note.created", "message.updated")
    return [
        Event(n, uuid7(), types[n % 3], NOON, uuid7(), 1, 1, Audience(uuid7(), inbox_id=inboxes[n % 4]), None, DATA)
        for n in range(after + 1, after + count + 1)
    ]


def mine(log: Any, after: int = 0) -> list[int]:
    """The numbers of what is told to MINE."""
    return [e.seq for e in log.events if e.seq > after and e.audience.inbox_id == MINE.id and e.type in TOLD]


def join(registry: SessionRegistry, inbox: Inbox = MINE) -> tuple[Session, MemoryLink]:
    """A customer's device."""
    link = MemoryLink("sse")
    session = Session(InboxViewer.of(inbox), link)
    registry.add(session)
    return session, link


def seqs(link: MemoryLink) -> list[int]:
    lines = b"".join(link.writes).split(b"\n")
    frames = [orjson.loads(line[6:]) for line in lines if line.startswith(b"data: ")]
    return [frame["seq"] for frame in frames if "id" in frame]


@pytest.fixture
def log(new_log: Any) -> Any:
    """A log that can be asked for one inbox's events."""

    class InboxLog(new_log):  # type: ignore[misc]
        asked = 0

        async def of_inbox(self, inbox_id: Any, cursor: int, upto: int, limit: int) -> list[Event] | None:
            await self._read()
            self.asked += 1
            found = [e for e in self.events if cursor < e.seq <= upto and e.audience.inbox_id == inbox_id]
            await asyncio.sleep(0)
            return None if self.trimmed > cursor else found[:limit]

    return InboxLog()


@asynccontextmanager
async def replaying(log: Any, keep: int = 10_000) -> AsyncIterator[tuple[EventTail, SessionRegistry, InboxReplayer]]:
    registry = SessionRegistry(Counts())
    tail = EventTail(log, InboxStreams(registry).publish, registry.reset, poll=0.005, ring=EventRing(keep))
    task = asyncio.create_task(tail.run())
    try:
        await tail.opened()
        yield tail, registry, InboxReplayer(tail, log, registry, log)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_each_inbox_is_told_what_is_its_own() -> None:
    registry = SessionRegistry(Counts())
    (one, phone), (two, tablet), (_, other) = join(registry), join(registry), join(registry, THEIRS)
    for session in registry.sessions():
        registry.go_live(session)
    made = events(24)
    streams = InboxStreams(registry)
    streams.publish([event_frame(event) for event in made])
    await asyncio.sleep(0)
    wanted = [e.seq for e in made if e.audience.inbox_id == MINE.id and e.type in TOLD]
    assert seqs(phone) == seqs(tablet) == wanted
    assert set(seqs(other)).isdisjoint(wanted)
    assert one.viewer == two.viewer
    audience = Audience(uuid7(), inbox_id=MINE.id)
    for type in (EphemeralType.AGENT_TYPING, EphemeralType.CONVERSATION_VIEWING):
        streams.signal(ephemeral_frame(Ephemeral(type, NOON, uuid7(), audience, {"type": "agent", "name": "Ana"}, {})))
    await asyncio.sleep(0)
    assert b"agent.typing" in phone.writes[-1]
    assert b"viewing" not in b"".join(phone.writes)
    assert b"agent.typing" not in b"".join(other.writes)


@pytest.mark.parametrize("keep", [10_000, 50])
async def test_what_was_missed_comes_from_memory_or_from_the_inboxs_own_events(log: Any, keep: int) -> None:
    log.events = events(8 * PAGE)
    async with replaying(log, keep) as (_, registry, replayer):
        session, link = join(registry)
        assert await replayer.resume(session, ResumePoint(3)) is Start.REPLAYED
        assert seqs(link) == mine(log, 3)
        assert (log.asked == 0) is (keep > len(log.events))
        assert b'"resumed"' in link.writes[-1]


async def test_what_passes_during_a_replay_comes_once(log: Any) -> None:
    log.events = events(1000)
    async with replaying(log, 50) as (_, registry, replayer):
        session, link = join(registry)
        resuming = asyncio.create_task(replayer.resume(session, ResumePoint(0)))
        for _ in range(20):
            log.events += events(10, log.head)
            await asyncio.sleep(0.003)
        await resuming
        async with asyncio.timeout(10):
            while seqs(link) != mine(log):
                await asyncio.sleep(0.005)


async def test_what_is_no_longer_kept_is_said_to_be(log: Any) -> None:
    log.events = events(100)
    log.trim(40)
    async with replaying(log, 10) as (_, registry, replayer):
        session, link = join(registry)
        assert await replayer.resume(session, ResumePoint(20)) is Start.EXPIRED
        assert (seqs(link), b'"reset"' in link.writes[-1]) == ([], True)
        log.trimmed = 60  # trimmed since the log was last looked at
        session, link = join(registry)
        assert await replayer.resume(session, ResumePoint(50)) is Start.EXPIRED
