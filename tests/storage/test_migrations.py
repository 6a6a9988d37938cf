"""Migrations: forward only, once, by one at a time, and never on what is not understood."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from storage import migrations
from storage.migrations import Migration, MigrationError, known, migrate, pending

_numbers = count(1)


@pytest.fixture
async def empty_url(postgres: str) -> AsyncIterator[str]:
    """The URL of a database with nothing in it."""
    name = f"empty_{next(_numbers)}"
    server = await asyncpg.connect(postgres)
    await server.execute(f"create database {name}")
    yield urlunsplit(urlsplit(postgres)._replace(path=f"/{name}"))
    await server.execute(f"drop database {name} with (force)")
    await server.close()


@pytest.fixture
async def empty(empty_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(empty_url)
    yield connection
    await connection.close()


def test_numbers_go_up_without_a_gap() -> None:
    assert [migration.version for migration in known()] == list(range(1, len(known()) + 1))
    assert all(migration.name and len(migration.sha256) == 64 for migration in known())


async def test_what_is_pending_is_applied_once(empty: asyncpg.Connection) -> None:
    assert await pending(empty) == known()
    assert await migrate(empty) == known()
    assert await migrate(empty) == ()
    assert await empty.fetchval("select count(*) from schema_version") == len(known())
    assert await empty.fetchval("show statement_timeout") == "0"


async def test_two_at_once_apply_it_once(empty_url: str) -> None:
    connections = [await asyncpg.connect(empty_url) for _ in range(3)]
    applied = await asyncio.gather(*map(migrate, connections))
    assert sorted(map(len, applied)) == [0, 0, len(known())]
    for connection in connections:
        await connection.close()


async def test_a_file_changed_afterwards_is_refused(empty: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    await migrate(empty)
    first, *rest = known()
    changed = Migration(first.version, first.name, first.sql + "-- changed")
    monkeypatch.setattr(migrations, "known", lambda: (changed, *rest))
    with pytest.raises(MigrationError, match="0001_initial was changed"):
        await migrate(empty)


async def test_a_newer_database_is_refused(empty: asyncpg.Connection) -> None:
    await migrate(empty)
    await empty.execute("insert into schema_version (version, name, sha256) values (9999, 'future', '')")
    with pytest.raises(MigrationError, match="migration 9999"):
        await migrate(empty)


async def test_a_migration_that_fails_leaves_what_was_before_it(
    empty: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = (Migration(1, "one", "create table one (a int)"), Migration(2, "two", "create table two (a int); boom"))
    monkeypatch.setattr(migrations, "known", lambda: steps)
    with pytest.raises(MigrationError, match="0002_two"):
        await migrate(empty)
    tables = await empty.fetch("select tablename from pg_tables where schemaname = 'public' order by 1")
    assert [row["tablename"] for row in tables] == ["one", "schema_version"]
    mended = (steps[0], Migration(2, "two", "create table two (a int)"))
    monkeypatch.setattr(migrations, "known", lambda: mended)
    assert await migrate(empty) == mended[1:]


async def test_the_sessions_own_limits_are_kept(empty_url: str) -> None:
    connection = await asyncpg.connect(empty_url, server_settings={"statement_timeout": "1234"})
    await migrate(connection)
    assert await connection.fetchval("show statement_timeout") == "1234ms"
    await connection.close()
