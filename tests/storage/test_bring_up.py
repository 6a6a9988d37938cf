"""Bringing the database up: patient while it is away, firm when it is the wrong one."""

import asyncio
import socket
from datetime import timedelta

import asyncpg
import pytest

from storage import migrations
from storage.bring_up import bring_up
from storage.database import Database, Limits
from storage.journal import Journal
from storage.migrations import Migration, MigrationError, known
from tests.conftest import execute, named

LEASE = timedelta(seconds=30)


async def replicas(url: str) -> int:
    """How many replicas show that they live, of what this test's server can be asked by another connection."""
    connection = await asyncpg.connect(url)
    try:
        return int(
            await connection.fetchval(
                "select count(*) from pg_locks where locktype = 'advisory' and mode = 'ShareLock' and objid = 71"
            )
        )
    finally:
        await connection.close()


async def test_an_empty_database_is_migrated_and_the_replica_shows_that_it_lives(postgres: str) -> None:
    await execute(postgres, "create database brought_up")
    url = named(postgres, "brought_up")
    database = Database(url, Limits(pool=2))
    journal = Journal(database, 71, LEASE)
    try:
        assert await bring_up(database, journal, 0.01, 0.02) == known()
        assert await replicas(url) == 1
        assert await bring_up(database, journal, 0.01, 0.02) == ()
    finally:
        await journal.close()
        await database.close()
        await execute(postgres, "drop database brought_up with (force)")


async def test_it_waits_for_a_database_that_is_not_there_yet(database_url: str) -> None:
    """Nothing listens at first; then a door opens at the address, and behind it is PostgreSQL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    database = Database(f"postgresql://postgres@127.0.0.1:{port}/{database_url.partition('?')[0].rpartition('/')[2]}")
    journal = Journal(database, 72, LEASE)
    coming = asyncio.create_task(bring_up(database, journal, 0.01, 0.05))
    await asyncio.sleep(0.2)
    assert not coming.done()
    directory = database_url.partition("host=")[2].replace("%2F", "/")

    async def through(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_unix_connection(f"{directory}/.s.PGSQL.5432")
        await asyncio.gather(_pour(reader, inner_writer), _pour(inner_reader, writer))

    async with await asyncio.start_server(through, "127.0.0.1", port):
        async with asyncio.timeout(30):
            assert await coming == ()
        await journal.close()
        await database.close()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def test_a_newer_database_is_refused_at_once(database_url: str) -> None:
    newer = "insert into schema_version (version, name, sha256) values (9999, 'later', '')"
    await execute(database_url, newer)
    database = Database(database_url, Limits(pool=1))
    journal = Journal(database, 73, LEASE)
    with pytest.raises(MigrationError, match="newer hub"):
        await bring_up(database, journal, 0.01, 0.02)
    assert await replicas(database_url) == 0
    await journal.close()
    await database.close()


async def test_it_waits_until_the_database_is_made(postgres: str) -> None:
    """A server that is being set up lets nobody in before it has made its users and databases."""
    database = Database(named(postgres, "made_later"), Limits(pool=2))
    journal = Journal(database, 74, LEASE)
    coming = asyncio.create_task(bring_up(database, journal, 0.01, 0.02))
    await asyncio.sleep(0.1)
    assert not coming.done()
    await execute(postgres, "create database made_later")
    try:
        async with asyncio.timeout(30):
            assert await coming == known()
    finally:
        await journal.close()
        await database.close()
        await execute(postgres, "drop database made_later with (force)")


@pytest.mark.parametrize(
    ("sql", "refused"), [("select pg_sleep(1.5)", None), ("select 1 / 0", "9998_next cannot be applied .* 22012")]
)
async def test_a_step_may_take_longer_than_a_query_may(
    database_url: str, monkeypatch: pytest.MonkeyPatch, sql: str, refused: str | None
) -> None:
    following = (*known(), Migration(9998, "next", sql))
    monkeypatch.setattr(migrations, "known", lambda: following)
    database = Database(database_url, Limits(pool=2, command=0.5, statement=0.5))
    journal = Journal(database, 75, LEASE)
    async with asyncio.timeout(30):
        if refused is None:
            assert [step.version for step in await bring_up(database, journal, 0.01, 0.02)] == [9998]
        else:
            with pytest.raises(MigrationError, match=refused):
                await bring_up(database, journal, 0.01, 0.02)
    await journal.close()
    await database.close()
