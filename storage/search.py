"""Search in PostgreSQL: the port `hub.search.Searches`.

Messages are many, and no single way to look for them is fast for every word. The index of words gives all messages
that hold them, which is quick when they are few; going back from the newest finds a page of common words at once.
Nobody knows before which words are common for whom, so it begins with a short walk, and what that finds decides: enough
of them and it walks on, else the index is asked, up to MOST_FOUND. When that is too many, it walks on after all, as
far as MOST_WALKED; the page says from where to look on.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from attrs import frozen

from hub.errors import Unavailable
from hub.rights import Reader
from hub.search import Found, FoundPage, Kind, Narrowed, Question
from storage.database import Connection, Database
from storage.sql import load

FIRST_WALK = 1_000
"""Messages looked at before anything else."""

LONGEST_STEP = 10_000
"""Messages looked at in a further step, at most; it is as long as should do for the page."""

MOST_WALKED = 4_000
"""Messages looked at for one page; beyond it the page ends, and the next one goes on there."""

MOST_FOUND = 5_000
"""Messages that the index of words may give; beyond it they are not sorted, but walked through."""

MOST_NAMED = 2_000
"""Customers, or conversations, that are looked at for a name or a subject; what is beyond it is not found: words that
so many have in common do not help to find one."""

LITTLE = 200
LITTLE_SAID = 5_000
"""Conversations, and messages in them, of somebody who sees so little that it is looked through as a whole."""

PATIENCE = 2.5
"""Seconds for each question to the database; after them whoever searches is told to narrow it."""

_FIRST, _LAST = UUID(int=0), UUID(int=2**128 - 1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@frozen
class Sql:
    """The queries of `search.sql`."""

    sort_in: str
    message_edge: str
    messages_walked: str
    little: str
    messages_among: str
    messages_of_conversation: str
    messages_found: str
    last_seq: str
    messages: str
    notes: str
    customers: str
    conversations: str


SQL = load("search.sql", Sql)


@frozen
class Look:
    """One search in progress: who asks for what, from where on, and through which connection."""

    connection: Connection
    reader: Reader
    question: Question
    narrowed: Narrowed
    after: str | None
    limit: int

    @property
    def asked(self) -> tuple[Any, ...]:
        """What every query begins with: the reader, and the words."""
        return self.reader.user_id, self.reader.all, list(self.reader.team_ids), self.question.tsquery

    @property
    def filters(self) -> tuple[Any, ...]:
        """The team, the channels and the kind of sender."""
        return self.narrowed.team_id, self.narrowed.channels, self.narrowed.sender

    @property
    def until(self) -> UUID:
        """What is found is older than this: ids are in the order of time."""
        return _LAST if self.narrowed.until is None else _made_at(self.narrowed.until)

    @property
    def since(self) -> UUID:
        """And not older than this."""
        return _FIRST if self.narrowed.since is None else _made_at(self.narrowed.since)

    @property
    def before(self) -> UUID:
        """The same, and beyond the page before, where the place is an id."""
        return self.until if self.after is None else min(self.until, UUID(self.after))

    async def fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """A query's rows. Raises Unavailable when they do not come in time."""
        try:
            rows: list[asyncpg.Record] = await self.connection.fetch(query, *arguments, timeout=PATIENCE)
        except (TimeoutError, asyncpg.QueryCanceledError):
            raise Unavailable("This search takes too long. Narrow it, or try other words.", retry_after=5) from None
        return rows


