"""Rooms: one's own list, what is said in them, and how far one has read. To others a room is missing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from aiohttp import web
from attrs import frozen

from actors import kinds
from actors.kernel import System
from hub.clock import from_rfc3339
from hub.errors import Invalid, NotFound
from hub.mention import MOST_MENTIONS, MentionType
from hub.ports import ConversationReader
from hub.rights import Permission
from hub.room import LONGEST_NAME, LONGEST_TEXT, MOST_MEMBERS, Member, NewRoom, RoomKind, RoomRow, Rooms, Say, view
from web import answers
from web.body import path_id, query, read
from web.conversation import ASK
from web.cursors import Cursors
from web.fields import items, number, text
from web.mention import Directory, MentionNew, MentionSeen
from web.message import Before
from web.paging import Page
from web.principal import principal
from web.routes import Route, Section


@frozen
class RoomNew:
    """A room to be made, with the asker in it. Without a name it is that of just these people, who have one."""

    member_ids: tuple[UUID, ...] = items(least=1, most=MOST_MEMBERS - 1)
    name: str | None = text(most=LONGEST_NAME, default=None)


@frozen(kw_only=True)
class RoomMessageNew:
    """Something to be said. Sending the same `client_id` again is answered with the same message."""

    client_id: UUID
    text: str = text(most=LONGEST_TEXT)
    mentions: tuple[MentionNew, ...] = items(most=MOST_MENTIONS, default=())


@frozen
class RoomReadUpTo:
    """How far the reader has read; without a number, everything."""

    seq: int | None = number(0, 2**31 - 1, default=None)


@frozen
class RoomMember:
    """Somebody in a room, or who spoke there."""

    id: UUID
    name: str


@frozen
class RoomNewest:
    """How a room's newest message begins."""

    seq: int
    author: RoomMember
    text: str


@frozen
class RoomSeen:
    """A room as its member sees it; `unread` is what others wrote that he has not read."""

    id: UUID
    kind: RoomKind
    name: str | None
    team_id: UUID | None
    members: tuple[RoomMember, ...]
    last_seq: int
    read_seq: int
    unread: int
    newest: RoomNewest | None
    active_at: datetime
    created_at: datetime


@frozen
class RoomsSeen:
    """A page of rooms, the most lively first, exact at the event number `seq`."""

    data: tuple[RoomSeen, ...]
    next_cursor: str | None
    seq: int


@frozen
class RoomMessageSeen:
    """A message in a room."""

    id: UUID
    room_id: UUID
    seq: int
    client_id: UUID
    author: RoomMember
    text: str
    mentions: tuple[MentionSeen, ...]
    created_at: datetime


@frozen
class RoomMessagesSeen:
    """A page of messages, oldest first, exact at the event number `seq`. `read_seq` is how far the reader has read."""

    data: tuple[RoomMessageSeen, ...]
    next_cursor: str | None
    seq: int
    read_seq: int


def seen(row: RoomRow) -> dict[str, Any]:
    """A room as the outside sees it."""
    room = row.room
    return {
        "id": room.id,
        "kind": room.kind,
        "name": room.name,
        "team_id": room.team_id,
        "members": room.members,
        "last_seq": room.last_seq,
        "read_seq": row.read_seq,
        "unread": row.unread,
        "newest": row.newest,
        "active_at": row.active_at,
        "created_at": room.created_at,
    }


