"""Answers to acting requests in PostgreSQL: the port `hub.idempotency.Answers`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import orjson
from attrs import frozen

from hub.errors import IdempotencyInFlight
from hub.idempotency import Answer, Claim, Reused, Running
from storage.database import Connection, Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `idempotency.sql`."""

    claim: str
    find: str
    hold: str
    settle: str
    release: str
    prune: str


SQL = load("idempotency.sql", Sql)


class AnswerStore:
    """The answers, kept for `kept` seconds. A first request counts as dead after `running` seconds: longer than any
    request takes, so that a crash does not lock its key for a day."""

    def __init__(self, database: Database, kept: float = 86400.0, running: float = 60.0) -> None:
        self._database = database
        self._kept, self._running = timedelta(seconds=kept), timedelta(seconds=running)

    async def claim(self, scope: str, key: str, request_hash: bytes) -> Claim | Answer | Running | Reused:
        """Takes the key, or says what it is."""
        async with self._database.acquire() as connection:
            at = await connection.fetchval(SQL.claim, scope, key, request_hash, self._kept, self._running)
            if at is not None:
                return Claim(scope, key, at)
            row = await connection.fetchrow(SQL.find, scope, key)
        if row is None or (row["status"] is None and row["request_hash"] == request_hash):
            return Running()  # no row: it was released in this moment, the caller's next try is a first one
        if row["request_hash"] != request_hash:
            return Reused()
        return Answer(row["status"], row["headers"], row["body"])

    @asynccontextmanager
    async def together(self, claim: Claim) -> AsyncIterator[None]:
        """One transaction around all that this task writes, and the answer, if the claim still holds."""

        async def hold(connection: Connection) -> None:
            if await connection.fetchval(SQL.hold, claim.scope, claim.key, claim.at) is None:
                raise IdempotencyInFlight(retry_after=1)

        async with self._database.together(hold):
            yield

    async def settle(self, claim: Claim, answer: Answer) -> None:
        """Keeps the answer for those who ask again."""
        headers = orjson.dumps(dict(answer.headers))
        async with self._database.acquire() as connection:
            await connection.execute(SQL.settle, claim.scope, claim.key, claim.at, answer.status, headers, answer.body)

    async def release(self, claim: Claim) -> None:
        """Gives the key up."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.release, claim.scope, claim.key, claim.at)

    async def prune(self) -> None:
        """Forgets what is older than the time answers are kept."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.prune, self._kept)
