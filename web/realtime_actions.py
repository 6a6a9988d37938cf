"""What clients of the live stream do by request: ask for a ticket, say that they type, choose how they are shown."""

from typing import Literal
from uuid import UUID

from aiohttp import web
from attrs import frozen

from actors.presence import PresenceBoard
from actors.signals import Signals
from hub.audience import Viewer
from hub.errors import NotFound
from hub.presence import Availability
from hub.rights import Permission
from web import answers
from web.body import read
from web.fields import text
from web.principal import principal
from web.realtime_access import Gate
from web.realtime_client import LONGEST_REASON
from web.routes import Route


@frozen
class Ticket:
    """Opens one event stream within `expires_in` seconds: `/sse?ticket=…`."""

    ticket: str
    expires_in: int


@frozen
class Typing:
    """Where somebody types."""

    conversation_id: UUID


@frozen
class PresenceChange:
    """How a person wants to be shown; `reason` in his own words."""

    state: Literal["online", "away", "offline"]
    reason: str | None = text(most=LONGEST_REASON, default=None)


@frozen
class PresenceSeen:
    """How a person is shown. Who is not connected is offline."""

    user_id: UUID
    state: str


@frozen
class RealtimeActions:
    """The requests beside the stream."""

    gate: Gate
    presence: PresenceBoard
    signals: Signals

    async def ticket(self, request: web.Request) -> web.Response:
        """A ticket, for clients that cannot set headers. Raises Unauthenticated."""
        ticket, life = await self.gate.issue_ticket(request)
        return answers.json(Ticket(ticket, int(life)), 201)

    async def typing(self, request: web.Request) -> web.Response:
        """The same as the frame on a socket. Raises NotFound for a conversation that is not his to see."""
        given = await read(request, Typing)
        who = principal(request)
        viewer = Viewer(who.user_id, who.name, who.role, who.team_ids, who.token_version)
        await self.signals.typing(viewer, given.conversation_id)
        return answers.nothing()

    async def choose(self, request: web.Request) -> web.Response:
        """The same as the frame on a socket."""
        given = await read(request, PresenceChange)
        user_id = principal(request).user_id
        self.presence.choose(user_id, Availability(given.state), given.reason)
        return answers.json(PresenceSeen(user_id, self.presence.of(user_id).value))

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route(
                method="POST",
                path="/api/v1/realtime/tickets",
                handler=self.ticket,
                summary="A ticket for one event stream",
                permission=Permission.REALTIME_CONNECT,
                returns=Ticket,
                status=201,
                tags=("realtime",),
            ),
            Route(
                method="POST",
                path="/api/v1/realtime/typing",
                handler=self.typing,
                summary="Say that I am typing",
                permission=Permission.REALTIME_CONNECT,
                body=Typing,
                status=204,
                errors=(NotFound,),
                tags=("realtime",),
            ),
            Route(
                method="PUT",
                path="/api/v1/users/me/presence",
                handler=self.choose,
                summary="How I am shown to colleagues",
                permission=Permission.ACCOUNT_USE,
                body=PresenceChange,
                returns=PresenceSeen,
                tags=("users",),
            ),
        ]
