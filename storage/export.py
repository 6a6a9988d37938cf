"""Exports in PostgreSQL: the orders, and the rows they ask for, a portion at a time."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
from attrs import astuple, frozen

from hub.errors import Invalid
from hub.export import (
    Export,
    ExportFormat,
    ExportKind,
    Place,
    Portion,
    Span,
    conversation_record,
    message_record,
)
from hub.rights import Reader
from storage.conversation import to_conversation
from storage.database import Database
from storage.message import to_message
from storage.portions import in_portions
from storage.sql import load


@frozen
class Sql:
    """The queries of `export.sql`."""

    create: str
    find: str
    page: str
    downloaded: str
    prune: str
    stretch: str
    conversations: str
    messages: str


SQL = load("export.sql", Sql)

MOST = 100
"""Rows of a portion: their lines are made in some ten milliseconds, and then it is others' turn."""

STRETCH = 2_000
"""Conversations that a portion goes by, whether the reader sees them or not."""

TALKS = 50
"""Conversations of which a portion holds messages."""

_WHOLE = 2**31 - 1
"""After the last message of a conversation."""


def to_export(row: asyncpg.Record) -> Export:
    """A row of `find` or `page`."""
    return Export(
        row["id"],
        ExportKind(row["kind"]),
        ExportFormat(row["format"]),
        Span(row["begins_at"], row["ends_at"], row["team_id"]),
        row["bom"],
        row["requested_by"],
        row["requested_name"],
        row["created_at"],
        row["downloads"],
        row["downloaded_at"],
        row["rows"],
    )


class ExportStore:
    """The port `hub.export.Exports`. Orders are forgotten after `kept`."""

    def __init__(self, database: Database, kept: timedelta) -> None:
        self._database, self._kept = database, kept

    async def create(self, export: Export) -> None:
        """Keeps an order."""
        span = astuple(export.span)
        by = export.requested_by, export.requested_name, export.created_at
        async with self._database.acquire() as connection:
            try:
                await connection.execute(SQL.create, export.id, export.kind, export.format, *span, export.bom, *by)
            except asyncpg.ForeignKeyViolationError as error:
                raise Invalid(errors=[{"path": "$.team_id", "message": "is not a team"}]) from error

    async def find(self, id: UUID) -> Export | None:
        """The order, if there is one."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.find, id)
        return to_export(row) if row else None

    async def page(self, requested_by: str | None, before: UUID | None, limit: int) -> list[Export]:
        """The newest first."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL.page, requested_by, before, limit)
        return [to_export(row) for row in rows]

    async def downloaded(self, id: UUID, rows: int) -> None:
        """Counts a download."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.downloaded, id, rows)

    async def prune(self) -> int:
        """Forgets old orders; answers how many."""
        return await in_portions(partial(self._forget, self._kept))

    async def _forget(self, kept: timedelta, portion: int) -> int:
        async with self._database.acquire() as connection:
            count: int = await connection.fetchval(SQL.prune, kept, portion)
        return count


class ExportRows:
    """The port `hub.export.ExportSource`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def portion(self, kind: ExportKind, reader: Reader, span: Span, after: Place | None) -> Portion:
        """The next rows that this reader may see. What a portion goes by is bounded, so it may hold none."""
        upto = await self._upto(after)
        if kind is ExportKind.CONVERSATIONS:
            return await self._conversations(reader, span, after, upto) if upto else Portion((), None)
        if upto is None and after is not None and after.seq != _WHOLE:
            upto = after.conversation_id  # the last one, which has more to be told
        return await self._messages(reader, span, after, upto) if upto else Portion((), None)

    async def _conversations(self, reader: Reader, span: Span, after: Place | None, upto: UUID) -> Portion:
        begin = after.conversation_id if after else None
        rows = await self._fetch(SQL.conversations, *_asked(reader, span, begin, upto), MOST)
        records = [conversation_record(to_conversation(row), row["team_name"]) for row in rows]
        return Portion(records, Place(rows[-1]["id"] if len(rows) == MOST else upto))

    async def _messages(self, reader: Reader, span: Span, after: Place | None, upto: UUID) -> Portion:
        begin, seq = (after.conversation_id, after.seq) if after else (None, 0)
        rows = await self._fetch(SQL.messages, *_asked(reader, span, begin, upto), MOST, seq, TALKS)
        records = [
            message_record(to_message(row), row["talk_number"], row["talk_channel_type"]) for row in rows if row["seq"]
        ]
        return Portion(records, _reached(rows, upto))

    async def _upto(self, after: Place | None) -> UUID | None:
        """Where the next stretch of conversations ends; None when there are no more."""
        async with self._database.acquire() as connection:
            last: UUID | None = await connection.fetchval(
                SQL.stretch, after.conversation_id if after else None, STRETCH
            )
        return last

    async def _fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        async with self._database.acquire() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(query, *arguments)
        return rows


def _asked(reader: Reader, span: Span, begin: UUID | None, upto: UUID) -> tuple[Any, ...]:
    """The parameters that both kinds have in common."""
    who = reader.user_id, reader.all, list(reader.team_ids)
    return *who, begin, upto, span.begin, span.end, span.team_id


def _reached(rows: list[asyncpg.Record], upto: UUID) -> Place:
    """How far these rows of `messages` have read."""
    if len(rows) == MOST:
        return Place(rows[-1]["talk_id"], rows[-1]["seq"] or _WHOLE)
    if len({row["talk_id"] for row in rows}) == TALKS:
        return Place(rows[-1]["talk_id"], _WHOLE)
    return Place(upto, _WHOLE)
