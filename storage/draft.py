"""Drafts in PostgreSQL: the port `hub.draft.Drafts`."""

from datetime import datetime
from uuid import UUID

from attrs import frozen

from hub.draft import Draft
from storage.database import Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `draft.sql`."""

    get: str
    put: str
    delete: str
    prune: str


SQL = load("draft.sql", Sql)


class DraftStore:
    """The drafts. Every method raises Unavailable when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, user_id: UUID, conversation_id: UUID) -> Draft | None:
        """The draft; None when there is none, or something was sent since it was written."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.get, user_id, conversation_id)
        return Draft(row["text"], tuple(row["media_ids"]), row["updated_at"]) if row else None

    async def put(self, user_id: UUID, conversation_id: UUID, draft: Draft) -> None:
        """Keeps it in place of the one before."""
        async with self._database.acquire() as connection:
            await connection.execute(
                SQL.put, user_id, conversation_id, draft.text, list(draft.media_ids), draft.updated_at
            )

    async def delete(self, user_id: UUID, conversation_id: UUID) -> None:
        """Forgets it, if there is one."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.delete, user_id, conversation_id)

    async def prune(self, before: datetime) -> None:
        """Forgets all that were written before a moment."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.prune, before)
