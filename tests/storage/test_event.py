from datetime import UTC, datetime, timedelta

import pytest

from hub.conversation.effects import Effects, NewEvent
from hub.errors import Unavailable
from hub.events import Audience
from hub.ids import uuid7
from hub.journal import Change
from storage.database import Database
from storage.event import EventLog
from storage.journal import Journal

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


async def test_events_are_read_as_they_were_committed(database: Database) -> None:
    audience = Audience(uuid7(), uuid7(), uuid7())
    actor = {"type": "agent", "id": str(uuid7()), "name": "Ana"}
    events = [
        NewEvent(uuid7(), "message.received", NOON, audience, {"text": "é"}, uuid7(), 7, 3, actor),
        NewEvent(uuid7(), "internal.message", NOON, Audience(members=(uuid7(), uuid7())), {}),
        *[NewEvent(uuid7(), "queue.updated", NOON, Audience(), {}) for _ in range(3)],
    ]
    journal = Journal(database, 1, timedelta(seconds=30))
    _, commits = await journal.append([Change(uuid7(), Effects(events=events))])
    await journal.close()
    log = EventLog(database)
    position = await log.position()
    assert (position.head, position.trimmed) == (5, 0)
    assert await log.after(0, 100) == list(commits[0].events)
    assert [event.seq for event in await log.after(2, 2)] == [3, 4]
    assert [event.seq for event in await log.between(1, 3, 100)] == [2, 3]


async def test_the_epoch_names_the_server_and_its_history(database: Database) -> None:
    log = EventLog(database)
    async with database.acquire() as connection:
        system = await connection.fetchval("select system_identifier from pg_control_system()")
    epoch = (await log.position()).epoch
    assert epoch == f"{system}-00000001"


async def test_without_a_database_it_is_unavailable(database_url: str) -> None:
    with pytest.raises(Unavailable):
        await EventLog(Database(database_url)).position()
