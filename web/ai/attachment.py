"""A conversation in the hands of people: handed to the AI agent, and taken back."""

import logging
from collections.abc import Callable
from datetime import datetime

from aiohttp import web
from attrs import frozen

from actors import kinds
from actors.kernel import System
from hub.audit import AuditLog, Entry
from hub.conversation.commands import AttachAi
from hub.conversation.state import Conversation, Status, view
from hub.decision import decided
from hub.errors import AuditUnavailable, ConversationClosed, NotFound
from hub.listing import Row
from hub.ports import ConversationReader
from hub.rights import Permission
from web import preconditions
from web.body import path_id
from web.conversation import ASK
from web.conversation_patch import author_of
from web.conversation_shapes import ConversationSeen
from web.principal import principal
from web.routes import Route, Section

log = logging.getLogger("hub.ai")


@frozen
class AttachmentDoors:
    """The doors by which colleagues hand a conversation to the AI agent and take it back.

    Handing over lets a program act in a customer's name: not without a row of the audit. Taking back must always work,
    also when no row can be written.
    """

    system: System
    conversations: ConversationReader
    audit: AuditLog
    clock: Callable[[], datetime]

    async def attach(self, request: web.Request) -> web.Response:
        """Hands it over: the AI agent may answer again, with what it reads from now on. Raises NotFound,
        ConversationClosed, AuditUnavailable."""
        row = await self._visible(request)
        if not row.conversation.ai_attached:
            if row.conversation.status is Status.CLOSED:
                raise ConversationClosed
            await self.audit.append(self._entry(request, row, "hand_to_ai"))
        return await self._set(request, row, attached=True)

    async def detach(self, request: web.Request) -> web.Response:
        """Takes it back: whatever the AI agent is about to say is refused. Raises NotFound."""
        row = await self._visible(request)
        answer = await self._set(request, row, attached=False)
        if row.conversation.ai_attached:
            try:
                await self.audit.append(self._entry(request, row, "take_from_ai"))
            except AuditUnavailable:
                log.error(
                    "who took a conversation back is not in the audit", extra={"conversation": str(row.conversation.id)}
                )
        return answer

    def _entry(self, request: web.Request, row: Row, what: str) -> Entry:
        return decided(principal(request).key, what, self.clock(), conversation_id=row.conversation.id)

    async def _visible(self, request: web.Request) -> Row:
        row = await self.conversations.visible(principal(request).reader, path_id(request))
        if row is None:
            raise NotFound
        return row

    async def _set(self, request: web.Request, row: Row, *, attached: bool) -> web.Response:
        ref = self.system.ref(kinds.CONVERSATION, row.conversation.id)
        command = AttachAi(author_of(principal(request)), attached)
        changed: Conversation = await ref.ask(command, timeout=ASK)
        return preconditions.versioned({**view(changed), "unread": row.unread}, changed.version)

    def routes(self) -> list[Route]:
        """Both."""
        route, write = Section("conversations", "/api/v1/conversations/{id}").route, Permission.CONVERSATIONS_WRITE
        return [
            route(
                "PUT",
                "/ai",
                self.attach,
                "Hand it to the AI agent",
                write,
                returns=ConversationSeen,
                errors=(NotFound, ConversationClosed, AuditUnavailable),
            ),
            route(
                "DELETE",
                "/ai",
                self.detach,
                "Take it from the AI agent",
                write,
                returns=ConversationSeen,
                errors=(NotFound,),
            ),
        ]
