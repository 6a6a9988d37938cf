"""Keys for programs in PostgreSQL: the port `hub.api_key.ApiKeys`."""

import secrets
from uuid import UUID

import asyncpg
from attrs import frozen

from hub.api_key import NOISE, ApiKey, NewApiKey, Proof, Scope, digest, secret
from hub.ids import uuid7
from hub.rights import Permission
from storage.database import Database
from storage.sql import load

NOTED = 60.0
"""Seconds in which the use of a key is noted once: a busy key does not cost a write per request."""

_KNOWN = {permission.value for permission in Permission}


@frozen
class Sql:
    """The queries of `api_key.sql`."""

    create: str
    live: str
    find: str
    page: str
    revoke: str
    used: str


SQL = load("api_key.sql", Sql)


def to_key(row: asyncpg.Record) -> ApiKey:
    """A row of `create`, `live`, `find` or `page`. A permission that this version does not know is none."""
    given = row["permissions"]
    return ApiKey(
        id=row["id"],
        name=row["name"],
        scope=Scope(row["scope"]),
        permissions=None if given is None else frozenset(Permission(name) for name in given if name in _KNOWN),
        created_by=row["created_by"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        last_used_at=row["last_used_at"],
        revoked_at=row["revoked_at"],
    )


class ApiKeyStore:
    """The keys; see `hub.api_key.ApiKeys`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, new: NewApiKey) -> tuple[ApiKey, str]:
        """A new key and its secret, which nobody can find out afterwards."""
        id = uuid7()
        text = secret(new.scope, id, secrets.token_bytes(NOISE))
        names = None if new.permissions is None else sorted(new.permissions)
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(
                SQL.create, id, digest(text), new.name, new.scope.value, names, new.created_by, new.expires_at
            )
        return to_key(row), text

    async def live(self, id: UUID) -> Proof | None:
        """A key that is neither revoked nor expired, for the check of a request."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.live, id)
        return Proof(to_key(row), row["secret_hash"]) if row else None

    async def find(self, id: UUID) -> ApiKey | None:
        """A key that is not revoked, if there is one."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.find, id)
        return to_key(row) if row else None

    async def page(self, after: UUID | None, limit: int, *, revoked: bool) -> list[ApiKey]:
        """Keys, the newest first, beginning after an id; revoked ones too if asked for."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL.page, after, limit, revoked)
        return [to_key(row) for row in rows]

    async def revoke(self, id: UUID) -> bool:
        """Ends a key; false when there is none that is not ended already."""
        async with self._database.acquire() as connection:
            return await connection.fetchval(SQL.revoke, id) is not None

    async def used(self, id: UUID) -> None:
        """Notes that the key was used just now, unless it is noted already."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.used, id, NOTED)
