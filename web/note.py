"""Notes at a conversation: read, written with mentions, deleted."""

from datetime import datetime
from uuid import UUID

from aiohttp import web
from attrs import frozen

from actors import kinds
from actors.kernel import System
from hub.clock import from_rfc3339
from hub.conversation.commands import AddNote, Author, Command, DeleteNote
from hub.errors import Forbidden, NotFound
from hub.mention import MOST_MENTIONS
from hub.note import LONGEST_NOTE, Note, Notes, view
from hub.ports import ConversationReader
from hub.rights import Permission
from web import answers
from web.body import path_id, query, read
from web.conversation import ASK
from web.cursors import Cursors
from web.fields import items, text
from web.idempotency import effect_id
from web.mention import Directory, MentionNew, MentionSeen
from web.paging import Page
from web.principal import Principal, principal
from web.routes import Route, Section


@frozen(kw_only=True)
class NoteNew:
    """A note to be written. Mentions are named beside the text; each person has to see the conversation.

    `client_id` is made by the writer's side; sending the same again is answered with the same note.
    """

    text: str = text(most=LONGEST_NOTE)
    mentions: tuple[MentionNew, ...] = items(most=MOST_MENTIONS, default=())
    client_id: UUID | None = None


@frozen
class NoteAuthor:
    """Who wrote a note."""

    id: UUID
    name: str


@frozen
class NoteSeen:
    """A note. `after_seq` is the message after which it was written; a deleted one has no text."""

    id: UUID
    conversation_id: UUID
    after_seq: int
    client_id: UUID | None
    author: NoteAuthor
    text: str | None
    mentions: tuple[MentionSeen, ...]
    created_at: datetime
    deleted_at: datetime | None


@frozen
class NotesSeen:
    """A page of notes, the newest first, exact at the event number `seq`."""

    data: tuple[NoteSeen, ...]
    next_cursor: str | None
    seq: int


@frozen
class NoteDoors:
    """The doors of notes."""

    system: System
    notes: Notes
    conversations: ConversationReader
    directory: Directory
    cursors: Cursors

    async def index(self, request: web.Request) -> web.Response:
        """A conversation's notes. Raises NotFound."""
        who, conversation_id, page = principal(request), path_id(request), query(request, Page)
        await self._visible(who, conversation_id)
        listing = f"notes:{conversation_id}"
        after = self.cursors.open(listing, page.cursor) if page.cursor else None
        place = (from_rfc3339(after[0]), UUID(after[1])) if after else None
        seq = await self.conversations.head()
        notes = await self.notes.page(conversation_id, place, page.limit + 1)
        shown = self.cursors.page(
            listing, notes, page.limit, after=lambda note: (note.created_at.isoformat(), note.id), show=view
        )
        return answers.json({**shown, "seq": seq})

    async def add(self, request: web.Request) -> web.Response:
        """Writes a note. Raises NotFound, Invalid where somebody is mentioned who may not see it."""
        who, conversation_id, given = principal(request), path_id(request), await read(request, NoteNew)
        await self._visible(who, conversation_id)
        mentions = await self.directory.mentioned(given.mentions)
        client_id = given.client_id or effect_id(request)
        note = await self._ask(conversation_id, AddNote(_author(who), given.text, mentions, client_id))
        return answers.json(view(note), 201)

    async def delete(self, request: web.Request) -> web.Response:
        """Deletes a note; that there was one stays visible. Raises NotFound, Forbidden."""
        who = principal(request)
        note = await self.notes.find(path_id(request))
        if note is None:
            raise NotFound
        await self._visible(who, note.conversation_id)
        of_others = who.may(Permission.NOTES_MANAGE)
        await self._ask(note.conversation_id, DeleteNote(_author(who), note, of_others))
        return answers.nothing()

    async def _visible(self, who: Principal, conversation_id: UUID) -> None:
        if await self.conversations.visible(who.reader, conversation_id) is None:
            raise NotFound

    async def _ask(self, conversation_id: UUID, command: Command) -> Note:
        note: Note = await self.system.ref(kinds.CONVERSATION, conversation_id).ask(command, timeout=ASK)
        return note

    def routes(self) -> list[Route]:
        """Everything about notes."""
        of, one = Section("notes", "/api/v1/conversations/{id}/notes").route, Section("notes", "/api/v1/notes").route
        see, write, missing = Permission.NOTES_READ, Permission.NOTES_WRITE, (NotFound,)
        return [
            of("GET", "", self.index, "Notes", see, query=Page, returns=NotesSeen, errors=missing),
            of(
                "POST",
                "",
                self.add,
                "Write a note",
                write,
                body=NoteNew,
                returns=NoteSeen,
                status=201,
                errors=missing,
                idempotent=True,
            ),
            one("DELETE", "/{id}", self.delete, "Delete a note", write, status=204, errors=(NotFound, Forbidden)),
        ]


def _author(who: Principal) -> Author:
    return Author(who.user_id, who.name, who.reader)
