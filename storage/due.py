"""Finding conversations for which a moment has come."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from attrs import frozen

from storage.database import Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `due.sql`."""

    snoozed: str
    over: str


SQL = load("due.sql", Sql)


class DueConversations:
    """The port `hub.ports.DueStore`. `reopen_windows` are those of the channels by name; conversations of a channel
    that is not configured any more stay resolved."""

    def __init__(self, database: Database, reopen_windows: Mapping[str, timedelta]) -> None:
        self._database = database
        self._reopen_windows = dict(reopen_windows)

    async def due(self, now: datetime, limit: int) -> list[UUID]:
        """Those whose snooze or reopen window is over, at most `limit` of each."""
        channels = list(self._reopen_windows)
        before = [now - window for window in self._reopen_windows.values()]
        async with self._database.acquire() as connection:
            snoozed = await connection.fetch(SQL.snoozed, now, limit)
            over = await connection.fetch(SQL.over, channels, before, limit)
        return [row["id"] for row in (*snoozed, *over)]
