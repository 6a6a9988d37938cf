"""Merges of customers in PostgreSQL: the port `hub.customer_merge.CustomerMerges`."""

from uuid import UUID

import asyncpg
import orjson
from attrs import frozen

from hub.chat_app.inbox import inbox_id
from hub.conversation.commands import Author
from hub.customer_merge import Merging, Standing, united
from hub.errors import Invalid, NotFound
from hub.ids import uuid7
from storage.customer import found
from storage.database import Connection, Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `customer_merge.sql`."""

    lock: str
    hold: str
    record: str
    change_target: str
    change_source: str
    move_identities: str
    move_events: str
    move_calls: str
    channels: str
    conversations: str


SQL = load("customer_merge.sql", Sql)


class CustomerMergeStore:
    """The merges; see `hub.customer_merge.CustomerMerges` for what is raised."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def merge(self, source_id: UUID, target_id: UUID, author: Author) -> Merging:
        """Merges what is not a conversation's, and answers what is left of those."""
        async with self._database.transaction() as connection:
            await connection.execute(SQL.lock)
            held = {row["id"]: row for row in await connection.fetch(SQL.hold, [source_id, target_id])}
            source, target = _source(held.get(source_id), target_id), _target(held.get(target_id))
            if source["merged_into_id"] is None:
                await _unite(connection, source, target, author)
            await _move(connection, source_id, target_id)
            return await _merging(connection, source_id, target_id)


def _source(row: asyncpg.Record | None, target_id: UUID) -> asyncpg.Record:
    if row is None or row["erased_at"] is not None:
        raise NotFound
    if row["merged_into_id"] not in (None, target_id):
        raise NotFound("They turned out to be another customer.", extra={"merged_into": str(row["merged_into_id"])})
    return row


def _target(row: asyncpg.Record | None) -> asyncpg.Record:
    if row is None or row["erased_at"] is not None or row["merged_into_id"] is not None:
        raise Invalid(errors=[{"path": "$.into", "message": "is not a customer"}])
    return row


async def _unite(connection: Connection, source: asyncpg.Record, target: asyncpg.Record, author: Author) -> None:
    """Records the merge. The name is a decided one from now on: channels may know the person under several."""
    await connection.execute(SQL.record, uuid7(), source["id"], target["id"], author.id, author.name)
    name = target["name"] or source["name"]
    attributes = orjson.dumps(united(target["attributes"], source["attributes"]))
    await connection.execute(SQL.change_target, target["id"], name, name is not None, attributes)
    await connection.execute(SQL.change_source, source["id"], target["id"])


async def _move(connection: Connection, source_id: UUID, target_id: UUID) -> None:
    for row in await connection.fetch(SQL.channels, source_id):
        channel = row["channel"]
        await connection.execute(SQL.move_events, inbox_id(channel, source_id), inbox_id(channel, target_id))
    for query in (SQL.move_identities, SQL.move_calls):
        await connection.execute(query, source_id, target_id)


async def _merging(connection: Connection, source_id: UUID, target_id: UUID) -> Merging:
    rows = await connection.fetch(SQL.conversations, source_id, target_id)
    target = await found(connection, target_id)
    assert target is not None
    of: dict[UUID, list[Standing]] = {source_id: [], target_id: []}
    for row in rows:
        of[row["customer_id"]].append(Standing(row["id"], row["number"], row["channel"], row["live"]))
    return Merging(target, tuple(of[source_id]), tuple(of[target_id]))
