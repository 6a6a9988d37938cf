"""The audit in PostgreSQL: the port `hub.audit.AuditLog`."""

import asyncpg
from attrs import frozen

from hub.audit import AuditSeq, Entry, body
from hub.errors import AuditUnavailable, Unavailable
from storage.database import DATABASE_LOST, Connection, Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `audit.sql`."""

    append: str


SQL = load("audit.sql", Sql)


class Audit:
    """Appends and reads the rows; they are never changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def append(self, entry: Entry) -> AuditSeq:
        """Writes a row and commits it. Raises AuditUnavailable: then nothing may be done outside."""
        try:
            async with self._database.acquire() as connection:
                return await self.append_in(connection, entry)
        except Unavailable as error:
            raise AuditUnavailable(retry_after=error.retry_after) from error

    async def append_in(self, connection: Connection, entry: Entry) -> AuditSeq:
        """Writes a row as part of the caller's transaction, of which it should be the last statement: until it ends
        nobody else can append. Raises AuditUnavailable, after which the transaction cannot go on."""
        try:
            return AuditSeq(await connection.fetchval(SQL.append, body(entry)))
        except (asyncpg.PostgresError, *DATABASE_LOST) as error:
            raise AuditUnavailable(retry_after=1) from error
