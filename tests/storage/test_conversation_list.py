"""Lists: every filter in every order holds what it should, each once, page by page."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from attrs import evolve

from hub.ids import uuid7
from hub.listing import Filter, Position, Row, Sort
from hub.rights import Reader, Role
from storage.conversation_list import ConversationList, compose
from storage.database import Database

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
COUNT = 60
NAMES = ("Clarice Nogueira", "Clara Não", "Bento d'Água", "O'Neill \\ 50%", None)
SUBJECTS = ("Refund of an order", "Order: lost", None, None)
COLUMNS: tuple[str, ...] = (
    "number",
    "status",
    "team_id",
    "assignee_id",
    "priority",
    "waiting_since",
    "last_message_at",
)
COLUMNS += ("snoozed_until", "failed", "tags", "channel", "subject", "customer_id")

ANA, BEN, ONE, TWO = uuid7(), uuid7(), uuid7(), uuid7()
AGENT = Reader(ANA, Role.AGENT, frozenset({ONE}))
READERS = {
    "an admin": Reader(BEN, Role.ADMIN, frozenset()),
    "an agent": AGENT,
    "one of two teams": evolve(AGENT, team_ids=frozenset({ONE, TWO})),
    "one of no team": evolve(AGENT, team_ids=frozenset()),
}


def invented(chance: random.Random, n: int) -> dict[str, Any]:
    """A conversation with any marks; moments are few, so that many stand at the same place."""
    moment = NOON + timedelta(minutes=chance.randrange(5), microseconds=chance.randrange(2))
    status = chance.choice(["pending", "open", "open", "snoozed", "resolved", "closed"])
    return {
        "id": uuid7(),
        "number": 1001 + n,
        "status": status,
        "team_id": chance.choice([ONE, TWO, None]),
        "assignee_id": chance.choice([ANA, BEN, None, None]),
        "priority": chance.randrange(4),
        "waiting_since": chance.choice([moment, None]),
        "last_message_at": chance.choice([moment, None]),
        "snoozed_until": moment if status == "snoozed" and chance.random() < 0.7 else None,
        "failed": chance.choice([0, 0, 1]),
        "tags": chance.choice([[], ["vip"], ["vip", "late"]]),
        "channel": chance.choice(["whatsapp-main", "app"]),
        "subject": chance.choice(SUBJECTS),
        "customer_id": uuid7(),
        "name": chance.choice(NAMES),
        "phone": f"3519{n:05}77",
        "created_at": NOON - timedelta(hours=chance.randrange(3)),
    }


@pytest.fixture
async def rows(database: Database) -> list[dict[str, Any]]:
    made = [invented(random.Random(n), n) for n in range(COUNT)]
    columns = ", ".join(COLUMNS)
    places = ", ".join(f"${n}" for n in range(3, 3 + len(COLUMNS)))
    async with database.acquire() as connection:
        for user in (ANA, BEN):
            query = "insert into users (id, email, name, role, password_hash) values ($1, $1::text, 'x', 'agent', '')"
            await connection.execute(query.replace("$1::text", f"'{user}'"), user)
        for team in (ONE, TWO):
            await connection.execute("insert into teams (id, name) values ($1, $2)", team, str(team))
        for row in made:
            await connection.execute(
                "insert into customers (id, name) values ($1, $2)", row["customer_id"], row["name"]
            )
            identity = "insert into identities (channel, kind, value, customer_id) values ('c', 'wa_id', $1, $2)"
            await connection.execute(identity, row["phone"], row["customer_id"])
            await connection.execute(
                f"insert into conversations (id, created_at, {columns}, channel_type, version, revision, last_change,"
                f" updated_at) values ($1, $2, {places}, 'whatsapp', 1, 1, $1, $2)",
                row["id"],
                row["created_at"],
                *(row[column] for column in COLUMNS),
            )
    return made


def wanted(row: dict[str, Any], reader: Reader, narrowed: Filter) -> bool:
    return (
        reader.sees(team_id=row["team_id"], assignee_id=row["assignee_id"])
        and narrowed.status in (None, row["status"])
        and narrowed.team_id in (None, row["team_id"])
        and narrowed.assignee_id in (None, row["assignee_id"])
        and not (narrowed.unassigned and row["assignee_id"])
        and narrowed.channel in (None, row["channel"])
        and (narrowed.tag is None or narrowed.tag in row["tags"])
        and not (narrowed.failed and not row["failed"])
        and not (narrowed.waiting and not row["waiting_since"])
    )


def place(row: dict[str, Any], sort: Sort) -> tuple[Any, ...]:
    waited = (row["waiting_since"] or datetime.max.replace(tzinfo=UTC), row["id"])
    match sort:
        case Sort.NEWEST:
            newest = row["last_message_at"] or row["created_at"]
            return -(newest - NOON) / timedelta(microseconds=1), -row["id"].int
        case Sort.WAITED:
            return waited
        case Sort.PRIORITY:
            return (-row["priority"], *waited)
        case Sort.DEADLINE:
            until = row["snoozed_until"] or datetime.max.replace(tzinfo=UTC)
            return (0, until, row["id"]) if row["status"] == "snoozed" else (1, *waited)


async def read(database: Database, reader: Reader, narrowed: Filter, limit: int) -> list[UUID]:
    """All pages."""
    found: list[Row] = []
    after: Position | None = None
    while True:
        page, _ = await ConversationList(database).page(reader, narrowed, after, limit)
        found += page
        if len(page) < limit:
            return [row.conversation.id for row in found]
        assert page[-1].place is not None
        after = Position.of([str(value) for value in page[-1].place.values])


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
async def test_pages_are_what_was_asked_for_in_its_order(
    database: Database, rows: list[dict[str, Any]], reader: Reader
) -> None:
    narrowings = [
        Filter(),
        Filter(status="open"),
        Filter(status="snoozed", waiting=True),
        Filter(team_id=TWO),
        Filter(team_id=TWO, assignee_id=ANA),
        Filter(assignee_id=ANA),
        Filter(assignee_id=BEN, status="closed"),
        Filter(unassigned=True, status="open"),
        Filter(channel="app", failed=True),
        Filter(tag="late"),
        Filter(tag="never"),
        Filter(waiting=True),
    ]
    for narrowed in narrowings:
        for sort in Sort:
            asked = evolve(narrowed, sort=sort)
            expected = sorted((r for r in rows if wanted(r, reader, asked)), key=lambda r: place(r, asked.sort))
            ids = [row["id"] for row in expected]
            assert await read(database, reader, asked, 7) == ids, asked
    assert await read(database, reader, Filter(), COUNT + 1) == await read(database, reader, Filter(), 1)


@pytest.mark.parametrize(
    ("q", "fits"),
    [
        ("clarice", lambda row: row["name"] == "Clarice Nogueira"),
        ("NOG cla", lambda row: row["name"] == "Clarice Nogueira"),
        ("cla", lambda row: row["name"] in ("Clarice Nogueira", "Clara Não")),
        ("não", lambda row: row["name"] == "Clara Não"),
        ("o'neill", lambda row: row["name"] == "O'Neill \\ 50%"),
        ("arice", lambda row: False),
        ("order", lambda row: row["subject"] in ("Refund of an order", "Order: lost")),
        ("order lost", lambda row: row["subject"] == "Order: lost"),
        ("1003", lambda row: row["number"] == 1003),
        ("+351 90 0007", lambda row: row["phone"].startswith("351900007")),
        ("0000577", lambda row: row["phone"] == "35190000577"),
        ("3519", lambda row: True),
        ("' | !x & ) :*", lambda row: False),
        ("\\ % _", lambda row: False),
        ("9" * 40, lambda row: False),
    ],
)
async def test_words_find_names_subjects_and_numbers(
    database: Database, rows: list[dict[str, Any]], q: str, fits: Any
) -> None:
    for reader in READERS.values():
        found = await read(database, reader, Filter(q=q), 7)
        visible = [row for row in rows if wanted(row, reader, Filter())]
        assert set(found) == {row["id"] for row in visible if fits(row)}
        assert len(found) == len(set(found))


async def test_a_page_says_at_which_event_it_is_exact(database: Database, rows: list[dict[str, Any]]) -> None:
    async with database.acquire() as connection:
        await connection.execute("update journal_head set seq = 41")
    page, head = await ConversationList(database).page(READERS["an admin"], Filter(), None, 2)
    assert (len(page), head) == (2, 41)


@pytest.mark.parametrize("sort", Sort)
async def test_a_page_of_a_team_comes_from_an_index_in_order(database: Database, sort: Sort) -> None:
    async with database.acquire() as connection:
        await connection.execute("set enable_seqscan = off")
        narrowed = Filter(status="open", sort=sort)
        query, values = compose(AGENT, narrowed, Position(0, str(NOON), uuid7()), 51)
        plan = "\n".join(row[0] for row in await connection.fetch(f"explain {query}", *values))
    lateral = [line for line in plan.splitlines() if "conversations c" in line or "on conversations c" in line]
    assert not [line for line in lateral if "Seq Scan" in line]
    expected = "conversations_newest" if sort is Sort.NEWEST else "conversations_waited"
    assert expected in plan
