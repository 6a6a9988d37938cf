"""Lists of conversations: any filter in any order, a page at the cost of a page however many conversations there are.

A list is put together from legs and scopes. A leg is a run of the order (all that is urgent, say) sorted by one moment;
a scope is a part of what the reader may see (each of his teams, his own elsewhere). Of each leg in each scope the first
rows come straight from an index; what is left to sort is a few times a page. The texts come from the fixed tables here,
the values are parameters.
"""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from attrs import define, field, frozen

from hub.conversation.state import Status
from hub.listing import Filter, Position, Row, Sort
from hub.rights import Reader
from hub.search import fold
from storage.conversation import to_conversation
from storage.database import Database
from storage.sql import load

MOST_FOUND = 5_000
"""Conversations looked at for each way in which the words of `q` can be meant. What is beyond is not in the list: words
that so many have in common do not help to find one of them."""


@frozen
class Sql:
    """The queries of `conversation_list.sql`."""

    page: str
    head: str


SQL = load("conversation_list.sql", Sql)
_PLACES = "(select id, 0 as leg, created_at as moment, number as place from conversations)"


@frozen
class Leg:
    """A run of an order: `number` says which comes first, `moment` what it is sorted by, `only` what belongs to it.

    `of` are rows for each of which an index holds the order; their runs are merged.
    """

    number: int
    moment: str
    only: str = "true"
    of: str = "(select) as run"


_NEWEST = "coalesce(c.last_message_at, c.created_at)"
_WAITED = "coalesce(c.waiting_since, 'infinity'::timestamptz)"
_SNOOZED = "coalesce(c.snoozed_until, 'infinity'::timestamptz)"
_EACH_PRIORITY = "unnest('{0,1,2,3}'::smallint[]) as run (priority)"

_COLUMNS = """x.id, x.status, x.team_id, x.assignee_id, x.channel, x.channel_type, x.priority, x.tags, x.failed,
    x.waiting_since, x.last_message_at, x.snoozed_until, x.created_at"""

LEGS: dict[Sort, tuple[Leg, ...]] = {
    Sort.NEWEST: (Leg(0, _NEWEST),),
    Sort.WAITED: (Leg(0, _WAITED, "c.priority = run.priority", _EACH_PRIORITY),),
    Sort.PRIORITY: tuple(Leg(3 - p, _WAITED, f"c.priority = {p}") for p in (3, 2, 1, 0)),
    Sort.DEADLINE: (
        Leg(0, _SNOOZED, "c.status = 'snoozed'"),
        Leg(1, _WAITED, "c.status <> 'snoozed' and c.priority = run.priority", _EACH_PRIORITY),
    ),
}


@frozen
class Scope:
    """A part of what a reader sees: for each row of `each`, those conversations of `among` of which `only` is true."""

    each: str
    only: str
    among: str = "conversations"


@define
class Values:
    """The parameters of a query in the making."""

    given: list[Any] = field(factory=list)

    def add(self, value: Any, kind: str) -> str:
        """How the query names this value."""
        self.given.append(value)
        return f"${len(self.given)}::{kind}"


class ConversationList:
    """The lists in the database. Every method raises Unavailable when it is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, reader: Reader, narrowed: Filter, after: Position | None, limit: int) -> tuple[list[Row], int]:
        """A page of the reader's list, and the number of the newest event that it is sure to contain."""
        query, values = compose(reader, narrowed, after, limit)
        async with self._database.acquire() as connection:
            head = await connection.fetchval(SQL.head)
            rows = await connection.fetch(query, *values)
        return [
            Row(to_conversation(row), row["unread"], Position(row["leg"], row["moment"], row["id"])) for row in rows
        ], head


def compose(reader: Reader, narrowed: Filter, after: Position | None, limit: int) -> tuple[str, list[Any]]:
    """The query of a page, and its parameters."""
    values = Values([reader.user_id])
    conditions = list(_conditions(narrowed, values))
    scopes = list(_scopes(reader, narrowed, values))
    most = values.add(limit, "integer")
    downwards = "desc" if narrowed.sort is Sort.NEWEST else "asc"
    parts = []
    for leg in LEGS[narrowed.sort]:
        if after is None or leg.number >= after.leg:
            start = _start(leg, after, downwards, values)
            parts += [_part(leg, scope, [*conditions, *start], downwards, most) for scope in scopes]
    few = _few(reader, narrowed, values)
    places = f"""({few}
        select id, leg, moment, row_number() over (order by leg, moment {downwards}, id {downwards}) as place
        from ({" union all ".join(parts)}) as spots order by place limit {most}
    )"""  # noqa: S608 - only texts of this file
    return SQL.page.replace(_PLACES, places), values.given


def _part(leg: Leg, scope: Scope, conditions: list[str], downwards: str, most: str) -> str:
    where = " and ".join([scope.only, leg.only, *conditions])
    return f"""(
        select spot.* from {scope.each} cross join {leg.of} cross join lateral (
            select c.id, {leg.number} as leg, {leg.moment} as moment from {scope.among} c
            where {where} order by {leg.moment} {downwards}, c.id {downwards} limit {most}
        ) as spot
    )"""  # noqa: S608 - only texts of this file


def _start(leg: Leg, after: Position | None, downwards: str, values: Values) -> list[str]:
    """What comes after the last row of the page before."""
    if after is None or leg.number > after.leg:
        return []
    beyond = "<" if downwards == "desc" else ">"
    moment, last = values.add(after.moment, "text"), values.add(after.id, "uuid")
    return [f"({leg.moment}, c.id) {beyond} ({moment}::timestamptz, {last})"]


