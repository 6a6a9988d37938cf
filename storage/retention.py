"""Forgetting what nobody asks for any more: each kind after its time, in portions that hold nobody up."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from attrs import frozen

from storage.database import Database
from storage.sql import load

PORTION = 1_000
"""Rows of one kind forgotten in one commit."""

ROUNDS = 100
"""Commits of one kind in one round of pruning; what is left is forgotten in the next."""


@frozen
class Sql:
    """The queries of `retention.sql`."""

    reports: str
    amendments: str
    quarantine: str
    channel_events: str
    trim: str
    events: str


SQL = load("retention.sql", Sql)


@frozen
class Keeping:
    """How long things are kept: reports and amendments whose message is not known (`unmatched`), what could not be
    understood, and the event log."""

    unmatched: timedelta
    quarantine: timedelta
    events: timedelta


class Retention:
    """What no other store forgets by itself."""

    def __init__(self, database: Database, keeping: Keeping) -> None:
        self._database, self._keeping = database, keeping

    async def prune(self) -> None:
        """Forgets what is due. Raises Unavailable when the database is away."""
        keeping = self._keeping
        for query, kept in (
            (SQL.reports, keeping.unmatched),
            (SQL.amendments, keeping.unmatched),
            (SQL.quarantine, keeping.quarantine),
            (SQL.channel_events, keeping.quarantine),
        ):
            await _in_portions(partial(self._count, query, kept, PORTION))
        await _in_portions(self._trim)

    async def _trim(self) -> int:
        """Two commits: the numbers are given up first, so that nobody is shown a part of what is being deleted."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.trim, self._keeping.events, PORTION)
        return await self._count(SQL.events)

    async def _count(self, query: str, *arguments: object) -> int:
        async with self._database.acquire() as connection:
            count: int = await connection.fetchval(query, *arguments)
        return count


async def _in_portions(forget: Callable[[], Awaitable[int]]) -> None:
    for _ in range(ROUNDS):
        if await forget() < PORTION:
            return
