"""A link that dies, or a client that falls silent, costs seconds: nobody waits for ever, and nothing stays locked."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from hub.errors import Unavailable
from storage.database import DATABASE_LOST, Database, Limits, server_settings

SHORT = Limits(pool=2, acquire=0.3, command=0.4, statement=0.6, lock=0.3, idle_in_transaction=0.5, connect=2.0)
LONG = 30.0
LOCK = 7


class Link:
    """Between a client and PostgreSQL, on a socket of its own: `silent` takes everything and passes nothing on."""

    def __init__(self, target: Path, directory: Path) -> None:
        self.directory = directory
        self._target = target
        self._passes = asyncio.Event()
        self._passes.set()
        self._tasks: set[asyncio.Task[None]] = set()

    def silent(self) -> None:
        self._passes.clear()

    def heal(self) -> None:
        self._passes.set()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                await self._passes.wait()
                writer.write(data)
                await writer.drain()
        writer.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, ours = await asyncio.open_unix_connection(self._target)
        for task in (asyncio.create_task(self._pump(reader, ours)), asyncio.create_task(self._pump(theirs, writer))):
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Link"]:
        server = await asyncio.start_unix_server(self._connected, self.directory / ".s.PGSQL.5432")
        try:
            yield self
        finally:
            server.close()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)


@pytest.fixture
async def link(database_url: str, tmp_path: Path) -> AsyncIterator[Link]:
    target = Path(parse_qs(urlsplit(database_url).query)["host"][0]) / ".s.PGSQL.5432"
    async with Link(target, tmp_path).open() as link:
        yield link


@pytest.fixture
async def through(link: Link, database_url: str) -> AsyncIterator[Database]:
    """A pool whose connections go through the link."""
    parts = urlsplit(database_url)
    database = Database(parts._replace(query=f"host={link.directory}").geturl(), SHORT)
    await database.open()
    yield database
    link.heal()
    await database.close()


@pytest.mark.parametrize("owner", ["pool", "alone"])
async def test_every_connection_bounds_itself_on_the_server(database_url: str, owner: str) -> None:
    database = Database(database_url, Limits(statement=5, lock=3, idle_in_transaction=4), "hub:7")
    await database.open()
    wanted = {
        "statement_timeout": "5s",
        "lock_timeout": "3s",
        "idle_in_transaction_session_timeout": "4s",
        "client_connection_check_interval": "2s",
        "application_name": "hub:7",
        "TimeZone": "UTC",
    }
    alone = await database.connect()
    async with database.acquire() as pooled:
        connection = pooled if owner == "pool" else alone
        assert {name: await connection.fetchval(f"show {name}") for name in wanted} == wanted
    await alone.close()
    await database.close()


def test_a_peer_that_is_gone_is_noticed_by_keepalives() -> None:
    asked = server_settings(Limits(), "hub")
    assert [asked[f"tcp_keepalives_{name}"] for name in ("idle", "interval", "count")] == ["10", "5", "3"]


async def test_locks_of_a_client_that_fell_silent_in_a_transaction_come_free(database_url: str) -> None:
    """Half-open: nobody tells the server that the client is gone."""
    database = Database(database_url, SHORT)
    await database.open()
    silent = await database.connect()
    await silent.execute("begin")
    await silent.fetchval("select pg_advisory_xact_lock($1)", LOCK)

    async def take() -> bool:
        try:
            async with database.transaction() as connection:
                await connection.fetchval("select pg_advisory_xact_lock($1)", LOCK)
        except Unavailable:
            return False
        return True

    began = time.monotonic()
    assert not await take()
    while not await take():
        assert time.monotonic() - began < LONG
    silent.terminate()
    await database.close()


async def test_a_query_into_a_silent_link_is_given_up_and_the_pool_mends_itself(link: Link, through: Database) -> None:
    async def ask() -> int:
        async with through.acquire() as connection:
            found: int = await connection.fetchval("select 1")
        return found

    assert await ask() == 1
    link.silent()
    async with asyncio.timeout(LONG):
        for outcome in await asyncio.gather(*(ask() for _ in range(6)), return_exceptions=True):
            assert isinstance(outcome, Unavailable)
    link.heal()
    async with asyncio.timeout(LONG):
        while True:
            with contextlib.suppress(Unavailable):
                if sum(await asyncio.gather(ask(), ask())) == 2:
                    return


async def test_nobody_waits_for_ever_for_a_free_connection(database_url: str) -> None:
    database = Database(database_url, SHORT)
    await database.open()
    async with database.acquire(), database.acquire(), asyncio.timeout(LONG):
        with pytest.raises(Unavailable):
            async with database.acquire():
                pass
    async with database.acquire() as connection:
        assert await connection.fetchval("select 1") == 1
    await database.close()


@pytest.mark.parametrize("lost", [*DATABASE_LOST, asyncpg.InternalClientError])
async def test_whatever_a_dying_connection_raises_means_that_the_database_is_away(
    database: Database, lost: type[Exception]
) -> None:
    with pytest.raises(Unavailable) as told:
        async with database.acquire():
            raise lost("postgresql://hub:password@db/hub")
    assert "password" not in str(told.value)
    assert told.value.retry_after
    async with database.acquire() as connection:
        assert await connection.fetchval("select 1") == 1


async def test_connections_that_the_server_ends_are_replaced(database: Database, database_url: str) -> None:
    killer = await asyncpg.connect(database_url)
    for _ in range(5):
        async with database.acquire() as connection:
            pid = await connection.fetchval("select pg_backend_pid()")
        await killer.execute("select pg_terminate_backend($1, 5000)", pid)
        async with asyncio.timeout(LONG):
            while True:
                with contextlib.suppress(Unavailable):
                    async with database.acquire() as connection:
                        assert await connection.fetchval("select 1") == 1
                    break
    await killer.close()


async def test_before_it_is_open_it_is_away(database_url: str) -> None:
    with pytest.raises(Unavailable):
        async with Database(database_url).acquire():
            pass
