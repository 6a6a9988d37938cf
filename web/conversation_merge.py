"""Merging two conversations of one customer."""

from uuid import UUID

from aiohttp import web
from attrs import frozen

from actors import kinds
from actors.kernel import System
from hub.conversation.commands import Absorb, Merge
from hub.conversation.state import Conversation, Status, view
from hub.errors import Invalid, InvalidTransition, NotFound
from hub.listing import Row
from hub.ports import ConversationReader
from hub.rights import Permission
from web import preconditions
from web.body import path_id, read
from web.conversation import ASK
from web.conversation_patch import author_of
from web.conversation_shapes import ConversationSeen
from web.principal import Principal, principal
from web.routes import Route, Section


@frozen
class Into:
    """The conversation of the same customer that goes on."""

    into: UUID


@frozen
class MergeDoors:
    """The door of merging."""

    system: System
    conversations: ConversationReader

    async def merge(self, request: web.Request) -> web.Response:
        """Ends this conversation in another one; answers that one. Asking again changes nothing: what was interrupted
        the hub completes by itself.

        Raises NotFound for either, Invalid for another customer's, InvalidTransition when either is closed.
        """
        who, given = principal(request), await read(request, Into)
        source = (await self._visible(who, path_id(request))).conversation
        row = await self._into(who, given.into, source)
        author, target = author_of(who), row.conversation
        ref = self.system.ref(kinds.CONVERSATION, source.id)
        left: Conversation = await ref.ask(Merge(author, target.id, target.number), timeout=ASK)
        if left.merged_into_id is not None:
            return preconditions.versioned({**view(target), "unread": row.unread}, target.version)
        absorbing = self.system.ref(kinds.CONVERSATION, target.id).ask(Absorb(author, left), timeout=ASK)
        changed: Conversation = await absorbing
        return preconditions.versioned({**view(changed), "unread": row.unread}, changed.version)

    async def _into(self, who: Principal, into: UUID, source: Conversation) -> Row:
        if into == source.id:
            raise Invalid(errors=[{"path": "$.into", "message": "is the conversation itself"}])
        row = await self.conversations.visible(who.reader, into)
        if row is None or row.conversation.customer.id != source.customer.id:
            raise Invalid(errors=[{"path": "$.into", "message": "is not a conversation of the same customer"}])
        if row.conversation.status is Status.CLOSED:
            raise InvalidTransition("Nothing can be merged into a closed conversation.")
        return row

    async def _visible(self, who: Principal, conversation_id: UUID) -> Row:
        row = await self.conversations.visible(who.reader, conversation_id)
        if row is None:
            raise NotFound
        return row

    def routes(self) -> list[Route]:
        """The one door."""
        return [
            Section("conversations", "/api/v1/conversations").route(
                "POST",
                "/{id}/merge",
                self.merge,
                "End it in another one of the customer",
                Permission.CONVERSATIONS_WRITE,
                body=Into,
                returns=ConversationSeen,
                errors=(NotFound, InvalidTransition),
                idempotent=True,
            )
        ]
