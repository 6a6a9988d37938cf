"""Endpoints of others in PostgreSQL: the port `hub.webhook.endpoint.Endpoints`."""

from datetime import datetime
from uuid import UUID

import asyncpg
from attrs import frozen

from hub.errors import Invalid, NotFound, StaleVersion
from hub.ids import uuid7
from hub.webhook.endpoint import MOST, DisabledReason, Endpoint, Wanted
from storage.database import Connection, Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `webhook.sql`."""

    page: str
    find: str
    create: str
    change: str
    rotate: str
    delete: str


SQL = load("webhook.sql", Sql)


def _endpoint(row: asyncpg.Record) -> Endpoint:
    reason = row["disabled_reason"]
    return Endpoint(
        id=row["id"],
        url=row["url"],
        description=row["description"],
        event_types=tuple(row["event_types"]),
        team_id=row["team_id"],
        enabled=row["enabled"],
        disabled_reason=DisabledReason(reason) if reason else None,
        disabled_at=row["disabled_at"],
        failing_since=row["failing_since"],
        previous_until=row["previous_until"],
        cursor=row["cursor"],
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


class EndpointStore:
    """The endpoints; see the port for what each method raises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, after: tuple[datetime, UUID] | None, limit: int) -> list[Endpoint]:
        """Endpoints, the oldest first, beginning after a (created_at, id)."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL.page, *(after or (None, None)), limit)
        return [_endpoint(row) for row in rows]

    async def find(self, webhook_id: UUID) -> Endpoint | None:
        """The endpoint, if there is one."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.find, webhook_id)
        return _endpoint(row) if row else None

    async def create(self, wanted: Wanted, secret: str) -> Endpoint:
        """A new one, told of what happens from now on."""
        webhook_id = uuid7()
        async with self._database.transaction() as connection:
            given = (wanted.url, wanted.description, list(wanted.event_types), wanted.team_id, wanted.enabled)
            done = await connection.execute(SQL.create, webhook_id, *given, MOST, secret)
            if done == "INSERT 0 0":
                raise Invalid(f"There are {MOST} webhooks already. Remove one first.")
            return await _reread(connection, webhook_id)

    async def change(self, webhook_id: UUID, version: int | None, wanted: Wanted) -> Endpoint:
        """Makes it so."""
        async with self._database.transaction() as connection:
            given = (wanted.url, wanted.description, list(wanted.event_types), wanted.team_id, wanted.enabled)
            changed = await connection.fetchval(SQL.change, webhook_id, version, *given)
            endpoint = await _reread(connection, webhook_id)
            if changed is None:
                raise StaleVersion
            return endpoint

    async def rotate(self, webhook_id: UUID, secret: str, overlap: float) -> Endpoint:
        """Gives it a new secret; the one before signs for `overlap` seconds more."""
        async with self._database.transaction() as connection:
            await connection.execute(SQL.rotate, webhook_id, secret, overlap)
            return await _reread(connection, webhook_id)

    async def delete(self, webhook_id: UUID) -> None:
        """Removes it with its deliveries."""
        async with self._database.acquire() as connection:
            if await connection.fetchval(SQL.delete, webhook_id) is None:
                raise NotFound


async def _reread(connection: Connection, webhook_id: UUID) -> Endpoint:
    row = await connection.fetchrow(SQL.find, webhook_id)
    if row is None:
        raise NotFound
    return _endpoint(row)
