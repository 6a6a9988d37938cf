"""The run's own PostgreSQL: one server in the temporary directory, durable as in production, a database per process."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from attrs import define, field

from hub.bench import machine
from storage import embedded

_numbers = itertools.count(1)


def named(url: str, database: str) -> str:
    """The address of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


@define
class Postgres:
    """A running server. `url` leads to its maintenance database."""

    data: Path
    url: str
    pid: int
    core: int
    _open: dict[str, asyncpg.Connection] = field(factory=dict)
    _asking: asyncio.Lock = field(factory=asyncio.Lock)
    """A connection does one thing at once."""

    @asynccontextmanager
    async def database(self) -> AsyncIterator[str]:
        """The address of an empty database, dropped at the end."""
        name = f"bench_{next(_numbers)}"
        await self.execute(self.url, f"create database {name}")
        url = named(self.url, name)
        try:
            yield url
        finally:
            await self._forget(url)
            await self.execute(self.url, f"drop database {name} with (force)")

    async def execute(self, url: str, query: str, *arguments: Any) -> None:
        """Runs a statement."""
        async with self._asking:
            await (await self._connection(url)).execute(query, *arguments)

    async def fetch(self, url: str, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """A statement's rows."""
        async with self._asking:
            rows: list[asyncpg.Record] = await (await self._connection(url)).fetch(query, *arguments)
        return rows

    async def value(self, url: str, query: str, *arguments: Any) -> Any:
        """A statement's first value."""
        async with self._asking:
            return await (await self._connection(url)).fetchval(query, *arguments)

    async def copy(self, url: str, table: str, columns: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> None:
        """Stores many rows at once."""
        async with self._asking:
            connection = await self._connection(url)
            await connection.copy_records_to_table(table, columns=list(columns), records=rows)

    def cpu_seconds(self) -> float:
        """What the server has used so far, with connections that have ended."""
        return machine.cpu_seconds(self.pid)

    async def close(self) -> None:
        """Lets the connections go."""
        for url in list(self._open):
            await self._forget(url)

    async def _connection(self, url: str) -> asyncpg.Connection:
        if url not in self._open:
            self._open[url] = await asyncpg.connect(url)
            machine.pin(self.pid, self.core)
        return self._open[url]

    async def _forget(self, url: str) -> None:
        if url in self._open:
            await self._open.pop(url).close()


@asynccontextmanager
async def running(data: Path, core: int) -> AsyncIterator[Postgres]:
    """A server in this data directory, on this core, stopped at the end. Raises `storage.embedded.EmbeddedError`."""
    url = await embedded.start(data)
    try:
        pid = embedded.status(data).pid
        assert pid is not None
        machine.pin(pid, core)
        server = Postgres(data, named(url, "postgres"), pid, core)
        try:
            yield server
        finally:
            await server.close()
    finally:
        embedded.stop(data)
