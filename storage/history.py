"""A conversation's past: what happened to it, all its messages in order, and what was merged into it."""

from datetime import datetime
from uuid import UUID

from attrs import frozen

from hub.events import Event
from hub.listing import Merged
from hub.message import Message
from hub.note import Note
from storage.database import Database
from storage.event import to_event
from storage.message import to_message
from storage.note import to_note
from storage.sql import load


@frozen
class Sql:
    """The queries of `history.sql`."""

    events: str
    messages: str
    notes: str
    merged: str


SQL = load("history.sql", Sql)


class Histories:
    """The port `hub.ports.HistoryReader`. Every method raises Unavailable when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def events(self, conversation_id: UUID, before: int | None, *, messages: bool, limit: int) -> list[Event]:
        """What happened before an event, newest first."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL.events, conversation_id, before, messages, limit)
        return [to_event(row) for row in rows]

    async def messages(self, conversation_id: UUID, after: int, limit: int) -> list[Message]:
        """Messages after a number, oldest first."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL.messages, conversation_id, after, limit)
        return [to_message(row) for row in rows]

    async def notes(self, conversation_id: UUID, after: tuple[datetime, UUID] | None, limit: int) -> list[Note]:
        """Notes after a (moment, id), oldest first."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL.notes, conversation_id, *(after or (None, None)), limit)
        return [to_note(row) for row in rows]

    async def merged(self, conversation_id: UUID) -> list[Merged]:
        """What was merged into the conversation, oldest first."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL.merged, conversation_id)
        return [Merged(**dict(row)) for row in rows]
