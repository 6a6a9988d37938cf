"""Customers in PostgreSQL: the port `hub.customer.Customers`."""

import re
from collections.abc import Sequence
from uuid import UUID, uuid4

import asyncpg
import orjson
from attrs import frozen

from hub.conversation.state import Status
from hub.customer import Address, Customer, CustomerChange, History, PastConversation, changed
from hub.errors import NotFound, StaleVersion
from hub.inbound import Identity, IdentityKind
from hub.rights import Reader, Role
from hub.search import fold
from storage.database import Connection, Database
from storage.sql import load

MOST_FOUND = 5_000
"""Customers looked at for each way in which the words of `q` can be meant; what is beyond is not in the list."""

_ANYBODY = Reader(uuid4(), Role.ADMIN, frozenset())


@frozen
class Sql:
    """The queries of `customer.sql`."""

    find: str
    page: str
    found: str
    merged_into: str
    history: str
    live: str
    hold: str
    change: str


SQL = load("customer.sql", Sql)


def to_customer(row: asyncpg.Record) -> Customer:
    """A row of `find`, `page` or `found`."""
    addresses = tuple(
        Address(a["channel"], Identity(IdentityKind(a["kind"]), a["value"])) for a in row["addresses"] or ()
    )
    return Customer(
        row["id"],
        row["name"],
        row["named"],
        row["attributes"],
        row["version"],
        row["created_at"],
        row["updated_at"],
        addresses,
    )


def _past(row: asyncpg.Record) -> PastConversation:
    return PastConversation(
        row["id"],
        row["number"],
        row["channel"],
        row["channel_type"],
        Status(row["status"]),
        row["subject"],
        row["team_id"],
        row["assignee_id"],
        row["created_at"],
        row["last_message_at"],
        row["resolved_at"],
        row["merged_into_id"],
    )


class CustomerStore:
    """The customers; see `hub.customer.Customers` for what each method raises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, customer_id: UUID) -> Customer | None:
        """The customer, if there is one."""
        return await self.visible(_ANYBODY, customer_id)

    async def visible(self, reader: Reader, customer_id: UUID) -> Customer | None:
        """The same, if this reader may see them."""
        async with self._database.acquire() as connection:
            return await found(connection, customer_id, reader)

    async def merged_into(self, customer_id: UUID) -> UUID | None:
        """Whom a customer turned out to be, if anybody."""
        async with self._database.acquire() as connection:
            target: UUID | None = await connection.fetchval(SQL.merged_into, customer_id)
        return target

    async def page(
        self, reader: Reader, q: str | None, channels: Sequence[str] | None, after: UUID | None, limit: int
    ) -> list[Customer]:
        """The reader's customers, the newest first."""
        asked = (*_rights(reader), after, channels, limit)
        async with self._database.acquire() as connection:
            if q is None:
                rows = await connection.fetch(SQL.page, *asked)
            else:
                rows = await connection.fetch(SQL.found, *asked, *_meant(q), MOST_FOUND)
        return [to_customer(row) for row in rows]

    async def history(self, reader: Reader, customer_id: UUID, limit: int) -> History:
        """What of their conversations the reader may see."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL.history, *_rights(reader), customer_id, limit)
        return History(tuple(_past(row) for row in rows), rows[0]["total"] if rows else 0)

    async def live(self, customer_id: UUID) -> list[UUID]:
        """Their conversations that are not closed."""
        async with self._database.acquire() as connection:
            return [row["id"] for row in await connection.fetch(SQL.live, customer_id)]

    async def change(self, customer_id: UUID, version: int | None, change: CustomerChange) -> Customer:
        """Changes them, one change after the other."""
        async with self._database.transaction() as connection:
            current = await connection.fetchval(SQL.hold, customer_id)
            known = await found(connection, customer_id) if current is not None else None
            if known is None:
                raise NotFound
            if version not in (None, known.version):
                raise StaleVersion
            after = changed(known, change)
            if after != known:
                attributes = orjson.dumps(after.attributes)
                await connection.execute(SQL.change, customer_id, after.name, after.named, attributes)
            return await found(connection, customer_id) or known


async def found(connection: Connection, customer_id: UUID, reader: Reader = _ANYBODY) -> Customer | None:
    """The customer as the reader may see them."""
    row = await connection.fetchrow(SQL.find, *_rights(reader), customer_id)
    return to_customer(row) if row else None


def _rights(reader: Reader) -> tuple[UUID, bool, list[UUID]]:
    return reader.user_id, reader.all, list(reader.team_ids)


def _meant(q: str) -> tuple[str | None, str]:
    """The words as a question about names, and what an address begins with: a number loses what people write in it."""
    words = re.findall(r"\w+", fold(q))
    digits = re.sub(r"[\s()+.-]", "", q)
    return " & ".join(f"'{word}':*" for word in words) or None, digits if digits.isdecimal() else q.strip()
