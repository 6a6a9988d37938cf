"""Tags in PostgreSQL: the ports `hub.tag.Tags` and `hub.tag.Retaggings`."""

from uuid import UUID

import asyncpg
from attrs import frozen

from hub.errors import AlreadyExists, NotFound, StaleVersion
from hub.ids import uuid7
from hub.tag import GRACE, Retagging, Tag, TagChange, same_name
from storage.database import Connection, Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `tag.sql`."""

    find: str
    named: str
    page: str
    in_transition: str
    create: str
    hold: str
    change: str
    delete: str
    retag: str
    pending: str
    carriers: str
    settle: str


SQL = load("tag.sql", Sql)


def to_tag(row: asyncpg.Record) -> Tag:
    """A row of `find`, `named`, `page` or `hold`."""
    return Tag(row["id"], row["name"], row["colour"], row["description"], row["version"], row["created_at"])


class TagStore:
    """The tags; see `hub.tag` for what each method raises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, tag_id: UUID) -> Tag | None:
        """The tag, if there is one."""
        async with self._database.acquire() as connection:
            return await _found(connection, tag_id)

    async def named(self, name: str) -> Tag | None:
        """The tag of this name, however it is spelt."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.named, same_name(name))
        return to_tag(row) if row else None

    async def page(self, after: tuple[str, UUID] | None, limit: int) -> list[Tag]:
        """Tags by name, beginning after a (`same_name`, id)."""
        async with self._database.acquire() as connection:
            return [to_tag(row) for row in await connection.fetch(SQL.page, *(after or (None, None)), limit)]

    async def create(self, name: str, colour: str, description: str) -> Tag:
        """A new tag."""
        tag_id = uuid7()
        async with self._database.transaction() as connection:
            await _refuse_in_transition(connection, name)
            try:
                await connection.execute(SQL.create, tag_id, name, same_name(name), colour, description)
            except asyncpg.UniqueViolationError as error:
                raise _taken() from error
            tag = await _found(connection, tag_id)
        assert tag is not None
        return tag

    async def change(self, tag_id: UUID, version: int | None, change: TagChange, by: tuple[UUID, str]) -> Tag:
        """Changes what is not None; a new name is noted for the conversations."""
        async with self._database.transaction() as connection:
            before = await _held(connection, tag_id)
            if version is not None and before.version != version:
                raise StaleVersion
            name = change.name or before.name
            if name != before.name:
                await _refuse_in_transition(connection, name)
                await connection.execute(SQL.retag, uuid7(), before.name, same_name(before.name), name, *by)
            try:
                await connection.execute(SQL.change, tag_id, name, same_name(name), change.colour, change.description)
            except asyncpg.UniqueViolationError as error:
                raise _taken() from error
            return await _held(connection, tag_id)

    async def delete(self, tag_id: UUID, by: tuple[UUID, str]) -> None:
        """Removes a tag and notes it for the conversations."""
        async with self._database.transaction() as connection:
            tag = await _held(connection, tag_id)
            await connection.execute(SQL.retag, uuid7(), tag.name, same_name(tag.name), None, *by)
            await connection.execute(SQL.delete, tag_id)

    async def pending(self) -> list[Retagging]:
        """What conversations are still to be told, the oldest first."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL.pending)
        return [Retagging(row["id"], row["old"], row["new"], row["by_id"], row["by_name"]) for row in rows]

    async def carriers(self, name: str, limit: int) -> list[UUID]:
        """Conversations that carry this very name."""
        async with self._database.acquire() as connection:
            return [row["id"] for row in await connection.fetch(SQL.carriers, name, limit)]

    async def settle(self, retagging_id: UUID) -> None:
        """Forgets one that nobody carries any more, once its grace is over."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.settle, retagging_id, GRACE)


async def _found(connection: Connection, tag_id: UUID) -> Tag | None:
    row = await connection.fetchrow(SQL.find, tag_id)
    return to_tag(row) if row else None


async def _held(connection: Connection, tag_id: UUID) -> Tag:
    row = await connection.fetchrow(SQL.hold, tag_id)
    if row is None:
        raise NotFound
    return to_tag(row)


async def _refuse_in_transition(connection: Connection, name: str) -> None:
    if await connection.fetchval(SQL.in_transition, same_name(name)):
        raise AlreadyExists("Conversations still carry a former tag of this name. Try again in a minute.")


def _taken() -> AlreadyExists:
    return AlreadyExists("There is a tag with this name already.")
