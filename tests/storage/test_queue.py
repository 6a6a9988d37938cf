"""Queues are counted as the rows say, for whoever asks."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from hub.ids import uuid7
from hub.queue import Queue
from hub.rights import Reader, Role
from storage.database import Database
from storage.queue import QueueCounts

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
ANA, ONE, TWO, THREE = uuid7(), uuid7(), uuid7(), uuid7()
TALKS: list[tuple[UUID | None, str, bool, int | None]] = [
    # Of a team, in a status, taken or not, waiting since so many minutes after noon.
    (ONE, "open", False, 7),
    (ONE, "open", True, 5),
    (ONE, "open", False, None),
    (ONE, "resolved", False, 1),
    (TWO, "snoozed", True, 1),
    (None, "open", False, 9),
    (None, "pending", False, 1),
]
FIRST = Queue(ONE, "First", 3, 2, 2, NOON + timedelta(minutes=5))
SECOND, THIRD = Queue(TWO, "Second", 0, 0, 0, None), Queue(THREE, "Third", 0, 0, 0, None)
NONE = Queue(None, None, 1, 1, 1, NOON + timedelta(minutes=9))


@pytest.fixture
async def queues(database: Database) -> QueueCounts:
    async with database.acquire() as connection:
        await connection.execute(
            "insert into users (id, email, name, role, password_hash) values ($1, 'a@example.com', 'Ana', 'agent', '')",
            ANA,
        )
        for id, name in ((THREE, "Third"), (TWO, "Second"), (ONE, "First")):
            await connection.execute("insert into teams (id, name) values ($1, $2)", id, name)
        for number, talk in enumerate(TALKS):
            await _store(connection, number, *talk)
    return QueueCounts(database)


async def _store(
    connection: Any, number: int, team_id: UUID | None, status: str, taken: bool, waiting: int | None
) -> None:
    customer_id = await connection.fetchval("insert into customers (id) values ($1) returning id", uuid7())
    since = None if waiting is None else NOON + timedelta(minutes=waiting)
    await connection.execute(
        """insert into conversations (id, number, channel, channel_type, customer_id, status, team_id, assignee_id,
            waiting_since, version, revision, last_change, created_at, updated_at)
        values ($1, $2, 'app', 'chat_app', $3, $4, $5, $6, $7, 1, 1, $1, now(), now())""",
        uuid7(),
        number,
        customer_id,
        status,
        team_id,
        ANA if taken else None,
        since,
    )


async def test_one_who_sees_all_sees_all(queues: QueueCounts) -> None:
    found, seq = await queues.page(Reader(ANA, Role.ADMIN, frozenset()), None, 10)
    assert (found, seq) == ([NONE, FIRST, SECOND, THIRD], 0)


async def test_others_see_those_of_their_teams(queues: QueueCounts) -> None:
    boss = Reader(ANA, Role.SUPERVISOR, frozenset({ONE, THREE}))
    assert (await queues.page(boss, None, 10))[0] == [FIRST, THIRD]
    assert (await queues.page(Reader(ANA, Role.SUPERVISOR, frozenset()), None, 10))[0] == []


async def test_page_by_page(queues: QueueCounts) -> None:
    everybody, found, after = Reader(ANA, Role.ADMIN, frozenset()), list[Queue](), None
    while page := (await queues.page(everybody, after, 1))[0]:
        found += page
        after = page[-1].place
    assert found == [NONE, FIRST, SECOND, THIRD]
