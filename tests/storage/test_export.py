"""Exports: portion by portion everything that is to be seen, each row once, in order."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from attrs import evolve

from hub.errors import Invalid
from hub.export import Export, ExportFormat, ExportKind, Span
from hub.ids import uuid7
from hub.rights import Reader, Role
from storage import export
from storage.database import Database
from storage.export import ExportRows, ExportStore

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
SPAN = Span(NOON, NOON + timedelta(hours=10))
ANA, BEN, ONE, TWO = uuid7(), uuid7(), uuid7(), uuid7()
AGENT = Reader(ANA, Role.SUPERVISOR, frozenset({ONE}))
READERS = {
    "an admin": Reader(BEN, Role.ADMIN, frozenset()),
    "a supervisor": AGENT,
    "one of two teams": evolve(AGENT, team_ids=frozenset({ONE, TWO})),
    "one of no team": evolve(AGENT, team_ids=frozenset()),
}
COUNT = 40


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that few rows are many portions."""
    for name, value in (("MOST", 7), ("STRETCH", 5), ("TALKS", 2)):
        monkeypatch.setattr(export, name, value)


def invented(chance: random.Random, n: int) -> dict[str, Any]:
    """A conversation, and when each of its messages was stored."""
    begun = NOON + timedelta(hours=chance.randrange(-3, 12))
    count = chance.choice([0, 0, 1, 2, 3, 25])
    return {
        "id": uuid7(),
        "number": 1001 + n,
        "team_id": chance.choice([ONE, TWO, None]),
        "assignee_id": chance.choice([ANA, BEN, None]),
        "created_at": begun,
        "said": sorted(begun + timedelta(hours=chance.randrange(6)) for _ in range(count)),
        "merged_into_id": None,
    }


@pytest.fixture
async def talks(database: Database) -> list[dict[str, Any]]:
    chance = random.Random(7)
    made = sorted((invented(chance, n) for n in range(COUNT)), key=lambda talk: talk["id"])
    for talk in made[5::9]:
        talk["merged_into_id"] = made[chance.randrange(5)]["id"]
    async with database.acquire() as connection:
        for user in (ANA, BEN):
            insert = "insert into users (id, email, name, role, password_hash) values ($1, $2, 'x', 'agent', '')"
            await connection.execute(insert, user, str(user))
        for team in (ONE, TWO):
            await connection.execute("insert into teams (id, name) values ($1, $2)", team, str(team))
        customer_id = await connection.fetchval("insert into customers (id) values ($1) returning id", uuid7())
        for talk in made:
            await _store(connection, customer_id, talk)
    return made


async def _store(connection: Any, customer_id: UUID, talk: dict[str, Any]) -> None:
    await connection.execute(
        """insert into conversations (id, number, channel, channel_type, customer_id, status, team_id, assignee_id,
            version, revision, last_change, last_seq, merged_into_id, created_at, updated_at)
        values ($1, $2, 'app', 'chat_app', $3, 'closed', $4, $5, 1, 1, $1, $6, $7, $8, $9)""",
        talk["id"],
        talk["number"],
        customer_id,
        talk["team_id"],
        talk["assignee_id"],
        len(talk["said"]),
        talk["merged_into_id"],
        talk["created_at"],
        max([talk["created_at"], *talk["said"]]),
    )
    await connection.executemany(
        """insert into messages (id, conversation_id, seq, channel, direction, sender_type, type, text,
            content_metadata, status, at, created_at, metadata, internal)
        values ($1, $2, $3, 'app', 'inbound', 'customer', 'text', 'x', '{}', 'received', $4, $4, '{}', '{}')""",
        [(uuid7(), talk["id"], seq, at) for seq, at in enumerate(talk["said"], 1)],
    )


def seen(talks: list[dict[str, Any]], reader: Reader) -> Iterator[dict[str, Any]]:
    """By the rule of single reads: one that was merged is seen with its target too."""
    by_id = {talk["id"]: talk for talk in talks}
    for talk in talks:
        both = (talk, by_id.get(talk["merged_into_id"], talk))
        if any(reader.sees(team_id=one["team_id"], assignee_id=one["assignee_id"]) for one in both):
            yield talk


