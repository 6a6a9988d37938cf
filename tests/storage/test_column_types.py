"""Column types: the driver knows them without asking."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from hub.ids import uuid7
from storage import column_types
from storage.database import Database

ARRAYS = column_types._ARRAYS
ID, MOMENT = uuid4(), datetime.now(UTC)

VALUES: dict[str, list[Any]] = {
    "bool": [True, None],
    "bytea": [b"\0,{}", b""],
    "int2": [1, -1],
    "int4": [2**31 - 1],
    "int8": [2**63 - 1],
    "json": [{"a": [1]}, None],
    "jsonb": ["x"],
    "timestamptz": [MOMENT],
    "uuid": [ID, None],
    "conversation_status": ["open", "closed"],
    "team_kind": [],
}


class Spoken:
    """A connection of a hub, with all that it says to the server."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection
        self._queries: list[str] = []
        connection.add_query_logger(lambda query: self._queries.append(query.query))

    async def queries(self) -> list[str]:
        """What was said until now; the driver tells it a turn of the loop later."""
        await asyncio.sleep(0)
        return self._queries


@pytest.fixture
async def spoken(database: Database) -> AsyncIterator[Spoken]:
    connection = await database.connect()
    yield Spoken(connection)
    await connection.close()


@pytest.mark.parametrize("name", VALUES)
async def test_arrays_go_in_and_come_out_without_a_question(spoken: Spoken, name: str) -> None:
    values = VALUES[name]
    given = [b'{"a": [1]}' if value == {"a": [1]} else b'"x"' if value == "x" else value for value in values]
    query = f"select $1::{name}[] as given"
    assert await spoken.connection.fetchval(query, given) == values
    assert await spoken.queries() == [query]


async def test_enums_are_texts(spoken: Spoken) -> None:
    query = "insert into teams (id, name, kind) values ($1, 'Sales', $2) returning kind"
    assert await spoken.connection.fetchval(query, uuid7(), "sales") == "sales"
    with pytest.raises(asyncpg.InvalidTextRepresentationError):
        await spoken.connection.fetchval(query, uuid7(), "other still")
    assert set(await spoken.queries()) == {query}


async def test_the_ids_are_the_servers(database: Database) -> None:
    async with database.acquire() as connection:
        rows = await connection.fetch("select typname, oid, typelem from pg_type where typname = any($1)", [*ARRAYS])
    assert {row["typname"]: (row["oid"], row["typelem"]) for row in rows} == ARRAYS


async def test_a_type_that_came_later_is_asked_about(spoken: Spoken) -> None:
    await spoken.connection.execute("create type mood as enum ('calm')")
    assert await spoken.connection.fetchval("select $1::mood[]", ["calm"]) == ["calm"]
    assert await spoken.connection.fetchval("select $1::numrange is null", None) is True
