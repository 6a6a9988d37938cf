"""The event log for those who read it: where it stands, and what came after a number."""

from uuid import UUID

import asyncpg
from attrs import frozen

from hub.events import Audience, Event
from hub.ports import LogPosition
from storage.database import Database
from storage.sql import load


@frozen
class EventQueries:
    """The queries of event.sql."""

    position: str
    after: str
    between: str
    of_inbox: str


_SQL = load("event.sql", EventQueries)


def to_event(row: asyncpg.Record) -> Event:
    """A row of the log."""
    return Event(
        row["seq"],
        row["id"],
        row["type"],
        row["at"],
        row["conversation_id"],
        row["conversation_seq"],
        row["version"],
        Audience(
            row["team_id"],
            row["assignee_id"],
            row["audience_user_id"],
            row["inbox_id"],
            tuple(row["audience_members"] or ()),
        ),
        row["actor"],
        row["data"],
    )


class EventLog:
    """The event log in PostgreSQL: the port `hub.ports.EventStore`. Raises Unavailable when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def position(self) -> LogPosition:
        """Epoch, newest number and what is gone, of one moment."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(_SQL.position)
        return LogPosition(row["epoch"], row["head"], row["trimmed"])

    async def after(self, cursor: int, limit: int) -> list[Event]:
        """The events numbered above the cursor, in order, at most `limit`."""
        async with self._database.acquire() as connection:
            return [to_event(row) for row in await connection.fetch(_SQL.after, cursor, limit)]

    async def between(self, cursor: int, upto: int, limit: int) -> list[Event]:
        """The events numbered above the cursor and up to `upto`, in order, at most `limit`."""
        async with self._database.acquire() as connection:
            return [to_event(row) for row in await connection.fetch(_SQL.between, cursor, upto, limit)]

    async def of_inbox(self, inbox_id: UUID, cursor: int, upto: int, limit: int) -> list[Event] | None:
        """The same of one customer's inbox; None when the log no longer reaches back to the cursor."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(_SQL.of_inbox, inbox_id, cursor, upto, limit)
        if rows[0]["trimmed"] > cursor:
            return None
        return [to_event(row) for row in rows if row["seq"] is not None]