async def exported(database: Database, kind: ExportKind, reader: Reader, span: Span = SPAN) -> list[Any]:
    """All records, portion by portion, none of which is too large."""
    found: list[Any] = []
    after, rows = None, ExportRows(database)
    while True:
        portion = await rows.portion(kind, reader, span, after)
        assert len(portion.records) <= export.MOST
        found += portion.records
        if portion.after is None:
            return found
        assert portion.after != after
        after = portion.after


@pytest.mark.parametrize("who", READERS)
async def test_conversations(database: Database, talks: list[dict[str, Any]], who: str) -> None:
    found = await exported(database, ExportKind.CONVERSATIONS, READERS[who])
    wanted = [talk for talk in seen(talks, READERS[who]) if SPAN.begin <= talk["created_at"] < SPAN.end]
    assert [(row["id"], row["messages"]) for row in found] == [(talk["id"], len(talk["said"])) for talk in wanted]
    names = {row["team_id"]: row["team_name"] for row in found}
    assert all(name == (str(id) if id else None) for id, name in names.items())


@pytest.mark.parametrize("who", READERS)
async def test_messages(database: Database, talks: list[dict[str, Any]], who: str) -> None:
    found = await exported(database, ExportKind.MESSAGES, READERS[who])
    wanted = [
        (talk["number"], seq)
        for talk in seen(talks, READERS[who])
        for seq, at in enumerate(talk["said"], 1)
        if SPAN.begin <= at < SPAN.end
    ]
    assert [(row["conversation_number"], row["conversation_seq"]) for row in found] == wanted
    assert len(wanted) > 3 * export.MOST or who == "one of no team"


@pytest.mark.parametrize("kind", ExportKind)
async def test_of_one_team(database: Database, talks: list[dict[str, Any]], kind: ExportKind) -> None:
    found = await exported(database, kind, READERS["an admin"], evolve(SPAN, team_id=ONE))
    numbers = {row.get("conversation_number", row.get("number")) for row in found}
    assert numbers
    assert numbers <= {talk["number"] for talk in talks if talk["team_id"] == ONE}


@pytest.mark.parametrize("kind", ExportKind)
async def test_of_an_empty_hub(database: Database, kind: ExportKind) -> None:
    assert await exported(database, kind, READERS["an admin"]) == []


def order(by: str = "user:1", **given: Any) -> Export:
    plain = Export(uuid7(), ExportKind.MESSAGES, ExportFormat.CSV, SPAN, False, by, "Ana", NOON)
    return evolve(plain, **given)


async def test_orders_are_kept_and_their_downloads_counted(database: Database) -> None:
    store = ExportStore(database, timedelta(days=365))
    first, second = sorted((uuid7(), uuid7()))  # those of one millisecond are in no order
    mine, other = order(id=first, bom=True), order("key:2", id=second)
    for each in (mine, other):
        await store.create(each)
    assert await store.find(mine.id) == mine
    assert await store.find(uuid7()) is None
    assert await store.page("user:1", None, 10) == [mine]
    assert await store.page(None, None, 10) == [other, mine]
    assert await store.page(None, other.id, 10) == [mine]
    for rows in (7, 9):
        await store.downloaded(mine.id, rows)
    again = await store.find(mine.id)
    assert again is not None
    assert (again.downloads, again.rows, again.downloaded_at is None) == (2, 9, False)


async def test_an_order_is_for_a_team_that_there_is(database: Database) -> None:
    with pytest.raises(Invalid):
        await ExportStore(database, timedelta(days=365)).create(order(span=evolve(SPAN, team_id=uuid7())))


async def test_old_orders_are_forgotten(database: Database) -> None:
    store = ExportStore(database, timedelta(days=365))
    now = datetime.now(UTC)
    old, fresh = order(created_at=now - timedelta(days=366)), order(created_at=now)
    for each in (old, fresh):
        await store.create(each)
    assert await store.prune() == 1
    assert await store.page(None, None, 10) == [fresh]
