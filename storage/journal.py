"""The journal's hand: one connection of its own, one call per batch, and persistence when the link breaks.

A call whose answer was lost is made again with the same change ids: what was written before is answered as `done`.
A batch that PostgreSQL refuses for a reason of its content is tried item by item, so that a poison item fails alone.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from itertools import repeat
from uuid import UUID

import asyncpg
import orjson
from asyncpg.prepared_stmt import PreparedStatement
from attrs import frozen

from hub.conversation.effects import NewEvent
from hub.errors import HubError, Unavailable
from hub.events import Event
from hub.journal import Change, Committed, Outcome, Verdict
from storage.database import DATABASE_LOST, Database
from storage.journal_rows import arguments
from storage.sql import load

log = logging.getLogger("hub.storage")


@frozen
class Sql:
    """The queries of `journal.sql`."""

    append: str
    replica_lock: str


SQL = load("journal.sql", Sql)

VERDICTS = {verdict.value: verdict for verdict in Verdict}

TRIES = 3
"""Calls per batch when the connection breaks. After them the callers get Unavailable and ask again themselves."""


class Poison(HubError):
    """This change cannot be stored."""

    code = "internal"


class Journal:
    """Writes batches of changes in one order. One batch at a time: the caller waits before it brings the next."""

    def __init__(self, database: Database, replica: int, lease: timedelta, pause: float = 0.1) -> None:
        """`replica` is this process's number: its advisory lock tells others that it lives and holds its leases.
        `pause` seconds lie between two tries after the connection broke, each time more of them."""
        self._database = database
        self._replica = replica
        self._lease = lease
        self._pause = pause
        self._connection: asyncpg.Connection | None = None
        self._append: PreparedStatement | None = None  # on that connection

    async def open(self) -> None:
        """Connects, which proves that this replica lives: before that, what it leases counts as a dead one's.

        Raises one of DATABASE_LOST.
        """
        await self._connected()

    async def append(self, changes: Sequence[Change]) -> tuple[list[Outcome | HubError], list[Committed]]:
        """Writes the changes together. Answers each one's outcome, or the error that concerns it alone, and what was
        committed, in order.

        Raises Unavailable when PostgreSQL cannot be reached; then each change may or may not be written, and bringing
        it again is safe.
        """
        try:
            outcomes, committed = await self._write(changes)
        except (asyncpg.PostgresError, orjson.JSONEncodeError) as error:
            if len(changes) > 1:
                return await self._one_by_one(changes)
            reason = getattr(error, "sqlstate", None) or type(error).__name__
            log.error("a change cannot be stored", extra={"reason": reason})
            return [Poison()], []
        return list(outcomes), [committed]

    async def _one_by_one(self, changes: Sequence[Change]) -> tuple[list[Outcome | HubError], list[Committed]]:
        outcomes: list[Outcome | HubError] = []
        commits: list[Committed] = []
        for change in changes:
            found, committed = await self.append([change])
            outcomes.extend(found)
            commits.extend(committed)
        return outcomes, commits

    async def _write(self, changes: Sequence[Change]) -> tuple[list[Outcome], Committed]:
        rows = arguments(changes)
        for attempt in range(1, TRIES + 1):
            try:
                statement = await self._connected()
                answer = await statement.fetchrow(*rows, self._replica, self._lease)
                return _read(changes, answer)
            except DATABASE_LOST as error:
                await self._drop()
                if attempt == TRIES:
                    raise Unavailable("The database is away.", retry_after=1) from error
                await asyncio.sleep(self._pause * attempt)
        raise Unavailable

    async def _connected(self) -> PreparedStatement:
        """The one statement, on a connection that is there."""
        if self._connection is None or self._append is None or self._connection.is_closed():
            await self._drop()
            try:
                self._connection = await self._database.connect()
                await self._connection.execute(SQL.replica_lock, self._replica)
                self._append = await self._connection.prepare(SQL.append)
            except asyncpg.PostgresError as error:  # whatever it is, it is not about the changes
                raise ConnectionError("no connection to write on") from error
        return self._append

    async def _drop(self) -> None:
        connection, self._connection, self._append = self._connection, None, None
        if connection is not None:
            connection.terminate()

    async def close(self) -> None:
        """Lets the connection, and with it the proof of life, go."""
        await self._drop()


def _read(changes: Sequence[Change], answer: asyncpg.Record) -> tuple[list[Outcome], Committed]:
    verdicts = [VERDICTS[word] for word in answer["outcomes"]]
    abouts = answer["about"] or repeat(None, len(changes))
    outcomes = [Outcome(verdict, _named(about)) for verdict, about in zip(verdicts, abouts, strict=True)]
    written = [
        event
        for change, verdict in zip(changes, verdicts, strict=True)
        if verdict is Verdict.OK
        for event in change.effects.events
    ]
    previous = answer["head"] - len(written)
    return outcomes, Committed(previous, tuple(_numbered(new, seq) for seq, new in enumerate(written, previous + 1)))


def _named(about: str | None) -> tuple[UUID, ...]:
    return tuple(UUID(known) for known in about.split()) if about else ()


def _numbered(new: NewEvent, seq: int) -> Event:
    return Event(
        seq=seq,
        id=new.id,
        type=new.type,
        at=new.at,
        conversation_id=new.conversation_id,
        conversation_seq=new.conversation_seq,
        version=new.version,
        audience=new.audience,
        actor=new.actor,
        data=new.data,
    )