@frozen
class RoomDoors:
    """The doors of rooms."""

    system: System
    rooms: Rooms
    conversations: ConversationReader
    directory: Directory
    cursors: Cursors

    async def index(self, request: web.Request) -> web.Response:
        """One's rooms, the most lively first."""
        who, page = principal(request), query(request, Page)
        listing = f"rooms:{who.user_id}"
        after = self.cursors.open(listing, page.cursor) if page.cursor else None
        place = (from_rfc3339(after[0]), UUID(after[1])) if after else None
        seq = await self.conversations.head()
        rows = await self.rooms.page(who.user_id, place, page.limit + 1)
        shown = self.cursors.page(
            listing, rows, page.limit, after=lambda row: (row.active_at.isoformat(), row.room.id), show=seen
        )
        return answers.json({**shown, "seq": seq})

    async def open(self, request: web.Request) -> web.Response:
        """A room with these people: 201 for a new one, 200 for that which they have. Raises Invalid."""
        who, given = principal(request), await read(request, RoomNew)
        others = tuple(MentionNew(MentionType.USER, id) for id in dict.fromkeys(given.member_ids) if id != who.user_id)
        if not others:
            raise Invalid(errors=[{"path": "$.member_ids", "message": "must name somebody else"}])
        try:
            await self.directory.mentioned(others)
        except Invalid:
            raise Invalid(errors=[{"path": "$.member_ids", "message": "must be active users"}]) from None
        people = (who.user_id, *(other.id for other in others))
        name = given.name.strip() if given.name is not None else None
        room_id, new = await self.rooms.open(NewRoom(name, people))
        return answers.json(seen(await self._visible(who.user_id, room_id)), 201 if new else 200)

    async def messages(self, request: web.Request) -> web.Response:
        """A page of what was said, oldest first. Raises NotFound."""
        who, asked = principal(request), query(request, Before)
        row = await self._visible(who.user_id, path_id(request))
        seq = await self.conversations.head()
        found = await self.rooms.messages(row.room.id, asked.before, asked.limit + 1)
        page = found[-asked.limit :]
        more = str(page[0].seq) if len(found) > asked.limit else None
        data = [view(message) for message in page]
        return answers.json({"data": data, "next_cursor": more, "seq": seq, "read_seq": row.read_seq})

    async def say(self, request: web.Request) -> web.Response:
        """Says something. Raises NotFound, Invalid where somebody is mentioned who is not in the room."""
        who, given = principal(request), await read(request, RoomMessageNew)
        room = (await self._visible(who.user_id, path_id(request))).room
        mentions = await self.directory.mentioned(given.mentions)
        command = Say(Member(who.user_id, who.name), given.client_id, given.text, mentions)
        message = await self.system.ref(kinds.ROOM, room.id).ask(command, timeout=ASK)
        return answers.json(view(message), 201)

    async def read_up_to(self, request: web.Request) -> web.Response:
        """Moves the reader's own position. Raises NotFound."""
        who, given = principal(request), await read(request, RoomReadUpTo)
        room = (await self._visible(who.user_id, path_id(request))).room
        await self.rooms.mark_read(who.user_id, room.id, room.last_seq if given.seq is None else given.seq)
        return answers.nothing()

    async def _visible(self, user_id: UUID, room_id: UUID) -> RoomRow:
        row = await self.rooms.visible(user_id, room_id)
        if row is None:
            raise NotFound
        return row

    def routes(self) -> list[Route]:
        """Everything under `rooms`."""
        route, use = Section("rooms", "/api/v1/rooms").route, Permission.ROOMS_USE
        missing, talk = (NotFound,), "/{id}/messages"
        said, heard = RoomMessageNew, RoomMessageSeen
        return [
            route("GET", "", self.index, "My rooms", use, query=Page, returns=RoomsSeen),
            route(
                "POST",
                "",
                self.open,
                "Open a room",
                use,
                body=RoomNew,
                returns=RoomSeen,
                status=201,
                also=(200,),
                idempotent=True,
                atomic=True,
            ),
            route(
                "GET", talk, self.messages, "What was said", use, query=Before, returns=RoomMessagesSeen, errors=missing
            ),
            route(
                "POST",
                talk,
                self.say,
                "Say something",
                use,
                body=said,
                returns=heard,
                status=201,
                errors=missing,
                idempotent=True,
            ),
            route(
                "PUT",
                "/{id}/read",
                self.read_up_to,
                "I have read this",
                use,
                body=RoomReadUpTo,
                status=204,
                errors=missing,
            ),
        ]
