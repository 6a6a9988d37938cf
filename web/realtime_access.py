"""Who may open a stream, from where, and where it is to begin: all decided before the handshake is answered."""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import UUID

from aiohttp import web
from attrs import frozen

from actors.replay import ResumePoint
from hub.audience import Viewer
from hub.errors import BadRequest, Forbidden, Unauthenticated
from hub.ports import StreamTickets, TicketHolder, Viewers
from hub.rights import Permission
from web.accounts import Accounts, bearer
from web.tokens import AccessTokens

SUBPROTOCOL = "hub.v1"
_BEARER = "bearer."
_CURSOR = re.compile(r"[0-9]{1,18}")
_EPOCH = re.compile(r"[0-9A-Za-z-]{1,64}")
# Names under which people are tempted to put an access token into an address.
_TOKEN_NAMES = frozenset({"token", "access_token", "jwt", "bearer", "authorization"})


@frozen
class Admission:
    """A viewer who may open a stream, the sign-in it belongs to, and when it must end."""

    viewer: Viewer
    sign_in: UUID | None
    until: datetime


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


class Gate:
    """Lets people in. `public_url` is where browsers reach the hub; `origins` are further pages that may connect."""

    def __init__(
        self,
        accounts: Accounts,
        access: AccessTokens,
        viewers: Viewers,
        tickets: StreamTickets,
        *,
        public_url: str = "",
        origins: tuple[str, ...] = (),
    ) -> None:
        self._accounts = accounts
        self._access = access
        self._viewers = viewers
        self._tickets = tickets
        self._origins = frozenset(map(_origin, (public_url, *origins) if public_url else origins))
        self._any_host = not public_url

    async def socket(self, request: web.Request) -> Admission:
        """For `/ws`: a Bearer header, or the subprotocols `hub.v1, bearer.<jwt>`."""
        self._check_address(request)
        return await self._by_token(socket_token(request))

    async def stream(self, request: web.Request) -> Admission:
        """For `/sse`: a Bearer header, or `?ticket=`."""
        self._check_address(request)
        ticket = request.query.get("ticket")
        if ticket is None or "Authorization" in request.headers:
            return await self._by_token(bearer(request))
        return await self._by_ticket(ticket)

    async def issue_ticket(self, request: web.Request) -> tuple[str, float]:
        """A ticket for whoever sent this request's access token, and the seconds in which it can be used."""
        admission = await self._by_token(bearer(request))
        viewer = admission.viewer
        holder = TicketHolder(viewer.user_id, admission.sign_in, viewer.token_version, admission.until)
        return await self._tickets.issue(holder), self._tickets.life

    def _check_address(self, request: web.Request) -> None:
        """Raises Forbidden for a page of somebody else's, Unauthenticated when a token stands in the address."""
        origin = request.headers.get("Origin")
        if origin is not None:
            own = self._any_host and urlsplit(origin).netloc.lower() == request.host.lower()
            if not own and origin.lower() not in self._origins:
                raise Forbidden("Pages of this origin may not connect.")
        refuse_token_in_address(request)

    async def _by_token(self, token: str) -> Admission:
        who = await self._accounts.principal(token)
        who.require(Permission.REALTIME_CONNECT)
        viewer = Viewer(who.user_id, who.name, who.role, who.team_ids, who.token_version)
        until = datetime.fromtimestamp(self._access.verify(token).expires_at, UTC)
        return Admission(viewer, who.session_id, until)

    async def _by_ticket(self, ticket: str) -> Admission:
        holder = await self._tickets.redeem(ticket)
        if holder is None:
            raise Unauthenticated("This ticket was used or its time is over.")
        viewer = (await self._viewers.current([holder.user_id])).get(holder.user_id)
        if viewer is None or viewer.token_version != holder.token_version:
            raise Unauthenticated
        return Admission(viewer, holder.sign_in, holder.until)


def refuse_token_in_address(request: web.Request) -> None:
    """Raises Unauthenticated when a token stands in the address, where proxies and histories keep it."""
    if _TOKEN_NAMES & {name.lower() for name in request.query}:
        raise Unauthenticated("An access token does not belong into an address. Send it as a header.")


def socket_token(request: web.Request) -> str:
    """The token of a WebSocket's handshake: a Bearer header, or a subprotocol. Raises Unauthenticated, BadRequest."""
    return bearer(request) if "Authorization" in request.headers else _subprotocol_token(request)


def _subprotocol_token(request: web.Request) -> str:
    tokens = [name.removeprefix(_BEARER) for name in subprotocols(request) if name.startswith(_BEARER)]
    if len(tokens) != 1:
        raise Unauthenticated
    return tokens[0]


def subprotocols(request: web.Request) -> list[str]:
    """The subprotocols offered. Raises BadRequest when some are, but not ours."""
    offered = [
        name.strip() for line in request.headers.getall("Sec-WebSocket-Protocol", []) for name in line.split(",")
    ]
    if offered and SUBPROTOCOL not in offered:
        raise BadRequest(f"Offer the subprotocol {SUBPROTOCOL}.")
    return offered


def resume_point(request: web.Request) -> ResumePoint:
    """Where to begin: `Last-Event-ID` before `?after=`. Raises BadRequest for what is no number."""
    cursor = request.headers.get("Last-Event-ID") or request.query.get("after")
    if cursor is not None and not _CURSOR.fullmatch(cursor):
        raise BadRequest("The place to resume from must be a number.")
    epoch = request.query.get("epoch")
    if epoch is not None and not _EPOCH.fullmatch(epoch):
        raise BadRequest("The epoch must be the one that hello named.")
    return ResumePoint(None if cursor is None else int(cursor), epoch)
