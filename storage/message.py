"""Reading messages: pages for people, and the few that a decision has to look at."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from attrs import frozen

from hub.delivery import DeliveryStatus
from hub.events import Audience
from hub.inbound import StatusUpdate
from hub.message import ContentType, Direction, Message, Sender, SenderType
from hub.ports import Place
from storage.database import Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `message.sql`."""

    page: str
    by_ids: str
    by_channel_ids: str
    by_client_ids: str
    stored: str
    locate: str
    place_reports: str
    orphans: str
    attempts: str


SQL = load("message.sql", Sql)


def to_message(row: asyncpg.Record) -> Message:
    """A row of `messages` as the domain's record."""
    return Message(
        id=row["id"],
        conversation_id=row["conversation_id"],
        seq=row["seq"],
        channel=row["channel"],
        channel_message_id=row["channel_message_id"],
        client_id=row["client_id"],
        direction=Direction(row["direction"]),
        sender=Sender(SenderType(row["sender_type"]), row["sender_id"], row["sender_name"]),
        type=ContentType(row["type"]),
        text=row["text"],
        content_metadata=row["content_metadata"],
        media_id=row["media_id"],
        reply_to=row["reply_to"],
        reactions=tuple(row["reactions"] or ()),
        status=DeliveryStatus(row["status"]),
        status_at=row["status_at"] or {},
        error=row["error"],
        attempt=row["attempt"],
        at=row["at"],
        created_at=row["created_at"],
        edited_at=row["edited_at"],
        deleted_at=row["deleted_at"],
        metadata=row["metadata"],
        internal=row["internal"],
    )


class Messages:
    """The messages in the database. Every method raises Unavailable when it is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def _fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        async with self._database.acquire() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(query, *arguments)
        return rows

    async def page(self, conversation_id: UUID, before: int | None, limit: int) -> list[Message]:
        """The newest messages before a number, oldest first."""
        rows = await self._fetch(SQL.page, conversation_id, before, limit)
        return [to_message(row) for row in reversed(rows)]

    async def by_ids(self, conversation_id: UUID, ids: Sequence[UUID]) -> list[Message]:
        """Messages of the conversation by the hub's ids."""
        return [to_message(row) for row in await self._fetch(SQL.by_ids, conversation_id, ids)]

    async def by_channel_ids(self, conversation_id: UUID, channel: str, ids: Sequence[str]) -> list[Message]:
        """Messages of the conversation by the channel's ids."""
        return [to_message(row) for row in await self._fetch(SQL.by_channel_ids, conversation_id, ids, channel)]

    async def by_client_ids(self, conversation_id: UUID, ids: Sequence[UUID]) -> list[Message]:
        """Messages of the conversation by their writers' ids."""
        return [to_message(row) for row in await self._fetch(SQL.by_client_ids, conversation_id, ids)]

    async def stored(self, channel: str, ids: Sequence[str]) -> set[str]:
        """Which of these channel ids are stored, in whichever conversation."""
        return {row["channel_message_id"] for row in await self._fetch(SQL.stored, channel, ids)}

    async def locate(self, message_id: UUID) -> tuple[UUID, Audience] | None:
        """The message's conversation and who may see it."""
        rows = await self._fetch(SQL.locate, message_id)
        if not rows:
            return None
        return rows[0]["conversation_id"], Audience(rows[0]["team_id"], rows[0]["assignee_id"])

    async def place_reports(
        self, channel: str, channel_ids: Sequence[str], message_ids: Sequence[UUID]
    ) -> dict[str, Place]:
        """Where the messages are that reports name, by the channel's id or (as text) by the hub's."""
        rows = await self._fetch(SQL.place_reports, channel, channel_ids, message_ids)
        return {row["key"]: Place(row["id"], row["conversation_id"]) for row in rows}

    async def orphans(self, channel: str, channel_message_id: str) -> list[StatusUpdate]:
        """Reports about this message that came before it was known, oldest first."""
        rows = await self._fetch(SQL.orphans, channel, channel_message_id)
        return [_to_update(row["provider_id"], row["status"], row["at"], row["report"]) for row in rows]

    async def attempts(self, message_id: UUID) -> list[dict[str, Any]]:
        """The message's tries, first to last."""
        return [dict(row) for row in await self._fetch(SQL.attempts, message_id)]


def _to_update(provider_id: str, raw: str, at: datetime, report: dict[str, Any]) -> StatusUpdate:
    return StatusUpdate(
        channel_message_id=provider_id,
        status=DeliveryStatus(report["status"]) if report.get("status") else None,
        raw_status=raw,
        at=at,
        reference=report.get("reference"),
        error_code=report.get("error_code"),
        error_text=report.get("error_text"),
        pricing=report.get("pricing"),
    )
