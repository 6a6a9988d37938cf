"""Who may see what, as of now: the rights of people at open streams, and the team and assignee of a conversation."""

from collections.abc import Collection
from functools import lru_cache
from uuid import UUID

from attrs import frozen

from hub.audience import Viewer
from hub.chat_app.inbox import TYPE as CHAT_APP
from hub.chat_app.inbox import inbox_id
from hub.events import Audience
from hub.rights import Role
from storage.database import Database
from storage.sql import load


@frozen
class ViewerQueries:
    """The queries of viewer.sql."""

    outdated: str
    current: str
    signed_in: str
    audience: str


_SQL = load("viewer.sql", ViewerQueries)


class ViewerStore:
    """The ports `hub.ports.Viewers` and `hub.ports.Audiences`. Raises Unavailable when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def outdated(self, streams: Collection[tuple[Viewer, UUID | None]]) -> set[UUID]:
        """The people, of those at these streams, whose role, teams, token version or sign-in is not what it says.

        Everybody is asked about more than once a second and hardly ever is anything new: so only that is answered.
        """
        users = [viewer.user_id for viewer, _ in streams]
        rights = [_rights(viewer.role, viewer.team_ids) for viewer, _ in streams]
        versions = [viewer.token_version for viewer, _ in streams]
        sign_ins = [sign_in for _, sign_in in streams]
        async with self._database.acquire() as connection:
            return {row["id"] for row in await connection.fetch(_SQL.outdated, users, rights, versions, sign_ins)}

    async def current(self, user_ids: Collection[UUID]) -> dict[UUID, Viewer]:
        """The people of these ids with today's role and teams; one that is disabled or gone is missing."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(_SQL.current, list(user_ids))
        return {
            row["id"]: Viewer(
                row["id"], row["name"], Role(row["role"]), frozenset(row["team_ids"]), row["token_version"]
            )
            for row in rows
        }

    async def signed_in(self, sign_ins: Collection[UUID]) -> set[UUID]:
        """Which of these sign-ins were not ended."""
        async with self._database.acquire() as connection:
            return {row["id"] for row in await connection.fetch(_SQL.signed_in, list(sign_ins))}

    async def of_conversation(self, conversation_id: UUID) -> Audience | None:
        """A conversation's team and assignee, or None when there is no such conversation."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(_SQL.audience, conversation_id)
        if row is None:
            return None
        inbox = inbox_id(row["channel"], row["customer_id"]) if row["channel_type"] == CHAT_APP else None
        return Audience(row["team_id"], row["assignee_id"], inbox_id=inbox)


@lru_cache(1024)
def _rights(role: Role, team_ids: frozenset[UUID]) -> str:
    """Role and teams as the query `outdated` writes them. Kept, because many people share few teams."""
    return ",".join([role.value, *sorted(map(str, team_ids))])
