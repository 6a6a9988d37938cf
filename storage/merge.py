"""Merges of conversations that were interrupted, in PostgreSQL: the port `hub.conversation.merge.Merges`."""

from datetime import timedelta
from uuid import UUID

from attrs import frozen

from hub.conversation.merge import Unfinished
from storage.database import Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `merge.sql`."""

    take: str
    drop: str


SQL = load("merge.sql", Sql)


class MergeStore:
    """The table keeps itself: rows come and go with the commits of the two conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, idle: timedelta, limit: int) -> list[Unfinished]:
        """Those that nobody has set about for a while."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL.take, idle, limit)
        return [Unfinished(row["source_id"], row["into_id"], row["waiting_since"]) for row in rows]

    async def drop(self, source_id: UUID) -> None:
        """There is nobody to take over."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.drop, source_id)
