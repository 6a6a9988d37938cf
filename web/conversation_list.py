"""Lists of conversations: whose, narrowed to what, in which order."""

from typing import Literal
from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub.errors import Invalid
from hub.listing import Filter, Position, Sort
from hub.ports import ConversationLists
from hub.rights import Permission
from web import answers
from web.body import query
from web.conversation import shown
from web.conversation_shapes import ConversationsSeen
from web.cursors import MOST_CHARACTERS, Cursors
from web.fields import number, text
from web.paging import MOST, USUAL
from web.principal import Principal, principal
from web.routes import Route, Section
from web.shapes import as_uuid


@frozen
class Narrowed:
    """What a list shows: any of the conversation's marks, in an order.

    `channel`: a channel's name, or a type: all channels of that type. `q`: words that begin words of the customer's
    name or of the subject, the conversation's number, or four or more digits with which the phone number begins or
    ends.
    """

    status: Literal["pending", "open", "snoozed", "resolved", "closed"] | None = None
    team_id: UUID | None = None
    assignee_id: str | None = text(most=36, pattern=r"me|none|[0-9a-f-]{36}", what="me, none or an id", default=None)
    channel: str | None = text(most=64, default=None)
    tag: str | None = text(most=64, default=None)
    waiting: Literal["us"] | None = None
    failed: bool = False
    q: str | None = text(most=100, default=None)
    sort: Literal["waited", "newest", "deadline", "priority"] = "waited"


@frozen
class ConversationsAsked(Narrowed):
    """A page of a list, narrowed and in an order."""

    limit: int = number(1, MOST, default=USUAL)
    cursor: str | None = text(most=MOST_CHARACTERS, default=None)


@frozen
class ConversationListDoors:
    """The door of lists."""

    lists: ConversationLists
    cursors: Cursors

    async def index(self, request: web.Request) -> web.Response:
        """The reader's conversations, narrowed and in order."""
        who, asked = principal(request), query(request, ConversationsAsked)
        marks = narrowed(who, asked)
        listing = f"conversations:{who.user_id}:{marks}"
        after = Position.of(self.cursors.open(listing, asked.cursor)) if asked.cursor else None
        rows, seq = await self.lists.page(who.reader, marks, after, asked.limit + 1)
        page = self.cursors.page(listing, rows, asked.limit, after=lambda row: row.place.values, show=shown)
        return answers.json({**page, "seq": seq})

    def routes(self) -> list[Route]:
        """The one door."""
        route, see = Section("conversations", "/api/v1/conversations").route, Permission.CONVERSATIONS_READ
        asked, seen = ConversationsAsked, ConversationsSeen
        return [route("GET", "", self.index, "My conversations", see, query=asked, returns=seen)]


def narrowed(who: Principal, asked: Narrowed) -> Filter:
    """What is asked for, for this person. Raises Invalid for an assignee that is no id."""
    return Filter(
        status=asked.status,
        team_id=asked.team_id,
        assignee_id=_assignee(who, asked.assignee_id),
        unassigned=asked.assignee_id == "none",
        channel=asked.channel,
        tag=asked.tag,
        failed=asked.failed,
        waiting=asked.waiting == "us",
        q=asked.q,
        sort=Sort(asked.sort),
    )


def _assignee(who: Principal, asked: str | None) -> UUID | None:
    if asked in (None, "none"):
        return None
    try:
        return who.user_id if asked == "me" else as_uuid(asked)
    except ValueError:
        raise Invalid(errors=[{"path": "$.assignee_id", "message": "must be me, none or an id"}]) from None
