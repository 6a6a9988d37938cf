"""Connections to PostgreSQL, set up so that a dying link costs seconds, never a stuck hub.

Every connection bounds its statements, its lock waits and its idle transactions on the server, because a client that
vanished keeps its locks otherwise; and its queries on the client, because a query into a dead link never returns.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import orjson
from attrs import define, frozen

from hub.errors import Unavailable
from storage import column_types

Connection: TypeAlias = "asyncpg.Connection | asyncpg.pool.PoolConnectionProxy"

DATABASE_LOST = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a dying connection raises it out of release, after a commit that succeeded
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.TooManyConnectionsError,
    asyncpg.DiskFullError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
)
"""What is raised when the database is away or cannot serve: the caller answers `Unavailable` and asks again later."""

DATABASE_REFUSES = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError)
"""What is raised by a server that is there, but does not let this user in or has no such database (yet)."""


@frozen
class Limits:
    """How long and how much. Seconds; at each limit the waiting caller gets `Unavailable`."""

    pool: int = 10
    acquire: float = 3.0
    command: float = 4.0
    statement: float = 5.0
    lock: float = 3.0
    idle_in_transaction: float = 5.0
    client_check: float = 2.0
    connect: float = 3.0


def server_settings(limits: Limits, application: str) -> dict[str, str]:
    """What each connection asks of the server (milliseconds and seconds as PostgreSQL expects them)."""
    return {
        "application_name": application,
        "timezone": "UTC",
        "statement_timeout": str(int(limits.statement * 1000)),
        "lock_timeout": str(int(limits.lock * 1000)),
        "idle_in_transaction_session_timeout": str(int(limits.idle_in_transaction * 1000)),
        "client_connection_check_interval": str(int(limits.client_check * 1000)),
        "tcp_keepalives_idle": "10",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "3",
        "jit": "off",
    }


def _same(value: bytes) -> bytes:
    return value


def _jsonb_out(value: bytes) -> bytes:
    return b"\x01" + value


def _jsonb_in(value: bytes) -> Any:
    return orjson.loads(value[1:])


def _uuid_out(value: UUID | str) -> bytes:
    return (value if isinstance(value, UUID) else UUID(value)).bytes


def _uuid_in(value: bytes) -> UUID:
    return UUID(bytes=value)


async def prepare_connection(connection: asyncpg.Connection) -> None:
    """JSON goes in as bytes that orjson made and comes out as Python objects; ids come out as plain UUIDs, because
    orjson does not write the driver's own. Enums and arrays are known from the start."""
    await connection.set_type_codec("uuid", schema="pg_catalog", format="binary", encoder=_uuid_out, decoder=_uuid_in)
    await connection.set_type_codec("json", schema="pg_catalog", format="binary", encoder=_same, decoder=orjson.loads)
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_jsonb_out, decoder=_jsonb_in, format="binary"
    )
    await column_types.teach(connection)


@define
class _Bound:
    """A transaction around what a task does, opened when it first asks for a connection. Tasks that it starts are not
    part of it."""

    database: "Database"
    task: "asyncio.Task[Any] | None"
    begin: Callable[[], Awaitable[Connection]]
    _connection: "Connection | None" = None

    async def connection(self) -> Connection:
        if self._connection is None:
            self._connection = await self.begin()
        return self._connection


_BOUND: "ContextVar[_Bound | None]" = ContextVar("bound", default=None)


async def _nothing(connection: Connection) -> None:
    """Instead of the driver's clean-up query at every release: nobody leaves settings or locks on a connection."""


class Database:
    """A pool of connections, opened when PostgreSQL is there and mended by itself when it goes and comes back."""

    def __init__(self, url: str, limits: Limits | None = None, application: str = "hub") -> None:
        self.url = url
        self.limits = limits or Limits()
        self.application = application
        self._pool: asyncpg.Pool | None = None

    async def open(self) -> None:
        """Opens the pool. Raises one of DATABASE_LOST when PostgreSQL cannot be reached."""
        if self._pool is None:
            self._pool = await asyncpg.create_pool(
                self.url,
                # None is kept open: the pool would mend that in the background, with a traceback per try.
                min_size=0,
                init_size=1,
                max_size=self.limits.pool,
                timeout=self.limits.connect,
                command_timeout=self.limits.command,
                statement_cache_size=300,
                max_inactive_connection_lifetime=300.0,
                init=prepare_connection,
                reset=_nothing,
                server_settings=server_settings(self.limits, self.application),
            )

    async def connect(self) -> asyncpg.Connection:
        """A connection outside the pool, for a single long-lived owner (the journal's writer)."""
        connection = await asyncpg.connect(
            self.url,
            timeout=self.limits.connect,
            command_timeout=self.limits.command,
            server_settings=server_settings(self.limits, self.application),
        )
        try:
            await prepare_connection(connection)
        except BaseException:
            connection.terminate()
            raise
        return connection

    async def close(self, within: float = 3.0) -> None:
        """Closes the pool; what has not come back in time is cut off."""
        pool, self._pool = self._pool, None
        if pool is not None:
            try:
                async with asyncio.timeout(within):
                    await pool.close()
            except (TimeoutError, *DATABASE_LOST):
                pool.terminate()

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        """A connection for a moment. Raises Unavailable when none is to be had or it breaks while in use."""
        bound = _BOUND.get()
        if bound is not None and bound.database is self and bound.task is asyncio.current_task():
            connection = await bound.connection()
            async with connection.transaction():  # what fails in it is undone alone, as it would be without
                yield connection
            return
        if self._pool is None:
            raise Unavailable("The database is not connected.", retry_after=1)
        try:
            async with self._pool.acquire(timeout=self.limits.acquire) as connection:
                yield connection
        except DATABASE_LOST as error:
            raise Unavailable("The database is away.", retry_after=1) from error

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection with an open transaction: committed at the end, rolled back by any exception."""
        async with self.acquire() as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def together(self, first: Callable[[Connection], Awaitable[None]]) -> AsyncIterator[None]:
        """A transaction around all that this task does with the database inside: one commit, or nothing at all.

        It begins, with `first`, when the task first asks for a connection: none is held for what comes before.
        """
        async with AsyncExitStack() as opened:

            async def begin() -> Connection:
                outside = _BOUND.set(None)
                try:
                    connection = await opened.enter_async_context(self.transaction())
                finally:
                    _BOUND.reset(outside)
                await first(connection)
                return connection

            token = _BOUND.set(_Bound(self, asyncio.current_task(), begin))
            try:
                yield
            finally:
                _BOUND.reset(token)

    def size(self) -> tuple[int, int]:
        """How many connections the pool has, and how many of them are idle."""
        pool = self._pool
        return (0, 0) if pool is None else (pool.get_size(), pool.get_idle_size())
