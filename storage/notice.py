"""Notices in PostgreSQL: the port `hub.notice.NoticeQueue`. They are written with their alerts (`storage.alert`)."""

from datetime import timedelta
from uuid import UUID

from attrs import frozen

from hub.notice import Carried, Notice, NoticeChannel
from storage.database import Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `notice.sql`."""

    take: str
    settle: str
    waiting: str


SQL = load("notice.sql", Sql)

LEASE = timedelta(seconds=60)
"""Time in which a try must end; after it another replica tries. One that arrived meanwhile arrives twice."""


class NoticeStore:
    """What is to be carried. Every method raises Unavailable when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, limit: int) -> list[Notice]:
        """Those whose turn it is, leased to us."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL.take, limit, LEASE)
        return [Notice(**{**dict(row), "channel": NoticeChannel(row["channel"])}) for row in rows]

    async def settle(self, notice_id: UUID, carried: Carried, pause: timedelta, problem: str | None) -> None:
        """Notes how a try ended."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.settle, notice_id, carried.value, pause, problem)

    async def waiting(self) -> dict[str, int]:
        """How many wait, of each channel."""
        async with self._database.acquire() as connection:
            return {row["channel"]: row["notices"] for row in await connection.fetch(SQL.waiting)}
