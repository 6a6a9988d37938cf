"""Requests for approval in PostgreSQL: the port `hub.transaction.store.ApprovalStore`."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from attrs import frozen

from hub.clock import from_rfc3339
from hub.money import Money
from hub.rights import Reader
from hub.transaction.approval import ApprovalState, Card
from storage.database import Connection, Database
from storage.sql import load
from storage.transaction_row import to_approval


@frozen
class Sql:
    """The queries of `approval.sql`."""

    card: str
    find: str
    pending: str
    all: str


SQL = load("approval.sql", Sql)


class ApprovalRows:
    """The requests. Every method raises Unavailable when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, reader: Reader, state: ApprovalState | None, after: tuple[str, UUID] | None, limit: int
    ) -> list[Card]:
        """The reader's: pending ones by amount, the largest first; others the newest first."""
        rights = reader.user_id, reader.all, list(reader.team_ids)
        if state is ApprovalState.PENDING:
            place: tuple[Any, Any] = (int(after[0]), after[1]) if after else (None, None)
            return await self._cards(SQL.pending, *rights, *place, limit)
        moment: datetime | None = from_rfc3339(after[0]) if after else None
        return await self._cards(
            SQL.all, *rights, state.value if state else None, moment, after[1] if after else None, limit
        )

    async def find(self, reader: Reader, approval_id: UUID) -> Card | None:
        """One that the reader may see."""
        found = await self._cards(SQL.find, approval_id, reader.user_id, reader.all, list(reader.team_ids))
        return found[0] if found else None

    async def _cards(self, query: str, *arguments: Any) -> list[Card]:
        async with self._database.acquire() as connection:
            return [_card(row) for row in await connection.fetch(query, *arguments)]


async def card(connection: Connection, approval_id: UUID) -> Card:
    """The card of a request, within somebody's transaction."""
    return _card(await connection.fetchrow(SQL.card, approval_id))


def _card(row: asyncpg.Record) -> Card:
    return Card(
        approval=to_approval(row, "a_"),
        conversation_id=row["conversation_id"],
        conversation_number=row["number"],
        customer_id=row["customer_id"],
        customer_name=row["customer_name"],
        team_id=row["team_id"],
        assignee_id=row["assignee_id"],
        amount=Money(row["amount_minor"], row["currency"]),
        description=row["description"],
        risk=tuple(row["risk"]),
    )
