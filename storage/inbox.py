"""Customers' inboxes on Chat App channels: what they see, and how far it has come. See `hub.chat_app.ports`."""

import hashlib
import secrets
from typing import Any
from uuid import UUID

import asyncpg
from attrs import frozen

from hub.chat_app.inbox import AppCustomer, Inbox
from hub.chat_app.ports import Entry, InboxTicket, Place
from hub.delivery import DeliveryStatus
from hub.media import File
from hub.message import MediaState
from storage.database import Database
from storage.message import to_message
from storage.sql import load

TICKET_LIFE = 30.0
"""Seconds in which a ticket can be used."""


@frozen
class Sql:
    """The queries of `inbox.sql`."""

    head: str
    after: str
    before: str
    find: str
    live: str
    place: str
    unreached: str
    unread: str
    file: str
    issue: str
    redeem: str


SQL = load("inbox.sql", Sql)


def _entry(row: asyncpg.Record) -> Entry:
    return Entry(to_message(row), row["number"])


class InboxStore:
    """The port `hub.chat_app.ports.Inboxes`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def _fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        async with self._database.acquire() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(query, *arguments)
        return rows

    async def head(self) -> int:
        """The newest event's number."""
        seq: int = (await self._fetch(SQL.head))[0]["seq"]
        return seq

    async def page(self, inbox: Inbox, after: Place | None, before: Place | None, limit: int) -> list[Entry]:
        """Messages that the customer sees, oldest first: the first ones after a place, or the last ones before one."""
        whose = inbox.owner, inbox.customer.channel
        if after is not None:
            return [_entry(row) for row in await self._fetch(SQL.after, *whose, *after, limit)]
        rows = await self._fetch(SQL.before, *whose, *(before or (None, None)), limit)
        return [_entry(row) for row in reversed(rows)]

    async def find(self, customer: AppCustomer, channel_message_id: str) -> tuple[Entry, bool] | None:
        """The message that the channel knows under this id, and whether it is this customer's."""
        rows = await self._fetch(SQL.find, customer.channel, channel_message_id, customer.customer_id)
        return (_entry(rows[0]), rows[0]["theirs"]) if rows else None

    async def live(self, inbox: Inbox) -> UUID | None:
        """The conversation that goes on."""
        rows = await self._fetch(SQL.live, inbox.owner, inbox.customer.channel)
        return rows[0]["id"] if rows else None

    async def unreached(self, inbox: Inbox, upto: UUID, status: DeliveryStatus, limit: int) -> list[str] | None:
        """The company's messages that have not come as far as `status`, up to a message and with it."""
        whose = inbox.owner, inbox.customer.channel
        place = await self._fetch(SQL.place, *whose, upto)
        if not place:
            return None
        rows = await self._fetch(SQL.unreached, *whose, place[0]["number"], place[0]["seq"], status.value, limit)
        return [row["channel_message_id"] for row in rows]

    async def unread(self, channel: str, upto: str, limit: int) -> list[str]:
        """The customer's messages that were not read, up to one of them and with it."""
        rows = await self._fetch(SQL.unread, channel, upto, limit)
        return [row["channel_message_id"] for row in reversed(rows)]

    async def file(self, inbox: Inbox, id: UUID) -> File | None:
        """The file if this customer may see it."""
        rows = await self._fetch(SQL.file, inbox.owner, inbox.customer.channel, id, inbox.id)
        return None if not rows else File(**{**rows[0], "state": MediaState(rows[0]["state"])})


def _hash(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode("utf-8", "surrogateescape")).digest()


class InboxTicketStore:
    """The port `hub.chat_app.ports.InboxTickets`. Raises Unavailable when the database is away."""

    def __init__(self, database: Database, life: float = TICKET_LIFE) -> None:
        self._database = database
        self.life = life

    async def issue(self, ticket: InboxTicket) -> str:
        """A new ticket: 256 random bits."""
        text = secrets.token_urlsafe(32)
        who = ticket.customer
        async with self._database.acquire() as connection:
            await connection.execute(SQL.issue, _hash(text), who.channel, who.customer_id, ticket.until, self.life)
        return text

    async def redeem(self, ticket: str) -> InboxTicket | None:
        """Whose ticket it was; None when there is no such, it was used, or its time is over."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.redeem, _hash(ticket))
        if row is None or not row["valid"]:
            return None
        return InboxTicket(AppCustomer(row["channel"], row["customer_id"]), row["token_until"])
