"""Connections: bounded on both sides, and honest when PostgreSQL is away."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest

from hub.errors import Unavailable
from storage.database import Database, Limits, server_settings


async def test_before_it_is_opened_the_database_is_unavailable(database_url: str) -> None:
    database = Database(database_url)
    with pytest.raises(Unavailable):
        async with database.acquire():
            pass
    assert database.size() == (0, 0)


async def test_what_cannot_be_reached_says_so_when_opened() -> None:
    with pytest.raises(OSError, match=r".*"):
        await Database("postgresql://postgres@/hub?host=/nowhere", Limits(connect=0.5)).open()


async def test_opening_twice_is_opening_once(database_url: str) -> None:
    database = Database(database_url)
    await database.open()
    pool = database._pool
    await database.open()
    assert database._pool is pool
    await database.close()
    await database.close()


async def test_the_server_bounds_what_a_vanished_client_would_hold(database: Database) -> None:
    async with database.acquire() as connection:
        rows = await connection.fetch("select name, setting from pg_settings")
    settings = {row["name"]: row["setting"] for row in rows}
    asked = server_settings(database.limits, "test")
    for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        assert settings[name] == asked[name]
    assert (settings["TimeZone"], settings["application_name"], settings["jit"]) == ("UTC", "test", "off")


async def test_json_goes_in_as_bytes_and_comes_out_as_objects(database: Database) -> None:
    value = {"text": "Olá 👍", "n": 1, "none": None, "list": [1.5, True]}
    async with database.acquire() as connection:
        for kind in ("json", "jsonb"):
            assert await connection.fetchval(f"select $1::{kind}", orjson.dumps(value)) == value
        assert await connection.fetchval("select null::json") is None


async def test_ids_and_moments_come_out_as_pythons_own(database: Database) -> None:
    wanted, now = uuid4(), datetime.now(UTC)
    async with database.acquire() as connection:
        row = await connection.fetchrow(
            "select $1::uuid as id, $2::uuid[] as ids, $3::timestamptz as at", wanted, [wanted], now
        )
    assert type(row["id"]) is UUID
    assert (row["id"], row["ids"], row["at"]) == (wanted, [wanted], now)


async def test_when_every_connection_is_taken_the_next_waits_and_is_told(database_url: str) -> None:
    database = Database(database_url, Limits(pool=1, acquire=0.1))
    await database.open()
    async with database.acquire():
        assert database.size() == (1, 0)
        with pytest.raises(Unavailable):
            async with database.acquire():
                pass
    async with database.acquire() as connection:
        assert await connection.fetchval("select 1") == 1
    await database.close()


async def test_a_statement_that_takes_too_long_is_ended(database_url: str) -> None:
    database = Database(database_url, Limits(statement=0.1))
    await database.open()
    with pytest.raises(Unavailable):
        async with database.acquire() as connection:
            await connection.execute("select pg_sleep(10)")
    await database.close()


async def test_a_connection_that_breaks_is_unavailable_and_replaced(database: Database) -> None:
    with pytest.raises(Unavailable):
        async with database.acquire() as connection:
            await connection.execute("select pg_terminate_backend(pg_backend_pid())")
    async with database.acquire() as connection:
        assert await connection.fetchval("select 1") == 1


async def test_what_is_wrong_with_a_query_is_no_missing_database(database: Database) -> None:
    with pytest.raises(asyncpg.UndefinedTableError):
        async with database.acquire() as connection:
            await connection.execute("select * from nowhere")


async def test_a_transaction_is_all_or_nothing(database: Database) -> None:
    same, insert = uuid4(), "insert into customers (id, name) values ($1, 'x')"
    with pytest.raises(asyncpg.UniqueViolationError):
        async with database.transaction() as connection:
            await connection.executemany(insert, [(same,), (same,)])
    async with database.transaction() as connection:
        await connection.execute(insert, uuid4())
    async with database.acquire() as connection:
        assert await connection.fetchval("select count(*) from customers") == 1


async def test_a_connection_of_ones_own_is_set_up_alike(database: Database) -> None:
    connection = await database.connect()
    assert await connection.fetchval("show timezone") == "UTC"
    assert await connection.fetchval("select '[1]'::json") == [1]
    await connection.close()


async def test_closing_does_not_wait_for_ever(database_url: str) -> None:
    database = Database(database_url, Limits(pool=1))
    await database.open()
    held = asyncio.Event()

    async def hold() -> None:
        async with database.acquire() as connection:
            held.set()
            await connection.execute("select pg_sleep(3)")

    holding = asyncio.create_task(hold())
    await held.wait()
    await database.close(within=0.1)
    with pytest.raises(Unavailable):
        await holding
