"""The database a command works on: the one that is configured, or the embedded one of the data directory."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from hub.commands.exits import CommandFailed
from hub.commands.files import Place, data_directory, load_config
from hub.commands.output import talk
from hub.config import Config

AWAY = "Cannot reach PostgreSQL. Is it up? Check: hub doctor"
REFUSED = "PostgreSQL refuses the user, the password or the database of database.url."

Revive = Callable[[], Awaitable[object]]
T = TypeVar("T")


async def database_url(config: Config, data: Path) -> tuple[str, Revive | None]:
    """The address of the database, and how to start it again when it is ours. Raises CommandFailed.

    The embedded server is started or, when it is running already, joined; it goes on when the command ends.
    """
    if not config.database.embedded:
        return config.database.url.reveal(), None
    from storage import embedded

    return await embedded_url(data), partial(embedded.revive, data)


async def embedded_url(data: Path) -> str:
    """The address of the data directory's own server, started if need be. Raises CommandFailed."""
    from storage import embedded
    from storage.database import DATABASE_LOST

    try:
        return await embedded.start(data)
    except embedded.EmbeddedError as error:
        raise CommandFailed(str(error)) from None
    except DATABASE_LOST:
        log = data / "pg" / "log"
        raise CommandFailed(f"The embedded PostgreSQL was started and does not answer; its log is {log}.") from None


@asynccontextmanager
async def connected(config: Config, data: Path) -> AsyncIterator[Any]:
    """A connection to the database, as `storage` takes it. Raises CommandFailed when there is none to be had."""
    from storage.database import DATABASE_LOST, DATABASE_REFUSES, Database, Limits

    url, _ = await database_url(config, data)
    try:
        connection = await Database(url, Limits(connect=config.database.acquire), "hub:command").connect()
    except DATABASE_REFUSES:
        raise CommandFailed(REFUSED) from None
    except DATABASE_LOST:
        raise CommandFailed(AWAY) from None
    try:
        yield connection
    finally:
        await connection.close()


def on_database(place: Place, work: Callable[[Any], Awaitable[T]]) -> T:
    """Does a command's work on the configured `Database`, which has this hub's schema: the embedded one is brought to
    it. Raises CommandFailed."""
    config = load_config(place, os.environ).config
    return asyncio.run(_worked(config, data_directory(place, config), work))


async def _worked(config: Config, data: Path, work: Callable[[Any], Awaitable[T]]) -> T:
    from storage.database import DATABASE_LOST, DATABASE_REFUSES, Database
    from storage.migrations import MigrationError, migrate, pending

    url, _ = await database_url(config, data)
    database = Database(url)
    try:
        await database.open()
        async with database.acquire() as connection:
            if config.database.embedded:
                await migrate(connection)
            elif await pending(connection):
                raise CommandFailed("The database lacks migrations. Run: hub migrate")
        return await work(database)
    except MigrationError as error:
        raise CommandFailed(str(error)) from None
    except BrokenPipeError:
        raise  # of standard output: whoever reads it has left
    except DATABASE_REFUSES:
        raise CommandFailed(REFUSED) from None
    except DATABASE_LOST:
        raise CommandFailed(AWAY) from None
    finally:
        await database.close()


def warn_embedded(config: Config, data: Path) -> None:
    """Says in one line that the hub brings its own PostgreSQL."""
    if config.database.embedded:
        talk(f"Warning: no database.url is set; using the embedded PostgreSQL in {data / 'pg'}.")
