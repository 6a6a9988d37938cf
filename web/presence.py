"""Saying whether one is at work. The presence actor keeps it; this is its door."""

from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub.rights import Permission
from web import answers
from web.body import read
from web.fields import text
from web.principal import Principal, principal
from web.routes import Route, Section


@frozen
class PresenceSet:
    """What a person says of himself."""

    state: Literal["online", "away", "offline"]
    reason: str | None = text(most=100, default=None)


@frozen
class PresenceSeen:
    """What the hub now tells others of him."""

    user_id: UUID
    state: str
    reason: str | None
    since: datetime


class Presence(Protocol):
    """Who is at work."""

    async def put(self, who: Principal, state: str, reason: str | None) -> datetime:
        """Sets a person's state; answers since when it holds."""


@frozen
class PresenceDoors:
    """The door of presence."""

    presence: Presence

    async def put(self, request: web.Request) -> web.Response:
        """Sets the asker's own state."""
        who, given = principal(request), await read(request, PresenceSet)
        since = await self.presence.put(who, given.state, given.reason)
        return answers.json(PresenceSeen(who.user_id, given.state, given.reason, since))

    def routes(self) -> list[Route]:
        """The one route."""
        route, use = Section("users", "/api/v1/users/me/presence").route, Permission.ACCOUNT_USE
        return [route("PUT", "", self.put, "Say whether I am at work", use, body=PresenceSet, returns=PresenceSeen)]
