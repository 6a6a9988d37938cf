"""Notes in PostgreSQL: the port `hub.note.Notes`. They are written by the journal."""

from datetime import datetime
from uuid import UUID

import asyncpg
from attrs import frozen

from hub.mention import from_view
from hub.note import Note
from storage.database import Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `note.sql`."""

    find: str
    page: str
    by_client_ids: str


SQL = load("note.sql", Sql)


def to_note(row: asyncpg.Record) -> Note:
    """A row of any of the queries."""
    return Note(
        id=row["id"],
        conversation_id=row["conversation_id"],
        after_seq=row["after_seq"],
        author_id=row["author_id"],
        author_name=row["author_name"],
        text=row["text"],
        created_at=row["created_at"],
        mentions=tuple(from_view(shown) for shown in row["mentions"]),
        client_id=row["client_id"],
        deleted_at=row["deleted_at"],
    )


class NoteStore:
    """The notes. Every method raises Unavailable when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, note_id: UUID) -> Note | None:
        """The note, if there is one."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.find, note_id)
        return to_note(row) if row else None

    async def page(self, conversation_id: UUID, after: tuple[datetime, UUID] | None, limit: int) -> list[Note]:
        """A conversation's notes, the newest first, beginning after a (moment, id)."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL.page, conversation_id, *(after or (None, None)), limit)
        return [to_note(row) for row in rows]

    async def notes_by_client_ids(self, conversation_id: UUID, ids: list[UUID]) -> list[Note]:
        """Notes of the conversation by their writers' ids."""
        async with self._database.acquire() as connection:
            return [to_note(row) for row in await connection.fetch(SQL.by_client_ids, conversation_id, ids)]
