"""Calls of tools in PostgreSQL: the port `hub.ai.limits.ToolCalls`."""

from datetime import timedelta
from uuid import UUID

from attrs import frozen

from hub.ai.limits import CallRefused, Counted, Limit, Limits, Standing, standing
from storage.database import Database
from storage.portions import in_portions
from storage.sql import load

SUSPICION = timedelta(days=1)
"""For how long a conversation is remembered in which something suspicious was tried."""

KEPT = timedelta(days=7)
"""For how long calls are kept; the audit keeps them for good."""


@frozen
class Sql:
    """The queries of `tool_call.sql`."""

    take: str
    settle: str
    suspicions: str
    prune: str


SQL = load("tool_call.sql", Sql)


def _span(limit: Limit) -> timedelta:
    return timedelta(seconds=limit.window)


class ToolCallStore:
    """The calls of the last days. Every method raises Unavailable when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, call: Counted, limits: Limits) -> Standing:
        """Counts a call; answers how the conversation's limit stands then. Raises CallRefused."""
        three = (limits.principal, limits.customer, limits.conversation)
        spans = [part for limit in three for part in (limit.most, _span(limit))]
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(
                SQL.take, call.call_id, call.conversation_id, call.customer_id, call.principal, call.tool, *spans
            )
        limit = next(limit for limit in three if limit.name == row["of_limit"])
        stands = standing(limit, row["remaining"], row["reset_s"])
        if row["refused"]:
            raise CallRefused(stands)
        return stands

    async def settle(self, call_id: UUID, outcome: str) -> None:
        """Notes how a call ended."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.settle, call_id, outcome)

    async def suspicions(self, conversation_id: UUID) -> int:
        """How often something suspicious was tried in the conversation within a day."""
        async with self._database.acquire() as connection:
            count: int = await connection.fetchval(SQL.suspicions, conversation_id, SUSPICION)
        return count

    async def prune(self) -> int:
        """Forgets calls that no limit and no suspicion looks back to; answers how many."""
        return await in_portions(self._forget)

    async def _forget(self, portion: int) -> int:
        async with self._database.acquire() as connection:
            count: int = await connection.fetchval(SQL.prune, KEPT, portion)
        return count