class SearchStore:
    """The searches. Every method raises Unavailable when the database is away, or takes too long."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(
        self, kind: Kind, reader: Reader, question: Question, narrowed: Narrowed, after: str | None, limit: int
    ) -> FoundPage:
        """A page of what this reader may see, the newest first."""
        if not question.wanted or not narrowed.concerns(kind):
            return FoundPage([])
        async with self._database.acquire() as connection:
            return await _FINDERS[kind](Look(connection, reader, question, narrowed, after, limit))

    async def sort_in(self) -> None:
        """Sorts the words of new messages into their index, so that no commit has to. Another replica that is at it is
        left to it."""
        async with self._database.acquire() as connection:
            await connection.fetchval(SQL.sort_in)


async def _messages(look: Look) -> FoundPage:
    if look.narrowed.conversation_id is not None:
        ids, place = await _in_conversation(look, look.narrowed.conversation_id)
    else:
        ids, place = await _anywhere(look)
    rows = await look.fetch(SQL.messages, ids) if ids else []
    return FoundPage([_said(Kind.MESSAGES, row) for row in rows], place)


async def _anywhere(look: Look) -> tuple[list[UUID], str | None]:
    """Messages, and the place from where to look on."""
    if not look.reader.all:
        little = await _little(look)
        if little is not None:
            return _cut(await _among(look, little), look.limit)
    ids, edge = await _walk(look, look.before, FIRST_WALK, look.limit)
    if edge is not None and len(ids) * MOST_WALKED < look.limit * FIRST_WALK:
        found = await _found(look)
        if found is not None:
            return _cut(found, look.limit)
    return await _walk_on(look, ids, edge)


async def _walk_on(look: Look, ids: list[UUID], edge: UUID | None) -> tuple[list[UUID], str | None]:
    walked = FIRST_WALK
    while edge is not None and len(ids) < look.limit and walked < MOST_WALKED:
        missing = look.limit - len(ids)
        steps = min(LONGEST_STEP, MOST_WALKED - walked, FIRST_WALK + walked * missing // max(len(ids), 1))
        more, edge = await _walk(look, edge, steps, missing)
        ids, walked = ids + more, walked + steps
    if len(ids) == look.limit:
        return ids, str(ids[-1])
    return ids, None if edge is None else str(edge)


async def _little(look: Look) -> list[UUID] | None:
    """The conversations of somebody who sees little; None of others."""
    reader = look.reader
    rows = await look.fetch(SQL.little, reader.user_id, list(reader.team_ids), LITTLE + 1)
    if len(rows) > LITTLE or sum(row["last_seq"] for row in rows) > LITTLE_SAID:
        return None
    return [row["id"] for row in rows]


async def _among(look: Look, conversations: list[UUID]) -> list[UUID]:
    times, letters = (look.before, look.since), look.question.letters
    rows = await look.fetch(
        SQL.messages_among, conversations, look.question.tsquery, *times, *look.filters, look.limit + 1, letters
    )
    return [row["id"] for row in rows]


async def _walk(look: Look, before: UUID, steps: int, limit: int) -> tuple[list[UUID], UUID | None]:
    """Messages of the newest `steps` before one, and the last one that was looked at: None when there are no more."""
    last = await look.fetch(SQL.message_edge, before, look.since, steps - 1)
    edge = last[0]["id"] if last else None
    bounds = before, look.since if edge is None else edge
    rows = await look.fetch(SQL.messages_walked, *look.asked, *bounds, *look.filters, limit, look.question.letters)
    return [row["id"] for row in rows], edge


async def _found(look: Look) -> list[UUID] | None:
    """The newest messages by the index of words, one more than are asked for; None when it gives too many."""
    question, times = look.question, (look.before, look.since)
    order = (question.tsquery if question.has_phrases else None), question.letters
    asked = (*look.asked[:3], question.loose)
    rows = await look.fetch(SQL.messages_found, *asked, *times, *look.filters, look.limit + 1, MOST_FOUND, *order)
    return None if rows[0]["found"] >= MOST_FOUND else [row["id"] for row in rows if row["id"] is not None]


def _cut(ids: list[UUID], limit: int) -> tuple[list[UUID], str | None]:
    return ids[:limit], str(ids[limit - 1]) if len(ids) > limit else None


async def _in_conversation(look: Look, conversation_id: UUID) -> tuple[list[UUID], str | None]:
    """Messages of one conversation; their place is their number in it."""
    below = int(look.after) if look.after else await _below(look, conversation_id)
    lowest = max(0, below - MOST_WALKED)
    filters = conversation_id, *look.filters[1:]
    times = look.until, look.since
    rows = await look.fetch(
        SQL.messages_of_conversation, *look.asked, below, lowest, *filters, look.limit, look.question.letters, *times
    )
    ids = [row["id"] for row in rows]
    if len(ids) == look.limit:
        return ids, str(rows[-1]["seq"])
    return ids, str(lowest) if lowest > 0 else None


async def _below(look: Look, conversation_id: UUID) -> int:
    rows = await look.fetch(SQL.last_seq, conversation_id)
    return int(rows[0]["last_seq"]) + 1 if rows else 0


async def _notes(look: Look) -> FoundPage:
    if look.narrowed.sender not in (None, "agent"):
        return FoundPage([])
    where = look.narrowed.team_id, look.narrowed.channels, look.narrowed.conversation_id
    rows = await look.fetch(SQL.notes, *look.asked, look.before, look.since, *where, look.limit + 1)
    return _page(look, [_said(Kind.NOTES, row) for row in rows])


async def _customers(look: Look) -> FoundPage:
    named = look.question.number, MOST_NAMED
    rows = await look.fetch(SQL.customers, *look.asked, look.before, look.limit + 1, *named)
    return _page(look, [_customer(row) for row in rows])


async def _conversations(look: Look) -> FoundPage:
    number, where = look.question.number, (look.narrowed.team_id, look.narrowed.channels)
    named = int(number) if number else None, MOST_NAMED
    rows = await look.fetch(SQL.conversations, *look.asked, look.before, look.limit + 1, *named, *where)
    return _page(look, [_conversation(row) for row in rows])


_FINDERS: dict[Kind, Callable[[Look], Awaitable[FoundPage]]] = {
    Kind.MESSAGES: _messages,
    Kind.NOTES: _notes,
    Kind.CUSTOMERS: _customers,
    Kind.CONVERSATIONS: _conversations,
}


def _page(look: Look, found: list[Found]) -> FoundPage:
    shown = found[: look.limit]
    return FoundPage(shown, str(shown[-1].id) if len(found) > look.limit else None)


def _made_at(moment: datetime) -> UUID:
    """The first id of a moment: the hub's ids begin with their milliseconds."""
    return UUID(int=max(0, (moment - _EPOCH) // timedelta(milliseconds=1)) << 80)


def _said(kind: Kind, row: asyncpg.Record) -> Found:
    return Found(kind=kind, **dict(row))


def _customer(row: asyncpg.Record) -> Found:
    name = row["name"]
    return Found(
        kind=Kind.CUSTOMERS,
        id=row["id"],
        text=name or row["phone"] or "",
        at=row["created_at"],
        customer_id=row["id"],
        customer_name=name,
        phone=row["phone"],
    )


def _conversation(row: asyncpg.Record) -> Found:
    return Found(
        kind=Kind.CONVERSATIONS,
        id=row["id"],
        text=row["subject"] or "",
        at=row["at"],
        customer_id=row["customer_id"],
        customer_name=row["customer_name"],
        conversation_id=row["id"],
        number=row["number"],
        channel=row["channel"],
    )
