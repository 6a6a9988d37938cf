"""A PostgreSQL of a test's own, to be stopped, frozen and killed."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import psutil
from attrs import define, field

from storage import embedded
from storage.database import prepare_connection
from storage.migrations import migrate
from tests.acceptance.people import employ
from tests.conftest import execute, named


@define
class Server:
    """The server of one data directory, with a migrated database in which people are employed."""

    data: Path
    url: str = field(default="", init=False)

    async def prepare(self, *settings: str) -> None:
        """Makes it, with these settings (as `alter system set` takes them), and starts it."""
        self.url = await embedded.start(self.data)
        if settings:
            await execute(self.url, *(f"alter system set {setting}" for setting in settings))
            await self.restart()
        connection = await asyncpg.connect(self.url)
        await prepare_connection(connection)
        await migrate(connection)
        await connection.close()
        await employ(self.url)

    async def start(self) -> None:
        """Starts it, and waits until it answers."""
        await embedded.start(self.data)

    def stop(self) -> None:
        """Ends all sessions and the server."""
        embedded.stop(self.data)

    async def restart(self) -> None:
        """Stops it and starts it at once."""
        self.stop()
        await self.start()

    @property
    def postmaster(self) -> psutil.Process:
        """Its first process."""
        return psutil.Process(embedded.status(self.data).pid)

    def kill(self) -> None:
        """Ends it as a power failure would."""
        for process in (self.postmaster, *self.postmaster.children()):
            process.kill()

    async def backends(self, application: str) -> list[int]:
        """The processes that serve this application."""
        connection = await asyncpg.connect(self.url)
        found = await connection.fetch("select pid from pg_stat_activity where application_name like $1", application)
        await connection.close()
        return [row["pid"] for row in found]

    async def kill_backend(self, application: str) -> None:
        """Kills one of them, on which the server ends all sessions and recovers."""
        os.kill((await self.backends(application))[0], signal.SIGKILL)

    async def terminate(self, application: str) -> None:
        """Ends all of its sessions."""
        query = f"select pg_terminate_backend(pid) from pg_stat_activity where application_name like '{application}'"
        await execute(named(self.url, "postgres"), query)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Every process stands still: connections stay open and nothing is answered."""
        processes = [self.postmaster, *self.postmaster.children()]
        for process in processes:
            process.suspend()
        try:
            yield
        finally:
            for process in processes:
                process.resume()

    async def take_all_connections(self) -> list[asyncpg.Connection]:
        """Connects until nobody else can."""
        taken: list[asyncpg.Connection] = []
        while True:
            try:
                taken.append(await asyncpg.connect(self.url))
            except asyncpg.TooManyConnectionsError:
                return taken
