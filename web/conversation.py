"""Conversations: one, its window and timeline, and what people change of it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from aiohttp import web
from attrs import frozen

from actors import kinds
from actors.kernel import System
from hub.conversation import commands
from hub.conversation.commands import Take
from hub.conversation.state import Conversation, view, window_expires_at, window_is_open
from hub.draft import Drafts
from hub.errors import AlreadyAssigned, InvalidTransition, NotFound, StaleVersion
from hub.listing import Row
from hub.ports import ConversationReader, HistoryReader
from hub.rights import Permission
from web import answers, preconditions
from web.body import path_id, read
from web.conversation_patch import ConversationPatch, Edits, author_of
from web.conversation_shapes import ConversationSeen, ConversationWhole, WindowSeen
from web.draft import draft_seen
from web.principal import principal
from web.routes import Route, Section

ASK = 10.0
"""Seconds a request waits for its conversation; then 503."""


def shown(row: Row) -> dict[str, Any]:
    """A conversation as its reader sees it."""
    return {**view(row.conversation), "unread": row.unread}


@frozen
class ConversationDoors:
    """The doors of one conversation. `viewers` tells who looks at it, without the one who asks."""

    system: System
    conversations: ConversationReader
    edits: Edits
    drafts: Drafts
    history: HistoryReader
    viewers: Callable[[UUID, UUID], list[dict[str, Any]]]
    clock: Callable[[], datetime]

    async def get(self, request: web.Request) -> web.Response:
        """One conversation. Raises NotFound, also for what the reader may not see."""
        row, user_id = await self.visible(request), principal(request).user_id
        conversation_id = row.conversation.id
        more = {
            "draft": draft_seen(await self.drafts.get(user_id, conversation_id)),
            "merged": await self.history.merged(conversation_id),
            "viewers": self.viewers(conversation_id, user_id),
        }
        return preconditions.versioned({**shown(row), **more}, row.conversation.version)

    async def change(self, request: web.Request) -> web.Response:
        """Changes it. Raises NotFound, StaleVersion with the current one, InvalidTransition, Invalid."""
        who, version, given = (
            principal(request),
            preconditions.if_match(request),
            await read(request, ConversationPatch),
        )
        row = await self.visible(request)
        return await self._act(request, row, await self.edits.edit(who, version, given, row.conversation.team_id))

    async def take(self, request: web.Request) -> web.Response:
        """Gives an unassigned one to the asker. Raises NotFound, AlreadyAssigned naming who was faster."""
        who = principal(request)
        row = await self.visible(request)
        return await self._act(request, row, Take(author_of(who)))

    async def window(self, request: web.Request) -> web.Response:
        """Whether free-form messages can be sent now. Raises NotFound."""
        conversation = (await self.visible(request)).conversation
        expires_at = window_expires_at(conversation)
        return answers.json(WindowSeen(window_is_open(conversation, self.clock()), expires_at))

    async def visible(self, request: web.Request) -> Row:
        """The conversation of the address, if this reader may see it. Raises NotFound."""
        row = await self.conversations.visible(principal(request).reader, path_id(request))
        if row is None:
            raise NotFound
        return row

    async def _act(self, request: web.Request, row: Row, command: commands.Command) -> web.Response:
        changed: Conversation = await self.system.ref(kinds.CONVERSATION, row.conversation.id).ask(command, timeout=ASK)
        return preconditions.versioned({**view(changed), "unread": row.unread}, changed.version)

    def routes(self) -> list[Route]:
        """Everything under `conversations` but messages."""
        route = Section("conversations", "/api/v1/conversations").route
        see, write = Permission.CONVERSATIONS_READ, Permission.CONVERSATIONS_WRITE
        changed = (NotFound, StaleVersion, InvalidTransition)
        return [
            route("GET", "/{id}", self.get, "One conversation", see, returns=ConversationWhole, errors=(NotFound,)),
            route(
                "PATCH",
                "/{id}",
                self.change,
                "Change a conversation",
                write,
                body=ConversationPatch,
                returns=ConversationSeen,
                errors=changed,
            ),
            route(
                "POST",
                "/{id}/take",
                self.take,
                "Take an unassigned conversation",
                Permission.INBOX_USE,
                returns=ConversationSeen,
                errors=(NotFound, AlreadyAssigned, InvalidTransition),
                idempotent=True,
            ),
            route(
                "GET", "/{id}/window", self.window, "May I write freely?", see, returns=WindowSeen, errors=(NotFound,)
            ),
        ]
