"""Is PostgreSQL there: asked every second on a connection of its own, so that no answer queues behind the pool."""

import asyncio
from collections.abc import Callable
from typing import TypeAlias

import asyncpg

from storage.database import DATABASE_LOST, Database

Report: TypeAlias = Callable[[bool, str], None]
"""Told after each ping whether PostgreSQL answered, and why not in a few words."""


class Pinger:
    """Asks for ever. `every` is the pause between pings, `patience` how long one may take; both in seconds."""

    def __init__(self, database: Database, report: Report, every: float = 1.0, patience: float = 1.0) -> None:
        self._database, self._report = database, report
        self._every, self._patience = every, patience
        self._connection: asyncpg.Connection | None = None

    async def run(self) -> None:
        """Pings until cancelled. A failed ping is reported and the connection made anew for the next."""
        try:
            while True:
                await self.ping()
                await asyncio.sleep(self._every)
        finally:
            self.close()

    async def ping(self) -> None:
        """Asks once and reports."""
        try:
            async with asyncio.timeout(self._patience):
                if self._connection is None or self._connection.is_closed():
                    self._connection = await self._database.connect()
                await self._connection.fetchval("select 1")
        except DATABASE_LOST as error:
            self.close()
            self._report(False, "does not answer" if isinstance(error, TimeoutError) else "is away")
        else:
            self._report(True, "")

    def close(self) -> None:
        """Cuts the connection; the next ping makes a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()
