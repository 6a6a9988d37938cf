"""The database a command works on: the one that is configured, or the embedded one of the data directory."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from hub.commands.exits import CommandFailed
from hub.commands.output import talk
from hub.config import Config

AWAY = "Cannot reach PostgreSQL. Is it up? Check: hub doctor"
REFUSED = "PostgreSQL refuses the user, the password or the database of database.url."

Revive = Callable[[], Awaitable[object]]


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


def warn_embedded(config: Config, data: Path) -> None:
    """Says in one line that the hub brings its own PostgreSQL."""
    if config.database.embedded:
        talk(f"Warning: no database.url is set; using the embedded PostgreSQL in {data / 'pg'}.")
