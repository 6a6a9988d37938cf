"""Customers' files: put in before the message that carries them, and read with the messages of the inbox."""

from uuid import UUID

from aiohttp import web
from attrs import field, frozen

from actors.customer_side import CustomerSide
from hub.chat_app.inbox import AppCustomer
from hub.chat_app.ports import Inboxes
from hub.errors import (
    Forbidden,
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    Invalid,
    LimitReached,
    NotFound,
    PayloadTooLarge,
    RequestTimeout,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
)
from hub.media_type import kind_of
from web import answers
from web.body import path_id, query
from web.chat_app.access import ChatAccess
from web.chat_app.pace import Pace
from web.chat_app.shapes import ChatFile, ChatFileOf
from web.media import MediaDoors
from web.routes import Route, Section

PER_SECOND = 0.5
BURST = 10.0
"""Files that one customer may put in."""


@frozen
class ChatMediaDoors:
    """`/chat/v1/media`."""

    access: ChatAccess
    side: CustomerSide
    inboxes: Inboxes
    media: MediaDoors
    pace: Pace = field(factory=lambda: Pace(PER_SECOND, BURST))

    async def create(self, request: web.Request) -> web.Response:
        """Takes a file in the form field `file`. Raises UnsupportedMedia, PayloadTooLarge, Invalid, LimitReached."""
        customer = await self._customer(request)
        self.pace.take(customer)
        inbox = await self.side.inbox(customer)
        kept, replayed = await self.media.take(request, inbox.id, f"inbox:{inbox.id}")
        kind = str(kind_of(kept.mime_type))
        shown = ChatFile(kept.id, f"/chat/v1/media/{kept.id}", kind, kept.mime_type, kept.size, kept.filename)
        return answers.json(shown, 201, {"Location": shown.url, **replayed})

    async def show(self, request: web.Request) -> web.StreamResponse:
        """A file of the inbox, or the part of it that was asked for. Raises NotFound."""
        inbox = await self.side.known(await self._customer(request))
        if inbox is None:
            raise NotFound
        id: UUID = path_id(request)
        return await self.media.answer(await self.inboxes.file(inbox, id))

    async def _customer(self, request: web.Request) -> AppCustomer:
        caller, asked = await self.access.caller(request), query(request, ChatFileOf)
        return self.access.named(caller, asked.customer_id, asked.channel)

    def routes(self) -> list[Route]:
        """Both."""
        route = Section("chat app", "/chat/v1/media").route
        return [
            route(
                "POST",
                "",
                self.create,
                "Upload a customer's file",
                query=ChatFileOf,
                returns=ChatFile,
                status=201,
                errors=(
                    *(Unauthenticated, Forbidden, Invalid, PayloadTooLarge, UnsupportedMedia, RequestTimeout),
                    *(LimitReached, Unavailable),
                    *(IdempotencyKeyInvalid, IdempotencyKeyReused),
                ),
                description="multipart/form-data with one field, `file`. Takes an Idempotency-Key.",
            ),
            route(
                "GET",
                "/{id}",
                self.show,
                "A file of the inbox",
                query=ChatFileOf,
                errors=(Unauthenticated, Forbidden, NotFound, Unavailable),
            ),
        ]
