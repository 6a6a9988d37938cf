"""Notifications in PostgreSQL: the port `hub.notification.Notifications`. They are written by the journal."""

from datetime import datetime
from uuid import UUID

import asyncpg
from attrs import frozen

from hub.notification import (
    MOST_COUNTED,
    PREVIEW_LENGTH,
    AlertSubject,
    Kept,
    Notification,
    NotificationKind,
    RoomSubject,
    Subject,
    These,
    UpTo,
)
from hub.rights import Reader
from storage.database import Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `notification.sql`."""

    page: str
    unread: str
    mark: str
    mark_up_to: str
    prune: str


SQL = load("notification.sql", Sql)

PRUNED = 2_000
"""Rows forgotten in one commit."""

PRUNES = 50
"""Such commits in a row; the rest waits for the next time."""


def to_notification(row: asyncpg.Record) -> Notification:
    """A row of `page`."""
    about = row["conversation_id"] and Subject(row["conversation_id"], row["number"], row["customer_name"])
    return Notification(
        id=row["id"],
        user_id=row["user_id"],
        kind=NotificationKind(row["kind"]),
        created_at=row["created_at"],
        actor=row["actor"],
        subject=about,
        note_id=row["note_id"],
        room=row["room_id"] and RoomSubject(row["room_id"], row["room_name"]),
        room_message_id=row["room_message_id"],
        alert=row["alert_id"] and AlertSubject(row["alert_id"], row["title"]),
        text=row["text"],
        read_at=row["read_at"],
    )


class NotificationStore:
    """The notifications. Every method raises Unavailable when the database is away."""

    def __init__(self, database: Database, keeping: Kept | None = None) -> None:
        self._database = database
        self._keeping = keeping or Kept()

    async def page(
        self, reader: Reader, after: tuple[datetime, UUID] | None, limit: int, *, unread: bool
    ) -> list[Notification]:
        """The reader's, the newest first, beginning after a (moment, id); all, or those he has not read."""
        place = after or (None, None)
        async with self._database.acquire() as connection:
            rows = await connection.fetch(
                SQL.page, reader.user_id, reader.all, list(reader.team_ids), unread, *place, PREVIEW_LENGTH, limit
            )
        return [to_notification(row) for row in rows]

    async def unread(self, reader: Reader) -> int:
        """How many the reader has not read, counted up to `MOST_COUNTED`."""
        async with self._database.acquire() as connection:
            count: int = await connection.fetchval(
                SQL.unread, reader.user_id, reader.all, list(reader.team_ids), MOST_COUNTED
            )
        return count

    async def mark(self, user_id: UUID, which: UpTo | These, *, read: bool) -> None:
        """Makes some of the user's read, or unread again."""
        async with self._database.acquire() as connection:
            if isinstance(which, UpTo):
                await connection.execute(SQL.mark_up_to, user_id, which.id, read)
            else:
                await connection.execute(SQL.mark, user_id, list(which.ids), read)

    async def prune(self) -> None:
        """Forgets what was read, or came, too long ago."""
        for _ in range(PRUNES):
            async with self._database.acquire() as connection:
                gone = await connection.fetchval(SQL.prune, self._keeping.read, self._keeping.unread, PRUNED)
            if gone < PRUNED:
                return
