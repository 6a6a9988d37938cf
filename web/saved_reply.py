"""Saved replies: one's own, and those that supervisors share."""

from datetime import datetime
from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub.errors import AlreadyExists, Forbidden, NotFound, StaleVersion
from hub.rights import Permission
from hub.saved_reply import (
    LONGEST_SHORTCUT,
    LONGEST_TEXT,
    SHORTCUT,
    SavedReplies,
    SavedReply,
    check_text,
    same_shortcut,
)
from hub.sharing import Scope, share
from web import answers, preconditions
from web.body import path_id, query, read
from web.cursors import MOST_CHARACTERS, Cursors
from web.fields import number, text
from web.paging import MOST, USUAL
from web.principal import principal
from web.routes import Route, Section

WORD = "one word without / and braces"


@frozen
class SavedRepliesAsked:
    """A page of saved replies, of those whose shortcut begins with `q`."""

    q: str = text(least=0, most=LONGEST_SHORTCUT, default="")
    limit: int = number(1, MOST, default=USUAL)
    cursor: str | None = text(most=MOST_CHARACTERS, default=None)


@frozen
class SavedReplyNew:
    """A text to be kept. It may leave open `{{customer.name}}` and the like, which whoever sends it fills in."""

    shortcut: str = text(most=LONGEST_SHORTCUT, pattern=SHORTCUT, what=WORD, example="hello")
    text: str = text(most=LONGEST_TEXT)
    scope: Scope = Scope.MINE
    team_id: UUID | None = None


@frozen
class SavedReplyPatch:
    """What to change; absent fields stay."""

    shortcut: str | None = text(most=LONGEST_SHORTCUT, pattern=SHORTCUT, what=WORD, default=None)
    text: str | None = text(most=LONGEST_TEXT, default=None)


@frozen
class SavedReplySeen:
    """A saved reply; `variables` are what its text leaves open."""

    id: UUID
    shortcut: str
    text: str
    variables: tuple[str, ...]
    scope: Scope
    team_id: UUID | None
    owner_id: UUID
    version: int
    created_at: datetime


@frozen
class SavedRepliesSeen:
    """A page of saved replies."""

    data: tuple[SavedReplySeen, ...]
    next_cursor: str | None


def seen(reply: SavedReply) -> SavedReplySeen:
    """A saved reply as the outside sees it."""
    sharing = reply.sharing
    return SavedReplySeen(
        reply.id,
        reply.shortcut,
        reply.text,
        reply.variables,
        sharing.scope,
        sharing.team_id,
        sharing.owner_id,
        reply.version,
        reply.created_at,
    )


@frozen
class SavedReplyDoors:
    """The doors of saved replies."""

    replies: SavedReplies
    cursors: Cursors

    async def index(self, request: web.Request) -> web.Response:
        """By shortcut: one's own, one's teams' and everybody's."""
        who, asked = principal(request), query(request, SavedRepliesAsked)
        listing = f"saved_replies:{who.user_id}:{asked.q}"
        after = self.cursors.open(listing, asked.cursor) if asked.cursor else None
        place = (after[0], UUID(after[1])) if after else None
        replies = await self.replies.page(who.reader, asked.q, place, asked.limit + 1)
        return answers.json(
            self.cursors.page(
                listing, replies, asked.limit, after=lambda reply: (same_shortcut(reply.shortcut), reply.id), show=seen
            )
        )

    async def create(self, request: web.Request) -> web.Response:
        """Keeps a text. Raises Forbidden when it is to be shared by one who may not, AlreadyExists, Invalid."""
        who, given = principal(request), await read(request, SavedReplyNew)
        sharing = share(given.scope, given.team_id, who.reader, manages=who.may(Permission.SAVED_REPLIES_MANAGE))
        check_text(given.text)
        reply = await self.replies.create(sharing, given.shortcut, given.text)
        return preconditions.versioned(seen(reply), reply.version, 201)

    async def change(self, request: web.Request) -> web.Response:
        """Changes one. Raises NotFound, Forbidden, StaleVersion with the current one, AlreadyExists, Invalid."""
        version, given = preconditions.if_match(request), await read(request, SavedReplyPatch)
        id = (await self._changeable(request)).id
        if given.text is not None:
            check_text(given.text)
        try:
            reply = await self.replies.change(id, version, given.shortcut, given.text)
        except StaleVersion:
            current = await self.replies.find(id)
            raise StaleVersion(extra={"current": answers.value(seen(current)) if current else None}) from None
        return preconditions.versioned(seen(reply), reply.version)

    async def delete(self, request: web.Request) -> web.Response:
        """Removes one. Raises NotFound, Forbidden."""
        await self.replies.delete((await self._changeable(request)).id)
        return answers.nothing()

    async def _changeable(self, request: web.Request) -> SavedReply:
        who = principal(request)
        reply = await self.replies.find(path_id(request))
        if reply is None or not reply.sharing.visible_to(who.reader):
            raise NotFound
        reply.sharing.check_change(manages=who.may(Permission.SAVED_REPLIES_MANAGE))
        return reply

    def routes(self) -> list[Route]:
        """Everything under `saved-replies`."""
        route = Section("saved replies", "/api/v1/saved-replies").route
        see, write = Permission.SAVED_REPLIES_READ, Permission.SAVED_REPLIES_WRITE
        changed = (NotFound, Forbidden, StaleVersion, AlreadyExists)
        return [
            route("GET", "", self.index, "Saved replies", see, query=SavedRepliesAsked, returns=SavedRepliesSeen),
            route(
                "POST",
                "",
                self.create,
                "Save a reply",
                write,
                body=SavedReplyNew,
                returns=SavedReplySeen,
                status=201,
                errors=(Forbidden, AlreadyExists),
                idempotent=True,
                atomic=True,
            ),
            route(
                "PATCH",
                "/{id}",
                self.change,
                "Change a saved reply",
                write,
                body=SavedReplyPatch,
                returns=SavedReplySeen,
                errors=changed,
            ),
            route(
                "DELETE", "/{id}", self.delete, "Remove a saved reply", write, status=204, errors=(NotFound, Forbidden)
            ),
        ]
