"""Forgetting what nobody asks for any more: each kind after its time, in portions that hold nobody up."""

from datetime import timedelta
from functools import partial

from attrs import frozen

from storage.database import Database
from storage.portions import in_portions
from storage.sql import load


@frozen
class Sql:
    """The queries of `retention.sql`."""

    reports: str
    amendments: str
    quarantine: str
    channel_events: str
    transactions: str
    trim: str
    events: str


SQL = load("retention.sql", Sql)


@frozen
class Keeping:
    """How long things are kept: reports and amendments whose message is not known (`unmatched`), what could not be
    understood, the event log, and transactions that have ended."""

    unmatched: timedelta
    quarantine: timedelta
    events: timedelta
    transactions: timedelta


class Retention:
    """What no other store forgets by itself. Every method answers how many rows it forgot, and raises Unavailable when
    the database is away."""

    def __init__(self, database: Database, keeping: Keeping) -> None:
        self._database, self._keeping = database, keeping

    async def prune(self) -> int:
        """Forgets what came from outside and is of no use any more, and old events."""
        keeping, count = self._keeping, 0
        for query, kept in (
            (SQL.reports, keeping.unmatched),
            (SQL.amendments, keeping.unmatched),
            (SQL.quarantine, keeping.quarantine),
            (SQL.channel_events, keeping.quarantine),
        ):
            count += await in_portions(partial(self._count, query, kept))
        return count + await in_portions(self._trim)

    async def prune_transactions(self) -> int:
        """Forgets drafts that ended long ago, with their consents, tokens and approvals. The audit keeps its rows."""
        return await in_portions(partial(self._count, SQL.transactions, self._keeping.transactions))

    async def _trim(self, portion: int) -> int:
        """Two commits: the numbers are given up first, so that nobody is shown a part of what is being deleted."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.trim, self._keeping.events, portion)
        return await self._count(SQL.events)

    async def _count(self, query: str, *arguments: object) -> int:
        async with self._database.acquire() as connection:
            count: int = await connection.fetchval(query, *arguments)
        return count
