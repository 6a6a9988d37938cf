"""The customer's live stream: who may open it, and what a customer may say on the socket."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from aiohttp import web
from attrs import frozen

from actors.customer_side import CustomerSide
from actors.inbox_streams import InboxViewer
from actors.kernel import KernelError
from actors.session import Session
from hub.api_key import presented
from hub.audience import Viewer
from hub.chat_app.ports import InboxTickets
from hub.delivery import DeliveryStatus
from hub.errors import Forbidden, HubError, Invalid, Unauthenticated
from hub.frame import Frame
from web.accounts import bearer
from web.chat_app.access import Caller, ChatAccess
from web.realtime_access import Admission, refuse_token_in_address, socket_token
from web.realtime_client import Frames
from web.shapes import as_uuid

log = logging.getLogger("hub.chat_app")


@frozen
class InboxGate:
    """Lets customers in, with their token or a ticket; they are known to the hub from then on."""

    access: ChatAccess
    side: CustomerSide
    tickets: InboxTickets

    async def socket(self, request: web.Request) -> Admission:
        """A Bearer header, or the subprotocols `hub.v1, bearer.<jwt>`."""
        refuse_token_in_address(request)
        return await self._admit(self._customer(request, socket_token(request)))

    async def stream(self, request: web.Request) -> Admission:
        """A Bearer header, or `?ticket=`."""
        refuse_token_in_address(request)
        self.access.greet(request)
        ticket = request.query.get("ticket")
        if ticket is None or "Authorization" in request.headers:
            return await self._admit(self._customer(request, bearer(request)))
        return await self._admit(await self._by_ticket(request, ticket))

    def _customer(self, request: web.Request, token: str) -> Caller:
        if presented(token) is not None:
            raise Forbidden("A stream is a customer's: send a customer's token.")
        return self.access.customer(request, token)

    async def _by_ticket(self, request: web.Request, ticket: str) -> Caller:
        found = await self.tickets.redeem(ticket)
        line = self.access.lines.get(found.customer.channel) if found is not None else None
        if found is None or line is None:
            raise Unauthenticated("This ticket was used or its time is over.")
        if not line.admits(request.headers.get("Origin")):
            raise Forbidden("Pages of this origin may not connect.")
        return Caller(found.customer, found.until)

    async def _admit(self, caller: Caller) -> Admission:
        assert caller.customer is not None
        assert caller.until is not None
        inbox = await self.side.inbox(caller.customer, caller.name)
        return Admission(InboxViewer.of(inbox), None, caller.until)


@frozen
class Customers:
    """Customers at their streams: nobody is told of them, and they are told of nobody."""

    side: CustomerSide
    audience: str = "customer"

    def connected(self, viewer: Viewer) -> None:
        """Nothing is told."""

    def disconnected(self, viewer: Viewer) -> None:
        """Nothing is told."""

    def snapshot(self) -> Sequence[Frame]:
        """Nothing beyond hello."""
        return ()

    def frames(self, session: Session) -> Frames:
        """What customers may say."""
        return CustomerFrames(session, self.side, asyncio.get_running_loop().time)


PER_SECOND = 100.0
BURST = 500.0
"""Frames of a customer: each message may be acknowledged as it comes, in a crowd of them too."""

RECEIPTS = 64
"""Receipts of one socket that may wait. Above it the oldest are dropped: a newer one holds for all before it."""


class CustomerFrames(Frames):
    """Reads one customer's frames: `delivered` and `read` up to a message, and `typing`.

    Receipts are stored one after the other while frames go on being read, the newest first: what comes in a crowd is
    one receipt.
    """

    def __init__(self, session: Session, side: CustomerSide, now: Callable[[], float]) -> None:
        super().__init__(session, now, PER_SECOND, BURST)
        self._side = side
        self._waiting: OrderedDict[tuple[DeliveryStatus, UUID], None] = OrderedDict()
        self._storing: asyncio.Task[None] | None = None
        self._known = {
            "delivered": partial(self._reached, DeliveryStatus.DELIVERED),
            "read": partial(self._reached, DeliveryStatus.READ),
            "typing": self._typing,
            **self._known,
        }

    async def leave(self) -> None:
        """What was acknowledged is stored, although the socket is gone."""
        if self._storing is not None:
            await self._storing

    async def _reached(self, status: DeliveryStatus, frame: dict[str, Any]) -> None:
        self._waiting[status, _message_id(frame)] = None
        if len(self._waiting) > RECEIPTS:
            self._waiting.popitem(last=False)
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store())

    async def _store(self) -> None:
        while self._waiting:
            (status, message_id), _ = self._waiting.popitem()
            try:
                await self._side.reached(self._viewer.inbox, status, message_id)
            except HubError as error:
                self._refuse(error.code, error.detail)
            except KernelError as error:
                log.info("a receipt was not stored", extra={"reason": type(error).__name__})

    async def _typing(self, frame: dict[str, Any]) -> None:
        await self._side.typing(self._viewer.inbox)

    @property
    def _viewer(self) -> InboxViewer:
        viewer = self._session.viewer
        assert isinstance(viewer, InboxViewer)
        return viewer


def _message_id(frame: dict[str, Any]) -> UUID:
    try:
        return as_uuid(frame.get("message_id"))
    except ValueError:
        raise Invalid("message_id must be a UUID.") from None
