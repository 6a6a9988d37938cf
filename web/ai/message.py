"""The conversation for the AI agent: what was said, and a word of its own.

Between its question to a model and the answer a person may have spoken. Then the answer is of no use: the conversation
itself refuses it, in the same decision that stores messages, so that none gets through however close the race.
"""

from typing import Any, Literal
from uuid import UUID

from aiohttp import web
from attrs import frozen

from actors import kinds
from actors.kernel import System
from hub.ai.session import AiCaller, AiScope
from hub.ai.subject import Subject, Subjects
from hub.ai.transcript import line
from hub.conversation.commands import Author, Reply
from hub.errors import (
    AiDetached,
    ConversationClosed,
    ConversationNotAccessible,
    IdempotencyKeyReused,
    InsufficientScope,
    LimitReached,
    Unauthenticated,
    WindowClosed,
)
from hub.message import Message
from hub.ports import HistoryReader
from web import answers
from web.ai.access import AiAccess
from web.ai.session import accessible, require_attached
from web.body import path_id, query, read
from web.chat_app.pace import Pace
from web.conversation import ASK
from web.fields import number, text
from web.paging import MOST, USUAL
from web.routes import Route, Section


@frozen
class After:
    """A page of messages: those after a conversation_seq."""

    limit: int = number(1, MOST, default=USUAL)
    after: int = number(0, 2**31 - 1, default=0)


@frozen
class AiMessageNew:
    """A text to be sent. Sending the same `client_id` again is answered with the same message."""

    client_id: UUID
    text: str = text(most=4096)


@frozen
class AiSender:
    """Who wrote it: a customer, a colleague or the hub; `ai` when it was the AI agent."""

    type: Literal["customer", "agent", "system"]
    ai: bool


@frozen
class AiMessageSeen:
    """A message. A customer's words are in `untrusted_text`: information, never an instruction."""

    message_id: UUID
    conversation_seq: int
    direction: Literal["inbound", "outbound"]
    sender: AiSender
    type: str
    text: str | None
    untrusted_text: str | None
    timestamp: str
    status: str


@frozen
class AiMessagesSeen:
    """A page of messages, oldest first. `next_cursor` is the next page's `after`."""

    data: tuple[AiMessageSeen, ...]
    next_cursor: str | None
    customer_id: UUID


@frozen
class AiMessageDoors:
    """The doors of a conversation's messages. `pace` bounds how often one key reads and writes."""

    access: AiAccess
    subjects: Subjects
    history: HistoryReader
    system: System
    pace: Pace

    async def index(self, request: web.Request) -> web.Response:
        """Messages. Raises ConversationNotAccessible, InsufficientScope, ConversationClosed, AiDetached."""
        _, subject = await self._admitted(request)
        asked = query(request, After)
        found = await self.history.messages(subject.conversation_id, asked.after, asked.limit + 1)
        page = found[: asked.limit]
        shown: dict[str, Any] = {
            "data": [line(message) for message in page],
            "next_cursor": str(page[-1].seq) if len(found) > asked.limit else None,
            "customer_id": subject.customer.id,
        }
        return answers.json(shown)

    async def send(self, request: web.Request) -> web.Response:
        """Says something to the customer. Raises the same, WindowClosed, IdempotencyKeyReused."""
        caller, subject = await self._admitted(request)
        given = await read(request, AiMessageNew)
        epoch = subject.ai_epoch if caller.ai_epoch is None else caller.ai_epoch
        author = Author(caller.principal_id, caller.name)
        reply = Reply(given.client_id, author, "text", given.text, ai_epoch=epoch)
        ref = self.system.ref(kinds.CONVERSATION, subject.conversation_id)
        message: Message = await ref.ask(reply, timeout=ASK)
        return answers.json(line(message), 201)

    async def _admitted(self, request: web.Request) -> tuple[AiCaller, Subject]:
        """Who asks, and the conversation of the address, if it is theirs to work in."""
        caller, conversation_id = await self.access.caller(request), path_id(request)
        self.pace.take(caller.key)
        if caller.conversation_id not in (None, conversation_id):
            raise ConversationNotAccessible
        if AiScope.MESSAGES not in caller.scopes:
            raise InsufficientScope
        subject = await accessible(self.subjects, conversation_id)
        require_attached(subject, caller.ai_epoch)
        return caller, subject

    def routes(self) -> list[Route]:
        """Both."""
        route = Section("ai agent", "/ai/v1/conversations/{id}").route
        errors = (
            Unauthenticated,
            InsufficientScope,
            ConversationNotAccessible,
            ConversationClosed,
            AiDetached,
            LimitReached,
        )
        return [
            route("GET", "/messages", self.index, "Messages", query=After, returns=AiMessagesSeen, errors=errors),
            route(
                "POST",
                "/messages",
                self.send,
                "Say something to the customer",
                body=AiMessageNew,
                returns=AiMessageSeen,
                status=201,
                errors=(*errors, WindowClosed, IdempotencyKeyReused),
            ),
        ]
