"""Search: messages, notes, customers and conversations in which words are, of those that somebody may see."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from aiohttp import web
from attrs import field, frozen

from hub.channel import Channel, named
from hub.errors import Forbidden, Invalid, Unavailable
from hub.rights import Permission
from hub.search import (
    LONGEST_QUERY,
    MOST_WORDS,
    Found,
    Kind,
    Narrowed,
    Question,
    Searches,
    TooManyWords,
    snippet,
    understand,
)
from web import answers
from web.body import query
from web.cursors import MOST_CHARACTERS, Cursors
from web.fields import number, text
from web.principal import Principal, principal
from web.routes import Route, Section
from web.turns import Turns

MOST, USUAL = 50, 20

AT_ONCE, LINE = 3, 12
"""Searches of a replica that run, and that wait; above it they are refused: the database has other work as well."""

NEEDS = {
    Kind.MESSAGES: Permission.MESSAGES_READ,
    Kind.NOTES: Permission.NOTES_READ,
    Kind.CUSTOMERS: Permission.CUSTOMERS_READ,
    Kind.CONVERSATIONS: Permission.CONVERSATIONS_READ,
}
"""What one must be allowed to be shown things of a kind."""

_KINDS = "|".join(Kind)


@frozen
class SearchAsked:
    """What is looked for, and where.

    `q`: all of the words, in any order; "in quotes" as they stand; with a minus in front, not there. A word of three
    letters or more also stands for those that begin with it. Accents and case do not count. `in`: kinds with commas
    between them; all, if it is left out. `conversation_id`, `sender`, `from` and `to` narrow messages and notes, and
    `team_id` and `channel` (a channel's name, or a type: all channels of that type) conversations too: of the other
    kinds nothing is found then.
    """

    q: str = text(most=LONGEST_QUERY)
    in_: str = text(most=64, pattern=rf"({_KINDS})(,({_KINDS}))*", what=f"of {', '.join(Kind)}", default=",".join(Kind))
    conversation_id: UUID | None = None
    team_id: UUID | None = None
    channel: str | None = text(most=64, default=None)
    sender: Literal["customer", "agent", "system"] | None = None
    from_: datetime | None = None
    to: datetime | None = None
    limit: int = number(1, MOST, default=USUAL)
    cursor: str | None = text(most=MOST_CHARACTERS, default=None)


@frozen
class SnippetSeen:
    """A piece of the text. `marks` are pairs [from, to) of positions in it, counted in Unicode characters; `before`
    and `after` tell that it was cut there."""

    text: str
    marks: tuple[tuple[int, int], ...]
    before: bool
    after: bool


@frozen
class FoundCustomer:
    """Whom it is about."""

    id: UUID
    name: str | None
    phone: str | None


@frozen
class FoundSender:
    """Who wrote it."""

    type: Literal["customer", "agent", "system"]
    id: UUID | None
    name: str | None


@frozen
class FoundSeen:
    """Something that was found. `id` is the message's, the note's, the customer's or the conversation's."""

    kind: Kind
    id: UUID
    snippet: SnippetSeen
    at: datetime
    customer: FoundCustomer
    conversation_id: UUID | None
    conversation_number: int | None
    conversation_seq: int | None
    channel: str | None
    sender: FoundSender | None


@frozen
class SearchSeen:
    """What was found, kind after kind in the order of `in`, the newest of each first, at most `limit` of each.

    With a `next_cursor` there may be more, even when less was found than asked for, or nothing: a page is done when
    enough was looked at.
    """

    data: tuple[FoundSeen, ...]
    next_cursor: str | None


def seen(found: Found, question: Question) -> FoundSeen:
    """Something found as the outside sees it."""
    piece = snippet(found.text, question)
    return FoundSeen(
        found.kind,
        found.id,
        SnippetSeen(piece.text, piece.marks, piece.before, piece.after),
        found.at,
        FoundCustomer(found.customer_id, found.customer_name, found.phone),
        found.conversation_id,
        found.number,
        found.seq,
        found.channel,
        FoundSender(found.sender_type, found.sender_id, found.sender_name) if found.sender_type else None,  # type: ignore[arg-type]
    )


@frozen
class SearchDoors:
    """The door of search."""

    searches: Searches
    channels: Mapping[str, Channel]
    cursors: Cursors
    turns: Turns = field(factory=lambda: Turns(AT_ONCE, LINE))

    async def index(self, request: web.Request) -> web.Response:
        """What this person may see of what the words are in. Raises Invalid, Forbidden, Unavailable."""
        who, asked = principal(request), query(request, SearchAsked)
        question, narrowed = _understood(asked), self._narrowed(asked)
        kinds = _kinds(who, asked)
        listing = f"search:{who.user_id}:{asked.q}:{kinds}:{narrowed}"
        places = _places(kinds, self.cursors.open(listing, asked.cursor) if asked.cursor else None)
        data, more = list[FoundSeen](), list[str]()
        async with self.turns.turn():
            for kind, place in places:
                page = await self.searches.find(kind, who.reader, question, narrowed, place, asked.limit)
                data += [seen(found, question) for found in page.found]
                more += [kind, page.next] if page.next is not None else []
        return answers.json({"data": data, "next_cursor": self.cursors.seal(listing, *more) if more else None})

    def _narrowed(self, asked: SearchAsked) -> Narrowed:
        if asked.from_ is not None and asked.to is not None and asked.from_ > asked.to:
            raise Invalid(errors=[{"path": "$.to", "message": "must not be before from"}])
        channels = named(self.channels, asked.channel)
        return Narrowed(asked.conversation_id, asked.team_id, channels, asked.sender, asked.from_, asked.to)

    def routes(self) -> list[Route]:
        """The one door."""
        route, may = Section("search", "/api/v1/search").route, Permission.SEARCH_USE
        errors: dict[str, Any] = {"errors": (Forbidden, Unavailable)}
        return [route("GET", "", self.index, "Search", may, query=SearchAsked, returns=SearchSeen, **errors)]


def _understood(asked: SearchAsked) -> Question:
    try:
        return understand(asked.q)
    except TooManyWords:
        raise Invalid(errors=[{"path": "$.q", "message": f"must have at most {MOST_WORDS} words"}]) from None


def _kinds(who: Principal, asked: SearchAsked) -> list[Kind]:
    """What is asked for. Raises Forbidden when nothing of it may be shown."""
    wanted = dict.fromkeys(map(Kind, asked.in_.split(",")))
    kinds = [kind for kind in wanted if who.may(NEEDS[kind])]
    if not kinds:
        raise Forbidden
    return kinds


def _places(kinds: Sequence[Kind], kept: list[Any] | None) -> list[tuple[Kind, str | None]]:
    """Each kind with the place from where to look on: a cursor holds those of which there is more."""
    if kept is None:
        return [(kind, None) for kind in kinds]
    return [(Kind(kind), str(place)) for kind, place in zip(kept[::2], kept[1::2], strict=True)]
