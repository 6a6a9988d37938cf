"""Tags: supervisors define them, everybody puts them on conversations and takes them off."""

import contextlib
from datetime import datetime
from typing import Any
from uuid import UUID

from aiohttp import web
from attrs import frozen

from actors import kinds
from actors.kernel import KernelError, System
from actors.tag import Look
from hub.conversation.commands import AddTag, Author, Command, RemoveTag
from hub.conversation.state import Conversation, view
from hub.errors import AlreadyExists, Invalid, InvalidTransition, NotFound, StaleVersion
from hub.ports import ConversationReader
from hub.rights import Permission
from hub.tag import (
    COLOUR,
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    USUAL_COLOUR,
    Tag,
    TagChange,
    Tags,
    clean_name,
    same_name,
)
from web import answers, preconditions
from web.body import path_id, query, read
from web.conversation import ASK
from web.conversation_shapes import ConversationSeen
from web.cursors import Cursors
from web.fields import text
from web.paging import Page
from web.principal import Principal, principal
from web.routes import Route, Section


@frozen
class TagNew:
    """A tag to be defined. `VIP` and `vip` are one name."""

    name: str = text(most=LONGEST_NAME, example="vip")
    colour: str = text(most=7, pattern=COLOUR, what="a colour such as #d97706", default=USUAL_COLOUR)
    description: str = text(least=0, most=LONGEST_DESCRIPTION, default="")


@frozen
class TagPatch:
    """What to change; absent fields stay. A new name is carried to the conversations in the background."""

    name: str | None = text(most=LONGEST_NAME, default=None)
    colour: str | None = text(most=7, pattern=COLOUR, what="a colour such as #d97706", default=None)
    description: str | None = text(least=0, most=LONGEST_DESCRIPTION, default=None)


@frozen
class TagSeen:
    """A tag."""

    id: UUID
    name: str
    colour: str
    description: str
    version: int
    created_at: datetime


@frozen
class TagsSeen:
    """A page of tags."""

    data: tuple[TagSeen, ...]
    next_cursor: str | None


def seen(tag: Tag) -> TagSeen:
    """A tag as the outside sees it."""
    return TagSeen(tag.id, tag.name, tag.colour, tag.description, tag.version, tag.created_at)


@frozen
class TagDoors:
    """The doors of tags."""

    system: System
    tags: Tags
    conversations: ConversationReader
    cursors: Cursors

    async def index(self, request: web.Request) -> web.Response:
        """Tags by name."""
        page = query(request, Page)
        after = self.cursors.open("tags", page.cursor) if page.cursor else None
        tags = await self.tags.page((after[0], UUID(after[1])) if after else None, page.limit + 1)
        return answers.json(
            self.cursors.page("tags", tags, page.limit, after=lambda tag: (same_name(tag.name), tag.id), show=seen)
        )

    async def create(self, request: web.Request) -> web.Response:
        """Defines a tag. Raises AlreadyExists."""
        given = await read(request, TagNew)
        tag = await self.tags.create(clean_name(given.name), given.colour, given.description)
        return preconditions.versioned(seen(tag), tag.version, 201)

    async def change(self, request: web.Request) -> web.Response:
        """Changes a tag. Raises NotFound, StaleVersion with the current tag, AlreadyExists."""
        who, tag_id = principal(request), path_id(request)
        version, given = preconditions.if_match(request), await read(request, TagPatch)
        name = clean_name(given.name) if given.name is not None else None
        change = TagChange(name, given.colour, given.description)
        try:
            tag = await self.tags.change(tag_id, version, change, (who.user_id, who.name))
        except StaleVersion:
            current = await self.tags.find(tag_id)
            raise StaleVersion(extra={"current": answers.value(seen(current)) if current else None}) from None
        self._look()
        return preconditions.versioned(seen(tag), tag.version)

    async def delete(self, request: web.Request) -> web.Response:
        """Removes a tag, in the background also from the conversations. Raises NotFound."""
        who = principal(request)
        await self.tags.delete(path_id(request), (who.user_id, who.name))
        self._look()
        return answers.nothing()

    async def add(self, request: web.Request) -> web.Response:
        """Puts a tag on a conversation. One that is not defined is defined by that, for those who may; for others it is
        missing. Raises NotFound, Invalid."""
        who = principal(request)
        name = clean_name(request.match_info["tag"])
        return await self._act(request, AddTag(_author(who), await self._defined(who, name)))

    async def remove(self, request: web.Request) -> web.Response:
        """Takes a tag off a conversation. Raises NotFound."""
        name = clean_name(request.match_info["tag"])
        return await self._act(request, RemoveTag(_author(principal(request)), name))

    async def _defined(self, who: Principal, name: str) -> str:
        known = await self.tags.named(name)
        if known is None and not who.may(Permission.TAGS_MANAGE):
            raise NotFound("There is no such tag. A supervisor can define it.")
        if known is None:
            try:
                known = await self.tags.create(name, USUAL_COLOUR, "")
            except AlreadyExists:
                known = await self.tags.named(name)  # somebody was faster
                if known is None:
                    raise
        return known.name

    async def _act(self, request: web.Request, command: Command) -> web.Response:
        row = await self.conversations.visible(principal(request).reader, path_id(request))
        if row is None:
            raise NotFound
        changed: Conversation = await self.system.ref(kinds.CONVERSATION, row.conversation.id).ask(command, timeout=ASK)
        shown: dict[str, Any] = {**view(changed), "unread": row.unread}
        return preconditions.versioned(shown, changed.version)

    def _look(self) -> None:
        with contextlib.suppress(KernelError):  # it also looks by itself, now and then
            self.system.ref(kinds.RETAGGER, 0).tell(Look())

    def routes(self) -> list[Route]:
        """Everything about tags."""
        route = Section("tags", "/api/v1/tags").route
        of = Section("tags", "/api/v1/conversations/{id}/tags/{tag}").route
        see, manage, write = Permission.TAGS_READ, Permission.TAGS_MANAGE, Permission.CONVERSATIONS_WRITE
        changed, missing = (NotFound, StaleVersion, AlreadyExists), (NotFound,)
        refused = (NotFound, Invalid, InvalidTransition, AlreadyExists)
        return [
            route("GET", "", self.index, "Tags, by name", see, query=Page, returns=TagsSeen),
            route(
                "POST",
                "",
                self.create,
                "Define a tag",
                manage,
                body=TagNew,
                returns=TagSeen,
                status=201,
                errors=(AlreadyExists,),
                idempotent=True,
                atomic=True,
            ),
            route(
                "PATCH", "/{id}", self.change, "Change a tag", manage, body=TagPatch, returns=TagSeen, errors=changed
            ),
            route("DELETE", "/{id}", self.delete, "Remove a tag", manage, status=204, errors=missing),
            of("PUT", "", self.add, "Tag a conversation", write, returns=ConversationSeen, errors=refused),
            of("DELETE", "", self.remove, "Take a tag off", write, returns=ConversationSeen, errors=refused),
        ]


def _author(who: Principal) -> Author:
    return Author(who.user_id, who.name, who.reader)