def _conditions(narrowed: Filter, values: Values) -> Iterator[str]:
    if narrowed.unassigned:
        yield "c.assignee_id is null"
    if narrowed.channel is not None:
        yield f"{values.add(narrowed.channel, 'text')} in (c.channel, c.channel_type)"
    if narrowed.tag is not None:
        yield f"c.tags <> '{{}}' and c.tags @> array[{values.add(narrowed.tag, 'text')}]"
    if narrowed.failed:
        yield "c.failed > 0"
    if narrowed.waiting:
        yield f"c.waiting_since is not null and {_WAITED} < 'infinity'"


def _scopes(reader: Reader, narrowed: Filter, values: Values) -> Iterator[Scope]:
    """What the reader may see of what is asked for, in parts that have no row in common."""
    wanted = [narrowed.status] if narrowed.status else list(Status)
    statuses = f"unnest({values.add(wanted, 'text[]')}::conversation_status[]) as at (status)"
    if narrowed.q is not None:
        yield Scope(statuses, "c.status = at.status", among="few")
    elif narrowed.assignee_id is not None:
        yield Scope(statuses, f"c.status = at.status and {_his(reader, narrowed, narrowed.assignee_id, values)}")
    elif narrowed.team_id is not None:
        team = f"c.status = at.status and c.team_id = {values.add(narrowed.team_id, 'uuid')}"
        theirs = reader.all or narrowed.team_id in reader.team_ids
        yield Scope(statuses, f"{team} and ({theirs} or c.assignee_id = $1::uuid)")
    elif reader.all:
        yield Scope(f"teams as team cross join {statuses}", "c.status = at.status and c.team_id = team.id")
        yield Scope(statuses, "c.status = at.status and c.team_id is null")
    else:
        teams = values.add(list(reader.team_ids), "uuid[]")
        yield Scope(
            f"unnest({teams}) as team (id) cross join {statuses}", "c.status = at.status and c.team_id = team.id"
        )
        yield Scope(statuses, "c.status = at.status", among="few")


def _his(reader: Reader, narrowed: Filter, assignee_id: UUID, values: Values) -> str:
    """What somebody has, as far as the reader sees it."""
    only = [f"c.assignee_id = {values.add(assignee_id, 'uuid')}"]
    if narrowed.team_id is not None:
        only.append(f"c.team_id = {values.add(narrowed.team_id, 'uuid')}")
    if not reader.all and assignee_id != reader.user_id:
        only.append(f"c.team_id = any ({values.add(list(reader.team_ids), 'uuid[]')})")
    return " and ".join(only)


def _few(reader: Reader, narrowed: Filter, values: Values) -> str:
    """The definition of `few`, for lists that need it: read once, and sorted in each leg."""
    only = []
    if narrowed.q is not None:
        if not reader.all:
            teams = values.add(list(reader.team_ids), "uuid[]")
            only.append(f"(x.team_id = any ({teams}) or x.assignee_id = $1::uuid)")
        if narrowed.team_id is not None:
            only.append(f"x.team_id = {values.add(narrowed.team_id, 'uuid')}")
        if narrowed.assignee_id is not None:
            only.append(f"x.assignee_id = {values.add(narrowed.assignee_id, 'uuid')}")
        only.append(f"x.id = any (array({' union '.join(_found(narrowed.q, values))}))")
    elif narrowed.team_id is None and narrowed.assignee_id is None and not reader.all:  # his own elsewhere
        teams = values.add(list(reader.team_ids), "uuid[]")
        only.append(f"x.assignee_id = $1::uuid and (x.team_id is null or x.team_id <> all ({teams}))")
    if only and narrowed.status is not None:
        only.append(f"x.status = {values.add(narrowed.status, 'text')}::conversation_status")
    where = " and ".join(only)
    return f"with few as materialized (select {_COLUMNS} from conversations x where {where})" if only else ""  # noqa: S608


def _found(q: str, values: Values) -> Iterator[str]:
    """Ways in which words can be meant: as a customer's name, a subject, the conversation's number, a phone number."""
    words, digits = re.findall(r"\w+", fold(q)), re.sub(r"[\s()+.#-]", "", q)
    of, most = "select y.id from conversations y", f"limit {MOST_FOUND}"
    if words:
        asked = values.add(" & ".join(f"'{word}':*" for word in words), "text")
        name, subject = (f"search_words({text}) @@ to_tsquery('simple', {asked})" for text in ("p.name", "y.subject"))
        yield f"({of} join customers p on p.id = y.customer_id where p.name is not null and {name} {most})"
        yield f"({of} where y.subject is not null and {subject} {most})"
    if re.fullmatch("[0-9]{1,18}", digits):
        yield f"({of} where y.number = {values.add(int(digits), 'bigint')})"
    if re.fullmatch("[0-9]{4,18}", digits):
        for read, begins in (("i.value", digits), ("reverse(i.value)", digits[::-1])):
            start = values.add(begins, "text")
            # A colon comes after the digits.
            number = f"i.kind = 'wa_id' and {read} collate \"C\" >= {start} and {read} collate \"C\" < {start} || ':'"
            yield f"({of} join identities i on i.customer_id = y.customer_id where {number} {most})"
    yield f"({of} where false)"
