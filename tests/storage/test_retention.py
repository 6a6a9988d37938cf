"""What nobody asks for any more is forgotten after its time, and nothing else."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from hub.errors import Unavailable
from storage import retention
from storage.database import Database
from storage.event import EventLog
from storage.retention import Keeping, Retention

DAY = timedelta(days=1)
KEEPING = Keeping(unmatched=DAY, quarantine=30 * DAY, events=10 * DAY)


async def execute(database: Database, statement: str, *arguments: Any) -> None:
    async with database.acquire() as connection:
        await connection.execute(statement, *arguments)


async def column(database: Database, statement: str) -> list[Any]:
    async with database.acquire() as connection:
        return [row[0] for row in await connection.fetch(statement)]


async def report(database: Database, name: str, days: int, message_id: UUID | None = None) -> None:
    await execute(
        database,
        "insert into delivery_reports (channel, provider_id, status, at, message_id, report, received_at)"
        " values ('phone', $1, 'sent', now(), $2, '{}', now() - make_interval(days => $3))",
        name,
        message_id,
        days,
    )


async def log(database: Database, *days: int) -> None:
    """Events of so many days ago, numbered from 1."""
    for seq, age in enumerate(days, 1):
        await execute(
            database,
            "insert into events (seq, id, type, at, data)"
            " values ($1, $2, 'queue.updated', now() - make_interval(days => $3), '{}')",
            seq,
            uuid4(),
            age,
        )
    await execute(database, "update journal_head set seq = $1", len(days))


async def test_reports_on_messages_that_never_came_are_forgotten(database: Database) -> None:
    await report(database, "old", 2)
    await report(database, "new", 0)
    await report(database, "known", 2, uuid4())
    await Retention(database, KEEPING).prune()
    assert sorted(await column(database, "select provider_id from delivery_reports")) == ["known", "new"]


@pytest.mark.parametrize(
    ("table", "columns", "values", "age"),
    [
        ("quarantine", "id, channel, reason, payload, received_at", "$1, 'phone', 'odd', '', now() - $2::interval", 31),
        ("channel_events", "id, channel, field, payload, at", "$1, 'phone', 'account', '{}', now() - $2::interval", 31),
    ],
)
async def test_what_is_kept_for_a_look_is_forgotten_after_its_time(
    database: Database, table: str, columns: str, values: str, age: int
) -> None:
    old, new = uuid4(), uuid4()
    for id, days in ((old, age), (new, age - 2)):
        await execute(database, f"insert into {table} ({columns}) values ({values})", id, timedelta(days=days))
    await Retention(database, KEEPING).prune()
    assert await column(database, f"select id from {table}") == [new]


async def test_the_log_is_trimmed_and_says_so(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "PORTION", 2)
    await log(database, 20, 19, 18, 17, 16, 9, 1, 0)
    await Retention(database, KEEPING).prune()
    position = await EventLog(database).position()
    assert (position.trimmed, position.head) == (5, 8)
    assert await column(database, "select seq from events order by seq") == [6, 7, 8]


async def test_a_young_log_is_left_alone(database: Database) -> None:
    await log(database, 9, 0)
    await Retention(database, KEEPING).prune()
    assert (await EventLog(database).position()).trimmed == 0


async def test_an_away_database_is_said(database: Database) -> None:
    await database.close()
    with pytest.raises(Unavailable):
        await Retention(database, KEEPING).prune()
