"""The audit in PostgreSQL: the port `hub.audit.AuditLog`, and the rows for those who read and verify it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from attrs import frozen

from hub.audit import AuditSeq, Entry, body
from hub.audit_chain import Break, Checkpoint, Mark, Row
from hub.audit_reading import Sought
from hub.clock import rfc3339
from hub.errors import AuditUnavailable, Unavailable
from storage.database import DATABASE_LOST, Connection, Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `audit.sql`."""

    append: str
    page: str
    rows: str
    head: str
    checkpoints: str
    last_checkpoint: str
    sign: str
    broke: str


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

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[Connection]:
        """A connection. Raises AuditUnavailable, also when a table is gone: the hub goes on without."""
        try:
            async with self._database.acquire() as connection:
                yield connection
        except (asyncpg.PostgresError, Unavailable) as error:
            raise AuditUnavailable(retry_after=1) from error

    async def page(self, sought: Sought, before: int | None, limit: int) -> list[Row]:
        """Rows, the newest first, beginning before a number. Raises AuditUnavailable."""
        ids = (None if id is None else str(id) for id in (sought.conversation_id, sought.call_id, sought.draft_id))
        times = (None if time is None else rfc3339(time) for time in (sought.since, sought.until))
        async with self._reading() as connection:
            rows = await connection.fetch(SQL.page, before, *ids, sought.actor, sought.tool, *times, limit)
        return [to_row(row) for row in rows]

    async def rows(self, after: int, limit: int) -> list[Row]:
        """Rows in their order, beginning after a number. Raises AuditUnavailable."""
        async with self._reading() as connection:
            return [to_row(row) for row in await connection.fetch(SQL.rows, after, limit)]

    async def head(self) -> Mark:
        """Where the chain ends. Raises AuditUnavailable."""
        async with self._reading() as connection:
            row = await connection.fetchrow(SQL.head)
        return Mark(row["seq"], row["stream"], row["hash"])

    async def checkpoints(self, after: int, until: int) -> list[Checkpoint]:
        """Those of the rows after a number up to another. Raises AuditUnavailable."""
        async with self._reading() as connection:
            return [to_checkpoint(row) for row in await connection.fetch(SQL.checkpoints, after, until)]

    async def last_checkpoint(self) -> Checkpoint | None:
        """The one of the highest number. Raises AuditUnavailable."""
        async with self._reading() as connection:
            row = await connection.fetchrow(SQL.last_checkpoint)
        return to_checkpoint(row) if row else None

    async def sign(self, checkpoint: Checkpoint) -> None:
        """Keeps a checkpoint. Raises AuditUnavailable."""
        mark = checkpoint.mark
        async with self._reading() as connection:
            await connection.execute(
                SQL.sign, mark.seq, mark.stream, mark.hash, checkpoint.at, checkpoint.key_id, checkpoint.signature
            )

    async def broke(self, broken: Break) -> None:
        """Notes that it is broken: supervision tells people. Raises AuditUnavailable."""
        async with self._reading() as connection:
            await connection.execute(SQL.broke, broken.seq, broken.flaw.value, broken.since)


def to_row(row: asyncpg.Record) -> Row:
    """A row of `page` or `rows`."""
    return Row(row["seq"], row["stream"], row["body"], row["hash"])


def to_checkpoint(row: asyncpg.Record) -> Checkpoint:
    """A row of `checkpoints`."""
    return Checkpoint(Mark(row["seq"], row["stream"], row["hash"]), row["at"], row["key_id"], row["signature"])
