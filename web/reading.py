"""How far somebody has read."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from aiohttp import web
from attrs import frozen

from actors import kinds
from actors.kernel import System
from hub.conversation.commands import Author, Context
from hub.errors import NotFound
from hub.ids import uuid7
from hub.ports import ConversationReader
from hub.reading import told
from hub.rights import Permission
from web import answers
from web.body import path_id, read
from web.conversation import ASK
from web.fields import number
from web.principal import principal
from web.routes import Route, Section


@frozen
class ReadUpTo:
    """How far the reader has read; without a number, everything."""

    conversation_seq: int | None = number(0, 2**31 - 1, default=None)


@frozen
class ReadingDoors:
    """The door of read positions. `was_read` tells the channel that a customer's message was read."""

    system: System
    conversations: ConversationReader
    was_read: Callable[[str, str], Awaitable[None]]
    clock: Callable[[], datetime]

    async def read_up_to(self, request: web.Request) -> web.Response:
        """Moves the reader's own position, and tells his other screens and the customer's channel. Raises NotFound."""
        who, given = principal(request), await read(request, ReadUpTo)
        row = await self.conversations.visible(who.reader, path_id(request))
        if row is None:
            raise NotFound
        conversation = row.conversation
        seq = conversation.last_seq if given.conversation_seq is None else given.conversation_seq
        reading = await self.conversations.mark_read(who.user_id, conversation.id, seq)
        if reading.moved:
            change = told(reading, conversation, Author(who.user_id, who.name), Context(self.clock(), uuid7))
            await self.system.ref(kinds.WRITER, 0).ask(change, timeout=ASK)
        if reading.newest is not None:
            await self.was_read(conversation.channel, reading.newest)
        return answers.nothing()

    def routes(self) -> list[Route]:
        """The one door."""
        route = Section("messages", "/api/v1/conversations/{id}/read").route
        return [
            route(
                "PUT",
                "",
                self.read_up_to,
                "I have read this",
                Permission.INBOX_USE,
                body=ReadUpTo,
                status=204,
                errors=(NotFound,),
            )
        ]
