"""A conversation's past: what happened to it, and its transcript."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub.clock import rfc3339
from hub.errors import NotFound
from hub.events import Event
from hub.listing import Merged, Row
from hub.message import Message
from hub.message import view as message_view
from hub.ports import ConversationReader, HistoryReader
from hub.rights import Permission
from web import answers
from web.body import path_id, query
from web.conversation import shown
from web.cursors import MOST_CHARACTERS, Cursors
from web.fields import number, text
from web.paging import MOST, USUAL
from web.principal import principal
from web.routes import Route, Section

PORTION = 200
"""Messages of a transcript read and written at a time: a long one takes no more memory than a short one."""


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


@frozen
class Form:
    """`text` to be read, `json` with everything that messages hold. Notes between colleagues are in neither."""

    format: Literal["text", "json"] = "text"


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

    async def transcript(self, request: web.Request) -> web.StreamResponse:
        """The whole conversation as a file, with those that were merged into it before it. Raises NotFound."""
        form, row = query(request, Form).format, await self._visible(request)
        merged = await self.history.merged(row.conversation.id)
        name = f"conversation-{row.conversation.number}.{'json' if form == 'json' else 'txt'}"
        response = web.StreamResponse(headers={"Content-Disposition": f'attachment; filename="{name}"'})
        response.content_type = "application/json" if form == "json" else "text/plain"
        response.charset = "utf-8"
        await response.prepare(request)
        if request.method != "HEAD":
            async for part in (self._as_json if form == "json" else self._as_text)(row, merged):
                await response.write(part)
        await response.write_eof()
        return response

    async def _as_text(self, row: Row, merged: list[Merged]) -> AsyncIterator[bytes]:
        own = row.conversation
        yield f"Conversation {own.number} with {_line(own.customer.name or 'somebody')}\n".encode()
        for part in (*merged, _whole(row)):
            yield f"\n{part.channel} ({part.channel_type}), conversation {part.number}\n\n".encode()
            async for messages in self._messages(part.id):
                yield "".join(map(_spoken, messages)).encode()

    async def _as_json(self, row: Row, merged: list[Merged]) -> AsyncIterator[bytes]:
        yield b'{"conversation":' + answers.dumps(shown(row)) + b',"messages":['
        first = True
        for part in (*merged, _whole(row)):
            async for messages in self._messages(part.id):
                shapes = b",".join(answers.dumps(message_view(message, part.channel_type)) for message in messages)
                yield shapes if first else b"," + shapes
                first = False
        yield b"]}"

    async def _messages(self, conversation_id: UUID) -> AsyncIterator[list[Message]]:
        after = 0
        while messages := await self.history.messages(conversation_id, after, PORTION):
            yield messages
            after = messages[-1].seq

    async def _visible(self, request: web.Request) -> Row:
        row = await self.conversations.visible(principal(request).reader, path_id(request))
        if row is None:
            raise NotFound
        return row

    def routes(self) -> list[Route]:
        """Both."""
        route, see = Section("conversations", "/api/v1/conversations/{id}").route, Permission.CONVERSATIONS_READ
        missing: dict[str, Any] = {"errors": (NotFound,)}
        return [
            route("GET", "/events", self.events, "What happened", see, query=Past, returns=EventsSeen, **missing),
            route("GET", "/transcript", self.transcript, "The conversation as a file", see, query=Form, **missing),
        ]


def _whole(row: Row) -> Merged:
    own = row.conversation
    return Merged(own.id, own.number, own.channel, own.channel_type, own.last_seq)


def _spoken(message: Message) -> str:
    """A message as a paragraph: when, who, what."""
    said = "(deleted)" if message.deleted_at else message.text or ""
    if message.media_id is not None:
        media = message.content_metadata.get("media", {})
        said = f"[{message.type}: {_line(str(media.get('filename') or message.media_id))}] {said}".rstrip()
    return f"{rfc3339(message.at)} {_line(message.sender.name or message.sender.type)}: {said}\n"


def _line(text: str) -> str:
    return " ".join(text.split())
