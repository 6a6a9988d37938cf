"""A real PostgreSQL for the tests: one server per run, one migrated template, one fresh database per test."""

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
import pytest

from hub.ids import uuid7
from storage import embedded
from storage.database import Database, Limits, prepare_connection
from storage.migrations import migrate

TEMPLATE = "hub_template"
MEMORY = Path("/dev/shm")
ROOM = 4 << 30
"""Bytes that have to be free in memory for the run's databases to be there."""
_numbers = itertools.count(1)


def named(url: str, name: str) -> str:
    """The same server's database of this name."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


async def execute(url: str, *statements: str) -> None:
    """Runs statements on a connection of their own."""
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def _prepare(data: Path) -> str:
    server = named(await embedded.start(data), "postgres")
    # Nothing of a test's database has to survive the machine.
    await execute(
        server,
        "alter system set fsync = off",
        "alter system set full_page_writes = off",
        "alter system set max_wal_size = '512MB'",
        "select pg_reload_conf()",
        f"create database {TEMPLATE}",
    )
    connection = await asyncpg.connect(named(server, TEMPLATE))
    try:
        await prepare_connection(connection)
        await migrate(connection)
    finally:
        await connection.close()
    return server


def _place() -> Path:
    """Where databases come and go by the thousand: in memory, if there is room. On ext4 each new file of a database
    looks through all the inodes that were freed a moment ago, and a sixth of a run's time would go into that."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if roomy else Path("/tmp")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of the run's PostgreSQL server; it holds the migrated template."""
    data = Path(tempfile.mkdtemp(prefix="hub", dir=_place()))
    try:
        yield asyncio.run(_prepare(data))
    finally:
        embedded.stop(data)
        shutil.rmtree(data, ignore_errors=True)


class Databases:
    """Makes databases and drops them, over one connection: to connect costs as much as to drop one. It has a loop of
    its own, because each test has."""

    def __init__(self, server: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._connection = self._loop.run_until_complete(asyncpg.connect(server))

    def _execute(self, statement: str) -> None:
        self._loop.run_until_complete(self._connection.execute(statement))

    @contextmanager
    def fresh(self, name: str) -> Iterator[None]:
        """An empty, migrated database of this name, for as long as this lasts. Not for the inside of a running loop."""
        self._execute(f"create database {name} template {TEMPLATE} strategy file_copy")
        yield
        self._execute(f"drop database {name} with (force)")

    def close(self) -> None:
        """Ends the connection."""
        self._loop.run_until_complete(self._connection.close())
        self._loop.close()


@pytest.fixture(scope="session")
def databases(postgres: str) -> Iterator[Databases]:
    """Who makes databases."""
    databases = Databases(postgres)
    yield databases
    databases.close()


@pytest.fixture
def database_url(postgres: str, databases: Databases) -> Iterator[str]:
    """The URL of an empty, migrated database that belongs to this test alone."""
    name = f"test_{next(_numbers)}"
    with databases.fresh(name):
        yield named(postgres, name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open pool on a fresh database."""
    database = Database(database_url, Limits(pool=4), application="test")
    await database.open()
    yield database
    await database.close()


class Scene:
    """A conversation of a team with files in it, put straight into the tables."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.team_id, self.conversation_id = uuid7(), uuid7()
        self.assignee_id = uuid7()
        self.seq = 0

    async def execute(self, statement: str, *arguments: Any) -> None:
        """Runs a statement."""
        async with self.database.acquire() as connection:
            await connection.execute(statement, *arguments)

    async def row(self, id: UUID) -> dict[str, Any]:
        """A file's row as it is now."""
        async with self.database.acquire() as connection:
            return dict(await connection.fetchrow("select * from media where id = $1", id))

    async def set(self) -> None:
        """The team, its member with the conversation, and the customer."""
        customer_id = uuid7()
        await self.execute("insert into teams (id, name) values ($1, 'Support')", self.team_id)
        await self.execute(
            "insert into users (id, email, name, role, password_hash) values ($1, 'a@example.com', 'Ana', 'agent', '')",
            self.assignee_id,
        )
        await self.execute("insert into customers (id) values ($1)", customer_id)
        await self.execute(
            """insert into conversations (id, channel, channel_type, customer_id, status, team_id, assignee_id, version,
                revision, last_change, created_at, updated_at)
            values ($1, 'wa', 'whatsapp', $2, 'open', $3, $4, 1, 1, $1, now(), now())""",
            self.conversation_id,
            customer_id,
            self.team_id,
            self.assignee_id,
        )

    async def message(self, media_id: UUID, direction: str = "inbound") -> UUID:
        """A message with this file."""
        self.seq, message_id = self.seq + 1, uuid7()
        await self.execute(
            """insert into messages (id, conversation_id, seq, channel, direction, sender_type, type, content_metadata,
                media_id, status, at, created_at, metadata, internal)
            values ($1, $2, $3, 'wa', $4, 'customer', 'image', '{"media": {"state": "pending"}}', $5, 'received', now(),
                now(), '{}', '{}')""",
            message_id,
            self.conversation_id,
            self.seq,
            direction,
            media_id,
        )
        return message_id

    async def file(self, **columns: Any) -> UUID:
        """A customer's file that waits to be fetched, and its message."""
        media_id = uuid7()
        message_id = await self.message(media_id)
        await self.execute(
            """insert into media (id, channel, conversation_id, message_id, direction, state, next_try_at)
            values ($1, 'wa', $2, $3, 'inbound', 'pending', clock_timestamp())""",
            media_id,
            self.conversation_id,
            message_id,
        )
        for name, value in columns.items():
            await self.execute(f"update media set {name} = $2 where id = $1", media_id, value)
        return media_id


@pytest.fixture
async def scene(database: Database) -> Scene:
    """A conversation to put files into."""
    scene = Scene(database)
    await scene.set()
    return scene
