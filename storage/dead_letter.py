"""Dead letters in PostgreSQL: the ports of `hub.dead_letter`. The table is also the queue of what is done again."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from attrs import frozen

from hub.dead_letter import (
    REDRIVES_PER_SECOND,
    TRANSITIONS,
    DeadLetter,
    LetterKind,
    LetterState,
    NewLetter,
    Settled,
    Which,
)
from hub.decision import letter_decided, letters_decided
from hub.errors import InvalidTransition, NotFound
from hub.ids import uuid7
from hub.redaction import Redactor
from storage.audit import Audit
from storage.database import Connection, Database
from storage.portions import in_portions
from storage.sql import load


@frozen
class Sql:
    """The queries of `dead_letter.sql`."""

    put: str
    find: str
    page: str
    redrive: str
    redrive_all: str
    discard: str
    take: str
    settle: str
    stop: str
    added: str
    depth: str
    prune: str


SQL = load("dead_letter.sql", Sql)

_REDACTOR = Redactor()
"""Back ends choose their ids: one may be made of somebody's card or address."""

LEASE = timedelta(seconds=120)
"""Time in which doing one letter again must end; after it another replica may do it, under the same key."""

READS_KEPT = timedelta(hours=24)
READS_MOST = 1_000
"""Reads kept of an integration; beyond it the oldest are forgotten."""

SETTLED_KEPT = timedelta(days=30)


def to_letter(row: asyncpg.Record) -> DeadLetter:
    """A row of the table."""
    return DeadLetter(**{name: value for name, value in row.items() if name not in ("lease_until", "now")})


class DeadLetterStore:
    """The letters; see `hub.dead_letter` for what each method does and raises."""

    def __init__(self, database: Database) -> None:
        self._database, self._audit = database, Audit(database)

    async def put(self, letter: NewLetter) -> UUID:
        """Puts a letter down, or adds to the open one about the same."""
        async with self._database.acquire() as connection:
            return await self.put_in(connection, letter)

    async def put_in(self, connection: Connection, letter: NewLetter) -> UUID:
        """The same within the caller's transaction."""
        put: UUID = await connection.fetchval(
            SQL.put,
            uuid7(),
            letter.integration,
            letter.operation,
            letter.kind.value,
            letter.ref_id,
            letter.conversation_id,
            letter.idempotency_key,
            letter.problem,
            letter.provider_status,
            letter.attempts,
            orjson.dumps(_REDACTOR.fields(letter.payload)),
        )
        return put

    async def page(self, which: Which, after: tuple[datetime, UUID] | None, limit: int) -> list[DeadLetter]:
        """The newest first, beginning after a (moment, id)."""
        place = after or (None, None)
        rows = await self._fetch(SQL.page, *place, which.integration, which.operation, which.kind, which.state, limit)
        return [to_letter(row) for row in rows]

    async def find(self, letter_id: UUID) -> DeadLetter | None:
        """The letter, if there is one."""
        rows = await self._fetch(SQL.find, letter_id)
        return to_letter(rows[0]) if rows else None

    async def redrive(self, letter_id: UUID, by: str) -> DeadLetter:
        """Queues a letter."""
        return await self._moved(SQL.redrive, letter_id, by, "redrive_dead_letter")

    async def redrive_all(self, which: Which, by: str, rate: int = REDRIVES_PER_SECOND) -> dict[str, int]:
        """Queues what fits, the oldest first; answers how many of each integration."""
        per_second = float(max(1, min(rate, REDRIVES_PER_SECOND)))
        async with self._database.transaction() as connection:
            rows = await connection.fetch(
                SQL.redrive_all, which.integration, which.operation, which.kind, by, per_second
            )
            queued = {row["integration"]: row["queued"] for row in rows}
            if queued:
                await self._audit.append_in(connection, letters_decided(which, queued, by, rows[0]["now"]))
        return queued

    async def discard(self, letter_id: UUID, by: str) -> DeadLetter:
        """Ends a letter."""
        return await self._moved(SQL.discard, letter_id, by, "discard_dead_letter")

    async def take(self) -> DeadLetter | None:
        """The next queued letter whose turn it is."""
        rows = await self._fetch(SQL.take, LEASE)
        return to_letter(rows[0]) if rows else None

    async def settle(self, letter_id: UUID, settled: Settled) -> None:
        """Notes how doing it again ended."""
        state = TRANSITIONS[LetterState.REDRIVING][settled.step]
        await self._fetch(SQL.settle, letter_id, state.value, settled.problem, settled.provider_status)

    async def stop(self, integration: str) -> int:
        """What is queued of an integration is dead again."""
        count: int = (await self._fetch(SQL.stop, integration))[0]["count"]
        return count

    async def added(self, since: datetime | None) -> tuple[datetime, dict[str, int]]:
        """How many letters were put down since a moment, of each integration, and up to when (some seconds ago, so that
        none is missed whose commit takes long). None begins now."""
        rows = await self._fetch(SQL.added, since)
        return rows[0]["until"], {row["integration"]: row["letters"] for row in rows if row["integration"]}

    async def depth(self) -> dict[str, int]:
        """How many open letters each integration has."""
        return {row["integration"]: row["letters"] for row in await self._fetch(SQL.depth)}

    async def prune(self) -> int:
        """Forgets reads of yesterday and what was settled long ago; answers how many. What is dead stays until a person
        has seen to it."""
        return await in_portions(self._forget)

    async def _forget(self, portion: int) -> int:
        rows = await self._fetch(SQL.prune, READS_KEPT, READS_MOST, SETTLED_KEPT, portion)
        count: int = rows[0]["count"]
        return count

    async def _moved(self, query: str, letter_id: UUID, by: str, what: str) -> DeadLetter:
        async with self._database.transaction() as connection:
            row = await connection.fetchrow(query, letter_id, by)
            if row is not None:
                moved = to_letter(row)
                await self._audit.append_in(connection, letter_decided(moved, by, what, row["now"]))
                return moved
        letter = await self.find(letter_id)
        if letter is None:
            raise NotFound
        if letter.kind is LetterKind.READ and letter.state is LetterState.DEAD:
            raise InvalidTransition("Nobody waits for a read any more: it cannot be done again.")
        raise InvalidTransition(f"The letter is {letter.state.value}.")

    async def _fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        async with self._database.acquire() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(query, *arguments)
        return rows
