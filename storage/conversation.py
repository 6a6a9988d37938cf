"""Reading conversations: for decisions (by id, many at once), for the customers' side (by address), and for people."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
from attrs import frozen

from hub.conversation.state import Conversation, CustomerCard, Desk, Held, Status
from hub.customer import Address, Known
from hub.events import Audience
from hub.inbound import Identity, IdentityKind
from hub.listing import Row
from hub.reading import Reading
from hub.record import evolve
from hub.rights import Reader
from storage.database import Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `conversation.sql`."""

    load: str
    resolve: str
    openings: str
    audience: str
    visible: str
    queue: str
    read_position: str
    mark_read: str
    reading: str
    newest_inbound: str
    head: str


SQL = load("conversation.sql", Sql)


def to_conversation(row: asyncpg.Record) -> Conversation:
    """A row of `load`, `page` or `visible` as the domain's record."""
    customer = CustomerCard(row["customer_id"], row["customer_name"], row["customer_phone"], row["customer_created_at"])
    return Conversation(
        id=row["id"],
        number=row["number"],
        channel=row["channel"],
        channel_type=row["channel_type"],
        customer=customer,
        status=Status(row["status"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        team_id=row["team_id"],
        assignee_id=row["assignee_id"],
        assignee_name=row["assignee_name"],
        priority=row["priority"],
        subject=row["subject"],
        tags=tuple(row["tags"]),
        attributes=row["attributes"],
        version=row["version"],
        revision=row["revision"],
        last_seq=row["last_seq"],
        unsent=row["unsent"],
        failed=row["failed"],
        waiting_since=row["waiting_since"],
        first_reply_at=row["first_reply_at"],
        window_opened_at=row["window_opened_at"],
        last_message=row["last_message"],
        last_message_at=row["last_message_at"],
        snoozed_until=row["snoozed_until"],
        resolved_at=row["resolved_at"],
        previous_id=row["previous_id"],
        merged_into_id=row["merged_into_id"],
        ai_epoch=row["ai_epoch"],
    )


def _to_desk(row: asyncpg.Record) -> Desk:
    held = tuple(Held(UUID(h["id"]), row["id"], h["target"], h["item"]) for h in row["held"] or ())
    addresses = frozenset(Identity(IdentityKind(a["kind"]), a["value"]) for a in row["addresses"] or ())
    shown = to_conversation(row)
    customer = evolve(shown.customer, named=row["customer_named"], version=row["customer_version"])
    return Desk(evolve(shown, customer=customer), held=held, addresses=addresses)


class Conversations:
    """The conversations in the database. Every method raises Unavailable when it is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, ids: Sequence[UUID]) -> dict[UUID, Desk]:
        """These conversations as decisions start from them; those that do not exist are missing."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL.load, ids)
        return {row["id"]: _to_desk(row) for row in rows}

    async def resolve(self, addresses: Sequence[Address]) -> list[Known | None]:
        """For each address what is known of it, in the order asked."""
        kinds = [a.identity.kind for a in addresses]
        values = [a.identity.value for a in addresses]
        channels = [a.channel for a in addresses]
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL.resolve, list(range(len(addresses))), channels, kinds, values)
        found: list[Known | None] = [None] * len(addresses)
        for row in rows:
            card = CustomerCard(
                row["customer_id"], row["name"], row["phone"], row["created_at"], row["named"], row["version"]
            )
            found[row["n"]] = Known(card, row["conversation_id"], Status(row["status"]) if row["status"] else None)
        return found

    async def openings(self, teams: Sequence[str]) -> list[tuple[int, UUID | None]]:
        """For new conversations of these teams (by name) a number each, and the team's id. A team that does not exist
        is the first one that was made; None when there is none."""
        async with self._database.acquire() as connection:
            return [(row["number"], row["team_id"]) for row in await connection.fetch(SQL.openings, teams)]

    async def audience(self, conversation_id: UUID) -> Audience | None:
        """Who may be told of it; None when there is no such conversation."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.audience, conversation_id)
        return Audience(row["team_id"], row["assignee_id"]) if row else None

    async def visible(self, reader: Reader, conversation_id: UUID) -> Row | None:
        """The conversation if this reader may see it."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(
                SQL.visible, reader.user_id, reader.all, list(reader.team_ids), conversation_id
            )
        return Row(to_conversation(row), row["unread"]) if row else None

    async def head(self) -> int:
        """The newest event's number."""
        async with self._database.acquire() as connection:
            newest: int = await connection.fetchval(SQL.head)
        return newest

    async def queue(self, team_id: UUID | None) -> dict[str, Any]:
        """The team's counts as `queue.updated` tells them."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.queue, team_id)
        return {"team_id": team_id, "open": row["open"], "unassigned": row["unassigned"]}

    async def read_position(self, user_id: UUID, conversation_id: UUID) -> int:
        """The conversation_seq up to which the user has read."""
        async with self._database.acquire() as connection:
            position: int = await connection.fetchval(SQL.read_position, user_id, conversation_id)
        return position

    async def mark_read(self, user_id: UUID, conversation_id: UUID, seq: int) -> Reading:
        """Moves the user's position to a number, at most to the newest message."""
        async with self._database.transaction() as connection:
            moved = await connection.fetchval(SQL.mark_read, user_id, conversation_id, seq)
            row = await connection.fetchrow(SQL.reading, user_id, conversation_id)
        return Reading(moved=moved is not None, **dict(row)) if row else Reading(0, 0, None, moved=False)

    async def last_inbound(self, conversation_id: UUID) -> tuple[str, str] | None:
        """The conversation's channel, and the channel's id of its newest customer message."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.newest_inbound, conversation_id)
        return (row["channel"], row["channel_message_id"]) if row else None
