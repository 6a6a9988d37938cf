"""A real PostgreSQL for the tests: one server per run, one migrated template, one fresh database per test."""

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from storage import embedded
from storage.database import Database, Limits, prepare_connection
from storage.migrations import migrate

_TEMPLATE = "hub_template"
_numbers = itertools.count(1)


def _named(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


async def _execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def _prepare(data: Path) -> str:
    server = _named(await embedded.start(data), "postgres")
    # Nothing of a test's database has to survive the machine.
    await _execute(
        server,
        "alter system set fsync = off",
        "alter system set full_page_writes = off",
        "alter system set max_wal_size = '4GB'",
        "select pg_reload_conf()",
        f"create database {_TEMPLATE}",
    )
    connection = await asyncpg.connect(_named(server, _TEMPLATE))
    try:
        await prepare_connection(connection)
        await migrate(connection)
    finally:
        await connection.close()
    return server


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of the run's PostgreSQL server; it holds the migrated template."""
    data = Path(tempfile.mkdtemp(prefix="hub", dir="/tmp"))
    try:
        yield asyncio.run(_prepare(data))
    finally:
        embedded.stop(data)
        shutil.rmtree(data, ignore_errors=True)


@pytest.fixture
async def database_url(postgres: str) -> AsyncIterator[str]:
    """The URL of an empty, migrated database that belongs to this test alone."""
    name = f"test_{next(_numbers)}"
    await _execute(postgres, f"create database {name} template {_TEMPLATE} strategy file_copy")
    yield _named(postgres, name)
    await _execute(postgres, f"drop database {name} with (force)")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open pool on a fresh database."""
    database = Database(database_url, Limits(pool=4), application="test")
    await database.open()
    yield database
    await database.close()
