"""The bare server's store: what waits goes into one call of a database function, one call at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg
import orjson

MOST = 200
"""Rows in one call."""

Row = dict[str, Any]
Call = Callable[[bytes], Awaitable[Sequence[Any]]]


class Batcher:
    """Gathers rows while a call is under way, and makes the next with all of them."""

    def __init__(self, call: Call) -> None:
        """`call` takes a JSON array of rows, each numbered by `n`, and answers one result per row in that order."""
        self._call = call
        self._waiting: list[tuple[Row, asyncio.Future[Any]]] = []
        self._running: asyncio.Task[None] | None = None

    async def store(self, row: Row) -> Any:
        """The row's result, once it is committed."""
        stored: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, stored))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return await stored

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                results = await self._call(orjson.dumps([{"n": n, **row} for n, (row, _) in enumerate(batch)]))
            except asyncpg.PostgresError as error:
                for _, stored in batch:
                    stored.set_exception(error)
                continue
            for (_, stored), result in zip(batch, results, strict=True):
                if not stored.cancelled():
                    stored.set_result(result)


async def connect(url: str) -> asyncpg.Connection:
    """A connection to which JSON is handed as bytes."""
    connection = await asyncpg.connect(url)
    await connection.set_type_codec(
        "json", schema="pg_catalog", format="binary", encoder=lambda value: value, decoder=orjson.loads
    )
    return connection


def function(connection: asyncpg.Connection, call: str) -> Call:
    """A database function as a batcher's call; `call` is its SQL, with the rows as $1."""

    async def run(rows: bytes) -> Sequence[Any]:
        found: Sequence[Any] = await connection.fetch(call, rows)
        return found

    return run
