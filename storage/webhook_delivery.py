"""Deliveries to endpoints in PostgreSQL, as administrators see them: the port `hub.webhook.delivery.Deliveries`."""

from datetime import datetime
from uuid import UUID

import asyncpg
from attrs import frozen

from hub.events import Audience, Event
from hub.webhook.delivery import REPLAY_MOST, TEST, Delivery, DeliveryState, Replayed
from storage.database import Connection, Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `webhook_delivery.sql`."""

    page: str
    page_in: str
    find: str
    event: str
    again: str
    again_from: str
    log: str
    moment: str
    test: str


SQL = load("webhook_delivery.sql", Sql)


def _delivery(row: asyncpg.Record) -> Delivery:
    return Delivery(
        id=row["event_id"],
        seq=row["seq"],
        type=row["type"],
        conversation_id=row["conversation_id"],
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        next_try_at=row["next_try_at"],
        last_try_at=row["last_try_at"],
        last_status=row["last_status"],
        last_reason=row["last_reason"],
        latency_ms=row["latency_ms"],
        created_at=row["created_at"],
        response=row.get("response"),
    )


def told_event(row: asyncpg.Record) -> Event:
    """An event as receivers are told of it: without who else may see it."""
    return Event(
        row["seq"],
        row["id"],
        row["type"],
        row["at"],
        row["conversation_id"],
        row["conversation_seq"],
        row["version"],
        Audience(),
        row["actor"],
        row["data"],
    )


class DeliveryStore:
    """The deliveries; see the port for what each method raises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, webhook_id: UUID, state: DeliveryState | None, after: tuple[datetime, UUID] | None, limit: int
    ) -> list[Delivery]:
        """An endpoint's deliveries, the newest first, beginning after a (created_at, id)."""
        async with self._database.acquire() as connection:
            query = SQL.page if state is None else SQL.page_in
            wanted = () if state is None else (state.value,)
            rows = await connection.fetch(query, webhook_id, *(after or (None, None)), limit, *wanted)
        return [_delivery(row) for row in rows]

    async def find(self, webhook_id: UUID, id: UUID) -> Delivery | None:
        """One of them, with what the receiver answered."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.find, webhook_id, id)
        return _delivery(row) if row else None

    async def event(self, delivery: Delivery) -> Event | None:
        """What it tells of, while the log holds it."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.event, delivery.seq, delivery.id)
        return told_event(row) if row else None

    async def again(self, webhook_id: UUID, id: UUID) -> Delivery | None:
        """Makes it pending and due now, with all its tries."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.again, webhook_id, id)
        return _delivery(row) if row else None

    async def again_from(self, webhook_id: UUID, start: int | datetime, *, dead_only: bool) -> Replayed:
        """The same for the endpoint's events from a number or a moment to its cursor, at most REPLAY_MOST."""
        async with self._database.transaction() as connection:
            first = start if isinstance(start, int) else await _first_since(connection, start)
            row = await connection.fetchrow(SQL.again_from, webhook_id, first, REPLAY_MOST, dead_only)
        return Replayed(row["count"], row["last_seq"], row["count"] >= REPLAY_MOST)

    async def test(self, webhook_id: UUID, id: UUID) -> Delivery | None:
        """A new delivery of the type TEST."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.test, webhook_id, id, TEST)
        return _delivery(row) if row else None


async def _first_since(connection: Connection, moment: datetime) -> int:
    """The number of the first event that is not older. Numbers rise with time, so halving the log finds it without an
    index; where clocks of replicas differ, it is off by as much."""
    log = await connection.fetchrow(SQL.log)
    low, high = log["first"], log["last"] + 1
    while low < high:
        middle = (low + high) // 2
        at = await connection.fetchval(SQL.moment, middle)
        if at is not None and at >= moment:
            high = middle
        else:
            low = middle + 1
    return int(low)
