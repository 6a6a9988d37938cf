"""Views in PostgreSQL: the port `hub.view.Views`."""

from typing import Any
from uuid import UUID

import asyncpg
import orjson
from attrs import frozen

from hub.errors import AlreadyExists, Invalid, NotFound, StaleVersion
from hub.ids import uuid7
from hub.rights import Reader
from hub.sharing import Scope, Sharing
from hub.view import View, same_name
from storage.database import Connection, Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `view.sql`."""

    find: str
    page: str
    create: str
    change: str
    delete: str


SQL = load("view.sql", Sql)


def to_view(row: asyncpg.Record) -> View:
    """A row of `find` or `page`."""
    sharing = Sharing(Scope(row["scope"]), row["owner_id"], row["team_id"])
    return View(row["id"], sharing, row["name"], row["filter"], row["version"], row["created_at"])


class ViewStore:
    """The views; see `hub.view.Views` for what each method raises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, id: UUID) -> View | None:
        """The view, if there is one."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.find, id)
        return to_view(row) if row else None

    async def page(self, reader: Reader, after: tuple[str, UUID] | None, limit: int) -> list[View]:
        """What the reader has before him, by name."""
        who = reader.user_id, reader.all, list(reader.team_ids)
        async with self._database.acquire() as connection:
            return [to_view(row) for row in await connection.fetch(SQL.page, *who, *(after or (None, None)), limit)]

    async def create(self, sharing: Sharing, name: str, filter: dict[str, Any]) -> View:
        """A new one."""
        id = uuid7()
        whose = sharing.scope.value, sharing.owner_id, sharing.team_id
        async with self._database.transaction() as connection:
            try:
                await connection.execute(SQL.create, id, *whose, name, same_name(name), orjson.dumps(filter))
            except asyncpg.UniqueViolationError as error:
                raise _taken() from error
            except asyncpg.ForeignKeyViolationError as error:
                raise Invalid(errors=[{"path": "$.team_id", "message": "is not a team"}]) from error
            return await _reread(connection, id)

    async def change(self, id: UUID, version: int | None, name: str | None, filter: dict[str, Any] | None) -> View:
        """Changes what is not None."""
        key = same_name(name) if name is not None else None
        given = orjson.dumps(filter) if filter is not None else None
        async with self._database.transaction() as connection:
            try:
                changed = await connection.fetchval(SQL.change, id, version, name, key, given)
            except asyncpg.UniqueViolationError as error:
                raise _taken() from error
            view = await _reread(connection, id)
            if changed is None:
                raise StaleVersion
            return view

    async def delete(self, id: UUID) -> None:
        """Removes one, if it is there."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.delete, id)


async def _reread(connection: Connection, id: UUID) -> View:
    row = await connection.fetchrow(SQL.find, id)
    if row is None:
        raise NotFound
    return to_view(row)


def _taken() -> AlreadyExists:
    return AlreadyExists("There is a view with this name already.")
