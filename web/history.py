"""A conversation's past: what happened to it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub.errors import NotFound
from hub.events import Event
from hub.listing import Row
from hub.ports import ConversationReader, HistoryReader
from hub.rights import Permission
from web import answers
from web.body import path_id, query
from web.cursors import MOST_CHARACTERS, Cursors
from web.fields import number, text
from web.paging import MOST, USUAL
from web.principal import principal
from web.routes import Route, Section


@frozen
class Past:
    """What happened, newest first; messages and what became of them only with `messages`."""

    messages: bool = False
    limit: int = number(1, MOST, default=USUAL)
    cursor: str | None = text(most=MOST_CHARACTERS, default=None)


@frozen
class EventSeen:
    """Something that happened, as the live stream told it."""

    seq: int
    id: UUID
    type: str
    at: datetime
    conversation_id: UUID
    conversation_seq: int | None
    version: int | None
    actor: dict[str, Any] | None
    data: dict[str, Any]


@frozen
class EventsSeen:
    """A page of what happened."""

    data: tuple[EventSeen, ...]
    next_cursor: str | None


def event_seen(event: Event) -> dict[str, Any]:
    """An event as the live stream tells it."""
    names = ("seq", "id", "type", "at", "conversation_id", "conversation_seq", "version", "actor", "data")
    return {name: getattr(event, name) for name in names}


@frozen
class HistoryDoors:
    """The doors of the past."""

    conversations: ConversationReader
    history: HistoryReader
    cursors: Cursors

    async def events(self, request: web.Request) -> web.Response:
        """What happened. Raises NotFound."""
        asked, conversation = query(request, Past), (await self._visible(request)).conversation
        listing = f"events:{conversation.id}:{asked.messages}"
        before = int(self.cursors.open(listing, asked.cursor)[0]) if asked.cursor else None
        found = await self.history.events(conversation.id, before, messages=asked.messages, limit=asked.limit + 1)
        page = self.cursors.page(listing, found, asked.limit, after=lambda event: (event.seq,), show=event_seen)
        return answers.json(page)

    async def _visible(self, request: web.Request) -> Row:
        row = await self.conversations.visible(principal(request).reader, path_id(request))
        if row is None:
            raise NotFound
        return row

    def routes(self) -> list[Route]:
        """The one door."""
        route, see = Section("conversations", "/api/v1/conversations/{id}").route, Permission.CONVERSATIONS_READ
        missing: dict[str, Any] = {"errors": (NotFound,)}
        return [
            route("GET", "/events", self.events, "What happened", see, query=Past, returns=EventsSeen, **missing),
        ]
