"""The outbox: what is to be sent, who is about to send it, and until when that counts.

Leases are dated by the database's clock. A replica proves that it lives by an advisory lock on its writer's
connection, so that what a dead one held is free at once and not only when the lease lapses.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from attrs import frozen

from hub.conversation.effects import OutboxRow
from hub.outbox import Claimed
from storage.database import Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `outbox.sql`."""

    claim: str
    claim_next: str
    sending: str
    release: str
    depth: str


SQL = load("outbox.sql", Sql)


def _claimed(row: asyncpg.Record) -> Claimed:
    return Claimed(
        OutboxRow(
            id=row["id"],
            channel=row["channel"],
            conversation_id=row["conversation_id"],
            seq=row["seq"],
            attempt=row["attempt"],
            payload=row["payload"],
            message_id=row["message_id"],
            lane=row["lane"],
            token=row["lease_token"],
            tries=row["tries"],
        ),
        interrupted=row["interrupted"],
    )


class Outbox:
    """The outbox as one replica sees it. Every method raises Unavailable when the database is away."""

    def __init__(self, database: Database, replica: int, lease: timedelta) -> None:
        self._database = database
        self._replica = replica
        self._lease = lease

    async def _fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        async with self._database.acquire() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(query, *arguments)
        return rows

    async def claim(self, channel: str, limit: int) -> list[Claimed]:
        """Leases the first unsent row of each conversation, where it is due and nobody alive holds it."""
        return [_claimed(row) for row in await self._fetch(SQL.claim, channel, limit, self._replica, self._lease)]

    async def claim_next(self, conversation_id: UUID) -> Claimed | None:
        """Leases the conversation's first unsent row, if it is due and free."""
        rows = await self._fetch(SQL.claim_next, conversation_id, self._replica, self._lease)
        return _claimed(rows[0]) if rows else None

    async def sending(self, rows: Sequence[OutboxRow]) -> set[UUID]:
        """Marks rows as being sent; answers which of them still are ours."""
        ids, tokens = [row.id for row in rows], [row.token for row in rows]
        return {row["id"] for row in await self._fetch(SQL.sending, ids, tokens, self._lease)}

    async def release(self, channel: str) -> None:
        """Hands back what this replica holds and is not sending."""
        await self._fetch(SQL.release, channel, self._replica)

    async def depth(self) -> list[tuple[str, int, datetime]]:
        """Per channel with anything unsent: how many, and since when."""
        return [(row["channel"], row["pending"], row["oldest"]) for row in await self._fetch(SQL.depth)]
