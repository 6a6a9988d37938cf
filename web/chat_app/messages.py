"""The customer's messages: writing one, and reading the inbox."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiohttp import web
from attrs import frozen

from actors.customer_side import CustomerSide
from hub.chat_app.inbox import TYPE, AppCustomer
from hub.chat_app.ports import Entry, Inboxes, Place
from hub.chat_app.view import message_view
from hub.conversation.attributes import merged
from hub.conversation.receive import quote
from hub.errors import (
    Forbidden,
    IdempotencyKeyReused,
    Invalid,
    LimitReached,
    NotFound,
    Overloaded,
    Unauthenticated,
    Unavailable,
)
from hub.inbound import InboundMessage
from hub.media_type import kind_of
from hub.message import Content, ContentType, Media, MediaState, Message, view
from web import answers
from web.body import query, read
from web.chat_app.access import Caller, ChatAccess
from web.chat_app.shapes import ChatCustomer, ChatHistory, ChatMessage, ChatMessageNew, ChatMessages
from web.routes import Route, Section


@frozen
class ChatMessageDoors:
    """`/chat/v1/messages`."""

    access: ChatAccess
    side: CustomerSide
    inboxes: Inboxes
    clock: Callable[[], datetime]

    async def create(self, request: web.Request) -> web.Response:
        """Stores a message and answers once it is safe: 201, or 200 when it had been stored before.

        Raises Invalid, LimitReached; IdempotencyKeyReused when the id is another message's, or somebody else's.
        """
        caller, given = await self.access.caller(request), await read(request, ChatMessageNew)
        customer = self.access.named(caller, given.customer_id, given.channel)
        self.access.line(customer.channel).pace.take(customer)
        message = await self._message(customer, caller, given)
        new = await self.side.say(customer, message)
        found = await self.inboxes.find(customer, given.channel_message_id)
        if found is None:
            raise Unavailable("The message could not be read back.", retry_after=1)
        entry, theirs = found
        if not theirs or not _same(entry.message, message):
            raise IdempotencyKeyReused("This channel_message_id was used for another message.")
        return answers.json(_shown(entry), 201 if new else 200)

    async def _message(self, customer: AppCustomer, caller: Caller, given: ChatMessageNew) -> InboundMessage:
        told = _told_of(caller, given.customer)
        return InboundMessage(
            channel_message_id=given.channel_message_id,
            party=customer.party(told.name, told.attributes),
            at=self.clock(),
            content=await self._content(customer, given),
            reply_to=given.reply_to,
            quoted=await self._quoted(customer, given.reply_to) if given.reply_to is not None else None,
        )

    async def _quoted(self, customer: AppCustomer, channel_message_id: str) -> dict[str, Any]:
        """A message of the inbox as it is shown above its answer. Raises Invalid for what is not in it."""
        found = await self.inboxes.find(customer, channel_message_id)
        if found is None or not found[1]:
            raise Invalid(errors=[{"path": "$.reply_to", "message": "is not a message of this inbox"}])
        return quote(found[0].message)

    async def _content(self, customer: AppCustomer, given: ChatMessageNew) -> Content:
        if given.media_id is None:
            if given.text is None:
                raise Invalid(errors=[{"path": "$.text", "message": "is missing"}])
            return _said(given.text, given.button_id)
        if given.button_id is not None:
            raise Invalid(errors=[{"path": "$.button_id", "message": "does not go with media_id"}])
        inbox = await self.side.known(customer)
        file = await self.inboxes.file(inbox, given.media_id) if inbox is not None else None
        kind = kind_of(file.mime_type) if file is not None and file.state is MediaState.STORED else None
        if file is None or kind is None:
            raise Invalid(errors=[{"path": "$.media_id", "message": "is not a file of this customer"}])
        media = Media(
            mime_type=file.mime_type, sha256=file.sha256, filename=file.filename, stored=file.id, size=file.size
        )
        return Content(kind, given.text, media)

    async def index(self, request: web.Request) -> web.Response:
        """A page of the inbox. Nobody's inbox is empty: that of a customer who never wrote is."""
        caller, asked = await self.access.caller(request), query(request, ChatHistory)
        customer = self.access.named(caller, asked.customer_id, asked.channel)
        if asked.after is not None and asked.before is not None:
            raise Invalid(errors=[{"path": "$.before", "message": "does not go with after"}])
        seq = await self.inboxes.head()
        inbox = await self.side.known(customer)
        after, before = _place(asked.after), _place(asked.before)
        found = await self.inboxes.page(inbox, after, before, asked.limit + 1) if inbox is not None else []
        more = len(found) > asked.limit
        page = (found[: asked.limit] if asked.after is not None else found[-asked.limit :]) if more else found
        data = [_shown(entry) for entry in page]
        edge = data[-1 if asked.after is not None else 0]["cursor"] if more else None
        return answers.json({"data": data, "next_cursor": edge, "seq": seq})

    def routes(self) -> list[Route]:
        """Both."""
        route = Section("chat app", "/chat/v1/messages").route
        refused = (Unauthenticated, Forbidden, NotFound, LimitReached, Overloaded, Unavailable)
        return [
            route(
                "POST",
                "",
                self.create,
                "A customer writes",
                body=ChatMessageNew,
                returns=ChatMessage,
                status=201,
                also=(200,),
                errors=(*refused, IdempotencyKeyReused),
            ),
            route(
                "GET", "", self.index, "A customer's messages", query=ChatHistory, returns=ChatMessages, errors=refused
            ),
        ]


def _said(text: str, button_id: str | None) -> Content:
    """A text, or the press of a button under its title, in the form that all channels have for it."""
    if button_id is None:
        return Content(ContentType.TEXT, text)
    return Content(ContentType.INTERACTIVE, text, metadata={"interactive": {"type": "button_reply", "id": button_id}})


def _told_of(caller: Caller, given: ChatCustomer | None) -> ChatCustomer:
    """What is believed of a customer: the back end's word, or the token's. Raises Forbidden for the customer's own."""
    if not caller.trusted:
        if given is not None:
            raise Forbidden("Only the app's back end says who a customer is.")
        return ChatCustomer(name=caller.name)
    if given is None:
        return ChatCustomer()
    return ChatCustomer(name=given.name, attributes=merged({}, given.attributes))


def _same(stored: Message, brought: InboundMessage) -> bool:
    """Whether it is the message that was stored: edits apart, its kind, words and file."""
    media = brought.content.media
    words = stored.edited_at is not None or stored.text == brought.content.text
    return words and stored.type is brought.content.type and stored.media_id == (media.stored if media else None)


def _shown(entry: Entry) -> dict[str, object]:
    return message_view(view(entry.message, TYPE), entry.number)


def _place(cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    number, _, seq = cursor.partition(".")
    return int(number), int(seq)
