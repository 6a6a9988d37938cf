"""Queues counted in PostgreSQL: the port `hub.queue.Queues`."""

from uuid import UUID

from attrs import frozen

from hub.queue import Queue
from hub.rights import Reader
from storage.database import Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `queue.sql`."""

    page: str
    head: str


SQL = load("queue.sql", Sql)


class QueueCounts:
    """The queues of this moment."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, reader: Reader, after: tuple[str, UUID] | None, limit: int) -> tuple[list[Queue], int]:
        """The queues of the reader's teams, by name."""
        who = reader.all, list(reader.team_ids)
        async with self._database.acquire() as connection:
            head = await connection.fetchval(SQL.head)
            rows = await connection.fetch(SQL.page, *who, *(after or (None, None)), limit)
        return [Queue(**dict(row)) for row in rows], head
