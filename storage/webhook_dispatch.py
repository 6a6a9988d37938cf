"""Delivering to endpoints: the port `hub.webhook.dispatch.DispatchStore` in PostgreSQL.

The table is the queue. One replica at a time delivers to an endpoint, under a lease that a dead replica loses with its
advisory lock, so rows need no leases of their own.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from attrs import frozen

from hub.webhook.delivery import Due
from hub.webhook.dispatch import Filled, Held
from hub.webhook.endpoint import DisabledReason
from hub.webhook.retry import Answer, Decision
from storage.database import Database
from storage.sql import load
from storage.webhook_delivery import told_event


@frozen
class Sql:
    """The queries of `webhook_dispatch.sql`."""

    hold: str
    held: str
    fill: str
    due: str
    settle: str
    succeeded: str
    failed: str
    disable: str
    prune: str
    depth: str


SQL = load("webhook_dispatch.sql", Sql)

PER_LINE = 8
"""Deliveries of one line at one look, so that a busy conversation leaves room for the others."""

PRUNED = 2_000
"""Rows forgotten in one commit."""

PRUNES = 50
"""Such commits in a row; the rest waits for the next time."""


@frozen
class Depth:
    """What waits, over all endpoints: deliveries, since when, those given up, events that the one furthest behind has
    not been considered for, and how many endpoints there are."""

    pending: int
    oldest: datetime | None
    dead: int
    behind: int
    enabled: int
    disabled: int


@frozen
class Keeping:
    """How long settled deliveries are kept."""

    delivered: timedelta
    dead: timedelta


class WebhookDispatch:
    """What is to be delivered, for one replica. Every method raises Unavailable when the database is away."""

    def __init__(self, database: Database, replica: int, lease: timedelta, keeping: Keeping) -> None:
        self._database = database
        self._replica, self._lease, self._keeping = replica, lease, keeping

    async def _fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        async with self._database.acquire() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(query, *arguments)
        return rows

    async def hold(self) -> list[Held]:
        """Leases the enabled endpoints that nobody alive holds, keeps those of ours; answers all that are ours."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.hold, self._replica, self._lease)
            rows = await connection.fetch(SQL.held, self._replica)
        return [_held(row) for row in rows]

    async def fill(self, webhook_id: UUID, events: int, backlog: int) -> Filled | None:
        """Makes deliveries of the next events of the log and moves the cursor, in one commit."""
        rows = await self._fetch(SQL.fill, webhook_id, self._replica, events, backlog)
        return Filled(**rows[0]) if rows else None

    async def due(self, webhook_id: UUID, busy: Sequence[UUID], limit: int) -> list[Due]:
        """Pending deliveries of the lines that are not busy, in order, without those that wait for an earlier one."""
        return [_due(row) for row in await self._fetch(SQL.due, webhook_id, list(busy), PER_LINE, limit)]

    async def settle(self, webhook_id: UUID, id: UUID, answer: Answer, decision: Decision) -> None:
        """Notes how a try ended. One that was settled by somebody else meanwhile stays as it is."""
        latency = round(answer.seconds * 1000)
        await self._fetch(
            SQL.settle,
            webhook_id,
            id,
            decision.state.value,
            answer.status,
            answer.reason,
            latency,
            answer.excerpt or None,
            decision.retry_in,
        )

    async def succeeded(self, webhook_id: UUID) -> None:
        """The endpoint works: it is not failing any more."""
        await self._fetch(SQL.succeeded, webhook_id)

    async def failed(self, webhook_id: UUID, patience: float) -> bool:
        """The endpoint fails; disables it when it has for `patience` seconds, and says so."""
        async with self._database.transaction() as connection:
            enabled = await connection.fetchval(SQL.failed, webhook_id, patience)
            if enabled is False:
                await connection.execute(SQL.disable, webhook_id, DisabledReason.FAILING.value)
        return enabled is False

    async def disable(self, webhook_id: UUID, reason: DisabledReason) -> None:
        """Nothing is delivered any more until a person enables it."""
        await self._fetch(SQL.disable, webhook_id, reason.value)

    async def prune(self) -> None:
        """Forgets what was settled long ago."""
        for _ in range(PRUNES):
            rows = await self._fetch(SQL.prune, self._keeping.delivered, self._keeping.dead, PRUNED)
            if rows[0]["count"] < PRUNED:
                return

    async def depth(self) -> Depth:
        """What waits, over all endpoints."""
        return Depth(**(await self._fetch(SQL.depth))[0])


def _held(row: asyncpg.Record) -> Held:
    secrets = tuple(secret for secret in (row["secret"], row["previous_secret"]) if secret)
    return Held(row["id"], row["url"], secrets, row["seconds"], row["failing_since"], row["due"])


def _due(row: asyncpg.Record) -> Due:
    event = told_event(row) if row["seq"] is not None else None
    return Due(row["event_id"], row["line"], row["place"], row["kind"], row["attempts"], row["created_at"], event)
