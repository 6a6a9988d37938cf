"""An event log in memory for tests of what reads one: dense numbers, optionally away, slow or replaced."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from hub.errors import Unavailable
from hub.events import Audience, Event
from hub.ids import uuid7
from hub.ports import LogPosition

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def event(seq: int, audience: Audience | None = None, **data: Any) -> Event:
    """An event of some conversation."""
    return Event(seq, uuid7(), "message.received", NOON, uuid7(), 1, 1, audience or Audience(), None, data)


class MemoryLog:
    """Implements hub.ports.EventStore over a list. Each read lets others run first, as a real one does."""

    def __init__(self, epoch: str = "one") -> None:
        self.epoch = epoch
        self.events: list[Event] = []
        self.trimmed = 0
        self.away = False
        self.reads = 0

    @property
    def head(self) -> int:
        return self.events[-1].seq if self.events else self.trimmed

    def commit(self, count: int, audience: Audience | None = None) -> tuple[int, list[Event]]:
        """Adds events; the number before them, and they."""
        prev = self.head
        new = [event(prev + 1 + i, audience) for i in range(count)]
        self.events += new
        return prev, new

    def trim(self, upto: int) -> None:
        self.trimmed = upto
        self.events = [event for event in self.events if event.seq > upto]

    async def _read(self) -> None:
        self.reads += 1
        if self.away:
            raise Unavailable("The log is away.")

    async def position(self) -> LogPosition:
        await self._read()
        found = LogPosition(self.epoch, self.head, self.trimmed)
        await asyncio.sleep(0)
        return found

    async def after(self, cursor: int, limit: int) -> list[Event]:
        return await self.between(cursor, 1 << 60, limit)

    async def between(self, cursor: int, upto: int, limit: int) -> list[Event]:
        await self._read()
        found = [event for event in self.events if cursor < event.seq <= upto][:limit]
        await asyncio.sleep(0)
        return found


@pytest.fixture(scope="session")
def new_log() -> type[MemoryLog]:
    """Makes logs."""
    return MemoryLog
