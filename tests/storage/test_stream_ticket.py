import asyncio
from datetime import UTC, datetime

from hub.ids import uuid7
from hub.ports import TicketHolder
from storage.database import Database
from storage.stream_ticket import StreamTicketStore


async def holder(database: Database) -> TicketHolder:
    user_id = uuid7()
    async with database.acquire() as connection:
        await connection.execute(
            "insert into users (id, email, name, role, password_hash) values ($1, 'a@x.test', 'Ana', 'agent', 'x')",
            user_id,
        )
    return TicketHolder(user_id, uuid7(), 3, datetime(2026, 1, 5, 12, tzinfo=UTC))


async def test_a_ticket_is_good_once_however_many_try(database: Database) -> None:
    tickets, ana = StreamTicketStore(database), await holder(database)
    ticket = await tickets.issue(ana)
    found = await asyncio.gather(*(tickets.redeem(ticket) for _ in range(8)))
    assert sorted(found, key=str) == sorted([ana, *[None] * 7], key=str)
    assert await tickets.redeem("another") is None
    assert await tickets.redeem("\udcff") is None


async def test_an_expired_ticket_is_worth_nothing_and_is_cleared_away(database: Database) -> None:
    ana = await holder(database)
    expired = await StreamTicketStore(database, life=0.0).issue(ana)
    async with database.acquire() as connection:
        assert await connection.fetchval("select hash from stream_tickets") != expired.encode()
        await StreamTicketStore(database).issue(ana)
        assert await connection.fetchval("select count(*) from stream_tickets") == 1
    assert await StreamTicketStore(database).redeem(expired) is None
