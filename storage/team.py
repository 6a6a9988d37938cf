"""Teams in PostgreSQL: the port `hub.team.Teams`."""

from uuid import UUID

import asyncpg
from attrs import frozen

from hub.errors import AlreadyExists, InUse, NotFound, StaleVersion
from hub.ids import uuid7
from hub.team import Team, TeamKind
from storage.database import Connection, Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `team.sql`."""

    find: str
    named: str
    page: str
    create: str
    change: str
    in_use: str
    delete: str
    add_member: str
    remove_member: str


SQL = load("team.sql", Sql)


def to_team(row: asyncpg.Record) -> Team:
    """A row of `find` or `page`."""
    kind = TeamKind(row["kind"])
    return Team(row["id"], row["name"], kind, row["version"], row["created_at"], tuple(row["member_ids"]))


class TeamStore:
    """The teams; see `hub.team.Teams` for what each method raises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, team_id: UUID) -> Team | None:
        """The team, if there is one."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.find, team_id)
        return to_team(row) if row else None

    async def named(self, name: str) -> Team | None:
        """The team of this name, if there is one."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.named, name)
        return to_team(row) if row else None

    async def page(self, member_id: UUID | None, after: tuple[str, UUID] | None, limit: int) -> list[Team]:
        """Teams by name after a (name, id): those of a member, or all."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL.page, *(after or (None, None)), member_id, limit)
        return [to_team(row) for row in rows]

    async def create(self, name: str, kind: TeamKind) -> Team:
        """A new team."""
        team_id = uuid7()
        async with self._database.transaction() as connection:
            try:
                await connection.execute(SQL.create, team_id, name, kind.value)
            except asyncpg.UniqueViolationError as error:
                raise _taken() from error
            return await _reread(connection, team_id)

    async def change(self, team_id: UUID, version: int | None, name: str | None, kind: TeamKind | None) -> Team:
        """Changes what is not None."""
        async with self._database.transaction() as connection:
            try:
                changed = await connection.fetchval(SQL.change, team_id, version, name, kind.value if kind else None)
            except asyncpg.UniqueViolationError as error:
                raise _taken() from error
            team = await _reread(connection, team_id)
            if changed is None:
                raise StaleVersion
            return team

    async def delete(self, team_id: UUID) -> tuple[UUID, ...]:
        """Removes a team that no live conversation belongs to; answers who its members were."""
        async with self._database.transaction() as connection:
            if await connection.fetchval(SQL.in_use, team_id):
                raise InUse("Conversations that are not closed belong to this team. Move them first.")
            members = (await _reread(connection, team_id)).member_ids
            await connection.execute(SQL.delete, team_id)
            return members

    async def add_member(self, team_id: UUID, user_id: UUID) -> None:
        """Makes a user a member; one who is already stays one."""
        async with self._database.acquire() as connection:
            try:
                await connection.execute(SQL.add_member, team_id, user_id)
            except asyncpg.ForeignKeyViolationError as error:
                raise NotFound from error

    async def remove_member(self, team_id: UUID, user_id: UUID) -> None:
        """Ends a membership, if there is one."""
        async with self._database.transaction() as connection:
            await _reread(connection, team_id)
            await connection.execute(SQL.remove_member, team_id, user_id)


async def _reread(connection: Connection, team_id: UUID) -> Team:
    row = await connection.fetchrow(SQL.find, team_id)
    if row is None:
        raise NotFound
    return to_team(row)


def _taken() -> AlreadyExists:
    return AlreadyExists("There is a team with this name already.")
