"""Sign-ins in PostgreSQL: the port `hub.sign_in.SignIns`. Tokens are kept as SHA-256 hashes; time is PostgreSQL's."""

from datetime import timedelta
from uuid import UUID

from attrs import frozen

from hub.sign_in import Rotation, SignIn
from storage.database import Connection, Database
from storage.sql import load

MOST_PER_USER = 50
"""Sign-ins of one user; another one ends the one that was used longest ago."""


@frozen
class Sql:
    """The queries of `auth_session.sql`."""

    open: str
    end_surplus: str
    hold: str
    rotate: str
    end: str
    end_others: str
    owner: str
    of_user: str
    prune: str


SQL = load("auth_session.sql", Sql)


@frozen
class Lifetime:
    """Of a sign-in, in seconds: at the longest, and without being refreshed. Within `grace` after a rotation the token
    before it is a parallel request's and not a thief's."""

    longest: float = 30 * 86400.0
    idle: float = 7 * 86400.0
    grace: float = 2.0


class SignInStore:
    """The sign-ins; see `hub.sign_in.SignIns`."""

    def __init__(self, database: Database, lifetime: Lifetime | None = None) -> None:
        lifetime = lifetime or Lifetime()
        self._database = database
        self._longest = timedelta(seconds=lifetime.longest)
        self._idle = timedelta(seconds=lifetime.idle)
        self._grace = timedelta(seconds=lifetime.grace)

    async def open(
        self, session_id: UUID, user_id: UUID, token_hash: bytes, user_agent: str | None, address: str | None
    ) -> None:
        """A new sign-in; above the limit per user the one unused for the longest time is ended."""
        async with self._database.transaction() as connection:
            await connection.execute(SQL.open, session_id, user_id, token_hash, user_agent, address, self._longest)
            await connection.execute(SQL.end_surplus, user_id, MOST_PER_USER)

    async def rotate(self, session_id: UUID, shown: bytes, fresh: bytes) -> tuple[Rotation, UUID | None]:
        """Puts the fresh token's hash in the place of the shown one's; answers what happened, and whose it is."""
        async with self._database.transaction() as connection:
            row = await connection.fetchrow(SQL.hold, session_id, shown, self._idle, self._grace)
            if row is None or not row["alive"]:
                return Rotation.ENDED, None
            user_id: UUID = row["user_id"]
            if row["is_current"]:
                await connection.execute(SQL.rotate, session_id, fresh)
                return Rotation.ROTATED, user_id
            if row["just_rotated"]:
                return Rotation.LATE, user_id
            await _end(connection, user_id, session_id)
            return Rotation.REUSED, user_id

    async def owner(self, session_id: UUID) -> UUID | None:
        """Whose it is, ended or not."""
        async with self._database.acquire() as connection:
            owner: UUID | None = await connection.fetchval(SQL.owner, session_id)
        return owner

    async def of_user(self, user_id: UUID) -> list[SignIn]:
        """The user's sign-ins that have not ended, the newest use first."""
        async with self._database.acquire() as connection:
            return [SignIn(*row.values()) for row in await connection.fetch(SQL.of_user, user_id, self._idle)]

    async def end(self, user_id: UUID, session_id: UUID) -> bool:
        """Ends one; false when the user has no such sign-in."""
        async with self._database.acquire() as connection:
            return await _end(connection, user_id, session_id)

    async def end_others(self, user_id: UUID, keep: UUID | None) -> None:
        """Ends all of a user's but one."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.end_others, user_id, keep)

    async def prune(self, age: float = 30 * 86400.0) -> None:
        """Forgets sign-ins that ended more than `age` seconds ago."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.prune, timedelta(seconds=age))


async def _end(connection: Connection, user_id: UUID, session_id: UUID) -> bool:
    return await connection.fetchval(SQL.end, session_id, user_id) is not None
