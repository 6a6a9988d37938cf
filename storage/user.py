"""Users in PostgreSQL: the port `hub.user.Users`."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import asyncpg
from attrs import frozen

from hub.errors import AlreadyExists, Invalid, NotFound, StaleVersion
from hub.ids import uuid7
from hub.rights import Role
from hub.team import TeamKind, TeamName
from hub.user import Account, Credentials, NewUser, User, UserChange
from storage.database import Connection, Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `user.sql`."""

    find: str
    by_email: str
    page: str
    accounts: str
    create: str
    lock_admins: str
    change: str
    set_password: str
    rehash: str
    end_sessions: str


SQL = load("user.sql", Sql)


def to_user(row: asyncpg.Record) -> User:
    """A row of `find`, `by_email`, `page` or `accounts`."""
    return User(
        id=row["id"],
        email=row["email"],
        name=row["name"],
        role=Role(row["role"]),
        capacity=row["capacity"],
        disabled=row["disabled"],
        teams=tuple(TeamName(UUID(id_), name, TeamKind(kind)) for id_, name, kind in row["teams"]),
        token_version=row["token_version"],
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


class UserStore:
    """The users. `idle` is how long (seconds) a sign-in lives without being refreshed."""

    def __init__(self, database: Database, idle: float = 7 * 86400.0) -> None:
        self._database, self._idle = database, timedelta(seconds=idle)

    async def find(self, user_id: UUID) -> User | None:
        """The user, if there is one."""
        found = await self.credentials_of(user_id)
        return found.user if found else None

    async def accounts(self, user_ids: Collection[UUID]) -> dict[UUID, Account]:
        """The users of these ids with their live sign-ins; one that does not exist is missing."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL.accounts, list(user_ids), self._idle)
        return {row["id"]: Account(to_user(row), frozenset(row["sessions"])) for row in rows}

    async def credentials(self, email: str) -> Credentials | None:
        """What to compare a password with, by e-mail in the form of `same_email`."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.by_email, email)
        return Credentials(to_user(row), row["password_hash"]) if row else None

    async def credentials_of(self, user_id: UUID) -> Credentials | None:
        """The same by id."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.find, user_id)
        return Credentials(to_user(row), row["password_hash"]) if row else None

    async def page(
        self, team_ids: frozenset[UUID] | None, self_id: UUID | None, after: tuple[str, UUID] | None, limit: int
    ) -> list[User]:
        """Users by name after a (name, id): all, or members of the teams and the one of `self_id`."""
        teams = None if team_ids is None else list(team_ids)
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL.page, *(after or (None, None)), teams, self_id, limit)
        return [to_user(row) for row in rows]

    async def create(self, new: NewUser) -> User:
        """A new user. Raises AlreadyExists when the e-mail is taken."""
        user_id = uuid7()
        async with self._database.transaction() as connection:
            try:
                await connection.execute(
                    SQL.create, user_id, new.email, new.name, new.role.value, new.password_hash, new.capacity
                )
            except asyncpg.UniqueViolationError as error:
                raise _taken() from error
            return await _reread(connection, user_id)

    async def change(self, user_id: UUID, version: int | None, change: UserChange) -> User:
        """Changes a user; disabling also ends every sign-in. See `hub.user.Users.change` for what it raises."""
        async with self._database.transaction() as connection:
            admins = {row["id"] for row in await connection.fetch(SQL.lock_admins)} if change.touches_rights else set()
            try:
                row = await connection.fetchrow(SQL.change, user_id, version, *_columns(change))
            except asyncpg.UniqueViolationError as error:
                raise _taken() from error
            if row is None:
                await _reread(connection, user_id)
                raise StaleVersion
            if admins == {user_id} and (row["disabled"] or row["role"] != Role.ADMIN):
                path = "$.disabled" if row["disabled"] else "$.role"
                raise Invalid(errors=[{"path": path, "message": "would leave nobody who is an administrator"}])
            if row["disabled"]:
                await connection.execute(SQL.end_sessions, user_id, None)
            return await _reread(connection, user_id)

    async def set_password(self, user_id: UUID, password_hash: str, keep_session: UUID | None) -> None:
        """Stores a new hash, refuses earlier access tokens and ends all sign-ins but one. Raises NotFound."""
        async with self._database.transaction() as connection:
            if await connection.fetchval(SQL.set_password, user_id, password_hash) is None:
                raise NotFound
            await connection.execute(SQL.end_sessions, user_id, keep_session)

    async def rehash(self, user_id: UUID, old_hash: str, new_hash: str) -> None:
        """Stores the same password in a newer form, unless it was changed meanwhile."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.rehash, user_id, old_hash, new_hash)


async def _reread(connection: Connection, user_id: UUID) -> User:
    row = await connection.fetchrow(SQL.find, user_id)
    if row is None:
        raise NotFound
    return to_user(row)


def _columns(change: UserChange) -> tuple[object, ...]:
    role = None if change.role is None else change.role.value
    return (change.email, change.name, role, change.capacity, change.disabled)


def _taken() -> AlreadyExists:
    return AlreadyExists("There is a user with this e-mail already.")
