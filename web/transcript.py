"""A conversation's transcript: the whole of it as a file."""

from collections.abc import AsyncIterator
from typing import Any, Literal
from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub.clock import rfc3339
from hub.errors import Forbidden, NotFound
from hub.listing import Merged, Row
from hub.message import Message
from hub.message import view as message_view
from hub.note import Note
from hub.note import view as note_view
from hub.ports import ConversationReader, HistoryReader
from hub.rights import Permission
from web import answers
from web.body import path_id, query
from web.conversation import shown
from web.principal import principal
from web.routes import Route, Section

PORTION = 200
"""Messages or notes read at a time: a long transcript takes no more memory than a short one."""

PIECE = 16 * 1024
"""Bytes that are put together before they are sent."""


@frozen
class Form:
    """`text` to be read, `json` with everything that messages hold. A transcript may be meant for the customer: what
    colleagues wrote to each other is in it only with `notes`."""

    format: Literal["text", "json"] = "text"
    notes: bool = False


@frozen
class TranscriptDoors:
    """The door of transcripts."""

    conversations: ConversationReader
    history: HistoryReader

    async def show(self, request: web.Request) -> web.StreamResponse:
        """The whole conversation as a file, with those that were merged into it before it. Raises NotFound, Forbidden
        when notes are asked for and not to be read."""
        who, asked = principal(request), query(request, Form)
        row = await self.conversations.visible(who.reader, path_id(request))
        if row is None:
            raise NotFound
        if asked.notes and not who.may(Permission.NOTES_READ):
            raise Forbidden
        parts = [*await self.history.merged(row.conversation.id), _whole(row)]
        response = _file(row, asked)
        await response.prepare(request)
        if request.method != "HEAD":
            told = self._as_json if asked.format == "json" else self._as_text
            async for piece in _gathered(told(row, parts, notes=asked.notes)):
                await response.write(piece)
        await response.write_eof()
        return response

    async def _as_text(self, row: Row, parts: list[Merged], *, notes: bool) -> AsyncIterator[bytes]:
        own = row.conversation
        yield f"Conversation {own.number} with {_line(own.customer.name or 'somebody')}\n".encode()
        for part in parts:
            yield f"\n{part.channel} ({part.channel_type}), conversation {part.number}\n\n".encode()
            async for said in self._in_order(part.id, notes=notes):
                yield (_noted(said) if isinstance(said, Note) else _spoken(said)).encode()

    async def _as_json(self, row: Row, parts: list[Merged], *, notes: bool) -> AsyncIterator[bytes]:
        yield b'{"conversation":' + answers.dumps(shown(row)) + b',"messages":['
        between = b""
        for part in parts:
            async for message in self._messages(part.id):
                yield between + answers.dumps(message_view(message, part.channel_type))
                between = b","
        if notes:
            yield b'],"notes":['
            between = b""
            for part in parts:
                async for note in self._notes(part.id):
                    yield between + answers.dumps(note_view(note))
                    between = b","
        yield b"]}"

    async def _in_order(self, conversation_id: UUID, *, notes: bool) -> AsyncIterator[Message | Note]:
        """The messages, each with the notes behind it that were written after it."""
        waiting = self._notes(conversation_id)
        note = await anext(waiting, None) if notes else None
        async for message in self._messages(conversation_id):
            while note is not None and note.after_seq < message.seq:
                yield note
                note = await anext(waiting, None)
            yield message
        while note is not None:
            yield note
            note = await anext(waiting, None)

    async def _messages(self, conversation_id: UUID) -> AsyncIterator[Message]:
        after = 0
        while messages := await self.history.messages(conversation_id, after, PORTION):
            for message in messages:
                yield message
            after = messages[-1].seq

    async def _notes(self, conversation_id: UUID) -> AsyncIterator[Note]:
        after = None
        while notes := await self.history.notes(conversation_id, after, PORTION):
            for note in notes:
                yield note
            after = notes[-1].created_at, notes[-1].id

    def routes(self) -> list[Route]:
        """The one door."""
        route = Section("conversations", "/api/v1/conversations/{id}/transcript").route
        errors: dict[str, Any] = {"errors": (NotFound, Forbidden)}
        return [
            route(
                "GET", "", self.show, "The conversation as a file", Permission.CONVERSATIONS_READ, query=Form, **errors
            )
        ]


async def _gathered(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same in pieces that are worth sending."""
    piece = bytearray()
    async for part in parts:
        piece += part
        if len(piece) >= PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


def _file(row: Row, asked: Form) -> web.StreamResponse:
    name = f"conversation-{row.conversation.number}.{'json' if asked.format == 'json' else 'txt'}"
    response = web.StreamResponse(headers={"Content-Disposition": f'attachment; filename="{name}"'})
    response.content_type = "application/json" if asked.format == "json" else "text/plain"
    response.charset = "utf-8"
    return response


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


def _noted(note: Note) -> str:
    """A note likewise; that it is one is said first."""
    said = "(deleted)" if note.deleted_at else note.text or ""
    return f"{rfc3339(note.created_at)} [note] {_line(note.author_name)}: {said}\n"


def _line(text: str) -> str:
    return " ".join(text.split())
