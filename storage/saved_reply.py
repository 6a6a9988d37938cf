"""Saved replies in PostgreSQL: the port `hub.saved_reply.SavedReplies`."""

from uuid import UUID

import asyncpg
from attrs import frozen

from hub.errors import AlreadyExists, Invalid, NotFound, StaleVersion
from hub.ids import uuid7
from hub.rights import Reader
from hub.saved_reply import SavedReply, same_shortcut
from hub.sharing import Scope, Sharing
from storage.database import Connection, Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `saved_reply.sql`."""

    find: str
    page: str
    create: str
    change: str
    delete: str


SQL = load("saved_reply.sql", Sql)


def to_saved_reply(row: asyncpg.Record) -> SavedReply:
    """A row of `find` or `page`."""
    sharing = Sharing(Scope(row["scope"]), row["owner_id"], row["team_id"])
    return SavedReply(row["id"], sharing, row["shortcut"], row["text"], row["version"], row["created_at"])


class SavedReplyStore:
    """The saved replies; see `hub.saved_reply.SavedReplies` for what each method raises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, id: UUID) -> SavedReply | None:
        """The saved reply, if there is one."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.find, id)
        return to_saved_reply(row) if row else None

    async def page(self, reader: Reader, prefix: str, after: tuple[str, UUID] | None, limit: int) -> list[SavedReply]:
        """What the reader has before him and begins like this, by shortcut."""
        who = reader.user_id, reader.all, list(reader.team_ids)
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL.page, *who, same_shortcut(prefix), *(after or (None, None)), limit)
        return [to_saved_reply(row) for row in rows]

    async def create(self, sharing: Sharing, shortcut: str, text: str) -> SavedReply:
        """A new one."""
        id = uuid7()
        whose = sharing.scope.value, sharing.owner_id, sharing.team_id
        async with self._database.transaction() as connection:
            try:
                await connection.execute(SQL.create, id, *whose, shortcut, same_shortcut(shortcut), text)
            except asyncpg.UniqueViolationError as error:
                raise _taken() from error
            except asyncpg.ForeignKeyViolationError as error:
                raise Invalid(errors=[{"path": "$.team_id", "message": "is not a team"}]) from error
            return await _reread(connection, id)

    async def change(self, id: UUID, version: int | None, shortcut: str | None, text: str | None) -> SavedReply:
        """Changes what is not None."""
        key = same_shortcut(shortcut) if shortcut is not None else None
        async with self._database.transaction() as connection:
            try:
                changed = await connection.fetchval(SQL.change, id, version, shortcut, key, text)
            except asyncpg.UniqueViolationError as error:
                raise _taken() from error
            reply = await _reread(connection, id)
            if changed is None:
                raise StaleVersion
            return reply

    async def delete(self, id: UUID) -> None:
        """Removes one, if it is there."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.delete, id)


async def _reread(connection: Connection, id: UUID) -> SavedReply:
    row = await connection.fetchrow(SQL.find, id)
    if row is None:
        raise NotFound
    return to_saved_reply(row)


def _taken() -> AlreadyExists:
    return AlreadyExists("There is a saved reply with this shortcut already.")
