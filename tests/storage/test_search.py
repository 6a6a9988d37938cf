"""Search in PostgreSQL: which words are found, what is gone through, and where a page goes on."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from hub.clock import from_rfc3339
from hub.ids import uuid7
from hub.rights import Reader, Role
from hub.search import PLAIN, FoundPage, Kind, Narrowed, fold, understand
from storage import search
from storage.database import Database
from storage.journal import Journal
from storage.search import SearchStore

ADMIN = Reader(uuid7(), Role.ADMIN, frozenset())


async def found(database: Database, q: str, reader: Reader = ADMIN, **narrowed: Any) -> list[str]:
    """The texts of messages, the newest first."""
    page = await pages(database, q, reader, limit=50, **narrowed)
    assert len(page) == 1
    return [each.text for each in page[0].found]


async def pages(
    database: Database, q: str, reader: Reader = ADMIN, *, limit: int, kind: Kind = Kind.MESSAGES, **narrowed: Any
) -> list[FoundPage]:
    """All pages of a search."""
    store, place, read = SearchStore(database), None, list[FoundPage]()
    while not read or place is not None:
        assert len(read) < 200
        read.append(await store.find(kind, reader, understand(q), Narrowed(**narrowed), place, limit))
        place = read[-1].next
    return read


@pytest.fixture
async def write(database: Database, journal: Journal, decider: Any) -> Callable[..., Any]:
    """Writes messages into a conversation of a team, each a millisecond newer; answers the conversation's id."""

    moments = itertools.count(1_000)

    async def wrote(*texts: str, team_id: UUID | None = None) -> UUID:
        desk, change = decider.begin()
        await journal.append([change])
        conversation_id: UUID = desk.conversation.id
        async with database.acquire() as connection:
            await connection.execute("delete from messages where conversation_id = $1", conversation_id)
            query = "update conversations set team_id = $2, last_seq = $3 where id = $1"
            await connection.execute(query, conversation_id, team_id, len(texts))
            rows = [(uuid7(next(moments)), seq, text) for seq, text in enumerate(texts, 1)]
            await connection.executemany(
                """insert into messages (id, conversation_id, seq, channel, direction, sender_type, type, text,
                    content_metadata, status, at, created_at, metadata, internal)
                values ($1, $4, $2, 'wa', 'inbound', 'customer', 'text', $3, '{}', 'received', now(), now(), '{}', '{}')
                """,
                [(*row, conversation_id) for row in rows],
            )
        return conversation_id

    return wrote


async def team(database: Database) -> UUID:
    id = uuid7()
    async with database.acquire() as connection:
        await connection.execute("insert into teams (id, name) values ($1, $2)", id, str(id))
    return id


async def test_words_are_found_however_they_are_written(database: Database, write: Any) -> None:
    await write("A Confirmação chegou", "nada", "CONFIRMACAO: ana.silva@example.com", "desconfirmação", "confirmações")
    assert await found(database, "confirmaçao") == ["CONFIRMACAO: ana.silva@example.com", "A Confirmação chegou"]
    assert len(await found(database, "confirm")) == 3
    assert await found(database, '"confirm"') == []
    assert await found(database, "silva@example") == ["CONFIRMACAO: ana.silva@example.com"]
    assert await found(database, '"confirmacao chegou"') == ["A Confirmação chegou"]
    assert await found(database, '"chegou confirmacao"') == []
    assert await found(database, "confirmacao -chegou") == ["CONFIRMACAO: ana.silva@example.com"]
    assert await found(database, 'confirmacao -"a confirmacao"') == ["CONFIRMACAO: ana.silva@example.com"]


@pytest.mark.parametrize("q", ["( & | ' \" \\", "%", "_", "!", "a:*b", "'''", "\\'", "<->", "(" * 100])
async def test_nothing_typed_can_break_the_question(database: Database, write: Any, q: str) -> None:
    await write("100% (sim) & não | 'talvez' \\ _")
    assert await found(database, q) == []


async def test_the_schema_folds_as_the_hub_does(database: Database) -> None:
    accented = " ".join(f"x{letter}{letter.upper()}y" for letter in PLAIN)
    async with database.acquire() as connection:
        assert await connection.fetchval("select search_words($1)::text", accented) == await connection.fetchval(
            "select to_tsvector('simple', $1)::text", fold(accented)
        )
        assert await connection.fetchval("select length(search_words(repeat('wort ', 400000)))") == 1


async def test_deleted_messages_and_those_of_others_are_not_found(database: Database, write: Any) -> None:
    mine, other = await team(database), await team(database)
    seen, hidden = await write("hello", "hello deleted", team_id=mine), await write("hello there", team_id=other)
    async with database.acquire() as connection:
        await connection.execute("update messages set deleted_at = now() where text = 'hello deleted'")
    agent = Reader(uuid7(), Role.AGENT, frozenset({mine}))
    assert await found(database, "hello", agent) == ["hello"]
    assert await found(database, "hello", agent, conversation_id=hidden) == []
    assert await found(database, "hello", agent, conversation_id=seen) == ["hello"]
    assert await found(database, "hello", agent, team_id=other) == []
    assert await found(database, "hello", team_id=other) == ["hello there"]
    assert await found(database, "hello") == ["hello there", "hello"]


@pytest.mark.parametrize(
    "limits",
    [
        {},
        {"FIRST_WALK": 2, "MOST_WALKED": 4, "MOST_FOUND": 3},  # walks, and gives up for each page
        {"FIRST_WALK": 1, "MOST_WALKED": 1, "MOST_FOUND": 1000},  # by the index of words
        {"FIRST_WALK": 3, "MOST_WALKED": 1000, "MOST_FOUND": 1},  # walks on
        {"LITTLE": 0},
    ],
)
@pytest.mark.parametrize("in_all", [True, False])
async def test_every_way_to_look_finds_the_same(
    database: Database, write: Any, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int], in_all: bool
) -> None:
    for name, value in limits.items():
        monkeypatch.setattr(search, name, value)
    mine, other = await team(database), await team(database)
    texts = [f"common {'third' if n % 3 == 0 else 'other'} {n}" for n in range(20)]
    ids = [await write(*texts, team_id=mine), await write(*texts, team_id=other)]
    agent = Reader(uuid7(), Role.AGENT, frozenset({mine}))
    where: dict[str, Any] = {} if in_all else {"conversation_id": ids[0]}
    for q, wanted in (("common", texts), ("third", texts[::3]), ('"common third"', texts[::3]), ("absent", [])):
        given = [each.text for page in await pages(database, q, agent, limit=3, **where) for each in page.found]
        assert given == wanted[::-1]


async def test_new_words_are_found_before_they_are_sorted_in_and_after(database: Database, write: Any) -> None:
    await write("hello")
    assert await found(database, "hello") == ["hello"]
    await SearchStore(database).sort_in()
    async with database.acquire() as connection:
        assert await connection.fetchval(search.SQL.sort_in) == 0
        await connection.execute("alter index messages_words rename to messages_words_old")
    await SearchStore(database).sort_in()
    assert await found(database, "hello") == ["hello"]


async def test_a_time_can_be_asked_for(database: Database, write: Any) -> None:
    await write("hello 0", "hello 1", "hello 2")
    begin = from_rfc3339("1970-01-01T00:00:01.000Z")
    one, two = begin + timedelta(milliseconds=1), begin + timedelta(milliseconds=2)
    assert await found(database, "hello", since=one) == ["hello 2", "hello 1"]
    assert await found(database, "hello", until=two, since=one) == ["hello 1"]
    assert await found(database, "hello", sender="agent") == []
    assert await found(database, "hello", channels=("other",)) == []
