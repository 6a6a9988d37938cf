"""Drafts: what I have written in a conversation and not sent."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub.draft import Draft, Drafts
from hub.errors import NotFound
from hub.ports import ConversationReader
from hub.rights import Permission
from web import answers
from web.body import path_id, read
from web.conversation_shapes import DraftShown
from web.fields import items, text
from web.principal import principal
from web.routes import Route, Section

MOST_FILES = 10


@frozen
class DraftNew:
    """A draft; an empty one without files is none."""

    text: str = text(least=0, most=4096, default="")
    media_ids: tuple[UUID, ...] = items(most=MOST_FILES, default=())


def draft_seen(draft: Draft | None) -> DraftShown | None:
    """The draft as its writer sees it."""
    return None if draft is None else DraftShown(draft.text, draft.media_ids, draft.updated_at)


@frozen
class DraftDoors:
    """The doors of one's own drafts."""

    conversations: ConversationReader
    drafts: Drafts
    clock: Callable[[], datetime]

    async def get(self, request: web.Request) -> web.Response:
        """My draft. Raises NotFound, also where there is none."""
        user_id, conversation_id = await self._mine(request)
        seen = draft_seen(await self.drafts.get(user_id, conversation_id))
        if seen is None:
            raise NotFound("There is no draft.")
        return answers.json(seen)

    async def put(self, request: web.Request) -> web.Response:
        """Keeps my draft. Raises NotFound."""
        given = await read(request, DraftNew)
        user_id, conversation_id = await self._mine(request)
        draft = Draft(given.text, given.media_ids, self.clock())
        if given.text or given.media_ids:
            await self.drafts.put(user_id, conversation_id, draft)
        else:
            await self.drafts.delete(user_id, conversation_id)
        return answers.json(draft_seen(draft))

    async def delete(self, request: web.Request) -> web.Response:
        """Forgets my draft. Raises NotFound."""
        await self.drafts.delete(*await self._mine(request))
        return answers.nothing()

    async def _mine(self, request: web.Request) -> tuple[UUID, UUID]:
        who, conversation_id = principal(request), path_id(request)
        if await self.conversations.visible(who.reader, conversation_id) is None:
            raise NotFound
        return who.user_id, conversation_id

    def routes(self) -> list[Route]:
        """All of them."""
        route, use = Section("conversations", "/api/v1/conversations/{id}/draft").route, Permission.INBOX_USE
        missing: dict[str, Any] = {"errors": (NotFound,)}
        return [
            route("GET", "", self.get, "My draft", use, returns=DraftShown, **missing),
            route("PUT", "", self.put, "Keep my draft", use, body=DraftNew, returns=DraftShown, **missing),
            route("DELETE", "", self.delete, "Forget my draft", use, status=204, **missing),
        ]
