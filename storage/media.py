"""Rows of files: customers' to be fetched, uploads to be sent, and who may see which.

A file that has something left to do carries the moment when that is due. Taking it moves the moment ahead, so that a
replica that dies gives it back without a word.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from attrs import frozen

from hub.media import DueFile, File, StoredFile, Upload
from hub.message import MediaState
from hub.rights import Reader
from storage.database import Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `media.sql`."""

    claim: str
    renew: str
    release: str
    later: str
    stored: str
    failed: str
    told: str
    waiting: str
    forget_key: str
    upload: str
    uploaded: str
    forget_unsent: str
    visible: str
    outgoing: str
    known_to_channel: str


SQL = load("media.sql", Sql)


def _due(row: asyncpg.Record) -> DueFile:
    return DueFile(
        id=row["id"],
        channel=row["channel"],
        conversation_id=row["conversation_id"],
        message_id=row["message_id"],
        state=MediaState(row["state"]),
        age=row["age"],
        tries=row["tries"],
        provider_id=row["provider_id"],
        url=row["url"],
        mime_type=row["mime_type"],
        size=row["size"],
        sha256=row["sha256"],
        filename=row["filename"],
        reason=row["reason"],
    )


def _file(row: asyncpg.Record) -> File:
    return File(
        id=row["id"],
        state=MediaState(row["state"]),
        mime_type=row["mime_type"],
        size=row["size"],
        sha256=row["sha256"],
        filename=row["filename"],
        provider_id=row["provider_id"],
    )


class MediaRows:
    """The files' rows. Every method raises Unavailable when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def _fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        async with self._database.acquire() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(query, *arguments)
        return rows

    # Customers' files

    async def claim(self, channel: str, limit: int, lease: float) -> list[DueFile]:
        """Takes files that are due: nobody else gets them for `lease` seconds."""
        return [_due(row) for row in await self._fetch(SQL.claim, channel, limit, lease)]

    async def renew(self, ids: Sequence[UUID], lease: float) -> None:
        """Keeps them for that long from now."""
        await self._fetch(SQL.renew, ids, lease)

    async def release(self, ids: Sequence[UUID]) -> None:
        """Gives them back at once, as if they had not been tried."""
        await self._fetch(SQL.release, ids)

    async def later(self, id: UUID, seconds: float, *, burns_try: bool) -> None:
        """Has it tried again after so many seconds."""
        await self._fetch(SQL.later, id, seconds, burns_try)

    async def stored(self, id: UUID, found: StoredFile, filename: str | None, lease: float) -> bool:
        """The file is here; its message is still to be told. Answers False when somebody else has settled it."""
        return bool(await self._fetch(SQL.stored, id, found.size, found.sha256, found.mime_type, filename, lease))

    async def failed(self, id: UUID, reason: str, lease: float) -> bool:
        """It never will be; its message is still to be told. Answers False when somebody else has settled it."""
        return bool(await self._fetch(SQL.failed, id, reason, lease))

    async def told(self, id: UUID) -> None:
        """The message says so."""
        await self._fetch(SQL.told, id)

    async def waiting(self) -> list[tuple[str, int, datetime]]:
        """Per channel with files that are not here yet: how many, and since when."""
        return [(row["channel"], row["pending"], row["oldest"]) for row in await self._fetch(SQL.waiting)]

    # Uploads

    async def upload(self, upload: Upload) -> Upload:
        """Notes a file that was put in. Answers it, or the one that the same request put in before."""
        async with self._database.transaction() as connection:
            await connection.execute(SQL.forget_key, upload.key)
            arguments = (upload.id, upload.uploaded_by, upload.mime_type, upload.size, upload.sha256, upload.filename)
            if await connection.fetchval(SQL.upload, *arguments, upload.key) is not None:
                return upload
            return Upload(*await connection.fetchrow(SQL.uploaded, upload.key))

    async def forget_unsent(self, after: timedelta, limit: int) -> list[UUID]:
        """Deletes the rows of uploads that were not sent within this time, at most `limit`; the files are still there.
        What nobody has looked for within a week more, because no hub was running, stays."""
        return [row["id"] for row in await self._fetch(SQL.forget_unsent, after, limit)]

    async def outgoing(self, id: UUID, channel: str) -> File | None:
        """A file that is to be sent on this channel, with the channel's own id of it while that is good."""
        rows = await self._fetch(SQL.outgoing, id, channel)
        return _file(rows[0]) if rows else None

    async def known_to_channel(self, id: UUID, channel: str, provider_id: str, life: timedelta) -> None:
        """The channel has an upload under this id, for so long."""
        await self._fetch(SQL.known_to_channel, id, channel, provider_id, life)

    # Readers

    async def visible(self, reader: Reader, id: UUID) -> File | None:
        """The file if this reader may see it."""
        rows = await self._fetch(SQL.visible, reader.user_id, reader.all, list(reader.team_ids), id)
        return _file(rows[0]) if rows else None
