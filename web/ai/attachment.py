"""A conversation in the hands of people: handed to the AI agent, and taken back."""

from aiohttp import web
from attrs import frozen

from actors import kinds
from actors.kernel import System
from hub.conversation.commands import AttachAi
from hub.conversation.state import Conversation, view
from hub.errors import ConversationClosed, NotFound
from hub.ports import ConversationReader
from hub.rights import Permission
from web import preconditions
from web.body import path_id
from web.conversation import ASK
from web.conversation_patch import author_of
from web.conversation_shapes import ConversationSeen
from web.principal import principal
from web.routes import Route, Section


@frozen
class AttachmentDoors:
    """The doors by which colleagues hand a conversation to the AI agent and take it back."""

    system: System
    conversations: ConversationReader

    async def attach(self, request: web.Request) -> web.Response:
        """Hands it over: the AI agent may answer again, with what it reads from now on. Raises NotFound,
        ConversationClosed."""
        return await self._set(request, attached=True)

    async def detach(self, request: web.Request) -> web.Response:
        """Takes it back: whatever the AI agent is about to say is refused. Raises NotFound."""
        return await self._set(request, attached=False)

    async def _set(self, request: web.Request, *, attached: bool) -> web.Response:
        who = principal(request)
        row = await self.conversations.visible(who.reader, path_id(request))
        if row is None:
            raise NotFound
        ref = self.system.ref(kinds.CONVERSATION, row.conversation.id)
        changed: Conversation = await ref.ask(AttachAi(author_of(who), attached), timeout=ASK)
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
                errors=(NotFound, ConversationClosed),
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
