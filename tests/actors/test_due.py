"""Moments come due once, however many replicas look."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from actors import due
from actors.chores import every
from actors.due import PORTION, DueWatch
from actors.kernel.testkit import virtual
from hub.conversation.commands import Author, Patch
from hub.conversation.state import Status
from hub.errors import Unavailable
from hub.ids import uuid7

ANA = Author(uuid7(), "Ana")


class Rows:
    """Implements hub.ports.DueStore over the store's conversations, for snoozes."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.looks = 0

    async def due(self, now: datetime, limit: int) -> list[UUID]:
        self.looks += 1
        await self.store._answer()
        snoozed = (c for c in self.store.conversations.values() if c.status is Status.SNOOZED)
        return [c.id for c in snoozed if c.snoozed_until is not None and c.snoozed_until <= now][:limit]


def changes(store: Any) -> list[str]:
    """The statuses that were told, one after the other."""
    told = [event for event in store.events if event.type == "conversation.status_changed"]
    return [event.data["conversation"]["status"] for event in told]


@virtual
async def test_two_replicas_wake_it_once(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replicas = [new_replica(store), new_replica(store, number=2)]
    await replicas[0].arrives(replicas[0].text())
    until = replicas[0].clock() + timedelta(minutes=10)
    await replicas[0].ask(Patch(ANA, status=Status.SNOOZED, snoozed_until=until))
    looking = [
        asyncio.create_task(every(due.EVERY, DueWatch(replica.system, Rows(store), replica.clock).look))
        for replica in replicas
    ]
    await asyncio.sleep(599)
    assert changes(store) == ["snoozed"]
    await asyncio.sleep(3)
    assert changes(store) == ["snoozed", "open"]
    await asyncio.sleep(60)
    assert store.conversation().version == 3
    for task in looking:
        task.cancel()


@virtual
async def test_what_waited_for_a_start_is_due_at_the_first_look(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    before = new_replica(store)
    await before.arrives(before.text())
    await before.ask(Patch(ANA, status=Status.SNOOZED, snoozed_until=before.clock() + timedelta(minutes=1)))
    await asyncio.sleep(3600)
    after = new_replica(store, number=2)
    await DueWatch(after.system, Rows(store), after.clock).look()
    assert changes(store) == ["snoozed", "open"]


@virtual
async def test_a_look_that_is_full_is_followed_by_another_but_not_for_ever(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)

    class Endless(Rows):
        async def due(self, now: datetime, limit: int) -> list[UUID]:
            self.looks += 1
            return [uuid7() for _ in range(PORTION)]

    endless = Endless(store)
    await DueWatch(replica.system, endless, replica.clock).look()
    assert endless.looks == due.ROUNDS


@virtual
async def test_while_the_database_is_away_it_waits(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    await replica.arrives(replica.text())
    await replica.ask(Patch(ANA, status=Status.SNOOZED, snoozed_until=replica.clock() + timedelta(minutes=1)))
    await asyncio.sleep(120)
    store.away = True
    rows = Rows(store)
    with pytest.raises(Unavailable):
        await DueWatch(replica.system, rows, replica.clock).look()
    store.away = False

    class Stale(Rows):
        async def due(self, now: datetime, limit: int) -> list[UUID]:
            found = await super().due(now, limit)
            self.store.away = True  # gone between the look and the commit
            return found

    await DueWatch(replica.system, Stale(store), replica.clock).look()
    assert changes(store) == ["snoozed"]
    store.away = False
    await DueWatch(replica.system, rows, replica.clock).look()
    assert changes(store) == ["snoozed", "open"]
