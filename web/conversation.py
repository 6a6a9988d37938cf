"""Conversations: lists, one, its window and timeline, and what people change of it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from aiohttp import web
from attrs import frozen

from actors import kinds
from actors.kernel import System
from hub.conversation import commands
from hub.conversation.commands import Author, Patch, Take
from hub.conversation.state import Conversation, Status, view, window_expires_at, window_is_open
from hub.errors import AlreadyAssigned, Invalid, InvalidTransition, NotFound, StaleVersion
from hub.listing import Filter, Row
from hub.ports import ConversationReader
from hub.rights import Permission
from hub.user import Users
from web import answers, preconditions
from web.body import path_id, query, read
from web.conversation_shapes import ConversationSeen, ConversationsSeen, WindowSeen
from web.cursors import MOST_CHARACTERS, Cursors
from web.fields import UNSET, Unset, number, text
from web.paging import MOST, USUAL
from web.principal import Principal, principal
from web.routes import Route, Section

ASK = 10.0
"""Seconds a request waits for its conversation; then 503."""


@frozen
class Narrowed:
    """What a list shows: any of the conversation's marks, in an order."""

    status: Literal["pending", "open", "snoozed", "resolved", "closed"] | None = None
    team_id: UUID | None = None
    assignee_id: str | None = text(most=36, pattern=r"me|none|[0-9a-f-]{36}", what="me, none or an id", default=None)
    channel: str | None = text(most=64, default=None)
    waiting: Literal["us"] | None = None
    failed: bool = False
    sort: Literal["waited", "newest", "priority"] = "waited"
    limit: int = number(1, MOST, default=USUAL)
    cursor: str | None = text(most=MOST_CHARACTERS, default=None)


@frozen
class ConversationPatch:
    """What to change; absent fields stay. `assignee_id` and `team_id` null take it from everybody."""

    status: Literal["open", "snoozed", "resolved"] | None = None
    assignee_id: UUID | Unset | None = UNSET
    team_id: UUID | Unset | None = UNSET
    priority: int | None = number(0, 3, default=None)
    subject: str | Unset | None = text(most=200, default=UNSET)  # noqa: RUF009 - it declares a field
    snoozed_until: datetime | None = None
    attributes: dict[str, Any] | None = None


def shown(row: Row) -> dict[str, Any]:
    """A conversation as its reader sees it."""
    return {**view(row.conversation), "unread": row.unread}


@frozen
class ConversationDoors:
    """The doors of conversations. `team_exists` tells whether a team can be named."""

    system: System
    conversations: ConversationReader
    users: Users
    team_exists: Callable[[UUID], Awaitable[bool]]
    cursors: Cursors
    clock: Callable[[], datetime]

    async def index(self, request: web.Request) -> web.Response:
        """The reader's conversations, narrowed and in order."""
        who, asked = principal(request), query(request, Narrowed)
        narrowed = _filter(who, asked)
        listing = f"conversations:{who.user_id}:{narrowed}"
        after = self.cursors.open(listing, asked.cursor) if asked.cursor else None
        place = (float(after[0]), UUID(after[1])) if after else None
        rows, seq = await self.conversations.page(who.reader, narrowed, place, asked.limit + 1)
        page = self.cursors.page(
            listing, rows, asked.limit, after=lambda row: (row.order_key, row.conversation.id), show=shown
        )
        return answers.json({**page, "seq": seq})

    async def get(self, request: web.Request) -> web.Response:
        """One conversation. Raises NotFound, also for what the reader may not see."""
        row = await self.visible(request)
        return preconditions.versioned(request, shown(row), row.conversation.version)

    async def change(self, request: web.Request) -> web.Response:
        """Changes it. Raises NotFound, StaleVersion with the current one, InvalidTransition, Invalid."""
        who, version, given = (
            principal(request),
            preconditions.if_match(request),
            await read(request, ConversationPatch),
        )
        row = await self.visible(request)
        patch = await self._patch(who, version, given)
        return await self._act(request, row, patch)

    async def take(self, request: web.Request) -> web.Response:
        """Gives an unassigned one to the asker. Raises NotFound, AlreadyAssigned naming who was faster."""
        who = principal(request)
        row = await self.visible(request)
        return await self._act(request, row, Take(Author(who.user_id, who.name)))

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

    async def _patch(self, who: Principal, version: int | None, given: ConversationPatch) -> Patch:
        fields: dict[str, Any] = {}
        if given.assignee_id is not UNSET:
            fields["assignee"] = await self._assignee(given.assignee_id) if given.assignee_id else None
        if given.team_id is not UNSET:
            if isinstance(given.team_id, UUID) and not await self.team_exists(given.team_id):
                raise Invalid(errors=[{"path": "$.team_id", "message": "is not a team"}])
            fields["team_id"] = given.team_id
        if given.subject is not UNSET:
            fields["subject"] = given.subject
        for name in ("priority", "attributes", "snoozed_until"):
            if (value := getattr(given, name)) is not None:
                fields[name] = value
        status = Status(given.status) if given.status else None
        return Patch(Author(who.user_id, who.name), version, status, **fields)

    async def _assignee(self, user_id: UUID | Unset) -> Author:
        user = await self.users.find(user_id) if isinstance(user_id, UUID) else None
        if user is None or user.disabled:
            raise Invalid(errors=[{"path": "$.assignee_id", "message": "is not an active user"}])
        return Author(user.id, user.name)

    async def _act(self, request: web.Request, row: Row, command: commands.Command) -> web.Response:
        changed: Conversation = await self.system.ref(kinds.CONVERSATION, row.conversation.id).ask(command, timeout=ASK)
        return preconditions.versioned(request, {**view(changed), "unread": row.unread}, changed.version)

    def routes(self) -> list[Route]:
        """Everything under `conversations` but messages."""
        route = Section("conversations", "/api/v1/conversations").route
        see, write = Permission.CONVERSATIONS_READ, Permission.CONVERSATIONS_WRITE
        changed = (NotFound, StaleVersion, InvalidTransition)
        return [
            route("GET", "", self.index, "My conversations", see, query=Narrowed, returns=ConversationsSeen),
            route("GET", "/{id}", self.get, "One conversation", see, returns=ConversationSeen, errors=(NotFound,)),
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


def _filter(who: Principal, asked: Narrowed) -> Filter:
    assignee = who.user_id if asked.assignee_id == "me" else None
    if asked.assignee_id not in (None, "me", "none"):
        try:
            assignee = UUID(asked.assignee_id)
        except ValueError:
            raise Invalid(errors=[{"path": "$.assignee_id", "message": "must be me, none or an id"}]) from None
    return Filter(
        status=asked.status,
        team_id=asked.team_id,
        assignee_id=assignee,
        unassigned=asked.assignee_id == "none",
        channel=asked.channel,
        failed=asked.failed,
        waiting=asked.waiting == "us",
        sort=asked.sort,
    )
